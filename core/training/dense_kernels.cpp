// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/dense_kernels.h"

#include <cstring>

// Not target_clones: the compiler splits vectors to the width of the plain processor before it inlines the tiles into the clones.
#define TIMBERLINE_TILE __attribute__((always_inline)) inline

namespace timberline::training::dense {
namespace portable {
#include "core/training/dense_bodies.inc"
}  // namespace portable

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
#include "core/training/dense_bodies.inc"
}  // namespace avx2
#pragma GCC pop_options
#endif

namespace {

struct Table {
    decltype(&portable::multiply) multiply;
    decltype(&portable::correlate) correlate;
    decltype(&portable::sum_rows) sum_rows;
};

const Table& table() noexcept
{
#if defined(__x86_64__)
    static const Table best = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0
                                  ? Table{avx2::multiply, avx2::correlate, avx2::sum_rows}
                                  : Table{portable::multiply, portable::correlate, portable::sum_rows};
#else
    static const Table best{portable::multiply, portable::correlate, portable::sum_rows};
#endif
    return best;
}

}  // namespace

void multiply(const Strided& weight, const float* bias, const float* in, std::int64_t inputs, std::int64_t outputs, std::int64_t stride,
              float* out) noexcept
{
    table().multiply(weight, bias, in, inputs, outputs, stride, out);
}

void correlate(const float* left, std::int64_t outputs, const float* right, std::int64_t inputs, std::int64_t stride,
               float* product) noexcept
{
    table().correlate(left, outputs, right, inputs, stride, product);
}

void sum_rows(const float* rows, std::int64_t count, std::int64_t stride, float* sums) noexcept
{
    table().sum_rows(rows, count, stride, sums);
}

}  // namespace timberline::training::dense
