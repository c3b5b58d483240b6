// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/exit_curves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace timberline::rules {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TokenId label_of(const record::LayerReadings& readings, std::size_t row, ExitLabel label)
{
    if (label == ExitLabel::Next) {
        return readings.next[row];
    }
    const bool known = readings.layers > 0 && readings.known[row] == readings.layers;
    return known ? readings.top1[readings.cell(row, static_cast<std::size_t>(readings.layers - 1))] : -1;
}

double quality_of(const ExitOutcome& outcome, ExitQuality quality)
{
    switch (quality) {
    case ExitQuality::Agreement:
        return outcome.agreement;
    case ExitQuality::Accuracy:
        return outcome.accuracy;
    case ExitQuality::LogLikelihood:
        return -outcome.nll;
    }
    return kNaN;
}

/// The 5 % quantiles of the scores, each once, and 1 (never).
std::vector<double> score_settings(const record::LayerReadings& readings, const SweptPolicy& policy, const record::ExitRun& run)
{
    Values values = policy.values;
    values["threshold"] = 0.0;
    values["thresholds"] = std::vector<double>{};
    const auto rule = ExitRule::make(policy.policy, values, run);
    if (!rule) {
        return {};
    }
    const auto profile = score_profile(readings, *rule, run);
    if (!profile) {
        return {};
    }
    std::vector<float> scores;
    std::ranges::copy_if(profile->score, std::back_inserter(scores), [](float s) { return std::isfinite(s); });
    std::ranges::sort(scores);
    std::vector<double> out = {1.0};
    constexpr std::size_t kSteps = 20;
    for (std::size_t k = 0; k < kSteps && !scores.empty(); ++k) {
        out.push_back(static_cast<double>(scores[k * (scores.size() - 1) / (kSteps - 1)]));
    }
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace

std::vector<std::size_t> pareto_front(std::span<const ExitPoint> points)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!std::isnan(points[i].cost) && !std::isnan(points[i].quality)) {
            order.push_back(i);
        }
    }
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return points[a].cost != points[b].cost ? points[a].cost < points[b].cost : points[a].quality > points[b].quality;
    });
    std::vector<std::size_t> front;
    for (const std::size_t i : order) {
        if (front.empty() || points[i].quality > points[front.back()].quality) {
            front.push_back(i);
        }
    }
    return front;
}

double front_area(std::span<const ExitPoint> points, std::span<const std::size_t> front, double full_cost)
{
    double area = 0;
    for (std::size_t k = 0; k < front.size(); ++k) {
        const double begin = std::min(points[front[k]].cost, full_cost);
        const double end = k + 1 < front.size() ? std::min(points[front[k + 1]].cost, full_cost) : full_cost;
        area += points[front[k]].quality * std::max(0.0, end - begin);
    }
    return area;
}

double cost_at_quality(std::span<const ExitPoint> points, std::span<const std::size_t> front, double quality)
{
    const auto found = std::ranges::find_if(front, [&](std::size_t i) { return points[i].quality >= quality; });
    return found == front.end() ? kNaN : points[*found].cost;
}

std::vector<ExitPoint> sweep_exits(const record::LayerReadings& readings, std::span<const SweptPolicy> policies, const record::ExitRun& run,
                                   record::KvMode mode, ExitCost cost, ExitQuality quality, RowSet set)
{
    std::vector<ExitPoint> out;
    for (const auto& swept : policies) {
        const bool patience = swept.policy == "patience";
        const bool fixed = swept.policy == "fixed-layer";
        const std::string key = patience ? "patience" : fixed ? "layer" : "threshold";
        std::vector<double> settings;
        if (patience || fixed) {
            for (std::int32_t i = 1; i <= readings.layers - (patience ? 1 : 0); ++i) {
                settings.push_back(i);
            }
        } else {
            settings = score_settings(readings, swept, run);
        }
        std::vector<std::int32_t> last_exits;
        for (const double setting : settings) {
            Values values = swept.values;
            values["thresholds"] = std::vector<double>{};
            if (key == "threshold") {
                values[key] = setting;
            } else {
                values[key] = static_cast<std::int64_t>(setting);
            }
            const auto rule = ExitRule::make(swept.policy, values, run);
            if (!rule) {
                break;
            }
            auto plan = decide_exits(readings, *rule, run);
            if (!plan || plan->exit == last_exits) {
                continue;
            }
            ExitPoint point{.policy = swept.policy, .key = key, .setting = setting, .outcome = outcome(readings, *plan, run, mode, set)};
            if (point.outcome.undecided > 0) {
                continue;  // what the others cost and lose says nothing about the setting
            }
            point.cost = cost == ExitCost::Flops ? point.outcome.flop_fraction : point.outcome.layer_fraction;
            point.quality = quality_of(point.outcome, quality);
            last_exits = std::move(plan->exit);
            out.push_back(std::move(point));
        }
    }
    return out;
}

std::int32_t first_correct(const record::LayerReadings& readings, std::size_t row, ExitLabel label)
{
    const TokenId wanted = label_of(readings, row, label);
    for (std::int32_t layer = 1; wanted >= 0 && layer <= readings.known[row]; ++layer) {
        if (readings.top1[readings.cell(row, static_cast<std::size_t>(layer - 1))] == wanted) {
            return layer;
        }
    }
    return 0;
}

bool overthinks(const record::LayerReadings& readings, std::size_t row)
{
    const std::int32_t first = first_correct(readings, row, ExitLabel::Next);
    return first > 0 && readings.known[row] == readings.layers &&
           readings.top1[readings.cell(row, static_cast<std::size_t>(readings.layers - 1))] != readings.next[row];
}

namespace {

template <typename LayerOf>
ExitPlan oracle_plan(const record::LayerReadings& readings, const record::ExitRun& run, LayerOf layer_of)
{
    ExitPlan plan;
    plan.heads.assign(readings.rows(), 0);
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        const bool free = readings.moment[row] >= 0 || run.exit_in_prompt;
        const std::int32_t layer = free ? layer_of(row) : 0;
        const std::int32_t exit = layer > 0 ? layer : readings.layers;
        plan.exit.push_back(exit <= readings.known[row] ? exit : 0);
        // An oracle looks at nothing; only the output's read-out is counted.
        const auto index = static_cast<std::size_t>(exit - 1);
        plan.look_flops.push_back(index < run.head_flops.size() ? run.head_flops[index] : 0);
    }
    return plan;
}

}  // namespace

ExitPlan first_correct_plan(const record::LayerReadings& readings, const record::ExitRun& run, ExitLabel label)
{
    return oracle_plan(readings, run, [&](std::size_t row) { return first_correct(readings, row, label); });
}

ExitPlan stable_plan(const record::LayerReadings& readings, const record::ExitRun& run)
{
    return oracle_plan(readings, run, [&](std::size_t row) { return readings.saturation_layer(row); });
}

ExitCalibration calibration(const record::LayerReadings& readings, std::size_t layer, ExitLabel label, RowSet set, int bins)
{
    ExitCalibration out;
    out.bins.resize(static_cast<std::size_t>(std::max(bins, 1)));
    const auto count = static_cast<double>(out.bins.size());
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        const TokenId wanted = label_of(readings, row, label);
        if (!contains(set, readings, row) || wanted < 0 || layer >= static_cast<std::size_t>(readings.known[row])) {
            continue;
        }
        const std::size_t cell = readings.cell(row, layer);
        const auto confidence = static_cast<double>(readings.probability[cell]);
        if (!(confidence >= 0 && confidence <= 1)) {
            continue;
        }
        const double right = readings.top1[cell] == wanted ? 1 : 0;
        // Bin k holds (k / bins, (k + 1) / bins]; 0 belongs to the first.
        const auto index = static_cast<std::size_t>(std::clamp(std::ceil(confidence * count) - 1, 0.0, count - 1));
        ++out.bins[index].count;
        out.bins[index].confidence += confidence;
        out.bins[index].accuracy += right;
        ++out.rows;
        out.confidence += confidence;
        out.accuracy += right;
    }
    out.ece = out.rows > 0 ? 0 : kNaN;
    for (auto& bin : out.bins) {
        if (bin.count > 0) {
            out.ece += std::abs(bin.accuracy - bin.confidence) / static_cast<double>(out.rows);
            bin.confidence /= static_cast<double>(bin.count);
            bin.accuracy /= static_cast<double>(bin.count);
        }
    }
    out.confidence = out.rows > 0 ? out.confidence / static_cast<double>(out.rows) : kNaN;
    out.accuracy = out.rows > 0 ? out.accuracy / static_cast<double>(out.rows) : kNaN;
    return out;
}

std::vector<double> geometric_fractions(double q, std::int32_t exits)
{
    std::vector<double> out;
    double total = 0;
    for (std::int32_t l = 1; l <= exits; ++l) {
        out.push_back(std::pow(q, l));
        total += out.back();
    }
    for (double& fraction : out) {
        fraction /= total;
    }
    return out;
}

std::vector<double> budget_thresholds(const std::vector<std::vector<float>>& scores, std::span<const double> fractions)
{
    std::vector<double> out;
    if (scores.empty()) {
        return out;
    }
    const std::size_t n = scores.front().size();
    std::vector<std::size_t> left(n);
    std::iota(left.begin(), left.end(), std::size_t{0});
    for (std::size_t exit = 0; exit + 1 < scores.size(); ++exit) {
        const double fraction = exit < fractions.size() ? fractions[exit] : 0;
        const auto leaving = std::min(left.size(), static_cast<std::size_t>(std::floor(static_cast<double>(n) * fraction)));
        if (leaving == 0) {
            out.push_back(1);
            continue;
        }
        std::ranges::stable_sort(left, [&](std::size_t a, std::size_t b) { return scores[exit][a] > scores[exit][b]; });
        out.push_back(static_cast<double>(scores[exit][left[leaving - 1]]));
        left.erase(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(leaving));
    }
    out.push_back(-std::numeric_limits<double>::infinity());
    return out;
}

}  // namespace timberline::rules
