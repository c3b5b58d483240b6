// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probes/probe.h"

/// The one temperature that makes a trained classifier's probabilities as honest as a temperature can (losses.md P02).
namespace timberline::probes {

/// mean(LSE(z/T) - z_y/T) over these rows of the side.
[[nodiscard]] double negative_log_likelihood(const ProbeSide& side, std::int64_t outputs, std::span<const std::int64_t> rows,
                                             double temperature);
/// The same over all rows.
[[nodiscard]] double negative_log_likelihood(const ProbeSide& side, std::int64_t outputs, double temperature);

/// The T in [0.05, 20] with the smallest negative log-likelihood of these rows: golden section on log T, which is smooth and has one
/// valley. Accuracy is the same at every T.
[[nodiscard]] double best_temperature(const ProbeSide& side, std::int64_t outputs, std::span<const std::int64_t> rows);

}  // namespace timberline::probes
