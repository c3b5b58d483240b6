// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/architecture.h"
#include "core/model/architectures/common_keys.h"

#include <array>

namespace timberline::model {
namespace {

/// GPT2Config. Its Conv1D layers store [in, out], and c_attn holds q, k and v side by side.
void read_gpt2(ConfigKeys& keys, DecoderConfig& config)
{
    config.vocabulary = keys.size("vocab_size", kMaximumVocabulary);
    config.hidden = keys.size("n_embd", kMaximumHidden);
    config.layers = keys.size("n_layer", kMaximumLayers);
    config.heads = keys.size("n_head", kMaximumHeads);
    config.kv_heads = config.heads;
    config.head_dim = divided_head_dim(keys, "n_embd", config.hidden, "n_head", config.heads);
    config.intermediate = keys.size_or("n_inner", 4 * config.hidden, kMaximumIntermediate);
    config.context = keys.size_or("n_positions", 1024, kMaximumContext);
    config.norm = NormKind::LayerNorm;
    config.norm_epsilon = keys.positive("layer_norm_epsilon", 1e-5);
    config.position = PositionKind::Learned;
    config.attention_bias = config.attention_output_bias = config.mlp_bias = true;
    config.activation = read_activation(keys, "activation_function", "gelu_new");
    config.gated_mlp = false;
    config.tied_head = keys.boolean("tie_word_embeddings", true);
    if (!keys.boolean("scale_attn_weights", true)) {
        config.attention_scale = 1;
    }
    if (keys.boolean("scale_attn_by_inverse_layer_idx", false)) {
        keys.unsupported("scale_attn_by_inverse_layer_idx", "false: all layers scale their scores alike");
    }
}

constexpr std::array kTensors{
    TensorRule{Role::TokenEmbedding, "transformer.wte.weight"},
    TensorRule{Role::PositionEmbedding, "transformer.wpe.weight"},
    TensorRule{Role::AttentionNorm, "transformer.h.{}.ln_1.weight"},
    TensorRule{Role::AttentionNormBias, "transformer.h.{}.ln_1.bias"},
    TensorRule{Role::Query, "transformer.h.{}.attn.c_attn.weight", Layout::FusedColumns, 0},
    TensorRule{Role::Key, "transformer.h.{}.attn.c_attn.weight", Layout::FusedColumns, 1},
    TensorRule{Role::Value, "transformer.h.{}.attn.c_attn.weight", Layout::FusedColumns, 2},
    TensorRule{Role::QueryBias, "transformer.h.{}.attn.c_attn.bias", Layout::FusedColumns, 0},
    TensorRule{Role::KeyBias, "transformer.h.{}.attn.c_attn.bias", Layout::FusedColumns, 1},
    TensorRule{Role::ValueBias, "transformer.h.{}.attn.c_attn.bias", Layout::FusedColumns, 2},
    TensorRule{Role::AttentionOutput, "transformer.h.{}.attn.c_proj.weight", Layout::Transposed},
    TensorRule{Role::AttentionOutputBias, "transformer.h.{}.attn.c_proj.bias"},
    TensorRule{Role::MlpNorm, "transformer.h.{}.ln_2.weight"},
    TensorRule{Role::MlpNormBias, "transformer.h.{}.ln_2.bias"},
    TensorRule{Role::MlpUp, "transformer.h.{}.mlp.c_fc.weight", Layout::Transposed},
    TensorRule{Role::MlpUpBias, "transformer.h.{}.mlp.c_fc.bias"},
    TensorRule{Role::MlpDown, "transformer.h.{}.mlp.c_proj.weight", Layout::Transposed},
    TensorRule{Role::MlpDownBias, "transformer.h.{}.mlp.c_proj.bias"},
    TensorRule{Role::FinalNorm, "transformer.ln_f.weight"},
    TensorRule{Role::FinalNormBias, "transformer.ln_f.bias"},
    TensorRule{Role::Head, "lm_head.weight"},
};

}  // namespace

const Architecture& gpt2_architecture()
{
    static const Architecture architecture{"GPT2LMHeadModel", "gpt2", "transformer.", read_gpt2, kTensors};
    return architecture;
}

}  // namespace timberline::model
