// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/edited_attention.h"

namespace timberline::attention {

namespace {

void scale_output(const AttentionCall& call, std::int64_t head, double factor)
{
    for (std::int64_t query = 0; query < call.queries; ++query) {
        float* const out = call.output + (query * call.heads + head) * call.head_dim;
        for (std::int64_t c = 0; c < call.head_dim; ++c) {
            out[c] = factor == 0 ? 0.0F : out[c] * static_cast<float>(factor);  // an ablated head is 0 even where it was infinite
        }
    }
}

}  // namespace

void EditedAttention::attend(const AttentionCall& call)
{
    const HeadPlan* const plan = plan_.data() + call.layer * heads_;
    for (std::int64_t begin = call.head_begin; begin < call.end_of_heads();) {
        const HeadPlan& first = plan[begin];
        std::int64_t end = begin + 1;
        while (end < call.end_of_heads() && plan[end].kernel == first.kernel && plan[end].temperature == first.temperature) {
            ++end;
        }
        AttentionCall part = call;
        part.head_begin = begin;
        part.head_end = end;
        part.temperature = call.temperature * first.temperature;
        first.kernel->attend(part);
        for (std::int64_t head = begin; head < end; ++head) {
            if (plan[head].factor != 1) {
                scale_output(call, head, plan[head].factor);
            }
        }
        begin = end;
    }
}

std::optional<ScoreForm> EditedAttention::softmax_form(const AttentionCall& call, std::int64_t head, std::int64_t query) const
{
    const HeadPlan& plan = plan_[static_cast<std::size_t>(call.layer * heads_ + head)];
    AttentionCall own = call;
    own.temperature = call.temperature * plan.temperature;
    return plan.kernel->softmax_form(own, head, query);
}

}  // namespace timberline::attention
