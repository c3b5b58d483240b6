// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/landscape_grid.h"
#include "core/record/record.h"
#include "core/record/training_curve.h"

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

/// Small hand-made landscapes for the view tests: heights are closed formulas, not computed by the program.
namespace timberline::testing {

using Height = std::function<double(double alpha, double beta)>;

inline record::LandscapePlane plane(std::int32_t nx, std::int32_t ny, double reach = 1)
{
    record::LandscapePlane out;
    out.x.kind = out.y.kind = "random";
    out.x.normalisation = out.y.normalisation = "filter";
    out.x.one_dimensional = out.y.one_dimensional = "zero";
    out.x.seed = 1;
    out.y.seed = 2;
    out.x.low = out.y.low = -reach;
    out.x.high = out.y.high = reach;
    out.x.points = nx;
    out.y.points = ny;
    out.x.norm = out.y.norm = 2;
    out.center_norm = 8;
    out.center_step = 200;
    out.loss = "ce";
    out.data = "two-moons";
    out.batch_norm = "none";
    out.samples = 500;
    out.sample_seed = 7;
    out.evaluation = "fused avx2";
    out.strides = {10, 5, 1};
    return out;
}

/// Cells of one level: on the lattice of its stride and not on an earlier one.
inline record::LandscapeTile tile(const record::LandscapePlane& plane, std::size_t level, const Height& train, double error = 0.01,
                                  const Height& test = {})
{
    const auto on = [](std::int32_t k, std::int32_t points, std::int32_t stride) { return k % stride == 0 || k == points - 1; };
    record::LandscapeTile out;
    out.plane = plane.id;
    out.level = static_cast<std::int32_t>(level);
    for (std::int32_t j = 0; j < plane.y.points; ++j) {
        for (std::int32_t i = 0; i < plane.x.points; ++i) {
            bool here = on(i, plane.x.points, plane.strides[level]) && on(j, plane.y.points, plane.strides[level]);
            for (std::size_t earlier = 0; earlier < level; ++earlier) {
                here = here && !(on(i, plane.x.points, plane.strides[earlier]) && on(j, plane.y.points, plane.strides[earlier]));
            }
            if (here) {
                const double a = plane.x.at(i);
                const double b = plane.y.kind == "none" ? 0 : plane.y.at(j);
                out.i.push_back(i);
                out.j.push_back(j);
                out.loss.push_back(train(a, b));
                out.standard_error.push_back(error);
                if (test) {
                    out.test_loss.push_back(test(a, b));
                    out.test_standard_error.push_back(error);
                }
            }
        }
    }
    return out;
}

inline record::Event event(record::Block block, std::int32_t moment)
{
    block.moment = moment;
    return {std::move(block)};
}

inline void addSurface(record::Record& record, const record::LandscapePlane& plane, const Height& train, std::int32_t moment = -1,
                       const Height& test = {}, std::size_t levels = 3, double error = 0.01)
{
    record.events.push_back(event(record::to_block(plane), moment));
    for (std::size_t level = 0; level < levels; ++level) {
        record.events.push_back(event(record::to_block(tile(plane, level, train, error, test)), moment));
    }
}

/// f = 0.5 (4 a^2 + b^2).
inline double bowl(double a, double b)
{
    return 0.5 * (4 * a * a + b * b);
}

/// A valley that bends, with hills around it: something to look at.
inline double valley(double a, double b)
{
    const double bend = b - 0.9 * a * a + 0.25;
    return 0.18 + 1.6 * bend * bend + 0.22 * (a - 0.1) * (a - 0.1) + 0.12 * std::sin(5 * a) * std::cos(4 * b) +
           0.9 * std::exp(-8 * ((a + 0.7) * (a + 0.7) + (b - 0.6) * (b - 0.6)));
}

inline record::LandscapeTrajectory path(std::int32_t plane, int count, int everySteps)
{
    record::LandscapeTrajectory out;
    out.plane = plane;
    for (int k = 0; k < count; ++k) {
        const double t = 1 - static_cast<double>(k) / (count - 1);
        out.step.push_back(k * everySteps);
        out.x.push_back(0.85 * t * t - 0.25 * std::sin(4 * t) * t);
        out.y.push_back(0.75 * t * std::cos(2.2 * t) + 0.05 * std::sin(20 * t) * t);
        out.residual.push_back(0.35 * t * (1 - t));
        out.loss.push_back(valley(out.x.back(), out.y.back()) + 0.1 * t);
    }
    return out;
}

/// A training of `steps` steps with looks, a changed learning rate, and a loss that falls.
inline void addTraining(record::Record& record, int steps, int lookEvery)
{
    record::TrainingSetup setup;
    setup.net = "{}";
    setup.data_set = "two-moons";
    setup.task = "classification";
    setup.parameters = 337;
    setup.samples = 600;
    setup.train = 500;
    setup.outputs = 2;
    setup.steps = steps;
    setup.sample_shape = {2};
    record.events.push_back(event(record::to_block(setup), -1));
    for (int first = 0; first < steps; first += 10) {
        if (first == steps / 2) {
            record.events.push_back({record::ParameterChanged{first, "learning_rate", "0.1", "0.03"}});
        }
        record::TrainingSteps block{.first_moment = first, .steps = {}};
        for (int k = first; k < std::min(steps, first + 10); ++k) {
            record::TrainingStep step;
            step.step = k;
            step.epoch = k / 16;
            step.loss =
                static_cast<float>(0.15 + 0.6 * std::exp(-k / (0.2 * steps)) + 0.05 * std::sin(1.7 * k) * std::exp(-k / (0.6 * steps)));
            step.accuracy = static_cast<float>(1 - 0.4 * std::exp(-k / (0.2 * steps)));
            step.learning_rate = k < steps / 2 ? 0.1F : 0.03F;
            step.gradient_norm = 0.5F;
            step.update_norm = 0.05F;
            block.steps.push_back(step);
        }
        record.events.push_back(event(record::to_block(block), first));
        if ((first + 10) % lookEvery == 0) {
            record::TrainingValidation look;
            look.moment = first + 9;
            look.step = first + 10;
            look.train_loss = 0.14 + 0.6 * std::exp(-first / (0.2 * steps));
            look.loss = look.train_loss + 0.02 + 0.05 * first / steps;
            look.train_accuracy = 0.96;
            look.accuracy = 0.93;
            for (int n = 0; n < 300; ++n) {
                look.train_row_loss.push_back(static_cast<float>(-0.25 * std::log((n + 0.5) / 300.0)));
                look.train_confidence.push_back(0.9F);
                look.train_correct.push_back(1);
            }
            for (int n = 0; n < 100; ++n) {
                look.row_loss.push_back(static_cast<float>(-0.45 * std::log((n + 0.5) / 100.0)));
                look.confidence.push_back(0.85F);
                look.correct.push_back(1);
            }
            record.events.push_back(event(record::to_block(look), look.moment));
        }
    }
}

inline record::HessianSummary curvature(std::int64_t step, double top, double learningRate, double momentum = 0)
{
    record::HessianSummary out;
    out.step = step;
    out.eigenvalues = {top, top / 4};
    out.errors = {0.01 * top, 0.01 * top};
    out.lowest = -0.1;
    out.trace = 1.6 * top;
    out.trace_error = 0.05 * top;
    out.trace_probes = 20;
    for (int k = 0; k < 200; ++k) {
        const double at = -0.3 + (top * 1.05 + 0.3) * k / 199;
        const auto bump = [at, top](double middle, double weight) {
            return weight * std::exp(-0.5 * std::pow((at - middle) / (0.015 * top), 2));
        };
        out.density_at.push_back(at);
        out.density.push_back(bump(0, 30 / top) + bump(top / 4, 1 / top) + bump(top, 0.4 / top));
    }
    out.learning_rate = learningRate;
    out.stability_limit = 2 * (1 + momentum) / learningRate;
    out.limit_rule = momentum > 0 ? "2(1+mu)/lr" : "2/lr";
    out.products = "double backward";
    out.iterations = 40;
    out.converged = true;
    return out;
}

inline record::RunStarted startedLandscape()
{
    record::RunStarted out;
    out.bench = "landscape";
    out.model_name = "mlp";
    return out;
}

/// Training with curvature, a surface with its test twin and the path: what a finished run of the bench holds.
inline std::shared_ptr<record::Record> wholeLandscape(std::int32_t points = 51)
{
    auto record = std::make_shared<record::Record>();
    record->events.push_back({startedLandscape()});
    addTraining(*record, 200, 20);
    for (int step = 0; step < 200; step += 20) {
        record->events.push_back(
            event(record::to_block(curvature(step, 20 + 46 * (1 - std::exp(-step / 60.0)), step < 100 ? 0.1 : 0.03)), step));
    }
    auto shown = plane(points, points);
    shown.test_samples = 100;
    shown.center_loss = valley(0, 0);
    addSurface(*record, shown, valley, 199, [](double a, double b) { return valley(a + 0.06, b) + 0.05; });
    record->events.push_back(event(record::to_block(path(0, 60, 200 / 59)), 199));
    record->events.push_back(event(record::to_block(curvature(200, 64, 0.03)), 199));
    record->events.push_back({record::RunFinished{"length", "", 1000, 0}});
    return record;
}

inline record::DecisionMap decisions()
{
    record::DecisionMap map;
    map.nx = map.ny = 60;
    map.x_low = -1.5;
    map.x_high = 2.5;
    map.y_low = -1;
    map.y_high = 1.5;
    for (int j = 0; j < 60; ++j) {
        for (int i = 0; i < 60; ++i) {
            const double x = -1.5 + 4.0 * i / 59;
            const double y = -1 + 2.5 * j / 59;
            const double p = 1 / (1 + std::exp(-6 * (y - 0.6 * std::sin(2.2 * x) - 0.2)));
            map.choice.push_back(p >= 0.5 ? 1 : 0);
            map.value.push_back(static_cast<float>(std::max(p, 1 - p)));
        }
    }
    for (int n = 0; n < 160; ++n) {
        const double angle = 3.14159 * (n / 2) / 80;
        const bool second = n % 2 == 1;
        map.points_x.push_back(static_cast<float>((second ? 1 - std::cos(angle) : std::cos(angle)) + 0.08 * std::sin(37.0 * n)));
        map.points_y.push_back(static_cast<float>((second ? 0.5 - std::sin(angle) : std::sin(angle)) + 0.08 * std::cos(53.0 * n)));
        map.labels.push_back(second ? 0 : 1);
    }
    map.loss = 0.21;
    return map;
}

}  // namespace timberline::testing
