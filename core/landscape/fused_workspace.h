// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/landscape/fused_evaluator.h"

/// Memory of the fused evaluation. Inside core/landscape only.
namespace timberline::landscape {

/// One point's weights.
struct FusedEvaluator::Network {
    float alpha = 0, beta = 0;
    float* own = nullptr;             ///< parameters from own_begin() on, batch norm folded in; the workspace's
    std::vector<float> scale, shift;  ///< of an affine first layer with batch norm
};

/// Activations of one block. Each layer has its own memory: the borders of convolutions' inputs stay zero.
struct FusedEvaluator::Scratch {
    std::vector<LineFloats> after;  ///< per layer
    LineFloats plain;               ///< a layer without its activation, for statistics

    Scratch(const FusedPlan& plan, std::int64_t block)
    {
        for (std::size_t k = 0; k < plan.layers.size(); ++k) {
            const auto& layer = plan.layers[k];
            std::int64_t pixels = 1;
            if (layer.convolution) {
                const std::int64_t border = plan.layers[k + 1].convolution ? 2 : 0;
                pixels = (layer.height / 2 + border) * (layer.width / 2 + border);
            }
            after.emplace_back(static_cast<std::size_t>(layer.outputs * pixels * block), 0.0F);
        }
        plain.resize(plan.normalised ? static_cast<std::size_t>(plan.widest(block)) : 0);
    }
};

/// Per sample of one subset at one point.
struct FusedEvaluator::Losses {
    float* losses = nullptr;     ///< fused; the workspace's
    float* hits = nullptr;       ///< cross-entropy; the workspace's
    std::vector<double> logits;  ///< [count, outputs] where the loss is not fused
    std::vector<double> exact;   ///< its losses
};

/// Memory of a group of points, in few pieces.
struct FusedEvaluator::Workspace {
    Scratch scratch;
    LineFloats weights, losses;
    std::int64_t stride = 0;  ///< of weights, whole cache lines
    std::vector<Network> networks;
    std::vector<std::array<Losses, 2>> values;

    Workspace(const FusedEvaluator& evaluator, std::size_t points) : scratch(evaluator.plan_, evaluator.block_), values(points)
    {
        constexpr std::int64_t kLine = 16;
        stride = (static_cast<std::int64_t>(evaluator.center_.size()) + kLine - 1) / kLine * kLine;
        weights.resize(points * static_cast<std::size_t>(stride));
        const bool hits = evaluator.fused_ == Fused::CrossEntropy;
        std::int64_t rows = 0;
        for (const auto& samples : evaluator.samples_) {
            rows += evaluator.fused_ == Fused::None ? 0 : samples.blocks * evaluator.block_ * (hits ? 2 : 1);
        }
        losses.resize(points * static_cast<std::size_t>(rows));
        float* next = losses.data();
        for (auto& point : values) {
            for (std::size_t s = 0; s < point.size(); ++s) {
                const std::int64_t padded = evaluator.samples_[s].blocks * evaluator.block_;
                if (evaluator.fused_ == Fused::None) {
                    point[s].logits.resize(static_cast<std::size_t>(evaluator.samples_[s].count * evaluator.plan_.outputs));
                    continue;
                }
                point[s].losses = next;
                next += padded;
                point[s].hits = hits ? next : nullptr;
                next += hits ? padded : 0;
            }
        }
    }
};

[[nodiscard]] inline Error evaluation_cancelled()
{
    return make_error(ErrorCode::Cancelled, "the evaluation was cancelled");
}

}  // namespace timberline::landscape
