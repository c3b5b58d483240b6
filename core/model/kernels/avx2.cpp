// SPDX-License-Identifier: GPL-3.0-or-later
// The variant for processors with AVX2, FMA and F16C: eight lanes.
#include "core/model/kernels/kernel_table.h"

#if defined(__x86_64__)

#include <cmath>
#include <immintrin.h>

#define TIMBERLINE_TARGET __attribute__((target("avx2,fma,f16c")))
#define TIMBERLINE_INLINE __attribute__((always_inline, target("avx2,fma,f16c"))) inline

namespace timberline::model::kernels {

namespace {

struct Vec {
    __m256 v;
};

constexpr int kLanes = 8;
constexpr int kSingleRows = 3;  // rows of a tile over one block of outputs: 12 of 16 registers accumulate
constexpr int kPairRows = 1;    // rows of a tile over two blocks

TIMBERLINE_INLINE Vec set1(float x)
{
    return {_mm256_set1_ps(x)};
}
TIMBERLINE_INLINE Vec load(const float* p)
{
    return {_mm256_loadu_ps(p)};
}
TIMBERLINE_INLINE __m256i first_lanes(std::int64_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
TIMBERLINE_INLINE Vec load_first(const float* p, std::int64_t n)
{
    return {_mm256_maskload_ps(p, first_lanes(n))};
}
TIMBERLINE_INLINE void store(float* p, Vec a)
{
    _mm256_storeu_ps(p, a.v);
}
TIMBERLINE_INLINE void store_first(float* p, Vec a, std::int64_t n)
{
    _mm256_maskstore_ps(p, first_lanes(n), a.v);
}
TIMBERLINE_INLINE Vec add(Vec a, Vec b)
{
    return {_mm256_add_ps(a.v, b.v)};
}
TIMBERLINE_INLINE Vec sub(Vec a, Vec b)
{
    return {_mm256_sub_ps(a.v, b.v)};
}
TIMBERLINE_INLINE Vec mul(Vec a, Vec b)
{
    return {_mm256_mul_ps(a.v, b.v)};
}
TIMBERLINE_INLINE Vec div(Vec a, Vec b)
{
    return {_mm256_div_ps(a.v, b.v)};
}
TIMBERLINE_INLINE Vec fma(Vec a, Vec b, Vec c)
{
    return {_mm256_fmadd_ps(a.v, b.v, c.v)};
}
/// b where one of them is NaN.
TIMBERLINE_INLINE Vec max(Vec a, Vec b)
{
    return {_mm256_max_ps(a.v, b.v)};
}
TIMBERLINE_INLINE Vec min(Vec a, Vec b)
{
    return {_mm256_min_ps(a.v, b.v)};
}
TIMBERLINE_INLINE Vec nearest(Vec a)
{
    return {_mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
/// a * 2^n for whole n in -126 .. 127.
TIMBERLINE_INLINE Vec scale2(Vec a, Vec n)
{
    const __m256i exponent = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n.v), _mm256_set1_epi32(127)), 23);
    return {_mm256_mul_ps(a.v, _mm256_castsi256_ps(exponent))};
}
/// value where x >= low or x is NaN, else 0.
TIMBERLINE_INLINE Vec zero_below(Vec x, Vec low, Vec value)
{
    return {_mm256_andnot_ps(_mm256_cmp_ps(x.v, low.v, _CMP_LT_OQ), value.v)};
}
TIMBERLINE_INLINE float sum(Vec a)
{
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}
TIMBERLINE_INLINE float largest(Vec a)
{
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}
/// Lane i = sum of rows[i], each in the same order.
TIMBERLINE_INLINE Vec sum_each(const Vec (&rows)[kLanes])
{
    const __m256 a = _mm256_hadd_ps(_mm256_hadd_ps(rows[0].v, rows[1].v), _mm256_hadd_ps(rows[2].v, rows[3].v));
    const __m256 b = _mm256_hadd_ps(_mm256_hadd_ps(rows[4].v, rows[5].v), _mm256_hadd_ps(rows[6].v, rows[7].v));
    return {_mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31))};
}

template <io::DataType D>
TIMBERLINE_INLINE Vec load_weights(const std::byte* p)
{
    if constexpr (D == io::DataType::F32) {
        return {_mm256_load_ps(reinterpret_cast<const float*>(p))};
    } else {
        const __m128i half = _mm_load_si128(reinterpret_cast<const __m128i*>(p));
        if constexpr (D == io::DataType::F16) {
            return {_mm256_cvtph_ps(half)};
        } else {
            return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16))};
        }
    }
}

TIMBERLINE_INLINE void prefetch(const std::byte* p)
{
    _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0);
}

#include "core/model/kernels/kernel_bodies.inc"

}  // namespace

const KernelTable* avx2_kernels() noexcept
{
    static constexpr KernelTable kTable = table_of("avx2");
    static const bool runs = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    return runs ? &kTable : nullptr;
}

}  // namespace timberline::model::kernels

#else

namespace timberline::model::kernels {

const KernelTable* avx2_kernels() noexcept
{
    return nullptr;
}

}  // namespace timberline::model::kernels

#endif
