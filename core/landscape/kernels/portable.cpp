// SPDX-License-Identifier: GPL-3.0-or-later
// The variant for every processor: four lanes by the compiler's vector extension, which becomes SSE2, NEON or plain scalar code.
#include "core/landscape/kernels/landscape_kernels.h"

namespace timberline::landscape::kernels {
namespace {

constexpr int kLanes = 4;
constexpr int kOutputTile = 2;  // outputs of a tile over four vectors
constexpr int kConvPairs = 1;   // pooled pixels of a tile of two outputs

typedef float V __attribute__((vector_size(16)));
typedef std::int32_t I __attribute__((vector_size(16)));

inline V vmax(V a, V b)
{
    return a > b ? a : b;
}
inline V vmin(V a, V b)
{
    return a < b ? a : b;
}

#include "core/landscape/kernels/kernel_bodies.inc"

}  // namespace

const KernelTable& portable_kernels() noexcept
{
    static constexpr KernelTable kTable = table_of("portable");
    return kTable;
}

}  // namespace timberline::landscape::kernels
