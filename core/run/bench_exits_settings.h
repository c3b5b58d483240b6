// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"

#include <cstdint>
#include <string>

namespace timberline::run {

/// Settings of the Exits bench, defaults included. Keys are the members' names.
struct ExitsSettings {
    std::string subject = "language-model";
    std::string net;
    std::string decode = "early-exit";
    std::string kv_mode = "propagate";
    std::int64_t earliest = 1, every = 1;
    bool exit_in_prompt = false;
    bool shadow = true;
    std::int64_t samples = 512;
    std::int64_t candidates = 5;
    std::string lens = "logit";
    std::string lens_path;
    bool train_lens = false;
    std::string lens_text;
    std::int64_t lens_steps = 60, lens_tokens = 4096, lens_batch = 128;
    double lens_rate = 1e-3;
    bool lens_warm_start = true;
    bool measure_full = true;
};

/// From complete values.
[[nodiscard]] ExitsSettings exits_settings(const Values& values);

}  // namespace timberline::run
