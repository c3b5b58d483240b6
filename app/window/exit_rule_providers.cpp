// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/exit_rule_providers.h"

#include "core/rules/exit_curves.h"
#include "core/rules/exit_rules.h"

#include <algorithm>
#include <cmath>

namespace timberline::app {

using record::ExitDecisionMap;
using record::ExitRun;
using record::KvMode;
using record::LayerReadings;
using widgets::ExitChoice;
using widgets::ExitCostKind;
using widgets::ExitCurvePoint;
using widgets::ExitDecided;
using widgets::ExitFigures;
using widgets::ExitFront;
using widgets::ExitQualityKind;
using widgets::ExitReliability;

namespace {

/// Generated rows, or all when nothing was generated (a text that is only read, a data set).
rules::RowSet rows_of(const LayerReadings& readings)
{
    const bool generated = std::any_of(readings.moment.begin(), readings.moment.end(), [](std::int32_t moment) { return moment >= 0; });
    return generated ? rules::RowSet::Generated : rules::RowSet::All;
}

ExitFigures figures_of(const rules::ExitOutcome& outcome)
{
    ExitFigures out;
    out.rows = outcome.rows;
    out.undecided = outcome.undecided;
    if (outcome.rows > 0) {
        out.meanDepth = outcome.mean_depth;
        out.layerFraction = outcome.layer_fraction;
        out.flopFraction = outcome.flop_fraction;
    }
    out.agreement = outcome.agreement;
    out.accuracy = outcome.accuracy;
    out.nll = outcome.nll;
    out.fullNll = outcome.full_nll;
    out.histogram = outcome.histogram;
    return out;
}

ExitCurvePoint point_of(const rules::ExitPoint& point)
{
    return {.policy = point.policy,
            .key = point.key,
            .setting = point.setting,
            .cost = point.cost,
            .quality = point.quality,
            .figures = figures_of(point.outcome)};
}

rules::ExitCost cost_of(ExitCostKind cost)
{
    return cost == ExitCostKind::Flops ? rules::ExitCost::Flops : rules::ExitCost::Layers;
}

rules::ExitQuality quality_of(ExitQualityKind quality)
{
    return quality == ExitQualityKind::Agreement  ? rules::ExitQuality::Agreement
           : quality == ExitQualityKind::Accuracy ? rules::ExitQuality::Accuracy
                                                  : rules::ExitQuality::LogLikelihood;
}

/// A plan's point by its own cost and quality.
ExitCurvePoint point_from(const rules::ExitOutcome& outcome, std::string policy, std::string key, double setting, ExitCostKind cost,
                          ExitQualityKind quality)
{
    ExitCurvePoint point{.policy = std::move(policy), .key = std::move(key), .setting = setting, .figures = figures_of(outcome)};
    point.cost = cost == ExitCostKind::Flops ? point.figures.flopFraction : point.figures.layerFraction;
    point.quality = quality == ExitQualityKind::Agreement  ? point.figures.agreement
                    : quality == ExitQualityKind::Accuracy ? point.figures.accuracy
                                                           : -point.figures.nll;
    return point;
}

/// The run's facts with the exits that the choice allows.
ExitRun facts_of(ExitRun run, const ExitChoice& choice)
{
    run.earliest = choice.earliest > 0 ? choice.earliest : run.earliest;
    run.every = choice.every > 0 ? choice.every : run.every;
    return run;
}

ExitDecided decide(const LayerReadings& readings, const ExitRun& recorded_run, const ExitChoice& choice)
{
    const auto run = facts_of(recorded_run, choice);
    ExitDecided out;
    const auto rule = rules::ExitRule::make(choice.policy, choice.values, run);
    if (!rule.ok()) {
        out.problem = QString::fromStdString(rule.error().message);
        return out;
    }
    auto plan = rules::decide_exits(readings, rule.value(), run);
    auto profile = rules::score_profile(readings, rule.value(), run);
    if (!plan.ok() || !profile.ok()) {
        const auto& error = !plan.ok() ? plan.error() : profile.error();
        out.problem = QString::fromStdString(error.message + ". " + error.hint);
        return out;
    }
    out.firstStale = rules::first_stale_row(readings, plan.value(), run, choice.mode);
    out.figures = figures_of(rules::outcome(readings, plan.value(), run, choice.mode, rows_of(readings)));
    out.exit = std::move(plan.value().exit);
    out.score = std::move(profile.value().score);
    out.threshold = std::move(profile.value().threshold);
    out.native = std::move(profile.value().native);
    return out;
}

ExitFigures recorded(const LayerReadings& readings, const ExitRun& run)
{
    rules::ExitPlan plan;
    plan.exit = readings.exit;
    plan.heads = readings.heads;
    plan.look_flops.assign(readings.rows(), 0);
    const auto set = rows_of(readings);
    auto out = figures_of(rules::outcome(readings, plan, run, run.kv_mode, set));
    // FLOPs as the run counted them, with every read-out that its policy asked for while values changed.
    rules::ExitCosts costs(run, run.kv_mode);
    double spent = 0;
    double full = 0;
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        (void)costs.add(readings.exit[row], 0);
        if (rules::contains(set, readings, row)) {
            spent += readings.flops[row];
            full += costs.full();
        }
    }
    out.flopFraction = full > 0 ? spent / full : ExitFigures::kNone;
    std::int64_t overthinking = 0;
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        overthinking += rules::contains(set, readings, row) && rules::overthinks(readings, row) ? 1 : 0;
    }
    if (std::isfinite(out.agreement)) {  // every row was read to the last layer
        out.overthinking = static_cast<double>(overthinking) / static_cast<double>(out.rows);
    }
    return out;
}

std::vector<ExitCurvePoint> sweep(const LayerReadings& readings, const ExitRun& run, const ExitChoice& choice, ExitCostKind cost,
                                  ExitQualityKind quality)
{
    const rules::SweptPolicy policy{.policy = choice.policy, .values = choice.values};
    std::vector<ExitCurvePoint> out;
    for (const auto& point : rules::sweep_exits(readings, {&policy, 1}, facts_of(run, choice), choice.mode, cost_of(cost),
                                                quality_of(quality), rows_of(readings))) {
        out.push_back(point_of(point));
    }
    return out;
}

/// Scores of the counted rows at every layer where the policy may exit; the last entry is the forced exit.
struct ExitScores {
    std::vector<std::int32_t> layers;        ///< from 1
    std::vector<std::vector<float>> scores;  ///< [exits][rows]
};

ExitScores scores_of(const LayerReadings& readings, const ExitRun& run, const ExitChoice& choice)
{
    Values values = choice.values;
    values["threshold"] = 0.0;
    values["thresholds"] = std::vector<double>{};
    ExitScores out;
    auto rule = rules::ExitRule::make(choice.policy, values, run);
    if (!rule.ok()) {
        return out;
    }
    for (std::int32_t layer = rule.value().next_look(1); layer < readings.layers; layer = rule.value().next_look(layer + 1)) {
        out.layers.push_back(layer);
    }
    out.layers.push_back(readings.layers);
    const auto profile = rules::score_profile(readings, rule.value(), run);
    if (!profile.ok()) {
        return {};
    }
    out.scores.resize(out.layers.size());
    const auto set = rows_of(readings);
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        if (!rules::contains(set, readings, row) || readings.known[row] < readings.layers) {
            continue;
        }
        for (std::size_t exit = 0; exit < out.layers.size(); ++exit) {
            const float score = profile.value().score[readings.cell(row, static_cast<std::size_t>(out.layers[exit] - 1))];
            out.scores[exit].push_back(std::isfinite(score) ? score : 0.0F);
        }
    }
    return out;
}

std::vector<ExitCurvePoint> budgets(const LayerReadings& readings, const ExitRun& recorded_run, const ExitChoice& choice, ExitCostKind cost,
                                    ExitQualityKind quality)
{
    const auto run = facts_of(recorded_run, choice);
    std::vector<ExitCurvePoint> out;
    if (!choice.values.contains("threshold")) {
        return out;  // patience and a fixed layer have no scores to share out
    }
    const auto scores = scores_of(readings, run, choice);
    if (scores.layers.size() < 2 || scores.scores.front().empty()) {
        return out;
    }
    for (int step = 1; step <= 39; ++step) {
        const double q = 0.05 * step;
        const auto shares = rules::geometric_fractions(q, static_cast<std::int32_t>(scores.layers.size()));
        const auto found = rules::budget_thresholds(scores.scores, shares);
        std::vector<double> thresholds(static_cast<std::size_t>(readings.layers), 1.0);
        for (std::size_t exit = 0; exit + 1 < scores.layers.size(); ++exit) {
            thresholds[static_cast<std::size_t>(scores.layers[exit] - 1)] = found[exit];
        }
        Values values = choice.values;
        values["thresholds"] = thresholds;
        const auto rule = rules::ExitRule::make(choice.policy, values, run);
        if (!rule.ok()) {
            return out;
        }
        const auto plan = rules::decide_exits(readings, rule.value(), run);
        if (!plan.ok()) {
            continue;
        }
        const auto outcome = rules::outcome(readings, plan.value(), run, choice.mode, rows_of(readings));
        if (outcome.undecided == 0) {
            out.push_back(point_from(outcome, choice.policy, "q", q, cost, quality));
        }
    }
    return out;
}

std::vector<ExitCurvePoint> oracles(const LayerReadings& readings, const ExitRun& run, KvMode mode, ExitCostKind cost,
                                    ExitQualityKind quality)
{
    const auto set = rows_of(readings);
    // The first right layer: what follows in the text, or, for the agreement with the last layer, what that layer says.
    const auto label = quality == ExitQualityKind::Agreement ? rules::ExitLabel::FinalLayer : rules::ExitLabel::Next;
    std::vector<ExitCurvePoint> out;
    for (const auto& [key, plan] :
         {std::pair{"first-correct", rules::first_correct_plan(readings, run, label)}, {"stable", rules::stable_plan(readings, run)}}) {
        const auto outcome = rules::outcome(readings, plan, run, mode, set);
        if (outcome.undecided == 0) {
            out.push_back(point_from(outcome, "oracle", key, 0, cost, quality));
        }
    }
    return out;
}

ExitFront front(const std::vector<ExitCurvePoint>& points, double full_quality)
{
    std::vector<rules::ExitPoint> plain;
    plain.reserve(points.size());
    for (const auto& point : points) {
        rules::ExitPoint next;
        next.cost = point.cost;
        next.quality = point.quality;
        plain.push_back(std::move(next));
    }
    ExitFront out;
    out.points = rules::pareto_front(plain);
    out.area = rules::front_area(plain, out.points, 1.0);
    out.costAt99 = rules::cost_at_quality(plain, out.points, full_quality - 0.01 * std::abs(full_quality));
    return out;
}

ExitReliability reliability(const LayerReadings& readings, std::size_t layer, bool final_layer)
{
    const auto label = final_layer ? rules::ExitLabel::FinalLayer : rules::ExitLabel::Next;
    const auto measured = rules::calibration(readings, layer, label, rows_of(readings));
    ExitReliability out;
    for (const auto& bin : measured.bins) {
        out.bins.push_back({.count = bin.count, .confidence = bin.confidence, .accuracy = bin.accuracy});
    }
    out.rows = measured.rows;
    out.confidence = measured.confidence;
    out.accuracy = measured.accuracy;
    out.ece = measured.ece;
    return out;
}

std::vector<std::int32_t> decide_map(const ExitDecisionMap& map, const ExitRun& recorded_run, const ExitChoice& choice)
{
    const auto run = facts_of(recorded_run, choice);
    if (map.layers != run.layers) {
        return {};
    }
    const auto rule = rules::ExitRule::make(choice.policy, choice.values, run);
    if (!rule.ok() || rule.value().needs_hidden() || rule.value().is_learned()) {
        return {};  // the map holds read-outs only
    }
    LayerReadings points;
    points.layers = map.layers;
    points.resize(static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny));
    const std::size_t count = points.rows();
    for (std::size_t point = 0; point < count; ++point) {
        points.moment[point] = 0;
        points.known[point] = map.layers;
        for (std::size_t layer = 0; layer < static_cast<std::size_t>(map.layers); ++layer) {
            const std::size_t from = layer * count + point;
            const std::size_t to = points.cell(point, layer);
            points.top1[to] = map.choice[from];
            points.probability[to] = map.probability[from];
            points.margin[to] = map.margin[from];
            points.entropy[to] = map.entropy[from];
        }
    }
    auto plan = rules::decide_exits(points, rule.value(), run);
    return plan.ok() ? std::move(plan.value().exit) : std::vector<std::int32_t>{};
}

}  // namespace

widgets::ExitProviders exit_rule_providers()
{
    return {.decide = decide,
            .recorded = recorded,
            .sweep = sweep,
            .budgets = budgets,
            .oracles = oracles,
            .front = front,
            .reliability = reliability,
            .decideMap = decide_map};
}

}  // namespace timberline::app
