// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/landscape/aligned.h"
#include "core/landscape/evaluation.h"
#include "core/landscape/kernels/landscape_kernels.h"
#include "core/training/net_spec.h"

#include <cstdint>
#include <span>
#include <vector>

/// How the fused evaluation sees a network and its samples. Inside core/landscape only.
namespace timberline::landscape {

/// A linear or convolutional layer with what follows it. Offsets count in the flat vectors; -1 = there is none.
struct FusedLayer {
    bool convolution = false;
    std::int64_t inputs = 0, outputs = 0;  ///< features or channels
    std::int64_t height = 0, width = 0;    ///< of a convolution's input
    std::int64_t weight = 0, bias = 0;
    std::int64_t gain = -1, shift = -1, mean = -1, variance = -1;
    training::NetActivation activation = training::NetActivation::Identity;
    [[nodiscard]] std::int64_t taps() const noexcept { return convolution ? inputs * 9 : inputs; }
    /// Numbers that normalisation averages a sample over.
    [[nodiscard]] std::int64_t pixels() const noexcept { return convolution ? height * width : 1; }
};

struct FusedPlan {
    std::vector<FusedLayer> layers;
    std::int64_t parameters = 0, buffers = 0, input_size = 0, outputs = 0;
    bool narrow = false;  ///< one vector of samples a block (convolutions)
    bool affine = false;  ///< the first layer of the whole plane comes from three products
    bool normalised = false;
    [[nodiscard]] std::int64_t block(const kernels::KernelTable& kernels) const noexcept
    {
        return kernels.lanes * (narrow ? 1 : kernels::kWideVectors);
    }
    /// First parameter that a point computes for itself.
    [[nodiscard]] std::int64_t own_begin() const noexcept;
    [[nodiscard]] double flops_per_sample() const noexcept;
    /// Floats of one block's activations, the largest of all layers.
    [[nodiscard]] std::int64_t widest(std::int64_t block) const noexcept;
};

/// Error: Unsupported for other networks than Mlp and Cnn without internal heads.
[[nodiscard]] Result<FusedPlan> make_fused_plan(const training::NetSpec& spec);

/// Samples in blocks, padded with copies of nothing (zeros): padded samples are computed and never counted.
struct BlockedSamples {
    std::int64_t count = 0, blocks = 0;
    LineFloats inputs;      ///< [blocks][size][block]; convolutions: [blocks][channels][height + 2][width + 2][block]; empty when affine
    LineFloats z0, zu, zv;  ///< affine: [blocks][features][block]
    std::vector<std::int32_t> labels;  ///< [blocks][block]
    LineFloats targets;                ///< [blocks][outputs][block]
};

[[nodiscard]] BlockedSamples block_samples(const FusedPlan& plan, const kernels::KernelTable& kernels, const Samples& samples);

/// Replaces inputs by the products with the first layer's weights along the plane.
void make_affine(const FusedPlan& plan, const kernels::KernelTable& kernels, const Plane& plane, BlockedSamples& samples);

}  // namespace timberline::landscape
