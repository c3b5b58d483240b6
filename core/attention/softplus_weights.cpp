// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/softplus_weights.h"

#include <algorithm>
#include <cmath>

namespace timberline::attention {

namespace {

constexpr std::int64_t kRowsWithoutOffset = 3;
constexpr double kRounding = 1e-6;  ///< what float32 weights leave of N A - 1 = 0

double positive_part(const std::string& form, double x) noexcept
{
    if (form == "exp") {
        return std::exp(x);
    }
    if (form == "relu") {
        return std::max(0.0, x);
    }
    if (form == "sigmoid") {
        return 1 / (1 + std::exp(-x));
    }
    return softplus(x);
}

/// Divides by the sum; false and all zero when there is nothing to divide.
bool normalise(std::span<float> row) noexcept
{
    double total = 0;
    for (const float weight : row) {
        total += static_cast<double>(weight);
    }
    if (total == 0) {
        return false;
    }
    for (float& weight : row) {
        weight = static_cast<float>(static_cast<double>(weight) / total);
    }
    return true;
}

}  // namespace

double softplus_scale(const SoftplusValues& values, std::int64_t head_dim, std::int64_t visible) noexcept
{
    const double length = std::log(static_cast<double>(visible));
    if (values.scale == "lnn") {
        return length;
    }
    return values.scale == "constant" ? std::sqrt(static_cast<double>(head_dim)) : std::log(static_cast<double>(head_dim)) * length;
}

double softplus(double x) noexcept
{
    return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

bool softplus_weights(const SoftplusValues& values, std::int64_t head_dim, std::int64_t position, std::span<float> cosines) noexcept
{
    const auto visible = static_cast<std::int64_t>(cosines.size());
    const double scale = softplus_scale(values, head_dim, visible);
    // The exponential's own sum does not change with a shift, which keeps it from overflowing.
    const bool shifted = values.positive == "exp" && !cosines.empty();
    const double shift = shifted ? scale * static_cast<double>(*std::max_element(cosines.begin(), cosines.end())) : 0;
    for (float& cosine : cosines) {
        cosine = static_cast<float>(positive_part(values.positive, scale * static_cast<double>(cosine) - shift));
    }
    if (!normalise(cosines) || !values.reweight) {
        return std::any_of(cosines.begin(), cosines.end(), [](float weight) { return weight != 0; });
    }
    if (std::isnan(cosines.front())) {
        return true;  // a NaN score has made the whole row NaN: it is shown as such
    }
    const double offset = position < kRowsWithoutOffset ? 0 : values.offset;
    double largest = 0;
    for (const float weight : cosines) {
        largest = std::max(largest, static_cast<double>(visible) * static_cast<double>(weight) - offset);
    }
    if (largest <= kRounding) {  // a perfectly uniform row: nothing is above the mean
        std::fill(cosines.begin(), cosines.end(), 0.0F);
        return false;
    }
    // Relative to the largest, so that a power of 15 cannot overflow.
    for (float& weight : cosines) {
        const double above = std::max(0.0, static_cast<double>(visible) * static_cast<double>(weight) - offset);
        weight = static_cast<float>(std::pow(above / largest, static_cast<double>(values.power)));
    }
    return normalise(cosines);
}

}  // namespace timberline::attention
