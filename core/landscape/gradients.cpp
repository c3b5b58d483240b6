// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/gradients.h"

#include "core/landscape/evaluation_checks.h"
#include "core/training/network.h"

#include <algorithm>
#include <memory>

namespace timberline::landscape {
namespace {

constexpr std::int64_t kChunk = 64;  ///< samples between two looks at the cancel token

GradientAt quadratic_gradient(std::vector<double> curvature)
{
    return [curvature = std::move(curvature)](std::span<const double> theta, std::span<double> gradient, double& value) -> Status {
        value = 0;
        for (std::size_t i = 0; i < curvature.size(); ++i) {
            gradient[i] = curvature[i] * theta[i];
            value += 0.5 * gradient[i] * theta[i];
        }
        return {};
    };
}

/// Sums over chunks of whole samples; one weight a head.
class NetworkGradient
{
public:
    NetworkGradient(const Problem& problem, std::span<const float> buffers, std::unique_ptr<training::Network> network,
                    const CancelToken& cancel)
        : problem_(problem), buffers_(buffers.begin(), buffers.end()), network_(std::move(network)), cancel_(cancel)
    {
        if (problem_.head_weights.empty()) {
            problem_.head_weights.assign(static_cast<std::size_t>(training::head_count(problem_.spec)), 0);
            problem_.head_weights.back() = 1;
        }
    }

    Status operator()(std::span<const double> theta, std::span<double> gradient, double& value)
    {
        const std::vector<float> parameters(theta.begin(), theta.end());
        std::vector<float> part(gradient.size());
        std::ranges::fill(gradient, 0.0);
        value = 0;
        for (std::int64_t first = 0; first < problem_.train.count; first += kChunk) {
            if (cancel_.cancelled()) {
                return make_error(ErrorCode::Cancelled, "the gradient was cancelled");
            }
            TIMBERLINE_TRY(chunk(first, std::min(kChunk, problem_.train.count - first), parameters, part, value));
            for (std::size_t i = 0; i < gradient.size(); ++i) {
                gradient[i] += static_cast<double>(part[i]);
            }
        }
        return {};
    }

private:
    Status chunk(std::int64_t first, std::int64_t count, std::span<const float> parameters, std::span<float> gradient, double& value)
    {
        const auto& samples = problem_.train;
        const std::int64_t rows = network_->rows(count);
        training::NetInput input{.samples = count};
        std::vector<std::int32_t> tokens, labels;
        for (std::int64_t n = first; n < first + count; ++n) {
            if (!samples.tokens.empty()) {
                const auto begin = samples.tokens.begin() + n * (samples.size + 1);
                tokens.insert(tokens.end(), begin, begin + samples.size);
                labels.insert(labels.end(), begin + 1, begin + samples.size + 1);
            } else if (!samples.labels.empty()) {
                labels.push_back(samples.labels[static_cast<std::size_t>(n)]);
            }
        }
        input.tokens = tokens;
        if (samples.tokens.empty()) {
            input.values = std::span(samples.inputs)
                               .subspan(static_cast<std::size_t>(first * samples.size), static_cast<std::size_t>(count * samples.size));
        }
        std::vector<double> targets;
        if (!samples.targets.empty()) {
            targets.assign(samples.targets.begin() + first * samples.outputs, samples.targets.begin() + (first + count) * samples.outputs);
        }
        const auto numbers = static_cast<std::size_t>(rows * problem_.spec.outputs);
        std::vector<float> logits(numbers * problem_.head_weights.size()), slopes(logits.size());
        TIMBERLINE_TRY(network_->forward(parameters, buffers_, input, training::NormMode::Running, logits));
        std::vector<double> losses(static_cast<std::size_t>(rows)), slope(numbers);
        const double all = static_cast<double>(network_->rows(samples.count));
        for (std::size_t h = 0; h < problem_.head_weights.size(); ++h) {
            const std::vector<double> head(logits.begin() + static_cast<std::ptrdiff_t>(h * numbers),
                                           logits.begin() + static_cast<std::ptrdiff_t>((h + 1) * numbers));
            problem_.loss->evaluate(
                {.logits = head, .samples = rows, .outputs = problem_.spec.outputs, .labels = labels, .targets = targets}, losses, slope);
            const double weight = problem_.head_weights[h] / all;
            for (const double loss : losses) {
                value += weight * loss;
            }
            for (std::size_t k = 0; k < numbers; ++k) {
                slopes[h * numbers + k] = static_cast<float>(weight * slope[k]);
            }
        }
        return network_->backward(parameters, slopes, false, gradient);
    }

    Problem problem_;
    std::vector<float> buffers_;
    std::shared_ptr<training::Network> network_;
    CancelToken cancel_;
};

}  // namespace

Result<LossGradient> make_gradient(const Problem& problem, std::span<const float> buffers, const CancelToken& cancel)
{
    if (problem.spec.kind == training::NetKind::Quadratic) {
        return LossGradient{quadratic_gradient(problem.spec.curvature), 1e-3, "central differences of exact gradients (float64)"};
    }
    TIMBERLINE_ASSIGN(const auto layout, training::layout_of(problem.spec));
    Plane point;
    point.center.assign(static_cast<std::size_t>(layout.parameter_count), 0.0F);
    point.buffers.assign(buffers.begin(), buffers.end());
    TIMBERLINE_TRY(check_problem(problem, point));
    if (problem.spec.kind == training::NetKind::Mlp) {
        return LossGradient{make_exact_gradient(problem, buffers, cancel), 1e-5, "central differences of exact gradients (float64)"};
    }
    // libtorch convolves ten times faster in float32; at this step rounding stays below 1e-5 of the product.
    TIMBERLINE_ASSIGN(auto network, training::make_network(problem.spec));
    return LossGradient{NetworkGradient(problem, buffers, std::move(network), cancel), 3e-4,
                        "central differences of exact gradients (float32)"};
}

}  // namespace timberline::landscape
