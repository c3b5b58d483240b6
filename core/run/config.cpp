// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/config.h"

#include "core/rules/sampling.h"
#include "core/base/text.h"
#include "core/run/bench_spec.h"
#include "core/run/config_benches.h"
#include "core/run/config_detail.h"
#include "core/run/config_live.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::run {
namespace {

constexpr std::size_t kMostIds = std::size_t{1} << 20;
constexpr std::size_t kMostEvents = 10000;
constexpr std::int64_t kMostRounds = 1000000000;
constexpr std::uintmax_t kLargestFile = std::uintmax_t{64} << 20;

Error wrong(const std::string& where, const std::string& key, const Json& got, const std::string& expected)
{
    return make_error(ErrorCode::InvalidArgument, where + ": " + key + " = " + detail::shown(got) + ": expected " + expected,
                      "Change " + key + " in the config.");
}

/// Reads one declared value, or gives the default.
Result<ParameterValue> declared_value(ObjectReader& reader, const Hyperparameter& declaration, std::string_view key)
{
    const Json* json = reader.find(key);
    if (json == nullptr) {
        return declaration.default_value;
    }
    auto value = value_from_json(*json, key);
    if (!value) {
        return value.error().with(reader.where());
    }
    auto renamed = declaration;
    renamed.key = std::string(key);
    auto checked = check_value(renamed, *value);
    if (!checked) {
        return checked.error().with(reader.where());
    }
    return checked;
}

Status read_sampling(ObjectReader& top, Config& config, const std::string& where)
{
    const Json* json = top.find("sampling");
    if (json == nullptr) {
        return {};
    }
    ObjectReader reader(*json, where + ": sampling");
    TIMBERLINE_TRY(reader.status());
    Values values;
    for (const auto& declaration : sampling_fields()) {
        TIMBERLINE_ASSIGN(auto value, declared_value(reader, declaration, declaration.key));
        values.insert_or_assign(declaration.key, std::move(value));
    }
    TIMBERLINE_TRY(reader.finish());
    config.sampling = sampling_of(values);
    if (const auto checked = rules::check_sampling(config.sampling); !checked.ok()) {
        return checked.error().with(where + ": sampling");
    }
    return {};
}

Result<Values> read_method_values(ObjectReader& reader)
{
    Values out;
    const Json* json = reader.find("values");
    if (json == nullptr) {
        return out;
    }
    if (!json->is_object()) {
        return wrong(reader.where(), "values", *json, "an object of hyperparameters");
    }
    for (const auto& [key, value] : json->items()) {
        auto read = value_from_json(value, key);
        if (!read) {
            return read.error().with(reader.where() + ": values");
        }
        out.insert_or_assign(key, std::move(read).value());
    }
    return out;
}

/// The long form's `"drafter": {"id": …, "values": …}`.
Status read_choice(ObjectReader& method, std::string_view role, MethodChoice& choice)
{
    const Json* json = method.find(role);
    if (json == nullptr) {
        return {};
    }
    ObjectReader reader(*json, method.where() + "." + std::string(role));
    TIMBERLINE_TRY(reader.status());
    TIMBERLINE_ASSIGN(choice.id, reader.string("id", ""));
    TIMBERLINE_ASSIGN(choice.values, read_method_values(reader));
    TIMBERLINE_TRY(reader.finish());
    if (choice.id.empty()) {
        return make_error(ErrorCode::InvalidArgument, reader.where() + ": id is missing; expected the id of a method",
                          "`timberline-cli methods` lists the ids.");
    }
    return {};
}

/// The short form's `"id"`: a drafter, a controller or an acceptance rule.
Status place_short_form(Config& config, const MethodRegistry& methods, MethodChoice choice, const std::string& where)
{
    std::vector<std::string> valid;
    for (const auto& role : kRoles) {
        for (const auto* entry : methods.family(role.family)) {
            if (entry->info.id == choice.id) {
                config.*(role.in_config) = std::move(choice);
                return {};
            }
            valid.push_back(entry->info.id);
        }
    }
    std::string list;
    for (const auto& id : valid) {
        list += (list.empty() ? "" : ", ") + id;
    }
    const auto near = nearest_spelling(choice.id, valid);
    return make_error(ErrorCode::InvalidArgument, where + ": id is \"" + choice.id + "\"; expected one of " + list,
                      near ? "Did you mean " + *near + "?" : "`timberline-cli methods` lists the ids.");
}

Status read_method(ObjectReader& top, Config& config, const MethodRegistry& methods, const std::string& where)
{
    const Json* json = top.find("method");
    if (json == nullptr) {
        return {};
    }
    ObjectReader reader(*json, where + ": method");
    TIMBERLINE_TRY(reader.status());
    TIMBERLINE_ASSIGN(config.heads, reader.string("heads", ""));
    if (reader.find("id") != nullptr) {
        MethodChoice choice;
        TIMBERLINE_ASSIGN(choice.id, reader.string("id", ""));
        TIMBERLINE_ASSIGN(choice.values, read_method_values(reader));
        TIMBERLINE_TRY(reader.finish());
        return place_short_form(config, methods, std::move(choice), reader.where());
    }
    for (const auto& role : kRoles) {
        TIMBERLINE_TRY(read_choice(reader, role.name, config.*(role.in_config)));
    }
    return reader.finish();
}

Status read_prompt(ObjectReader& reader, Config& config, const std::string& where)
{
    const Json* prompt = reader.find("prompt");
    const Json* ids = reader.find("ids");
    if (prompt != nullptr && ids != nullptr) {
        return make_error(ErrorCode::InvalidArgument, where + ": prompt and ids are both given; expected one of them",
                          "Remove one: ids are taken as they are, prompt is tokenized.");
    }
    if (prompt != nullptr) {
        TIMBERLINE_ASSIGN(config.prompt, reader.string("prompt", ""));
    }
    if (ids == nullptr) {
        return {};
    }
    if (!ids->is_array() || ids->size() > kMostIds) {
        return wrong(where, "ids", *ids, "a list of at most 1,048,576 token ids");
    }
    std::vector<TokenId> out;
    out.reserve(ids->size());
    for (std::size_t i = 0; i < ids->size(); ++i) {
        const Json& id = (*ids)[i];
        const bool fits = id.is_number_integer() &&
                          !(id.is_number_unsigned() && id.get<std::uint64_t>() > std::numeric_limits<TokenId>::max()) &&
                          id.get<std::int64_t>() >= 0 && id.get<std::int64_t>() <= std::numeric_limits<TokenId>::max();
        if (!fits) {
            return wrong(where, "ids[" + std::to_string(i) + "]", id, "a token id, 0 to 2147483647");
        }
        out.push_back(id.get<TokenId>());
    }
    config.ids = std::move(out);
    return {};
}

Status read_seed(ObjectReader& reader, Config& config, const std::string& where)
{
    const Json* json = reader.find("seed");
    if (json == nullptr) {
        return {};
    }
    if (json->is_number_unsigned()) {
        config.seed = json->get<std::uint64_t>();
        return {};
    }
    if (!json->is_number_integer() || json->get<std::int64_t>() < 0) {
        return wrong(where, "seed", *json, "a whole number, 0 to 18446744073709551615");
    }
    config.seed = static_cast<std::uint64_t>(json->get<std::int64_t>());
    return {};
}

/// A table of costs: numbers, lists and objects of numbers; nothing negative.
bool is_cost_table(const Json& json)
{
    if (json.is_number()) {
        return std::isfinite(json.get<double>()) && json.get<double>() >= 0;
    }
    return (json.is_object() || json.is_array()) && std::ranges::all_of(json, is_cost_table);
}

Status read_costs(ObjectReader& reader, Config& config, const std::string& where)
{
    const Json* json = reader.find("costs");
    if (json == nullptr || json->is_null()) {
        return {};
    }
    if (!json->is_object() || !is_cost_table(*json)) {
        return wrong(where, "costs", *json, "an object of numbers that are not negative");
    }
    config.costs = *json;
    return {};
}

Status read_record_settings(ObjectReader& top, Config& config, const std::string& where)
{
    const Json* json = top.find("record");
    if (json == nullptr) {
        return {};
    }
    ObjectReader reader(*json, where + ": record");
    TIMBERLINE_TRY(reader.status());
    TIMBERLINE_ASSIGN(config.record.laws, reader.choice("laws", config.record.laws, {"auto", "full", "top", "none"}));
    TIMBERLINE_ASSIGN(config.record.top, reader.integer("top", config.record.top, 1, 4096));
    return reader.finish();
}

Result<ConfigEvent> read_event(const Json& json, const std::string& moment, const std::string& where)
{
    ObjectReader reader(json, where);
    TIMBERLINE_TRY(reader.status());
    ConfigEvent event;
    const Json* at = reader.find("at");
    if (at == nullptr) {
        return make_error(ErrorCode::InvalidArgument, where + ": at is missing; expected {\"" + moment + "\": number}",
                          "Say when the event happens.");
    }
    ObjectReader when(*at, where + ".at");
    TIMBERLINE_TRY(when.status());
    if (when.find(moment) == nullptr) {
        TIMBERLINE_TRY(when.finish());
        return make_error(ErrorCode::InvalidArgument, where + ".at: " + moment + " is missing; expected a whole number",
                          "Say in which " + moment + " the event happens.");
    }
    TIMBERLINE_ASSIGN(const auto round, when.integer(moment, 0, 0, kMostRounds));
    event.round = static_cast<std::int32_t>(round);
    TIMBERLINE_TRY(when.finish());

    if (const Json* set = reader.find("set"); set != nullptr) {
        if (!set->is_object()) {
            return wrong(where, "set", *set, "an object of values");
        }
        for (const auto& [key, value] : set->items()) {
            auto read = value_from_json(value, key);
            if (!read) {
                return read.error().with(where + ": set");
            }
            event.set.insert_or_assign(key, std::move(read).value());
        }
    }
    if (const Json* choose = reader.find("choose"); choose != nullptr) {
        if (!choose->is_object()) {
            return wrong(where, "choose", *choose, "an object such as {\"drafter\": \"plain\"}");
        }
        for (const auto& [role, id] : choose->items()) {
            if (!id.is_string()) {
                return wrong(where, "choose." + role, id, "the id of a method");
            }
            event.choose.insert_or_assign(role, id.get<std::string>());
        }
    }
    if (const Json* force = reader.find("force"); force != nullptr) {
        ObjectReader forced(*force, where + ".force");
        TIMBERLINE_TRY(forced.status());
        if (forced.find("node") == nullptr) {
            TIMBERLINE_TRY(forced.finish());
            return make_error(ErrorCode::InvalidArgument, where + ".force: node is missing; expected a node of the round's tree",
                              "Nodes count from 1.");
        }
        TIMBERLINE_ASSIGN(const auto node, forced.integer("node", 1, 1, 1000000));
        TIMBERLINE_TRY(forced.finish());
        event.force_node = static_cast<std::int32_t>(node);
    }
    TIMBERLINE_TRY(reader.finish());
    if (event.set.empty() && event.choose.empty() && !event.force_node) {
        return make_error(ErrorCode::InvalidArgument, where + " does nothing; expected set, choose or force",
                          "Remove the event or say what it changes.");
    }
    return event;
}

Status read_events(ObjectReader& reader, Config& config, const std::string& where)
{
    const Json* json = reader.find("events");
    if (json == nullptr) {
        return {};
    }
    if (!json->is_array() || json->size() > kMostEvents) {
        return wrong(where, "events", *json, "a list of at most 10,000 events");
    }
    for (std::size_t i = 0; i < json->size(); ++i) {
        TIMBERLINE_ASSIGN(auto event, read_event((*json)[i], detail::moment_word(config.bench), where + ": events[" + std::to_string(i) + "]"));
        config.events.push_back(std::move(event));
    }
    return {};
}

Status read_header(ObjectReader& reader, Config& config, const std::string& where)
{
    const Json* mark = reader.find("timberline");
    if (mark == nullptr) {
        return make_error(ErrorCode::InvalidArgument, where + ": timberline is missing; expected the config version, 1",
                          "Put \"timberline\": 1 at the start if this is a Timberline config.");
    }
    if (!mark->is_number_integer() || mark->get<std::int64_t>() < 1) {
        return wrong(where, "timberline", *mark, "the config version, 1");
    }
    if (mark->get<std::int64_t>() > kConfigVersion) {
        return make_error(ErrorCode::Unsupported,
                          where + ": timberline is " + detail::shown(*mark) + "; this program reads config version " +
                              std::to_string(kConfigVersion),
                          "Update Timberline to read this config.");
    }
    if (reader.find("bench") == nullptr) {
        return make_error(ErrorCode::InvalidArgument, where + ": bench is missing; expected one of " + joined(bench_names()), "Add \"bench\": \"draft\".");
    }
    TIMBERLINE_ASSIGN(config.bench, reader.choice("bench", "draft", bench_names()));
    return {};
}

enum class Text : std::uint8_t { No, Yes };

Status read_run_settings(ObjectReader& reader, Config& config, Text with_text, const std::string& where)
{
    for (const auto& declaration : run_declarations()) {
        if (declaration.key == "seed" || declaration.key.find('.') != std::string::npos) {
            continue;
        }
        const bool of_text = declaration.key == "max_new_tokens" || declaration.key == "ignore_eos";
        if (of_text && with_text == Text::No) {
            continue;  // such keys stay unknown where nothing is generated
        }
        TIMBERLINE_ASSIGN(const auto value, declared_value(reader, declaration, declaration.key));
        if (declaration.key == "max_new_tokens") {
            config.max_new_tokens = std::get<std::int64_t>(value);
        } else if (declaration.key == "threads") {
            config.threads = std::get<std::int64_t>(value);
        } else if (declaration.key == "ignore_eos") {
            config.ignore_eos = std::get<bool>(value);
        } else if (declaration.key == "device") {
            config.device = std::get<std::string>(value);
        }
    }
    return read_seed(reader, config, where);
}

Result<Config> read_whole(const Json& json, const MethodRegistry& methods, const std::string& where)
{
    ObjectReader reader(json, where);
    TIMBERLINE_TRY(reader.status());
    Config config;
    TIMBERLINE_TRY(read_header(reader, config, where));
    TIMBERLINE_TRY(detail::check_bench(config, where));
    const auto* spec = find_bench(config.bench);
    if (spec == nullptr || spec->needs_model) {
        TIMBERLINE_ASSIGN(config.model, reader.string("model", config.model));
        TIMBERLINE_TRY(read_prompt(reader, config, where));
        TIMBERLINE_TRY(read_sampling(reader, config, where));
    }
    TIMBERLINE_TRY(read_run_settings(reader, config, spec == nullptr || spec->needs_model ? Text::Yes : Text::No, where));
    if (spec != nullptr) {
        TIMBERLINE_TRY(detail::read_bench(reader, *spec, methods, config));
    } else {
        TIMBERLINE_ASSIGN(config.draft_model, reader.string("draft_model", ""));
        TIMBERLINE_TRY(read_method(reader, config, methods, where));
        TIMBERLINE_TRY(read_costs(reader, config, where));
        TIMBERLINE_TRY(read_record_settings(reader, config, where));
    }
    TIMBERLINE_TRY(read_events(reader, config, where));
    TIMBERLINE_TRY(reader.finish());
    return detail::complete_at(std::move(config), methods, where);
}

}  // namespace

Result<Config> parse_config(const Json& json, const MethodRegistry& methods, const std::string& where)
{
    return detail::hinted(read_whole(json, methods, where), "Change that value in the config.");
}

Result<Config> read_config(const std::filesystem::path& path, const MethodRegistry& methods)
{
    TIMBERLINE_ASSIGN(const auto json, read_json_file(path, kLargestFile));
    return parse_config(json, methods, path.filename().string());
}

}  // namespace timberline::run
