// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/loss.h"

#include <cassert>

namespace timberline::training {
namespace {

/// Mean over the outputs of (z - t)^2, for regression.
class SquaredError final : public Loss
{
public:
    [[nodiscard]] bool uses_labels() const noexcept override { return false; }

    void evaluate(const LossInput& input, std::span<double> per_sample, std::span<double> gradient) const override
    {
        const auto samples = static_cast<std::size_t>(input.samples);
        const auto outputs = static_cast<std::size_t>(input.outputs);
        assert(input.logits.size() == samples * outputs && input.targets.size() == samples * outputs && per_sample.size() == samples);
        const double share = 1 / static_cast<double>(input.outputs);
        for (std::size_t i = 0; i < samples; ++i) {
            double loss = 0;
            for (std::size_t k = i * outputs; k < (i + 1) * outputs; ++k) {
                const double difference = input.logits[k] - input.targets[k];
                loss += difference * difference;
                if (!gradient.empty()) {
                    gradient[k] = 2 * share * difference;
                }
            }
            per_sample[i] = share * loss;
        }
    }
    [[nodiscard]] std::optional<double> lower_bound(std::int64_t /*outputs*/) const override { return 0; }
};

}  // namespace

MethodRegistry::Entry mse_loss()
{
    MethodInfo info;
    info.id = "mse";
    info.family = "loss";
    info.title = TIMBERLINE_TR("Squared error");
    info.summary =
        TIMBERLINE_TR("Mean squared distance to the target: the usual loss of regression, and the best one under Gaussian noise.");
    info.requires_text = TIMBERLINE_TR("a data set with numbers as targets");
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "regression-curves", "values": {"samples": 100}}, "loss": {"id": "mse"}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values&) -> std::shared_ptr<const Loss> { return std::make_shared<SquaredError>(); };
    return {std::move(info), factory};
}

}  // namespace timberline::training
