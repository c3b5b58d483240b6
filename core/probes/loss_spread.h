// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// How losses are spread over samples (losses.md P06).
namespace timberline::probes {

struct LossSpread {
    double mean = 0, variance = 0, deviation = 0;        ///< of the population: divided by n
    double quantile_5 = 0, median = 0, quantile_95 = 0;  ///< linear between order statistics
};

/// NaN throughout without losses.
[[nodiscard]] LossSpread loss_spread(std::span<const double> losses);

/// How many losses lie between edge i and i+1 of `edges` (ascending; the last bin takes its upper edge too).
[[nodiscard]] std::vector<std::int32_t> counts_between(std::span<const double> losses, std::span<const double> edges);

}  // namespace timberline::probes
