// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <cstdint>
#include <span>
#include <vector>

namespace timberline::decoding {

struct SuffixSearch {
    std::int64_t max_ngram = 3;  ///< longest suffix that is looked for, at least 1
    std::int64_t length = 10;    ///< most tokens of a continuation
    std::int64_t matches = 1;    ///< most continuations
    bool most_recent_first = false;
    std::size_t region = 0;  ///< tokens from the start in which continuations may lie; 0 = the whole text
};

/// What followed earlier occurrences of the text's last tokens (methods/decoding.md 1.10): the longest suffix first, shorter ones until
/// `matches` places were found. A place counts once, with its longest suffix; the suffix is never matched with itself, and a continuation
/// ends where the region ends. O(n * max_ngram).
[[nodiscard]] std::vector<std::span<const TokenId>> suffix_continuations(std::span<const TokenId> text, const SuffixSearch& search);

}  // namespace timberline::decoding
