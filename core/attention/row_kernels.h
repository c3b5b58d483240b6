// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_statistics.h"

#include <cstdint>
#include <span>

/// One query of one head: what the vector kernels take. They live beside the decoder (core/model/kernels), once per instruction set;
/// attention methods get them through RowKernels, so that this folder needs none of it.
namespace timberline::attention {

/// One query of one head against its visible keys, in position order: slots prefix_begin .. prefix_end, then tail[0 .. tail_count).
struct AttendCall {
    const float* query = nullptr;   ///< [head_dim]
    const float* keys = nullptr;    ///< [slots, head_dim]
    const float* values = nullptr;  ///< [slots, head_dim]
    std::int64_t head_dim = 0;
    std::int64_t prefix_begin = 0, prefix_end = 0;
    const std::int32_t* tail = nullptr;
    std::int64_t tail_count = 0;
    float scale = 1;
    float softcap = 0;              ///< 0 = off
    float* out = nullptr;           ///< [head_dim]
    float* scores = nullptr;        ///< scratch of padded_count(visible keys)
    bool normalise_scores = false;  ///< leave the probabilities in scores

    /// When not null: receives the row's statistics, made in the same pass as the output, which keeps its bits.
    RowStatistics* statistics = nullptr;
    RowStatisticsSettings statistics_settings{};
    std::int64_t position = 0;               ///< of the query; statistics only
    std::span<const std::int32_t> marked{};  ///< positions, ascending; statistics only

    [[nodiscard]] std::int64_t count() const noexcept { return prefix_end - prefix_begin + tail_count; }
};

/// Floats of scratch for `count` scores.
[[nodiscard]] constexpr std::int64_t padded_count(std::int64_t count) noexcept
{
    return (count + 15) / 16 * 16;
}

/// The functions of one instruction set. Each gives the same bits for the same operands, whatever else is computed beside it. Thread-safe.
struct RowKernels {
    /// Exact softmax attention of one row.
    void (*attend)(const AttendCall& call) = nullptr;
    /// scores[i] = softcap(scale * query.key_i) for the visible keys, -infinity in the padding.
    void (*score)(const AttendCall& call) = nullptr;
    /// out = sum of scores[i] * value_i: the weights as they stand.
    void (*mix)(const AttendCall& call) = nullptr;
    float (*dot)(const float* a, const float* b, std::int64_t count) = nullptr;
    /// values[i] = exp(values[i]), relative error below 2e-7; below -87.3 gives 0.
    void (*exponential)(float* values, std::int64_t count) = nullptr;
};

}  // namespace timberline::attention
