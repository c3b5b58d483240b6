// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/training/data_set.h"
#include "core/training/loss.h"

// One line a method: METHOD(name) stands for the function `MethodRegistry::Entry name()` that the method's own file defines.
// The order is the order in which menus and `methods` list them.

#define TIMBERLINE_LOSSES(METHOD)                                                                                                          \
    METHOD(cross_entropy_loss)                                                                                                             \
    METHOD(label_smoothing_loss)                                                                                                           \
    METHOD(focal_loss)                                                                                                                     \
    METHOD(brier_loss)                                                                                                                     \
    METHOD(mse_loss)                                                                                                                       \
    METHOD(mse_logits_loss)                                                                                                                \
    METHOD(convex_concave_loss)                                                                                                            \
    METHOD(logit_clip_loss)                                                                                                                \
    METHOD(comp_sum_loss)                                                                                                                  \
    METHOD(generalised_cross_entropy_loss)                                                                                                 \
    METHOD(symmetric_cross_entropy_loss)                                                                                                   \
    METHOD(normalised_cross_entropy_loss)

#define TIMBERLINE_DATA_SETS(METHOD)                                                                                                       \
    METHOD(two_moons_data_set)                                                                                                             \
    METHOD(spirals_data_set)                                                                                                               \
    METHOD(rings_data_set)                                                                                                                 \
    METHOD(painted_points_data_set)                                                                                                        \
    METHOD(regression_curves_data_set)                                                                                                     \
    METHOD(digits_data_set)                                                                                                                \
    METHOD(idx_data_set)                                                                                                                   \
    METHOD(cifar_10_data_set)                                                                                                              \
    METHOD(csv_data_set)                                                                                                                   \
    METHOD(text_file_data_set)

namespace timberline::training {

#define TIMBERLINE_DECLARE(name) MethodRegistry::Entry name();
TIMBERLINE_LOSSES(TIMBERLINE_DECLARE)
TIMBERLINE_DATA_SETS(TIMBERLINE_DECLARE)
#undef TIMBERLINE_DECLARE

namespace {

void add(MethodRegistry& registry, MethodRegistry::Entry entry)
{
    registry.add(std::move(entry.info), std::move(entry.factory));
}

}  // namespace

#define TIMBERLINE_ADD(name) add(registry, name());

void register_losses(MethodRegistry& registry)
{
    TIMBERLINE_LOSSES(TIMBERLINE_ADD)
}

void register_data_sets(MethodRegistry& registry)
{
    TIMBERLINE_DATA_SETS(TIMBERLINE_ADD)
}

#undef TIMBERLINE_ADD

}  // namespace timberline::training
