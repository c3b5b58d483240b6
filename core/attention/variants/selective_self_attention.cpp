// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_variant.h"
#include "core/attention/row_attention.h"
#include "core/attention/selective_temperature.h"
#include "core/base/translate.h"

#include <algorithm>
#include <cmath>

namespace timberline::attention {

namespace {

const auto& selective_fields()
{
    static const std::tuple fields{
        field(&SelectiveValues::beta, {.key = "beta",
                                       .label = TIMBERLINE_TR("Position term"),
                                       .help = TIMBERLINE_TR("Scores are multiplied by 1 + exp(-exp(beta)) ln n over n visible keys: "
                                                             "smaller values sharpen long texts more. 1.5 is the start "
                                                             "of training, 2 of fine-tuning."),
                                       .min = -2,
                                       .max = 3}),
        field(&SelectiveValues::use_position,
              {.key = "use_position",
               .label = TIMBERLINE_TR("Temperature by position"),
               .help = TIMBERLINE_TR("The temperature of a query grows with the number of keys that it sees.")}),
        field(&SelectiveValues::use_query,
              {.key = "use_query",
               .label = TIMBERLINE_TR("Temperature of queries"),
               .help = TIMBERLINE_TR(
                   "Adds the offset below to every query's temperature. A model trained this way has its own value for each token; "
                   "this one has none.")}),
        field(&SelectiveValues::use_value,
              {.key = "use_value",
               .label = TIMBERLINE_TR("Temperature of values"),
               .help = TIMBERLINE_TR(
                   "Adds the offset below to the factor of every value, which is 1. A model trained this way has its own factor for each "
                   "token; this one has none.")}),
        field(&SelectiveValues::query_offset,
              {.key = "query_offset",
               .label = TIMBERLINE_TR("Query offset"),
               .help = TIMBERLINE_TR(
                   "Constant part of the queries' token term: tanh of it is added to their temperature. 0 is where training starts."),
               .min = -3,
               .max = 3}),
        field(&SelectiveValues::value_offset,
              {.key = "value_offset",
               .label = TIMBERLINE_TR("Value offset"),
               .help = TIMBERLINE_TR(
                   "Constant part of the values' token term: tanh of it is added to their temperature. 0 is where training starts."),
               .min = -3,
               .max = 3})};
    return fields;
}

/// Out = sum over j of softmax_j(tau_i s_ij) tau_j v_j. A pretrained model has no trained token weights: they are 0, as at the start of
/// training.
class SelectiveAttention final : public RowAttention
{
public:
    SelectiveAttention(const RowKernels& kernels, SelectiveValues values) : RowAttention(kernels), values_(values) {}

protected:
    [[nodiscard]] ScoreForm score_form(const AttentionRow& row) const override
    {
        const ScoreForm plain = RowAttention::score_form(row);
        const double tau = query_temperature(values_, {}, row.query_row, row.count);
        return {.scale = plain.scale * tau, .softcap = plain.softcap * tau};
    }
    float weigh(const AttentionRow& /*row*/, std::span<float> scores) const override
    {
        const float top = *std::max_element(scores.begin(), scores.end());
        for (float& score : scores) {
            score -= top;
        }
        kernels().exponential(scores.data(), static_cast<std::int64_t>(scores.size()));
        float total = 0;
        for (const float weight : scores) {
            total += weight;
        }
        for (float& weight : scores) {
            weight /= total;
        }
        return top + std::log(total);
    }
    void scale_values(const AttentionRow& row, std::span<float> weights) const override
    {
        if (!values_.use_value) {
            return;
        }
        for (std::size_t j = 0; j < weights.size(); ++j) {
            const float* const value = row.values + row.slot(static_cast<std::int64_t>(j)) * row.call.head_dim;
            weights[j] *= static_cast<float>(value_temperature(values_, {}, value));
        }
    }

private:
    SelectiveValues values_;
};

}  // namespace

MethodRegistry::Entry selective_self_attention()
{
    MethodInfo info;
    info.id = "selective-self-attention";
    info.family = "attention variant";
    info.title = TIMBERLINE_TR("Selective self-attention");
    info.summary = TIMBERLINE_TR(
        "A temperature that grows with the position decouples what is similar from how sparsely a query looks. Temperatures of queries and "
        "values by token take training; here each has one constant.");
    info.sources = {{.title = "Selective Attention: Enhancing Transformer through Principled Context Control",
                     .authors = "Xuechen Zhang et al.",
                     .year = 2024,
                     .arxiv = "2411.12892"}};
    info.requires_text = TIMBERLINE_TR("what-if, model not trained for this");
    info.hyperparameters = declare(selective_fields());
    info.example = R"({"timberline": 1, "bench": "attention", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 8,
 "method": {"variant": {"id": "selective-self-attention", "values": {"beta": 1.0}}}})";
    const AttentionVariant variant = {
        .make = [](const AttentionResources& resources, const Values& values) -> Result<std::shared_ptr<AttentionKernel>> {
            return std::shared_ptr<AttentionKernel>(
                std::make_shared<SelectiveAttention>(resources.kernels, read_values(selective_fields(), values)));
        },
        .what_if =
            [](const Values& given) {
                const auto values = read_values(selective_fields(), given);
                return values.use_position || (values.use_query && values.query_offset != 0) ||
                       (values.use_value && values.value_offset != 0);
            }};
    return {std::move(info), variant};
}

}  // namespace timberline::attention
