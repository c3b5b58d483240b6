// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/losses/pointwise.h"

namespace timberline::training {
namespace {

struct FocalValues {
    double gamma = 2;
    double beta = 1;
};

const auto& fields()
{
    static const std::tuple table{
        field(&FocalValues::gamma,
              {.key = "gamma",
               .label = TIMBERLINE_TR("Focus"),
               .help = TIMBERLINE_TR("Exponent that takes weight from samples which are fitted already; 0 is cross-entropy."),
               .min = 0,
               .max = 5,
               .takes_effect = Effect::NextStep}),
        field(&FocalValues::beta, {.key = "beta",
                                   .label = TIMBERLINE_TR("Scale"),
                                   .help = TIMBERLINE_TR("Multiplies the loss; the same as scaling the learning rate of plain SGD."),
                                   .min = 0.01,
                                   .max = 10,
                                   .scale = Scale::Logarithmic,
                                   .takes_effect = Effect::NextStep})};
    return table;
}

/// l = beta (1-p_y)^gamma CE (losses.md L03).
class Focal final : public LabelProbabilityLoss
{
public:
    explicit Focal(const FocalValues& values) : values_(values) {}
    [[nodiscard]] Value at(const LabelSoftmax& softmax) const override
    {
        const Value value = focal_value(softmax, values_.gamma);
        return {.loss = values_.beta * value.loss, .pull = values_.beta * value.pull};
    }
    [[nodiscard]] std::optional<double> lower_bound(std::int64_t /*outputs*/) const override { return 0; }

private:
    FocalValues values_;
};

}  // namespace

MethodRegistry::Entry focal_loss()
{
    MethodInfo info;
    info.id = "focal";
    info.family = "loss";
    info.title = TIMBERLINE_TR("Focal loss");
    info.summary = TIMBERLINE_TR(
        "Cross-entropy whose weight falls to nothing on samples that are fitted well, so that the hard ones decide the step.");
    info.sources = {
        {.title = "Focal Loss for Dense Object Detection", .authors = "Tsung-Yi Lin et al.", .year = 2017, .arxiv = "1708.02002"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}, "loss": {"id": "focal"}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values& values) -> std::shared_ptr<const Loss> {
        return std::make_shared<Focal>(read_values(fields(), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
