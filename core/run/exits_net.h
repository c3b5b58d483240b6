// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/layer_readings.h"
#include "core/run/bench.h"
#include "core/run/bench_exits_settings.h"

namespace timberline::training {
struct NetSpec;
}

namespace timberline::run {

/// FLOPs of each block and head of a classifier, into block_flops and head_flops; nothing attends, so keys and windows are 0. Pooling and
/// activations are left out, as the cost model does for decoders. Precondition: run.layers = head_count(spec), no transformer.
void fill_net_costs(record::ExitRun& run, const training::NetSpec& spec);

/// The Exits bench on a small network with an exit after each block: every sample is read by every head once, the policy decides from the
/// readings (exact, because nothing that a sample skips is missed by another). Rows are samples; 2-D data get a decision map of every exit.
[[nodiscard]] Result<record::RecordPtr> run_net_exits(const BenchJob& job, const ExitsSettings& settings);

/// Query "decision-map": what every exit says over the plane of a 2-D data set. Arguments, all optional: "nx", "ny" (2..512, default 64),
/// "x_low", "x_high", "y_low", "y_high" (default: the data and a tenth around them). Answer: record::ExitDecisionMap.
[[nodiscard]] Result<record::Block> net_decision_map(const BenchJob& job, const ExitsSettings& settings, const BenchQuery& query);

}  // namespace timberline::run
