// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/tensor/tensor_network.h"

#include "core/model/tensor/tensor_errors.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace timberline::training {
namespace {

constexpr double kNormMomentum = 0.1;
constexpr float kSmallest = std::numeric_limits<float>::min();  // keeps the logarithm of masked probabilities finite

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

at::Tensor as_tensor(const float* data, const std::vector<std::int64_t>& shape)
{
    // libtorch takes a writable pointer; nothing here writes through it but batch norm, into buffers that are the caller's to change.
    return at::from_blob(const_cast<float*>(data), shape, at::kFloat);
}

}  // namespace

TensorNetwork::TensorNetwork(const NetSpec& spec, NetLayout layout) : Network(spec, std::move(layout)) {}

Status TensorNetwork::forward(std::span<const float> parameters, std::span<float> buffers, const NetInput& input, NormMode mode,
                              std::span<float> logits)
{
    for (const auto token : input.tokens) {
        if (token < 0 || token >= spec().outputs) {
            return make_error(ErrorCode::InvalidArgument,
                              "network: token " + std::to_string(token) + " is outside the vocabulary, expected 0 to " +
                                  std::to_string(spec().outputs - 1),
                              "Train on a text with the network's own vocabulary.");
        }
    }
    return model::guarded("forward of the small network", [&]() -> Status {
        bind(parameters, buffers);
        mode_ = mode;
        heads_.clear();
        probabilities_.clear();
        penalty_.reset();
        if (spec().kind == NetKind::Transformer) {
            run_transformer(input);
        } else {
            run_blocks(input);
        }
        float* out = logits.data();
        for (const auto& head : heads_) {
            const auto rows = head.detach().contiguous();
            std::memcpy(out, rows.data_ptr<float>(), static_cast<std::size_t>(rows.numel()) * sizeof(float));
            out += rows.numel();
        }
        return {};
    });
}

Status TensorNetwork::backward(std::span<const float> /*parameters*/, std::span<const float> logit_gradient, bool equalise,
                               std::span<float> gradient)
{
    return model::guarded("backward of the small network", [&]() -> Status {
        equalise_ = equalise;
        std::vector<at::Tensor> outputs, slopes;
        const float* slope = logit_gradient.data();
        for (const auto& head : heads_) {
            outputs.push_back(head);
            slopes.push_back(as_tensor(slope, head.sizes().vec()));
            slope += head.numel();
        }
        if (penalty_.defined()) {
            outputs.push_back(penalty_);
            slopes.push_back(at::ones_like(penalty_));
        }
        const auto gradients = torch::autograd::grad(outputs, leaves_, slopes, /*retain_graph=*/false, /*create_graph=*/false,
                                                     /*allow_unused=*/true);
        for (std::size_t i = 0; i < gradients.size(); ++i) {
            const auto& slot = layout().parameters[i];
            const auto part = gradient.subspan(static_cast<std::size_t>(slot.offset), static_cast<std::size_t>(slot.elements));
            if (!gradients[i].defined()) {
                std::ranges::fill(part, 0.0F);
                continue;
            }
            const auto values = gradients[i].contiguous();
            std::copy_n(values.data_ptr<float>(), slot.elements, part.begin());
        }
        heads_.clear();
        penalty_.reset();
        return {};
    });
}

double TensorNetwork::penalty() const
{
    return penalty_value_;
}

std::vector<float> TensorNetwork::head_entropies()
{
    std::vector<float> out;
    for (const auto& p : probabilities_) {
        // [B, H, T] without the first query, which sees one key only; then the mean over samples and queries
        const auto rows = -(p * p.clamp_min(kSmallest).log()).sum(-1).slice(2, std::min<std::int64_t>(1, p.size(2) - 1));
        const auto mean = rows.mean(at::IntArrayRef{0, 2}).contiguous();
        out.insert(out.end(), mean.data_ptr<float>(), mean.data_ptr<float>() + mean.numel());
    }
    return out;
}

void TensorNetwork::bind(std::span<const float> parameters, std::span<float> buffers)
{
    leaves_.clear();
    slots_.clear();
    for (const auto& slot : layout().parameters) {
        leaves_.push_back(as_tensor(parameters.data() + slot.offset, slot.shape).requires_grad_(true));
        slots_.emplace(slot.name, leaves_.back());
    }
    for (const auto& slot : layout().buffers) {
        slots_.emplace(slot.name, as_tensor(buffers.data() + slot.offset, slot.shape));
    }
}

const at::Tensor& TensorNetwork::at_name(const std::string& name) const
{
    return slots_.find(name)->second;
}

at::Tensor TensorNetwork::linear(const at::Tensor& x, const std::string& name) const
{
    return at::linear(x, at_name(name + ".weight"), at_name(name + ".bias"));
}

/// Insert of exits.md 1.2: the gradient that arrives is multiplied when backward() asks for equalised gradients.
at::Tensor TensorNetwork::scaled_gradient(const at::Tensor& x, double factor)
{
    auto out = at::alias(x);
    out.register_hook([this, factor](const at::Tensor& slope) { return equalise_ ? slope * factor : slope; });
    return out;
}

at::Tensor TensorNetwork::batch_norm(const at::Tensor& x, const std::string& name) const
{
    const bool training = mode_ != NormMode::Running;
    const bool buffers = mode_ != NormMode::Batch;
    return at::batch_norm(x, at_name(name + ".weight"), at_name(name + ".bias"), buffers ? at_name(name + ".running_mean") : at::Tensor{},
                          buffers ? at_name(name + ".running_var") : at::Tensor{}, training, kNormMomentum, kNormEpsilon,
                          /*cudnn_enabled=*/false);
}

void TensorNetwork::run_blocks(const NetInput& input)
{
    std::vector<std::int64_t> shape = spec().input;
    shape.insert(shape.begin(), input.samples);
    auto x = as_tensor(input.values.data(), shape);
    const auto depth = static_cast<std::int64_t>(spec().hidden.size());
    const bool cnn = spec().kind == NetKind::Cnn;
    for (std::int64_t i = 0; i < depth; ++i) {
        const auto index = std::to_string(i);
        const auto name = "layers." + index;
        x = cnn ? at::conv2d(x, at_name(name + ".weight"), at_name(name + ".bias"), /*stride=*/1, /*padding=*/1) : linear(x, name);
        if (spec().batch_norm) {
            x = batch_norm(x, "norms." + index);
        }
        x = activated(x, spec().activation);
        if (cnn) {
            x = at::max_pool2d(x, 2);
        }
        if (spec().exits && i + 1 < depth) {
            x = scaled_gradient(x, 1.0 / static_cast<double>(depth - i));
            heads_.push_back(linear(cnn ? x.mean(at::IntArrayRef{2, 3}) : x, "exits." + index));
            x = scaled_gradient(x, static_cast<double>(depth - i - 1));
        }
    }
    heads_.push_back(linear(cnn ? x.flatten(1) : x, "layers." + std::to_string(depth)));
}

at::Tensor TensorNetwork::layer_norm(const at::Tensor& x, const std::string& name) const
{
    return spec().layer_norm ? at::layer_norm(x, {x.size(-1)}, at_name(name + ".weight"), at_name(name + ".bias"), kNormEpsilon) : x;
}

at::Tensor TensorNetwork::attention(const at::Tensor& x, const std::string& name, const at::Tensor& mask)
{
    const auto batch = x.size(0), length = x.size(1), width = x.size(2), heads = spec().hidden[2];
    const auto parts = linear(x, name + ".qkv").view({batch, length, 3, heads, width / heads}).permute({2, 0, 3, 1, 4});  // [3,B,H,T,dh]
    auto scores = at::matmul(parts[0], parts[1].transpose(-2, -1)) / std::sqrt(static_cast<double>(width / heads));       // [B,H,T,T]
    if (spec().entropy_guided) {
        scores = scores / at_name(name + ".log_temperature").exp().view({heads, 1, 1});
    }
    const auto p = at::softmax(scores + mask, -1);
    probabilities_.push_back(p.detach());
    if (spec().entropy_guided && regulariser_.weight > 0) {
        add_penalty(p, at_name(name + ".entropy_threshold"));
    }
    const auto mixed = at::matmul(p, parts[2]).transpose(1, 2).reshape({batch, length, width});
    return linear(mixed, name + ".output");
}

void TensorNetwork::add_penalty(const at::Tensor& p, const at::Tensor& threshold)
{
    const auto length = p.size(2);
    const auto entropy = -(p * p.clamp_min(kSmallest).log()).sum(-1);  // [B,H,T]
    const auto keys =
        regulariser_.visible ? at::arange(1, length + 1, p.options()) : at::full({length}, static_cast<double>(length), p.options());
    const auto largest = keys.log();                                                                              // [T]
    const auto wanted = (regulariser_.train_threshold ? threshold : threshold.detach()).unsqueeze(-1) * largest;  // [H,T]
    const auto deviation = entropy - wanted;
    const auto outside = (deviation.abs() > regulariser_.gamma * largest).to(p.scalar_type());
    const auto penalties = deviation.square() * outside;
    const auto heads = static_cast<double>(p.size(1)), layers = static_cast<double>(spec().hidden[1]);
    const double rows = regulariser_.mean ? static_cast<double>(p.size(0) * length) : 1.0;
    const auto part = penalties.sum() * (regulariser_.weight / (heads * layers * rows));
    penalty_ = penalty_.defined() ? penalty_ + part : part;
}

void TensorNetwork::run_transformer(const NetInput& input)
{
    const auto length = spec().input[0], layers = spec().hidden[1];
    const auto ids = at::from_blob(const_cast<std::int32_t*>(input.tokens.data()), {input.samples, length}, at::kInt).to(at::kLong);
    auto x = at::embedding(at_name("token_embedding.weight"), ids) + at_name("position_embedding.weight");  // [B,T,d]
    const auto mask = at::full({length, length}, -std::numeric_limits<double>::infinity(), x.options()).triu(1);
    const auto read = [&](const at::Tensor& rows, const std::string& head) {
        const auto normed = layer_norm(rows, "norm").flatten(0, 1);
        return at::linear(normed, at_name(head + ".weight"));
    };
    for (std::int64_t i = 0; i < layers; ++i) {
        const auto block = "blocks." + std::to_string(i);
        x = x + attention(layer_norm(x, block + ".norm1"), block + ".attention", mask);
        const auto hidden = activated(linear(layer_norm(x, block + ".norm2"), block + ".up"), spec().activation);
        x = x + linear(hidden, block + ".down");
        if (spec().exits && i + 1 < layers) {
            x = scaled_gradient(x, 1.0 / static_cast<double>(layers - i));
            heads_.push_back(read(x, "exits." + std::to_string(i)));
            x = scaled_gradient(x, static_cast<double>(layers - i - 1));
        }
    }
    heads_.push_back(read(x, "output"));
    penalty_value_ = penalty_.defined() ? penalty_.item<double>() : 0.0;
}

std::unique_ptr<Network> make_tensor_network(const NetSpec& spec, NetLayout layout)
{
    return std::make_unique<TensorNetwork>(spec, std::move(layout));
}

}  // namespace timberline::training
