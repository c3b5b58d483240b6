// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/architecture.h"
#include "core/model/architectures/common_keys.h"

#include <array>

namespace timberline::model {
namespace {

/// Qwen2Config: biases on q, k and v, none on the output.
void read_qwen2(ConfigKeys& keys, DecoderConfig& config)
{
    read_llama_like(keys, config, {.kv_heads = 32, .context = 32768});
    config.activation = read_activation(keys, "hidden_act", "silu");
    config.attention_bias = true;
    read_qwen_windows(keys, config);
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
    TensorRule{Role::MlpNorm, "model.layers.{}.post_attention_layernorm.weight"},
    TensorRule{Role::MlpGate, "model.layers.{}.mlp.gate_proj.weight"},
    TensorRule{Role::MlpUp, "model.layers.{}.mlp.up_proj.weight"},
    TensorRule{Role::MlpDown, "model.layers.{}.mlp.down_proj.weight"},
    TensorRule{Role::FinalNorm, "model.norm.weight"},
    TensorRule{Role::Head, "lm_head.weight"},
};

}  // namespace

const Architecture& qwen2_architecture()
{
    static const Architecture architecture{"Qwen2ForCausalLM", "qwen2", "model.", read_qwen2, kTensors};
    return architecture;
}

}  // namespace timberline::model
