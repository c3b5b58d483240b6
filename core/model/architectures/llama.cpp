// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/architecture.h"
#include "core/model/architectures/common_keys.h"

#include <array>

namespace timberline::model {
namespace {

/// LlamaConfig; Llama 3 differs by its rope scaling alone.
void read_llama(ConfigKeys& keys, DecoderConfig& config)
{
    read_llama_like(keys, config, {});
    config.activation = read_activation(keys, "hidden_act", "silu");
    config.attention_bias = keys.boolean("attention_bias", false);
    config.attention_output_bias = config.attention_bias;
    config.mlp_bias = keys.boolean("mlp_bias", false);
}

constexpr std::array kTensors{
    TensorRule{Role::TokenEmbedding, "model.embed_tokens.weight"},
    TensorRule{Role::AttentionNorm, "model.layers.{}.input_layernorm.weight"},
    TensorRule{Role::Query, "model.layers.{}.self_attn.q_proj.weight"},
    TensorRule{Role::Key, "model.layers.{}.self_attn.k_proj.weight"},
    TensorRule{Role::Value, "model.layers.{}.self_attn.v_proj.weight"},
    TensorRule{Role::AttentionOutput, "model.layers.{}.self_attn.o_proj.weight"},
    TensorRule{Role::QueryBias, "model.layers.{}.self_attn.q_proj.bias"},
    TensorRule{Role::KeyBias, "model.layers.{}.self_attn.k_proj.bias"},
    TensorRule{Role::ValueBias, "model.layers.{}.self_attn.v_proj.bias"},
    TensorRule{Role::AttentionOutputBias, "model.layers.{}.self_attn.o_proj.bias"},
    TensorRule{Role::MlpNorm, "model.layers.{}.post_attention_layernorm.weight"},
    TensorRule{Role::MlpGate, "model.layers.{}.mlp.gate_proj.weight"},
    TensorRule{Role::MlpUp, "model.layers.{}.mlp.up_proj.weight"},
    TensorRule{Role::MlpDown, "model.layers.{}.mlp.down_proj.weight"},
    TensorRule{Role::MlpGateBias, "model.layers.{}.mlp.gate_proj.bias"},
    TensorRule{Role::MlpUpBias, "model.layers.{}.mlp.up_proj.bias"},
    TensorRule{Role::MlpDownBias, "model.layers.{}.mlp.down_proj.bias"},
    TensorRule{Role::FinalNorm, "model.norm.weight"},
    TensorRule{Role::Head, "lm_head.weight"},
};

}  // namespace

const Architecture& llama_architecture()
{
    static const Architecture architecture{"LlamaForCausalLM", "llama", "model.", read_llama, kTensors};
    return architecture;
}

}  // namespace timberline::model
