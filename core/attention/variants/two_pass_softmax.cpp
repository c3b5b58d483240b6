// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_variant.h"
#include "core/attention/row_attention.h"
#include "core/attention/two_pass.h"
#include "core/base/translate.h"

namespace timberline::attention {

namespace {

class TwoPassAttention final : public RowAttention
{
public:
    using RowAttention::RowAttention;

protected:
    float weigh(const AttentionRow& /*row*/, std::span<float> scores) const override
    {
        return static_cast<float>(natural_log(two_pass_softmax(scores).sum));
    }
};

}  // namespace

MethodRegistry::Entry two_pass_softmax()
{
    MethodInfo info;
    info.id = "two-pass-softmax";
    info.family = "attention variant";
    info.title = TIMBERLINE_TR("Two-pass softmax");
    info.summary = TIMBERLINE_TR(
        "The same softmax without looking for the largest score first: every exponential is kept as a mantissa and an exponent, so "
        "nothing overflows and memory is read twice instead of three times.");
    info.sources = {
        {.title = "The Two-Pass Softmax Algorithm", .authors = "Marat Dukhan, Artsiom Ablavatski", .year = 2020, .arxiv = "2001.04438"}};
    info.example = R"({"timberline": 1, "bench": "attention", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 8,
 "method": {"variant": {"id": "two-pass-softmax"}}})";
    const AttentionVariant variant = {
        .make = [](const AttentionResources& resources, const Values&) -> Result<std::shared_ptr<AttentionKernel>> {
            return std::shared_ptr<AttentionKernel>(std::make_shared<TwoPassAttention>(resources.kernels));
        },
        .what_if = [](const Values&) { return false; }};
    return {std::move(info), variant};
}

}  // namespace timberline::attention
