// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace timberline::rules {

/// Probability that a chi-square variable with `degrees` > 0 degrees of freedom is at least `statistic`: the regularised upper incomplete
/// gamma function Q(degrees / 2, statistic / 2). Relative accuracy about 1e-12. NaN for a negative statistic or no degrees.
[[nodiscard]] double chi_square_tail(double statistic, double degrees) noexcept;

struct ChiSquareTest {
    double statistic = 0;
    std::int32_t degrees = 0;    ///< cells - 1 after pooling; 0 = nothing to test
    double p_value = 1;          ///< small = the counts hardly come from this law
    double total_variation = 0;  ///< half the sum of |share - law| over all cells
};

/// Pearson's test of counts against a law over the same cells (normalised here). Cells that expect fewer than 5 are pooled into one. A
/// count in a cell of probability 0 gives p 0.
[[nodiscard]] ChiSquareTest chi_square_test(std::span<const std::int64_t> counts, std::span<const double> law);

}  // namespace timberline::rules
