// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"

#include <string>
#include <string_view>
#include <vector>

/// What a bench's config holds beside the common keys. Reader, writer, `--set`, the window's panel and live changes work from this
/// declaration; one file a bench (config_bench_exits.cpp …), compiled into timberline_base: no tensors.
namespace timberline::run {

/// A place that a method can take: `"method": {"NAME": {"id": …, "values": …}}`.
struct BenchRole {
    std::string name;        ///< "policy"
    std::string family;      ///< "exit policy"
    std::string default_id;  ///< "confidence"; empty = the place may stay empty
    std::string label;       ///< translatable, for the panel
    bool live = true;        ///< another method may be chosen while a run goes on
};

struct BenchSpec {
    std::string id;           ///< "exits"; also the key of the section that holds the settings
    bool needs_model = true;  ///< a language model and a prompt
    std::vector<BenchRole> roles;
    std::vector<Hyperparameter> settings;  ///< `"exits": {"kv_mode": "propagate"}`; keys bare
};

/// Null for "draft", which has its own keys, and for unknown names.
[[nodiscard]] const BenchSpec* find_bench(std::string_view id);
/// All names, "draft" first.
[[nodiscard]] const std::vector<std::string>& bench_names();

[[nodiscard]] BenchSpec exits_bench();
[[nodiscard]] BenchSpec attention_bench();
[[nodiscard]] BenchSpec training_bench();
[[nodiscard]] BenchSpec landscape_bench();
[[nodiscard]] BenchSpec heads_bench();

}  // namespace timberline::run
