// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/landscape_study.h"

#include "core/landscape/directions.h"
#include "core/landscape/gradients.h"
#include "core/run/training_resume.h"
#include "core/run/training_setup.h"
#include "core/training/exit_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::run {
namespace {

constexpr int kDensitySteps = 32, kDensityProbes = 2, kDensityBins = 400;
constexpr double kDensityWidth = 0.01, kTraceTolerance = 1e-3, kLanczosTolerance = 1e-3;
constexpr double kStir = 0.01;  ///< of a random vector in a warm start

bool finite(const std::vector<float>& values)
{
    return std::ranges::all_of(values, [](float x) { return std::isfinite(x); });
}

Error unusable(const std::string& what, const std::string& hint)
{
    return make_error(ErrorCode::InvalidArgument, "landscape: " + what, hint);
}

Status take_snapshots(const record::Record& record, LandscapeStudy& out)
{
    for (const auto* block : record::training_snapshots(record)) {
        if (block->arrays.empty()) {
            continue;  // thinned out while the run goes on
        }
        TIMBERLINE_ASSIGN(auto snapshot, record::training_snapshot_from(*block));
        if (static_cast<std::int64_t>(snapshot.parameters.size()) != out.layout.parameter_count ||
            static_cast<std::int64_t>(snapshot.buffers.size()) != out.layout.buffer_count) {
            return make_error(ErrorCode::BadFile,
                              "landscape: the snapshot at step " + std::to_string(snapshot.step) + " has " +
                                  std::to_string(snapshot.parameters.size()) + " parameters, the network has " +
                                  std::to_string(out.layout.parameter_count),
                              "The record is damaged; run its config again.");
        }
        if (finite(snapshot.parameters) && finite(snapshot.buffers)) {
            out.snapshots.push_back(std::move(snapshot));
        } else {
            ++out.left_out;
        }
    }
    if (out.snapshots.empty()) {
        return unusable(out.left_out > 0 ? "training diverged at once: no snapshot is finite"
                                         : "the run keeps no snapshots of its parameters",
                        out.left_out > 0 ? "Choose a smaller learning rate." : "Set snapshots_kept to at least 1.");
    }
    return {};
}

landscape::BatchNormPolicy policy_of(const std::string& name)
{
    return name == "re-estimated" ? landscape::BatchNormPolicy::Reestimated
           : name == "batch"      ? landscape::BatchNormPolicy::Batch
                                  : landscape::BatchNormPolicy::Frozen;
}

}  // namespace

double LandscapeStudy::learning_rate(std::int32_t steps_done) const
{
    if (learning_rates.empty()) {
        return training.learning_rate;
    }
    const auto it = learning_rates.lower_bound(steps_done);
    return it == learning_rates.begin() ? it->second : std::prev(it)->second;
}

landscape::Problem LandscapeStudy::problem(const LandscapeValues& wanted, bool test) const
{
    landscape::Problem out;
    out.spec = spec;
    out.batch_norm = policy_of(wanted.statistics);
    if (data == nullptr) {
        return out;
    }
    out.loss = loss;
    out.loss_id = config.methods.at("loss").id;
    out.loss_values = config.methods.at("loss").values;
    const auto seed = static_cast<std::uint64_t>(wanted.sample_seed);
    out.train = landscape::choose_samples(*data, false, wanted.surface_samples, seed);
    if (test && data->samples > data->train) {
        out.test = landscape::choose_samples(*data, true, wanted.surface_samples, seed);
    }
    if (spec.exits) {
        const auto& plan = training;
        out.head_weights =
            training::head_plan(plan.exit_weights, training::head_count(spec), plan.steps - 1, plan.steps, plan.first_stage).weights;
    }
    return out;
}

landscape::Problem LandscapeStudy::curvature_problem(const LandscapeValues& wanted) const
{
    LandscapeValues fewer = wanted;
    fewer.surface_samples = wanted.curvature_samples;
    return problem(fewer, false);
}

Result<LandscapeStudy> study_of(const record::Record& record, const Config& config, const MethodRegistry& methods,
                                std::shared_ptr<const training::DataSet> data, const CancelToken& cancel)
{
    LandscapeStudy out;
    TIMBERLINE_ASSIGN(out.config, config_at(config, std::numeric_limits<std::int32_t>::max(), methods));
    out.values = landscape_values(out.config.settings);
    out.training = training_values(out.config.settings);
    const record::Block* setup_block = nullptr;
    for (const auto& event : record.events) {
        if (const auto* block = std::get_if<record::Block>(&event.payload); block != nullptr && block->kind == record::kTrainingSetup) {
            setup_block = block;
            break;
        }
    }
    if (setup_block == nullptr) {
        return unusable("the record holds no training", "Open a record of the Training or Landscape bench.");
    }
    TIMBERLINE_ASSIGN(const auto setup, record::training_setup_from(*setup_block));
    TIMBERLINE_ASSIGN(out.spec, training::net_spec_from_text(setup.net, "training-setup: net"));
    TIMBERLINE_ASSIGN(out.layout, training::layout_of(out.spec));
    TIMBERLINE_TRY(take_snapshots(record, out));
    for (const auto& step : record::training_steps(record)) {
        out.learning_rates[step.step] = static_cast<double>(step.learning_rate);
    }
    if (out.spec.kind == training::NetKind::Quadratic) {
        return out;
    }
    out.data = std::move(data);
    if (out.data == nullptr) {
        TIMBERLINE_ASSIGN(out.data, make_data_set(methods, out.config.methods.at("data_set"), out.training, out.config.seed, cancel));
    }
    TIMBERLINE_ASSIGN(out.loss, make_loss(methods, out.config.methods.at("loss")));
    return out;
}

std::pair<double, std::string> stability_limit(const MethodChoice& optimizer, double learning_rate)
{
    double momentum = 0;
    if (const auto it = optimizer.values.find("momentum"); it != optimizer.values.end() && std::holds_alternative<double>(it->second)) {
        momentum = std::get<double>(it->second);
    }
    if (optimizer.id != "sgd") {
        return {2 / learning_rate, "unknown"};
    }
    if (momentum == 0) {
        return {2 / learning_rate, "2/lr"};
    }
    const auto nesterov = optimizer.values.find("nesterov");
    if (nesterov != optimizer.values.end() && nesterov->second == ParameterValue(true)) {
        return {(2 + 2 * momentum) / ((1 + 2 * momentum) * learning_rate), "(2+2mu)/((1+2mu)lr)"};
    }
    return {2 * (1 + momentum) / learning_rate, "2(1+mu)/lr"};
}

Result<landscape::LanczosResult> eigenvectors_at(const LandscapeStudy& study, const LandscapeValues& values, std::size_t snapshot, int top,
                                                 const CancelToken& cancel)
{
    const auto& at = study.snapshots[snapshot];
    TIMBERLINE_ASSIGN(auto gradient, landscape::make_gradient(study.curvature_problem(values), at.buffers, cancel));
    const auto product =
        landscape::central_differences(std::move(gradient.at), {at.parameters.begin(), at.parameters.end()}, gradient.step);
    return landscape::lanczos(
        product, at.parameters.size(),
        {.steps = static_cast<int>(values.lanczos_steps), .top = top, .tolerance = kLanczosTolerance, .seed = study.config.seed}, cancel);
}

Result<record::HessianSummary> curvature_at(const LandscapeStudy& study, const LandscapeValues& values, std::size_t snapshot, bool spectrum,
                                            std::vector<double>& start, const CancelToken& cancel)
{
    const auto& at = study.snapshots[snapshot];
    TIMBERLINE_ASSIGN(auto gradient, landscape::make_gradient(study.curvature_problem(values), at.buffers, cancel));
    record::HessianSummary out;
    out.step = at.step;
    out.products = gradient.products;
    out.learning_rate = study.learning_rate(at.step);
    std::tie(out.stability_limit, out.limit_rule) = stability_limit(study.config.methods.at("optimizer"), out.learning_rate);
    const auto product =
        landscape::central_differences(std::move(gradient.at), {at.parameters.begin(), at.parameters.end()}, gradient.step);
    const auto dimension = at.parameters.size();
    TIMBERLINE_ASSIGN(auto found, landscape::lanczos(product, dimension,
                                                     {.steps = static_cast<int>(values.lanczos_steps),
                                                      .top = spectrum ? static_cast<int>(values.eigenvalues) : 1,
                                                      .tolerance = kLanczosTolerance,
                                                      .seed = study.config.seed,
                                                      .start = spectrum ? std::vector<double>{} : start,
                                                      .stir = kStir},
                                                     cancel));
    out.eigenvalues = found.eigenvalues;
    out.errors = found.errors;
    out.lowest = found.lowest;
    out.iterations = found.iterations;
    out.converged = found.converged;
    start = std::move(found.vectors.front());
    if (spectrum && values.trace_probes > 0) {
        TIMBERLINE_ASSIGN(const auto trace, landscape::hutchinson_trace(product, dimension, static_cast<int>(values.trace_probes),
                                                                        kTraceTolerance, study.config.seed, cancel));
        out.trace = trace.trace;
        out.trace_error = trace.standard_error;
        out.trace_probes = trace.probes;
        TIMBERLINE_ASSIGN(auto density, landscape::spectral_density(product, dimension, kDensitySteps, kDensityProbes, kDensityBins,
                                                                    kDensityWidth, study.config.seed, cancel));
        out.density_at = std::move(density.at);
        out.density = std::move(density.density);
    }
    return out;
}

Result<record::LandscapeTrajectory> trajectory_in(const LandscapeStudy& study, const LandscapeValues& values, const BuiltPlane& plane,
                                                  const CancelToken& cancel)
{
    record::LandscapeTrajectory out;
    out.plane = plane.description.id;
    const auto problem = study.problem(values, false);
    for (const auto& snapshot : study.snapshots) {
        if (cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "the path was cancelled");
        }
        const auto place = landscape::project(plane.plane.center, plane.plane.u, plane.plane.v, snapshot.parameters);
        landscape::Plane point;
        point.center = snapshot.parameters;
        point.buffers = snapshot.buffers;
        TIMBERLINE_ASSIGN(const auto evaluator, landscape::make_evaluator(problem, point));
        landscape::PointValue value;
        const landscape::Point origin;
        TIMBERLINE_TRY(evaluator->evaluate(std::span(&origin, 1), std::span(&value, 1), cancel));
        out.step.push_back(snapshot.step);
        out.x.push_back(place.x);
        out.y.push_back(place.y);
        out.residual.push_back(place.residual);
        out.loss.push_back(value.train.loss);
    }
    return out;
}

}  // namespace timberline::run
