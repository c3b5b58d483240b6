// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/method.h"

namespace timberline::run {

/// Every method of this version: the lists of all families, in the order of kFamilies.
[[nodiscard]] MethodRegistry make_catalog();

/// True when the method cannot work without a draft model: its example names one.
[[nodiscard]] bool needs_draft_model(const MethodInfo& info);

}  // namespace timberline::run
