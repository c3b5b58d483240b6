// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cuda/online_entropy.h"
#include "core/cuda/row_entropy.h"

#include <cuda_runtime.h>

#include <climits>

namespace timberline::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / 32;

struct TopOne {
    float value;
    int index;
};

__device__ TopOne better(TopOne a, TopOne b)
{
    const bool take = b.value > a.value || (b.value == a.value && b.index < a.index);
    return take ? b : a;
}

/// What one thread, warp or block knows of a row.
struct RowState {
    OnlineEntropy<float> scores;
    TopOne top{-INFINITY, INT_MAX};

    __device__ void add(float raw, int index)
    {
        const float s = sanitized(raw);
        if (s > -INFINITY) {
            top = better(top, {s, index});
            scores.add(s);
        }
    }
    __device__ void merge(const RowState& other)
    {
        scores.merge(other.scores);
        top = better(top, other.top);
    }
};

__device__ RowState shuffled(const RowState& state, int distance)
{
    constexpr unsigned kAll = 0xffffffffU;
    RowState other;
    other.scores.maximum = __shfl_down_sync(kAll, state.scores.maximum, distance);
    other.scores.sum = __shfl_down_sync(kAll, state.scores.sum, distance);
    other.scores.weighted = __shfl_down_sync(kAll, state.scores.weighted, distance);
    other.top.value = __shfl_down_sync(kAll, state.top.value, distance);
    other.top.index = __shfl_down_sync(kAll, state.top.index, distance);
    return other;
}

__device__ void merge_warp(RowState& state)
{
    for (int distance = 16; distance > 0; distance /= 2) {
        state.merge(shuffled(state, distance));
    }
}

__device__ void write_row(const RowState& state, std::int64_t row, const RowEntropyOutput& output)
{
    if (output.maximum != nullptr) {
        output.maximum[row] = state.scores.maximum;
    }
    if (output.log_sum_exp != nullptr) {
        output.log_sum_exp[row] = state.scores.log_sum_exp();
    }
    if (output.entropy != nullptr) {
        output.entropy[row] = state.scores.entropy();
    }
    if (output.top1 != nullptr) {
        output.top1[row] = state.top.index == INT_MAX ? 0 : state.top.index;
    }
}

/// One block a row; four logits a load where the row is aligned for it.
__global__ void __launch_bounds__(kThreads)
    row_entropy_kernel(const float* __restrict__ logits, std::int64_t rows, int columns, bool aligned, RowEntropyOutput output)
{
    __shared__ RowState partial[kWarps];
    const int thread = static_cast<int>(threadIdx.x);
    for (std::int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
        const float* line = logits + row * columns;
        RowState state;
        int begin = 0;
        if (aligned) {
            const auto* quads = reinterpret_cast<const float4*>(line);
            for (int i = thread; i < columns / 4; i += kThreads) {
                const float4 quad = __ldcs(quads + i);
                state.add(quad.x, 4 * i);
                state.add(quad.y, 4 * i + 1);
                state.add(quad.z, 4 * i + 2);
                state.add(quad.w, 4 * i + 3);
            }
            begin = columns / 4 * 4;
        }
        for (int i = begin + thread; i < columns; i += kThreads) {
            state.add(line[i], i);
        }
        merge_warp(state);
        if (thread % 32 == 0) {
            partial[thread / 32] = state;
        }
        __syncthreads();
        if (thread == 0) {
            for (int warp = 1; warp < kWarps; ++warp) {
                state.merge(partial[warp]);
            }
            write_row(state, row, output);
        }
        __syncthreads(); // before the next row overwrites the partial states
    }
}

} // namespace

int row_entropy_device(const float* logits, std::int64_t rows, std::int64_t columns, const RowEntropyOutput& output, void* stream) noexcept
{
    if (rows < 0 || columns < 0 || columns >= INT_MAX - kThreads) {
        return cudaErrorInvalidValue;
    }
    if (rows == 0) {
        return cudaSuccess;
    }
    const bool aligned = reinterpret_cast<std::uintptr_t>(logits) % sizeof(float4) == 0 && columns % 4 == 0;
    const auto blocks = static_cast<unsigned>(rows < 65536 ? rows : 65536);
    row_entropy_kernel<<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(logits, rows, static_cast<int>(columns), aligned,
                                                                                   output);
    return cudaGetLastError();
}

} // namespace timberline::cuda
