// SPDX-License-Identifier: GPL-3.0-or-later
// Points through the trainer's own network: transformers, networks with internal heads, and the reference for the fused evaluation.
#include "core/landscape/evaluation_checks.h"
#include "core/landscape/reduction.h"
#include "core/training/network.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

namespace timberline::landscape {
namespace {

constexpr std::int64_t kChunkRows = 256;  ///< between two looks at the cancel token

struct SubsetLosses {
    std::vector<double> losses;  ///< per sample
    double accuracy = std::numeric_limits<double>::quiet_NaN();
};

class NetworkEvaluator final : public Evaluator
{
public:
    NetworkEvaluator(const Problem& problem, Plane plane, std::unique_ptr<training::Network> network)
        : problem_(problem), plane_(std::move(plane)), network_(std::move(network))
    {
        if (problem_.head_weights.empty()) {
            problem_.head_weights.assign(static_cast<std::size_t>(training::head_count(problem_.spec)), 0);
            problem_.head_weights.back() = 1;
        }
    }

    [[nodiscard]] Status evaluate(std::span<const Point> points, std::span<PointValue> values, const CancelToken& cancel) const override
    {
        const std::scoped_lock lock(mutex_);
        for (std::size_t p = 0; p < points.size(); ++p) {
            std::array<SubsetLosses, 2> losses;
            TIMBERLINE_TRY(run(points[p], losses, cancel));
            values[p] = {value_of(losses[0]), value_of(losses[1])};
        }
        return {};
    }

    [[nodiscard]] Status sample_losses(Point point, std::vector<double>& train, std::vector<double>& test,
                                       const CancelToken& cancel) const override
    {
        const std::scoped_lock lock(mutex_);
        std::array<SubsetLosses, 2> losses;
        TIMBERLINE_TRY(run(point, losses, cancel));
        train = std::move(losses[0].losses);
        test = std::move(losses[1].losses);
        return {};
    }

    [[nodiscard]] Result<std::vector<float>> outputs(Point point, std::span<const float> inputs, std::int64_t count,
                                                     const CancelToken& cancel) const override
    {
        if (problem_.spec.kind == training::NetKind::Transformer) {
            return no_outputs();
        }
        const std::int64_t size = training::input_size(problem_.spec);
        TIMBERLINE_TRY(check_inputs(inputs.size(), count, size));
        const std::scoped_lock lock(mutex_);
        std::vector<float> parameters, buffers, logits, out;
        TIMBERLINE_TRY(state_at(point, problem_.batch_norm != BatchNormPolicy::Frozen, parameters, buffers));
        Samples given;
        given.size = size;
        given.inputs.assign(inputs.begin(), inputs.end());
        for (std::int64_t first = 0; first < count; first += kChunkRows) {
            if (cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "the evaluation was cancelled");
            }
            const std::int64_t rows = std::min(kChunkRows, count - first);
            TIMBERLINE_TRY(forward(given, first, rows, parameters, buffers, training::NormMode::Running, logits));
            out.insert(out.end(), logits.end() - rows * problem_.spec.outputs, logits.end());
        }
        return out;
    }

    [[nodiscard]] double flops() const noexcept override
    {
        const double rows = static_cast<double>(network_->rows(problem_.train.count + problem_.test.count));
        return 2 * rows * static_cast<double>(network_->layout().parameter_count);
    }
    [[nodiscard]] bool parallel() const noexcept override { return false; }
    [[nodiscard]] std::string name() const override { return "the trainer's network"; }

private:
    static SubsetValue value_of(const SubsetLosses& losses)
    {
        if (losses.losses.empty()) {
            return {};
        }
        SubsetValue out = mean_and_error(losses.losses, {});
        out.accuracy = losses.accuracy;
        return out;
    }

    static std::vector<float> moved(const std::vector<float>& center, const std::vector<float>& u, const std::vector<float>& v, Point point)
    {
        std::vector<float> out = center;
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] += v.empty() ? 0.0F : static_cast<float>(point.beta) * v[i];
            out[i] += u.empty() ? 0.0F : static_cast<float>(point.alpha) * u[i];
        }
        return out;
    }

    /// Parameters and batch norm statistics of a point. @param measure computes these on the training samples.
    Status state_at(Point point, bool measure, std::vector<float>& parameters, std::vector<float>& buffers) const
    {
        parameters = moved(plane_.center, plane_.u, plane_.v, point);
        buffers = moved(plane_.buffers, plane_.u_buffers, plane_.v_buffers, point);
        for (const auto& slot : network_->layout().buffers) {
            if (slot.name.ends_with("running_var")) {  // an extrapolated variance may be negative
                for (std::int64_t i = slot.offset; i < slot.offset + slot.elements; ++i) {
                    buffers[static_cast<std::size_t>(i)] = std::max(buffers[static_cast<std::size_t>(i)], 0.0F);
                }
            }
        }
        if (!buffers.empty() && measure) {
            // One training pass moves empty statistics a tenth of the way to the batch's.
            std::ranges::fill(buffers, 0.0F);
            std::vector<float> logits;
            TIMBERLINE_TRY(forward(problem_.train, 0, problem_.train.count, parameters, buffers, training::NormMode::BatchUpdate, logits));
            std::ranges::transform(buffers, buffers.begin(), [](float x) { return 10 * x; });
            make_biased(buffers);
        }
        return {};
    }

    Status run(Point point, std::array<SubsetLosses, 2>& losses, const CancelToken& cancel) const
    {
        std::vector<float> parameters, buffers;
        TIMBERLINE_TRY(state_at(point, problem_.batch_norm == BatchNormPolicy::Reestimated, parameters, buffers));
        TIMBERLINE_TRY(run_subset(problem_.train, parameters, buffers, losses[0], cancel));
        return problem_.test.count > 0 ? run_subset(problem_.test, parameters, buffers, losses[1], cancel) : Status{};
    }

    /// The trainer's network stores the unbiased variance, n / (n - 1) times that of the batch.
    void make_biased(std::span<float> buffers) const
    {
        const bool cnn = problem_.spec.kind == training::NetKind::Cnn;
        for (std::size_t k = 0; k < problem_.spec.hidden.size(); ++k) {
            const auto* slot = network_->layout().find("norms." + std::to_string(k) + ".running_var");
            const double pixels = cnn ? static_cast<double>((problem_.spec.input[1] >> k) * (problem_.spec.input[2] >> k)) : 1;
            const double count = static_cast<double>(problem_.train.count) * pixels;
            for (std::int64_t i = 0; slot != nullptr && i < slot->elements; ++i) {
                auto& variance = buffers[static_cast<std::size_t>(slot->offset + i)];
                variance = static_cast<float>(static_cast<double>(variance) * (count - 1) / count);
            }
        }
    }

    Status forward(const Samples& samples, std::int64_t first, std::int64_t count, std::span<const float> parameters,
                   std::span<float> buffers, training::NormMode mode, std::vector<float>& logits) const
    {
        const auto heads = training::head_count(problem_.spec);
        logits.resize(static_cast<std::size_t>(heads * network_->rows(count) * problem_.spec.outputs));
        training::NetInput input{.samples = count};
        std::vector<std::int32_t> tokens;
        if (samples.tokens.empty()) {
            input.values = std::span(samples.inputs)
                               .subspan(static_cast<std::size_t>(first * samples.size), static_cast<std::size_t>(count * samples.size));
        } else {
            for (std::int64_t n = first; n < first + count; ++n) {
                const auto begin = samples.tokens.begin() + n * (samples.size + 1);
                tokens.insert(tokens.end(), begin, begin + samples.size);
            }
            input.tokens = tokens;
        }
        return network_->forward(parameters, buffers, input, mode, logits);
    }

    /// Labels of the rows of samples [first, first + count).
    static std::vector<std::int32_t> row_labels(const Samples& samples, std::int64_t first, std::int64_t count)
    {
        std::vector<std::int32_t> out;
        if (samples.tokens.empty()) {
            if (!samples.labels.empty()) {
                out.assign(samples.labels.begin() + first, samples.labels.begin() + first + count);
            }
            return out;
        }
        for (std::int64_t n = first; n < first + count; ++n) {
            const auto begin = samples.tokens.begin() + n * (samples.size + 1) + 1;
            out.insert(out.end(), begin, begin + samples.size);
        }
        return out;
    }

    Status run_subset(const Samples& samples, std::span<const float> parameters, std::span<float> buffers, SubsetLosses& out,
                      const CancelToken& cancel) const
    {
        const bool batch = !buffers.empty() && problem_.batch_norm == BatchNormPolicy::Batch;
        const std::int64_t per_sample = network_->rows(1);
        const std::int64_t step = batch ? samples.count : std::max<std::int64_t>(kChunkRows / per_sample, 1);
        double right = 0;
        for (std::int64_t first = 0; first < samples.count; first += step) {
            if (cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "the evaluation was cancelled");
            }
            const std::int64_t count = std::min(step, samples.count - first);
            std::vector<float> logits;
            TIMBERLINE_TRY(forward(samples, first, count, parameters, buffers,
                                   batch ? training::NormMode::Batch : training::NormMode::Running, logits));
            right += add_losses(samples, first, count, logits, out.losses);
        }
        if (!samples.tokens.empty() || !samples.labels.empty()) {
            out.accuracy = right / static_cast<double>(samples.count);
        }
        return {};
    }

    /// Appends the samples' losses (means over their rows). @return sum of their accuracies.
    double add_losses(const Samples& samples, std::int64_t first, std::int64_t count, std::span<const float> logits,
                      std::vector<double>& out) const
    {
        const std::int64_t rows = network_->rows(count), per_sample = network_->rows(1);
        const auto numbers = static_cast<std::size_t>(rows * problem_.spec.outputs);
        const auto labels = row_labels(samples, first, count);
        std::vector<double> targets;
        if (!samples.targets.empty()) {
            const auto begin = samples.targets.begin() + first * samples.outputs;
            targets.assign(begin, begin + count * samples.outputs);
        }
        std::vector<double> sum(static_cast<std::size_t>(rows), 0), one(sum.size());
        double right = 0;
        for (std::size_t h = 0; h < problem_.head_weights.size(); ++h) {
            const bool last = h + 1 == problem_.head_weights.size();
            if (problem_.head_weights[h] == 0 && !last) {
                continue;
            }
            const std::vector<double> head(logits.begin() + static_cast<std::ptrdiff_t>(h * numbers),
                                           logits.begin() + static_cast<std::ptrdiff_t>((h + 1) * numbers));
            problem_.loss->evaluate(
                {.logits = head, .samples = rows, .outputs = problem_.spec.outputs, .labels = labels, .targets = targets}, one, {});
            for (std::size_t r = 0; r < sum.size() && problem_.head_weights[h] != 0; ++r) {
                sum[r] += problem_.head_weights[h] * one[r];
            }
            if (last && !labels.empty()) {
                right = accuracy_of(head, one, labels, problem_.spec.outputs) * static_cast<double>(count);
            }
        }
        for (std::int64_t n = 0; n < count; ++n) {
            double mean = 0;
            for (std::int64_t r = 0; r < per_sample; ++r) {
                mean += sum[static_cast<std::size_t>(n * per_sample + r)];
            }
            out.push_back(mean / static_cast<double>(per_sample));
        }
        return right;
    }

    Problem problem_;
    Plane plane_;
    std::unique_ptr<training::Network> network_;
    mutable std::mutex mutex_;  ///< the network has scratch memory
};

}  // namespace

Result<std::unique_ptr<Evaluator>> make_network_evaluator(const Problem& problem, const Plane& plane)
{
    TIMBERLINE_TRY(check_problem(problem, plane));
    TIMBERLINE_ASSIGN(auto network, training::make_network(problem.spec));
    if (!problem.head_weights.empty() && static_cast<std::int64_t>(problem.head_weights.size()) != training::head_count(problem.spec)) {
        return make_error(ErrorCode::InvalidArgument, "landscape: one weight a head is needed",
                          "Leave them out to draw the output's loss.");
    }
    return std::unique_ptr<Evaluator>(std::make_unique<NetworkEvaluator>(problem, plane, std::move(network)));
}

}  // namespace timberline::landscape
