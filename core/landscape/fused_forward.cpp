// SPDX-License-Identifier: GPL-3.0-or-later
// Weights of a point, and one block of samples through its network.
#include "core/landscape/fused_workspace.h"

#include <algorithm>
#include <cmath>

namespace timberline::landscape {
namespace {

const float* or_null(const LineFloats& values)
{
    return values.empty() ? nullptr : values.data();
}
const float* or_null(const std::vector<float>& values)
{
    return values.empty() ? nullptr : values.data();
}

}  // namespace

FusedEvaluator::Network FusedEvaluator::network_at(Point point, float* own) const
{
    Network out;
    out.alpha = static_cast<float>(point.alpha);
    out.beta = static_cast<float>(point.beta);
    out.own = own;
    kernels_.perturb(center_.data(), or_null(u_), or_null(v_), out.alpha, out.beta, static_cast<std::int64_t>(center_.size()), own);
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
        const double scale = static_cast<double>(network.own[layer.gain - begin + o]) / deviation;
        const double shift = static_cast<double>(network.own[layer.shift - begin + o]) - static_cast<double>(mean[at]) * scale;
        if (affine) {
            network.scale[at] = static_cast<float>(scale);
            network.shift[at] = static_cast<float>(shift);
            continue;
        }
        float* const row = network.own + layer.weight - begin + o * layer.taps();
        for (std::int64_t i = 0; i < layer.taps(); ++i) {
            row[i] = static_cast<float>(static_cast<double>(row[i]) * scale);
        }
        float& bias = network.own[layer.bias - begin + o];
        bias = static_cast<float>(static_cast<double>(bias) * scale + shift);
    }
}

void FusedEvaluator::fold_stored(Network& network, Point point) const
{
    std::vector<float> buffers(buffers_.size());
    kernels_.perturb(buffers_.data(), or_null(u_buffers_), or_null(v_buffers_), static_cast<float>(point.alpha),
                     static_cast<float>(point.beta), static_cast<std::int64_t>(buffers.size()), buffers.data());
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
                return evaluation_cancelled();
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
    const float* const weights = network.own + layer.weight - begin;
    const float* const bias = network.own + layer.bias - begin;
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
    const float* const weights = network.own + layer.weight - begin;
    const float* const bias = network.own + layer.bias - begin;
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

}  // namespace timberline::landscape
