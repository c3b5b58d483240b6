// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/result.h"
#include "core/record/layer_readings.h"
#include "core/rules/exit_rules.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Curves over thresholds and policies from recorded readings (methods/exits.md 1.9): frontier, oracles, budgets, calibration of each exit.
namespace timberline::rules {

/// One setting of one policy on the cost-quality plane.
struct ExitPoint {
    std::string policy;
    std::string key;     ///< the hyperparameter that was varied: "threshold" "patience" "layer"; "oracle" for oracles
    double setting = 0;  ///< its value
    double cost = 0;
    double quality = 0;  ///< higher is better
    ExitOutcome outcome;
};

/// Indices of the points on the frontier, by ascending cost: sorted by cost (ties: higher quality first), a point is kept iff its quality
/// is strictly above the running maximum. Points with NaN are left out.
[[nodiscard]] std::vector<std::size_t> pareto_front(std::span<const ExitPoint> points);
/// Area under the frontier as a step function between its cheapest cost and `full_cost`; 0 for an empty front.
[[nodiscard]] double front_area(std::span<const ExitPoint> points, std::span<const std::size_t> front, double full_cost);
/// The lowest cost on the frontier with at least this quality; NaN when there is none.
[[nodiscard]] double cost_at_quality(std::span<const ExitPoint> points, std::span<const std::size_t> front, double quality);

enum class ExitCost : std::uint8_t { Flops, Layers };
enum class ExitQuality : std::uint8_t { Agreement, Accuracy, LogLikelihood };

/// A policy with its values, of which one is varied.
struct SweptPolicy {
    std::string policy;
    Values values;  ///< complete
};
/// Every setting of every policy: thresholds at the 5 % quantiles of the scores that occur, and never; patience 1..L-1; each layer.
/// Policies whose scores were not recorded are left out, and settings that some row cannot be told for. Settings that give the same plan
/// are listed once.
[[nodiscard]] std::vector<ExitPoint> sweep_exits(const record::LayerReadings& readings, std::span<const SweptPolicy> policies,
                                                 const record::ExitRun& run, record::KvMode mode, ExitCost cost, ExitQuality quality,
                                                 RowSet set = RowSet::Generated);

enum class ExitLabel : std::uint8_t {
    FinalLayer,  ///< what the last layer says
    Next,        ///< the token that follows in the text; samples: the class
};
/// first layer whose top1 is the label, 0 when none is. Rows without a label: 0.
[[nodiscard]] std::int32_t first_correct(const record::LayerReadings& readings, std::size_t row, ExitLabel label);
/// Some layer is right and the last one is wrong.
[[nodiscard]] bool overthinks(const record::LayerReadings& readings, std::size_t row);
/// The oracle that stops at the first right layer, L when none is right. An exit past the layers that a row is known for is 0, here as
/// below.
[[nodiscard]] ExitPlan first_correct_plan(const record::LayerReadings& readings, const record::ExitRun& run, ExitLabel label);
/// The oracle that stops at the saturation layer.
[[nodiscard]] ExitPlan stable_plan(const record::LayerReadings& readings, const record::ExitRun& run);

/// Reliability of one exit: rows by confidence in equal bins of (0, 1].
struct ExitCalibration {
    struct Bin {
        std::int64_t count = 0;
        double confidence = 0, accuracy = 0;  ///< means; 0 when empty
    };
    std::vector<Bin> bins;
    std::int64_t rows = 0;
    double confidence = 0, accuracy = 0;
    double ece = 0;  ///< expected calibration error: sum over bins of count / rows * |accuracy - confidence|; NaN without rows
};
/// @param layer index from 0.
[[nodiscard]] ExitCalibration calibration(const record::LayerReadings& readings, std::size_t layer, ExitLabel label, RowSet set,
                                          int bins = 10);

/// Geometric budgets of MSDNet: share of samples that leave at each exit, q^l / sum q^j, l = 1..exits.
[[nodiscard]] std::vector<double> geometric_fractions(double q, std::int32_t exits);
/// Thresholds that spend a budget: at each exit the floor(n * fraction) highest scores among the rows still there leave, the threshold is
/// the lowest of them; the last exit takes the rest (-infinity). An exit that nobody leaves has threshold 1 (never). @param scores
/// [exits][n].
[[nodiscard]] std::vector<double> budget_thresholds(const std::vector<std::vector<float>>& scores, std::span<const double> fractions);

}  // namespace timberline::rules
