// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

/// The temperature functions of selective self-attention (methods/attention.md 2.3).
namespace timberline::attention {

struct SelectiveValues {
    double beta = 1.5;         ///< position weight = exp(-exp(beta)), -2..3
    bool use_query = true;     ///< temperatures of queries by their token
    bool use_value = true;     ///< temperatures of values by their token
    bool use_position = true;  ///< the query temperature grows with ln n
    double query_offset = 0;   ///< constant part of f of the queries, -3..3
    double value_offset = 0;   ///< constant part of f of the values, -3..3
};

/// exp(-exp(beta))
[[nodiscard]] double position_weight(double beta) noexcept;

/// tau of a query that sees n keys: max(1e-3, tanh(f) + 1 + position weight * ln n). f = weights . row + offset; the weights read the
/// projected query (weight sharing) and may be empty = 0, as they are at the start of training.
[[nodiscard]] double query_temperature(const SelectiveValues& values, std::span<const float> weights, const float* query_row,
                                       std::int64_t visible) noexcept;

/// tau of a value: tanh(f) + 1, 0..2. 0 removes the value and keeps its mass.
[[nodiscard]] double value_temperature(const SelectiveValues& values, std::span<const float> weights, const float* value_row) noexcept;

}  // namespace timberline::attention
