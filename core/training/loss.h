// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/method.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

/// Training losses as functions of logits, with their gradients in closed form: the trainer feeds the gradient into the network's backward
/// pass, and the landscape evaluates the same code at every point. No tensors here.
namespace timberline::training {

inline constexpr std::int32_t kIgnoredLabel = -100;

/// Logits of N samples with C outputs each, and what they should be. Exactly one of labels and targets is used by a loss (uses_labels()).
struct LossInput {
    std::span<const double> logits;  ///< [N, C]
    std::int64_t samples = 0, outputs = 0;
    std::span<const std::int32_t> labels;  ///< [N], 0..C-1 or kIgnoredLabel
    std::span<const double> targets;       ///< [N, C], regression
};

/// One loss with its hyperparameters. Immutable, may be shared between threads.
class Loss
{
public:
    virtual ~Loss() = default;
    /// Loss of every sample [N]; 0 for ignored ones. The scalar that is minimised is their mean over the samples that are not ignored.
    /// @param gradient [N, C] or empty: derivative of each sample's own loss with respect to its own logits (no 1/N); 0 for ignored
    /// samples.
    virtual void evaluate(const LossInput& input, std::span<double> per_sample, std::span<double> gradient) const = 0;
    [[nodiscard]] virtual bool uses_labels() const noexcept { return true; }
    /// The loss under which the network is judged when this one is for training only (LogitClip evaluates the raw logits); null = itself.
    [[nodiscard]] virtual const Loss* evaluation() const noexcept { return nullptr; }
    /// Lowest value that the scalar can take with C outputs, where a closed form is known: drawn as a dashed line. (Convex-Concave is
    /// negative.)
    [[nodiscard]] virtual std::optional<double> lower_bound(std::int64_t outputs) const
    {
        (void)outputs;
        return std::nullopt;
    }
};

/// Values are complete and checked.
using LossFactory = std::function<std::shared_ptr<const Loss>(const Values&)>;

/// Mean of per_sample over the samples whose label is not ignored; NaN when there is none.
[[nodiscard]] double mean_loss(std::span<const double> per_sample, std::span<const std::int32_t> labels);

void register_losses(MethodRegistry& registry);

}  // namespace timberline::training
