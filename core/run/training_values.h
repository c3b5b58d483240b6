// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"

#include <cstdint>
#include <string>
#include <vector>

/// The section "training" of a config, typed. Declared in config_bench_training.cpp; the Landscape bench may show the same settings.
namespace timberline::run {

struct TrainingValues {
    // The network.
    std::string net = "mlp";
    std::vector<std::int64_t> hidden = {16, 16};
    std::string activation = "relu";
    bool batch_norm = false;
    bool exits = false;
    bool layer_norm = true;
    bool entropy_guided = false;
    std::vector<double> curvature = {4, 1};
    // The loop.
    std::int64_t steps = 500;
    std::int64_t batch_size = 32;
    double learning_rate = 0.1;
    double clip_norm = 0;
    std::string exit_weights = "linear";
    double first_stage = 0.5;
    bool equalise_gradients = false;
    // Entropy regulariser.
    double entropy_weight = 1e-5;
    double entropy_gamma = 0.2;
    std::string entropy_sum = "sum";
    std::string entropy_ceiling = "context";
    bool train_thresholds = true;
    // Labels.
    std::string label_noise = "none";
    double label_noise_rate = 0.4;
    // What is kept.
    std::int64_t validate_every = 25;
    std::int64_t looked_samples = 1000;
    std::int64_t snapshot_every = 0;
    std::int64_t snapshots_kept = 400;
    std::string checkpoint_path;
    std::int64_t checkpoint_every = 0;
    std::string resume_from;
    std::int64_t return_to_step = -1;
    std::string when_diverged = "stop";
};

[[nodiscard]] std::vector<Hyperparameter> training_declarations();
/// @param settings complete and checked.
[[nodiscard]] TrainingValues training_values(const Values& settings);

}  // namespace timberline::run
