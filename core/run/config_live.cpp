// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/config_live.h"

#include "core/base/text.h"
#include "core/rules/sampling.h"
#include "core/run/bench_spec.h"
#include "core/run/config_benches.h"

#include <algorithm>

namespace timberline::run {
namespace {

constexpr std::string_view kSamplingPrefix = "sampling.";

/// Effects that a run can take while it goes on.
bool changes_live(Effect effect)
{
    return effect == Effect::Redraw || effect == Effect::NextStep || effect == Effect::NextRound || effect == Effect::NextEpoch ||
           effect == Effect::ResetState;
}

struct Target {
    const Hyperparameter* declaration = nullptr;
    Values* values = nullptr;  ///< null: a sampling transform
};

class Editor
{
public:
    Editor(LiveSettings& settings, const MethodRegistry& methods, const std::string& where)
        : settings_(settings), methods_(methods), where_(where), spec_(find_bench(settings.bench)), sampling_(sampling_fields()),
          sampling_values_(values_of(settings.sampling))
    {}

    Status choose(const std::string& role_name, const std::string& id, ConfigEvent& event)
    {
        if (spec_ != nullptr) {
            return choose_in_bench(role_name, id, event);
        }
        const auto role = std::ranges::find(kRoles, role_name, &Role::name);
        if (role == std::end(kRoles)) {
            const auto near = nearest_spelling(role_name, {"drafter", "controller", "acceptance"});
            return make_error(ErrorCode::InvalidArgument,
                              where_ + ": choose." + role_name + " is not known; expected drafter, controller or acceptance",
                              near ? "Did you mean " + *near + "?" : "Write drafter, controller or acceptance.");
        }
        const auto found = methods_.find(role->family, id);
        if (!found) {
            return found.error().with(where_ + ": choose." + role_name);
        }
        auto& choice = settings_.*(role->in_settings);
        if (choice.id != id) {
            note(event.round, std::string("method.") + role_name + ".id", choice.id, id);
            choice = {id, default_values((*found)->info.hyperparameters)};
        }
        return {};
    }

    Status set(const std::string& key, ParameterValue& value, std::int32_t round)
    {
        const auto target = find(key);
        if (target.declaration == nullptr) {
            return unknown(key);
        }
        if (!changes_live(target.declaration->effect)) {
            return make_error(ErrorCode::InvalidArgument,
                              where_ + ": set." + key + " takes effect at a " + std::string(name_of(target.declaration->effect)) +
                                  " and cannot change at a " + detail::moment_word(settings_.bench),
                              "Set it at the start of the config instead.");
        }
        auto checked = check_value(*target.declaration, value);
        if (!checked) {
            return checked.error().with(where_ + ": set");
        }
        value = *checked;
        auto& slot = target.values != nullptr ? (*target.values)[target.declaration->key] : sampling_values_[target.declaration->key];
        if (slot != value) {
            note(round, key, timberline::to_text(slot), timberline::to_text(value));
            slot = value;
        }
        return {};
    }

    Result<std::vector<record::ParameterChanged>> finish()
    {
        settings_.sampling = sampling_of(sampling_values_);
        if (const auto checked = rules::check_sampling(settings_.sampling); !checked.ok()) {
            return checked.error().with(where_ + ": set");
        }
        return std::move(changes_);
    }

private:
    Status choose_in_bench(const std::string& role_name, const std::string& id, ConfigEvent& event)
    {
        const auto role = std::ranges::find(spec_->roles, role_name, &BenchRole::name);
        if (role == spec_->roles.end()) {
            std::vector<std::string> valid;
            for (const auto& known : spec_->roles) {
                valid.push_back(known.name);
            }
            return make_error(ErrorCode::InvalidArgument,
                              where_ + ": choose." + role_name + " is not known; expected one of " + joined(valid),
                              "Name a place of the bench " + spec_->id + ".");
        }
        if (!role->live) {
            return make_error(ErrorCode::InvalidArgument, where_ + ": choose." + role_name + " cannot change while a run goes on",
                              "Choose it at the start of the config instead.");
        }
        const auto found = methods_.find(role->family, id);
        if (!found) {
            return found.error().with(where_ + ": choose." + role_name);
        }
        auto& choice = settings_.methods[role_name];
        if (choice.id != id) {
            note(event.round, "method." + role_name + ".id", choice.id, id);
            choice = {id, default_values((*found)->info.hyperparameters)};
        }
        return {};
    }

    Target find(const std::string& key)
    {
        if (spec_ != nullptr) {
            const auto slot = detail::find_slot(*spec_, methods_, settings_.methods, settings_.settings, key);
            if (slot.declaration != nullptr) {
                return {slot.declaration, slot.values};
            }
        }
        if (key.starts_with(kSamplingPrefix)) {
            if (spec_ != nullptr && !spec_->needs_model) {
                return {};  // nothing is sampled there
            }
            return {find_declaration(sampling_, std::string_view(key).substr(kSamplingPrefix.size())), nullptr};
        }
        for (const auto& role : kRoles) {
            const auto found = methods_.find(role.family, (settings_.*(role.in_settings)).id);
            if (!found) {
                continue;
            }
            const std::string prefix = "method." + std::string(role.name) + ".values.";
            const auto bare = key.starts_with(prefix) ? std::string_view(key).substr(prefix.size()) : std::string_view(key);
            if (const auto* declaration = find_declaration((*found)->info.hyperparameters, bare); declaration != nullptr) {
                return {declaration, &(settings_.*(role.in_settings)).values};
            }
        }
        return {};
    }

    Error unknown(const std::string& key) const
    {
        std::vector<std::string> valid;
        if (spec_ != nullptr) {
            valid = detail::slot_keys(*spec_, methods_, settings_.methods);
            // Names what would be taken: keys of a restart are refused below in words of their own.
            std::erase_if(valid, [this](const std::string& name) {
                const auto slot = detail::find_slot(*spec_, methods_, settings_.methods, settings_.settings, name);
                return slot.declaration == nullptr || !changes_live(slot.declaration->effect);
            });
        }
        for (const auto& role : kRoles) {
            if (const auto found = methods_.find(role.family, (settings_.*(role.in_settings)).id); found.ok()) {
                for (const auto& declaration : (*found)->info.hyperparameters) {
                    valid.push_back(declaration.key);
                }
            }
        }
        for (const auto& declaration : spec_ == nullptr || spec_->needs_model ? sampling_ : std::vector<Hyperparameter>{}) {
            valid.push_back(std::string(kSamplingPrefix) + declaration.key);
        }
        std::string list;
        for (const auto& name : valid) {
            list += (list.empty() ? "" : ", ") + name;
        }
        const auto near = nearest_spelling(key, valid);
        return make_error(ErrorCode::InvalidArgument,
                          where_ + ": set." + key + " is not a value that can change at a " + detail::moment_word(settings_.bench) +
                              "; expected one of " + list,
                          near ? "Did you mean " + *near + "?" : "Use a hyperparameter of the chosen methods or a key under sampling.");
    }

    void note(std::int32_t round, std::string key, std::string from, std::string to)
    {
        changes_.push_back({.round = round, .key = std::move(key), .old_value = std::move(from), .new_value = std::move(to)});
    }

    LiveSettings& settings_;
    const MethodRegistry& methods_;
    const std::string& where_;
    const BenchSpec* spec_;  ///< null on the Draft bench
    std::vector<Hyperparameter> sampling_;
    Values sampling_values_;
    std::vector<record::ParameterChanged> changes_;
};

}  // namespace

LiveSettings live_settings(const Config& config)
{
    return {.sampling = config.sampling,
            .drafter = config.drafter,
            .controller = config.controller,
            .acceptance = config.acceptance,
            .bench = config.bench,
            .methods = config.methods,
            .settings = config.settings};
}

Result<std::vector<record::ParameterChanged>> apply_event(LiveSettings& settings, ConfigEvent& event, const MethodRegistry& methods,
                                                          const std::string& where)
{
    LiveSettings changed = settings;
    ConfigEvent normalised = event;
    Editor editor(changed, methods, where);
    // Methods first: the keys of `set` belong to the methods that are in force from this round on.
    if (event.force_node && find_bench(settings.bench) != nullptr) {
        return make_error(ErrorCode::InvalidArgument, where + ": force belongs to the Draft bench's trees", "Remove it from the event.");
    }
    for (const auto& [role, id] : event.choose) {
        TIMBERLINE_TRY(editor.choose(role, id, normalised));
    }
    for (auto& [key, value] : normalised.set) {
        TIMBERLINE_TRY(editor.set(key, value, event.round));
    }
    auto changes = editor.finish();
    if (changes.ok()) {
        settings = std::move(changed);
        event = std::move(normalised);
    }
    return changes;
}

}  // namespace timberline::run
