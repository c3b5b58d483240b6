// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/training/net_spec.h"

#include <cstdint>

/// The arithmetic of the fused evaluation, once per instruction set. Samples stand in the vector lanes: a block is an array
/// [features][samples of the block], so that one weight meets a whole vector of samples and nothing is ever written to main memory.
namespace timberline::landscape::kernels {

/// Vectors of a wide block: 4 x 16, 4 x 8 or 4 x 4 samples. Narrow blocks (convolutions) are one vector wide.
inline constexpr int kWideVectors = 4;

/// out[o] = activation(bias[o] + sum over i of weights[o, i] * x[i]) for every sample of the block, i ascending.
struct DenseCall {
    const float* weights = nullptr;  ///< [outputs, inputs]
    const float* bias = nullptr;     ///< [outputs]
    std::int64_t inputs = 0, outputs = 0;
    const float* x = nullptr;  ///< [inputs][block]
    float* out = nullptr;      ///< [outputs][block], not x
    training::NetActivation activation = training::NetActivation::Identity;
};

/// out[f] = activation(scale[f] * (z0[f] + beta * zv[f] + alpha * zu[f]) + shift[f]): the first layer of a whole plane from three products.
struct AffineCall {
    const float* z0 = nullptr;  ///< [features][wide block]
    const float* zu = nullptr;  ///< null = no first direction
    const float* zv = nullptr;  ///< null = no second direction
    std::int64_t features = 0;
    float alpha = 0, beta = 0;
    const float* scale = nullptr;  ///< null = 1
    const float* shift = nullptr;  ///< null = 0
    float* out = nullptr;          ///< [features][wide block]
    training::NetActivation activation = training::NetActivation::Identity;
};

/// 3x3 convolution, padding 1, activation, 2x2 max pool with stride 2 (an odd last row or column is dropped). One vector of samples a
/// pixel.
struct ConvCall {
    const float* weights = nullptr;  ///< [outputs, inputs, 3, 3]
    const float* bias = nullptr;     ///< [outputs]
    std::int64_t inputs = 0, outputs = 0;
    std::int64_t height = 0, width = 0;         ///< of the input without its border
    const float* x = nullptr;                   ///< [inputs][height + 2][width + 2][lanes], border zero
    float* out = nullptr;                       ///< first pixel of the first channel
    std::int64_t out_row = 0, out_channel = 0;  ///< steps in pixels
    training::NetActivation activation = training::NetActivation::Identity;
};

/// Sums of (x - shift) and its square over the pixels and the first `valid` samples of a block, added to sum and squares [features].
struct MomentsCall {
    const float* x = nullptr;  ///< [features][pixels][block]
    std::int64_t features = 0, pixels = 1, block = 0, valid = 0;
    const float* shift = nullptr;
    double* sum = nullptr;
    double* squares = nullptr;
};

struct CrossEntropyCall {
    const float* logits = nullptr;  ///< [classes][block]
    std::int64_t classes = 0, block = 0;
    const std::int32_t* labels = nullptr;  ///< [block]
    float* losses = nullptr;               ///< [block]
    float* hits = nullptr;                 ///< [block]: 1 where the first largest logit is the label's
};

struct SquaredErrorCall {
    const float* outputs = nullptr;  ///< [count][block]
    std::int64_t count = 0, block = 0;
    const float* targets = nullptr;  ///< [count][block]
    float* losses = nullptr;         ///< [block]: mean over the outputs of the squared difference
};

/// Mean of `count` values and the sum of squared differences from it, in float64.
struct Spread {
    double mean = 0, squares = 0;
};

struct KernelTable {
    const char* name;
    std::int64_t lanes;  ///< samples of a narrow block; a wide one has kWideVectors times as many
    /// out[i] = center[i] + beta * v[i] + alpha * u[i], in this order; u or v may be null.
    void (*perturb)(const float* center, const float* u, const float* v, float alpha, float beta, std::int64_t count, float* out);
    void (*affine)(const AffineCall& call);
    void (*dense_wide)(const DenseCall& call);
    void (*dense_narrow)(const DenseCall& call);
    void (*conv_pool)(const ConvCall& call);
    /// The convolution with bias alone, all pixels: out [outputs][height * width][lanes].
    void (*conv_plain)(const ConvCall& call);
    void (*moments)(const MomentsCall& call);
    void (*cross_entropy)(const CrossEntropyCall& call);
    void (*squared_error)(const SquaredErrorCall& call);
    Spread (*spread)(const float* values, std::int64_t count);
};

[[nodiscard]] const KernelTable& portable_kernels() noexcept;
[[nodiscard]] const KernelTable* avx2_kernels() noexcept;    ///< null when this processor cannot run them
[[nodiscard]] const KernelTable* avx512_kernels() noexcept;  ///< null when this processor cannot run them

/// The variant that the decoder's kernels use as well (TIMBERLINE_KERNELS forces one).
[[nodiscard]] const KernelTable& chosen_kernels() noexcept;

}  // namespace timberline::landscape::kernels
