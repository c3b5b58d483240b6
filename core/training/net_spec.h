// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Shape of a small network as plain data, and where each of its parameters stands in the one flat vector that training, snapshots and
/// landscapes share. No tensors: the trainer (libtorch) and the landscape's own evaluation both read it.
namespace timberline::training {

enum class NetKind : std::uint8_t {
    Quadratic,  ///< no data: loss = 0.5 sum_i curvature[i] theta_i^2, for teaching and exact tests
    Mlp,        ///< linear → (batch norm) → activation, repeated; linear
    Cnn,  ///< conv 3x3 pad 1 → (batch norm) → activation → max pool 2, repeated; flatten; linear. Input [channels, height, width]
    Transformer,  ///< tiny causal language model, pre-norm, learned positions
};
/// Gelu is the exact one, x Phi(x). Identity makes deep linear networks and transformers without nonlinearity in their feed-forward part.
enum class NetActivation : std::uint8_t { Relu, Tanh, Gelu, Identity };

/// Added to the variance under the root, in batch norm and layer norm.
inline constexpr double kNormEpsilon = 1e-5;

struct NetSpec {
    NetKind kind = NetKind::Mlp;
    std::vector<std::int64_t> input = {2};        ///< [features], [channels, height, width], or [context] of the transformer
    std::vector<std::int64_t> hidden = {16, 16};  ///< widths (Mlp), channels (Cnn), {width, layers, heads} (Transformer)
    std::int64_t outputs = 2;                     ///< classes, 1 for regression, vocabulary of the transformer
    NetActivation activation = NetActivation::Relu;
    bool batch_norm = false;  ///< Mlp, Cnn
    /// A linear head after every hidden block but the last, whose head is the ordinary output. Mlp: reads the block's activations;
    /// Cnn: their average over the image, after the pool; Transformer: the block's output after the final norm.
    bool exits = false;
    bool layer_norm = true;  ///< Transformer: false leaves all norms out
    /// Transformer: softmax(q k / (sqrt(d) t)) with a learnable t = exp(log_temperature) a head, and a learnable entropy threshold a head
    /// (as a fraction of the largest entropy; starts at 0.5), which only the entropy regulariser reads.
    bool entropy_guided = false;
    std::vector<double> curvature = {};  ///< Quadratic only; one parameter each
    friend bool operator==(const NetSpec&, const NetSpec&) = default;
};

enum class ParameterRole : std::uint8_t { Input, Embedding, Hidden, Output, ExitHead, Bias, NormGain, NormBias, Other };

struct ParameterSlot {
    std::string name;                 ///< "layers.0.weight": name in checkpoints
    std::vector<std::int64_t> shape;  ///< linear [out, in], conv [out, in, 3, 3], bias [out]; dimension 0 is the filter
    std::int64_t offset = 0;          ///< into the flat vector
    std::int64_t elements = 0;
    ParameterRole role = ParameterRole::Hidden;
    std::int64_t fan_in = 0, fan_out = 0;
};

/// Parameters in this order (Mlp, Cnn): for each hidden block i "layers.i.weight", "layers.i.bias", with batch norm "norms.i.weight",
/// "norms.i.bias"; then the output "layers.n.weight", "layers.n.bias"; then the internal heads "exits.i.weight", "exits.i.bias". The output
/// of a Cnn reads [channels, height, width] in row-major order. Transformer: "token_embedding.weight" [V, d], "position_embedding.weight"
/// [T, d]; for each block "blocks.i.norm1.weight/bias", "blocks.i.attention.qkv.weight/bias" [3d, d] (queries, keys, values; each head's
/// rows together), "blocks.i.attention.log_temperature" [heads] and "blocks.i.attention.entropy_threshold" [heads] when entropy-guided,
/// "blocks.i.attention.output.weight/bias", "blocks.i.norm2.weight/bias", "blocks.i.up.weight/bias" [4d, d], "blocks.i.down.weight/bias";
/// "norm.weight/bias"; "output.weight" [V, d] without bias; heads "exits.i.weight" [V, d]. Quadratic: "theta" [1, n]. Buffers: numbers that
/// are not trained, in a flat vector of their own: batch norm's "norms.i.running_mean" and "norms.i.running_var" for each block.
struct NetLayout {
    std::vector<ParameterSlot> parameters;
    std::vector<ParameterSlot> buffers;
    std::int64_t parameter_count = 0, buffer_count = 0;
    /// Null when there is none of this name.
    [[nodiscard]] const ParameterSlot* find(std::string_view name) const noexcept;
};

/// Errors: sizes out of range (each 1 to 65,536; at most 64 hidden blocks and 2^28 parameters), an image smaller than its pools, heads that
/// do not divide the width.
[[nodiscard]] Result<NetLayout> layout_of(const NetSpec& spec);

/// Hidden blocks: entries of `hidden`, or the transformer's layers; 0 for Quadratic.
[[nodiscard]] std::int64_t block_count(const NetSpec& spec) noexcept;
/// Outputs that the network gives: internal heads in order of depth, then the output itself; 1 without exits.
[[nodiscard]] std::int64_t head_count(const NetSpec& spec) noexcept;
/// Numbers of one sample: product of `input`.
[[nodiscard]] std::int64_t input_size(const NetSpec& spec) noexcept;

/// Parameters at the start of training, a pure function of (spec, seed): each tensor has a random stream of its own, keyed by its place in
/// the layout. Weights before ReLU and GELU: Kaiming, normal with variance 2 / fan_in; other weights and heads: Xavier, uniform on ± sqrt(6
/// / (fan_in + fan_out)); embeddings: normal with standard deviation 0.02; gains 1; biases and log temperatures 0; entropy thresholds 0.5;
/// Quadratic: all 1. Precondition: sizes as the layout says.
void initialise(const NetSpec& spec, const NetLayout& layout, std::uint64_t seed, std::span<float> parameters, std::span<float> buffers);

/// Per parameter: 1 where weight decay applies (tensors of two dimensions and more that are no embeddings), else 0.
[[nodiscard]] std::vector<float> decay_mask(const NetLayout& layout);

/// The spec as one line of JSON, and back (untrusted: everything is checked as layout_of does). `where` stands in front of errors.
[[nodiscard]] std::string to_text(const NetSpec& spec);
[[nodiscard]] Result<NetSpec> net_spec_from_text(std::string_view text, const std::string& where);

/// "mlp" "cnn" "transformer" "quadratic"; "relu" "tanh" "gelu" "identity".
[[nodiscard]] std::string_view name_of(NetKind kind) noexcept;
[[nodiscard]] std::string_view name_of(NetActivation activation) noexcept;

}  // namespace timberline::training
