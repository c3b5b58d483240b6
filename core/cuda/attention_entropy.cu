// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cuda/attention_entropy.h"
#include "core/cuda/online_entropy.h"

#include <cuda_runtime.h>

#include <climits>

namespace timberline::cuda {
namespace {

constexpr int kQueries = 8; // warps a block, one query each
constexpr int kTile = 32;   // keys a tile, one a lane
constexpr int kLargestHead = 256;

struct RowState {
    OnlineEntropy<float> scores;
    float distance = 0; ///< sum of exp(s - m) * distance
    float sink = 0;     ///< exp(s_0 - m)

    __device__ void raise(float to)
    {
        const float factor = scores.sum > 0 ? expf(OnlineEntropy<float>::bounded(scores.maximum - to)) : 0.0F;
        distance *= factor;
        sink *= factor;
        scores.raise(to);
    }
    __device__ void add(float s, float away, bool first_key)
    {
        if (s > scores.maximum) {
            raise(s);
        }
        const float difference = OnlineEntropy<float>::bounded(s - scores.maximum);
        const float p = expf(difference);
        scores.sum += p;
        scores.weighted += p * difference;
        distance += p * away;
        sink += first_key ? p : 0.0F;
    }
    __device__ void merge(RowState other)
    {
        if (!(other.scores.sum > 0)) {
            return;
        }
        const float top = fmaxf(scores.maximum, other.scores.maximum);
        raise(top);
        other.raise(top);
        scores.sum += other.scores.sum;
        scores.weighted += other.scores.weighted;
        distance += other.distance;
        sink += other.sink;
    }
};

__device__ void merge_warp(RowState& state)
{
    constexpr unsigned kAll = 0xffffffffU;
    for (int step = 16; step > 0; step /= 2) {
        RowState other;
        other.scores.maximum = __shfl_down_sync(kAll, state.scores.maximum, step);
        other.scores.sum = __shfl_down_sync(kAll, state.scores.sum, step);
        other.scores.weighted = __shfl_down_sync(kAll, state.scores.weighted, step);
        other.distance = __shfl_down_sync(kAll, state.distance, step);
        other.sink = __shfl_down_sync(kAll, state.sink, step);
        state.merge(other);
    }
}

__device__ void write_row(const RowState& state, std::int64_t at, const AttentionEntropyOutput& output)
{
    const float sum = state.scores.sum;
    if (output.entropy != nullptr) {
        output.entropy[at] = state.scores.entropy();
    }
    if (output.sink != nullptr) {
        output.sink[at] = sum > 0 ? state.sink / sum : 0.0F;
    }
    if (output.distance != nullptr) {
        output.distance[at] = sum > 0 ? state.distance / sum : 0.0F;
    }
    if (output.log_sum_exp != nullptr) {
        output.log_sum_exp[at] = state.scores.log_sum_exp();
    }
}

__device__ std::int64_t clamped(std::int64_t value, std::int64_t low, std::int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/// grid = (query blocks, heads). A tile of keys is shared by the block's queries; each lane folds its own keys, the warp merges at the end.
__global__ void __launch_bounds__(kQueries * 32) attention_entropy_kernel(const float* __restrict__ query, const float* __restrict__ key,
                                                                          AttentionEntropyShape shape, AttentionEntropyOutput output)
{
    extern __shared__ float shared[];
    const int width = static_cast<int>(shape.head_dim), padded = width + 1; // one more float a row: lanes read different banks
    float* const keys = shared;                                             // [kTile][padded]
    float* const queries = shared + kTile * padded;                         // [kQueries][width]
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
    const std::int64_t head = blockIdx.y, kv_head = head / (shape.heads / shape.kv_heads);
    const std::int64_t block_first = static_cast<std::int64_t>(blockIdx.x) * kQueries;
    const std::int64_t block_end = block_first + kQueries < shape.queries ? block_first + kQueries : shape.queries;
    const std::int64_t t = block_first + warp;
    const bool active = t < shape.queries;
    for (int i = lane; active && i < width; i += 32) {
        queries[warp * width + i] = query[(t * shape.heads + head) * width + i];
    }
    const std::int64_t position = shape.offset + t;
    const std::int64_t end = active ? clamped(position + 1, 0, shape.keys) : 0;
    const std::int64_t first = shape.window > 0 ? clamped(position - shape.window + 1, 0, end) : 0;
    const std::int64_t all_end = clamped(shape.offset + block_end, 0, shape.keys);
    const std::int64_t all_first = shape.window > 0 ? clamped(shape.offset + block_first - shape.window + 1, 0, all_end) : 0;

    RowState state;
    for (std::int64_t tile = all_first / kTile * kTile; tile < all_end; tile += kTile) {
        __syncthreads();
        for (int row = warp; row < kTile; row += kQueries) {
            for (int i = lane; i < width; i += 32) {
                keys[row * padded + i] = tile + row < shape.keys ? key[((tile + row) * shape.kv_heads + kv_head) * width + i] : 0.0F;
            }
        }
        __syncthreads();
        const std::int64_t j = tile + lane;
        if (j >= first && j < end) {
            float dot = 0;
            for (int i = 0; i < width; ++i) {
                dot = fmaf(queries[warp * width + i], keys[lane * padded + i], dot);
            }
            const float s = sanitized(shape.scale * dot);
            if (s > -INFINITY) {
                state.add(s, static_cast<float>(position - j), j == 0);
            }
        }
    }
    merge_warp(state);
    if (active && lane == 0) {
        write_row(state, t * shape.heads + head, output);
    }
}

} // namespace

int attention_entropy_device(const float* query, const float* key, const AttentionEntropyShape& shape, const AttentionEntropyOutput& output,
                             void* stream) noexcept
{
    const bool sizes = shape.queries >= 0 && shape.keys >= 0 && shape.window >= 0 && shape.head_dim >= 1 && shape.head_dim <= kLargestHead;
    if (!sizes || shape.kv_heads < 1 || shape.heads < 1 || shape.heads > 65535 || shape.heads % shape.kv_heads != 0) {
        return cudaErrorInvalidValue;
    }
    const std::int64_t blocks = (shape.queries + kQueries - 1) / kQueries;
    if (blocks == 0) {
        return cudaSuccess;
    }
    if (blocks > INT_MAX) {
        return cudaErrorInvalidValue;
    }
    const auto bytes = sizeof(float) * static_cast<std::size_t>(kTile * (shape.head_dim + 1) + kQueries * shape.head_dim); // at most 41 KiB
    const dim3 grid(static_cast<unsigned>(blocks), static_cast<unsigned>(shape.heads));
    attention_entropy_kernel<<<grid, kQueries * 32, bytes, static_cast<cudaStream_t>(stream)>>>(query, key, shape, output);
    return cudaGetLastError();
}

} // namespace timberline::cuda
