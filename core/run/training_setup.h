// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/method.h"
#include "core/base/result.h"
#include "core/record/training_curve.h"
#include "core/run/config.h"
#include "core/run/training_values.h"
#include "core/training/trainer.h"

#include <map>
#include <memory>
#include <string>

/// From a config's words to a trainer: shared by the training bench, and by whoever trains something on the side.
namespace timberline::run {

using MethodChoices = std::map<std::string, MethodChoice>;  ///< role → method, complete: "data_set" "loss" "optimizer" "schedule"

[[nodiscard]] Result<training::DataSetPtr> make_data_set(const MethodRegistry& methods, const MethodChoice& choice,
                                                         const TrainingValues& values, std::uint64_t seed, const CancelToken& cancel);
[[nodiscard]] Result<training::LossPtr> make_loss(const MethodRegistry& methods, const MethodChoice& choice);
[[nodiscard]] Result<std::unique_ptr<training::Optimizer>> make_optimizer(const MethodRegistry& methods, const MethodChoice& choice,
                                                                          std::int64_t parameters);
[[nodiscard]] Result<std::unique_ptr<training::Schedule>> make_schedule(const MethodRegistry& methods, const MethodChoice& choice);

/// The network that the settings describe, fitted to the data (null for a quadratic).
[[nodiscard]] Result<training::NetSpec> net_spec(const TrainingValues& values, const training::DataSet* data);
[[nodiscard]] training::TrainerSettings trainer_settings(const TrainingValues& values);

/// A trainer at fresh parameters. A quadratic bowl needs no data set and no loss: those choices are not looked at.
[[nodiscard]] Result<std::unique_ptr<training::Trainer>> make_trainer(const MethodRegistry& methods, const MethodChoices& choices,
                                                                      const TrainingValues& values, std::uint64_t seed,
                                                                      const CancelToken& cancel);

/// What the record's first block says about it.
[[nodiscard]] record::TrainingSetup setup_of(training::Trainer& trainer, const std::string& data_set_id);

}  // namespace timberline::run
