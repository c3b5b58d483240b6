// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/kernels/packed_matrix.h"

#include <cstdint>
#include <span>

/// The arithmetic of the fast inference path for others to use. The best variant that this processor runs is taken (AVX-512, AVX2 or
/// portable); the environment variable TIMBERLINE_KERNELS=portable|avx2|avx512 forces one. Every function gives the same bits for the same
/// operands, whatever else is computed beside them. All are thread-safe and run on the calling thread.
namespace timberline::model::kernels {

/// Sum of a[i] * b[i] in float32, in one fixed order. Precondition: equal sizes.
[[nodiscard]] float dot(std::span<const float> a, std::span<const float> b) noexcept;

/// values[i] = exp(values[i] - max) / sum. Minus infinity gives exactly 0; an empty span is left alone.
void softmax_in_place(std::span<float> values) noexcept;

/// values[i] = exp(values[i]), relative error below 2e-7; below -87.3 gives 0, above 88 gives exp(88). NaN stays NaN.
void exp_in_place(std::span<float> values) noexcept;

/// out[r, o] = sum over i of x[r, i] * matrix[o, i], plus bias[o] when bias is not null. Strides count floats.
/// Preconditions: x holds rows of matrix.inputs, out rows of matrix.outputs.
void matmul(const PackedMatrix& matrix, const float* x, std::int64_t x_stride, std::int64_t rows, const float* bias, float* out,
            std::int64_t out_stride) noexcept;

/// Name of the variant in use: "avx512", "avx2" or "portable".
[[nodiscard]] const char* variant_name() noexcept;

}  // namespace timberline::model::kernels
