// SPDX-License-Identifier: GPL-3.0-or-later
// The variant for processors with AVX-512F: sixteen lanes.
#include "core/landscape/kernels/landscape_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx512f,avx2,fma")

namespace timberline::landscape::kernels {
namespace {

constexpr int kLanes = 16;
constexpr int kOutputTile = 6;  // outputs of a tile over four vectors
constexpr int kConvPairs = 2;   // pooled pixels of a tile of two outputs

typedef float V __attribute__((vector_size(64)));
typedef std::int32_t I __attribute__((vector_size(64)));

inline __attribute__((always_inline)) V vmax(V a, V b)
{
    return reinterpret_cast<V>(_mm512_max_ps(reinterpret_cast<__m512>(a), reinterpret_cast<__m512>(b)));
}
inline __attribute__((always_inline)) V vmin(V a, V b)
{
    return reinterpret_cast<V>(_mm512_min_ps(reinterpret_cast<__m512>(a), reinterpret_cast<__m512>(b)));
}

#include "core/landscape/kernels/kernel_bodies.inc"

}  // namespace
}  // namespace timberline::landscape::kernels

#pragma GCC pop_options

namespace timberline::landscape::kernels {

const KernelTable* avx512_kernels() noexcept
{
    static constexpr KernelTable kTable = table_of("avx512");
    static const bool runs = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return runs ? &kTable : nullptr;
}

}  // namespace timberline::landscape::kernels

#else

namespace timberline::landscape::kernels {

const KernelTable* avx512_kernels() noexcept
{
    return nullptr;
}

}  // namespace timberline::landscape::kernels

#endif
