// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cuda/attention_entropy.h"

#include <cuda_runtime.h>

#include <cfloat>
#include <climits>

// Tensor-core version of the streaming statistics. A block holds 128 queries of one head in registers and walks the keys in tiles of 64
// through shared memory (two buffers, filled asynchronously). Every thread owns 2 rows x 16 columns of a tile's scores and keeps its own
// online state for each row; only at the end do the four threads of a row merge. Scores live in units of log2, where the exponential is one
// instruction.
namespace timberline::cuda {
namespace {

constexpr int kWarps = 8;
constexpr int kThreads = kWarps * 32;
constexpr int kQueries = kWarps * 16;
constexpr int kTile = 64;
constexpr float kLog2E = 1.4426950408889634F;
constexpr float kLn2 = 0.6931471805599453F;
constexpr float kFarthest = -1000; // 2^-1000 is 0; a bounded difference keeps 0 * difference finite

/// One thread's part of one row: m = max x, l = sum 2^(x-m), t = sum 2^(x-m) (x-m), d = sum 2^(x-m) distance; x = score * log2 e.
struct RowState {
    float m = -INFINITY, l = 0, t = 0, d = 0;
    float x0 = -INFINITY; ///< of key 0, if this thread owns it

    __device__ void raise(float to)
    {
        const float difference = fmaxf(m - to, kFarthest); // -inf and the NaN of -inf - -inf become kFarthest, where l is 0 anyway
        const float factor = exp2f(difference);
        t = factor * fmaf(difference, l, t);
        l *= factor;
        d *= factor;
        m = to;
    }
    __device__ void merge(RowState other)
    {
        x0 = fmaxf(x0, other.x0);
        const float top = fmaxf(m, other.m);
        raise(top);
        other.raise(top);
        l += other.l;
        t += other.t;
        d += other.d;
    }
};

__device__ void copy_async(void* to, const void* from, bool valid)
{
    const auto address = static_cast<unsigned>(__cvta_generic_to_shared(to));
    const int bytes = valid ? 16 : 0; // the rest is filled with zeros
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;\n" ::"r"(address), "l"(from), "r"(bytes));
}

/// Chunk c (16 bytes) of row r lies at chunk c ^ (r % 8): eight rows of one column fall into different banks.
template <int kWidth>
__device__ void load_tile(std::uint16_t* tile, const std::uint16_t* key, const AttentionEntropyShape& shape, std::int64_t kv_head,
                          std::int64_t first)
{
    constexpr int kChunks = kWidth / 8;
    for (int i = static_cast<int>(threadIdx.x); i < kTile * kChunks; i += kThreads) {
        const int row = i / kChunks, chunk = i % kChunks;
        const bool valid = first + row < shape.keys;
        const auto* from = key + ((valid ? first + row : 0) * shape.kv_heads + kv_head) * kWidth + chunk * 8;
        copy_async(tile + row * kWidth + (chunk ^ (row % 8)) * 8, from, valid);
    }
    asm volatile("cp.async.commit_group;\n");
}

/// 16 queries x 64 keys: scores[n][0..1] of row lane/4, [2..3] of row lane/4 + 8; columns 8 n + 2 (lane % 4) and the next.
template <int kWidth>
__device__ void multiply(const unsigned (&a)[kWidth / 16][4], const std::uint16_t* tile, float (&scores)[kTile / 8][4])
{
    const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
    for (int n = 0; n < kTile / 8; ++n) {
        scores[n][0] = scores[n][1] = scores[n][2] = scores[n][3] = 0;
        const int row = n * 8 + lane % 8;
#pragma unroll
        for (int k = 0; k < kWidth / 32; ++k) {
            const int chunk = k * 4 + lane / 8;
            const auto address = static_cast<unsigned>(__cvta_generic_to_shared(tile + row * kWidth + (chunk ^ (row % 8)) * 8));
            unsigned b0, b1, b2, b3;
            asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];\n"
                         : "=r"(b0), "=r"(b1), "=r"(b2), "=r"(b3)
                         : "r"(address));
            const auto step = [&](const unsigned(&q)[4], unsigned low, unsigned high) {
                asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
                             : "+f"(scores[n][0]), "+f"(scores[n][1]), "+f"(scores[n][2]), "+f"(scores[n][3])
                             : "r"(q[0]), "r"(q[1]), "r"(q[2]), "r"(q[3]), "r"(low), "r"(high));
            };
            step(a[2 * k], b0, b1);
            step(a[2 * k + 1], b2, b3);
        }
    }
}

__device__ float finite_or_masked(float x)
{
    return x != x ? -INFINITY : fminf(x, FLT_MAX);
}

__device__ int within_int(std::int64_t value)
{
    return static_cast<int>(value > 1000000 ? 1000000 : value < -1000000 ? -1000000 : value);
}

/// Puts -inf where a row does not see a key. Columns relative to the tile: up to `last`, after `before`, for the thread's first row.
__device__ void hide(float (&scores)[kTile / 8][4], int last, int before, int columns)
{
    const int column = 2 * (static_cast<int>(threadIdx.x) % 4);
#pragma unroll
    for (int n = 0; n < kTile / 8; ++n) {
#pragma unroll
        for (int e = 0; e < 4; ++e) {
            const int j = n * 8 + column + e % 2, further = (e / 2) * 8;
            scores[n][e] = j <= last + further && j > before + further && j < columns ? scores[n][e] : -INFINITY;
        }
    }
}

/// Folds one tile's 16 scores of one row (kRow 0 or 1) into its state.
template <int kRow>
__device__ void fold(RowState& state, float (&scores)[kTile / 8][4], float scale, float nearest)
{
    float top = -INFINITY;
#pragma unroll
    for (int n = 0; n < kTile / 8; ++n) {
        float& x = scores[n][2 * kRow];
        float& y = scores[n][2 * kRow + 1];
        x *= scale;
        y *= scale;
        top = fmaxf(top, fmaxf(x, y)); // fmaxf passes over NaN
    }
    if (top > FLT_MAX) {
        top = FLT_MAX;
#pragma unroll
        for (int n = 0; n < kTile / 8; ++n) {
            scores[n][2 * kRow] = scores[n][2 * kRow] > FLT_MAX ? FLT_MAX : scores[n][2 * kRow];
            scores[n][2 * kRow + 1] = scores[n][2 * kRow + 1] > FLT_MAX ? FLT_MAX : scores[n][2 * kRow + 1];
        }
    }
    if (top > state.m) {
        state.raise(top);
    }
    float sum = 0, columns = 0;
#pragma unroll
    for (int n = 0; n < kTile / 8; ++n) {
#pragma unroll
        for (int e = 0; e < 2; ++e) {
            const float difference = fmaxf(scores[n][2 * kRow + e] - state.m, kFarthest); // NaN and -inf end here: p = 0
            const float p = exp2f(difference);
            sum += p;
            state.t = fmaf(p, difference, state.t);
            columns = fmaf(p, static_cast<float>(n * 8 + e), columns);
        }
    }
    state.l += sum;
    state.d += fmaf(sum, nearest, -columns); // nearest = distance to the thread's first column of the tile
}

__device__ RowState merged_quad(RowState state)
{
    constexpr unsigned kAll = 0xffffffffU;
#pragma unroll
    for (int step = 1; step <= 2; step *= 2) {
        RowState other;
        other.m = __shfl_xor_sync(kAll, state.m, step);
        other.l = __shfl_xor_sync(kAll, state.l, step);
        other.t = __shfl_xor_sync(kAll, state.t, step);
        other.d = __shfl_xor_sync(kAll, state.d, step);
        other.x0 = __shfl_xor_sync(kAll, state.x0, step);
        state.merge(other);
    }
    return state;
}

__device__ void write_row(const RowState& state, std::int64_t at, const AttentionEntropyOutput& output)
{
    const bool any = state.l > 0;
    if (output.entropy != nullptr) {
        output.entropy[at] = any ? fmaxf(logf(state.l) - kLn2 * state.t / state.l, 0.0F) : 0.0F;
    }
    if (output.sink != nullptr) {
        output.sink[at] = any ? exp2f(fmaxf(state.x0 - state.m, kFarthest)) / state.l : 0.0F;
    }
    if (output.distance != nullptr) {
        output.distance[at] = any ? state.d / state.l : 0.0F;
    }
    if (output.log_sum_exp != nullptr) {
        output.log_sum_exp[at] = any ? kLn2 * state.m + logf(state.l) : -INFINITY;
    }
}

template <int kWidth>
__device__ void load_queries(unsigned (&a)[kWidth / 16][4], const std::uint16_t* query, const AttentionEntropyShape& shape,
                             std::int64_t head, std::int64_t t)
{
    const int column = 2 * (static_cast<int>(threadIdx.x) % 4);
#pragma unroll
    for (int k = 0; k < kWidth / 16; ++k) {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            const std::int64_t row = t + (i % 2) * 8;
            const auto* from = query + (row * shape.heads + head) * kWidth + k * 16 + (i / 2) * 8 + column;
            a[k][i] = row < shape.queries ? *reinterpret_cast<const unsigned*>(from) : 0U;
        }
    }
}

template <int kWidth>
__global__ void __launch_bounds__(kThreads, 2)
    attention_entropy_bf16_kernel(const std::uint16_t* __restrict__ query, const std::uint16_t* __restrict__ key,
                                  AttentionEntropyShape shape, AttentionEntropyOutput output)
{
    __shared__ __align__(128) std::uint16_t tiles[2][kTile * kWidth];
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
    const std::int64_t head = blockIdx.y, kv_head = head / (shape.heads / shape.kv_heads);
    // Late queries see the most keys: start them first, so that no long block is left for the end.
    const std::int64_t block_first = static_cast<std::int64_t>(gridDim.x - 1 - blockIdx.x) * kQueries;
    const std::int64_t t = block_first + warp * 16 + lane / 4;
    unsigned a[kWidth / 16][4];
    load_queries<kWidth>(a, query, shape, head, t);

    const std::int64_t position = shape.offset + t; // of the thread's first row; the second is 8 further
    const std::int64_t block_last = block_first + kQueries < shape.queries ? block_first + kQueries : shape.queries;
    const std::int64_t seen = shape.offset + block_last;
    const std::int64_t end = seen < 0 ? 0 : seen < shape.keys ? seen : shape.keys;
    const std::int64_t oldest = shape.window > 0 ? shape.offset + block_first - shape.window + 1 : 0;
    const std::int64_t begin = oldest > 0 ? oldest / kTile * kTile : 0;
    const std::int64_t warp_low = shape.offset + block_first + warp * 16, warp_high = warp_low + 15;

    RowState first_row, second_row;
    const float scale = shape.scale * kLog2E;
    if (begin < end) {
        load_tile<kWidth>(tiles[0], key, shape, kv_head, begin);
    }
    int buffer = 0;
    for (std::int64_t tile = begin; tile < end; tile += kTile, buffer ^= 1) {
        if (tile + kTile < end) {
            load_tile<kWidth>(tiles[buffer ^ 1], key, shape, kv_head, tile + kTile);
            asm volatile("cp.async.wait_group 1;\n");
        } else {
            asm volatile("cp.async.wait_group 0;\n");
        }
        __syncthreads();
        const bool some = tile <= warp_high && (shape.window == 0 || tile + kTile > warp_low - shape.window + 1);
        if (some) {
            float scores[kTile / 8][4];
            multiply<kWidth>(a, tiles[buffer], scores);
            const bool all =
                tile + kTile - 1 <= warp_low && tile + kTile <= shape.keys && (shape.window == 0 || tile > warp_high - shape.window);
            if (!all) {
                // Without a window the bound lies before every tile, for both rows.
                hide(scores, within_int(position - tile), shape.window > 0 ? within_int(position - tile - shape.window) : -kTile,
                     within_int(shape.keys - tile));
            }
            if (tile == 0 && lane % 4 == 0) {
                first_row.x0 = finite_or_masked(scores[0][0] * scale);
                second_row.x0 = finite_or_masked(scores[0][2] * scale);
            }
            const auto nearest = static_cast<float>(position - tile - 2 * (lane % 4));
            fold<0>(first_row, scores, scale, nearest);
            fold<1>(second_row, scores, scale, nearest + 8);
        }
        __syncthreads(); // the next round overwrites this buffer
    }
    first_row = merged_quad(first_row);
    second_row = merged_quad(second_row);
    if (lane % 4 == 0 && t < shape.queries) {
        write_row(first_row, t * shape.heads + head, output);
    }
    if (lane % 4 == 0 && t + 8 < shape.queries) {
        write_row(second_row, (t + 8) * shape.heads + head, output);
    }
}

bool aligned16(const void* pointer)
{
    return reinterpret_cast<std::uintptr_t>(pointer) % 16 == 0;
}

} // namespace

int attention_entropy_device_bf16(const std::uint16_t* query, const std::uint16_t* key, const AttentionEntropyShape& shape,
                                  const AttentionEntropyOutput& output, void* stream) noexcept
{
    const bool sizes = shape.queries >= 0 && shape.keys >= 0 && shape.window >= 0 && (shape.head_dim == 64 || shape.head_dim == 128);
    if (!sizes || shape.kv_heads < 1 || shape.heads < 1 || shape.heads > 65535 || shape.heads % shape.kv_heads != 0 || !aligned16(query) ||
        !aligned16(key)) {
        return cudaErrorInvalidValue;
    }
    const std::int64_t blocks = (shape.queries + kQueries - 1) / kQueries;
    if (blocks == 0) {
        return cudaSuccess;
    }
    if (blocks > INT_MAX) {
        return cudaErrorInvalidValue;
    }
    const dim3 grid(static_cast<unsigned>(blocks), static_cast<unsigned>(shape.heads));
    auto* const kernel = shape.head_dim == 64 ? attention_entropy_bf16_kernel<64> : attention_entropy_bf16_kernel<128>;
    kernel<<<grid, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(query, key, shape, output);
    return cudaGetLastError();
}

} // namespace timberline::cuda
