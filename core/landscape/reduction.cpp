// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/reduction.h"

#include <array>
#include <cmath>
#include <limits>

namespace timberline::landscape {
namespace {

constexpr std::size_t kPartial = 8;

/// Sum of f(i) in eight partial sums, so that the additions need not wait for each other.
template <typename Term>
double sum_of(std::size_t count, const Term& term)
{
    std::array<double, kPartial> sums{};
    std::size_t i = 0;
    for (; i + kPartial <= count; i += kPartial) {
        for (std::size_t k = 0; k < kPartial; ++k) {
            sums[k] += term(i + k);
        }
    }
    for (std::size_t k = 0; i < count; ++i, ++k) {
        sums[k] += term(i);
    }
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

}  // namespace

double standard_error(double squares, double count) noexcept
{
    return count > 1 ? std::sqrt(squares / (count - 1) / count) : std::numeric_limits<double>::quiet_NaN();
}

SubsetValue mean_and_error(std::span<const double> losses, std::span<const std::int32_t> labels) noexcept
{
    const auto counts = [&](std::size_t i) { return labels.empty() || labels[i] != training::kIgnoredLabel; };
    const double count = sum_of(losses.size(), [&](std::size_t i) { return counts(i) ? 1.0 : 0.0; });
    SubsetValue out;
    out.loss = sum_of(losses.size(), [&](std::size_t i) { return counts(i) ? losses[i] : 0.0; }) / count;
    const double squares = sum_of(losses.size(), [&](std::size_t i) {
        const double d = counts(i) ? losses[i] - out.loss : 0.0;
        return d * d;
    });
    out.standard_error = standard_error(squares, count);
    return out;
}

double accuracy_of(std::span<const double> logits, std::span<const double> losses, std::span<const std::int32_t> labels,
                   std::int64_t outputs) noexcept
{
    std::int64_t right = 0, counted = 0;
    for (std::size_t n = 0; n < labels.size(); ++n) {
        if (labels[n] == training::kIgnoredLabel) {
            continue;
        }
        const double* const row = logits.data() + n * static_cast<std::size_t>(outputs);
        std::int64_t best = 0;
        for (std::int64_t o = 1; o < outputs; ++o) {
            best = row[o] > row[best] ? o : best;
        }
        ++counted;
        right += best == labels[n] && !std::isnan(losses[n]) ? 1 : 0;
    }
    return counted > 0 ? static_cast<double>(right) / static_cast<double>(counted) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace timberline::landscape
