// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/landscape/evaluation.h"
#include "core/landscape/fused_plan.h"

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timberline::landscape {

/// One point after the other in registers and caches: weights of the point beside blocks of samples, activation, pool and loss in one go.
/// Points are taken in groups so that a block of samples is loaded once for all of them. Immutable; every call has its own scratch memory.
class FusedEvaluator final : public Evaluator
{
public:
    /// Preconditions: make_evaluator's checks.
    FusedEvaluator(const Problem& problem, const Plane& plane, FusedPlan plan, const kernels::KernelTable& kernels);

    [[nodiscard]] Status evaluate(std::span<const Point> points, std::span<PointValue> values, const CancelToken& cancel) const override;
    [[nodiscard]] Status sample_losses(Point point, std::vector<double>& train, std::vector<double>& test,
                                       const CancelToken& cancel) const override;
    [[nodiscard]] std::int64_t group() const noexcept override { return group_; }
    [[nodiscard]] double flops() const noexcept override;
    [[nodiscard]] std::string name() const override { return std::string("fused ") + kernels_.name; }

    [[nodiscard]] Result<std::vector<float>> outputs(Point point, std::span<const float> inputs, std::int64_t count,
                                                     const CancelToken& cancel) const override;

private:
    enum class Fused : std::uint8_t { None, CrossEntropy, SquaredError };
    struct Network;  ///< one point's weights
    struct Scratch;
    struct Losses;
    struct Workspace;

    [[nodiscard]] Network network_at(Point point, float* own) const;
    void fold(Network& network, std::size_t layer, std::span<const float> mean, std::span<const float> variance) const;
    void fold_stored(Network& network, Point point) const;
    [[nodiscard]] Status fold_measured(Network& network, const BlockedSamples& samples, Scratch& scratch, const CancelToken& cancel) const;
    const float* run_layer(const Network& network, std::size_t layer, const float* x, Scratch& scratch) const;
    const float* first_layer(const Network& network, const BlockedSamples& samples, std::int64_t block, Scratch& scratch) const;
    const float* plain_layer(const Network& network, const BlockedSamples& samples, std::int64_t block, std::size_t layer, const float* x,
                             Scratch& scratch) const;
    const float* forward(const Network& network, const BlockedSamples& samples, std::int64_t block, std::size_t layers,
                         Scratch& scratch) const;
    void block_losses(const float* logits, std::size_t subset, std::int64_t block, Losses& losses) const;
    [[nodiscard]] Status run_group(std::span<const Point> points, Workspace& work, const CancelToken& cancel) const;
    [[nodiscard]] Status run_subset(std::size_t subset, Workspace& work, const CancelToken& cancel) const;
    void finish(Losses& losses, std::size_t subset) const;
    [[nodiscard]] SubsetValue value_of(const Losses& losses, std::size_t subset) const;

    FusedPlan plan_;
    const kernels::KernelTable& kernels_;
    BatchNormPolicy policy_;
    Fused fused_ = Fused::None;
    std::shared_ptr<const training::Loss> loss_;
    std::int64_t block_ = 0, group_ = 1;
    LineFloats center_, u_, v_;  ///< the parameters that a point computes for itself
    Plane first_;                ///< those before them, of an affine first layer
    std::vector<float> buffers_, u_buffers_, v_buffers_;
    std::array<BlockedSamples, 2> samples_;  ///< train, test
    std::array<std::vector<std::int32_t>, 2> labels_;
    std::array<std::vector<double>, 2> targets_;
};

}  // namespace timberline::landscape
