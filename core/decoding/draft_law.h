// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/decoding/drafter.h"
#include "core/record/record.h"
#include "core/rules/draft_tree.h"

#include <cstdint>
#include <span>
#include <vector>

namespace timberline::decoding {

/// How a draft model's logits become the law q that candidates are drawn from or ranked by.
struct DraftSampling {
    record::Sampling settings;
    bool greedy = false;  ///< the wanted temperature is 0: candidates are point masses and q is only a confidence
};

/// @param temperature the drafter's own temperature, negative = the target's.  @param top_k the drafter's own top-k, 0 = the target's.
/// Where the temperature comes out as 0 the law would be one-hot and could rank nothing: the confidence law then takes temperature 1, with
/// the penalties (they move the argmax) and without the truncations (they do not).
[[nodiscard]] DraftSampling draft_sampling(const record::Sampling& target, double temperature, std::int64_t top_k);

/// Computes the processed law [V] of one node into `law`. @param history committed tokens and the node's own path (I5).
void draft_law(const DraftSampling& sampling, std::span<const TokenId> history, std::span<const float> logits, std::vector<float>& law);

/// Appends law and raw logits as a row of the tree and names it as the row of `node`.
void attach_row(rules::DraftTree& tree, std::int32_t node, std::span<const float> law, std::span<const float> logits);

/// What a controller sees before a token of level `depth` is drafted from `law`.
[[nodiscard]] DraftStep draft_step(std::int32_t depth, std::int32_t nodes, std::span<const float> law, double cumulative_log_q);

}  // namespace timberline::decoding
