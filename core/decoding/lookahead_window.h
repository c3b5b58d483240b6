// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/decoding/best_first.h"
#include "core/rules/draft_tree.h"

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace timberline::decoding {

/// The n-grams that lookahead decoding has collected, by their first token (arXiv 2402.02057).
class NgramPool
{
public:
    /// Keeps the newest `most` n-grams of each first token; one that is known already becomes the newest.
    void add(std::span<const TokenId> ngram, std::size_t most);
    /// What followed `token`, newest first.
    [[nodiscard]] ContinuationTrie after(TokenId token, std::size_t most) const;
    [[nodiscard]] std::size_t size() const noexcept;

private:
    std::map<TokenId, std::vector<std::vector<TokenId>>> ngrams_;  ///< the continuations, oldest first
};

/// The two-dimensional Jacobi window: `width` columns, ngram - 1 levels. The token at level j, column i is a guess for the position
/// i + j + 1 after the pending token; it sees the pending token, level 0 up to column i, and its own column up to level j: a branch of
/// the tree that the target computes. The target's prediction at the last level turns a column into a new n-gram.
class LookaheadWindow
{
public:
    struct Shape {
        std::int64_t width = 7;
        std::int64_t ngram = 5;  ///< tokens of an n-gram, at least 2
        friend bool operator==(const Shape&, const Shape&) = default;
    };
    /// Fills every level with tokens of the text, drawn by keys of `seed`. @param text not empty.
    void begin(const Shape& shape, std::span<const TokenId> text, std::uint64_t seed);
    [[nodiscard]] const Shape& shape() const noexcept { return shape_; }
    [[nodiscard]] bool started() const noexcept { return !levels_.empty(); }

    /// Hangs the window on the root as window nodes, as many whole columns as `room` levels and `nodes` allow.
    void append_to(rules::DraftTree& tree, std::int64_t room, std::int64_t nodes);

    /// Takes the target's predictions at the last level of each appended column and moves on: level j + 1 becomes level j.
    /// @return the n-grams that the columns completed; none until every level but the first holds predictions of the target.
    [[nodiscard]] std::vector<std::vector<TokenId>> advance(std::span<const TokenId> predictions);
    /// Node of the last level of each column that append_to fed.
    [[nodiscard]] const std::vector<std::int32_t>& last_nodes() const noexcept { return last_nodes_; }

private:
    Shape shape_;
    std::vector<std::vector<TokenId>> levels_;  ///< [ngram - 1][width]
    std::vector<std::int32_t> last_nodes_;
    std::int64_t rounds_ = 0;
};

}  // namespace timberline::decoding
