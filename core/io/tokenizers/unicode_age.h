// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace timberline::io::tokenizers {

// The reference library classifies characters by tables of older Unicode versions than ours (8 for punctuation, 9 for
// normalization). Ids must equal its ids, so characters that came or changed later are told apart here. Measured against version
// 0.23.2 of the library over all characters of Unicode 14.

/// Punctuation to Unicode 14, but not to the reference.
[[nodiscard]] bool is_newer_punctuation(char32_t code_point) noexcept;
/// Punctuation to the reference only.
[[nodiscard]] bool is_former_punctuation(char32_t code_point) noexcept;
/// A mark to Unicode 14, but not to the reference.
[[nodiscard]] bool is_newer_mark(char32_t code_point) noexcept;
/// A mark to the reference only.
[[nodiscard]] bool is_former_mark(char32_t code_point) noexcept;
/// Has a decomposition in Unicode 14 that the reference does not know. None of these combines with its neighbours.
[[nodiscard]] bool has_newer_decomposition(char32_t code_point) noexcept;

}  // namespace timberline::io::tokenizers
