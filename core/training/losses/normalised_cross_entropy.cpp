// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/losses/pointwise.h"

#include <cmath>

namespace timberline::training {
namespace {

/// l = CE_y / sum_k CE_k: 1 in sum over the labels, whatever the logits (losses.md L10, sibling).
class NormalisedCrossEntropy final : public PointwiseLoss
{
public:
    [[nodiscard]] double row(std::span<const double> logits, std::int32_t label, std::span<double> gradient) const override
    {
        const auto own = static_cast<std::size_t>(label);
        const auto outputs = static_cast<double>(logits.size());
        const LabelSoftmax softmax = label_softmax(logits, label, gradient);
        const double log_sum_exp = softmax.cross_entropy + logits[own];
        double total = softmax.cross_entropy;
        for (std::size_t k = 0; k < logits.size(); ++k) {
            total += k == own ? 0 : log_sum_exp - logits[k];
        }
        if (!(total > 0) && !std::isnan(total)) {  // a single class: nothing can be wrong
            for (double& entry : gradient) {
                entry = 0;
            }
            return 0;
        }
        for (std::size_t k = 0; k < gradient.size(); ++k) {
            const double own_slope = k == own ? -softmax.rest : gradient[k];
            const double total_slope = outputs * gradient[k] - 1;
            gradient[k] = (own_slope * total - softmax.cross_entropy * total_slope) / (total * total);
        }
        return softmax.cross_entropy / total;
    }
    [[nodiscard]] std::optional<double> lower_bound(std::int64_t /*outputs*/) const override { return 0; }
};

}  // namespace

MethodRegistry::Entry normalised_cross_entropy_loss()
{
    MethodInfo info;
    info.id = "nce";
    info.family = "loss";
    info.title = TIMBERLINE_TR("Normalised cross-entropy");
    info.summary = TIMBERLINE_TR("Cross-entropy of the label divided by the sum over all labels, which makes any loss robust to evenly "
                                 "spread wrong labels, at the price of slower fitting.");
    info.sources = {{.title = "Normalized Loss Functions for Deep Learning with Noisy Labels",
                     .authors = "Xingjun Ma et al.",
                     .year = 2020,
                     .arxiv = "2006.13554"}};
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}, "loss": {"id": "nce"}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values&) -> std::shared_ptr<const Loss> { return std::make_shared<NormalisedCrossEntropy>(); };
    return {std::move(info), factory};
}

}  // namespace timberline::training
