// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_variant.h"
#include "core/base/translate.h"

namespace timberline::attention {

namespace {

struct GuidedValues {
    double temperature = 1;
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
               .scale = Scale::Logarithmic})};
    return fields;
}

/// The exact kernels at another temperature.
class GuidedAttention final : public AttentionKernel
{
public:
    GuidedAttention(std::shared_ptr<AttentionKernel> exact, double temperature) : exact_(std::move(exact)), temperature_(temperature) {}
    void attend(const AttentionCall& call) override { exact_->attend(heated(call)); }
    [[nodiscard]] std::optional<ScoreForm> softmax_form(const AttentionCall& call, std::int64_t head, std::int64_t query) const override
    {
        return exact_->softmax_form(heated(call), head, query);
    }

private:
    [[nodiscard]] AttentionCall heated(AttentionCall call) const
    {
        call.temperature *= temperature_;
        return call;
    }

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
        "A softmax temperature a head, which training learns. There a penalty also keeps each head's entropy near a learnable threshold, "
        "so that heads neither collapse to one key nor overload to all of them: switch on \"Entropy-guided\" to train the tiny "
        "transformer with both.");
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
