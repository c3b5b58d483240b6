// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/landscape/evaluation.h"

namespace timberline::landscape {

/// What every evaluator relies on: sizes, finite directions, samples that the network reads and the loss understands. Inside core/landscape
/// only.
[[nodiscard]] Status check_problem(const Problem& problem, const Plane& plane);

/// What outputs() says of a network that takes no numbers, and of inputs that are not [count, size].
[[nodiscard]] Error no_outputs();
[[nodiscard]] Status check_inputs(std::size_t got, std::int64_t count, std::int64_t size);

}  // namespace timberline::landscape
