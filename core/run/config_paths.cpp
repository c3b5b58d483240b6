// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/run/bench_spec.h"
#include "core/run/config.h"
#include "core/run/config_benches.h"
#include "core/run/config_detail.h"
#include "core/run/config_live.h"

#include <algorithm>
#include <charconv>

/// Values of a config by key path, as `--set`, `--vary` and the timeline's marks name them.
namespace timberline::run {
namespace {

const std::vector<std::string> kPlainPaths = {"model", "draft_model", "prompt", "ids", "seed", "method.heads", "heads"};

Error bad_text(const std::string& key, const std::string& value, const std::string& expected)
{
    return make_error(ErrorCode::InvalidArgument, key + " = " + in_quotes(value) + ": expected " + expected,
                      "Change the value of " + key + ".");
}

Result<std::vector<TokenId>> parse_ids(const std::string& key, const std::string& text)
{
    std::vector<TokenId> out;
    const char* at = text.data();
    const char* end = at + text.size();
    while (at != end) {
        TokenId id = 0;
        const auto [stop, failed] = std::from_chars(at, end, id);
        if (failed != std::errc{} || id < 0 || (stop != end && *stop != ',') || (stop != end && stop + 1 == end)) {
            return bad_text(key, text, "token ids separated by commas, such as 0,1902,331");
        }
        out.push_back(id);
        at = stop == end ? end : stop + 1;
    }
    return out;
}

/// Whether a config file of this bench may hold the key: what a file refuses, a flag must not take.
bool reads(const Config& config, const std::string& key)
{
    const auto* spec = find_bench(config.bench);
    if (spec == nullptr) {
        return true;
    }
    if (key == "draft_model" || key == "heads" || key == "method.heads" || key.starts_with("record.")) {
        return false;
    }
    const bool of_text =
        key == "model" || key == "prompt" || key == "ids" || key == "max_new_tokens" || key == "ignore_eos" || key.starts_with("sampling.");
    return spec->needs_model || !of_text;
}

/// Keys that are neither declared settings nor hyperparameters. True when `key` was one of them.
Result<bool> set_plain(Config& config, const std::string& key, const std::string& value)
{
    if (!reads(config, key)) {
        return false;
    }
    if (key == "model") {
        config.model = value;
    } else if (key == "draft_model") {
        config.draft_model = value;
    } else if (key == "heads" || key == "method.heads") {
        config.heads = value;
    } else if (key == "prompt") {
        config.prompt = value;
        config.ids.reset();
    } else if (key == "ids") {
        TIMBERLINE_ASSIGN(config.ids, parse_ids(key, value));
        config.prompt.reset();
    } else if (key == "seed") {
        std::uint64_t seed = 0;
        const auto [stop, failed] = std::from_chars(value.data(), value.data() + value.size(), seed);
        if (failed != std::errc{} || stop != value.data() + value.size() || value.empty()) {
            return bad_text(key, value, "a whole number from 0 to 18446744073709551615");
        }
        config.seed = seed;
    } else {
        return false;
    }
    return true;
}

Result<bool> set_run_setting(Config& config, const std::string& key, const std::string& text)
{
    if (!reads(config, key)) {
        return false;
    }
    const auto declarations = run_declarations();
    const auto* declaration = find_declaration(declarations, key);
    if (declaration == nullptr) {
        return false;
    }
    TIMBERLINE_ASSIGN(const auto value, parse_value(*declaration, text));
    if (key == "max_new_tokens") {
        config.max_new_tokens = std::get<std::int64_t>(value);
    } else if (key == "threads") {
        config.threads = std::get<std::int64_t>(value);
    } else if (key == "ignore_eos") {
        config.ignore_eos = std::get<bool>(value);
    } else if (key == "device") {
        config.device = std::get<std::string>(value);
    } else if (key == "record.laws") {
        config.record.laws = std::get<std::string>(value);
    } else if (key == "record.top") {
        config.record.top = std::get<std::int64_t>(value);
    }
    return true;
}

Result<bool> set_sampling(Config& config, const std::string& key, const std::string& text)
{
    if (!reads(config, key)) {
        return false;
    }
    const auto declarations = sampling_declarations();
    const auto* declaration = find_declaration(declarations, key);
    if (declaration == nullptr) {
        return false;
    }
    TIMBERLINE_ASSIGN(auto value, parse_value(*declaration, text));
    auto values = values_of(config.sampling);
    values.insert_or_assign(key.substr(key.find('.') + 1), std::move(value));
    config.sampling = sampling_of(values);
    return true;
}

/// `method.drafter.id`: another method starts from its own defaults and partners.
Result<bool> set_method_id(Config& config, const MethodRegistry& methods, const std::string& key, const std::string& value)
{
    if (config.bench != "draft") {
        return false;
    }
    for (const auto& role : kRoles) {
        if (key != "method." + std::string(role.name) + ".id") {
            continue;
        }
        if (const auto found = methods.find(role.family, value); !found.ok()) {
            return found.error().with(key);
        }
        if ((config.*(role.in_config)).id != value) {
            config.*(role.in_config) = {value, {}};
            if (role.name == "drafter") {
                config.controller = {};
                config.acceptance = {};
            }
        }
        return true;
    }
    return false;
}

/// A hyperparameter, bare or as `method.ROLE.values.KEY`.
Result<bool> set_hyperparameter(Config& config, const MethodRegistry& methods, const std::string& key, const std::string& text)
{
    if (const auto* spec = find_bench(config.bench); spec != nullptr) {
        return detail::set_bench_value(*spec, methods, config, key, text);
    }
    for (const auto& role : kRoles) {
        auto& choice = config.*(role.in_config);
        const auto found = methods.find(role.family, choice.id);
        if (!found) {
            continue;
        }
        const std::string prefix = "method." + std::string(role.name) + ".values.";
        const auto bare = key.starts_with(prefix) ? key.substr(prefix.size()) : key;
        if (const auto* declaration = find_declaration((*found)->info.hyperparameters, bare); declaration != nullptr) {
            TIMBERLINE_ASSIGN(auto value, parse_value(*declaration, text));
            choice.values.insert_or_assign(bare, std::move(value));
            return true;
        }
    }
    return false;
}

Error unknown_bench_key(const BenchSpec& spec, const Config& config, const MethodRegistry& methods, const std::string& key)
{
    auto valid = detail::slot_keys(spec, methods, config.methods);
    for (const auto& role : spec.roles) {
        valid.push_back("method." + role.name + ".id");
    }
    valid.insert(valid.end(), {"seed", "threads", "device"});
    if (spec.needs_model) {
        valid.insert(valid.end(), {"model", "prompt", "ids", "max_new_tokens"});
    }
    return make_error(ErrorCode::InvalidArgument,
                      "key " + in_quotes(key) + " is neither a hyperparameter of the chosen methods nor a setting of the bench " + spec.id,
                      spelling_hint(key, valid));
}

Error unknown_key(const Config& config, const MethodRegistry& methods, const std::string& key)
{
    if (const auto* spec = find_bench(config.bench); spec != nullptr) {
        return unknown_bench_key(*spec, config, methods, key);
    }
    std::vector<std::string> valid;
    for (const auto& role : kRoles) {
        if (const auto found = methods.find(role.family, (config.*(role.in_config)).id); found.ok()) {
            for (const auto& declaration : (*found)->info.hyperparameters) {
                valid.push_back(declaration.key);
            }
        }
    }
    for (const auto& declaration : sampling_declarations()) {
        valid.push_back(declaration.key);
    }
    for (const auto& declaration : run_declarations()) {
        valid.push_back(declaration.key);
    }
    for (const auto& role : kRoles) {
        valid.push_back("method." + std::string(role.name) + ".id");
    }
    valid.insert(valid.end(), kPlainPaths.begin(), kPlainPaths.end());
    return make_error(ErrorCode::InvalidArgument,
                      "key " + in_quotes(key) + " is neither a hyperparameter of " + config.drafter.id + ", " + config.controller.id +
                          " or " + config.acceptance.id + " nor a path of the config",
                      spelling_hint(key, valid));
}

}  // namespace

Status set_by_path(Config& config, const MethodRegistry& methods, const std::string& key, const std::string& value)
{
    TIMBERLINE_ASSIGN(auto edited, complete(config, methods));
    using Setter = Result<bool> (*)(Config&, const MethodRegistry&, const std::string&, const std::string&);
    constexpr Setter kSetters[] = {
        set_hyperparameter,
        [](Config& c, const MethodRegistry&, const std::string& k, const std::string& v) { return set_plain(c, k, v); },
        [](Config& c, const MethodRegistry&, const std::string& k, const std::string& v) { return set_run_setting(c, k, v); },
        [](Config& c, const MethodRegistry&, const std::string& k, const std::string& v) { return set_sampling(c, k, v); },
        set_method_id,
    };
    for (const auto setter : kSetters) {
        TIMBERLINE_ASSIGN(const bool done, detail::hinted(setter(edited, methods, key, value), "Change the value of " + key + "."));
        if (done) {
            TIMBERLINE_ASSIGN(config, complete(std::move(edited), methods));
            return {};
        }
    }
    return unknown_key(edited, methods, key);
}

std::optional<std::string> get_by_path(const Config& config, const std::string& key)
{
    if (const auto* spec = find_bench(config.bench); spec != nullptr) {
        if (auto found = detail::get_bench_value(*spec, config, key)) {
            return found;
        }
    }
    for (const auto& role : kRoles) {
        const auto& choice = config.*(role.in_config);
        if (choice.id.empty()) {
            continue;
        }
        const std::string base = "method." + std::string(role.name);
        if (key == base + ".id") {
            return choice.id;
        }
        const auto bare = key.starts_with(base + ".values.") ? key.substr(base.size() + 8) : key;
        if (const auto it = choice.values.find(bare); it != choice.values.end()) {
            return timberline::to_text(it->second);
        }
    }
    if (key.starts_with("sampling.")) {
        const auto values = values_of(config.sampling);
        const auto it = values.find(std::string_view(key).substr(9));
        return it == values.end() ? std::nullopt : std::optional(timberline::to_text(it->second));
    }
    if (key == "heads" || key == "method.heads") {
        return config.heads;
    }
    if (key == "prompt") {
        return config.prompt;
    }
    const auto json = to_json(config);
    const auto dot = key.find('.');
    const OrderedJson* found = nullptr;
    if (dot == std::string::npos) {
        found = json.contains(key) ? &json.at(key) : nullptr;
    } else if (key.starts_with("record.") && json.contains("record") && json.at("record").contains(key.substr(dot + 1))) {
        found = &json.at("record").at(key.substr(dot + 1));
    }
    if (found == nullptr || found->is_object() || (found->is_array() && key != "ids")) {
        return std::nullopt;
    }
    if (key == "ids") {
        return timberline::to_text(ParameterValue(found->get<std::vector<std::int64_t>>()));
    }
    return found->is_string() ? found->get<std::string>() : found->dump();
}

}  // namespace timberline::run
