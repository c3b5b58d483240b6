// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/row_statistics.h"

#include <algorithm>
#include <cmath>

namespace timberline::attention {

namespace {

double sum_of(std::span<const float> weights, std::int64_t begin, std::int64_t end) noexcept
{
    double total = 0;
    for (std::int64_t i = std::max<std::int64_t>(begin, 0); i < std::min(end, static_cast<std::int64_t>(weights.size())); ++i) {
        total += static_cast<double>(weights[static_cast<std::size_t>(i)]);
    }
    return total;
}

}  // namespace

RowStatistics statistics_of_weights(std::span<const float> weights, std::int64_t position, const RowStatisticsSettings& settings,
                                    std::span<const std::int32_t> marked) noexcept
{
    RowStatistics row;
    const auto count = static_cast<std::int64_t>(weights.size());
    row.visible = static_cast<std::int32_t>(count);
    row.log_sum_exp = std::numeric_limits<float>::quiet_NaN();
    const double total = sum_of(weights, 0, count);
    if (count == 0 || total == 0) {
        return row;
    }
    double logs = 0;  // sum p ln p
    double squares = 0;
    double largest = 0;
    double distance = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const double p = static_cast<double>(weights[static_cast<std::size_t>(i)]) / total;
        logs += p > 0 ? p * std::log(p) : 0 * p;  // 0 ln 0 = 0, and NaN stays NaN
        squares += p * p;
        largest = std::isnan(largest) || p <= largest ? largest : p;  // not std::max: once undefined, always undefined
        distance += p * static_cast<double>(count - 1 - i);
    }
    const double entropy = std::isnan(logs) ? logs : std::max(0.0, -logs);
    double variance = 0;
    for (const float weight : weights) {
        const double p = static_cast<double>(weight) / total;
        if (p > 0) {
            const double deviation = std::log(p) + entropy;
            variance += p * deviation * deviation;
        }
    }
    const std::int64_t first = position - count + 1;
    double marks = 0;
    for (const std::int32_t mark : marked) {
        marks += sum_of(weights, mark - first, mark - first + (mark >= first ? 1 : 0));
    }
    row.entropy = count < 2 ? 0.0F : static_cast<float>(entropy);
    row.largest = static_cast<float>(largest);
    row.varentropy = count < 2 ? 0.0F : static_cast<float>(variance);
    row.collision = static_cast<float>(squares);
    row.sink = static_cast<float>(sum_of(weights, 0, settings.sink_tokens - first) / total);
    row.local = static_cast<float>(sum_of(weights, count - settings.local_window, count) / total);
    row.distance = static_cast<float>(distance);
    row.previous = static_cast<float>(count < 2 ? 0.0 : sum_of(weights, count - 2, count - 1) / total);
    row.marked = static_cast<float>(marks / total);
    return row;
}

double normalised_entropy(const RowStatistics& row) noexcept
{
    return row.valid() ? static_cast<double>(row.entropy) / std::log(static_cast<double>(row.visible)) : 0;
}

}  // namespace timberline::attention
