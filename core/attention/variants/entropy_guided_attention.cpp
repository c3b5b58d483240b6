// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_variant.h"
#include "core/base/translate.h"

namespace timberline::attention {

namespace {

struct GuidedValues {
    double temperature = 1;
    double lambda = 1e-5;
    double gamma = 0.2;
    double threshold = 0.5;
    std::string normalise = "fixed";
    std::string reduction = "sum";
};

const auto& guided_fields()
{
    static const std::tuple fields{
        field(&GuidedValues::temperature,
              {.key = "temperature",
               .label = TIMBERLINE_TR("Softmax temperature"),
               .help = TIMBERLINE_TR(
                   "Scores are divided by it: above 1 heads spread, below 1 they sharpen. Training learns one a head; 1 is the start."),
               .min = 0.02,
               .max = 50,
               .scale = Scale::Logarithmic}),
        field(&GuidedValues::lambda,
              {.key = "lambda",
               .label = TIMBERLINE_TR("Penalty weight"),
               .help = TIMBERLINE_TR("Training only: weight of the entropy penalty in the loss; 0 lets heads overload again."),
               .min = 0,
               .max = 1e-3,
               .takes_effect = Effect::Retrain}),
        field(&GuidedValues::gamma,
              {.key = "gamma",
               .label = TIMBERLINE_TR("Dead zone"),
               .help = TIMBERLINE_TR(
                   "Training only: heads whose entropy is closer to their threshold than this share of the maximum are not penalised."),
               .min = 0,
               .max = 0.3,
               .takes_effect = Effect::Retrain}),
        field(
            &GuidedValues::threshold,
            {.key = "threshold",
             .label = TIMBERLINE_TR("Initial threshold"),
             .help = TIMBERLINE_TR("Training only: where the learnable threshold of every head starts, as a share of the maximal entropy."),
             .min = 0,
             .max = 1,
             .takes_effect = Effect::Retrain}),
        field(&GuidedValues::normalise,
              {.key = "normalise",
               .label = TIMBERLINE_TR("Maximal entropy"),
               .help = TIMBERLINE_TR(
                   "Training only: ln T for all rows as published, or ln n of each row's visible keys, which early rows can reach."),
               .choices = {"fixed", "visible"},
               .choice_labels = {"ln T", "ln n"},
               .takes_effect = Effect::Retrain}),
        field(&GuidedValues::reduction, {.key = "reduction",
                                         .label = TIMBERLINE_TR("Reduction"),
                                         .help = TIMBERLINE_TR("Training only: the penalty is summed over rows as published, or averaged."),
                                         .choices = {"sum", "mean"},
                                         .choice_labels = {TIMBERLINE_TR("Sum"), TIMBERLINE_TR("Mean")},
                                         .takes_effect = Effect::Retrain})};
    return fields;
}

/// The exact kernels at another temperature.
class GuidedAttention final : public AttentionKernel
{
public:
    GuidedAttention(std::shared_ptr<AttentionKernel> exact, double temperature) : exact_(std::move(exact)), temperature_(temperature) {}
    void attend(const AttentionCall& call) override
    {
        AttentionCall own = call;
        own.temperature = call.temperature * temperature_;
        exact_->attend(own);
    }

private:
    std::shared_ptr<AttentionKernel> exact_;
    double temperature_;
};

}  // namespace

MethodRegistry::Entry entropy_guided_attention()
{
    MethodInfo info;
    info.id = "entropy-guided-attention";
    info.family = "attention variant";
    info.title = TIMBERLINE_TR("Entropy-guided attention");
    info.summary = TIMBERLINE_TR(
        "A learnable softmax temperature, and in training a penalty on heads whose entropy strays from a learnable threshold: it keeps "
        "heads "
        "from collapsing to one key and from overloading to all of them. The penalty works where the tiny transformer is trained.");
    info.sources = {{.title = "Entropy-Guided Attention for Private LLMs",
                     .authors = "Nandan Kumar Jha, Brandon Reagen",
                     .year = 2025,
                     .arxiv = "2501.03489"}};
    info.requires_text = TIMBERLINE_TR("what-if, model not trained for this");
    info.hyperparameters = declare(guided_fields());
    info.example = R"({"timberline": 1, "bench": "attention", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 8,
 "method": {"variant": {"id": "entropy-guided-attention", "values": {"temperature": 0.5}}}})";
    const AttentionVariant variant = {
        .make = [](const AttentionResources& resources, const Values& values) -> Result<std::shared_ptr<AttentionKernel>> {
            return std::shared_ptr<AttentionKernel>(
                std::make_shared<GuidedAttention>(resources.exact, read_values(guided_fields(), values).temperature));
        },
        .what_if = [](const Values& values) { return read_values(guided_fields(), values).temperature != 1; }};
    return {std::move(info), variant};
}

}  // namespace timberline::attention
