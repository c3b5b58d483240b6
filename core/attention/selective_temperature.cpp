// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/selective_temperature.h"

#include <algorithm>
#include <cmath>

namespace timberline::attention {

namespace {

constexpr double kSmallestTemperature = 1e-3;  // tanh can reach -1

double token_part(std::span<const float> weights, const float* row, double offset) noexcept
{
    double f = offset;
    for (std::size_t c = 0; c < weights.size(); ++c) {
        f += static_cast<double>(weights[c]) * static_cast<double>(row[c]);
    }
    return std::tanh(f);
}

}  // namespace

double position_weight(double beta) noexcept
{
    return std::exp(-std::exp(beta));
}

double query_temperature(const SelectiveValues& values, std::span<const float> weights, const float* query_row,
                         std::int64_t visible) noexcept
{
    double temperature = 1 + (values.use_query ? token_part(weights, query_row, values.query_offset) : 0);
    if (values.use_position) {
        temperature += position_weight(values.beta) * std::log(static_cast<double>(std::max<std::int64_t>(1, visible)));
    }
    return std::max(kSmallestTemperature, temperature);
}

double value_temperature(const SelectiveValues& values, std::span<const float> weights, const float* value_row) noexcept
{
    return values.use_value ? 1 + token_part(weights, value_row, values.value_offset) : 1;
}

}  // namespace timberline::attention
