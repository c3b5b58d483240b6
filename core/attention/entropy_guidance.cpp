// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/entropy_guidance.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace timberline::attention {

GuidedRow guide_row(double entropy, double threshold, double maximum, double dead_zone) noexcept
{
    GuidedRow row;
    row.deviation = entropy - threshold * maximum;
    if (std::abs(row.deviation) > dead_zone * maximum) {
        row.penalty = row.deviation * row.deviation;
        row.by_entropy = 2 * row.deviation;
        row.by_threshold = -2 * row.deviation * maximum;
    }
    return row;
}

void entropy_gradient(std::span<const double> probability, std::span<double> gradient) noexcept
{
    assert(probability.size() == gradient.size());
    double entropy = 0;
    for (const double p : probability) {
        entropy -= p > 0 ? p * std::log(p) : 0;
    }
    for (std::size_t j = 0; j < probability.size(); ++j) {
        const double p = probability[j];
        gradient[j] = p > 0 ? -p * (std::log(p) + entropy) : 0;
    }
}

double guidance_maximum(const EntropyGuidance& guidance, std::int64_t sequence, std::int64_t visible) noexcept
{
    return std::log(static_cast<double>(std::max<std::int64_t>(1, guidance.visible_maximum ? visible : sequence)));
}

GuidancePenalty entropy_penalty(const EntropyGuidance& guidance, std::int64_t layers, std::int64_t heads, std::span<const double> entropy,
                                std::span<const double> threshold, std::span<const double> maximum)
{
    const std::size_t rows = maximum.size();
    const auto all_heads = static_cast<std::size_t>(layers * heads);
    assert(layers > 0 && heads > 0 && entropy.size() == all_heads * rows && threshold.size() == all_heads);
    GuidancePenalty out;
    out.by_entropy.assign(entropy.size(), 0);
    out.by_threshold.assign(all_heads, 0);
    const double share =
        1 / static_cast<double>(all_heads) / (guidance.mean_over_rows ? static_cast<double>(std::max<std::size_t>(1, rows)) : 1);
    std::size_t outside = 0;
    for (std::size_t head = 0; head < all_heads; ++head) {
        for (std::size_t row = 0; row < rows; ++row) {
            const std::size_t i = head * rows + row;
            const GuidedRow part =
                maximum[row] > 0 ? guide_row(entropy[i], threshold[head], maximum[row], guidance.dead_zone) : GuidedRow{};
            out.penalty += share * part.penalty;
            out.by_entropy[i] = share * part.by_entropy;
            out.by_threshold[head] += share * part.by_threshold;
            outside += part.penalty > 0 ? 1 : 0;
        }
    }
    out.outside = entropy.empty() ? 0 : static_cast<double>(outside) / static_cast<double>(entropy.size());
    return out;
}

}  // namespace timberline::attention
