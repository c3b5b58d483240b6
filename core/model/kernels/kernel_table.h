// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to core/model: the functions that exist once per instruction set.

#include "core/attention/row_kernels.h"
#include "core/base/result.h"
#include "core/model/decoder_config.h"
#include "core/model/kernels/packed_matrix.h"

#include <cstdint>
#include <vector>

namespace timberline::model::kernels {

/// out[r, o] (= or +=) bias[o] + sum over i of x[r, i] * w[o, i] for the outputs of blocks [first_block, last_block).
/// Each sum runs over i in ascending order with fused multiply-add, so that no row depends on the others.
struct MatmulCall {
    const PackedMatrix* matrix = nullptr;
    std::int64_t first_block = 0, last_block = 0;
    const float* x = nullptr;
    std::int64_t x_stride = 0;
    std::int64_t rows = 0;
    const float* bias = nullptr;  ///< [outputs] or null
    float* out = nullptr;
    std::int64_t out_stride = 0;
    bool add = false;  ///< out += instead of out =
};

using attention::AttendCall;
using attention::padded_count;

struct KernelTable {
    const char* name;
    void (*matmul)(const MatmulCall& call);
    void (*attend)(const AttendCall& call);
    float (*dot)(const float* a, const float* b, std::int64_t count);
    void (*softmax)(float* values, std::int64_t count);
    void (*exponential)(float* values, std::int64_t count);
    void (*rms_norm)(const float* x, const float* weight, float epsilon, std::int64_t count, float* out);
    /// bias may be null.
    void (*layer_norm)(const float* x, const float* weight, const float* bias, float epsilon, std::int64_t count, float* out);
    /// out[i] = f(gate[i]) * up[i], or f(gate[i]) when up is null; out may be gate.
    void (*activate)(ActivationKind kind, const float* gate, const float* up, std::int64_t count, float* out);
    /// values[i] = cap * tanh(values[i] / cap)
    void (*softcap)(float* values, std::int64_t count, float cap);
    /// The two halves of attend: scores, and the mix of values by whatever weights stand in `scores`.
    void (*score)(const AttendCall& call);
    void (*mix)(const AttendCall& call);

    /// For attention methods, which know nothing of this folder.
    [[nodiscard]] attention::RowKernels row_kernels() const noexcept
    {
        return {.attend = attend, .score = score, .mix = mix, .dot = dot, .exponential = exponential};
    }
};

[[nodiscard]] const KernelTable& portable_kernels() noexcept;
[[nodiscard]] const KernelTable* avx2_kernels() noexcept;    ///< null when this processor cannot run them
[[nodiscard]] const KernelTable* avx512_kernels() noexcept;  ///< null when this processor cannot run them

/// Every variant that this processor runs, the fastest first.
[[nodiscard]] std::vector<const KernelTable*> available_kernels();

/// The variant that TIMBERLINE_KERNELS names, else the fastest. The error names the value and those that would work.
[[nodiscard]] Result<const KernelTable*> select_kernels();

}  // namespace timberline::model::kernels
