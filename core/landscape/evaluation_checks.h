// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/landscape/evaluation.h"

namespace timberline::landscape {

/// What every evaluator relies on: sizes, finite directions, samples that the network reads and the loss understands. Inside core/landscape
/// only.
[[nodiscard]] Status check_problem(const Problem& problem, const Plane& plane);

}  // namespace timberline::landscape
