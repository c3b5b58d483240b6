// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exits/exit_providers.h"

namespace timberline::app {

/// The arithmetic of core/rules as the exit views ask for it. Stateless; any thread.
[[nodiscard]] widgets::ExitProviders exit_rule_providers();

}  // namespace timberline::app
