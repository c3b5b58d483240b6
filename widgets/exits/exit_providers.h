// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/record/layer_readings.h"

#include <QString>

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

/// What the views of the Exits bench ask of the arithmetic of the core (core/rules), as plain functions: the window sets them, tests may
/// set others. All are called on the GUI thread and answer from recorded readings within milliseconds; none runs the model.
namespace timberline::widgets {

/// A policy with its values and what skipped layers leave behind: what a run uses, or what the user tries out.
struct ExitChoice {
    std::string policy;  ///< method id; empty = none chosen yet
    Values values;       ///< complete
    record::KvMode mode = record::KvMode::Propagate;
    std::int32_t earliest = 0, every = 0;  ///< exits allowed, as in ExitRun; 0 = as the run began
    friend bool operator==(const ExitChoice&, const ExitChoice&) = default;
};

/// The one number of a policy that a handle moves.
struct ExitHandle {
    std::string key;  ///< "threshold" "patience" "layer"; empty = the policy has none
    double minimum = 0;
    double maximum = 1;
    bool whole = false;  ///< only whole numbers
    double value = 0;
};
/// The handle of a choice: which of the known keys its values hold.
[[nodiscard]] ExitHandle handleOf(const ExitChoice& choice, std::int32_t layers);
/// The choice with its handle moved; a list of thresholds, one a layer, gives way to the one number.
[[nodiscard]] ExitChoice withHandle(ExitChoice choice, const ExitHandle& handle, double value);

/// What exits save and lose. NaN = cannot be told.
struct ExitFigures {
    static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    std::int64_t rows = 0;       ///< counted tokens or samples
    std::int64_t undecided = 0;  ///< left out of everything else
    double meanDepth = kNone;    ///< layers
    double layerFraction = kNone;
    double flopFraction = kNone;
    /// Share whose token is the one that the last layer emits; known, as both lines of surprise, only if the last layer was read
    /// everywhere.
    double agreement = kNone;
    double accuracy = kNone;              ///< share whose likeliest token is the one that follows
    double nll = kNone;                   ///< nats
    double fullNll = kNone;               ///< nats
    double overthinking = kNone;          ///< share that some layer had right and the last one has wrong; of what a run did only
    std::vector<std::int64_t> histogram;  ///< [layers] rows by exit
};

/// A choice decided over recorded readings.
struct ExitDecided {
    QString problem;                        ///< why nothing could be decided; everything else is empty then
    std::vector<std::int32_t> exit;         ///< [rows] 1..layers; 0 = goes on past the layers that have numbers
    std::vector<float> score, threshold;    ///< [rows * layers], canonical; NaN
                                            ///< where the policy does not look
    std::vector<float> native;              ///< [rows * layers], what the method's paper compares
    std::optional<std::size_t> firstStale;  ///< from this row on only a new run can tell
    ExitFigures figures = {};
};

enum class ExitCostKind : std::uint8_t { Flops, Layers };
enum class ExitQualityKind : std::uint8_t { Agreement, Accuracy, LogLikelihood };

/// One setting of one policy on the cost-quality plane.
struct ExitCurvePoint {
    std::string policy;
    std::string key;
    double setting = 0;
    double cost = 0;  ///< share of the full model's
    double quality = 0;
    ExitFigures figures = {};
};
struct ExitFront {
    std::vector<std::size_t> points;  ///< indices, by ascending cost
    double area = 0;
    double costAt99 = ExitFigures::kNone;  ///< the lowest cost with 99 % of the
                                           ///< full model's quality
};

/// Reliability of one exit.
struct ExitReliability {
    struct Bin {
        std::int64_t count = 0;
        double confidence = 0, accuracy = 0;
    };
    std::vector<Bin> bins;  ///< equal bins of (0, 1]
    std::int64_t rows = 0;
    double confidence = 0, accuracy = 0, ece = ExitFigures::kNone;
};

struct ExitProviders {
    using Readings = record::LayerReadings;
    using Run = record::ExitRun;

    std::function<ExitDecided(const Readings&, const Run&, const ExitChoice&)> decide;
    /// What the run itself did, in the same terms.
    std::function<ExitFigures(const Readings&, const Run&)> recorded;
    /// Every setting of one policy.
    std::function<std::vector<ExitCurvePoint>(const Readings&, const Run&, const ExitChoice&, ExitCostKind, ExitQualityKind)> sweep;
    /// One threshold a layer, for budgets from small to full, from the scores of
    /// a policy; empty for policies without scores.
    std::function<std::vector<ExitCurvePoint>(const Readings&, const Run&, const ExitChoice&, ExitCostKind, ExitQualityKind)> budgets;
    /// The points with the keys "first-correct" and "stable", where the layers that were read tell them.
    std::function<std::vector<ExitCurvePoint>(const Readings&, const Run&, record::KvMode, ExitCostKind, ExitQualityKind)> oracles;
    std::function<ExitFront(const std::vector<ExitCurvePoint>&, double fullQuality)> front;
    /// @param layer index from 0.  @param finalLayer right = what the last layer
    /// says, else what follows in the text (the class).
    std::function<ExitReliability(const Readings&, std::size_t layer, bool finalLayer)> reliability;
    /// Exit of every point of a decision map, [ny * nx]; empty when the policy looks at more than the map holds.
    std::function<std::vector<std::int32_t>(const record::ExitDecisionMap&, const Run&, const ExitChoice&)> decideMap;
};

}  // namespace timberline::widgets
