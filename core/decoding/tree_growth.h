// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/decoding/draft_law.h"
#include "core/decoding/drafter.h"
#include "core/decoding/heads/head_trees.h"
#include "core/decoding/node_feeder.h"
#include "core/rules/tree_shapes.h"

#include <cstdint>
#include <string>
#include <vector>

namespace timberline::decoding {

/// Hyperparameters of the draft-model-tree drafter. The defaults are the dynamic tree of at most 24 nodes that commits most tokens a pass
/// with the bundled pair under greedy decoding; on two cores without a GPU a tree of 4 nodes is faster.
struct TreeValues {
    std::string shape = "dynamic";
    std::int64_t draft_length = 6;
    std::int64_t total_nodes = 24;
    std::int64_t top_k = 3;
    std::vector<std::int64_t> branching = {3, 2, 1, 1};
    double draft_temperature = -1;
    std::int64_t draft_top_k = 0;
    bool share_cache = false;  ///< of heads that run the target's lower layers: chains are drafted in the target's own cache
};

/// How the children of a node are chosen in a tree of these values. @param planned the controller gives shapes, which say how many children
/// but not which.
[[nodiscard]] record::DrawKind draw_kind_of(const TreeValues& values, const record::Sampling& target, bool planned);

/// Grows one round's tree from a feeder's laws, level by level. Lives for one propose().
class TreeGrowth
{
public:
    /// All references must outlive the growth. `limits`: levels and drafted nodes, both at least 1.
    TreeGrowth(NodeFeeder& feeder, const RoundContext& context, DecodeController& controller, const TreeValues& values,
               const DraftPlan& limits);

    /// A chain, and shapes with a branching list. How many children a node gets depends on the list and on what is left of max_nodes, never
    /// on the value of a token drawn for it: nothing that was drawn is dropped (I3). A shape in the plan takes the list's place; its
    /// children are then drawn without replacement, or the likeliest under a greedy target, unless the drafter's own shape says how.
    [[nodiscard]] Result<rules::DraftTree> listed();

    /// EAGLE-2 (arXiv 2406.16858): the best `top_k` candidates of a level are extended by `top_k` each, and of all candidates the max_nodes
    /// with the largest product of confidences along their path are kept. Candidates are chosen, not drawn, so pruning them is exact.
    [[nodiscard]] Result<rules::DraftTree> dynamic();

    /// A static tree: of every open node the candidates of the listed ranks, chosen and not drawn.
    [[nodiscard]] Result<rules::DraftTree> ranked(std::span<const RankNode> ranks);

    /// Node of the tree per row that the feeder was fed after the root, in feeding order; -1 = a candidate that was pruned.
    [[nodiscard]] const std::vector<std::int32_t>& fed_nodes() const noexcept { return fed_; }

private:
    /// A node that the feeder has read: its law decides about its children.
    struct Open {
        std::int32_t node = 0;  ///< index in the tree (listed) or in the pool (dynamic); -1 = the root in the pool
        std::int32_t fed = -1;  ///< feeding order, -1 = the root
        std::int32_t slot = 0;  ///< node of the plan's shape
        double log_q = 0;       ///< along the path to it
        std::vector<TokenId> path = {};
        std::vector<float> logits = {};
        std::vector<float> law = {};
    };
    /// Every candidate of a dynamic tree, in order of proposal: parents stand before their children.
    struct Pool {
        std::vector<rules::PoolCandidate> candidates;
        std::vector<TokenId> tokens;
        std::vector<float> confidence;
        std::vector<std::int32_t> opened_as;  ///< index in `opened` of a candidate that was extended, -1 = never
        std::vector<Open> opened;             ///< 0 is the root
    };
    [[nodiscard]] Status open_root();
    /// Feeds the nodes of `next` (their `fed` still names the parent's row) in one forward and fills logits and laws.
    [[nodiscard]] Status open_level(std::vector<Open> next, const std::vector<TokenId>& tokens);
    /// Lets every open node of the level propose; returns, per new candidate, the place that it would open.
    [[nodiscard]] std::vector<Open> propose_candidates(Pool& pool, std::int32_t depth);
    /// Re-ranks the pool and builds the tree of what is kept; the rest becomes `pruned`.
    [[nodiscard]] rules::DraftTree assemble(const Pool& pool);
    void fill_law(Open& open, std::span<const float> logits);
    /// Law and logits of an open node as a row of the tree, where somebody reads them.
    void attach(rules::DraftTree& tree, std::int32_t node, const Open& open) const;
    [[nodiscard]] bool keeps_rows() const { return context_.keep_laws || kind_ != record::DrawKind::PointMass; }
    [[nodiscard]] bool controller_agrees(std::int32_t depth, std::int32_t nodes);
    /// Asks, once a level is included, whether the draft model should run on it. @param log_q of its likeliest node.
    [[nodiscard]] bool controller_goes_on(std::int32_t nodes, double log_q);
    /// Children that the list or the plan's shape gives an open node of this level.
    [[nodiscard]] std::int32_t wanted_children(const Open& open, std::int32_t depth) const;
    /// Proposes the children of an open node into the tree and appends the places that they open. @return how many.
    [[nodiscard]] std::int32_t extend_listed(rules::DraftTree& tree, const Open& open, std::int32_t depth, std::int32_t count,
                                             std::vector<Open>& next, std::vector<TokenId>& next_tokens);
    /// Children of an open node by the shape in use, in draw order. @param place unique number of the node in this tree.
    [[nodiscard]] std::vector<TokenId> choose(const Open& open, std::int32_t place, std::int32_t depth, std::int32_t count);

    NodeFeeder& feeder_;
    const RoundContext& context_;
    DecodeController& controller_;
    const TreeValues& values_;
    DraftPlan limits_;
    DraftSampling sampling_;
    record::DrawKind kind_;
    std::vector<Open> level_;
    std::vector<std::int32_t> fed_;
    std::vector<TokenId> history_;
    std::vector<double> uniforms_;
    DraftStep step_;  ///< what the controller saw of the present level
    int passes_ = 0;
};

}  // namespace timberline::decoding
