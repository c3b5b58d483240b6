// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/ids.h"
#include "core/base/json.h"
#include "core/base/method.h"
#include "core/base/result.h"
#include "core/record/record.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// The config: the JSON document that reproduces a run (design.md section 4). No tensors here; compiled into timberline_base, so that
/// the window can read, edit and write configs before libtorch is loaded.
namespace timberline::run {

inline constexpr int kConfigVersion = 1;

/// One selected method with its values. Values are as given; complete() fills the defaults.
struct MethodChoice {
    std::string id;
    Values values;
    friend bool operator==(const MethodChoice&, const MethodChoice&) = default;
};

/// Something that happens at the start of a round (draft), before a step (training) or a token (exits, attention): live changes and forks are written down as these, so that a config replays them.
struct ConfigEvent {
    std::int32_t round = 0;  ///< round, step or token
    std::map<std::string, ParameterValue>
        set;  ///< bare keys: hyperparameters of the method; dotted keys: config paths ("sampling.temperature")
    std::map<std::string, std::string> choose;  ///< role ("drafter" "controller" "acceptance") → method id, from this round on
    std::optional<std::int32_t> force_node;     ///< node of this round's tree that is accepted whatever the test says
    friend bool operator==(const ConfigEvent&, const ConfigEvent&) = default;
};

/// How much of the laws a record keeps.
struct RecordSettings {
    std::string laws = "auto";  ///< "auto" (full up to 8,192 tokens, else top), "full", "top", "none"
    std::int64_t top = 32;      ///< N of "top"
    friend bool operator==(const RecordSettings&, const RecordSettings&) = default;
};

struct Config {
    std::string bench = "draft";  ///< one of bench_names()
    std::string model = "bundled:tale";
    std::string draft_model;                  ///< empty = none
    std::optional<std::string> prompt;        ///< text, or
    std::optional<std::vector<TokenId>> ids;  ///< ids; neither = the BOS token
    std::uint64_t seed = 1;
    std::int64_t max_new_tokens = 128;
    bool ignore_eos = false;
    std::int64_t threads = 0;     ///< 0 = all, at most 8
    std::string device = "auto";  ///< "auto" "cpu" "cuda"
    record::Sampling sampling;
    MethodChoice drafter;     ///< empty id = default: draft-model-chain with a draft model, else plain
    MethodChoice controller;  ///< empty id = the drafter's partner
    MethodChoice acceptance;
    std::map<std::string, MethodChoice> methods;  ///< benches but draft: role → method, as bench_spec.h declares
    Values settings;                              ///< benches but draft: the section named like the bench
    std::string heads;  ///< folder of trained draft heads, "bundled:…" allowed
    Json costs;         ///< null, or the table that cost-driven methods read
    RecordSettings record;
    std::vector<ConfigEvent> events;  ///< ascending by round
    friend bool operator==(const Config&, const Config&) = default;
};

/// Reads a config strictly: unknown keys, wrong types and out-of-range values are errors that name the key path, the value, the range and
/// the nearest valid spelling. Fills in method defaults and partners, so that the result is complete.
/// @param where file name for errors.
[[nodiscard]] Result<Config> parse_config(const Json& json, const MethodRegistry& methods, const std::string& where);
[[nodiscard]] Result<Config> read_config(const std::filesystem::path& path, const MethodRegistry& methods);

/// The complete config as JSON; parse_config(to_json(c)) == c.
[[nodiscard]] OrderedJson to_json(const Config& config);
[[nodiscard]] std::string to_text(const Config& config);  ///< indented JSON with a final newline

/// Fills defaults: method ids, partners, values. Checks them like parse_config.
[[nodiscard]] Result<Config> complete(Config config, const MethodRegistry& methods);

/// Applies `--set key=value`: bare keys are hyperparameters of the chosen drafter, controller or acceptance rule (in that order), dotted
/// keys config paths.
[[nodiscard]] Status set_by_path(Config& config, const MethodRegistry& methods, const std::string& key, const std::string& value);

/// The value at a key as text, for marks on the timeline.
[[nodiscard]] std::optional<std::string> get_by_path(const Config& config, const std::string& key);

/// A command line that reproduces the run: `timberline-cli generate …` when the config fits its flags, else `timberline-cli run CONFIG.json
/// …`. Quoted for a POSIX shell.
[[nodiscard]] std::string command_line(const Config& config, const std::string& config_path);

/// Declarations of the sampling transforms' values and of the run settings (max_new_tokens, seed …), for the window's panel. Keys are
/// config paths.
[[nodiscard]] std::vector<Hyperparameter> sampling_declarations();
[[nodiscard]] std::vector<Hyperparameter> run_declarations();

}  // namespace timberline::run
