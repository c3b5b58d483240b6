// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/draft_law.h"
#include "core/decoding/drafter.h"
#include "core/rules/draft_tree.h"

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

/// What a head said about one place of the tree. Spans are valid until the next call of the source.
struct CandidateLaw {
    std::span<const float> law;     ///< [V], processed as draft_law() does
    std::span<const float> logits;  ///< [V], raw
};

/// Answers for the children of open nodes, level by level. Places are numbered in the order in which they are opened, 0 = the root.
class CandidateSource
{
public:
    virtual ~CandidateSource() = default;
    /// Reads the nodes of one level: tokens [n] and, per token, the place of its parent. They become the next n places.
    [[nodiscard]] virtual Status open(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                      const CancelToken& cancel) = 0;
    /// The raw logits [V] for the children of a place, valid until the next open().
    [[nodiscard]] virtual std::span<const float> logits(std::int32_t place) = 0;
};

/// EAGLE-2's dynamic tree (arXiv 2406.16858; decoding.md 1.9) over any source: of every level the `beam` places of largest path confidence
/// are opened, each proposes its `top_k` likeliest children, and of all candidates the limits.max_nodes of largest path confidence are
/// kept; the rest become `pruned`. The controller is asked once a level (the first place of the level stands for it).
struct DynamicTreeSettings {
    std::int32_t beam = 4;
    std::int32_t top_k = 4;
};
struct GrownTree {
    rules::DraftTree tree;
    std::vector<std::int32_t> node_of_place;  ///< per place opened: its node of the tree, -1 = pruned; [0] = 0
};
[[nodiscard]] Result<GrownTree> grow_dynamic_tree(const RoundContext& context, const DraftPlan& limits, DecodeController& controller,
                                                  const DynamicTreeSettings& settings, const DraftSampling& sampling,
                                                  CandidateSource& source);

}  // namespace timberline::decoding
