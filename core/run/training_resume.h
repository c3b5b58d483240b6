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
    std::vector<record::ParameterChanged> changes;  ///< before a resumption; no part of the file: its config's events give them
};

/// @param config with the events that took effect so far.  @param kept steps of the states to which training can go back, ascending.
[[nodiscard]] Status save_training(const std::string& file, const training::NetSpec& spec, training::TrainerState state,
                                   const Config& config, const TrainingProgress& progress, const std::vector<std::int64_t>& kept);

struct ResumedTraining {
    training::Checkpoint checkpoint;
    TrainingProgress progress;
    /// The config that reproduces the whole run from its start: the checkpoint's, with its events; where `given` differs in what can change
    /// during a run, an event at the checkpoint's moment says so. The probe at the end and where things are kept are as in `given`.
    Config config;
    std::vector<std::int64_t> kept;  ///< as given to save_training()
};
/// Errors: a damaged file; a config that differs in what cannot change (network, data set, seed), by name; an event at or after the
/// checkpoint that goes back to a step before it, whose state is lost.
[[nodiscard]] Result<ResumedTraining> resume_training(const std::string& file, const Config& given, const MethodRegistry& methods);

/// The config as it stands when all events before `moment` have happened, without them.
/// @param changes not null: what they made different is appended, in order.
[[nodiscard]] Result<Config> config_at(const Config& config, std::int32_t moment, const MethodRegistry& methods,
                                       std::vector<record::ParameterChanged>* changes = nullptr);

}  // namespace timberline::run
