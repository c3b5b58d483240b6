// SPDX-License-Identifier: GPL-3.0-or-later
// The surface against the way everybody computes it: a loop that sets the parameters and runs the network, in libtorch, without gradients,
// at the faster of one and two threads.
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
constexpr double kLoopSeconds =
    2.5;  ///< a run of the loop times as many points as fit, and the whole surface is their mean times its points

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
            {"CNN 8-16 on 1,000 digits 28x28",
             "digits",
             1000,
             {.kind = NetKind::Cnn, .input = {1, 28, 28}, .hidden = {8, 16}, .outputs = 10},
             "ce",
             5}};
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

/// One way to compute the surface with one number of threads, timed by turns with the others, so that a busy machine slows all of them.
struct Contender {
    bool loop = false;
    int threads = 1;
    std::vector<double> seconds;  ///< of the whole surface
    double first_picture = 0;
};

class Race
{
public:
    Race(const BenchSetup& setup, const Subject& subject, landscape::Problem problem, landscape::Plane plane)
        : setup_(setup), subject_(subject), problem_(std::move(problem)), plane_(std::move(plane)), grid_(empty_grid(kSide)),
          coarse_(subject.spec.kind == training::NetKind::Cnn)
    {
        for (const auto& [i, j] : landscape::level_cells(kSide, kSide, {1}, 0)) {
            cells_.push_back({grid_.plane.x.at(i), grid_.plane.y.at(j)});
        }
        for (const int threads : {1, 2}) {
            runners_.push_back({.loop = true, .threads = threads, .seconds = {}});
            runners_.push_back({.loop = false, .threads = threads, .seconds = {}});
        }
    }

    Result<Measurement> run()
    {
        TIMBERLINE_TRY(choose_points());
        for (int repeat = -1; repeat < kRepeats; ++repeat) {
            for (auto& runner : runners_) {
                set_compute_threads(runner.threads);
                double seconds = 0;
                TIMBERLINE_TRY(runner.loop ? time_loop(seconds) : time_surface(runner, seconds));
                if (repeat >= 0) {
                    runner.seconds.push_back(seconds);
                }
            }
        }
        return result();
    }

private:
    static double median(std::vector<double> times)
    {
        std::ranges::sort(times);
        return times[times.size() / 2];
    }

    static double seconds_since(std::chrono::steady_clock::time_point begin)
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }

    /// Evenly spread points of the grid, as many as the loop does in its share of time.
    Status choose_points()
    {
        set_compute_threads(1);
        const std::span few(cells_.data(), 4);
        double sample = 0;
        for (int pass = 0; pass < 2; ++pass) {  // the first warms up
            const auto begin = std::chrono::steady_clock::now();
            TIMBERLINE_TRY(landscape::plain_loop(problem_, plane_, few, setup_.cancel));
            sample = seconds_since(begin) / 4;
        }
        const auto fits = static_cast<std::size_t>(kLoopSeconds / kRepeats / sample);
        const std::size_t count = std::clamp<std::size_t>(fits, 4, cells_.size());
        for (std::size_t k = 0; k < count; ++k) {
            points_.push_back(cells_[k * cells_.size() / count]);
        }
        return {};
    }

    Status time_loop(double& seconds)
    {
        const auto begin = std::chrono::steady_clock::now();
        TIMBERLINE_ASSIGN(losses_, landscape::plain_loop(problem_, plane_, points_, setup_.cancel));
        seconds = seconds_since(begin) / static_cast<double>(points_.size()) * static_cast<double>(cells_.size());
        return {};
    }

    /// Preparing the evaluator belongs to the surface. A convolutional surface takes ten seconds: its coarse levels tell the time of a
    /// point, of which all cost the same.
    Status time_surface(Contender& runner, double& seconds)
    {
        constexpr double kLeastSeconds = 0.03;
        const auto begin = std::chrono::steady_clock::now();
        int runs = 0;
        do {
            const auto start = std::chrono::steady_clock::now();
            TIMBERLINE_ASSIGN(const auto evaluator, landscape::make_evaluator(problem_, plane_));
            const auto take = [&](const record::LandscapeTile& tile) {
                if (tile.level <= 1) {  // strides 10 and 5: 11 x 11 points
                    runner.first_picture = seconds_since(start);
                }
            };
            TIMBERLINE_TRY(landscape::run_grid(*evaluator, grid_, runner.threads, setup_.cancel, take, coarse_ ? 1 : -1));
            ++runs;
        } while (seconds_since(begin) < kLeastSeconds);
        const double share = coarse_ ? 11.0 * 11 / (kSide * kSide) : 1;
        seconds = seconds_since(begin) / runs / share;
        return {};
    }

    [[nodiscard]] const Contender& faster(bool loop) const
    {
        const Contender* best = nullptr;
        for (const auto& runner : runners_) {
            if (runner.loop == loop && (best == nullptr || median(runner.seconds) < median(best->seconds))) {
                best = &runner;
            }
        }
        return *best;
    }

    Result<Measurement> result()
    {
        TIMBERLINE_ASSIGN(const auto evaluator, landscape::make_evaluator(problem_, plane_));
        std::vector<landscape::PointValue> values(points_.size());
        TIMBERLINE_TRY(landscape::evaluate_points(*evaluator, points_, values, 2, setup_.cancel));
        double apart = 0;
        for (std::size_t k = 0; k < values.size(); ++k) {
            apart = std::max(apart, std::abs(values[k].train.loss - losses_[k]) / std::max(1.0, std::abs(losses_[k])));
        }
        const auto& ours = faster(false);
        const auto& loop = faster(true);
        Measurement m;
        m.name = "landscape";
        m.what = std::string("51x51 surface, ") + subject_.name + ", " + evaluator->name();
        m.value = median(ours.seconds);
        m.unit = "s";
        m.baseline = "plain libtorch loop, " + std::to_string(loop.threads) + (loop.threads == 1 ? " thread" : " threads");
        m.baseline_value = median(loop.seconds);
        m.ratio = m.baseline_value / m.value;
        m.bytes = static_cast<double>(problem_.train.inputs.size() * sizeof(float));
        m.flops = evaluator->flops() * kSide * kSide;
        m.threads = ours.threads;
        m.repeats = kRepeats;
        m.details = {{"floor", subject_.floor},
                     {"first_11x11_s", ours.first_picture},
                     {"points_timed", coarse_ ? 11 * 11 : kSide * kSide},
                     {"loop_points_timed", points_.size()},
                     {"largest_relative_difference", apart}};
        return m;
    }

    const BenchSetup& setup_;
    const Subject& subject_;
    landscape::Problem problem_;
    landscape::Plane plane_;
    record::LandscapeGrid grid_;
    bool coarse_;
    std::vector<Point> cells_, points_;
    std::vector<Contender> runners_;
    std::vector<double> losses_;
};

Result<run::Config> follow_config(const BenchSetup& setup, bool follow)
{
    OrderedJson json;
    json["timberline"] = 1;
    json["bench"] = "landscape";
    json["method"] = {{"data_set", {{"id", "digits"}, {"values", {{"samples", 1200}}}}}};
    json["landscape"] = {{"hidden", {64}},
                         {"steps", 600},
                         {"batch_size", 32},
                         {"nx", 1},
                         {"ny", 1},
                         {"surface_samples", 512},
                         {"follow", follow},
                         {"follow_every", 0},
                         {"test_surface", false},
                         {"validate_every", 0},
                         {"snapshots_kept", 400}};
    return run::parse_config(Json(json), setup.methods, "follow bench");
}

}  // namespace

Result<std::vector<Measurement>> bench_landscape(const BenchSetup& setup)
{
    std::vector<Measurement> out;
    for (const auto& subject : subjects()) {
        TIMBERLINE_ASSIGN(auto problem, problem_of(setup, subject));
        TIMBERLINE_ASSIGN(auto plane, plane_of(subject.spec));
        TIMBERLINE_ASSIGN(auto line, Race(setup, subject, std::move(problem), std::move(plane)).run());
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
