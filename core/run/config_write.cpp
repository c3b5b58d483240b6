// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/run/bench_spec.h"
#include "core/run/config.h"
#include "core/run/config_benches.h"
#include "core/run/config_live.h"

#include <algorithm>
#include <cctype>

namespace timberline::run {
namespace {

OrderedJson choice_json(const MethodChoice& choice)
{
    OrderedJson out;
    out["id"] = choice.id;
    if (!choice.values.empty()) {
        out["values"] = OrderedJson(timberline::to_json(choice.values));
    }
    return out;
}

OrderedJson event_json(const ConfigEvent& event, const std::string& moment)
{
    OrderedJson out;
    out["at"] = OrderedJson{{moment, event.round}};
    if (!event.choose.empty()) {
        for (const auto& [role, id] : event.choose) {
            out["choose"][role] = id;
        }
    }
    if (!event.set.empty()) {
        for (const auto& [key, value] : event.set) {
            out["set"][key] = OrderedJson(timberline::to_json(value));
        }
    }
    if (event.force_node) {
        out["force"] = OrderedJson{{"node", *event.force_node}};
    }
    return out;
}

/// The parts that name models and text.
void write_input(const Config& config, OrderedJson& out)
{
    out["model"] = config.model;
    if (!config.draft_model.empty() && config.bench == "draft") {
        out["draft_model"] = config.draft_model;
    }
    if (config.prompt) {
        out["prompt"] = *config.prompt;
    }
    if (config.ids) {
        out["ids"] = *config.ids;
    }
}

/// A word for a POSIX shell.
std::string quoted(const std::string& word)
{
    const bool plain = !word.empty() && std::ranges::all_of(word, [](char c) {
        return (std::isalnum(static_cast<unsigned char>(c)) != 0) || std::string_view("_-./:,=+@%").find(c) != std::string_view::npos;
    });
    if (plain) {
        return word;
    }
    std::string out = "'";
    for (const char c : word) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

std::string ids_text(const std::vector<TokenId>& ids)
{
    std::string out;
    for (const auto id : ids) {
        if (!out.empty()) {
            out += ',';
        }
        out += std::to_string(id);
    }
    return out;
}

void add_sets(const Config& config, std::string& out)
{
    const auto set = [&](const std::string& key, const ParameterValue& value) {
        out += " --set " + quoted(key + "=" + timberline::to_text(value));
    };
    for (const auto& [key, value] : config.drafter.values) {
        set(key, value);
    }
    for (const auto& [key, value] : config.controller.values) {
        set("method.controller.values." + key, value);
    }
    for (const auto& [key, value] : config.acceptance.values) {
        set("method.acceptance.values." + key, value);
    }
    const auto sampling = values_of(config.sampling);
    for (const auto& declaration : sampling_fields()) {
        const auto& value = sampling.at(declaration.key);
        if (declaration.key != "temperature" && value != declaration.default_value) {
            set("sampling." + declaration.key, value);
        }
    }
    const Config defaults;
    if (config.threads != defaults.threads) {
        set("threads", config.threads);
    }
    if (config.device != defaults.device) {
        set("device", config.device);
    }
    if (config.record.laws != defaults.record.laws) {
        set("record.laws", config.record.laws);
    }
    if (config.record.top != defaults.record.top) {
        set("record.top", config.record.top);
    }
}

/// A NUL byte cannot stand in an argument.
bool fits_flags(const Config& config)
{
    return config.bench == "draft" && config.events.empty() && config.costs.is_null() &&
           !(config.prompt && config.prompt->find('\0') != std::string::npos) && !(config.ids && config.ids->empty());
}

/// The parts that only the Draft bench has.
void write_decoding(const Config& config, OrderedJson& out)
{
    OrderedJson method = OrderedJson::object();
    for (const auto& role : kRoles) {
        const auto& choice = config.*(role.in_config);
        if (!choice.id.empty()) {
            method[std::string(role.name)] = choice_json(choice);
        }
    }
    if (!config.heads.empty()) {
        method["heads"] = config.heads;
    }
    out["method"] = std::move(method);
    if (!config.costs.is_null()) {
        out["costs"] = OrderedJson(config.costs);
    }
    out["record"] = OrderedJson{{"laws", config.record.laws}, {"top", config.record.top}};
}

}  // namespace

OrderedJson to_json(const Config& config)
{
    OrderedJson out;
    out["timberline"] = kConfigVersion;
    out["bench"] = config.bench;
    const auto* spec = find_bench(config.bench);
    const bool has_text = spec == nullptr || spec->needs_model;
    if (has_text) {
        write_input(config, out);
    }
    out["seed"] = config.seed;
    if (has_text) {
        out["max_new_tokens"] = config.max_new_tokens;
        out["ignore_eos"] = config.ignore_eos;
    }
    out["threads"] = config.threads;
    out["device"] = config.device;
    if (has_text) {
        const auto sampling = values_of(config.sampling);
        for (const auto& declaration : sampling_fields()) {
            out["sampling"][declaration.key] = OrderedJson(timberline::to_json(sampling.at(declaration.key)));
        }
    }
    if (spec != nullptr) {
        detail::write_bench(*spec, config, out);
    } else {
        write_decoding(config, out);
    }
    OrderedJson events = OrderedJson::array();
    for (const auto& event : config.events) {
        events.push_back(event_json(event, detail::moment_word(config.bench)));
    }
    out["events"] = std::move(events);
    return out;
}

std::string to_text(const Config& config)
{
    return to_json(config).dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string command_line(const Config& config, const std::string& config_path)
{
    if (!fits_flags(config)) {
        return "timberline-cli run " + quoted(config_path.empty() ? "config.json" : config_path) + " --out run";
    }
    std::string out = "timberline-cli generate --model " + quoted(config.model);
    const auto flag = [&](const std::string& name, const std::string& value) {
        if (!value.empty()) {
            out += " --" + name + " " + quoted(value);
        }
    };
    flag("draft", config.draft_model);
    flag("method", config.drafter.id);
    flag("controller", config.controller.id);
    flag("acceptance", config.acceptance.id);
    flag("heads", config.heads);
    add_sets(config, out);
    if (config.ids) {
        flag("ids", ids_text(*config.ids));
    } else {
        out += " --prompt " + quoted(config.prompt.value_or(""));
    }
    flag("max-new-tokens", std::to_string(config.max_new_tokens));
    flag("temperature", number_text(config.sampling.temperature));
    flag("seed", std::to_string(config.seed));
    if (config.ignore_eos) {
        out += " --ignore-eos";
    }
    return out;
}

}  // namespace timberline::run
