// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"
#include "core/rules/draft_control.h"

#include <cstdint>
#include <span>
#include <vector>

/// The tree shape that commits most tokens for a positional acceptance vector (Sequoia, arXiv 2402.12374; methods/decoding.md 3.8). Pure.
namespace timberline::rules {

/// A tree without tokens, in breadth-first order: node 0 is the root, the children of node i are children[i] nodes from first_child[i] on.
struct TreeShape {
    std::vector<std::int32_t> children;
    std::vector<std::int32_t> first_child;                                       ///< meaningless where children is 0
    std::int32_t levels = 1;                                                     ///< root counted
    [[nodiscard]] std::size_t size() const noexcept { return children.size(); }  ///< root counted
};

/// Expected committed tokens: 1 + the sum over drafted nodes of the product of P along their path. @param positional P[b] of the b-th
/// child, from 0.
[[nodiscard]] double expected_tokens(const TreeShape& shape, std::span<const double> positional);

/// The dynamic program. T(m, l, b) = best expected tokens of a tree of m nodes on at most l levels, both counting the root, whose root has
/// b children: T(1, l, 0) = 1, T(m, l, b) = max over y of T(y, l, b-1) + P[b] T*(m-y, l-1), T* = max over b.
class SequoiaTable
{
public:
    /// @param positional P, entries in [0,1], at least one.  @param nodes, levels largest m and l, at least 1. O(nodes^2 levels |P|).
    SequoiaTable(std::vector<double> positional, std::int32_t nodes, std::int32_t levels);

    /// T*(m, l); minus infinity where no such tree exists. 1 <= m <= nodes, 1 <= l <= levels.
    [[nodiscard]] double best(std::int32_t m, std::int32_t l) const { return best_[index(m, l)]; }

    /// A shape that reaches best(m, l). Precondition: best(m, l) is finite.
    [[nodiscard]] TreeShape shape(std::int32_t m, std::int32_t l) const;

    /// The shape of least cost per expected token; l levels are charged l - 1 draft passes, because the drafters here do not run their
    /// deepest nodes. Ties: fewer levels, then fewer nodes.
    [[nodiscard]] TreeShape cheapest(const RoundCost& cost) const;

private:
    [[nodiscard]] std::size_t index(std::int32_t m, std::int32_t l) const
    {
        return static_cast<std::size_t>(l - 1) * static_cast<std::size_t>(nodes_) + static_cast<std::size_t>(m - 1);
    }
    [[nodiscard]] std::size_t index(std::int32_t m, std::int32_t l, std::size_t b) const
    {
        return index(m, l) * (positional_.size() + 1) + b;
    }
    void fill(std::int32_t m, std::int32_t l);

    std::vector<double> positional_;
    std::int32_t nodes_;
    std::int32_t levels_;
    std::vector<double> best_;             ///< T*
    std::vector<std::size_t> best_count_;  ///< the b that reaches it
    std::vector<double> table_;            ///< T
    std::vector<std::int32_t> split_;      ///< the y that reaches it
};

/// P from what happened: of the visits to nodes with a b-th child, the share in which that child was the accepted one.
class PositionalAcceptance
{
public:
    /// @param prior P before any round.  @param weight visits that it counts for, > 0.
    PositionalAcceptance(std::vector<double> prior, double weight);
    void learn(const record::Round& round);
    [[nodiscard]] std::vector<double> estimate() const;

private:
    std::vector<double> accepted_;
    std::vector<double> visits_;
};

}  // namespace timberline::rules
