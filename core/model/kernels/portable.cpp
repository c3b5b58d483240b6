// SPDX-License-Identifier: GPL-3.0-or-later
// The variant for every processor: four lanes by the compiler's vector extension, which becomes SSE2, NEON or plain scalar code.
#include "core/model/kernels/kernel_table.h"

#include <bit>
#include <cmath>
#include <cstring>

#define TIMBERLINE_TARGET
#define TIMBERLINE_INLINE __attribute__((always_inline)) inline

namespace timberline::model::kernels {

namespace {

using Lanes = float __attribute__((vector_size(16)));
using Bits = std::int32_t __attribute__((vector_size(16)));

struct Vec {
    Lanes v;
};

constexpr int kLanes = 4;
constexpr int kSingleRows = 2;  // rows of a tile over one block of outputs
constexpr int kPairRows = 0;    // rows of a tile over two blocks

TIMBERLINE_INLINE Vec set1(float x)
{
    return {Lanes{x, x, x, x}};
}
TIMBERLINE_INLINE Vec load(const float* p)
{
    Vec r;
    std::memcpy(&r.v, p, sizeof(r.v));
    return r;
}
TIMBERLINE_INLINE Vec load_first(const float* p, std::int64_t n)
{
    Vec r = set1(0);
    std::memcpy(&r.v, p, static_cast<std::size_t>(n) * sizeof(float));
    return r;
}
TIMBERLINE_INLINE void store(float* p, Vec a)
{
    std::memcpy(p, &a.v, sizeof(a.v));
}
TIMBERLINE_INLINE void store_first(float* p, Vec a, std::int64_t n)
{
    std::memcpy(p, &a.v, static_cast<std::size_t>(n) * sizeof(float));
}
TIMBERLINE_INLINE Vec add(Vec a, Vec b)
{
    return {a.v + b.v};
}
TIMBERLINE_INLINE Vec sub(Vec a, Vec b)
{
    return {a.v - b.v};
}
TIMBERLINE_INLINE Vec mul(Vec a, Vec b)
{
    return {a.v * b.v};
}
TIMBERLINE_INLINE Vec div(Vec a, Vec b)
{
    return {a.v / b.v};
}
TIMBERLINE_INLINE Vec fma(Vec a, Vec b, Vec c)
{
    return {a.v * b.v + c.v};
}
/// b where a is NaN or equal, as the processor's own instructions do.
TIMBERLINE_INLINE Vec max(Vec a, Vec b)
{
    return {a.v > b.v ? a.v : b.v};
}
TIMBERLINE_INLINE Vec min(Vec a, Vec b)
{
    return {a.v < b.v ? a.v : b.v};
}
/// Nearest integer for |a| < 2^22.
TIMBERLINE_INLINE Vec nearest(Vec a)
{
    const Vec magic = set1(12582912.0F);
    return sub(add(a, magic), magic);
}
/// a * 2^n for whole n in -126 .. 127.
TIMBERLINE_INLINE Vec scale2(Vec a, Vec n)
{
    const Lanes shifted = n.v + set1(12582912.0F + 127.0F).v;  // the integer stands in the low bits
    const Bits exponent = std::bit_cast<Bits>(shifted) << 23;
    return {a.v * std::bit_cast<Lanes>(exponent)};
}
/// value where x >= low or x is NaN, else 0.
TIMBERLINE_INLINE Vec zero_below(Vec x, Vec low, Vec value)
{
    return {x.v < low.v ? set1(0).v : value.v};
}
TIMBERLINE_INLINE float sum(Vec a)
{
    return (a.v[0] + a.v[2]) + (a.v[1] + a.v[3]);
}
TIMBERLINE_INLINE float largest(Vec a)
{
    const float x = a.v[0] > a.v[1] ? a.v[0] : a.v[1];
    const float y = a.v[2] > a.v[3] ? a.v[2] : a.v[3];
    return x > y ? x : y;
}
/// Lane i = sum of rows[i].
TIMBERLINE_INLINE Vec sum_each(const Vec (&rows)[kLanes])
{
    return {Lanes{sum(rows[0]), sum(rows[1]), sum(rows[2]), sum(rows[3])}};
}

template <io::DataType D>
TIMBERLINE_INLINE Vec load_weights(const std::byte* p)
{
    if constexpr (D == io::DataType::F32) {
        return load(reinterpret_cast<const float*>(p));
    } else {
        std::uint16_t h[kLanes];
        std::memcpy(h, p, sizeof(h));
        const Bits wide = {h[0], h[1], h[2], h[3]};
        if constexpr (D == io::DataType::BF16) {
            return {std::bit_cast<Lanes>(wide << 16)};
        } else {
            const Bits magnitude = (wide & 0x7fff) << 13;
            const Bits not_finite = (magnitude >= 0x0f800000) & 0x7f800000;
            const Bits sign = (wide & 0x8000) << 16;
            const Lanes scaled = std::bit_cast<Lanes>(magnitude) * 0x1p112F;
            return {std::bit_cast<Lanes>(std::bit_cast<Bits>(scaled) | not_finite | sign)};
        }
    }
}

TIMBERLINE_INLINE void prefetch(const std::byte*) {}

#include "core/model/kernels/kernel_bodies.inc"

}  // namespace

const KernelTable& portable_kernels() noexcept
{
    static constexpr KernelTable kTable = table_of("portable");
    return kTable;
}

}  // namespace timberline::model::kernels
