// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_variant.h"

#include <any>

// One line a method: METHOD(name) stands for the function `MethodRegistry::Entry name()` that the method's own file defines.
// The order is the order in which menus and `methods` list them.

#define TIMBERLINE_ATTENTION_VARIANTS(METHOD)                                                                                              \
    METHOD(softmax_attention)                                                                                                              \
    METHOD(two_pass_softmax)                                                                                                               \
    METHOD(softplus_reweighted)                                                                                                            \
    METHOD(selective_self_attention)                                                                                                       \
    METHOD(entropy_guided_attention)

namespace timberline::attention {

#define TIMBERLINE_DECLARE(name) MethodRegistry::Entry name();
TIMBERLINE_ATTENTION_VARIANTS(TIMBERLINE_DECLARE)
#undef TIMBERLINE_DECLARE

const AttentionVariant& variant_of(const MethodRegistry::Entry& entry)
{
    return *std::any_cast<AttentionVariant>(&entry.factory);
}

void register_attention_variants(MethodRegistry& registry)
{
    const auto add = [&registry](MethodRegistry::Entry entry) { registry.add(std::move(entry.info), std::move(entry.factory)); };
#define TIMBERLINE_ADD(name) add(name());
    TIMBERLINE_ATTENTION_VARIANTS(TIMBERLINE_ADD)
#undef TIMBERLINE_ADD
}

}  // namespace timberline::attention
