// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Where things stand inside a `.tlrun`; shared by writer and reader. Inside core/record only.
///
///   record.json   {"format": "timberline-record", "version": 1, "events": [{"type": "round", …}, …]}
///   arrays.npz    nodes.<column>.npy [all nodes of all rounds], round.<i>.target_laws.logits.npy [rows, vocabulary], …
namespace timberline::record::layout {

inline constexpr std::string_view kFormatName = "timberline-record";
inline constexpr std::string_view kJsonMember = "record.json";
inline constexpr std::string_view kArraysMember = "arrays.npz";
inline constexpr std::uint64_t kLargestPacked = 2U << 20U; ///< bytes of arrays above which the file is stored unpacked

[[nodiscard]] std::string node_member(std::string_view column);
[[nodiscard]] std::string law_member(std::int32_t round, std::string_view which, std::string_view array);

/// Shape of one array of LawRows ("logits" "ids" "probability" "remaining"); empty when its kind has no such array.
[[nodiscard]] std::vector<std::int64_t> law_shape(const LawRows& laws, std::string_view array);
/// Product of a shape; 0 for an empty shape. Entries are below 2^31, so two of them cannot overflow.
[[nodiscard]] std::int64_t elements(const std::vector<std::int64_t>& shape) noexcept;

/// Raw bytes as text that JSON can hold: byte b becomes the code point U+00b.
[[nodiscard]] std::string text_of_bytes(std::string_view bytes);
/// The way back; nothing when a code point lies above U+00FF or the text is not UTF-8.
[[nodiscard]] std::optional<std::string> bytes_of_text(std::string_view text);

} // namespace timberline::record::layout
