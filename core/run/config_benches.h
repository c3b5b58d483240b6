// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/run/bench_spec.h"
#include "core/run/config.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// The part of a config that a bench declares (bench_spec.h): read, completed, written and edited the same way for every bench. Inside
/// core/run only.
namespace timberline::run::detail {

using Choices = std::map<std::string, MethodChoice>;  ///< role → method

/// `"method": {ROLE: {"id", "values"}}` or its short form, and the section named like the bench.
[[nodiscard]] Status read_bench(ObjectReader& top, const BenchSpec& spec, const MethodRegistry& methods, Config& config);
/// Default methods, default values; checks everything.
[[nodiscard]] Status complete_bench(const BenchSpec& spec, const MethodRegistry& methods, Config& config, const std::string& where);
void write_bench(const BenchSpec& spec, const Config& config, OrderedJson& out);

/// Where a key's value lives: "KEY", "method.ROLE.values.KEY" or "BENCH.KEY"; bare keys look into the methods first.
struct Slot {
    const Hyperparameter* declaration = nullptr;  ///< null = no such key
    Values* values = nullptr;
};
[[nodiscard]] Slot find_slot(const BenchSpec& spec, const MethodRegistry& methods, Choices& choices, Values& settings,
                             const std::string& key);
/// Every key that find_slot takes in its shortest form.
[[nodiscard]] std::vector<std::string> slot_keys(const BenchSpec& spec, const MethodRegistry& methods, const Choices& choices);

/// `method.ROLE.id` or a slot. False when `key` is neither.
[[nodiscard]] Result<bool> set_bench_value(const BenchSpec& spec, const MethodRegistry& methods, Config& config, const std::string& key,
                                           const std::string& text);
[[nodiscard]] std::optional<std::string> get_bench_value(const BenchSpec& spec, const Config& config, const std::string& key);

/// What an event's moment is called: "step" where networks are trained, "token" where text is read.
[[nodiscard]] std::string moment_word(const std::string& bench);

}  // namespace timberline::run::detail
