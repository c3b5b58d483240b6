// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/method.h"
#include "core/run/sweep.h"
#include "widgets/draft/sweep_view.h"

#include <QString>

#include <string>
#include <vector>

/// Between the core's sweep and the view's plain numbers. Pure but for translation; GUI thread.
namespace timberline::app {

/// A hyperparameter that a sweep can vary.
struct SweepChoice {
    std::string key;             ///< as set_by_path() takes it
    Hyperparameter declaration;  ///< labels still English
};

/// Every numeric, choice and yes-no hyperparameter of the drafter, controller and acceptance rule of a complete config, in this order, then
/// sampling.temperature, max_new_tokens and seed. A key that an earlier method has too is given as a path.
[[nodiscard]] std::vector<SweepChoice> sweep_choices(const run::Config& config, const MethodRegistry& methods);

/// What is worth trying at first: all values of a choice, a short range of whole numbers, powers of two around the current value of a
/// logarithmic one, quarters of a range of reals. As parse_sweep_values() reads it.
[[nodiscard]] QString suggested_values(const SweepChoice& choice, const run::Config& config);

/// The sweep as the view shows it. @param running whether missing points are still to come.
[[nodiscard]] widgets::SweepData sweep_data(const run::Sweep& sweep, const MethodRegistry& methods, bool running);

}  // namespace timberline::app
