// SPDX-License-Identifier: GPL-3.0-or-later
// The surface against the way everybody computes it: a loop that sets the parameters and runs the network, in libtorch, without gradients, at the faster of
// one and two threads.
#include "app/cli/bench_suite.h"
#include "core/base/compute_threads.h"
#include "core/landscape/directions.h"
#include "core/landscape/gradients.h"
#include "core/landscape/grid.h"
#include "core/record/folds.h"
#include "core/record/landscape_grid.h"
#include "core/record/training_curve.h"
#include "core/run/engine.h"
#include "core/run/training_setup.h"
#include "core/training/data_set.h"

#include <algorithm>
#include <chrono>

namespace timberline::cli {
namespace {

using landscape::Point;

constexpr std::int32_t kSide = 51;
constexpr int kRepeats = 5;
constexpr double kLoopSeconds = 2.5;  ///< a run of the loop times as many points as fit, and the whole surface is their mean times its points

struct Subject {
    const char* name;
    const char* data;
    std::int64_t samples;
    training::NetSpec spec;
    const char* loss;
    double floor;  ///< the issue's promise
};

std::vector<Subject> subjects()
{
    using training::NetKind;
    return {{"2-16-16-1 on 500 points", "two-moons", 500, {.input = {2}, .hidden = {16, 16}, .outputs = 1}, "mse", 10},
            {"784-64-10 on 1,000 digits", "digits", 1000, {.input = {784}, .hidden = {64}, .outputs = 10}, "ce", 15},
            {"CNN 8-16 on 1,000 digits 28x28", "digits", 1000, {.kind = NetKind::Cnn, .input = {1, 28, 28}, .hidden = {8, 16}, .outputs = 10}, "ce", 5}};
}

Result<landscape::Problem> problem_of(const BenchSetup& setup, const Subject& subject)
{
    const auto choice = [&](const char* family, const std::string& id) -> Result<run::MethodChoice> {
        TIMBERLINE_ASSIGN(const auto* entry, setup.methods.find(family, id));
        return run::MethodChoice{id, default_values(entry->info.hyperparameters)};
    };
    TIMBERLINE_ASSIGN(auto data_choice, choice("data set", subject.data));
    data_choice.values["samples"] = std::int64_t{2 * subject.samples};
    TIMBERLINE_ASSIGN(const auto loss_choice, choice("loss", subject.loss));
    TIMBERLINE_ASSIGN(const auto data, run::make_data_set(setup.methods, data_choice, {}, 1, setup.cancel));
    landscape::Problem out;
    out.spec = subject.spec;
    TIMBERLINE_ASSIGN(out.loss, run::make_loss(setup.methods, loss_choice));
    out.loss_id = loss_choice.id;
    out.loss_values = loss_choice.values;
    out.train = landscape::choose_samples(*data, false, subject.samples, 1);
    if (!out.loss->uses_labels()) {  // the two classes as numbers
        out.train.targets.assign(out.train.labels.begin(), out.train.labels.end());
        out.train.labels.clear();
        out.train.outputs = 1;
    }
    return out;
}

Result<landscape::Plane> plane_of(const training::NetSpec& spec)
{
    TIMBERLINE_ASSIGN(const auto layout, training::layout_of(spec));
    landscape::Plane out;
    out.center.resize(static_cast<std::size_t>(layout.parameter_count));
    training::initialise(spec, layout, 1, out.center, out.buffers);
    for (std::uint32_t axis = 0; axis < 2; ++axis) {
        auto direction = landscape::gaussian_direction(layout.parameter_count, axis + 1, axis);
        landscape::normalise(layout, out.center, landscape::Normalisation::Filter, landscape::OneDimensional::Zero, direction);
        (axis == 0 ? out.u : out.v) = std::move(direction);
    }
    return out;
}

record::LandscapeGrid empty_grid(std::int32_t side)
{
    record::LandscapePlane plane;
    plane.x.kind = plane.y.kind = "random";
    plane.x.points = plane.y.points = side;
    plane.strides = landscape::usual_strides(side);
    record::LandscapeFold fold;
    fold.add(record::to_block(plane));
    return fold.grids().front();
}

struct Loop {
    double seconds = 0;  ///< of the whole surface
    int threads = 1;
    std::vector<double> losses;
    std::vector<Point> points;
};

/// The plain loop over evenly spread points of the grid, at the faster thread count.
Result<Loop> time_loop(const BenchSetup& setup, const landscape::Problem& problem, const landscape::Plane& plane, const record::LandscapePlane& grid)
{
    std::vector<Point> all;
    for (const auto& [i, j] : landscape::level_cells(kSide, kSide, {1}, 0)) {
        all.push_back({grid.x.at(i), grid.y.at(j)});
    }
    Loop best;
    for (const int threads : {1, 2}) {
        set_compute_threads(threads);
        const std::span few(all.data(), 4);
        TIMBERLINE_ASSIGN(const double sample, median_seconds(1, setup.cancel, [&]() -> Status {
                              TIMBERLINE_TRY(landscape::plain_loop(problem, plane, few, setup.cancel));
                              return {};
                          }));
        const auto fits = static_cast<std::size_t>(kLoopSeconds / kRepeats / (sample / 4));
        const std::size_t count = std::clamp<std::size_t>(fits, 8, all.size());
        Loop loop;
        loop.threads = threads;
        for (std::size_t k = 0; k < count; ++k) {
            loop.points.push_back(all[k * all.size() / count]);
        }
        TIMBERLINE_ASSIGN(const double seconds, median_seconds(kRepeats, setup.cancel, [&]() -> Status {
                              TIMBERLINE_ASSIGN(loop.losses, landscape::plain_loop(problem, plane, loop.points, setup.cancel));
                              return {};
                          }));
        loop.seconds = seconds / static_cast<double>(count) * static_cast<double>(all.size());
        if (best.points.empty() || loop.seconds < best.seconds) {
            best = std::move(loop);
        }
    }
    return best;
}

Result<Measurement> time_subject(const BenchSetup& setup, const Subject& subject)
{
    TIMBERLINE_ASSIGN(const auto problem, problem_of(setup, subject));
    TIMBERLINE_ASSIGN(const auto plane, plane_of(subject.spec));
    const auto grid = empty_grid(kSide);
    TIMBERLINE_ASSIGN(const auto loop, time_loop(setup, problem, plane, grid.plane));
    // Preparing the evaluator belongs to the surface.
    Measurement m;
    m.value = 1e30;
    double first_picture = 0, flops = 0;
    std::string name;
    // A convolutional surface takes ten seconds: its coarse levels tell the time of a point, of which all cost the same.
    const bool coarse_only = subject.spec.kind == training::NetKind::Cnn;
    const std::int32_t timed = coarse_only ? 11 * 11 : kSide * kSide;
    for (const int threads : {1, 2}) {
        set_compute_threads(threads);
        double coarse = 0;
        const auto surface = [&]() -> Status {
            const auto begin = std::chrono::steady_clock::now();
            TIMBERLINE_ASSIGN(const auto evaluator, landscape::make_evaluator(problem, plane));
            flops = evaluator->flops() * kSide * kSide;
            name = evaluator->name();
            const auto take = [&](const record::LandscapeTile& tile) {
                if (tile.level <= 1) {  // strides 10 and 5: 11 x 11 points
                    coarse = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
                }
            };
            return landscape::run_grid(*evaluator, grid, threads, setup.cancel, take, coarse_only ? 1 : -1);
        };
        TIMBERLINE_ASSIGN(const double measured, median_seconds(kRepeats, setup.cancel, surface));
        const double seconds = measured * kSide * kSide / timed;
        if (seconds < m.value) {
            m.value = seconds;
            m.threads = threads;
            first_picture = coarse;
        }
    }
    TIMBERLINE_ASSIGN(const auto evaluator, landscape::make_evaluator(problem, plane));
    std::vector<landscape::PointValue> values(loop.points.size());
    TIMBERLINE_TRY(landscape::evaluate_points(*evaluator, loop.points, values, 2, setup.cancel));
    double apart = 0;
    for (std::size_t k = 0; k < values.size(); ++k) {
        apart = std::max(apart, std::abs(values[k].train.loss - loop.losses[k]) / std::max(1.0, std::abs(loop.losses[k])));
    }
    m.name = "landscape";
    m.what = std::string("51x51 surface, ") + subject.name + ", " + name;
    m.unit = "s";
    m.baseline = "plain libtorch loop, " + std::to_string(loop.threads) + (loop.threads == 1 ? " thread" : " threads");
    m.baseline_value = loop.seconds;
    m.ratio = loop.seconds / m.value;
    m.bytes = static_cast<double>(problem.train.inputs.size() * sizeof(float));
    m.flops = flops;
    m.repeats = kRepeats;
    m.details = {{"floor", subject.floor}, {"first_11x11_s", first_picture}, {"points_timed", timed}, {"loop_points_timed", loop.points.size()}, {"largest_relative_difference", apart}};
    return m;
}

Result<run::Config> follow_config(const BenchSetup& setup, bool follow)
{
    OrderedJson json;
    json["timberline"] = 1;
    json["bench"] = "landscape";
    json["method"] = {{"data_set", {{"id", "digits"}, {"values", {{"samples", 1200}}}}}};
    json["landscape"] = {{"hidden", {64}},       {"steps", 600},         {"batch_size", 32}, {"nx", 1},
                         {"ny", 1},              {"surface_samples", 512}, {"follow", follow}, {"follow_every", 0},
                         {"test_surface", false}, {"validate_every", 0},  {"snapshots_kept", 400}};
    return run::parse_config(Json(json), setup.methods, "follow bench");
}

}  // namespace

Result<std::vector<Measurement>> bench_landscape(const BenchSetup& setup)
{
    std::vector<Measurement> out;
    for (const auto& subject : subjects()) {
        TIMBERLINE_ASSIGN(auto line, time_subject(setup, subject));
        out.push_back(std::move(line));
    }
    return out;
}

/// Wall time of 600 steps of a 784-64-10 with and without a surface of 11 x 11 points on 512 samples as often as it takes, by turns.
Result<std::vector<Measurement>> bench_follow(const BenchSetup& setup)
{
    const auto engine = run::make_engine();
    std::vector<double> with, without;
    record::FollowCost cost;
    for (int repeat = -1; repeat < kRepeats; ++repeat) {
        for (const bool follow : {false, true}) {
            TIMBERLINE_ASSIGN(const auto config, follow_config(setup, follow));
            NullSink sink;
            TIMBERLINE_ASSIGN(const auto record, engine->run(config, setup.cancel, sink));
            const auto steps = record::training_steps(*record);
            if (repeat < 0 || steps.empty()) {
                continue;
            }
            (follow ? with : without).push_back(static_cast<double>(steps.back().elapsed_ms));
            record::LandscapeFold fold;
            for (const auto& event : record->events) {
                if (const auto* block = std::get_if<record::Block>(&event.payload); block != nullptr) {
                    fold.add(*block);
                }
            }
            cost = fold.follow_cost().value_or(cost);
        }
    }
    const auto median = [](std::vector<double> times) {
        std::ranges::sort(times);
        return times.empty() ? 0.0 : times[times.size() / 2];
    };
    Measurement m;
    m.name = "follow";
    m.what = "600 steps of 784-64-10 while an 11x11 surface follows";
    m.value = median(with);
    m.unit = "ms";
    m.baseline = "the same training alone";
    m.baseline_value = median(without);
    m.ratio = m.value > 0 ? m.baseline_value / m.value : 0;
    m.threads = 2;
    m.repeats = kRepeats;
    m.details = {{"lost_percent", 100 * (1 - m.ratio)},
                 {"surfaces", cost.surfaces},
                 {"cells", cost.cells},
                 {"waited_ms", cost.waited_ms},
                 {"evaluation_ms", cost.evaluation_ms}};
    return std::vector{m};
}

}  // namespace timberline::cli
