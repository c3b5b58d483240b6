// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/architecture.h"
#include "core/model/architectures/common_keys.h"

#include <array>

namespace timberline::model {
namespace {

/// MistralConfig. The window holds in every layer; an absent key means 4,096, null means none.
void read_mistral(ConfigKeys& keys, DecoderConfig& config)
{
    read_llama_like(keys, config, {.kv_heads = 8, .context = 131072});
    config.activation = read_activation(keys, "hidden_act", "silu");
    const bool off = keys.mentioned("sliding_window") && keys.find("sliding_window") == nullptr;
    const std::int64_t window = off ? 0 : keys.size_or("sliding_window", 4096, kMaximumContext);
    config.window.assign(static_cast<std::size_t>(config.layers), window);
}

constexpr std::array kTensors{
    TensorRule{Role::TokenEmbedding, "model.embed_tokens.weight"},
    TensorRule{Role::AttentionNorm, "model.layers.{}.input_layernorm.weight"},
    TensorRule{Role::Query, "model.layers.{}.self_attn.q_proj.weight"},
    TensorRule{Role::Key, "model.layers.{}.self_attn.k_proj.weight"},
    TensorRule{Role::Value, "model.layers.{}.self_attn.v_proj.weight"},
    TensorRule{Role::AttentionOutput, "model.layers.{}.self_attn.o_proj.weight"},
    TensorRule{Role::MlpNorm, "model.layers.{}.post_attention_layernorm.weight"},
    TensorRule{Role::MlpGate, "model.layers.{}.mlp.gate_proj.weight"},
    TensorRule{Role::MlpUp, "model.layers.{}.mlp.up_proj.weight"},
    TensorRule{Role::MlpDown, "model.layers.{}.mlp.down_proj.weight"},
    TensorRule{Role::FinalNorm, "model.norm.weight"},
    TensorRule{Role::Head, "lm_head.weight"},
};

}  // namespace

const Architecture& mistral_architecture()
{
    static const Architecture architecture{"MistralForCausalLM", "mistral", "model.", read_mistral, kTensors};
    return architecture;
}

}  // namespace timberline::model
