// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/fused_evaluator.h"

#include "core/landscape/reduction.h"

#include <algorithm>
#include <cmath>

namespace timberline::landscape {
namespace {

constexpr std::int64_t kGroupFloats = 48 * 1024;  ///< weights of a group: they stay in the second-level cache
constexpr std::int64_t kMostGroup = 8;

Error cancelled()
{
    return make_error(ErrorCode::Cancelled, "the evaluation was cancelled");
}

/// Cross-entropy without weights, temperature and penalty is what the kernel computes.
bool is_plain_cross_entropy(const Problem& problem)
{
    if (problem.loss_id != "ce") {
        return false;
    }
    return std::ranges::all_of(problem.loss_values, [](const auto& item) {
        const auto& [key, value] = item;
        if (key == "class_weight") {
            const auto* list = std::get_if<std::vector<double>>(&value);
            return list != nullptr && list->empty();
        }
        if (key == "temperature") {
            return value == ParameterValue(1.0);
        }
        return key == "lse_penalty" && value == ParameterValue(0.0);
    });
}

bool labels_in_range(const Samples& samples, std::int64_t outputs)
{
    return static_cast<std::int64_t>(samples.labels.size()) == samples.count &&
           std::ranges::all_of(samples.labels, [outputs](std::int32_t label) { return label >= 0 && label < outputs; });
}

LineFloats tail_of(const std::vector<float>& parameters, std::int64_t begin)
{
    return parameters.empty() ? LineFloats{} : LineFloats(parameters.begin() + begin, parameters.end());
}

const float* or_null(const LineFloats& values)
{
    return values.empty() ? nullptr : values.data();
}
const float* or_null(const std::vector<float>& values)
{
    return values.empty() ? nullptr : values.data();
}

}  // namespace

struct FusedEvaluator::Network {
    float alpha = 0, beta = 0;
    LineFloats own;                   ///< parameters from own_begin() on, batch norm folded in
    std::vector<float> scale, shift;  ///< of an affine first layer with batch norm
};

/// Activations of one block. Each layer has its own memory: the borders of convolutions' inputs stay zero.
struct FusedEvaluator::Scratch {
    std::vector<LineFloats> after;  ///< per layer
    LineFloats plain;               ///< a layer without its activation, for statistics

    Scratch(const FusedPlan& plan, std::int64_t block)
    {
        for (std::size_t k = 0; k < plan.layers.size(); ++k) {
            const auto& layer = plan.layers[k];
            std::int64_t pixels = 1;
            if (layer.convolution) {
                const std::int64_t border = plan.layers[k + 1].convolution ? 2 : 0;
                pixels = (layer.height / 2 + border) * (layer.width / 2 + border);
            }
            after.emplace_back(static_cast<std::size_t>(layer.outputs * pixels * block), 0.0F);
        }
        plain.resize(plan.normalised ? static_cast<std::size_t>(plan.widest(block)) : 0);
    }
};

/// Per sample of one subset at one point.
struct FusedEvaluator::Losses {
    LineFloats losses, hits;           ///< fused
    std::vector<double> logits;        ///< [count, outputs] where the loss is not fused
    std::vector<double> exact;         ///< its losses
};

FusedEvaluator::FusedEvaluator(const Problem& problem, const Plane& plane, FusedPlan plan, const kernels::KernelTable& kernels)
    : plan_(std::move(plan)), kernels_(kernels), policy_(problem.batch_norm), loss_(problem.loss), block_(plan_.block(kernels)),
      center_(tail_of(plane.center, plan_.own_begin())), u_(tail_of(plane.u, plan_.own_begin())),
      v_(tail_of(plane.v, plan_.own_begin())), buffers_(plane.buffers), u_buffers_(plane.u_buffers), v_buffers_(plane.v_buffers)
{
    const std::array subsets = {&problem.train, &problem.test};
    const bool in_range = labels_in_range(problem.train, plan_.outputs) && labels_in_range(problem.test, plan_.outputs);
    if (is_plain_cross_entropy(problem) && in_range) {
        fused_ = Fused::CrossEntropy;
    } else if (problem.loss_id == "mse" && !problem.train.targets.empty()) {
        fused_ = Fused::SquaredError;
    }
    for (std::size_t s = 0; s < subsets.size(); ++s) {
        samples_[s] = block_samples(plan_, kernels_, *subsets[s]);
        labels_[s] = subsets[s]->labels;
        targets_[s].assign(subsets[s]->targets.begin(), subsets[s]->targets.end());
        if (plan_.affine) {
            make_affine(plan_, kernels_, plane, samples_[s]);
        }
    }
    const auto own = static_cast<std::int64_t>(center_.size());
    group_ = plan_.narrow ? 1 : std::clamp<std::int64_t>(kGroupFloats / std::max<std::int64_t>(own, 1), 1, kMostGroup);
}

double FusedEvaluator::flops() const noexcept
{
    const double passes = policy_ != BatchNormPolicy::Frozen && plan_.normalised ? static_cast<double>(plan_.layers.size()) : 1;
    return passes * static_cast<double>(samples_[0].count + samples_[1].count) * (plan_.flops_per_sample() + 20.0 * static_cast<double>(plan_.outputs));
}

FusedEvaluator::Network FusedEvaluator::network_at(Point point) const
{
    Network out;
    out.alpha = static_cast<float>(point.alpha);
    out.beta = static_cast<float>(point.beta);
    out.own.resize(center_.size());
    kernels_.perturb(center_.data(), or_null(u_), or_null(v_), out.alpha, out.beta, static_cast<std::int64_t>(center_.size()), out.own.data());
    return out;
}

/// Puts normalisation into the weights before it (or beside the products of an affine first layer).
void FusedEvaluator::fold(Network& network, std::size_t number, std::span<const float> mean, std::span<const float> variance) const
{
    const auto& layer = plan_.layers[number];
    const std::int64_t begin = plan_.own_begin();
    const bool affine = number == 0 && plan_.affine;
    if (affine) {
        network.scale.resize(static_cast<std::size_t>(layer.outputs));
        network.shift.resize(static_cast<std::size_t>(layer.outputs));
    }
    for (std::int64_t o = 0; o < layer.outputs; ++o) {
        const auto at = static_cast<std::size_t>(o);
        const double deviation = std::sqrt(std::max(static_cast<double>(variance[at]), 0.0) + training::kNormEpsilon);
        const double scale = static_cast<double>(network.own[static_cast<std::size_t>(layer.gain - begin + o)]) / deviation;
        const double shift = static_cast<double>(network.own[static_cast<std::size_t>(layer.shift - begin + o)]) - static_cast<double>(mean[at]) * scale;
        if (affine) {
            network.scale[at] = static_cast<float>(scale);
            network.shift[at] = static_cast<float>(shift);
            continue;
        }
        float* const row = network.own.data() + layer.weight - begin + o * layer.taps();
        for (std::int64_t i = 0; i < layer.taps(); ++i) {
            row[i] = static_cast<float>(static_cast<double>(row[i]) * scale);
        }
        float& bias = network.own[static_cast<std::size_t>(layer.bias - begin + o)];
        bias = static_cast<float>(static_cast<double>(bias) * scale + shift);
    }
}

void FusedEvaluator::fold_stored(Network& network, Point point) const
{
    std::vector<float> buffers(buffers_.size());
    kernels_.perturb(buffers_.data(), or_null(u_buffers_), or_null(v_buffers_), static_cast<float>(point.alpha), static_cast<float>(point.beta),
                     static_cast<std::int64_t>(buffers.size()), buffers.data());
    for (std::size_t k = 0; k < plan_.layers.size(); ++k) {
        const auto& layer = plan_.layers[k];
        if (layer.gain >= 0) {
            const auto outputs = static_cast<std::size_t>(layer.outputs);
            fold(network, k, std::span(buffers).subspan(static_cast<std::size_t>(layer.mean), outputs),
                 std::span(buffers).subspan(static_cast<std::size_t>(layer.variance), outputs));
        }
    }
}

/// Measures the statistics layer by layer: those of a layer need the ones before.
Status FusedEvaluator::fold_measured(Network& network, const BlockedSamples& samples, Scratch& scratch, const CancelToken& cancel) const
{
    for (std::size_t k = 0; k < plan_.layers.size(); ++k) {
        const auto& layer = plan_.layers[k];
        if (layer.gain < 0) {
            continue;
        }
        const auto outputs = static_cast<std::size_t>(layer.outputs);
        // The stored mean lies near the true one and keeps the difference of squares from cancelling.
        const float* const near = buffers_.data() + layer.mean;
        std::vector<double> sum(outputs, 0), squares(outputs, 0);
        for (std::int64_t b = 0; b < samples.blocks; ++b) {
            if (cancel.cancelled()) {
                return cancelled();
            }
            const float* const x = k == 0 ? nullptr : forward(network, samples, b, k, scratch);
            kernels_.moments({.x = plain_layer(network, samples, b, k, x, scratch),
                              .features = layer.outputs,
                              .pixels = layer.pixels(),
                              .block = block_,
                              .valid = std::min(block_, samples.count - b * block_),
                              .shift = near,
                              .sum = sum.data(),
                              .squares = squares.data()});
        }
        const double count = static_cast<double>(samples.count * layer.pixels());
        std::vector<float> mean(outputs), variance(outputs);
        for (std::size_t o = 0; o < outputs; ++o) {
            const double offset = sum[o] / count;
            mean[o] = static_cast<float>(static_cast<double>(near[o]) + offset);
            variance[o] = static_cast<float>(squares[o] / count - offset * offset);
        }
        fold(network, k, mean, variance);
    }
    return {};
}

const float* FusedEvaluator::first_layer(const Network& network, const BlockedSamples& samples, std::int64_t block, Scratch& scratch) const
{
    const auto& layer = plan_.layers.front();
    if (!plan_.affine) {
        const std::int64_t step = static_cast<std::int64_t>(samples.inputs.size()) / samples.blocks;
        return run_layer(network, 0, samples.inputs.data() + block * step, scratch);
    }
    const std::int64_t at = block * layer.outputs * block_;
    kernels_.affine({.z0 = samples.z0.data() + at,
                     .zu = samples.zu.empty() ? nullptr : samples.zu.data() + at,
                     .zv = samples.zv.empty() ? nullptr : samples.zv.data() + at,
                     .features = layer.outputs,
                     .alpha = network.alpha,
                     .beta = network.beta,
                     .scale = or_null(network.scale),
                     .shift = or_null(network.shift),
                     .out = scratch.after[0].data(),
                     .activation = layer.activation});
    return scratch.after[0].data();
}

const float* FusedEvaluator::run_layer(const Network& network, std::size_t number, const float* x, Scratch& scratch) const
{
    const auto& layer = plan_.layers[number];
    const std::int64_t begin = plan_.own_begin();
    float* const out = scratch.after[number].data();
    const float* const weights = network.own.data() + layer.weight - begin;
    const float* const bias = network.own.data() + layer.bias - begin;
    if (!layer.convolution) {
        const auto dense = plan_.narrow ? kernels_.dense_narrow : kernels_.dense_wide;
        dense({.weights = weights,
               .bias = bias,
               .inputs = layer.inputs,
               .outputs = layer.outputs,
               .x = x,
               .out = out,
               .activation = layer.activation});
        return out;
    }
    const std::int64_t border = plan_.layers[number + 1].convolution ? 1 : 0;
    const std::int64_t row = layer.width / 2 + 2 * border;
    kernels_.conv_pool({.weights = weights,
                        .bias = bias,
                        .inputs = layer.inputs,
                        .outputs = layer.outputs,
                        .height = layer.height,
                        .width = layer.width,
                        .x = x,
                        .out = out + (border * row + border) * block_,
                        .out_row = row,
                        .out_channel = row * (layer.height / 2 + 2 * border),
                        .activation = layer.activation});
    return out;
}

/// Layer `number` without normalisation and activation. @param x its input; null for the first layer.
const float* FusedEvaluator::plain_layer(const Network& network, const BlockedSamples& samples, std::int64_t block, std::size_t number,
                                         const float* x, Scratch& scratch) const
{
    const auto& layer = plan_.layers[number];
    const std::int64_t begin = plan_.own_begin();
    float* const out = scratch.plain.data();
    if (number == 0 && plan_.affine) {
        const std::int64_t at = block * layer.outputs * block_;
        kernels_.affine({.z0 = samples.z0.data() + at,
                         .zu = samples.zu.empty() ? nullptr : samples.zu.data() + at,
                         .zv = samples.zv.empty() ? nullptr : samples.zv.data() + at,
                         .features = layer.outputs,
                         .alpha = network.alpha,
                         .beta = network.beta,
                         .out = out});
        return out;
    }
    const std::int64_t step = number == 0 ? static_cast<std::int64_t>(samples.inputs.size()) / samples.blocks : 0;
    const float* const input = number == 0 ? samples.inputs.data() + block * step : x;
    const float* const weights = network.own.data() + layer.weight - begin;
    const float* const bias = network.own.data() + layer.bias - begin;
    if (layer.convolution) {
        kernels_.conv_plain({.weights = weights,
                             .bias = bias,
                             .inputs = layer.inputs,
                             .outputs = layer.outputs,
                             .height = layer.height,
                             .width = layer.width,
                             .x = input,
                             .out = out});
    } else {
        const auto dense = plan_.narrow ? kernels_.dense_narrow : kernels_.dense_wide;
        dense({.weights = weights, .bias = bias, .inputs = layer.inputs, .outputs = layer.outputs, .x = input, .out = out});
    }
    return out;
}

/// Activations after the first `layers` layers (at least one).
const float* FusedEvaluator::forward(const Network& network, const BlockedSamples& samples, std::int64_t block, std::size_t layers,
                                     Scratch& scratch) const
{
    const float* x = first_layer(network, samples, block, scratch);
    for (std::size_t k = 1; k < layers; ++k) {
        x = run_layer(network, k, x, scratch);
    }
    return x;
}

FusedEvaluator::Losses FusedEvaluator::empty_losses(std::size_t subset) const
{
    Losses out;
    const auto padded = static_cast<std::size_t>(samples_[subset].blocks * block_);
    if (fused_ == Fused::None) {
        out.logits.resize(static_cast<std::size_t>(samples_[subset].count * plan_.outputs));
    } else {
        out.losses.resize(padded);
        out.hits.resize(fused_ == Fused::CrossEntropy ? padded : 0);
    }
    return out;
}

void FusedEvaluator::block_losses(const float* logits, std::size_t subset, std::int64_t block, Losses& losses) const
{
    const std::int64_t at = block * block_;
    if (fused_ == Fused::CrossEntropy) {
        kernels_.cross_entropy({.logits = logits,
                                .classes = plan_.outputs,
                                .block = block_,
                                .labels = samples_[subset].labels.data() + at,
                                .losses = losses.losses.data() + at,
                                .hits = losses.hits.data() + at});
    } else if (fused_ == Fused::SquaredError) {
        kernels_.squared_error({.outputs = logits,
                                .count = plan_.outputs,
                                .block = block_,
                                .targets = samples_[subset].targets.data() + at * plan_.outputs,
                                .losses = losses.losses.data() + at});
    } else {
        for (std::int64_t n = 0; n < block_ && at + n < samples_[subset].count; ++n) {
            for (std::int64_t o = 0; o < plan_.outputs; ++o) {
                losses.logits[static_cast<std::size_t>((at + n) * plan_.outputs + o)] = static_cast<double>(logits[o * block_ + n]);
            }
        }
    }
}

Status FusedEvaluator::run_subset(std::span<const Network> networks, std::size_t subset, std::span<std::array<Losses, 2>> losses, Scratch& scratch,
                                  const CancelToken& cancel) const
{
    for (std::int64_t b = 0; b < samples_[subset].blocks; ++b) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        for (std::size_t p = 0; p < networks.size(); ++p) {
            block_losses(forward(networks[p], samples_[subset], b, plan_.layers.size(), scratch), subset, b, losses[p][subset]);
        }
    }
    return {};
}

Status FusedEvaluator::run_group(std::span<const Point> points, std::span<std::array<Losses, 2>> losses, const CancelToken& cancel) const
{
    Scratch scratch(plan_, block_);
    const bool measured = plan_.normalised && policy_ != BatchNormPolicy::Frozen;
    std::vector<Network> networks;
    for (std::size_t p = 0; p < points.size(); ++p) {
        networks.push_back(network_at(points[p]));
        if (measured) {
            TIMBERLINE_TRY(fold_measured(networks.back(), samples_[0], scratch, cancel));
        } else if (plan_.normalised) {
            fold_stored(networks.back(), points[p]);
        }
        losses[p] = {empty_losses(0), empty_losses(1)};
    }
    TIMBERLINE_TRY(run_subset(networks, 0, losses, scratch, cancel));
    if (samples_[1].count == 0) {
        return {};
    }
    if (measured && policy_ == BatchNormPolicy::Batch) {
        for (std::size_t p = 0; p < points.size(); ++p) {
            networks[p] = network_at(points[p]);
            TIMBERLINE_TRY(fold_measured(networks[p], samples_[1], scratch, cancel));
        }
    }
    return run_subset(networks, 1, losses, scratch, cancel);
}

void FusedEvaluator::finish(Losses& losses, std::size_t subset) const
{
    if (fused_ != Fused::None || samples_[subset].count == 0) {
        return;
    }
    losses.exact.resize(static_cast<std::size_t>(samples_[subset].count));
    loss_->evaluate({.logits = losses.logits,
                     .samples = samples_[subset].count,
                     .outputs = plan_.outputs,
                     .labels = labels_[subset],
                     .targets = targets_[subset]},
                    losses.exact, {});
}

SubsetValue FusedEvaluator::value_of(const Losses& losses, std::size_t subset) const
{
    const auto count = static_cast<std::size_t>(samples_[subset].count);
    if (count == 0) {
        return {};
    }
    if (fused_ != Fused::None) {
        SubsetValue out = mean_and_error(std::span(losses.losses).first(count));
        out.accuracy = fused_ == Fused::CrossEntropy ? mean_and_error(std::span(losses.hits).first(count)).loss : out.accuracy;
        return out;
    }
    SubsetValue out = mean_and_error(losses.exact, labels_[subset]);
    out.accuracy = accuracy_of(losses.logits, labels_[subset], plan_.outputs);
    return out;
}

Status FusedEvaluator::evaluate(std::span<const Point> points, std::span<PointValue> values, const CancelToken& cancel) const
{
    const auto most = static_cast<std::size_t>(group_);
    std::vector<std::array<Losses, 2>> losses(std::min(most, points.size()));
    for (std::size_t first = 0; first < points.size(); first += most) {
        const std::size_t size = std::min(most, points.size() - first);
        TIMBERLINE_TRY(run_group(points.subspan(first, size), std::span(losses).first(size), cancel));
        for (std::size_t p = 0; p < size; ++p) {
            finish(losses[p][0], 0);
            finish(losses[p][1], 1);
            values[first + p] = {value_of(losses[p][0], 0), value_of(losses[p][1], 1)};
        }
    }
    return {};
}

Status FusedEvaluator::sample_losses(Point point, std::vector<double>& train, std::vector<double>& test, const CancelToken& cancel) const
{
    std::array<Losses, 2> losses;
    TIMBERLINE_TRY(run_group(std::span(&point, 1), std::span(&losses, 1), cancel));
    const std::array out = {&train, &test};
    for (std::size_t s = 0; s < out.size(); ++s) {
        finish(losses[s], s);
        const auto count = static_cast<std::ptrdiff_t>(samples_[s].count);
        *out[s] = fused_ == Fused::None ? losses[s].exact : std::vector<double>(losses[s].losses.begin(), losses[s].losses.begin() + count);
    }
    return {};
}

Result<std::vector<float>> FusedEvaluator::outputs(Point point, const CancelToken& cancel) const
{
    Scratch scratch(plan_, block_);
    Network network = network_at(point);
    if (plan_.normalised) {
        fold_stored(network, point);
    }
    const auto& samples = samples_[0];
    std::vector<float> out(static_cast<std::size_t>(samples.count * plan_.outputs));
    for (std::int64_t b = 0; b < samples.blocks; ++b) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const float* const logits = forward(network, samples, b, plan_.layers.size(), scratch);
        for (std::int64_t n = 0; n < block_ && b * block_ + n < samples.count; ++n) {
            for (std::int64_t o = 0; o < plan_.outputs; ++o) {
                out[static_cast<std::size_t>((b * block_ + n) * plan_.outputs + o)] = logits[o * block_ + n];
            }
        }
    }
    return out;
}

}  // namespace timberline::landscape
