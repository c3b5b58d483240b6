// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/language_model.h"

#include <cstdint>

namespace timberline::model {

/// What the system says it could give to programs now, bytes (MemAvailable of Linux); -1 where nobody says.
[[nodiscard]] std::int64_t available_memory();

/// Whether a draft model fits into memory beside its target: weights and a short context of each, the least that a run takes.
/// @param target_loaded the target's share is taken already.  @param available bytes, as available_memory(); below 0 = not known, which
/// passes.  Error OutOfMemory: what both need, what there is, what would help.
[[nodiscard]] Status check_pair_memory(const ModelFolder& target, bool target_loaded, const ModelFolder& draft, std::int64_t available);

}  // namespace timberline::model
