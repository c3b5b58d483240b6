// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/evaluation.h"

#include "core/base/thread_pool.h"
#include "core/landscape/evaluation_checks.h"
#include "core/landscape/fused_evaluator.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <optional>

namespace timberline::landscape {
namespace {

/// 0.5 sum c_i theta_i^2 in float64; no samples, so no sampling error.
class QuadraticEvaluator final : public Evaluator
{
public:
    QuadraticEvaluator(std::vector<double> curvature, Plane plane) : curvature_(std::move(curvature)), plane_(std::move(plane)) {}

    [[nodiscard]] Status evaluate(std::span<const Point> points, std::span<PointValue> values, const CancelToken& cancel) const override
    {
        for (std::size_t p = 0; p < points.size(); ++p) {
            if (cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "the evaluation was cancelled");
            }
            double loss = 0;
            for (std::size_t i = 0; i < curvature_.size(); ++i) {
                double theta = static_cast<double>(plane_.center[i]);
                theta += plane_.v.empty() ? 0 : points[p].beta * static_cast<double>(plane_.v[i]);
                theta += plane_.u.empty() ? 0 : points[p].alpha * static_cast<double>(plane_.u[i]);
                loss += 0.5 * curvature_[i] * theta * theta;
            }
            values[p] = {};
            values[p].train.loss = loss;
            values[p].train.standard_error = 0;
        }
        return {};
    }
    [[nodiscard]] Status sample_losses(Point, std::vector<double>& train, std::vector<double>& test, const CancelToken&) const override
    {
        train.clear();
        test.clear();
        return {};
    }
    [[nodiscard]] Result<std::vector<float>> outputs(Point, std::span<const float>, std::int64_t, const CancelToken&) const override
    {
        return no_outputs();
    }
    [[nodiscard]] std::int64_t group() const noexcept override { return 64; }
    [[nodiscard]] double flops() const noexcept override { return 7.0 * static_cast<double>(curvature_.size()); }
    [[nodiscard]] std::string name() const override { return "closed form"; }

private:
    std::vector<double> curvature_;
    Plane plane_;
};

Error wrong_size(const std::string& what, std::size_t got, std::int64_t expected)
{
    return make_error(ErrorCode::InvalidArgument,
                      "landscape: " + what + " has " + std::to_string(got) + " numbers, expected " + std::to_string(expected),
                      "The checkpoint or record belongs to another network.");
}

Status check_direction(const std::string& what, const std::vector<float>& values, std::int64_t expected)
{
    if (!values.empty() && static_cast<std::int64_t>(values.size()) != expected) {
        return wrong_size(what, values.size(), expected);
    }
    if (!std::ranges::all_of(values, [](float x) { return std::isfinite(x); })) {
        return make_error(ErrorCode::InvalidArgument, "landscape: " + what + " holds numbers that are not finite",
                          "The network has diverged there: take another snapshot or kind of direction.");
    }
    return {};
}

Status check_samples(const Problem& problem, const Samples& samples, const std::string& what)
{
    const bool text = problem.spec.kind == training::NetKind::Transformer;
    const auto size = training::input_size(problem.spec);
    if (samples.size != size) {
        return make_error(ErrorCode::InvalidArgument,
                          "landscape: a " + what + " sample has " + std::to_string(samples.size) + " numbers, the network takes " +
                              std::to_string(size),
                          "Choose the data set that the network was made for.");
    }
    const auto count = static_cast<std::size_t>(samples.count);
    if ((text && samples.tokens.size() != count * static_cast<std::size_t>(size + 1)) ||
        (!text && samples.inputs.size() != count * static_cast<std::size_t>(size))) {
        return make_error(ErrorCode::InvalidArgument, "landscape: the " + what + " samples are not what this network reads",
                          "Choose the data set that the network was made for.");
    }
    const bool labels = text || samples.labels.size() == count;
    const bool targets = samples.targets.size() == count * static_cast<std::size_t>(problem.spec.outputs);
    if (problem.loss != nullptr && !(problem.loss->uses_labels() ? labels : targets)) {
        return make_error(ErrorCode::InvalidArgument,
                          "landscape: the loss " + problem.loss_id + " wants " + (problem.loss->uses_labels() ? "labels" : "numbers") +
                              " as targets, which the data does not have",
                          "Choose a loss for this kind of data.");
    }
    return {};
}

}  // namespace

Status check_problem(const Problem& problem, const Plane& plane)
{
    TIMBERLINE_ASSIGN(const auto layout, training::layout_of(problem.spec));
    if (static_cast<std::int64_t>(plane.center.size()) != layout.parameter_count) {
        return wrong_size("the centre", plane.center.size(), layout.parameter_count);
    }
    if (static_cast<std::int64_t>(plane.buffers.size()) != layout.buffer_count) {
        return wrong_size("the list of batch norm statistics", plane.buffers.size(), layout.buffer_count);
    }
    TIMBERLINE_TRY(check_direction("the first direction", plane.u, layout.parameter_count));
    TIMBERLINE_TRY(check_direction("the second direction", plane.v, layout.parameter_count));
    TIMBERLINE_TRY(check_direction("the first direction of batch norm statistics", plane.u_buffers, layout.buffer_count));
    TIMBERLINE_TRY(check_direction("the second direction of batch norm statistics", plane.v_buffers, layout.buffer_count));
    if (problem.spec.kind == training::NetKind::Quadratic) {
        return {};
    }
    if (problem.loss == nullptr) {
        return make_error(ErrorCode::InvalidArgument, "landscape: no loss is given", "Choose a loss.");
    }
    if (problem.train.count < 1) {
        return make_error(ErrorCode::InvalidArgument, "landscape: there are no training samples to evaluate on", "Choose a data set.");
    }
    TIMBERLINE_TRY(check_samples(problem, problem.train, "training"));
    return problem.test.count > 0 ? check_samples(problem, problem.test, "test") : Status{};
}

Error no_outputs()
{
    return make_error(ErrorCode::Unsupported, "landscape: this network takes no numbers, so there are no outputs to show",
                      "Choose a perceptron or a convolutional network.");
}

Status check_inputs(std::size_t got, std::int64_t count, std::int64_t size)
{
    const auto expected = count * size;
    return static_cast<std::int64_t>(got) == expected ? Status{} : wrong_size("the list of inputs", got, expected);
}

Result<std::unique_ptr<Evaluator>> make_evaluator(const Problem& problem, const Plane& plane)
{
    TIMBERLINE_TRY(check_problem(problem, plane));
    if (problem.spec.kind == training::NetKind::Quadratic) {
        return std::unique_ptr<Evaluator>(std::make_unique<QuadraticEvaluator>(problem.spec.curvature, plane));
    }
    auto plan = make_fused_plan(problem.spec);
    if (!plan.ok()) {
        return make_network_evaluator(problem, plane);
    }
    return std::unique_ptr<Evaluator>(std::make_unique<FusedEvaluator>(problem, plane, std::move(*plan), kernels::chosen_kernels()));
}

Status evaluate_points(const Evaluator& evaluator, std::span<const Point> points, std::span<PointValue> values, int threads,
                       const CancelToken& cancel)
{
    const auto size = static_cast<std::size_t>(evaluator.group());
    const std::size_t groups = (points.size() + size - 1) / size;
    const auto workers = std::min<std::int64_t>(threads, static_cast<std::int64_t>(groups));
    if (workers <= 1 || !evaluator.parallel()) {
        return evaluator.evaluate(points, values, cancel);
    }
    // Groups are handed out one by one: a slow core must not hold up the picture. Which thread computes a point changes nothing.
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::optional<Error> failure;
    ThreadPool::instance().parallel_for(workers, 1, [&](std::int64_t, std::int64_t) {
        for (std::size_t g = next++; g < groups; g = next++) {
            const std::size_t first = g * size;
            const std::size_t count = std::min(size, points.size() - first);
            if (const auto done = evaluator.evaluate(points.subspan(first, count), values.subspan(first, count), cancel); !done.ok()) {
                const std::scoped_lock lock(mutex);
                failure = done.error();
                return;
            }
        }
    });
    return failure ? Status(*failure) : Status{};
}

}  // namespace timberline::landscape
