// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/gradients.h"

#include "core/landscape/evaluation_checks.h"

namespace timberline::landscape {
namespace {

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
    return LossGradient{make_exact_gradient(problem, buffers, cancel), 1e-5, "central differences of exact gradients (float64)"};
}

}  // namespace timberline::landscape
