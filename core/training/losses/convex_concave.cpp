// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/losses/pointwise.h"

#include <cmath>
#include <numbers>

namespace timberline::training {
namespace {

struct ConvexConcaveValues {
    std::string variant = "ccel";
    double alpha = 0.5;
    double beta = 1;
    double gamma = 2;
};

const auto& fields()
{
    static const std::tuple table{
        field(
            &ConvexConcaveValues::variant,
            {.key = "variant",
             .label = TIMBERLINE_TR("Form"),
             .help = TIMBERLINE_TR("The concave term: an exponential, its quadratic expansion, or the exponential beside a focal loss."),
             .choices = {"ccel", "ccql", "focal_ccel"},
             .choice_labels = {TIMBERLINE_TR("Exponential (CCEL)"), TIMBERLINE_TR("Quadratic (CCQL)"), TIMBERLINE_TR("Focal, exponential")},
             .takes_effect = Effect::NextStep}),
        field(&ConvexConcaveValues::alpha,
              {.key = "alpha",
               .label = TIMBERLINE_TR("Convex share"),
               .help = TIMBERLINE_TR(
                   "1 is the convex loss alone; lower values spread the training losses and hide who was in the training set."),
               .min = 0.01,
               .max = 1,
               .takes_effect = Effect::NextStep}),
        field(&ConvexConcaveValues::beta, {.key = "beta",
                                           .label = TIMBERLINE_TR("Scale"),
                                           .help = TIMBERLINE_TR("Multiplies the whole loss."),
                                           .min = 0.01,
                                           .max = 2,
                                           .scale = Scale::Logarithmic,
                                           .takes_effect = Effect::NextStep}),
        field(&ConvexConcaveValues::gamma, {.key = "gamma",
                                            .label = TIMBERLINE_TR("Focus"),
                                            .help = TIMBERLINE_TR("Exponent of the focal loss; read by the focal form only."),
                                            .min = 0,
                                            .max = 5,
                                            .takes_effect = Effect::NextStep})};
    return table;
}

/// l = beta (alpha convex + (1-alpha) concave(p_y)) (losses.md L05). The pull of the concave term grows with p_y: samples that are fitted
/// keep being pushed, which raises the variance of the training losses. The loss is negative where p_y is near 1.
class ConvexConcave final : public LabelProbabilityLoss
{
public:
    explicit ConvexConcave(ConvexConcaveValues values) : values_(std::move(values)) {}

    [[nodiscard]] Value at(const LabelSoftmax& softmax) const override
    {
        const double p = softmax.probability;
        const Value convex =
            values_.variant == "focal_ccel" ? focal_value(softmax, values_.gamma) : Value{.loss = softmax.cross_entropy, .pull = 1};
        const bool quadratic = values_.variant == "ccql";
        const Value concave =
            quadratic ? Value{.loss = -(p + p * p / 2), .pull = p + p * p} : Value{.loss = -std::exp(p), .pull = p * std::exp(p)};
        const double a = values_.alpha;
        return {.loss = values_.beta * (a * convex.loss + (1 - a) * concave.loss),
                .pull = values_.beta * (a * convex.pull + (1 - a) * concave.pull)};
    }

    [[nodiscard]] std::optional<double> lower_bound(std::int64_t /*outputs*/) const override
    {
        const double deepest = values_.variant == "ccql" ? 1.5 : std::numbers::e;
        return -values_.beta * (1 - values_.alpha) * deepest;
    }

private:
    ConvexConcaveValues values_;
};

}  // namespace

MethodRegistry::Entry convex_concave_loss()
{
    MethodInfo info;
    info.id = "ccl";
    info.family = "loss";
    info.title = TIMBERLINE_TR("Convex-Concave Loss");
    info.summary =
        TIMBERLINE_TR("Cross-entropy with a concave term that keeps pushing samples which are fitted already. Training losses spread, and "
                      "an attacker learns less from them about who was in the training set. The loss is negative for confident samples.");
    info.sources = {{.title = "Mitigating Privacy Risk in Membership Inference by Convex-Concave Loss",
                     .authors = "Zhenlong Liu et al.",
                     .year = 2024,
                     .arxiv = "2402.05453"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}, "loss": {"id": "ccl", "values": {"alpha": 0.5}}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values& values) -> std::shared_ptr<const Loss> {
        return std::make_shared<ConvexConcave>(read_values(fields(), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
