// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/method.h"
#include "core/base/result.h"
#include "core/record/block.h"
#include "core/run/config.h"
#include "core/run/training_values.h"
#include "core/training/trainer.h"

#include <cstdint>

/// Probes on a network that is being trained or was trained.
namespace timberline::run {

/// Evaluates the network at its present parameters on at most values.looked_samples (0 = all) training samples and as many validation
/// samples, and asks the probe. Changes neither parameters nor buffers. Errors: the probe's own, no classifier, cancelled.
[[nodiscard]] Result<record::Block> probe_training(const MethodRegistry& methods, const MethodChoice& probe, const TrainingValues& values,
                                                   training::Trainer& trainer, std::uint64_t seed, const CancelToken& cancel);

}  // namespace timberline::run
