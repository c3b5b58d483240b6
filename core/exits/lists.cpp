// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/exit_policy.h"

// One line a method: METHOD(name) stands for the function `MethodRegistry::Entry name()` that the method's own file defines.
// The order is the order in which menus and `methods` list them.

#define TIMBERLINE_EXIT_POLICIES(METHOD)                                                                                                   \
    METHOD(confidence_policy)                                                                                                              \
    METHOD(margin_policy)                                                                                                                  \
    METHOD(entropy_policy)                                                                                                                 \
    METHOD(saturation_policy)                                                                                                              \
    METHOD(patience_policy)                                                                                                                \
    METHOD(fixed_layer_policy)

namespace timberline::exits {

#define TIMBERLINE_DECLARE(name) MethodRegistry::Entry name();
TIMBERLINE_EXIT_POLICIES(TIMBERLINE_DECLARE)
#undef TIMBERLINE_DECLARE

void register_exit_policies(MethodRegistry& registry)
{
#define TIMBERLINE_ADD(name)                                                                                                               \
    {                                                                                                                                      \
        auto entry = name();                                                                                                               \
        registry.add(std::move(entry.info), std::move(entry.factory));                                                                     \
    }
    TIMBERLINE_EXIT_POLICIES(TIMBERLINE_ADD)
#undef TIMBERLINE_ADD
}

}  // namespace timberline::exits
