// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/training/network.h"
#include "tests/training/training_testing.h"

/// Networks of every kind, with parameters, inputs and a direction to differentiate along.
namespace timberline::training_test {

using namespace training;

struct Case {
    const char* name;
    NetSpec spec;
};

inline NetSpec mlp(NetActivation activation, bool norm, bool exits, std::vector<std::int64_t> hidden = {7, 5})
{
    return {.kind = NetKind::Mlp,
            .input = {3},
            .hidden = std::move(hidden),
            .outputs = 4,
            .activation = activation,
            .batch_norm = norm,
            .exits = exits};
}

inline NetSpec cnn(bool norm, bool exits)
{
    return {.kind = NetKind::Cnn,
            .input = {2, 9, 8},
            .hidden = {4, 6},
            .outputs = 3,
            .activation = NetActivation::Tanh,
            .batch_norm = norm,
            .exits = exits};
}

inline NetSpec transformer(bool norm, bool exits, bool guided)
{
    return {.kind = NetKind::Transformer,
            .input = {6},
            .hidden = {8, 2, 2},
            .outputs = 5,
            .activation = NetActivation::Gelu,
            .exits = exits,
            .layer_norm = norm,
            .entropy_guided = guided};
}

inline const std::vector<Case>& cases()
{
    static const std::vector<Case> list = {
        {"perceptron with tanh", mlp(NetActivation::Tanh, false, false)},
        {"perceptron with GELU", mlp(NetActivation::Gelu, false, false)},
        {"perceptron with ReLU", mlp(NetActivation::Relu, false, false)},
        {"linear perceptron", mlp(NetActivation::Identity, false, false)},
        {"perceptron without hidden layers", mlp(NetActivation::Relu, false, false, {})},
        {"perceptron with batch norm", mlp(NetActivation::Tanh, true, false)},
        {"perceptron with batch norm and exits", mlp(NetActivation::Tanh, true, true, {7, 5, 6})},
        {"perceptron of one block with exits", mlp(NetActivation::Tanh, false, true, {7})},
        {"convolutional network", cnn(false, false)},
        {"convolutional network with batch norm and exits", cnn(true, true)},
        {"transformer", transformer(true, false, false)},
        {"transformer with exits", transformer(true, true, false)},
        {"transformer without norms", transformer(false, false, false)},
        {"entropy-guided transformer", transformer(true, false, true)},
    };
    return list;
}

/// A network with parameters, inputs and a direction of logits to differentiate along: f = <logits, weights> + penalty.
struct Setup {
    NetSpec spec;
    NetLayout layout;
    std::unique_ptr<Network> network;
    std::vector<float> parameters, buffers, values, weights;
    std::vector<std::int32_t> tokens;
    std::int64_t samples = 11;

    explicit Setup(const NetSpec& from, bool loops = false) : spec(from), layout(*layout_of(from))
    {
        network = loops ? make_loop_network(spec, layout) : make_tensor_network(spec, layout);
        parameters.resize(static_cast<std::size_t>(layout.parameter_count));
        buffers.resize(static_cast<std::size_t>(layout.buffer_count));
        initialise(spec, layout, 5, parameters, buffers);
        // Biases and norms away from their neutral start, so that their gradients are tested too.
        const auto shift = noise(parameters.size(), 1);
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            parameters[i] += 0.1F * shift[i];
        }
        values = noise(static_cast<std::size_t>(samples * input_size(spec)), 2);
        if (spec.kind == NetKind::Transformer) {
            for (const float value : values) {
                tokens.push_back(static_cast<std::int32_t>((value + 1) / 2 * static_cast<float>(spec.outputs)));
            }
            values.clear();
        }
        weights = noise(logit_count(), 3);
    }

    [[nodiscard]] std::size_t logit_count() const
    {
        return static_cast<std::size_t>(head_count(spec) * network->rows(samples) * spec.outputs);
    }
    std::vector<float> logits(std::span<const float> at, NormMode mode)
    {
        std::vector<float> out(logit_count());
        const auto done = network->forward(at, buffers, {.samples = samples, .values = values, .tokens = tokens}, mode, out);
        if (!done.ok()) {
            qFatal("%s", done.error().message.c_str());
        }
        return out;
    }
    double value(std::span<const float> at, NormMode mode)
    {
        const auto out = logits(at, mode);
        double sum = network->penalty();
        for (std::size_t i = 0; i < out.size(); ++i) {
            sum += static_cast<double>(out[i]) * static_cast<double>(weights[i]);
        }
        return sum;
    }
    std::vector<float> gradient(NormMode mode, bool equalise = false)
    {
        (void)logits(parameters, mode);
        std::vector<float> out(parameters.size(), -77.0F);
        const auto done = network->backward(parameters, weights, equalise, out);
        if (!done.ok()) {
            qFatal("%s", done.error().message.c_str());
        }
        return out;
    }
};

inline double largest_difference(const std::vector<float>& a, const std::vector<float>& b)
{
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    }
    return largest;
}

}  // namespace timberline::training_test
