// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rules/verification.h"

/// Rules that decide about a whole path at once, from its end to the root (methods/decoding.md 3.9, 3.10). Exact like recursive rejection;
/// on chains they never accept fewer tokens on average. Pure: no model and no random generator inside.
///
/// What their verdicts say of a node: the end of the path and the refused children of path nodes were tested, with threshold (`ratio`) and
/// uniform (`draw`). Accepted nodes above the end were kept along with it: their `ratio` is the threshold that a test of their own would
/// have had, their `draw` is NaN. Refused nodes below a refused node count as never verified, as everywhere in a record.
namespace timberline::rules {

/// True when no node has a second child.
[[nodiscard]] bool is_chain(const DraftTree& tree);

/// Block verification of a chain. With pi_0 = 1, pi_i = min(1, pi_{i-1} p_i(y_i) / q_i(y_i)) and S_i = sum [pi_i p - q]+ over the next
/// token: node i is tested with h_i = S_i / (S_i + 1 - pi_i), the last one with pi. The deepest node that passes ends the path; the extra
/// token comes from p after the last node, else from [pi p - q]+. A child that was chosen, or whose law is missing, counts as drawn from a
/// one-hot law. Precondition: is_chain(tree); of a tree only the first children are looked at. Source: arXiv 2403.10444.
/// @param forced as in verify_recursive_rejection; the chain below it is verified as if it began there.
[[nodiscard]] Verdict verify_block(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions, std::int32_t forced = -1);

/// Traversal verification of a tree. Each node carries pi and the laws (P, Q) of its next token, the root pi = 1. Descends to first
/// children with pi_child = min(1, pi P(x)/Q(x)); a node without further children is tested with pi, and if it passes the path ends there
/// and the extra token comes from its P. If it is refused, its parent gets R = [pi P - Q]+, S = sum R, pi = S / (S + 1 - pi), P = R / S,
/// and Q by kind: unchanged, without the refused token, or one-hot at each tested token. Exact for every DrawKind. Source: arXiv
/// 2505.12398.
/// @param forced as in verify_recursive_rejection; the tree below it is verified as if it were the root.
[[nodiscard]] Verdict verify_traversal(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions, std::int32_t forced = -1);

}  // namespace timberline::rules
