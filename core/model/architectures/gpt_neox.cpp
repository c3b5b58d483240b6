// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/architecture.h"
#include "core/model/architectures/common_keys.h"

#include <algorithm>
#include <array>
#include <string>

namespace timberline::model {
namespace {

/// GPTNeoXConfig: a quarter of each head is rotated, attention and MLP may read the same input, q, k and v are fused a head.
void read_gpt_neox(ConfigKeys& keys, DecoderConfig& config)
{
    config.vocabulary = keys.size("vocab_size", kMaximumVocabulary);
    config.hidden = keys.size("hidden_size", kMaximumHidden);
    config.layers = keys.size("num_hidden_layers", kMaximumLayers);
    config.heads = keys.size("num_attention_heads", kMaximumHeads);
    config.kv_heads = config.heads;
    config.head_dim = divided_head_dim(keys, "hidden_size", config.hidden, "num_attention_heads", config.heads);
    config.intermediate = keys.size("intermediate_size", kMaximumIntermediate);
    config.context = keys.size_or("max_position_embeddings", 2048, kMaximumContext);
    config.norm = NormKind::LayerNorm;
    config.norm_epsilon = keys.positive("layer_norm_eps", 1e-5);
    config.parallel_residual = keys.boolean("use_parallel_residual", true);
    config.attention_bias = config.attention_output_bias = keys.boolean("attention_bias", true);
    config.mlp_bias = true;
    config.activation = read_activation(keys, "hidden_act", "gelu");
    config.gated_mlp = false;
    config.tied_head = keys.boolean("tie_word_embeddings", false);

    // Version 5 keeps the share in rope_parameters; version 4 calls it rotary_pct, late 4 writes partial_rotary_factor beside it.
    const double share = read_rope(keys, config, "rotary_emb_base");
    const std::string_view key = keys.find("rotary_pct") != nullptr ? "rotary_pct" : "partial_rotary_factor";
    const double rotated = share != 0 ? share : keys.positive(key, 0.25);
    config.rotary_dim = static_cast<std::int64_t>(static_cast<double>(config.head_dim) * std::min(rotated, 2.0));
    if (rotated > 1 || config.rotary_dim < 2 || config.rotary_dim % 2 != 0) {
        keys.refuse(share != 0 ? "rope_parameters" : key,
                    "a share of head_dim " + std::to_string(config.head_dim) + " that rotates an even number of dimensions, found " +
                        std::to_string(config.rotary_dim),
                    "Compare config.json with the one published with the model.");
    }
}

constexpr std::array kTensors{
    TensorRule{Role::TokenEmbedding, "gpt_neox.embed_in.weight"},
    TensorRule{Role::AttentionNorm, "gpt_neox.layers.{}.input_layernorm.weight"},
    TensorRule{Role::AttentionNormBias, "gpt_neox.layers.{}.input_layernorm.bias"},
    TensorRule{Role::Query, "gpt_neox.layers.{}.attention.query_key_value.weight", Layout::HeadwiseFused, 0},
    TensorRule{Role::Key, "gpt_neox.layers.{}.attention.query_key_value.weight", Layout::HeadwiseFused, 1},
    TensorRule{Role::Value, "gpt_neox.layers.{}.attention.query_key_value.weight", Layout::HeadwiseFused, 2},
    TensorRule{Role::QueryBias, "gpt_neox.layers.{}.attention.query_key_value.bias", Layout::HeadwiseFused, 0},
    TensorRule{Role::KeyBias, "gpt_neox.layers.{}.attention.query_key_value.bias", Layout::HeadwiseFused, 1},
    TensorRule{Role::ValueBias, "gpt_neox.layers.{}.attention.query_key_value.bias", Layout::HeadwiseFused, 2},
    TensorRule{Role::AttentionOutput, "gpt_neox.layers.{}.attention.dense.weight"},
    TensorRule{Role::AttentionOutputBias, "gpt_neox.layers.{}.attention.dense.bias"},
    TensorRule{Role::MlpNorm, "gpt_neox.layers.{}.post_attention_layernorm.weight"},
    TensorRule{Role::MlpNormBias, "gpt_neox.layers.{}.post_attention_layernorm.bias"},
    TensorRule{Role::MlpUp, "gpt_neox.layers.{}.mlp.dense_h_to_4h.weight"},
    TensorRule{Role::MlpUpBias, "gpt_neox.layers.{}.mlp.dense_h_to_4h.bias"},
    TensorRule{Role::MlpDown, "gpt_neox.layers.{}.mlp.dense_4h_to_h.weight"},
    TensorRule{Role::MlpDownBias, "gpt_neox.layers.{}.mlp.dense_4h_to_h.bias"},
    TensorRule{Role::FinalNorm, "gpt_neox.final_layer_norm.weight"},
    TensorRule{Role::FinalNormBias, "gpt_neox.final_layer_norm.bias"},
    TensorRule{Role::Head, "embed_out.weight"},
};

}  // namespace

const Architecture& gpt_neox_architecture()
{
    static const Architecture architecture{"GPTNeoXForCausalLM", "gpt_neox", "gpt_neox.", read_gpt_neox, kTensors};
    return architecture;
}

}  // namespace timberline::model
