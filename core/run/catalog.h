// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/method.h"

namespace timberline::run {

/// Every method of this version: the lists of all families, in the order of kFamilies.
[[nodiscard]] MethodRegistry make_catalog();

/// True when the method cannot work without a draft model: its example names one.
[[nodiscard]] bool needs_draft_model(const MethodInfo& info);

/// True for a decode controller that plays its rounds itself (decoding::RoundPlayer), whatever drafter stands beside it.
[[nodiscard]] bool plays_own_rounds(const MethodRegistry::Entry& entry);
/// True for such a controller that cannot work without a draft model.
[[nodiscard]] bool plays_with_draft_model(const MethodRegistry::Entry& entry);

}  // namespace timberline::run
