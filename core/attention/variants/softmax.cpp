// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_variant.h"
#include "core/base/translate.h"

namespace timberline::attention {

MethodRegistry::Entry softmax_attention()
{
    MethodInfo info;
    info.id = "softmax";
    info.family = "attention variant";
    info.title = TIMBERLINE_TR("Softmax attention");
    info.summary = TIMBERLINE_TR("Exact scaled dot-product attention: what the model was trained with. Every variant is compared with it.");
    info.sources = {{.title = "Attention Is All You Need", .authors = "Ashish Vaswani et al.", .year = 2017, .arxiv = "1706.03762"}};
    info.example = R"({"timberline": 1, "bench": "attention", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 8,
 "method": {"variant": {"id": "softmax"}}})";
    const AttentionVariant variant = {.make = [](const AttentionResources& resources,
                                                 const Values&) -> Result<std::shared_ptr<AttentionKernel>> { return resources.exact; },
                                      .what_if = [](const Values&) { return false; }};
    return {std::move(info), variant};
}

}  // namespace timberline::attention
