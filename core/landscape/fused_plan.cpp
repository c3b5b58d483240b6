// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/fused_plan.h"

#include <algorithm>
#include <string>

namespace timberline::landscape {
namespace {

/// From this fan-in on, two multiply-adds an output are cheaper than the product itself, the three loads included.
constexpr std::int64_t kAffineInputs = 6;

std::int64_t offset_of(const training::NetLayout& layout, const std::string& name)
{
    const auto* slot = layout.find(name);
    return slot != nullptr ? slot->offset : -1;
}

FusedLayer layer_of(const training::NetLayout& layout, std::size_t number)
{
    const auto name = std::to_string(number);
    FusedLayer layer;
    layer.weight = offset_of(layout, "layers." + name + ".weight");
    layer.bias = offset_of(layout, "layers." + name + ".bias");
    layer.gain = offset_of(layout, "norms." + name + ".weight");
    layer.shift = offset_of(layout, "norms." + name + ".bias");
    layer.mean = offset_of(layout, "norms." + name + ".running_mean");
    layer.variance = offset_of(layout, "norms." + name + ".running_var");
    return layer;
}

/// Position of feature f of a sample in a block of inputs, in vectors.
std::int64_t input_place(const FusedPlan& plan, std::int64_t f)
{
    if (!plan.narrow) {
        return f;
    }
    const auto& first = plan.layers.front();
    const std::int64_t column = f % first.width;
    const std::int64_t row = f / first.width % first.height;
    const std::int64_t channel = f / (first.width * first.height);
    return (channel * (first.height + 2) + row + 1) * (first.width + 2) + column + 1;
}

}  // namespace

std::int64_t FusedPlan::own_begin() const noexcept
{
    return affine ? layers.front().bias + layers.front().outputs : 0;
}

double FusedPlan::flops_per_sample() const noexcept
{
    double flops = 0;
    for (std::size_t k = 0; k < layers.size(); ++k) {
        const double products = static_cast<double>(layers[k].taps() * layers[k].outputs * layers[k].pixels());
        flops += k == 0 && affine ? 4.0 * static_cast<double>(layers[k].outputs) : 2 * products;
    }
    return flops;
}

std::int64_t FusedPlan::widest(std::int64_t block) const noexcept
{
    std::int64_t most = 1;
    for (const auto& layer : layers) {
        // A convolution's output with the next one's border, and its plain form for statistics.
        const std::int64_t area =
            layer.convolution ? std::max((layer.height / 2 + 2) * (layer.width / 2 + 2), layer.height * layer.width) : 1;
        most = std::max(most, layer.outputs * area);
    }
    return most * block;
}

Result<FusedPlan> make_fused_plan(const training::NetSpec& spec)
{
    const bool cnn = spec.kind == training::NetKind::Cnn;
    if ((spec.kind != training::NetKind::Mlp && !cnn) || spec.exits) {
        return make_error(ErrorCode::Unsupported, "the fused evaluation covers MLPs and CNNs without internal heads");
    }
    TIMBERLINE_ASSIGN(const auto layout, training::layout_of(spec));
    FusedPlan plan;
    plan.parameters = layout.parameter_count;
    plan.buffers = layout.buffer_count;
    plan.input_size = training::input_size(spec);
    plan.outputs = spec.outputs;
    plan.narrow = cnn && !spec.hidden.empty();
    plan.normalised = spec.batch_norm && !spec.hidden.empty();
    std::int64_t channels = spec.input[0];
    std::int64_t height = cnn ? spec.input[1] : 1;
    std::int64_t width = cnn ? spec.input[2] : 1;
    for (std::size_t k = 0; k <= spec.hidden.size(); ++k) {
        FusedLayer layer = layer_of(layout, k);
        const bool last = k == spec.hidden.size();
        layer.convolution = cnn && !last;
        layer.activation = last ? training::NetActivation::Identity : spec.activation;
        layer.outputs = last ? spec.outputs : spec.hidden[k];
        layer.height = height;
        layer.width = width;
        layer.inputs = layer.convolution ? channels : channels * height * width;
        if (layer.convolution) {
            channels = layer.outputs;
            height /= 2;
            width /= 2;
        } else {
            channels = layer.outputs;
            height = width = 1;
        }
        plan.layers.push_back(layer);
    }
    plan.affine = !plan.narrow && plan.layers.front().inputs >= kAffineInputs;
    return plan;
}

BlockedSamples block_samples(const FusedPlan& plan, const kernels::KernelTable& kernels, const Samples& samples)
{
    const std::int64_t block = plan.block(kernels);
    BlockedSamples out;
    out.count = samples.count;
    out.blocks = (samples.count + block - 1) / block;
    const auto& first = plan.layers.front();
    const std::int64_t places = plan.narrow ? first.inputs * (first.height + 2) * (first.width + 2) : plan.input_size;
    out.inputs.assign(static_cast<std::size_t>(out.blocks * places * block), 0.0F);
    out.labels.assign(static_cast<std::size_t>(out.blocks * block), 0);
    out.targets.assign(samples.targets.empty() ? 0 : static_cast<std::size_t>(out.blocks * plan.outputs * block), 0.0F);
    std::vector<std::int64_t> place(static_cast<std::size_t>(plan.input_size));
    for (std::size_t f = 0; f < place.size(); ++f) {
        place[f] = input_place(plan, static_cast<std::int64_t>(f));
    }
    for (std::int64_t n = 0; n < samples.count; ++n) {
        const std::int64_t b = n / block, lane = n % block;
        float* const x = out.inputs.data() + b * places * block + lane;
        for (std::size_t f = 0; f < place.size(); ++f) {
            x[place[f] * block] = samples.inputs[static_cast<std::size_t>(n * plan.input_size) + f];
        }
        if (!samples.labels.empty()) {
            out.labels[static_cast<std::size_t>(n)] = samples.labels[static_cast<std::size_t>(n)];
        }
        for (std::int64_t o = 0; !samples.targets.empty() && o < plan.outputs; ++o) {
            out.targets[static_cast<std::size_t>((b * plan.outputs + o) * block + lane)] =
                samples.targets[static_cast<std::size_t>(n * plan.outputs + o)];
        }
    }
    return out;
}

void make_affine(const FusedPlan& plan, const kernels::KernelTable& kernels, const Plane& plane, BlockedSamples& samples)
{
    const auto& first = plan.layers.front();
    const std::int64_t block = plan.block(kernels);
    const auto product = [&](const std::vector<float>& parameters) {
        LineFloats z;
        if (parameters.empty()) {
            return z;
        }
        z.resize(static_cast<std::size_t>(samples.blocks * first.outputs * block));
        for (std::int64_t b = 0; b < samples.blocks; ++b) {
            kernels.dense_wide({.weights = parameters.data() + first.weight,
                                .bias = parameters.data() + first.bias,
                                .inputs = first.inputs,
                                .outputs = first.outputs,
                                .x = samples.inputs.data() + b * first.inputs * block,
                                .out = z.data() + b * first.outputs * block});
        }
        return z;
    };
    samples.z0 = product(plane.center);
    samples.zu = product(plane.u);
    samples.zv = product(plane.v);
    samples.inputs = {};
}

}  // namespace timberline::landscape
