// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probes/probe.h"

#include <cstdint>
#include <span>
#include <vector>

/// What follows from a row of logits and its label, in double and without cancellation.
namespace timberline::probes {

/// One number a row; natural logarithms.
struct Predictions {
    std::vector<double> cross_entropy;  ///< -log p_y
    std::vector<double> confidence;     ///< largest probability
    std::vector<std::uint8_t> correct;  ///< 1 where the largest logit (the first of equals) is the label's
    std::vector<std::int32_t> predicted;
    std::vector<double> entropy;           ///< -sum p log p, nats
    std::vector<double> modified_entropy;  ///< -(1-p_y) log p_y - sum_{k != y} p_k log(1-p_k)
    std::vector<double> log_odds;          ///< log p_y - log(1-p_y) = z_y - LSE of the others
    std::vector<double> brier;             ///< sum_k (p_k - [k==y])^2
};

/// Precondition: the side has passed check_probe_input.
[[nodiscard]] Predictions predictions_of(const ProbeSide& side, std::int64_t outputs);

/// softmax(z / temperature) of one row into `out`.
void softmax_row(std::span<const float> logits, double temperature, std::span<double> out);

[[nodiscard]] double mean_of(std::span<const double> values);
[[nodiscard]] double accuracy_of(std::span<const std::uint8_t> correct);

}  // namespace timberline::probes
