// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/run/engine.h"

#include <string>

namespace timberline::cli {

/// Checks of the installation; each returns ok() or says what differs. The engine keeps the models between them.
[[nodiscard]] Status check_random_numbers();
[[nodiscard]] Status check_models(run::Engine& engine);
[[nodiscard]] Status check_reference_text(run::Engine& engine, const CancelToken& cancel);
[[nodiscard]] Status check_reference_drafts(run::Engine& engine, const CancelToken& cancel);
[[nodiscard]] Status check_lossless_greedy(run::Engine& engine, const CancelToken& cancel);
[[nodiscard]] Status check_sampled_law();
[[nodiscard]] Status check_repeatable(run::Engine& engine, const CancelToken& cancel);
[[nodiscard]] Status check_record_file(run::Engine& engine, const CancelToken& cancel);

}  // namespace timberline::cli
