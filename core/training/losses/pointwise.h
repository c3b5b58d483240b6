// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/training/loss.h"

#include <span>

/// What the losses that read one row of logits and one label share. In everything below z is the row, y its label, p = softmax(z).
namespace timberline::training {

/// The softmax of one row as its label sees it, without cancellation: a label that is almost certain keeps its relative precision.
struct LabelSoftmax {
    double cross_entropy = 0;  ///< -log p_y
    double probability = 0;    ///< p_y
    double rest = 0;           ///< 1 - p_y, summed over the others
};

/// @param probabilities [C], filled with p; or empty.
/// @param inverse_temperature the softmax is that of z times this.
[[nodiscard]] LabelSoftmax label_softmax(std::span<const double> logits, std::int32_t label, std::span<double> probabilities,
                                         double inverse_temperature = 1);

/// A loss whose samples do not see each other. The rows are walked here: ignored ones get 0, a label outside 0..C-1 gets NaN.
class PointwiseLoss : public Loss
{
public:
    void evaluate(const LossInput& input, std::span<double> per_sample, std::span<double> gradient) const final;
    /// @param gradient [C] to be filled, or empty.
    [[nodiscard]] virtual double row(std::span<const double> logits, std::int32_t label, std::span<double> gradient) const = 0;
    /// Whether the loss falls, or stays, when the label's probability rises and the others share the rest evenly. Then the most confident
    /// logits that LogitClip lets through have the lowest loss.
    [[nodiscard]] virtual bool falls_with_label_probability() const noexcept { return false; }
};

/// A loss h(p_y). Its gradient is w (p - onehot) with the pull w = -p h'(p) (losses.md section 0).
class LabelProbabilityLoss : public PointwiseLoss
{
public:
    struct Value {
        double loss = 0;
        double pull = 0;  ///< w, never negative in the losses here
    };
    [[nodiscard]] virtual Value at(const LabelSoftmax& softmax) const = 0;
    [[nodiscard]] double row(std::span<const double> logits, std::int32_t label, std::span<double> gradient) const final;
    [[nodiscard]] bool falls_with_label_probability() const noexcept override { return true; }
};

/// (1-p)^gamma CE and its pull, for the focal loss and the focal form of the Convex-Concave Loss.
[[nodiscard]] LabelProbabilityLoss::Value focal_value(const LabelSoftmax& softmax, double gamma);

}  // namespace timberline::training
