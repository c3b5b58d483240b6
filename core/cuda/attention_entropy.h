// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// Statistics of causal attention rows in one streaming pass over the keys: memory O(T), no T x S map.
namespace timberline::cuda {

struct AttentionEntropyShape {
    std::int64_t queries = 0;  ///< T
    std::int64_t keys = 0;     ///< S
    std::int64_t heads = 0;    ///< H, a multiple of kv_heads
    std::int64_t kv_heads = 0; ///< Hkv
    std::int64_t head_dim = 0; ///< dh
    std::int64_t offset =
        0; ///< position of query 0; key j has position j. Query t sees keys j <= offset + t. May be negative: then it sees none
    std::int64_t window = 0; ///< and only j > offset + t - window; 0 = no window
    float scale = 1;         ///< score = scale * q.k
};

/// [T, H] each; a null pointer is not written. A query that sees no key gives entropy 0, sink 0, distance 0, log_sum_exp -inf.
struct AttentionEntropyOutput {
    float* entropy = nullptr;     ///< nats, 0 .. ln(visible)
    float* sink = nullptr;        ///< probability of key 0; 0 when it is not visible
    float* distance = nullptr;    ///< mean of (offset + t - j)
    float* log_sum_exp = nullptr; ///< ln sum exp(score) over visible keys
};

/// The definition and the CPU's own path, with sums in double. @param query [T, H, dh].  @param key [S, Hkv, dh].
/// A score that is NaN is masked. Preconditions: sizes >= 0, heads divisible by kv_heads. Any thread.
void attention_entropy_cpu(const float* query, const float* key, const AttentionEntropyShape& shape,
                           const AttentionEntropyOutput& output) noexcept;

#ifdef TIMBERLINE_CUDA
/// The same on the current CUDA device, asynchronous, float32. @param stream a cudaStream_t, null = the default stream.
/// @return the cudaError_t of the launch, 0 = success; cudaErrorInvalidValue for a shape outside the limits (head_dim 1..256).
[[nodiscard]] int attention_entropy_device(const float* query, const float* key, const AttentionEntropyShape& shape,
                                           const AttentionEntropyOutput& output, void* stream) noexcept;

/// bfloat16 queries and keys (bits as uint16) through tensor cores, sums in float32. Needs compute capability 8.0, head_dim 64 or 128,
/// 16-byte aligned pointers; anything else returns cudaErrorInvalidValue.
[[nodiscard]] int attention_entropy_device_bf16(const std::uint16_t* query, const std::uint16_t* key, const AttentionEntropyShape& shape,
                                                const AttentionEntropyOutput& output, void* stream) noexcept;
#endif

} // namespace timberline::cuda
