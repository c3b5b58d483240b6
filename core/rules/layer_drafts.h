// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace timberline::rules {

/// What a greedy drafter of fixed length would have committed along a text that is already written.
struct WalkedText {
    std::int64_t passes = 0, drafted = 0, accepted = 0;
    std::int64_t committed = 0;  ///< accepted + one a pass, cut at the end of the text
};
/// @param agrees per token of the text: whether the drafter, given the text before it, proposes this token. Rounds are played from the
/// first token on: `length` drafts, the agreeing ones up to the first mistake are kept, one token comes from the target. Drafts beyond the
/// end of the text are not counted: nobody knows what the target would have said there.
[[nodiscard]] WalkedText walk_text(std::span<const std::uint8_t> agrees, std::int32_t length) noexcept;

}  // namespace timberline::rules
