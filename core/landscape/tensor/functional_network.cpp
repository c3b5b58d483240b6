// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/tensor/functional_network.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

namespace timberline::landscape {
namespace {

using training::NetActivation;
using training::NetKind;
using training::NetSpec;

at::Tensor activated(const at::Tensor& x, NetActivation kind)
{
    switch (kind) {
    case NetActivation::Relu:
        return at::relu(x);
    case NetActivation::Tanh:
        return at::tanh(x);
    case NetActivation::Gelu:
        return at::gelu(x);
    case NetActivation::Identity:
        break;
    }
    return x;
}

at::Tensor linear(const Slots& slots, const std::string& name, const at::Tensor& x)
{
    return at::linear(x, slots.at(name + ".weight"), slots.at(name + ".bias"));
}

std::vector<at::Tensor> run_blocks(const NetSpec& spec, const Slots& slots, at::Tensor x)
{
    const bool cnn = spec.kind == NetKind::Cnn;
    std::vector<at::Tensor> heads;
    for (std::size_t i = 0; i < spec.hidden.size(); ++i) {
        const auto index = std::to_string(i);
        const auto name = "layers." + index;
        x = cnn ? at::conv2d(x, slots.at(name + ".weight"), slots.at(name + ".bias"), /*stride=*/1, /*padding=*/1) : linear(slots, name, x);
        if (spec.batch_norm) {
            const auto norm = "norms." + index;
            x = at::batch_norm(x, slots.at(norm + ".weight"), slots.at(norm + ".bias"), slots.at(norm + ".running_mean"),
                               slots.at(norm + ".running_var"), /*training=*/false, 0.1, training::kNormEpsilon, /*cudnn_enabled=*/false);
        }
        x = activated(x, spec.activation);
        if (cnn) {
            x = at::max_pool2d(x, 2);
        }
        if (spec.exits && i + 1 < spec.hidden.size()) {
            heads.push_back(linear(slots, "exits." + index, cnn ? x.mean(at::IntArrayRef{2, 3}) : x));
        }
    }
    heads.push_back(linear(slots, "layers." + std::to_string(spec.hidden.size()), x.flatten(1)));
    return heads;
}

at::Tensor layer_norm(const NetSpec& spec, const Slots& slots, const std::string& name, const at::Tensor& x)
{
    return spec.layer_norm ? at::layer_norm(x, {x.size(-1)}, slots.at(name + ".weight"), slots.at(name + ".bias"), training::kNormEpsilon)
                           : x;
}

at::Tensor attention(const NetSpec& spec, const Slots& slots, const std::string& name, const at::Tensor& x, const at::Tensor& mask)
{
    const auto batch = x.size(0), length = x.size(1), width = x.size(2), heads = spec.hidden[2];
    const auto parts =
        linear(slots, name + ".qkv", x).view({batch, length, 3, heads, width / heads}).permute({2, 0, 3, 1, 4});  // [3, B, H, T, dh]
    auto scores = at::matmul(parts[0], parts[1].transpose(-2, -1)) / std::sqrt(static_cast<double>(width / heads));
    if (spec.entropy_guided) {
        scores = scores / slots.at(name + ".log_temperature").exp().view({heads, 1, 1});
    }
    const auto mixed = at::matmul(at::softmax(scores + mask, -1), parts[2]).transpose(1, 2).reshape({batch, length, width});
    return linear(slots, name + ".output", mixed);
}

std::vector<at::Tensor> run_transformer(const NetSpec& spec, const Slots& slots, const at::Tensor& tokens)
{
    const auto length = spec.input[0], layers = spec.hidden[1];
    auto x = at::embedding(slots.at("token_embedding.weight"), tokens) + slots.at("position_embedding.weight");  // [B, T, d]
    const auto mask = at::full({length, length}, -std::numeric_limits<double>::infinity(), x.options().requires_grad(false)).triu(1);
    const auto read = [&](const at::Tensor& rows, const std::string& head) {
        return at::linear(layer_norm(spec, slots, "norm", rows).flatten(0, 1), slots.at(head + ".weight"));
    };
    std::vector<at::Tensor> heads;
    for (std::int64_t i = 0; i < layers; ++i) {
        const auto block = "blocks." + std::to_string(i);
        x = x + attention(spec, slots, block + ".attention", layer_norm(spec, slots, block + ".norm1", x), mask);
        const auto hidden = activated(linear(slots, block + ".up", layer_norm(spec, slots, block + ".norm2", x)), spec.activation);
        x = x + linear(slots, block + ".down", hidden);
        if (spec.exits && i + 1 < layers) {
            heads.push_back(read(x, "exits." + std::to_string(i)));
        }
    }
    heads.push_back(read(x, "output"));
    return heads;
}

}  // namespace

void add_slots(Slots& into, const std::vector<training::ParameterSlot>& slots, const at::Tensor& flat)
{
    for (const auto& slot : slots) {
        into[slot.name] = flat.narrow(0, slot.offset, slot.elements).view(slot.shape);
    }
}

std::vector<at::Tensor> run_network(const NetSpec& spec, const Slots& slots, const at::Tensor& input)
{
    return spec.kind == NetKind::Transformer ? run_transformer(spec, slots, input) : run_blocks(spec, slots, input);
}

std::vector<std::int64_t> batch_shape(const NetSpec& spec, std::int64_t count)
{
    std::vector<std::int64_t> shape = spec.input;
    shape.insert(shape.begin(), count);
    return shape;
}

}  // namespace timberline::landscape
