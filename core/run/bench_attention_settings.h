// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"

#include <cstdint>
#include <string>

namespace timberline::run {

/// The section "attention" of a config.
struct AttentionSettings {
    std::string edits;                  ///< rules/attention_edits.h
    bool generate = true;               ///< false reads the prompt only
    std::int64_t sink_tokens = 1;       ///< 1..8
    std::int64_t local_window = 16;     ///< 1..256
    std::int64_t keep_maps = 0;         ///< 0..256
    std::int64_t compare_tokens = 256;  ///< 0..512
};

/// @param values complete.
[[nodiscard]] AttentionSettings attention_settings(const Values& values);

}  // namespace timberline::run
