// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/method.h"
#include "core/base/result.h"
#include "core/record/record.h"
#include "core/run/config.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What of a config may change from round to round, and how an event changes it. One mechanism for checking a config's events, for
/// scheduled events of a run and for live tweaks. No tensors here.
namespace timberline::run {

/// The part of a config that may differ between rounds.
struct LiveSettings {
    record::Sampling sampling;
    MethodChoice drafter, controller, acceptance;
    std::string bench = "draft";
    std::map<std::string, MethodChoice> methods;  ///< benches but draft
    Values settings;                              ///< benches but draft
    friend bool operator==(const LiveSettings&, const LiveSettings&) = default;
};

/// One of the three places a decode method can take.
struct Role {
    std::string_view name;    ///< "drafter"
    std::string_view family;  ///< "drafter"
    MethodChoice Config::*in_config;
    MethodChoice LiveSettings::*in_settings;
};
inline constexpr Role kRoles[] = {
    {"drafter", "drafter", &Config::drafter, &LiveSettings::drafter},
    {"controller", "decode controller", &Config::controller, &LiveSettings::controller},
    {"acceptance", "acceptance rule", &Config::acceptance, &LiveSettings::acceptance},
};

[[nodiscard]] LiveSettings live_settings(const Config& config);

/// Applies one event to the settings. Checks method ids, keys, types and ranges; converts the event's values to their declared types.
/// On an error neither `settings` nor `event` is changed.
/// @param where put in front of errors: "config.json: events[0]".
/// @return what became different, for the record; old and new values as text.
[[nodiscard]] Result<std::vector<record::ParameterChanged>> apply_event(LiveSettings& settings, ConfigEvent& event,
                                                                        const MethodRegistry& methods, const std::string& where);

/// The sampling transforms' declarations with bare keys ("temperature").
[[nodiscard]] std::vector<Hyperparameter> sampling_fields();
/// Fields of `sampling` as values, and back. Keys bare. Missing keys keep the struct's default.
[[nodiscard]] Values values_of(const record::Sampling& sampling);
[[nodiscard]] record::Sampling sampling_of(const Values& values);

/// Declaration of `key`, or null.
[[nodiscard]] const Hyperparameter* find_declaration(const std::vector<Hyperparameter>& declarations, std::string_view key);

}  // namespace timberline::run
