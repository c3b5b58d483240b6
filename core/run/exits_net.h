// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/bench.h"
#include "core/run/bench_exits_settings.h"

namespace timberline::run {

/// The Exits bench on a small network with an exit after each block: every sample is read by every head once, the policy decides from the
/// readings (exact, because nothing that a sample skips is missed by another). Rows are samples; 2-D data get a decision map of every exit.
[[nodiscard]] Result<record::RecordPtr> run_net_exits(const BenchJob& job, const ExitsSettings& settings);

/// Query "decision-map": what every exit says over the plane of a 2-D data set. Arguments, all optional: "nx", "ny" (2..512, default 64),
/// "x_low", "x_high", "y_low", "y_high" (default: the data and a tenth around them). Answer: record::ExitDecisionMap.
[[nodiscard]] Result<record::Block> net_decision_map(const BenchJob& job, const ExitsSettings& settings, const BenchQuery& query);

}  // namespace timberline::run
