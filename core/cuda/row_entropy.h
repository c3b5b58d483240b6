// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// Entropy of rows of logits in one streaming pass (online softmax): no row of probabilities is ever stored. Raw pointers only, so that
/// neither side needs the other's headers.
namespace timberline::cuda {

/// One number a row; a null pointer is not written. All pointers lie where the logits lie.
struct RowEntropyOutput {
    float* maximum = nullptr;     ///< [R] largest logit
    float* log_sum_exp = nullptr; ///< [R] ln sum exp(logit)
    float* entropy = nullptr;     ///< [R] entropy of softmax(logits), nats, 0 .. ln V
    std::int32_t* top1 = nullptr; ///< [R] index of the largest logit; the lowest wins a tie
};

/// The definition and the CPU's own path. @param logits [rows, columns], row-major.
/// -inf and NaN are masked: probability 0. A row without any other logit gives -inf, -inf, 0 and index 0. +inf counts as the largest float.
/// Sums are kept in double. Rows are independent. Any thread.
void row_entropy_cpu(const float* logits, std::int64_t rows, std::int64_t columns, const RowEntropyOutput& output) noexcept;

#ifdef TIMBERLINE_CUDA
/// The same on the current CUDA device, asynchronous; sums are float32. Pointers are device memory.
/// @param stream a cudaStream_t, null = the default stream.
/// @return the cudaError_t of the launch, 0 = success; cudaErrorInvalidValue for negative sizes or more than 2^31 - 1 columns.
[[nodiscard]] int row_entropy_device(const float* logits, std::int64_t rows, std::int64_t columns, const RowEntropyOutput& output,
                                     void* stream) noexcept;
#endif

} // namespace timberline::cuda
