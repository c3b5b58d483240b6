// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/record/layer_readings.h"
#include "core/rules/exit_rules.h"

#include <QTest>

#include <algorithm>
#include <string>
#include <vector>

/// Hand-made readings for the tests of exit rules.
namespace timberline::rules::testing {

inline record::ExitRun run_of(std::int32_t layers, std::int32_t vocabulary = 10)
{
    record::ExitRun run;
    run.layers = layers;
    run.vocabulary = vocabulary;
    run.max_new = 100;
    fill_costs(run,
               {.hidden = 4, .attention = 4, .kv = 4, .intermediate = 8, .vocabulary = static_cast<double>(vocabulary), .gated = true});
    return run;
}

/// Generated rows with nothing in them but positions.
inline record::LayerReadings rows_of(std::int32_t layers, std::size_t count)
{
    record::LayerReadings out;
    out.layers = layers;
    out.resize(count);
    for (std::size_t row = 0; row < count; ++row) {
        out.moment[row] = out.position[row] = static_cast<std::int32_t>(row);
        out.exit[row] = out.known[row] = layers;
    }
    return out;
}

/// Rows of likeliest tokens; `emits` is the same, `next` what the last layer says.
inline record::LayerReadings rows_of(const std::vector<std::vector<TokenId>>& top1)
{
    auto out = rows_of(static_cast<std::int32_t>(top1.front().size()), top1.size());
    for (std::size_t row = 0; row < top1.size(); ++row) {
        for (std::size_t layer = 0; layer < top1[row].size(); ++layer) {
            out.top1[out.cell(row, layer)] = out.emits[out.cell(row, layer)] = top1[row][layer];
        }
        out.next[row] = top1[row].back();
    }
    return out;
}

/// Numbers drawn by key, as a model could give them.
inline record::LayerReadings drawn_rows(std::int32_t layers, std::size_t count, std::int32_t vocabulary)
{
    auto out = rows_of(layers, count);
    const auto draw = [](std::size_t cell, std::uint32_t what) {
        return uniform(
            {.seed = 7, .purpose = RandomPurpose::Test, .round = what, .position = static_cast<std::uint32_t>(cell), .sibling = 0});
    };
    for (std::size_t cell = 0; cell < out.top1.size(); ++cell) {
        out.top1[cell] = out.emits[cell] = static_cast<TokenId>(draw(cell, 0) * 3);
        out.probability[cell] = static_cast<float>(draw(cell, 1));
        out.margin[cell] = out.probability[cell] * static_cast<float>(draw(cell, 2));
        out.entropy[cell] = static_cast<float>(draw(cell, 3) * std::log(static_cast<double>(vocabulary)));
        out.cosine[cell] = static_cast<float>(draw(cell, 4));
        out.next_log_probability[cell] = static_cast<float>(-draw(cell, 5));
    }
    for (std::size_t row = 0; row < count; ++row) {
        out.next[row] = out.top1[out.cell(row, static_cast<std::size_t>(layers - 1))];
    }
    return out;
}

inline Values threshold_values(double threshold)
{
    return {{"threshold", threshold}, {"thresholds", std::vector<double>{}}, {"decay", std::string("none")}, {"decay_rate", 4.0}};
}

inline ExitRule rule_of(const std::string& policy, const Values& values, const record::ExitRun& run)
{
    auto rule = ExitRule::make(policy, values, run);
    if (!rule) {
        qFatal("%s", rule.error().message.c_str());
    }
    return *rule;
}

inline ExitPlan plan_of(const record::LayerReadings& readings, const std::string& policy, const Values& values, const record::ExitRun& run)
{
    auto plan = decide_exits(readings, rule_of(policy, values, run), run);
    if (!plan) {
        qFatal("%s", plan.error().message.c_str());
    }
    return *plan;
}

}  // namespace timberline::rules::testing
