// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/losses/pointwise.h"

#include <cmath>

namespace timberline::training {
namespace {

struct LabelSmoothingValues {
    double epsilon = 0.1;
    std::string convention = "all";
};

const auto& fields()
{
    static const std::tuple table{
        field(
            &LabelSmoothingValues::epsilon,
            {.key = "epsilon",
             .label = TIMBERLINE_TR("Smoothing"),
             .help = TIMBERLINE_TR("Share of the target's mass that is taken from the label and spread evenly; it bounds the confidence."),
             .min = 0,
             .max = 0.9,
             .takes_effect = Effect::NextStep}),
        field(&LabelSmoothingValues::convention,
              {.key = "convention",
               .label = TIMBERLINE_TR("Spread over"),
               .help =
                   TIMBERLINE_TR("Whether the label itself gets its part of the spread mass, as PyTorch does, or only the other classes."),
               .choices = {"all", "others"},
               .choice_labels = {TIMBERLINE_TR("All classes"), TIMBERLINE_TR("The other classes")},
               .takes_effect = Effect::NextStep})};
    return table;
}

/// Cross-entropy to q = (1-e) onehot + e/C, or e/(C-1) on the other classes only (losses.md L02).
class LabelSmoothing final : public PointwiseLoss
{
public:
    explicit LabelSmoothing(LabelSmoothingValues values) : values_(std::move(values)) {}

    [[nodiscard]] double row(std::span<const double> logits, std::int32_t label, std::span<double> gradient) const override
    {
        const auto own = static_cast<std::size_t>(label);
        const Target target = target_of(logits.size());
        const LabelSoftmax softmax = label_softmax(logits, label, gradient);
        const double log_sum_exp = softmax.cross_entropy + logits[own];
        double loss = target.own * softmax.cross_entropy;
        for (std::size_t k = 0; k < logits.size(); ++k) {
            if (k != own && target.other > 0) {
                loss += target.other * (log_sum_exp - logits[k]);
            }
        }
        for (std::size_t k = 0; k < gradient.size(); ++k) {
            gradient[k] -= k == own ? target.own : target.other;
        }
        return loss;
    }

    [[nodiscard]] std::optional<double> lower_bound(std::int64_t outputs) const override
    {
        const Target target = target_of(static_cast<std::size_t>(outputs));
        const double others = static_cast<double>(outputs - 1);
        return entropy_term(target.own) + others * entropy_term(target.other);
    }

private:
    struct Target {
        double own = 1;
        double other = 0;
    };

    [[nodiscard]] Target target_of(std::size_t outputs) const
    {
        if (outputs < 2) {
            return {};
        }
        if (values_.convention == "others") {
            return {.own = 1 - values_.epsilon, .other = values_.epsilon / static_cast<double>(outputs - 1)};
        }
        const double share = values_.epsilon / static_cast<double>(outputs);
        return {.own = 1 - values_.epsilon + share, .other = share};
    }

    [[nodiscard]] static double entropy_term(double probability) { return probability > 0 ? -probability * std::log(probability) : 0; }

    LabelSmoothingValues values_;
};

}  // namespace

MethodRegistry::Entry label_smoothing_loss()
{
    MethodInfo info;
    info.id = "label-smoothing";
    info.family = "loss";
    info.title = TIMBERLINE_TR("Label smoothing");
    info.summary = TIMBERLINE_TR("Cross-entropy to a softened label: part of the mass is spread over the classes, so that the logits stop "
                                 "growing once the margin is large enough.");
    info.sources = {{.title = "Rethinking the Inception Architecture for Computer Vision",
                     .authors = "Christian Szegedy et al.",
                     .year = 2015,
                     .arxiv = "1512.00567"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}, "loss": {"id": "label-smoothing"}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values& values) -> std::shared_ptr<const Loss> {
        return std::make_shared<LabelSmoothing>(read_values(fields(), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
