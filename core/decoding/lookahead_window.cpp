// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/lookahead_window.h"

#include "core/base/random.h"

#include <algorithm>
#include <numeric>

namespace timberline::decoding {

void NgramPool::add(std::span<const TokenId> ngram, std::size_t most)
{
    if (ngram.size() < 2) {
        return;
    }
    auto& known = ngrams_[ngram.front()];
    std::vector<TokenId> rest(ngram.begin() + 1, ngram.end());
    std::erase(known, rest);
    known.push_back(std::move(rest));
    if (known.size() > most) {
        known.erase(known.begin(), known.end() - static_cast<std::ptrdiff_t>(most));
    }
}

ContinuationTrie NgramPool::after(TokenId token, std::size_t most) const
{
    ContinuationTrie out;
    const auto found = ngrams_.find(token);
    if (found != ngrams_.end()) {
        const auto& known = found->second;
        for (std::size_t i = 0; i < std::min(most, known.size()); ++i) {
            out.add(known[known.size() - 1 - i]);
        }
    }
    return out;
}

std::size_t NgramPool::size() const noexcept
{
    return std::accumulate(ngrams_.begin(), ngrams_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& entry) { return sum + entry.second.size(); });
}

void LookaheadWindow::begin(const Shape& shape, std::span<const TokenId> text, std::uint64_t seed)
{
    shape_ = shape;
    rounds_ = 0;
    last_nodes_.clear();
    levels_.assign(static_cast<std::size_t>(shape.ngram - 1), std::vector<TokenId>(static_cast<std::size_t>(shape.width)));
    for (std::size_t level = 0; level < levels_.size(); ++level) {
        for (std::size_t column = 0; column < levels_[level].size(); ++column) {
            const double u = uniform({.seed = seed,
                                      .purpose = RandomPurpose::Initialisation,
                                      .round = static_cast<std::uint32_t>(level),
                                      .position = static_cast<std::uint32_t>(column),
                                      .sibling = 0});
            levels_[level][column] = text[std::min(static_cast<std::size_t>(u * static_cast<double>(text.size())), text.size() - 1)];
        }
    }
}

void LookaheadWindow::append_to(rules::DraftTree& tree, std::int64_t room, std::int64_t nodes)
{
    const auto levels = static_cast<std::int64_t>(levels_.size());
    // Column i reaches down to depth i + levels.
    const std::int64_t columns = std::clamp<std::int64_t>(std::min(room - levels + 1, nodes / levels), 0, shape_.width);
    last_nodes_.clear();
    std::int32_t above = 0;
    for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
        above = tree.add_window(above, levels_[0][column]);
        last_nodes_.push_back(above);
    }
    for (std::size_t column = 0; column < last_nodes_.size(); ++column) {
        for (std::size_t level = 1; level < levels_.size(); ++level) {
            last_nodes_[column] = tree.add_window(last_nodes_[column], levels_[level][column]);
        }
    }
}

std::vector<std::vector<TokenId>> LookaheadWindow::advance(std::span<const TokenId> predictions)
{
    std::vector<std::vector<TokenId>> out;
    std::vector<TokenId> next = levels_.back();  // columns that found no room keep their last guess
    const bool filled = ++rounds_ >= static_cast<std::int64_t>(levels_.size());
    for (std::size_t column = 0; column < std::min(predictions.size(), next.size()); ++column) {
        next[column] = predictions[column];
        if (filled) {
            std::vector<TokenId>& ngram = out.emplace_back();
            std::ranges::transform(levels_, std::back_inserter(ngram), [column](const auto& level) { return level[column]; });
            ngram.push_back(predictions[column]);
        }
    }
    levels_.erase(levels_.begin());
    levels_.push_back(std::move(next));
    return out;
}

}  // namespace timberline::decoding
