// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// Matrix products of the perceptron. Activations are feature-major, [features, stride], one sample a lane: every loop runs along samples,
/// whatever the layer's width. One thread; sums run in a fixed order, so that the same operands give the same bits.
namespace timberline::training::dense {

/// Samples are padded to whole groups of this many.
inline constexpr std::int64_t kLanes = 16;
[[nodiscard]] constexpr std::int64_t padded(std::int64_t samples) noexcept
{
    return (samples + kLanes - 1) / kLanes * kLanes;
}

/// A matrix read by steps, so that the same product takes a weight or its transpose.
struct Strided {
    const float* data = nullptr;
    std::int64_t row = 0, column = 0;  ///< element (o, i) is data[o * row + i * column]
};

/// out[o][n] = bias[o] + sum_i weight(o, i) * in[i][n], for n in [0, stride); bias may be null.  in [inputs, stride], out [outputs,
/// stride], stride a multiple of kLanes.
void multiply(const Strided& weight, const float* bias, const float* in, std::int64_t inputs, std::int64_t outputs, std::int64_t stride,
              float* out) noexcept;

/// product[o * inputs + i] = sum_n left[o][n] * right[i][n], over n in [0, stride).
void correlate(const float* left, std::int64_t outputs, const float* right, std::int64_t inputs, std::int64_t stride,
               float* product) noexcept;

/// sums[o] = sum_n rows[o][n]
void sum_rows(const float* rows, std::int64_t count, std::int64_t stride, float* sums) noexcept;

}  // namespace timberline::training::dense
