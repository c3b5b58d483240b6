// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/dense_kernels.h"
#include "core/training/network.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timberline::training {
namespace {

constexpr float kNormMomentum = 0.1F;

float gelu(float z)
{
    return 0.5F * z * (1 + std::erf(z * std::numbers::sqrt2_v<float> / 2));
}

/// Phi(z) + z phi(z)
float gelu_slope(float z)
{
    const float density = std::exp(-0.5F * z * z) * std::numbers::inv_sqrtpi_v<float> / std::numbers::sqrt2_v<float>;
    return 0.5F * (1 + std::erf(z * std::numbers::sqrt2_v<float> / 2)) + z * density;
}

/// Comparisons are written so that NaN passes through.
void activate(NetActivation kind, const std::vector<float>& z, std::vector<float>& a)
{
    a.resize(z.size());
    for (std::size_t i = 0; i < z.size(); ++i) {
        switch (kind) {
        case NetActivation::Relu:
            a[i] = z[i] <= 0 ? 0.0F : z[i];
            break;
        case NetActivation::Tanh:
            a[i] = std::tanh(z[i]);
            break;
        case NetActivation::Gelu:
            a[i] = gelu(z[i]);
            break;
        case NetActivation::Identity:
            a[i] = z[i];
            break;
        }
    }
}

/// slope *= f'(z)
void activate_backward(NetActivation kind, const std::vector<float>& z, const std::vector<float>& a, std::vector<float>& slope)
{
    for (std::size_t i = 0; i < z.size(); ++i) {
        switch (kind) {
        case NetActivation::Relu:
            slope[i] = z[i] <= 0 ? 0.0F : slope[i];
            break;
        case NetActivation::Tanh:
            slope[i] *= 1 - a[i] * a[i];
            break;
        case NetActivation::Gelu:
            slope[i] *= gelu_slope(z[i]);
            break;
        case NetActivation::Identity:
            break;
        }
    }
}

/// Multilayer perceptron by plain loops, forward and backward, feature-major (dense_kernels.h).
class LoopNetwork final : public Network
{
public:
    LoopNetwork(const NetSpec& spec, NetLayout layout) : Network(spec, std::move(layout)), blocks_(spec.hidden.size())
    {
        for (std::size_t i = 0; i < blocks_.size(); ++i) {
            const auto index = std::to_string(i);
            blocks_[i].linear = linear("layers." + index);
            if (spec.batch_norm) {
                blocks_[i].gain = offset("norms." + index + ".weight");
                blocks_[i].shift = offset("norms." + index + ".bias");
                blocks_[i].mean = offset("norms." + index + ".running_mean");
                blocks_[i].variance = offset("norms." + index + ".running_var");
            }
            if (spec.exits && i + 1 < blocks_.size()) {
                heads_.push_back(linear("exits." + index));
            }
        }
        heads_.push_back(linear("layers." + std::to_string(blocks_.size())));
    }

    Status forward(std::span<const float> parameters, std::span<float> buffers, const NetInput& input, NormMode mode,
                   std::span<float> logits) override
    {
        samples_ = input.samples;
        stride_ = dense::padded(samples_);
        mode_ = mode;
        take_input(input.values);
        const auto* in = &input_;
        for (auto& block : blocks_) {
            block.z.resize(size(block.linear.outputs));
            apply(parameters, block.linear, *in, block.z);
            if (spec().batch_norm) {
                normalise(parameters, buffers, block);
            }
            activate(spec().activation, block.z, block.a);
            in = &block.a;
        }
        const auto per_head = static_cast<std::size_t>(samples_ * spec().outputs);
        for (std::size_t h = 0; h < heads_.size(); ++h) {
            scratch_.resize(size(spec().outputs));
            apply(parameters, heads_[h], head_input(h), scratch_);
            to_rows(scratch_, logits.subspan(h * per_head, per_head));
        }
        return {};
    }

    Status backward(std::span<const float> parameters, std::span<const float> logit_gradient, bool equalise,
                    std::span<float> gradient) override
    {
        const auto per_head = static_cast<std::size_t>(samples_ * spec().outputs);
        slope_.clear();  // gradient with respect to the activations of the present block; empty = none yet
        const auto depth = blocks_.size();
        head_backward(parameters, heads_.size() - 1, logit_gradient.subspan((heads_.size() - 1) * per_head, per_head), gradient);
        for (std::size_t i = depth; i-- > 0;) {
            auto& block = blocks_[i];
            if (i + 1 < depth && spec().exits) {
                scale(slope_, equalise ? static_cast<float>(depth - i - 1) : 1.0F);
                head_backward(parameters, i, logit_gradient.subspan(i * per_head, per_head), gradient);
                scale(slope_, equalise ? 1 / static_cast<float>(depth - i) : 1.0F);
            }
            activate_backward(spec().activation, block.z, block.a, slope_);
            if (spec().batch_norm) {
                normalise_backward(parameters, block, gradient);
            }
            const auto& in = i == 0 ? input_ : blocks_[i - 1].a;
            gradient_of(block.linear, slope_, in, gradient);
            if (i > 0) {
                scratch_.resize(size(block.linear.inputs));
                through(parameters, block.linear, slope_, scratch_);
                slope_.swap(scratch_);
            }
        }
        return {};
    }

private:
    struct Linear {
        std::int64_t weight = 0, bias = 0, inputs = 0, outputs = 0;
    };
    struct Block {
        Linear linear;
        std::int64_t gain = 0, shift = 0, mean = 0, variance = 0;
        std::vector<float> z, a, normalised;  ///< [outputs, stride]: before and after the activation; before gain and shift
        std::vector<float> inverse;           ///< [outputs]: 1 / sqrt(variance + epsilon)
    };

    [[nodiscard]] std::int64_t offset(const std::string& name) const { return layout().find(name)->offset; }
    [[nodiscard]] Linear linear(const std::string& name) const
    {
        const auto* weight = layout().find(name + ".weight");
        return {.weight = weight->offset, .bias = offset(name + ".bias"), .inputs = weight->shape[1], .outputs = weight->shape[0]};
    }
    [[nodiscard]] std::size_t size(std::int64_t features) const { return static_cast<std::size_t>(features * stride_); }
    [[nodiscard]] const std::vector<float>& head_input(std::size_t head) const
    {
        const auto block = head + 1 == heads_.size() ? blocks_.size() : head + 1;
        return block == 0 ? input_ : blocks_[block - 1].a;
    }

    static void scale(std::vector<float>& values, float factor)
    {
        if (factor != 1) {
            for (auto& value : values) {
                value *= factor;
            }
        }
    }

    void take_input(std::span<const float> values)
    {
        const auto features = input_size(spec());
        input_.assign(size(features), 0.0F);
        for (std::int64_t n = 0; n < samples_; ++n) {
            for (std::int64_t i = 0; i < features; ++i) {
                input_[static_cast<std::size_t>(i * stride_ + n)] = values[static_cast<std::size_t>(n * features + i)];
            }
        }
    }

    void to_rows(const std::vector<float>& from, std::span<float> rows) const
    {
        const auto outputs = spec().outputs;
        for (std::int64_t n = 0; n < samples_; ++n) {
            for (std::int64_t o = 0; o < outputs; ++o) {
                rows[static_cast<std::size_t>(n * outputs + o)] = from[static_cast<std::size_t>(o * stride_ + n)];
            }
        }
    }

    void apply(std::span<const float> parameters, const Linear& layer, const std::vector<float>& in, std::vector<float>& out) const
    {
        dense::multiply({parameters.data() + layer.weight, layer.inputs, 1}, parameters.data() + layer.bias, in.data(), layer.inputs,
                        layer.outputs, stride_, out.data());
    }
    /// out = transposed weight times slope
    void through(std::span<const float> parameters, const Linear& layer, const std::vector<float>& slope, std::vector<float>& out) const
    {
        dense::multiply({parameters.data() + layer.weight, 1, layer.inputs}, nullptr, slope.data(), layer.outputs, layer.inputs, stride_,
                        out.data());
    }
    void gradient_of(const Linear& layer, const std::vector<float>& slope, const std::vector<float>& in, std::span<float> gradient) const
    {
        dense::correlate(slope.data(), layer.outputs, in.data(), layer.inputs, stride_, gradient.data() + layer.weight);
        dense::sum_rows(slope.data(), layer.outputs, stride_, gradient.data() + layer.bias);
    }

    /// Adds the head's part to slope_ and writes the gradient of its weights.
    void head_backward(std::span<const float> parameters, std::size_t head, std::span<const float> rows, std::span<float> gradient)
    {
        const auto& layer = heads_[head];
        head_slope_.assign(size(layer.outputs), 0.0F);
        for (std::int64_t n = 0; n < samples_; ++n) {
            for (std::int64_t o = 0; o < layer.outputs; ++o) {
                head_slope_[static_cast<std::size_t>(o * stride_ + n)] = rows[static_cast<std::size_t>(n * layer.outputs + o)];
            }
        }
        gradient_of(layer, head_slope_, head_input(head), gradient);
        if (blocks_.empty()) {
            return;  // nothing below the only layer
        }
        scratch_.resize(size(layer.inputs));
        through(parameters, layer, head_slope_, scratch_);
        if (slope_.empty()) {
            slope_.swap(scratch_);
            return;
        }
        for (std::size_t i = 0; i < slope_.size(); ++i) {
            slope_[i] += scratch_[i];
        }
    }

    void normalise(std::span<const float> parameters, std::span<float> buffers, Block& block)
    {
        block.normalised.resize(block.z.size());
        block.inverse.resize(static_cast<std::size_t>(block.linear.outputs));
        const auto count = static_cast<float>(samples_);
        for (std::int64_t o = 0; o < block.linear.outputs; ++o) {
            float* z = block.z.data() + o * stride_;
            float& running_mean = buffers[static_cast<std::size_t>(block.mean + o)];
            float& running_variance = buffers[static_cast<std::size_t>(block.variance + o)];
            float mean = running_mean, variance = running_variance;
            if (mode_ != NormMode::Running) {
                mean = variance = 0;
                for (std::int64_t n = 0; n < samples_; ++n) {
                    mean += z[n] / count;
                }
                for (std::int64_t n = 0; n < samples_; ++n) {
                    variance += (z[n] - mean) * (z[n] - mean) / count;
                }
            }
            if (mode_ == NormMode::BatchUpdate) {
                const float unbiased = samples_ > 1 ? variance * count / (count - 1) : variance;
                running_mean += kNormMomentum * (mean - running_mean);
                running_variance += kNormMomentum * (unbiased - running_variance);
            }
            const float inverse = 1 / std::sqrt(variance + static_cast<float>(kNormEpsilon));
            block.inverse[static_cast<std::size_t>(o)] = inverse;
            const float gain = parameters[static_cast<std::size_t>(block.gain + o)];
            const float shift = parameters[static_cast<std::size_t>(block.shift + o)];
            float* normalised = block.normalised.data() + o * stride_;
            for (std::int64_t n = 0; n < stride_; ++n) {
                normalised[n] = (z[n] - mean) * inverse;
                z[n] = gain * normalised[n] + shift;
            }
        }
    }

    /// slope_ from after to before the norm; padding lanes stay 0.
    void normalise_backward(std::span<const float> parameters, const Block& block, std::span<float> gradient)
    {
        const auto count = static_cast<float>(samples_);
        for (std::int64_t o = 0; o < block.linear.outputs; ++o) {
            float* slope = slope_.data() + o * stride_;
            const float* normalised = block.normalised.data() + o * stride_;
            float sum = 0, product = 0;
            for (std::int64_t n = 0; n < samples_; ++n) {
                sum += slope[n];
                product += slope[n] * normalised[n];
            }
            gradient[static_cast<std::size_t>(block.gain + o)] = product;
            gradient[static_cast<std::size_t>(block.shift + o)] = sum;
            const float factor = parameters[static_cast<std::size_t>(block.gain + o)] * block.inverse[static_cast<std::size_t>(o)];
            for (std::int64_t n = 0; n < samples_; ++n) {
                const float through_statistics = mode_ == NormMode::Running ? 0.0F : (sum + normalised[n] * product) / count;
                slope[n] = factor * (slope[n] - through_statistics);
            }
        }
    }

    std::vector<Block> blocks_;
    std::vector<Linear> heads_;
    std::int64_t samples_ = 0, stride_ = 0;
    NormMode mode_ = NormMode::Running;
    std::vector<float> input_, slope_, head_slope_, scratch_;
};

}  // namespace

std::unique_ptr<Network> make_loop_network(const NetSpec& spec, NetLayout layout)
{
    return std::make_unique<LoopNetwork>(spec, std::move(layout));
}

Result<std::unique_ptr<Network>> make_network(const NetSpec& spec)
{
    if (spec.kind == NetKind::Quadratic) {
        return make_error(ErrorCode::InvalidArgument, "network: a quadratic has no inputs", "Choose mlp, cnn or transformer.");
    }
    TIMBERLINE_ASSIGN(auto layout, layout_of(spec));
    return spec.kind == NetKind::Mlp ? make_loop_network(spec, std::move(layout)) : make_tensor_network(spec, std::move(layout));
}

}  // namespace timberline::training
