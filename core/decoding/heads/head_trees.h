// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rules/sequoia.h"

#include <cstdint>
#include <span>
#include <vector>

/// Shapes of trees for drafters whose children are chosen and not drawn (point masses), so that any of them may be left out (I3).
namespace timberline::decoding {

/// One node of a static tree (arXiv 2401.10774; methods/decoding.md 1.8): the rank that it takes among its parent's candidates.
struct RankNode {
    std::int32_t parent = 0;  ///< index in the list + 1; 0 = the root: so node i of the list is node i + 1 of the tree
    std::int32_t depth = 1;
    std::int32_t rank = 0;  ///< 0 = the likeliest
    double value = 0;       ///< product of accuracies along the path
};

/// The `nodes` paths of largest value, value(path) = product over its levels of accuracy[level][rank], as a topological list: best first,
/// siblings by rank. Ties: shallower, then lower rank. Paths of value 0 are left out.
/// @param accuracy per level, per rank: P(rank r of head k is the right token); negative and NaN count as 0.
[[nodiscard]] std::vector<RankNode> static_tree(const std::vector<std::vector<double>>& accuracy, std::int32_t nodes, std::int32_t depth);

/// A controller's shape as such a list: the b-th child of a node takes rank b. What the limits or the ranks leave no room for is left out,
/// with everything below it; `value` stays 0.
/// @param ranks per level, how many candidates there are.
[[nodiscard]] std::vector<RankNode> planned_tree(const rules::TreeShape& shape, std::int32_t nodes, std::int32_t depth,
                                                 std::span<const std::int32_t> ranks);

}  // namespace timberline::decoding
