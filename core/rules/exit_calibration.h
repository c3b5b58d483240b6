// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

/// Learn-then-Test calibration of a threshold (methods/exits.md 1.5; arXiv 2207.07061, 2110.01052). The losses are one a prompt, never one
/// a token: tokens of a prompt depend on each other.
namespace timberline::rules {

/// Hoeffding: exp(-2 n max(0, delta - mean)^2), for losses in [0, 1]; 1 for n = 0.
[[nodiscard]] double hoeffding_p(std::int64_t n, double mean, double delta) noexcept;
/// Exact binomial P(Bin(n, delta) <= failures), for losses that are 0 or 1; 1 for n = 0.
[[nodiscard]] double binomial_p(std::int64_t n, std::int64_t failures, double delta) noexcept;

/// The fewest prompts with which a threshold without a single failure passes the binomial test: the smallest n with (1 - delta)^n <=
/// epsilon. Precondition: both inside (0, 1).
[[nodiscard]] std::int64_t fewest_prompts(double delta, double epsilon) noexcept;

/// One threshold of the grid, in the order of the walk (from 1 downwards).
struct LttStep {
    double lambda = 1;
    double loss = 0;  ///< mean over the prompts
    double p = 1;
    bool tested = false;  ///< the walk reached it
    bool accepted = false;
};
struct LttResult {
    double lambda = 1;   ///< the last accepted one; 1 (never exit) when the first fails
    bool exact = false;  ///< all losses are 0 or 1, so the binomial test was taken
    std::vector<LttStep> steps;
};
/// Fixed-sequence testing: walks down the grid and stops at the first p > epsilon. Guarantee: P(E[loss] <= delta) >= 1 - epsilon over the
/// draw of the prompts. @param grid descending, starts with 1.  @param losses [grid][prompts], in [0, 1]; those past the stopping point do
/// not matter.
[[nodiscard]] LttResult learn_then_test(const std::vector<double>& grid, const std::vector<std::vector<double>>& losses, double delta,
                                        double epsilon);

/// 1, 0.95, …, 0 in steps of `step`.
[[nodiscard]] std::vector<double> ltt_grid(double step);

}  // namespace timberline::rules
