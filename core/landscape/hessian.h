// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

/// Curvature of any function by products of its Hessian with vectors (methods/training.md 2.7, 2.8), in float64. The Hessian itself is
/// never formed.
namespace timberline::landscape {

/// out = H v. Both have the dimension's length.
using HessianProduct = std::function<Status(std::span<const double> v, std::span<double> out)>;

/// Gradient at theta, and the function's value.
using GradientAt = std::function<Status(std::span<const double> theta, std::span<double> gradient, double& value)>;

/// (g(theta + h v) - g(theta - h v)) / 2h with h = step * max(|theta|, 1) / |v|. The error is of order h^2 times the third derivative, plus
/// the gradient's rounding over h: `step` 1e-5 for gradients in float64, 1e-3 for float32.
[[nodiscard]] HessianProduct central_differences(GradientAt gradient, std::vector<double> theta, double step);

struct LanczosSettings {
    int steps = 64;           ///< at most; never more than the dimension
    int top = 2;              ///< largest eigenvalues that must settle
    double tolerance = 1e-3;  ///< residual / |eigenvalue|
    std::uint64_t seed = 1;
    std::vector<double> start = {};  ///< instead of a random vector
    double stir = 0;                 ///< length of a random vector that is added to `start` of length 1: an exact eigenvector would end
                                     ///< the iteration at once
};
struct LanczosResult {
    std::vector<double> eigenvalues;                           ///< the `top` largest, falling; fewer only where dimension or steps are
    std::vector<double> errors;                                ///< |H v - lambda v|: no eigenvalue of H is needed farther away than this
    std::vector<std::vector<double>> vectors;                  ///< unit vectors
    double lowest = std::numeric_limits<double>::quiet_NaN();  ///< smallest Ritz value
    std::vector<double> diagonal, off;                         ///< the tridiagonal matrix
    int iterations = 0;
    bool converged = false;
};
/// Lanczos with full reorthogonalisation, twice a step, so that no ghost copies of large eigenvalues appear. Where the space of one start
/// is exhausted and more than one eigenvalue is asked for, it goes on from a random vector across it, because one start finds an eigenvalue
/// only once, however often the Hessian has it. Errors: those of the product, Cancelled, a product that is not finite.
[[nodiscard]] Result<LanczosResult> lanczos(const HessianProduct& product, std::size_t dimension, const LanczosSettings& settings,
                                            const CancelToken& cancel);

struct TraceEstimate {
    double trace = 0;
    double standard_error = std::numeric_limits<double>::quiet_NaN();  ///< NaN after one probe
    int probes = 0;
};
/// Hutchinson: mean of z^T H z over random signs z; exact for a diagonal H. Stops when the mean moves by less than tolerance (relative), at
/// the earliest after two probes, or after `most` probes.
[[nodiscard]] Result<TraceEstimate> hutchinson_trace(const HessianProduct& product, std::size_t dimension, int most, double tolerance,
                                                     std::uint64_t seed, const CancelToken& cancel);

struct SpectralDensity {
    std::vector<double> at, density;     ///< integrates to 1 over the line (trapezoid rule)
    std::vector<double> nodes, weights;  ///< of all probes; the weights sum to 1
};
/// Stochastic Lanczos quadrature: Gaussians (standard deviation `width` of the range) at the Ritz values of `probes` random starts,
/// weighted by the squared first components.
[[nodiscard]] Result<SpectralDensity> spectral_density(const HessianProduct& product, std::size_t dimension, int steps, int probes,
                                                       int bins, double width, std::uint64_t seed, const CancelToken& cancel);

}  // namespace timberline::landscape
