// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/losses/pointwise.h"

namespace timberline::training {
namespace {

struct SymmetricValues {
    double alpha = 0.1;
    double beta = 1;
    double log_zero = -4;
};

const auto& fields()
{
    static const std::tuple table{
        field(&SymmetricValues::alpha,
              {.key = "alpha",
               .label = TIMBERLINE_TR("Weight of cross-entropy"),
               .help = TIMBERLINE_TR("How much plain cross-entropy is in it: it fits faster and is more easily misled by wrong labels."),
               .min = 0,
               .max = 10,
               .takes_effect = Effect::NextStep}),
        field(&SymmetricValues::beta, {.key = "beta",
                                       .label = TIMBERLINE_TR("Weight of the reverse term"),
                                       .help = TIMBERLINE_TR("How much reverse cross-entropy is in it: it stays bounded on wrong labels."),
                                       .min = 0,
                                       .max = 10,
                                       .takes_effect = Effect::NextStep}),
        field(&SymmetricValues::log_zero, {.key = "log_zero",
                                           .label = TIMBERLINE_TR("Logarithm of 0"),
                                           .help = TIMBERLINE_TR("The finite number that stands for log 0 in the reverse term."),
                                           .min = -10,
                                           .max = -0.5,
                                           .takes_effect = Effect::NextStep})};
    return table;
}

/// l = a CE + b RCE with RCE = -A (1-p_y), A standing for log 0 (losses.md L10).
class SymmetricCrossEntropy final : public LabelProbabilityLoss
{
public:
    explicit SymmetricCrossEntropy(const SymmetricValues& values) : values_(values) {}
    [[nodiscard]] Value at(const LabelSoftmax& softmax) const override
    {
        const double reverse = -values_.beta * values_.log_zero;
        return {.loss = values_.alpha * softmax.cross_entropy + reverse * softmax.rest,
                .pull = values_.alpha + reverse * softmax.probability};
    }
    [[nodiscard]] std::optional<double> lower_bound(std::int64_t /*outputs*/) const override { return 0; }

private:
    SymmetricValues values_;
};

}  // namespace

MethodRegistry::Entry symmetric_cross_entropy_loss()
{
    MethodInfo info;
    info.id = "sce";
    info.family = "loss";
    info.title = TIMBERLINE_TR("Symmetric cross-entropy");
    info.summary = TIMBERLINE_TR("Cross-entropy plus its reverse, in which prediction and label change places. The reverse term is "
                                 "bounded, so wrong labels pull less.");
    info.sources = {{.title = "Symmetric Cross Entropy for Robust Learning with Noisy Labels",
                     .authors = "Yisen Wang et al.",
                     .year = 2019,
                     .arxiv = "1908.06112"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}, "loss": {"id": "sce"}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values& values) -> std::shared_ptr<const Loss> {
        return std::make_shared<SymmetricCrossEntropy>(read_values(fields(), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
