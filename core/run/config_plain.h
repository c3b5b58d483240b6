// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/config.h"

namespace timberline::run {

/// The plain decoding that a config of the Draft bench is held against: same model, prompt, seed, limit, sampling, device and threads;
/// drafter plain with its partners, no draft model, heads or costs; of the events only the live changes of sampling (methods and forced
/// tokens belong to the other side). Two configs that differ only in how they draft have the same plain decoding.
[[nodiscard]] Result<Config> plain_decoding(Config config, const MethodRegistry& methods);

}  // namespace timberline::run
