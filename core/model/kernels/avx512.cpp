// SPDX-License-Identifier: GPL-3.0-or-later
// The variant for processors with AVX-512F: sixteen lanes.
#include "core/model/kernels/kernel_table.h"

#if defined(__x86_64__)

#include <cmath>
#include <immintrin.h>

#define TIMBERLINE_TARGET __attribute__((target("avx512f,avx2,fma,f16c")))
#define TIMBERLINE_INLINE __attribute__((always_inline, target("avx512f,avx2,fma,f16c"))) inline

namespace timberline::model::kernels {

namespace {

struct Vec {
    __m512 v;
};

constexpr int kLanes = 16;
constexpr int kSingleRows = 12;  // rows of a tile over one block of outputs: 24 of 32 registers accumulate
constexpr int kPairRows = 6;     // rows of a tile over two blocks: 24 as well, and half the broadcasts

TIMBERLINE_INLINE Vec set1(float x)
{
    return {_mm512_set1_ps(x)};
}
TIMBERLINE_INLINE Vec load(const float* p)
{
    return {_mm512_loadu_ps(p)};
}
TIMBERLINE_INLINE __mmask16 first_lanes(std::int64_t n)
{
    return static_cast<__mmask16>((1U << n) - 1U);
}
TIMBERLINE_INLINE Vec load_first(const float* p, std::int64_t n)
{
    return {_mm512_maskz_loadu_ps(first_lanes(n), p)};
}
TIMBERLINE_INLINE void store(float* p, Vec a)
{
    _mm512_storeu_ps(p, a.v);
}
TIMBERLINE_INLINE void store_first(float* p, Vec a, std::int64_t n)
{
    _mm512_mask_storeu_ps(p, first_lanes(n), a.v);
}
TIMBERLINE_INLINE Vec add(Vec a, Vec b)
{
    return {_mm512_add_ps(a.v, b.v)};
}
TIMBERLINE_INLINE Vec sub(Vec a, Vec b)
{
    return {_mm512_sub_ps(a.v, b.v)};
}
TIMBERLINE_INLINE Vec mul(Vec a, Vec b)
{
    return {_mm512_mul_ps(a.v, b.v)};
}
TIMBERLINE_INLINE Vec div(Vec a, Vec b)
{
    return {_mm512_div_ps(a.v, b.v)};
}
TIMBERLINE_INLINE Vec fma(Vec a, Vec b, Vec c)
{
    return {_mm512_fmadd_ps(a.v, b.v, c.v)};
}
/// b where one of them is NaN. (The plain intrinsics pass an undefined register, of which g++ 12 warns.)
TIMBERLINE_INLINE Vec max(Vec a, Vec b)
{
    return {_mm512_maskz_max_ps(0xffff, a.v, b.v)};
}
TIMBERLINE_INLINE Vec min(Vec a, Vec b)
{
    return {_mm512_maskz_min_ps(0xffff, a.v, b.v)};
}
TIMBERLINE_INLINE Vec nearest(Vec a)
{
    return {_mm512_maskz_roundscale_ps(0xffff, a.v, _MM_FROUND_TO_NEAREST_INT)};
}
/// a * 2^n for whole n in -126 .. 127.
TIMBERLINE_INLINE Vec scale2(Vec a, Vec n)
{
    return {_mm512_maskz_scalef_ps(0xffff, a.v, n.v)};
}
/// value where x >= low or x is NaN, else 0.
TIMBERLINE_INLINE Vec zero_below(Vec x, Vec low, Vec value)
{
    return {_mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x.v, low.v, _CMP_NLT_UQ), value.v)};
}
TIMBERLINE_INLINE __m512 pick_quarters_even(__m512 a, __m512 b)
{
    return _mm512_maskz_shuffle_f32x4(0xffff, a, b, 0x88);
}
TIMBERLINE_INLINE __m512 pick_quarters_odd(__m512 a, __m512 b)
{
    return _mm512_maskz_shuffle_f32x4(0xffff, a, b, 0xdd);
}
TIMBERLINE_INLINE float sum(Vec a)
{
    const __m512 half = _mm512_add_ps(pick_quarters_even(a.v, a.v), pick_quarters_odd(a.v, a.v));
    const __m512 quarter = _mm512_add_ps(pick_quarters_even(half, half), pick_quarters_odd(half, half));
    const __m128 four = _mm512_maskz_extractf32x4_ps(0xf, quarter, 0);
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}
TIMBERLINE_INLINE float largest(Vec a)
{
    const Vec half = max({pick_quarters_even(a.v, a.v)}, {pick_quarters_odd(a.v, a.v)});
    const Vec quarter = max({pick_quarters_even(half.v, half.v)}, {pick_quarters_odd(half.v, half.v)});
    const __m128 four = _mm512_maskz_extractf32x4_ps(0xf, quarter.v, 0);
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}
/// In each quarter: sums over two of the four lanes of a and b, so that two such steps leave one lane a row.
TIMBERLINE_INLINE __m512 fold_pairs(__m512 a, __m512 b)
{
    return _mm512_add_ps(_mm512_maskz_unpacklo_ps(0xffff, a, b), _mm512_maskz_unpackhi_ps(0xffff, a, b));
}
TIMBERLINE_INLINE __m512 fold_fours(__m512 a, __m512 b)
{
    const __m512d x = _mm512_castps_pd(a);
    const __m512d y = _mm512_castps_pd(b);
    return _mm512_add_ps(_mm512_castpd_ps(_mm512_maskz_unpacklo_pd(0xff, x, y)), _mm512_castpd_ps(_mm512_maskz_unpackhi_pd(0xff, x, y)));
}
TIMBERLINE_INLINE __m512 fold_quarters(__m512 a, __m512 b)
{
    return _mm512_add_ps(pick_quarters_even(a, b), pick_quarters_odd(a, b));
}
/// Lane i = sum of rows[i], each in the same order.
TIMBERLINE_INLINE Vec sum_each(const Vec (&rows)[kLanes])
{
    const __m512 a = fold_fours(fold_pairs(rows[0].v, rows[1].v), fold_pairs(rows[2].v, rows[3].v));
    const __m512 b = fold_fours(fold_pairs(rows[4].v, rows[5].v), fold_pairs(rows[6].v, rows[7].v));
    const __m512 c = fold_fours(fold_pairs(rows[8].v, rows[9].v), fold_pairs(rows[10].v, rows[11].v));
    const __m512 d = fold_fours(fold_pairs(rows[12].v, rows[13].v), fold_pairs(rows[14].v, rows[15].v));
    return {fold_quarters(fold_quarters(a, b), fold_quarters(c, d))};
}

template <io::DataType D>
TIMBERLINE_INLINE Vec load_weights(const std::byte* p)
{
    if constexpr (D == io::DataType::F32) {
        return {_mm512_load_ps(reinterpret_cast<const float*>(p))};
    } else {
        const __m256i half = _mm256_load_si256(reinterpret_cast<const __m256i*>(p));
        if constexpr (D == io::DataType::F16) {
            return {_mm512_maskz_cvtph_ps(0xffff, half)};
        } else {
            return {_mm512_castsi512_ps(_mm512_maskz_slli_epi32(0xffff, _mm512_maskz_cvtepu16_epi32(0xffff, half), 16))};
        }
    }
}

TIMBERLINE_INLINE void prefetch(const std::byte* p)
{
    _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0);
}

#include "core/model/kernels/kernel_bodies.inc"

}  // namespace

const KernelTable* avx512_kernels() noexcept
{
    static constexpr KernelTable kTable = table_of("avx512");
    static const bool runs = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                             __builtin_cpu_supports("f16c");
    return runs ? &kTable : nullptr;
}

}  // namespace timberline::model::kernels

#else

namespace timberline::model::kernels {

const KernelTable* avx512_kernels() noexcept
{
    return nullptr;
}

}  // namespace timberline::model::kernels

#endif
