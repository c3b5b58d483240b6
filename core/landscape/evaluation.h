// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/hyperparameter.h"
#include "core/base/result.h"
#include "core/training/data_set.h"
#include "core/training/loss.h"
#include "core/training/net_spec.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// The loss of many networks at once: those of a plane center + alpha u + beta v, each on the same fixed samples.
namespace timberline::landscape {

/// Samples that every point is evaluated on, in ascending order of their number in the data set.
struct Samples {
    std::int64_t count = 0, size = 0, outputs = 0;
    std::vector<std::int64_t> index;   ///< [count], in the data set
    std::vector<float> inputs;         ///< [count, size]
    std::vector<std::int32_t> labels;  ///< [count] of a classification, else empty
    std::vector<float> targets;        ///< [count, outputs] of a regression, else empty
    std::vector<std::int32_t> tokens;  ///< [count, size + 1] of texts, else empty
};

/// `wanted` samples of the training or the validation part, drawn by (seed, part) without replacement; all of them when `wanted` is 0 or
/// more than there are. Classifications are drawn stratified: every class keeps its share to within one sample.
[[nodiscard]] Samples choose_samples(const training::DataSet& data, bool test, std::int64_t wanted, std::uint64_t seed);

/// A plane, or a line when v is empty, or one point when both are. Directions have the length of the center; buffers (batch norm
/// statistics) move along their own directions where these are given, and stay otherwise. Coordinates are applied in float32: center + beta
/// v + alpha u, in this order.
struct Plane {
    std::vector<float> center, u, v;
    std::vector<float> buffers, u_buffers, v_buffers;
};

/// Where batch norm's mean and variance come from at a point.
enum class BatchNormPolicy : std::uint8_t {
    Frozen,       ///< the stored ones (moved along the buffers' directions where the plane has them)
    Reestimated,  ///< computed at every point on all training samples as one batch, and used for the test samples too
    Batch,        ///< those of the evaluated samples themselves as one batch: training mode
};

struct Point {
    double alpha = 0, beta = 0;
};

/// Mean loss over the samples, its standard error (sample deviation / sqrt(count)) and the share of right classes (NaN for regression). Not
/// finite values are handed on as computed.
struct SubsetValue {
    double loss = std::numeric_limits<double>::quiet_NaN();
    double standard_error = std::numeric_limits<double>::quiet_NaN();
    double accuracy = std::numeric_limits<double>::quiet_NaN();
};
struct PointValue {
    SubsetValue train, test;
};

/// What is evaluated. `loss` is called where no fused form of (loss_id, loss_values) exists.
struct Problem {
    training::NetSpec spec;
    std::string loss_id;
    Values loss_values;  ///< complete
    std::shared_ptr<const training::Loss> loss;
    Samples train, test;  ///< test may be empty (count 0)
    BatchNormPolicy batch_norm = BatchNormPolicy::Frozen;
    /// Networks with internal heads: what each head's loss is multiplied with, the output last. Empty = the output alone.
    std::vector<double> head_weights = {};
};

/// Immutable after its making.
class Evaluator
{
public:
    virtual ~Evaluator() = default;
    /// values[k] of points[k]. Each point is summed in one fixed order: values depend neither on the other points nor on threads. Error:
    /// Cancelled.
    [[nodiscard]] virtual Status evaluate(std::span<const Point> points, std::span<PointValue> values, const CancelToken& cancel) const = 0;
    /// Loss of every sample at one point.
    [[nodiscard]] virtual Status sample_losses(Point point, std::vector<double>& train, std::vector<double>& test,
                                               const CancelToken& cancel) const = 0;
    /// Outputs [count, outputs] of the network at one point (of its last head) for other inputs [count, input size]. Batch norm as in
    /// evaluate(); where its statistics are measured, on the training samples. Errors: sizes that do not fit, a network that takes no
    /// numbers (Transformer, Quadratic), Cancelled.
    [[nodiscard]] virtual Result<std::vector<float>> outputs(Point point, std::span<const float> inputs, std::int64_t count,
                                                             const CancelToken& cancel) const = 0;
    /// Points that one call does best with.
    [[nodiscard]] virtual std::int64_t group() const noexcept { return 1; }
    /// Arithmetic of one point, for choosing tiles.
    [[nodiscard]] virtual double flops() const noexcept = 0;
    /// Several threads may call at once.
    [[nodiscard]] virtual bool parallel() const noexcept { return true; }
    [[nodiscard]] virtual std::string name() const = 0;  ///< "fused avx512" …
};

/// Fused for Mlp and Cnn without internal heads, closed form for Quadratic, the trainer's network (one thread) for the rest. Errors: sizes
/// that do not fit, a direction that is not finite, no samples, labels without a class.
[[nodiscard]] Result<std::unique_ptr<Evaluator>> make_evaluator(const Problem& problem, const Plane& plane);

/// The same through the trainer's network, for every kind but Quadratic: what the fused one is compared with.
[[nodiscard]] Result<std::unique_ptr<Evaluator>> make_network_evaluator(const Problem& problem, const Plane& plane);

/// Spreads groups of points over at most `threads` threads. Values as if each point had been evaluated alone.
[[nodiscard]] Status evaluate_points(const Evaluator& evaluator, std::span<const Point> points, std::span<PointValue> values, int threads,
                                     const CancelToken& cancel);

}  // namespace timberline::landscape
