// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace timberline::model {

enum class NormKind : std::uint8_t { LayerNorm, RmsNorm };
enum class ActivationKind : std::uint8_t { Silu, GeluTanh, GeluErf, Relu };
enum class PositionKind : std::uint8_t { Rotary, Learned };

struct RopeScaling {
    enum class Kind : std::uint8_t { None, Linear, Llama3 };
    Kind kind = Kind::None;
    double factor = 1;
    double low_frequency_factor = 1;    ///< llama3
    double high_frequency_factor = 4;   ///< llama3
    std::int64_t original_context = 0;  ///< llama3
};

/// The one decoder's configuration: every supported architecture is a point in this space.
struct DecoderConfig {
    std::string architecture;  ///< "LlamaForCausalLM"
    std::int64_t vocabulary = 0, hidden = 0, layers = 0, heads = 0, kv_heads = 0, head_dim = 0, intermediate = 0;
    std::int64_t context = 0;  ///< largest number of positions

    NormKind norm = NormKind::RmsNorm;
    double norm_epsilon = 1e-5;
    bool norm_weight_plus_one = false;  ///< Gemma: y = x/rms(x) * (1 + w)
    bool post_norms = false;            ///< Gemma 2: a norm after attention and after the MLP too
    bool query_key_norm = false;        ///< Qwen3: RMS norm over head_dim of q and k before the rotation
    bool parallel_residual = false;     ///< GPT-NeoX: x + attention(n1(x)) + mlp(n2(x))

    PositionKind position = PositionKind::Rotary;
    double rope_theta = 10000;
    std::int64_t rotary_dim = 0;        ///< rotated part of head_dim (GPT-NeoX: rotary_pct); first and second half are paired
    RopeScaling rope_scaling;
    bool rope_bfloat16 = false;         ///< frequencies rounded to bfloat16: a model cast as a whole carries them rounded, and such folders' reference values rest on it. Set for dtype bfloat16

    bool attention_bias = false;        ///< biases on q, k, v
    bool attention_output_bias = false;
    bool mlp_bias = false;              ///< on up and down, and on gate where the MLP is gated
    double attention_scale = 0;         ///< multiplies q.k (GPT-Neo 1; else usually 1/sqrt(head_dim))
    double attention_softcap = 0;       ///< 0 = off; s = cap * tanh(s / cap) before the mask
    double final_softcap = 0;           ///< the same on logits
    std::vector<std::int64_t> window;   ///< per layer: a query sees keys with position > own - window; 0 = all

    ActivationKind activation = ActivationKind::Silu;
    bool gated_mlp = true;              ///< down(act(gate(x)) * up(x)), else down(act(up(x)))
    double embedding_scale = 1;         ///< Gemma: sqrt(hidden), rounded to float32 as the arithmetic here is (not to a folder's bfloat16)
    bool tied_head = true;
    bool head_bias = false;

    [[nodiscard]] std::int64_t parameters() const noexcept;
};

/// Reads config.json of either generation (rope_theta/rope_scaling/torch_dtype or rope_parameters/dtype). Unknown architectures and settings that
/// change the numbers and that this version cannot do are refused by name before any weight is read. Harmless unknown keys are ignored.
/// @param where file name for errors.
[[nodiscard]] Result<DecoderConfig> read_decoder_config(const Json& config, const std::string& where);

/// Supported architecture names ("LlamaForCausalLM", …), for messages and `model info`.
[[nodiscard]] std::vector<std::string> supported_architectures();

}  // namespace timberline::model
