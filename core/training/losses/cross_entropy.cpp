// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/losses/pointwise.h"

#include <cmath>

namespace timberline::training {
namespace {

struct CrossEntropyValues {
    std::vector<double> class_weight;
    double temperature = 1;
    double lse_penalty = 0;
};

const auto& fields()
{
    static const std::tuple table{
        field(&CrossEntropyValues::class_weight,
              {.key = "class_weight",
               .label = TIMBERLINE_TR("Class weights"),
               .help =
                   TIMBERLINE_TR("Factor of every class's loss, in the order of the classes; classes that the list does not name weigh 1."),
               .min = 0,
               .max = 1000,
               .takes_effect = Effect::NextStep,
               .max_length = 1024}),
        field(&CrossEntropyValues::temperature,
              {.key = "temperature",
               .label = TIMBERLINE_TR("Temperature"),
               .help = TIMBERLINE_TR("Logits are divided by it before the softmax; higher values ask for larger margins."),
               .min = 0.05,
               .max = 20,
               .scale = Scale::Logarithmic,
               .takes_effect = Effect::NextStep}),
        field(&CrossEntropyValues::lse_penalty,
              {.key = "lse_penalty",
               .label = TIMBERLINE_TR("LSE penalty"),
               .help = TIMBERLINE_TR("Adds this times the square of the log-sum-exp, which keeps the logits from drifting; 0 is off."),
               .min = 0,
               .max = 0.01,
               .takes_effect = Effect::NextStep})};
    return table;
}

/// l = w_y (LSE(z/T) - z_y/T) + penalty LSE(z)^2 (losses.md L01).
class CrossEntropy final : public PointwiseLoss
{
public:
    explicit CrossEntropy(CrossEntropyValues values) : values_(std::move(values)) {}

    [[nodiscard]] double row(std::span<const double> logits, std::int32_t label, std::span<double> gradient) const override
    {
        const auto own = static_cast<std::size_t>(label);
        const double inverse = 1 / values_.temperature;
        const double weight = own < values_.class_weight.size() ? values_.class_weight[own] : 1;
        const LabelSoftmax softmax = label_softmax(logits, label, gradient, inverse);
        for (double& entry : gradient) {
            entry *= weight * inverse;
        }
        if (!gradient.empty()) {
            gradient[own] = -weight * inverse * softmax.rest;
        }
        double loss = weight * softmax.cross_entropy;
        if (values_.lse_penalty > 0) {
            std::vector<double> probabilities(gradient.size());
            const double log_sum_exp = label_softmax(logits, label, probabilities).cross_entropy + logits[own];
            loss += values_.lse_penalty * log_sum_exp * log_sum_exp;
            for (std::size_t k = 0; k < gradient.size(); ++k) {
                gradient[k] += 2 * values_.lse_penalty * log_sum_exp * probabilities[k];
            }
        }
        return loss;
    }

    [[nodiscard]] bool falls_with_label_probability() const noexcept override
    {
        return values_.class_weight.empty() && values_.lse_penalty == 0;
    }
    [[nodiscard]] std::optional<double> lower_bound(std::int64_t /*outputs*/) const override { return 0; }

private:
    CrossEntropyValues values_;
};

}  // namespace

MethodRegistry::Entry cross_entropy_loss()
{
    MethodInfo info;
    info.id = "ce";
    info.family = "loss";
    info.title = TIMBERLINE_TR("Cross-entropy");
    info.summary = TIMBERLINE_TR("The negative log-probability of the label: every sample pulls as hard as its probability is short of 1. "
                                 "The usual loss of classifiers and language models.");
    info.sources = {{.title = "PaLM: Scaling Language Modeling with Pathways",
                     .authors = "Aakanksha Chowdhery et al.",
                     .year = 2022,
                     .arxiv = "2204.02311"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}, "loss": {"id": "ce"}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values& values) -> std::shared_ptr<const Loss> {
        return std::make_shared<CrossEntropy>(read_values(fields(), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
