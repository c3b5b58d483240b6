// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rules/draft_tree.h"

#include <functional>
#include <vector>

/// Lossless verification of draft trees (methods/decoding.md 1.3, 1.4, 1.7). Pure: no model and no random generator inside,
/// so that tests can enumerate every outcome exactly.
namespace timberline::rules {

/// Where the numbers of a verification come from. The engine answers from keyed streams; a test answers from a branching oracle.
class DecisionSource
{
public:
    virtual ~DecisionSource() = default;
    /// Decides the test of `node`: true with probability min(1, ratio). Reports the uniform used through `draw` (NaN when none was drawn).
    virtual bool accept(std::int32_t node, double ratio, float& draw) = 0;
    /// Draws the extra token after `node` from a law [V] that need not be normalised.
    virtual TokenId emit(std::int32_t node, std::span<const double> law) = 0;
};

struct NodeVerdict {
    record::NodeState state = record::NodeState::NeverVerified;
    float residual = record::kUndefined;  ///< target law of the token when it was tested
    float ratio = record::kUndefined;     ///< acceptance threshold
    float draw = record::kUndefined;
    std::int16_t test_order = -1;
};

struct Verdict {
    std::vector<std::int32_t> path;  ///< accepted nodes, starts with 0
    TokenId next = 0;
    bool next_is_bonus = false;      ///< true when the path ended in a leaf
    std::vector<NodeVerdict> nodes;  ///< [N+1]
};

/// The target's processed law at a node, [V], computed on demand. Valid until the next call.
using TargetLaw = std::function<std::span<const float>(std::int32_t node)>;

/// Recursive rejection over the children in draw order, each kind by its exact test. Exact for every DrawKind.
/// At an accepted node with r = p: child y is accepted with probability min(1, r(y)/s(y)); on rejection r = norm([r - s]+), and s is
/// unchanged (WithReplacement), s with y removed (WithoutReplacement) or one-hot at the next tested token (PointMass).
/// Sources: arXiv 2211.17192, 2302.01318 (chain), 2305.09781 (trees), 2402.14160 (without replacement).
/// @param forced node that is accepted whatever the test says, with all its ancestors; -1 = none. The path to it counts as accepted.
[[nodiscard]] Verdict verify_recursive_rejection(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions, std::int32_t forced = -1);

/// Draws from p at each node and descends while a child carries the drawn token. Exact for every drafter; with one-hot laws it is greedy matching.
[[nodiscard]] Verdict verify_sample_and_compare(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions, std::int32_t forced = -1);

/// Greedy matching: descends while a child carries the target's likeliest token. Decides what both rules above decide on one-hot laws, without laws;
/// residual and ratio stay undefined.
/// @param best the likeliest token after a node.
[[nodiscard]] Verdict verify_greedy(const DraftTree& tree, const std::function<TokenId(std::int32_t node)>& best);

}  // namespace timberline::rules
