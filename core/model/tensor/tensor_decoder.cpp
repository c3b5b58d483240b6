// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor/tensor_decoder.h"

#include "core/model/rotary.h"

#include <ATen/ATen.h>

#include <limits>

namespace timberline::model {
namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

/// cap * tanh(x / cap), Gemma 2's soft cap; 0 = off.
at::Tensor softcapped(const at::Tensor& x, double cap)
{
    return cap > 0 ? at::tanh(x / cap) * cap : x;
}

at::Tensor activated(const at::Tensor& x, ActivationKind kind)
{
    switch (kind) {
    case ActivationKind::Silu:
        return at::silu(x);
    case ActivationKind::GeluTanh:
        return at::gelu(x, "tanh");
    case ActivationKind::GeluErf:
        return at::gelu(x);
    case ActivationKind::Relu:
        return at::relu(x);
    }
    return x;
}

/// positions [T] against keys [S] -> [T,S]; batched [B,T] against [S] or [B,S] -> [B,1,T,S].
at::Tensor distance(const at::Tensor& positions, const at::Tensor& key_positions)
{
    auto difference = positions.unsqueeze(-1) - key_positions.unsqueeze(-2);
    return difference.dim() == 3 ? difference.unsqueeze(1) : difference;
}

} // namespace

TensorDecoder::TensorDecoder(DecoderConfig config, at::Device device, at::ScalarType type)
    : config_(std::move(config)), device_(device), type_(type), weights_(static_cast<std::size_t>(config_.layers) + 1)
{
    const Rotary rotary(config_);
    if (rotary.pairs() > 0) {
        frequencies_ = at::tensor(rotary.frequencies(), at::TensorOptions().dtype(at::kFloat)).to(device_);
    }
}

at::Tensor TensorDecoder::rms_norm(const at::Tensor& rows, const at::Tensor& weight) const
{
    const auto inverse = at::rsqrt(rows.square().mean(-1, /*keepdim=*/true) + config_.norm_epsilon);
    return rows * inverse * (config_.norm_weight_plus_one ? weight + 1 : weight);
}

at::Tensor TensorDecoder::norm(const at::Tensor& rows, Role weight, Role bias, std::int64_t layer) const
{
    const auto& gain = parameter(weight, layer);
    if (config_.norm == NormKind::RmsNorm) {
        return rms_norm(rows, gain);
    }
    return at::layer_norm(rows, {config_.hidden}, config_.norm_weight_plus_one ? gain + 1 : gain, parameter(bias, layer),
                          config_.norm_epsilon);
}

at::Tensor TensorDecoder::linear(const at::Tensor& rows, Role weight, Role bias, std::int64_t layer) const
{
    const auto& offset = parameter(bias, layer);
    return offset.defined() ? at::linear(rows, parameter(weight, layer), offset) : at::linear(rows, parameter(weight, layer));
}

at::Tensor TensorDecoder::rotate(const at::Tensor& rows, const LayerContext& context) const
{
    const auto half = frequencies_.defined() ? frequencies_.size(0) : 0;
    if (half == 0) {
        return rows;
    }
    const auto first = rows.narrow(-1, 0, half), second = rows.narrow(-1, half, half);
    std::vector<at::Tensor> parts = {first * context.cosine - second * context.sine, second * context.cosine + first * context.sine};
    if (2 * half < config_.head_dim) {
        parts.push_back(rows.narrow(-1, 2 * half, config_.head_dim - 2 * half));
    }
    return at::cat(parts, -1);
}

at::Tensor TensorDecoder::attention(std::int64_t layer, const at::Tensor& rows, const LayerContext& context, const KvHook& kv,
                                    at::Tensor* probabilities) const
{
    const auto batch = rows.size(0), count = rows.size(1), groups = config_.heads / config_.kv_heads;
    const auto heads_of = [&](const at::Tensor& x, std::int64_t heads) {
        return x.view({batch, count, heads, config_.head_dim}).transpose(1, 2); // [B,heads,T,dh]
    };
    auto query = heads_of(linear(rows, Role::Query, Role::QueryBias, layer), config_.heads);
    auto key = heads_of(linear(rows, Role::Key, Role::KeyBias, layer), config_.kv_heads);
    auto value = heads_of(linear(rows, Role::Value, Role::ValueBias, layer), config_.kv_heads);
    if (config_.query_key_norm) {
        query = rms_norm(query, parameter(Role::QueryNorm, layer));
        key = rms_norm(key, parameter(Role::KeyNorm, layer));
    }
    query = rotate(query, context) * config_.attention_scale;
    key = rotate(key, context);
    if (kv) {
        auto all = kv(layer, key, value);
        key = std::move(all.keys);
        value = std::move(all.values);
    }
    // The query heads of one group share their keys: fold them into the rows, so that no key is copied.
    const auto slots = key.size(2);
    const auto folded = query.reshape({batch, config_.kv_heads, groups * count, config_.head_dim});
    auto scores = at::matmul(folded, key.transpose(-2, -1)).view({batch, config_.heads, count, slots}); // [B,H,T,S]
    scores = softcapped(scores, config_.attention_softcap);
    if (context.mask.defined()) {
        scores = scores + context.mask;
    }
    const auto weights = at::softmax(scores, -1);
    if (probabilities != nullptr) {
        *probabilities = weights;
    }
    const auto mixed = at::matmul(weights.view({batch, config_.kv_heads, groups * count, slots}), value);
    const auto joined = mixed.view({batch, config_.heads, count, config_.head_dim}).transpose(1, 2).reshape({batch, count, -1});
    return linear(joined, Role::AttentionOutput, Role::AttentionOutputBias, layer);
}

at::Tensor TensorDecoder::mlp(std::int64_t layer, const at::Tensor& rows) const
{
    const auto up = linear(rows, Role::MlpUp, Role::MlpUpBias, layer);
    const auto inner = config_.gated_mlp ? activated(linear(rows, Role::MlpGate, Role::MlpGateBias, layer), config_.activation) * up
                                         : activated(up, config_.activation);
    return linear(inner, Role::MlpDown, Role::MlpDownBias, layer);
}

at::Tensor TensorDecoder::embed(const at::Tensor& ids, const at::Tensor& positions) const
{
    auto rows = at::embedding(parameter(Role::TokenEmbedding, -1), ids);
    if (config_.embedding_scale != 1) {
        rows = rows * config_.embedding_scale;
    }
    if (config_.position == PositionKind::Learned) {
        rows = rows + at::embedding(parameter(Role::PositionEmbedding, -1), positions);
    }
    return rows;
}

LayerContext TensorDecoder::context(std::int64_t layer, const at::Tensor& positions, const at::Tensor& key_positions,
                                    const at::Tensor& mask) const
{
    LayerContext result;
    result.mask = mask;
    if (frequencies_.defined()) {
        // The reference rounds angles to float32; doing the same in every precision keeps this the same function of the position.
        auto angles = (positions.to(at::kFloat).unsqueeze(-1) * frequencies_).to(at::kDouble);
        angles = angles.dim() == 3 ? angles.unsqueeze(1) : angles;
        result.cosine = angles.cos().to(type_);
        result.sine = angles.sin().to(type_);
    }
    const auto window = config_.window.empty() ? 0 : config_.window[static_cast<std::size_t>(layer)];
    if (window > 0) {
        const auto beyond = distance(positions, key_positions).ge(window);
        const auto all_visible = at::zeros(beyond.sizes(), at::TensorOptions().dtype(type_).device(device_));
        result.mask = mask.defined() ? at::masked_fill(mask, beyond, kMinusInfinity) : at::masked_fill(all_visible, beyond, kMinusInfinity);
    }
    return result;
}

at::Tensor TensorDecoder::layer(std::int64_t index, const at::Tensor& rows, const LayerContext& context, const KvHook& kv,
                                at::Tensor* probabilities) const
{
    auto attended = attention(index, norm(rows, Role::AttentionNorm, Role::AttentionNormBias, index), context, kv, probabilities);
    if (config_.parallel_residual) {
        return rows + attended + mlp(index, norm(rows, Role::MlpNorm, Role::MlpNormBias, index));
    }
    if (config_.post_norms) {
        attended = rms_norm(attended, parameter(Role::PostAttentionNorm, index));
    }
    const auto middle = rows + attended;
    auto transformed = mlp(index, norm(middle, Role::MlpNorm, Role::MlpNormBias, index));
    if (config_.post_norms) {
        transformed = rms_norm(transformed, parameter(Role::PostMlpNorm, index));
    }
    return middle + transformed;
}

at::Tensor TensorDecoder::final_norm(const at::Tensor& rows) const
{
    return norm(rows, Role::FinalNorm, Role::FinalNormBias, -1);
}

at::Tensor TensorDecoder::head(const at::Tensor& normed) const
{
    const auto& matrix = parameter(config_.tied_head ? Role::TokenEmbedding : Role::Head, -1);
    const auto& bias = parameter(Role::HeadBias, -1);
    return softcapped(bias.defined() ? at::linear(normed, matrix, bias) : at::linear(normed, matrix), config_.final_softcap);
}

TensorOutput TensorDecoder::forward(const TensorInput& input) const
{
    TORCH_CHECK(input.ids.dim() == 2, "ids must be [B, T], got ", input.ids.sizes());
    const auto past = input.past != nullptr && !input.past->empty() ? input.past->front().keys.size(2) : 0;
    const auto options = at::TensorOptions().dtype(at::kLong).device(device_);
    const auto positions = input.positions.defined() ? input.positions : at::arange(past, past + input.ids.size(1), options);
    auto key_positions = input.key_positions;
    if (!key_positions.defined()) {
        auto before = at::arange(past, options);
        before = positions.dim() == 2 ? before.expand({positions.size(0), past}) : before;
        key_positions = past > 0 ? at::cat({before, positions}, -1) : positions;
    }
    auto mask = input.mask;
    if (!mask.defined() && input.ids.size(1) > 1) {
        const auto later = distance(positions, key_positions).lt(0);
        mask = at::masked_fill(at::zeros(later.sizes(), at::TensorOptions().dtype(type_).device(device_)), later, kMinusInfinity);
    }

    TensorOutput out;
    const KvHook join = [&](std::int64_t layer, const at::Tensor& keys, const at::Tensor& values) {
        KeysAndValues all{keys, values};
        if (past > 0) {
            const auto& old = (*input.past)[static_cast<std::size_t>(layer)];
            all = {at::cat({old.keys, keys}, 2), at::cat({old.values, values}, 2)};
        }
        if (input.keep_kv) {
            out.kv.push_back(all);
        }
        return all;
    };
    auto rows = embed(input.ids, positions);
    for (std::int64_t index = 0; index < config_.layers; ++index) {
        if (input.keep_layers) {
            out.layers.push_back(rows);
        }
        at::Tensor probabilities;
        rows = layer(index, rows, context(index, positions, key_positions, mask), join, input.keep_attention ? &probabilities : nullptr);
        if (input.keep_attention) {
            out.attention.push_back(std::move(probabilities));
        }
    }
    out.hidden = final_norm(rows);
    if (input.keep_layers) {
        out.layers.push_back(out.hidden);
    }
    out.logits = head(out.hidden);
    return out;
}

} // namespace timberline::model
