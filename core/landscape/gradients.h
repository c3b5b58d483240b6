// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/landscape/evaluation.h"
#include "core/landscape/hessian.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Gradients of the training loss in the flat parameters, for curvature and for the gradient direction. Batch norm is frozen at its stored
/// statistics.
namespace timberline::landscape {

struct LossGradient {
    GradientAt at;         ///< not thread-safe; looks at the token between chunks of samples
    double step = 1e-5;    ///< for central_differences()
    std::string products;  ///< how H v comes about, for the record
};

/// Quadratic: closed form; the others: libtorch in float64, because float32's rounding, divided by a small step, would drown small
/// eigenvalues. Errors: those of make_evaluator.
/// @param buffers batch norm statistics.  Everything is copied.
[[nodiscard]] Result<LossGradient> make_gradient(const Problem& problem, std::span<const float> buffers, const CancelToken& cancel);

/// The part of make_gradient() that needs libtorch: every network, with or without internal heads.
[[nodiscard]] GradientAt make_exact_gradient(const Problem& problem, std::span<const float> buffers, const CancelToken& cancel);

/// What the bench compares with, and an independent implementation for tests: a plain loop over points in libtorch without gradients. Each
/// point sets the flat parameters, whose views the layers read, to w + a u + b v in three calls, runs the network on all samples and takes
/// the mean loss ("ce" and "mse" without internal heads, batch norm frozen). Runs with the threads of set_compute_threads(). Errors:
/// another network or loss, libtorch's.
[[nodiscard]] Result<std::vector<double>> plain_loop(const Problem& problem, const Plane& plane, std::span<const Point> points,
                                                     const CancelToken& cancel);

}  // namespace timberline::landscape
