// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/architectures/config_keys.h"
#include "core/model/decoder_config.h"

#include <string_view>

/// Readings that several architectures share. Each follows the configuration classes of Hugging Face transformers, versions 4 and 5.
namespace timberline::model {

/// What a Llama-like configuration class fills in when config.json does not say.
struct LlamaDefaults {
    std::int64_t kv_heads = 0;  ///< 0 = as many as heads
    std::int64_t head_dim = 0;  ///< 0 = hidden_size / num_attention_heads
    std::int64_t context = 2048;
    bool tied_head = false;
};

/// Sizes, RMS norm, rotary positions and tied head of Llama, Mistral, Qwen and Gemma: num_attention_heads, rms_norm_eps, rope_*, ….
void read_llama_like(ConfigKeys& keys, DecoderConfig& config, const LlamaDefaults& defaults);

/// The activation of `key`; names that are not known here are refused.
[[nodiscard]] ActivationKind read_activation(ConfigKeys& keys, std::string_view key, std::string_view fallback);

/// head_dim of models whose config.json has no such key: hidden / heads, which must divide.
[[nodiscard]] std::int64_t divided_head_dim(ConfigKeys& keys, std::string_view hidden_key, std::int64_t hidden, std::string_view heads_key,
                                            std::int64_t heads);

/// rope_theta and scaling of either generation: rope_theta + rope_scaling, or rope_parameters (also one dictionary a layer type, when all
/// agree).
/// @param theta_key top-level name of the base ("rope_theta", GPT-NeoX "rotary_emb_base").
/// @return partial_rotary_factor of the dictionary, or 0 when it has none.
double read_rope(ConfigKeys& keys, DecoderConfig& config, std::string_view theta_key);

/// Windows from layer_types: "sliding_attention" gets `window`, "full_attention" none.
void read_layer_types(ConfigKeys& keys, DecoderConfig& config, std::int64_t window);

/// Windows of Qwen 2 and 3: layer_types, else use_sliding_window from max_window_layers on.
void read_qwen_windows(ConfigKeys& keys, DecoderConfig& config);

/// Refuses what no architecture here can do: quantised weights, experts, cross attention, pruned heads.
void refuse_foreign_settings(ConfigKeys& keys);

}  // namespace timberline::model
