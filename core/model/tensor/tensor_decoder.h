// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/model/decoder_config.h"
#include "core/model/weights.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace timberline::model {

/// One weight of the model as a tensor: [rows, columns] of its Role, or [rows] for a vector.
struct TensorParameter {
    Role role = Role::TokenEmbedding;
    std::int64_t layer = -1; ///< -1 outside the layers
    at::Tensor value;        ///< shares memory with the decoder
};

struct KeysAndValues {
    at::Tensor keys, values; ///< [B, Hkv, S, dh] each; keys rotated
};

/// What one layer needs beside its rows. An undefined tensor means "none".
struct LayerContext {
    at::Tensor cosine, sine; ///< [T, rotary/2] or [B, 1, T, rotary/2]
    at::Tensor mask;         ///< additive, 0 or -inf, broadcast over scores [B, H, T, S]; undefined = everything is visible
};

/// Called once in each layer with the rows' new keys and values [B, Hkv, T, dh]; returns those to attend to [B, Hkv, S, dh].
using KvHook = std::function<KeysAndValues(std::int64_t layer, const at::Tensor& keys, const at::Tensor& values)>;

struct TensorInput {
    at::Tensor ids;             ///< [B, T] int64, inside the vocabulary
    at::Tensor positions{};     ///< [T] or [B, T] int64; undefined = P, P+1, … after P rows of `past`
    at::Tensor key_positions{}; ///< [S] or [B, S] int64; undefined = 0 … P-1, then `positions`
    at::Tensor mask{}; ///< additive, broadcast over [B, H, T, S]; undefined = keys up to the query's position. Windows are added to it
    const std::vector<KeysAndValues>* past = nullptr; ///< per layer, P rows each; null = empty
    bool keep_layers = false;
    bool keep_attention = false;
    bool keep_kv = false;
};

struct TensorOutput {
    at::Tensor logits;                 ///< [B, T, V]
    at::Tensor hidden;                 ///< [B, T, d] after the final norm
    std::vector<at::Tensor> layers;    ///< if asked: layers + 1 of [B, T, d]; 0 = embeddings, last = `hidden`
    std::vector<at::Tensor> attention; ///< if asked: [B, H, T, S] a layer
    std::vector<KeysAndValues> kv;     ///< if asked: past and new rows, to pass as `past`
};

/// The transformer of a DecoderConfig in libtorch operators, differentiable in every parameter: the path of training, landscapes and
/// devices. Slower than model::Decoder on a CPU (every operator is a call), equal to it within rounding. Misuse (shapes, devices) throws
/// c10::Error. Forwards may overlap as long as nobody changes parameters.
class TensorDecoder
{
public:
    /// Copies every weight to `device` as `type` (Float or Double). Errors: a missing or misshapen weight, cancelled. Lack of memory
    /// throws.
    [[nodiscard]] static Result<std::shared_ptr<TensorDecoder>> make(const DecoderConfig& config, const WeightProvider& weights,
                                                                     at::Device device, at::ScalarType type,
                                                                     const CancelToken& cancel = {});

    [[nodiscard]] const DecoderConfig& config() const noexcept { return config_; }
    [[nodiscard]] at::Device device() const noexcept { return device_; }
    [[nodiscard]] at::ScalarType type() const noexcept { return type_; }

    /// All parameters in reading order: embeddings, layers, final norm, head. A tied head is listed once, as the embedding.
    [[nodiscard]] std::vector<TensorParameter> parameters() const;
    /// Undefined when the configuration has no such weight.
    [[nodiscard]] const at::Tensor& parameter(Role role, std::int64_t layer) const
    {
        return weights_[layer + 1][static_cast<std::size_t>(role)];
    }
    void set_requires_grad(bool required);

    [[nodiscard]] TensorOutput forward(const TensorInput& input) const;

    // The steps of forward, for methods that run only some of the layers.
    [[nodiscard]] at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions) const; ///< [B,T], [T] or [B,T] -> [B,T,d]
    /// Rotation angles of the positions and the window of `layer`, added to `mask` (undefined = all visible). `past_positions` as
    /// TensorInput::key_positions.
    [[nodiscard]] LayerContext context(std::int64_t layer, const at::Tensor& positions, const at::Tensor& key_positions,
                                       const at::Tensor& mask) const;
    /// @param rows [B,T,d].  @param kv may be empty: the rows attend to each other only.  @param probabilities receives [B,H,T,S] when not
    /// null.
    [[nodiscard]] at::Tensor layer(std::int64_t index, const at::Tensor& rows, const LayerContext& context, const KvHook& kv = {},
                                   at::Tensor* probabilities = nullptr) const;
    [[nodiscard]] at::Tensor final_norm(const at::Tensor& rows) const; ///< [.., d] -> [.., d]
    [[nodiscard]] at::Tensor head(const at::Tensor& normed) const;     ///< [.., d] -> [.., V], soft cap included

private:
    static constexpr std::size_t kRoles = static_cast<std::size_t>(Role::HeadBias) + 1;

    TensorDecoder(DecoderConfig config, at::Device device, at::ScalarType type);
    [[nodiscard]] at::Tensor norm(const at::Tensor& rows, Role weight, Role bias, std::int64_t layer) const;
    [[nodiscard]] at::Tensor rms_norm(const at::Tensor& rows, const at::Tensor& weight) const;
    [[nodiscard]] at::Tensor linear(const at::Tensor& rows, Role weight, Role bias, std::int64_t layer) const;
    [[nodiscard]] at::Tensor rotate(const at::Tensor& rows, const LayerContext& context) const;
    [[nodiscard]] at::Tensor attention(std::int64_t layer, const at::Tensor& rows, const LayerContext& context, const KvHook& kv,
                                       at::Tensor* probabilities) const;
    [[nodiscard]] at::Tensor mlp(std::int64_t layer, const at::Tensor& rows) const;

    DecoderConfig config_;
    at::Device device_;
    at::ScalarType type_;
    std::vector<std::array<at::Tensor, kRoles>> weights_; ///< [layers + 1]; 0 = outside the layers
    at::Tensor frequencies_;                              ///< [rotary/2] float32: radians a position; undefined without rotation
};

} // namespace timberline::model
