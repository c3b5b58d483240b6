// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/comparison_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

namespace timberline::run {

namespace {

OrderedJson real(double value)
{
    return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr);
}

OrderedJson real(std::optional<double> value)
{
    return value ? real(*value) : OrderedJson(nullptr);
}

void add_depths(OrderedJson& row, const ComparedNumbers& numbers, DepthColumns kind, std::size_t deepest)
{
    if (kind == DepthColumns::Nested) {
        auto list = OrderedJson::array();
        for (const auto& depth : numbers.depths) {
            list.push_back({{"depth", depth.depth}, {"acceptance", real(depth.conditional.value())}, {"n", depth.conditional.trials}});
        }
        row["acceptance_by_depth"] = std::move(list);
        return;
    }
    if (kind == DepthColumns::Flat) {
        for (std::size_t i = 0; i < deepest; ++i) {
            const auto name = std::to_string(i + 1);
            const bool known = i < numbers.depths.size();
            row["acceptance_" + name] = known ? real(numbers.depths[i].conditional.value()) : OrderedJson(nullptr);
            row["n_" + name] = known ? OrderedJson(numbers.depths[i].conditional.trials) : OrderedJson(nullptr);
        }
        return;
    }
    std::string text;
    for (const auto& depth : numbers.depths) {
        if (depth.conditional.trials > 0) {
            char part[48];
            std::snprintf(part, sizeof part, "%s%.2f (%lld)", text.empty() ? "" : " ", depth.conditional.value(),
                          static_cast<long long>(depth.conditional.trials));
            text += part;
        }
    }
    row["acceptance_by_depth"] = text.empty() ? OrderedJson(nullptr) : OrderedJson(text);
}

OrderedJson row_of(const ComparedRun& run, DepthColumns depths, std::size_t deepest, bool errors)
{
    const auto& numbers = run.numbers;
    const bool ran = run.record != nullptr;
    const auto known = [&](auto value) { return ran ? OrderedJson(value) : OrderedJson(nullptr); };
    const auto time = [&](double value) { return ran ? real(value) : OrderedJson(nullptr); };
    OrderedJson row;
    row["method"] = run.label;
    row["accepted_per_pass"] = real(numbers.accepted_per_pass);
    row["mean_acceptance"] = real(numbers.mean_acceptance);
    add_depths(row, numbers, depths, deepest);
    row["tokens"] = known(numbers.tokens);
    row["rounds"] = known(numbers.rounds);
    row["draft_ms"] = time(numbers.draft_ms);
    row["verify_ms"] = time(numbers.verify_ms);
    row["overhead_ms"] = time(numbers.overhead_ms);
    row["draft_ms_per_token"] = time(numbers.per_token(numbers.draft_ms));
    row["verify_ms_per_token"] = time(numbers.per_token(numbers.verify_ms));
    row["overhead_ms_per_token"] = time(numbers.per_token(numbers.overhead_ms));
    row["method_ms_per_token"] = real(run.method_ms());
    row["plain_ms_per_token"] = real(run.plain_ms());
    row["speed_up"] = ran ? real(run.speedup()) : OrderedJson(nullptr);
    row["speed_up_low"] = run.measured ? real(run.measured->spread_low) : OrderedJson(nullptr);
    row["speed_up_high"] = run.measured ? real(run.measured->spread_high) : OrderedJson(nullptr);
    row["repeats"] = run.measured ? OrderedJson(run.measured->repeats) : OrderedJson(nullptr);
    row["lossless"] = known(numbers.lossless);
    const auto same = run.same_text();
    row["same_text"] = same ? OrderedJson(*same) : OrderedJson(nullptr);
    if (errors) {
        row["error"] = run.error ? OrderedJson(run.error->message) : OrderedJson(nullptr);
    }
    return row;
}

/// Every value of a config by its path; lists are values. Depth is limited by parse_json().
void flatten(const Json& json, const std::string& path, std::map<std::string, Json>& out)
{
    if (!json.is_object()) {
        out[path] = json;
        return;
    }
    for (const auto& [key, value] : json.items()) {
        flatten(value, path.empty() ? key : path + "." + key, out);
    }
}

}  // namespace

OrderedJson comparison_rows(const std::vector<ComparedRun>& runs, DepthColumns depths)
{
    std::size_t deepest = 0;
    bool errors = false;
    for (const auto& run : runs) {
        deepest = std::max(deepest, run.numbers.depths.size());
        errors = errors || run.error.has_value();
    }
    auto rows = OrderedJson::array();
    for (const auto& run : runs) {
        rows.push_back(row_of(run, depths, deepest, errors));
    }
    return rows;
}

OrderedJson diff_row(const std::string& label_a, const std::string& label_b, const record::RunDiff& diff)
{
    OrderedJson row;
    row["a"] = label_a;
    row["b"] = label_b;
    row["same_prompt"] = diff.same_prompt;
    row["first_difference"] = diff.first_difference < 0 ? OrderedJson(nullptr) : OrderedJson(diff.first_difference);
    row["both"] = diff.counts.both;
    row["only_a"] = diff.counts.only_a;
    row["only_b"] = diff.counts.only_b;
    row["states"] = diff.counts.states;
    row["beyond_a"] = diff.beyond_a;
    row["beyond_b"] = diff.beyond_b;
    return row;
}

OrderedJson differing_settings(const std::vector<ComparedRun>& runs)
{
    std::set<std::string> keys;
    std::vector<std::string> names;
    std::vector<std::map<std::string, Json>> configs;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto* started = runs[i].record == nullptr ? nullptr : record::run_started(*runs[i].record);
        const auto json = parse_json(started == nullptr ? "" : started->config_json, "config");
        if (!json.ok() || !json->is_object()) {
            continue;
        }
        auto& config = configs.emplace_back();
        flatten(*json, {}, config);
        names.push_back(std::to_string(i + 1) + " " + runs[i].label);
        for (const auto& [key, value] : config) {
            keys.insert(key);
        }
    }
    auto rows = OrderedJson::array();
    for (const auto& key : keys) {
        OrderedJson row = {{"setting", key}};
        bool differs = false;
        for (std::size_t i = 0; i < configs.size(); ++i) {
            const auto it = configs[i].find(key);
            row[names[i]] = it == configs[i].end() ? OrderedJson(nullptr) : OrderedJson(it->second);
            differs = differs || row[names[i]] != row[names[0]];
        }
        if (differs) {
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

}  // namespace timberline::run
