// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/rules/sampling.h"
#include "core/run/bench_spec.h"
#include "core/run/config.h"
#include "core/run/config_benches.h"
#include "core/run/config_detail.h"
#include "core/run/config_live.h"

#include <algorithm>

namespace timberline::run {
namespace {

/// The partner that a chosen method declares for a family, or "".
std::string partner_for(const MethodRegistry& methods, const Role& of, const std::string& id, const Role& wanted)
{
    const auto found = methods.find(of.family, id);
    if (!found) {
        return {};
    }
    for (const auto& partner : (*found)->info.partners) {
        if (methods.find(wanted.family, partner).ok()) {
            return partner;
        }
    }
    return {};
}

void choose_methods(Config& config, const MethodRegistry& methods)
{
    const auto& [drafter, controller, acceptance] = kRoles;
    for (const auto* other : {&controller, &acceptance}) {
        if (config.drafter.id.empty() && !(config.*(other->in_config)).id.empty()) {
            config.drafter = {partner_for(methods, *other, (config.*(other->in_config)).id, drafter), config.drafter.values};
        }
    }
    if (config.drafter.id.empty()) {
        config.drafter.id = config.draft_model.empty() ? "plain" : "draft-model-chain";
    }
    if (config.controller.id.empty()) {
        const auto partner = partner_for(methods, drafter, config.drafter.id, controller);
        config.controller.id = partner.empty() ? "fixed" : partner;
    }
    if (config.acceptance.id.empty()) {
        const auto partner = partner_for(methods, drafter, config.drafter.id, acceptance);
        config.acceptance.id = partner.empty() ? "exact" : partner;
    }
}

Status complete_methods(Config& config, const MethodRegistry& methods, const std::string& where)
{
    choose_methods(config, methods);
    for (const auto& role : kRoles) {
        auto& choice = config.*(role.in_config);
        const std::string path = where + ": method." + std::string(role.name);
        const auto found = methods.find(role.family, choice.id);
        if (!found) {
            return found.error().with(path);
        }
        auto values = complete_values((*found)->info.hyperparameters, choice.values, std::string(role.name) + " " + choice.id);
        if (!values) {
            return values.error().with(path + ".values");
        }
        choice.values = std::move(values).value();
    }
    return {};
}

Status check_run_settings(const Config& config, const std::string& where)
{
    const auto check = [&](const std::string& key, const ParameterValue& value) -> Status {
        const auto declarations = run_declarations();
        const auto* declaration = find_declaration(declarations, key);
        if (declaration == nullptr) {
            return {};
        }
        if (auto checked = check_value(*declaration, value); !checked.ok()) {
            return checked.error().with(where);
        }
        return {};
    };
    TIMBERLINE_TRY(check("max_new_tokens", config.max_new_tokens));
    TIMBERLINE_TRY(check("threads", config.threads));
    TIMBERLINE_TRY(check("device", config.device));
    TIMBERLINE_TRY(check("record.laws", config.record.laws));
    TIMBERLINE_TRY(check("record.top", config.record.top));
    for (const auto& declaration : sampling_fields()) {
        const auto values = values_of(config.sampling);
        if (auto checked = check_value(declaration, values.at(declaration.key)); !checked.ok()) {
            return checked.error().with(where + ": sampling");
        }
    }
    if (const auto checked = rules::check_sampling(config.sampling); !checked.ok()) {
        return checked.error().with(where + ": sampling");
    }
    if (config.model.empty()) {
        return make_error(ErrorCode::InvalidArgument, where + ": model is empty; expected a folder or bundled:NAME",
                          "Write \"bundled:tale\" for the bundled model.");
    }
    return {};
}

}  // namespace

namespace detail {

std::string shown(const Json& value)
{
    return printable(value.dump(-1, ' ', false, Json::error_handler_t::replace), 80);
}

Status check_bench(const Config& config, const std::string& where)
{
    if (std::ranges::find(bench_names(), config.bench) != bench_names().end()) {
        return {};
    }
    const auto near = nearest_spelling(config.bench, bench_names());
    return make_error(ErrorCode::InvalidArgument, where + ": bench = " + in_quotes(config.bench) + "; expected one of " + joined(bench_names()),
                      near ? "Did you mean " + *near + "?" : "Write the name of a bench.");
}

Result<Config> complete_at(Config config, const MethodRegistry& methods, const std::string& where)
{
    TIMBERLINE_TRY(check_bench(config, where));
    if (const auto* spec = find_bench(config.bench); spec != nullptr) {
        config.draft_model.clear();  // only the Draft bench reads one
        TIMBERLINE_TRY(complete_bench(*spec, methods, config, where));
    } else {
        TIMBERLINE_TRY(complete_methods(config, methods, where));
    }
    TIMBERLINE_TRY(check_run_settings(config, where));
    std::ranges::stable_sort(config.events, {}, &ConfigEvent::round);
    auto settings = live_settings(config);
    for (std::size_t i = 0; i < config.events.size(); ++i) {
        auto applied = apply_event(settings, config.events[i], methods, where + ": events[" + std::to_string(i) + "]");
        if (!applied) {
            return applied.error();
        }
    }
    return config;
}

}  // namespace detail

Result<Config> complete(Config config, const MethodRegistry& methods)
{
    return detail::hinted(detail::complete_at(std::move(config), methods, "config"), "Change that value in the config.");
}

}  // namespace timberline::run
