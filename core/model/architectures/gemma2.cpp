// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/architecture.h"
#include "core/model/architectures/common_keys.h"

#include <array>
#include <cmath>

namespace timberline::model {
namespace {

/// Gemma2Config: norms scale by 1 + w and stand before and after each part, every other layer has a window, scores and logits are
/// soft-capped.
void read_gemma2(ConfigKeys& keys, DecoderConfig& config)
{
    read_llama_like(keys, config, {.kv_heads = 4, .head_dim = 256, .context = 8192, .tied_head = true});
    config.activation = read_activation(keys, "hidden_activation", "gelu_pytorch_tanh");
    config.attention_bias = keys.boolean("attention_bias", false);
    config.attention_output_bias = config.attention_bias;
    config.norm_weight_plus_one = true;
    config.post_norms = true;
    // The factor takes the type of the embeddings it multiplies, which here is float32 whatever the folder stores.
    config.embedding_scale = static_cast<double>(static_cast<float>(std::sqrt(static_cast<double>(config.hidden))));
    config.attention_scale = 1 / std::sqrt(keys.positive("query_pre_attn_scalar", 256));
    config.attention_softcap = keys.softcap("attn_logit_softcapping", 50);
    config.final_softcap = keys.softcap("final_logit_softcapping", 30);

    const bool off = keys.mentioned("sliding_window") && keys.find("sliding_window") == nullptr;
    const std::int64_t window = off ? 0 : keys.size_or("sliding_window", 4096, kMaximumContext);
    config.window.assign(static_cast<std::size_t>(config.layers), 0);
    if (keys.find("layer_types") != nullptr) {
        read_layer_types(keys, config, window);
        return;
    }
    for (std::size_t layer = 0; layer < config.window.size(); layer += 2) {
        config.window[layer] = window;
    }
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
    TensorRule{Role::PostAttentionNorm, "model.layers.{}.post_attention_layernorm.weight"},
    TensorRule{Role::MlpNorm, "model.layers.{}.pre_feedforward_layernorm.weight"},
    TensorRule{Role::MlpGate, "model.layers.{}.mlp.gate_proj.weight"},
    TensorRule{Role::MlpUp, "model.layers.{}.mlp.up_proj.weight"},
    TensorRule{Role::MlpDown, "model.layers.{}.mlp.down_proj.weight"},
    TensorRule{Role::PostMlpNorm, "model.layers.{}.post_feedforward_layernorm.weight"},
    TensorRule{Role::FinalNorm, "model.norm.weight"},
    TensorRule{Role::Head, "lm_head.weight"},
};

}  // namespace

const Architecture& gemma2_architecture()
{
    static const Architecture architecture{"Gemma2ForCausalLM", "gemma2", "model.", read_gemma2, kTensors};
    return architecture;
}

}  // namespace timberline::model
