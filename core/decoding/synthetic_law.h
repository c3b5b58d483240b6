// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <span>
#include <vector>

namespace timberline::decoding {

/// A draft law with a set acceptance: q = b p + (1 - b) one-hot(m), where m is the token that p makes least likely (the one with the
/// largest logit among equals: under greedy decoding the runner-up). Then sum min(p, q) = b + (1 - b) p(m), and b is chosen so that this
/// is `acceptance`. An acceptance below p(m) cannot be had this way; q is then one-hot(m), whose acceptance is p(m).
/// @param target p [V], sums to 1.  @param logits [V] raw, or empty: then the lowest id among equals.  @param q receives [V].
/// @return m.
TokenId synthetic_law(std::span<const float> target, std::span<const float> logits, double acceptance, std::vector<float>& q);

}  // namespace timberline::decoding
