// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rules/verification.h"

/// Typical acceptance (Medusa, arXiv 2401.10774; methods/decoding.md 1.8): keeps what the target finds plausible instead of what follows
/// its law. Lossy above temperature 0. Pure: no model and no random generator inside.
namespace timberline::rules {

struct TypicalLimits {
    double epsilon = 0.09;        ///< largest threshold, in (0,1]
    double delta = 0.3;           ///< scale of the threshold where the target is undecided, in (0,1]
    bool likeliest_extra = true;  ///< the extra token is the target's likeliest one, as in the published code; false: drawn from its law
};

/// min(epsilon, delta exp(-H)), H the entropy of the law in nats. @param law [V], need not be normalised.
[[nodiscard]] double typical_threshold(std::span<const float> law, const TypicalLimits& limits);

/// A node passes when the target's probability of its token is above the threshold of the law at its parent. Of the paths on which every
/// node passes the longest is kept, of equally long ones the one of larger probability, then the first. Verdicts: `ratio` is the threshold,
/// `residual` the probability that was compared with it, `draw` NaN. Nodes that passed on another path count as never verified. With
/// one-hot laws this is greedy matching.
/// @param forced as in verify_recursive_rejection: only paths through this node are looked at.
[[nodiscard]] Verdict verify_typical(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions, const TypicalLimits& limits,
                                     std::int32_t forced = -1);

}  // namespace timberline::rules
