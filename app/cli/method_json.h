// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/base/method.h"

namespace timberline::cli {

/// A method as `methods --json` prints it; scripts rely on the keys.
[[nodiscard]] OrderedJson method_json(const MethodInfo& info);

}  // namespace timberline::cli
