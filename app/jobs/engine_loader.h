// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/run/engine.h"

#include <memory>

namespace timberline::app {

/// Loads the core module (and with it libtorch, 0.6 to 0.9 s) and makes its engine. Called on the worker thread, so that the window shows
/// first. The module stays loaded until the program ends: libtorch does not survive unloading. Looks beside the program (installed:
/// ../lib/timberline, build tree: ../lib), then where $TIMBERLINE_CORE points.
[[nodiscard]] Result<std::unique_ptr<run::Engine>> load_engine();

}  // namespace timberline::app
