// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/training/optimizer.h"

// One line a method: METHOD(name) stands for the function `MethodRegistry::Entry name()` that the method's own file defines.
// The order is the order in which menus and `methods` list them. Data sets and losses are in lists_data.cpp.

#define TIMBERLINE_OPTIMIZERS(METHOD)                                                                                                      \
    METHOD(sgd_optimizer)                                                                                                                  \
    METHOD(adamw_optimizer)                                                                                                                \
    METHOD(sam_optimizer)

#define TIMBERLINE_SCHEDULES(METHOD)                                                                                                       \
    METHOD(constant_schedule)                                                                                                              \
    METHOD(cosine_schedule)                                                                                                                \
    METHOD(linear_schedule)                                                                                                                \
    METHOD(warm_up_schedule)

namespace timberline::training {

#define TIMBERLINE_DECLARE(name) MethodRegistry::Entry name();
TIMBERLINE_OPTIMIZERS(TIMBERLINE_DECLARE)
TIMBERLINE_SCHEDULES(TIMBERLINE_DECLARE)
#undef TIMBERLINE_DECLARE

namespace {

void add(MethodRegistry& registry, MethodRegistry::Entry entry)
{
    registry.add(std::move(entry.info), std::move(entry.factory));
}

}  // namespace

#define TIMBERLINE_ADD(name) add(registry, name());

void register_optimizers(MethodRegistry& registry)
{
    TIMBERLINE_OPTIMIZERS(TIMBERLINE_ADD)
}

void register_schedules(MethodRegistry& registry)
{
    TIMBERLINE_SCHEDULES(TIMBERLINE_ADD)
}

#undef TIMBERLINE_ADD

}  // namespace timberline::training
