// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/suffix_match.h"

#include <algorithm>

namespace timberline::decoding {

std::vector<std::span<const TokenId>> suffix_continuations(std::span<const TokenId> text, const SuffixSearch& search)
{
    std::vector<std::span<const TokenId>> out;
    if (text.empty()) {
        return out;
    }
    const std::size_t size = text.size();
    const std::size_t region = search.region == 0 ? size : std::min(search.region, size);
    const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(search.matches, 0));
    // Longest common suffix of text[0, end) and the whole text, up to max_ngram, for each place where a continuation may begin.
    const auto longest = std::min(static_cast<std::size_t>(std::max<std::int64_t>(search.max_ngram, 0)), size - 1);
    std::vector<std::size_t> common(region, 0);
    for (std::size_t end = 1; end < region; ++end) {
        std::size_t same = 0;
        while (same < longest && same < end && text[end - 1 - same] == text[size - 1 - same]) {
            ++same;
        }
        common[end] = same;
    }
    for (std::size_t ngram = longest; ngram >= 1 && out.size() < wanted; --ngram) {
        for (std::size_t i = 1; i < region && out.size() < wanted; ++i) {
            const std::size_t end = search.most_recent_first ? region - i : i;
            if (common[end] == ngram) {
                out.push_back(
                    text.subspan(end, std::min(region - end, static_cast<std::size_t>(std::max<std::int64_t>(search.length, 0)))));
            }
        }
    }
    return out;
}

}  // namespace timberline::decoding
