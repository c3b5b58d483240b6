// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/method.h"
#include "core/base/result.h"
#include "core/record/training_curve.h"
#include "core/run/config.h"
#include "core/training/checkpoint.h"

#include <cstdint>
#include <string>
#include <vector>

/// Going on from a checkpoint: what the file carries beside the trainer's state, and how the config of the resumed run comes about.
namespace timberline::run {

/// What a training run knows at some moment, beside the trainer itself.
struct TrainingProgress {
    std::int32_t moment = 0;                        ///< the next moment
    std::vector<record::TrainingStep> steps;        ///< so far, in order of appearance
    std::vector<record::TrainingValidation> looks;  ///< so far, without the per-row values
};

/// @param config with the events that took effect so far.
[[nodiscard]] Status save_training(const std::string& file, const training::NetSpec& spec, training::TrainerState state,
                                   const Config& config, const TrainingProgress& progress);

struct ResumedTraining {
    training::Checkpoint checkpoint;
    TrainingProgress progress;
    /// The config that reproduces the whole run from its start: the checkpoint's, with its events; where `given` differs in what can change
    /// during a run, an event at the checkpoint's moment says so.
    Config config;
};
/// Errors: a damaged file; a config that differs in what cannot change (network, data set, seed), by name.
[[nodiscard]] Result<ResumedTraining> resume_training(const std::string& file, const Config& given, const MethodRegistry& methods);

/// The config as it stands when all events before `moment` have happened, without them.
[[nodiscard]] Result<Config> config_at(const Config& config, std::int32_t moment, const MethodRegistry& methods);

}  // namespace timberline::run
