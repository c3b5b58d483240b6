// SPDX-License-Identifier: GPL-3.0-or-later
// The variant for processors with AVX2 and FMA: eight lanes.
#include "core/landscape/kernels/landscape_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma")

namespace timberline::landscape::kernels {
namespace {

constexpr int kLanes = 8;
constexpr int kOutputTile = 2;  // outputs of a tile over four vectors
constexpr int kConvPairs = 1;   // pooled pixels of a tile of two outputs

typedef float V __attribute__((vector_size(32)));
typedef std::int32_t I __attribute__((vector_size(32)));

inline __attribute__((always_inline)) V vmax(V a, V b)
{
    return reinterpret_cast<V>(_mm256_max_ps(reinterpret_cast<__m256>(a), reinterpret_cast<__m256>(b)));
}
inline __attribute__((always_inline)) V vmin(V a, V b)
{
    return reinterpret_cast<V>(_mm256_min_ps(reinterpret_cast<__m256>(a), reinterpret_cast<__m256>(b)));
}

#include "core/landscape/kernels/kernel_bodies.inc"

}  // namespace
}  // namespace timberline::landscape::kernels

#pragma GCC pop_options

namespace timberline::landscape::kernels {

const KernelTable* avx2_kernels() noexcept
{
    static constexpr KernelTable kTable = table_of("avx2");
    static const bool runs = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return runs ? &kTable : nullptr;
}

}  // namespace timberline::landscape::kernels

#else

namespace timberline::landscape::kernels {

const KernelTable* avx2_kernels() noexcept
{
    return nullptr;
}

}  // namespace timberline::landscape::kernels

#endif
