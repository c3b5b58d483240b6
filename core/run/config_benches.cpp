// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/config_benches.h"

#include "core/base/text.h"
#include "core/run/config_detail.h"
#include "core/run/config_live.h"

#include <algorithm>

namespace timberline::run {

const BenchSpec* find_bench(std::string_view id)
{
    static const std::vector<BenchSpec> specs = {exits_bench(), attention_bench(), training_bench(), landscape_bench(), heads_bench()};
    const auto it = std::ranges::find(specs, id, &BenchSpec::id);
    return it == specs.end() ? nullptr : &*it;
}

const std::vector<std::string>& bench_names()
{
    static const std::vector<std::string> names = {"draft", "exits", "attention", "landscape", "training", "heads"};
    return names;
}

namespace detail {
namespace {

Result<Values> read_values_object(const Json& json, const std::string& where)
{
    Values out;
    if (!json.is_object()) {
        return make_error(ErrorCode::InvalidArgument, where + " = " + shown(json) + ": expected an object of values",
                          "Change it in the config.");
    }
    for (const auto& [key, value] : json.items()) {
        auto read = value_from_json(value, key);
        if (!read) {
            return read.error().with(where);
        }
        out.insert_or_assign(key, std::move(read).value());
    }
    return out;
}

Result<MethodChoice> read_choice(const Json& json, const std::string& where)
{
    ObjectReader reader(json, where);
    TIMBERLINE_TRY(reader.status());
    MethodChoice choice;
    TIMBERLINE_ASSIGN(choice.id, reader.string("id", ""));
    if (const Json* values = reader.find("values"); values != nullptr) {
        TIMBERLINE_ASSIGN(choice.values, read_values_object(*values, where + ".values"));
    }
    TIMBERLINE_TRY(reader.finish());
    if (choice.id.empty()) {
        return make_error(ErrorCode::InvalidArgument, where + ": id is missing; expected the id of a method",
                          "`timberline-cli methods` lists the ids.");
    }
    return choice;
}

Status place_short_form(const BenchSpec& spec, const MethodRegistry& methods, MethodChoice choice, Config& config, const std::string& where)
{
    std::vector<std::string> valid;
    for (const auto& role : spec.roles) {
        for (const auto* entry : methods.family(role.family)) {
            if (entry->info.id == choice.id) {
                config.methods[role.name] = std::move(choice);
                return {};
            }
            valid.push_back(entry->info.id);
        }
    }
    const auto near = nearest_spelling(choice.id, valid);
    return make_error(ErrorCode::InvalidArgument, where + ": id is " + in_quotes(choice.id) + "; expected one of " + joined(valid),
                      near ? "Did you mean " + *near + "?" : "`timberline-cli methods` lists the ids.");
}

const std::vector<Hyperparameter>* declarations_of(const MethodRegistry& methods, const BenchRole& role, const Choices& choices)
{
    const auto choice = choices.find(role.name);
    if (choice == choices.end()) {
        return nullptr;
    }
    const auto found = methods.find(role.family, choice->second.id);
    return found.ok() ? &(*found)->info.hyperparameters : nullptr;
}

}  // namespace

Status read_bench(ObjectReader& top, const BenchSpec& spec, const MethodRegistry& methods, Config& config)
{
    if (const Json* json = top.find("method"); json != nullptr) {
        const std::string where = top.where() + ": method";
        ObjectReader reader(*json, where);
        TIMBERLINE_TRY(reader.status());
        if (reader.find("id") != nullptr) {
            TIMBERLINE_ASSIGN(auto choice, read_choice(*json, where));
            TIMBERLINE_TRY(place_short_form(spec, methods, std::move(choice), config, where));
        } else {
            for (const auto& role : spec.roles) {
                if (const Json* chosen = reader.find(role.name); chosen != nullptr) {
                    TIMBERLINE_ASSIGN(config.methods[role.name], read_choice(*chosen, where + "." + role.name));
                }
            }
            TIMBERLINE_TRY(reader.finish());
        }
    }
    if (const Json* section = top.find(spec.id); section != nullptr) {
        TIMBERLINE_ASSIGN(config.settings, read_values_object(*section, top.where() + ": " + spec.id));
    }
    return {};
}

Status complete_bench(const BenchSpec& spec, const MethodRegistry& methods, Config& config, const std::string& where)
{
    for (const auto& [name, choice] : config.methods) {
        if (std::ranges::find(spec.roles, name, &BenchRole::name) == spec.roles.end()) {
            return make_error(ErrorCode::InvalidArgument, where + ": method." + name + " has no place in the bench " + spec.id,
                              "Remove it from the config.");
        }
    }
    for (const auto& role : spec.roles) {
        if (!config.methods.contains(role.name)) {
            if (role.default_id.empty()) {
                continue;
            }
            config.methods[role.name].id = role.default_id;
        }
        auto& choice = config.methods[role.name];
        const std::string path = where + ": method." + role.name;
        const auto found = methods.find(role.family, choice.id);
        if (!found) {
            return found.error().with(path);
        }
        auto values = complete_values((*found)->info.hyperparameters, choice.values, role.name + " " + choice.id);
        if (!values) {
            return values.error().with(path + ".values");
        }
        choice.values = std::move(values).value();
    }
    auto settings = complete_values(spec.settings, config.settings, "the bench " + spec.id);
    if (!settings) {
        return settings.error().with(where + ": " + spec.id);
    }
    config.settings = std::move(settings).value();
    return {};
}

void write_bench(const BenchSpec& spec, const Config& config, OrderedJson& out)
{
    OrderedJson method = OrderedJson::object();
    for (const auto& role : spec.roles) {
        const auto choice = config.methods.find(role.name);
        if (choice != config.methods.end()) {
            method[role.name]["id"] = choice->second.id;
            if (!choice->second.values.empty()) {
                method[role.name]["values"] = OrderedJson(timberline::to_json(choice->second.values));
            }
        }
    }
    out["method"] = std::move(method);
    OrderedJson section = OrderedJson::object();
    for (const auto& setting : spec.settings) {
        if (const auto value = config.settings.find(setting.key); value != config.settings.end()) {
            section[setting.key] = OrderedJson(timberline::to_json(value->second));
        }
    }
    out[spec.id] = std::move(section);
}

Slot find_slot(const BenchSpec& spec, const MethodRegistry& methods, Choices& choices, Values& settings, const std::string& key)
{
    for (const auto& role : spec.roles) {
        const auto* declarations = declarations_of(methods, role, choices);
        if (declarations == nullptr) {
            continue;
        }
        const std::string prefix = "method." + role.name + ".values.";
        const auto bare = key.starts_with(prefix) ? std::string_view(key).substr(prefix.size()) : std::string_view(key);
        if (const auto* declaration = find_declaration(*declarations, bare); declaration != nullptr) {
            return {declaration, &choices[role.name].values};
        }
    }
    const auto bare = key.starts_with(spec.id + ".") ? std::string_view(key).substr(spec.id.size() + 1) : std::string_view(key);
    if (const auto* declaration = find_declaration(spec.settings, bare); declaration != nullptr) {
        return {declaration, &settings};
    }
    return {};
}

std::vector<std::string> slot_keys(const BenchSpec& spec, const MethodRegistry& methods, const Choices& choices)
{
    std::vector<std::string> out;
    for (const auto& role : spec.roles) {
        if (const auto* declarations = declarations_of(methods, role, choices); declarations != nullptr) {
            for (const auto& declaration : *declarations) {
                out.push_back(declaration.key);
            }
        }
    }
    for (const auto& setting : spec.settings) {
        out.push_back(setting.key);
    }
    return out;
}

Result<bool> set_bench_value(const BenchSpec& spec, const MethodRegistry& methods, Config& config, const std::string& key,
                             const std::string& text)
{
    for (const auto& role : spec.roles) {
        if (key != "method." + role.name + ".id") {
            continue;
        }
        if (const auto found = methods.find(role.family, text); !found.ok()) {
            return found.error().with(key);
        }
        if (!config.methods.contains(role.name) || config.methods[role.name].id != text) {
            config.methods[role.name] = {text, {}};
        }
        return true;
    }
    const auto slot = find_slot(spec, methods, config.methods, config.settings, key);
    if (slot.declaration == nullptr) {
        return false;
    }
    TIMBERLINE_ASSIGN(auto value, parse_value(*slot.declaration, text));
    slot.values->insert_or_assign(slot.declaration->key, std::move(value));
    return true;
}

std::optional<std::string> get_bench_value(const BenchSpec& spec, const Config& config, const std::string& key)
{
    const auto text_at = [](const Values& values, std::string_view bare) -> std::optional<std::string> {
        const auto it = values.find(bare);
        return it == values.end() ? std::nullopt : std::optional(timberline::to_text(it->second));
    };
    for (const auto& role : spec.roles) {
        const auto choice = config.methods.find(role.name);
        if (choice == config.methods.end()) {
            continue;
        }
        const std::string base = "method." + role.name;
        if (key == base + ".id") {
            return choice->second.id;
        }
        const auto bare = key.starts_with(base + ".values.") ? std::string_view(key).substr(base.size() + 8) : std::string_view(key);
        if (auto text = text_at(choice->second.values, bare)) {
            return text;
        }
    }
    return text_at(config.settings,
                   key.starts_with(spec.id + ".") ? std::string_view(key).substr(spec.id.size() + 1) : std::string_view(key));
}

std::string moment_word(const std::string& bench)
{
    const auto* spec = find_bench(bench);
    return spec == nullptr ? "round" : spec->needs_model && bench != "heads" ? "token" : "step";
}

}  // namespace detail
}  // namespace timberline::run
