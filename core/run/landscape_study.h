// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/method.h"
#include "core/base/result.h"
#include "core/landscape/evaluation.h"
#include "core/landscape/hessian.h"
#include "core/record/landscape_grid.h"
#include "core/record/record.h"
#include "core/record/training_curve.h"
#include "core/run/config.h"
#include "core/run/landscape_values.h"
#include "core/run/training_values.h"
#include "core/training/data_set.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

/// From a trained run to planes through it: shared by the run and by its queries.
namespace timberline::run {

/// A trained network with its path, its data and its loss, as they stood when training ended.
struct LandscapeStudy {
    Config config;  ///< with all events applied
    LandscapeValues values;
    TrainingValues training;
    training::NetSpec spec;
    training::NetLayout layout;
    std::shared_ptr<const training::DataSet> data;    ///< null for a quadratic
    std::shared_ptr<const training::Loss> loss;       ///< null for a quadratic
    std::vector<record::TrainingSnapshot> snapshots;  ///< in order of appearance, finite ones; at least one
    std::map<std::int32_t, double> learning_rates;    ///< by step
    int left_out = 0;                                 ///< snapshots that are not finite

    /// Rate in force at the step before this many were done; at the start that of the first step. Without recorded steps the config's.
    [[nodiscard]] double learning_rate(std::int32_t steps_done) const;
    /// What an evaluator needs. @param test with the validation samples.
    [[nodiscard]] landscape::Problem problem(const LandscapeValues& wanted, bool test) const;
    /// Same seed and samples, only as many as the curvature takes.
    [[nodiscard]] landscape::Problem curvature_problem(const LandscapeValues& wanted) const;
};

/// @param record holds a training-setup and training-snapshot blocks.  @param config complete; what the record was made with.
/// @param data the data set when the caller has it already, else it is made anew.
/// Errors: no snapshots or none that is finite, a damaged setup, snapshots of another network, those of data sets.
[[nodiscard]] Result<LandscapeStudy> study_of(const record::Record& record, const Config& config, const MethodRegistry& methods,
                                              std::shared_ptr<const training::DataSet> data, const CancelToken& cancel);

/// Random numbers of random directions do not depend on the centre: kept between the planes of a run that follows.
using GaussianCache = std::map<std::pair<std::uint64_t, std::uint32_t>, std::vector<float>>;

struct BuiltPlane {
    landscape::Plane plane;
    record::LandscapePlane description;  ///< without id, samples, centre's loss, clip and evaluation
};

/// Directions and limits of the plane that `values` ask for around a snapshot of the study.
/// Errors: a point that does not exist, a path without extent, directions that cannot be had for this network, Cancelled.
[[nodiscard]] Result<BuiltPlane> build_plane(const LandscapeStudy& study, const LandscapeValues& values, std::size_t center,
                                             GaussianCache& gaussians, const CancelToken& cancel);

/// Upper end of the colour range (methods/training.md 2.6).
[[nodiscard]] double recommended_clip(double center_loss);

/// Curvature at a snapshot. @param start warm start of the Lanczos iteration, may be empty; receives the top eigenvector. A spectrum starts
/// afresh, because several eigenvalues are hidden from a start that lies along one of them.
[[nodiscard]] Result<record::HessianSummary> curvature_at(const LandscapeStudy& study, const LandscapeValues& values, std::size_t snapshot,
                                                          bool spectrum, std::vector<double>& start, const CancelToken& cancel);

/// The k largest eigenvectors at a snapshot.
[[nodiscard]] Result<landscape::LanczosResult> eigenvectors_at(const LandscapeStudy& study, const LandscapeValues& values,
                                                               std::size_t snapshot, int top, const CancelToken& cancel);

/// "2/lr" …: the curvature beyond which the chosen optimizer diverges on a quadratic, and its rule.
[[nodiscard]] std::pair<double, std::string> stability_limit(const MethodChoice& optimizer, double learning_rate);

/// Every snapshot in the plane, with its own loss. Errors: Cancelled.
[[nodiscard]] Result<record::LandscapeTrajectory> trajectory_in(const LandscapeStudy& study, const LandscapeValues& values,
                                                                const BuiltPlane& plane, const CancelToken& cancel);

}  // namespace timberline::run
