// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/bench.h"
#include "core/run/bench_exits_settings.h"

namespace timberline::run {

/// Query "calibrate": Learn then Test on prompts (methods/exits.md 1.5), loss 1 where the early text differs from the full model's, else 0.
/// Exact from one full reading a prompt, and therefore only for the KV modes defer and oracle: a threshold certified with one mode is not
/// certified for another. Arguments: "prompts" (list of texts, 1 to 10,000), "delta" (0.001..0.5, default 0.05), "epsilon" (0.001..0.5,
/// default 0.05), "step" (0.005..0.5, default 0.05), "new_tokens" (1..512, default 32). Answer: record::ThresholdCalibration.
[[nodiscard]] Result<record::Block> calibrate_exits(const BenchJob& job, const ExitsSettings& settings, const BenchQuery& query);

}  // namespace timberline::run
