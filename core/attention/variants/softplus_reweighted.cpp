// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_variant.h"
#include "core/attention/row_attention.h"
#include "core/attention/softplus_weights.h"
#include "core/base/translate.h"

#include <algorithm>
#include <cmath>

namespace timberline::attention {

namespace {

constexpr float kSmallestNorm = 1e-8F;

const auto& softplus_fields()
{
    static const std::tuple fields{
        field(&SoftplusValues::reweight,
              {.key = "reweight",
               .label = TIMBERLINE_TR("Re-weighting"),
               .help = TIMBERLINE_TR("Sharpens the weights by offset and power (LSSAR); off keeps the plain softplus weights (LSSA).")}),
        field(&SoftplusValues::power,
              {.key = "power",
               .label = TIMBERLINE_TR("Power"),
               .help = TIMBERLINE_TR("Exponent p of the re-weighting: 3 does best near the training length, 15 for long texts."),
               .min = 1,
               .max = 20}),
        field(&SoftplusValues::offset, {.key = "offset",
                                        .label = TIMBERLINE_TR("Offset"),
                                        .help = TIMBERLINE_TR("What is taken from N times a weight before the power: larger is sparser; 1 "
                                                              "cuts everything below the mean. The first three "
                                                              "rows use 0."),
                                        .min = 0,
                                        .max = 2}),
        field(&SoftplusValues::scale,
              {.key = "scale",
               .label = TIMBERLINE_TR("Scale"),
               .help = TIMBERLINE_TR("Factor of the cosines: ln d times ln N as published, ln N, or the constant root of d."),
               .choices = {"lnd-lnn", "lnn", "constant"},
               .choice_labels = {"ln d · ln N", "ln N", TIMBERLINE_TR("Constant")}}),
        field(&SoftplusValues::positive,
              {.key = "positive",
               .label = TIMBERLINE_TR("Positive map"),
               .help = TIMBERLINE_TR("How a scaled cosine becomes a weight that is not negative."),
               .choices = {"softplus", "exp", "relu", "sigmoid"},
               .choice_labels = {TIMBERLINE_TR("Softplus"), TIMBERLINE_TR("Exponential"), "ReLU", TIMBERLINE_TR("Sigmoid")}})};
    return fields;
}

class SoftplusAttention final : public RowAttention
{
public:
    SoftplusAttention(const RowKernels& kernels, SoftplusValues values) : RowAttention(kernels), values_(std::move(values)) {}
    [[nodiscard]] std::optional<ScoreForm> softmax_form(const AttentionCall& /*call*/, std::int64_t /*head*/,
                                                        std::int64_t /*query*/) const override
    {
        return std::nullopt;
    }

protected:
    /// Cosines: the lengths are divided out in weigh().
    [[nodiscard]] ScoreForm score_form(const AttentionRow& /*row*/) const override { return {.scale = 1, .softcap = 0}; }

    void prepare(const AttentionCall& call, std::span<const float* const> keys, std::int64_t slots) override
    {
        slots_ = slots;
        norms_.resize(static_cast<std::size_t>(call.kv_heads * slots));
        for (std::int64_t head = 0; head < call.kv_heads; ++head) {
            for (std::int64_t slot = 0; slot < slots; ++slot) {
                norms_[static_cast<std::size_t>(head * slots + slot)] =
                    norm(keys[static_cast<std::size_t>(head)] + slot * call.head_dim, call.head_dim);
            }
        }
    }

    float weigh(const AttentionRow& row, std::span<float> scores) const override
    {
        const float* const norms = norms_.data() + row.kv_head * slots_;
        const auto query = static_cast<float>(row.call.temperature) * norm(row.query_row, row.call.head_dim);
        for (std::size_t j = 0; j < scores.size(); ++j) {
            scores[j] /= query * norms[row.slot(static_cast<std::int64_t>(j))];
        }
        softplus_weights(values_, row.call.head_dim, row.position, scores);
        return std::numeric_limits<float>::quiet_NaN();
    }

private:
    [[nodiscard]] float norm(const float* row, std::int64_t count) const
    {
        return std::max(std::sqrt(kernels().dot(row, row, count)), kSmallestNorm);
    }

    SoftplusValues values_;
    std::vector<float> norms_;  ///< [kv_heads, slots] of this call's keys
    std::int64_t slots_ = 0;
};

}  // namespace

MethodRegistry::Entry softplus_reweighted()
{
    MethodInfo info;
    info.id = "lssar";
    info.family = "attention variant";
    info.title = TIMBERLINE_TR("Softplus attention with re-weighting");
    info.summary = TIMBERLINE_TR(
        "Cosines, scaled by the length of the text, become weights by softplus instead of the exponential and are then sharpened by a "
        "power: trained that way, a model keeps its loss at many times its training length.");
    info.sources = {{.title = "Softplus Attention with Re-weighting Boosts Length Extrapolation in Large Language Models",
                     .authors = "Bo Gao, Michael W. Spratling",
                     .year = 2025,
                     .arxiv = "2501.13428"}};
    info.requires_text = TIMBERLINE_TR("what-if, model not trained for this");
    info.hyperparameters = declare(softplus_fields());
    info.example = R"({"timberline": 1, "bench": "attention", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 8,
 "method": {"variant": {"id": "lssar", "values": {"power": 3}}}})";
    const AttentionVariant variant = {
        .make = [](const AttentionResources& resources, const Values& values) -> Result<std::shared_ptr<AttentionKernel>> {
            return std::shared_ptr<AttentionKernel>(
                std::make_shared<SoftplusAttention>(resources.kernels, read_values(softplus_fields(), values)));
        },
        .what_if = [](const Values&) { return true; }};
    return {std::move(info), variant};
}

}  // namespace timberline::attention
