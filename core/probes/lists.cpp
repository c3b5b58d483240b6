// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probes/probe.h"

// One line a method: METHOD(name) stands for the function `MethodRegistry::Entry name()` that the method's own file defines.
// The order is the order in which menus and `methods` list them.

#define TIMBERLINE_PROBES(METHOD)                                                                                                          \
    METHOD(reliability_probe)                                                                                                              \
    METHOD(temperature_scaling_probe)                                                                                                      \
    METHOD(proper_scores_probe)                                                                                                            \
    METHOD(membership_inference_probe)                                                                                                     \
    METHOD(loss_variance_probe)                                                                                                            \
    METHOD(label_noise_probe)

namespace timberline::probes {

#define TIMBERLINE_DECLARE(name) MethodRegistry::Entry name();
TIMBERLINE_PROBES(TIMBERLINE_DECLARE)
#undef TIMBERLINE_DECLARE

void register_probes(MethodRegistry& registry)
{
    const auto add = [&](MethodRegistry::Entry entry) { registry.add(std::move(entry.info), std::move(entry.factory)); };
#define TIMBERLINE_ADD(name) add(name());
    TIMBERLINE_PROBES(TIMBERLINE_ADD)
#undef TIMBERLINE_ADD
}

}  // namespace timberline::probes
