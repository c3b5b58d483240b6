// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/losses/pointwise.h"

namespace timberline::training {
namespace {

/// l = sum_k (p_k - [k==y])^2 (losses.md L04).
class Brier final : public PointwiseLoss
{
public:
    [[nodiscard]] double row(std::span<const double> logits, std::int32_t label, std::span<double> gradient) const override
    {
        const auto own = static_cast<std::size_t>(label);
        std::vector<double> scratch(gradient.empty() ? logits.size() : 0);
        const std::span<double> probabilities = gradient.empty() ? std::span<double>(scratch) : gradient;
        const LabelSoftmax softmax = label_softmax(logits, label, probabilities);
        double loss = 0;
        double along = 0;  // sum_k p_k d_k with d = p - onehot
        for (std::size_t k = 0; k < logits.size(); ++k) {
            const double difference = k == own ? -softmax.rest : probabilities[k];
            loss += difference * difference;
            along += probabilities[k] * difference;
        }
        for (std::size_t k = 0; k < gradient.size(); ++k) {
            const double difference = k == own ? -softmax.rest : gradient[k];
            gradient[k] = 2 * gradient[k] * (difference - along);
        }
        return loss;
    }
    [[nodiscard]] bool falls_with_label_probability() const noexcept override { return true; }
    [[nodiscard]] std::optional<double> lower_bound(std::int64_t /*outputs*/) const override { return 0; }
};

}  // namespace

MethodRegistry::Entry brier_loss()
{
    MethodInfo info;
    info.id = "brier";
    info.family = "loss";
    info.title = TIMBERLINE_TR("Brier score");
    info.summary = TIMBERLINE_TR(
        "Squared distance between the predicted law and the label: a proper score that stays bounded on samples that are hopeless.");
    info.sources = {
        {.title = "Verification of Forecasts Expressed in Terms of Probability", .authors = "Glenn W. Brier", .year = 1950, .arxiv = ""}};
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}, "loss": {"id": "brier"}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values&) -> std::shared_ptr<const Loss> { return std::make_shared<Brier>(); };
    return {std::move(info), factory};
}

}  // namespace timberline::training
