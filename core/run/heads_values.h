// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"

#include <cstdint>
#include <string>
#include <vector>

/// The section "heads" of a config, typed. Declared in config_bench_heads.cpp.
namespace timberline::run {

struct HeadsValues {
    // The text.
    std::string text = "target";
    std::string text_file;
    std::string prompts_file;
    std::int64_t tokens = 200'000;
    std::int64_t length = 96;
    std::int64_t opening = 6;
    double temperature = 0;
    double held_out = 0.04;
    // The loop.
    std::int64_t steps = 1500;
    std::int64_t batch = 16;
    double learning_rate = 2e-3;
    double clip_norm = 1;
    bool half_products = false;
    std::int64_t cache_mib = 512;
    // Measuring.
    std::int64_t measure_every = 250;
    std::int64_t looked_sequences = 32;
    std::int64_t prompts_measured = 8;
    std::int64_t acceptance_tokens = 48;
    std::int64_t tree_nodes = 24;
    // Keeping.
    std::string out_folder;
    std::string keep = "best";
    bool half = true;
    std::string checkpoint_path;
    std::int64_t checkpoint_every = 0;
    std::string resume_from;
};

[[nodiscard]] std::vector<Hyperparameter> heads_declarations();
/// @param settings complete and checked.
[[nodiscard]] HeadsValues heads_values(const Values& settings);

}  // namespace timberline::run
