// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/record/record.h"

#include <cstdint>
#include <span>
#include <vector>

/// Hindsight bounds: what the best tree under the same node budget would have given. Tells whether to mend the drafter (the target's path
/// was not among its candidates) or the shape of the tree (it was, and was not kept).
namespace timberline::rules {

struct Candidate {
    std::int32_t parent = -1;  ///< index in the list, below the own; -1 = the root
    TokenId token = 0;
    double probability = 0;  ///< the drafter's, of this token at its parent, in [0, 1]
};

struct BestTree {
    std::vector<std::int32_t> kept;  ///< ascending indices of the list; parent-closed
    double expected_tokens = 1;      ///< 1 + sum over the kept of the product of probabilities along their path
};
/// The `budget` candidates with the largest products: the tree that is expected to commit most if the drafter's probabilities are right.
[[nodiscard]] BestTree best_tree(std::span<const Candidate> candidates, std::int32_t budget);

/// The longest path from the root whose tokens are the first of `truth`; indices from top to bottom.
[[nodiscard]] std::vector<std::int32_t> path_along(std::span<const Candidate> candidates, std::span<const TokenId> truth);

/// One recorded round, judged with the text that followed. Numbers count committed tokens, the target's own included.
struct HindsightRound {
    std::int32_t round = 0;
    std::int32_t budget = 0;                              ///< drafted nodes, which every tree here may have
    double committed = 0;                                 ///< as recorded
    double expected_as_drafted = 1;                       ///< by the drafter's probabilities, of the tree that was sent
    double expected_best = 1;                             ///< the same of best_tree() over all candidates, the pruned ones included
    double best_tree_committed = 1;                       ///< what best_tree() would have committed along the text
    double longest_committed = 1;                         ///< the longest path of the text among the candidates, cut at the budget
    bool complete = true;                                 ///< false: the text ended before the longest path did, so the bound may be higher
    std::vector<std::int32_t> best_nodes, longest_nodes;  ///< as nodes of the round
};
/// Rounds before `until` (-1 = all) that drafted something. A round without probabilities (NaN q) takes no part in the expectations: they
/// are NaN there.
[[nodiscard]] std::vector<HindsightRound> hindsight(const record::Record& record, int until = -1);

}  // namespace timberline::rules
