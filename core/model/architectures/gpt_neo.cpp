// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/architecture.h"
#include "core/model/architectures/common_keys.h"

#include <array>
#include <string>
#include <vector>

namespace timberline::model {
namespace {

constexpr const char* kLayersHint = "Compare config.json with the one published with the model.";

/// attention_types [[["global", "local"], 12]] spelled out a layer; attention_layers, when given, says the same and wins.
[[nodiscard]] std::vector<std::string> attention_layers(ConfigKeys& keys, std::int64_t layers)
{
    if (keys.find("attention_layers") != nullptr) {
        return keys.texts("attention_layers");
    }
    std::vector<std::string> out;
    const Json* types = keys.find("attention_types");
    if (types == nullptr) {
        for (std::int64_t layer = 0; layer < layers; ++layer) {
            out.emplace_back(layer % 2 == 0 ? "global" : "local");
        }
        return out;
    }
    const auto malformed = [&] { keys.refuse("attention_types", "a list such as [[[\"global\", \"local\"], 12]]", kLayersHint); };
    if (!types->is_array()) {
        malformed();
        return out;
    }
    for (const Json& item : *types) {
        const bool pair =
            item.is_array() && item.size() == 2 && item[0].is_array() && item[1].is_number_integer() && item[1].get<std::int64_t>() >= 0;
        if (!pair) {
            malformed();
            return out;
        }
        // Stops once there are too many, so that an absurd repeat count costs nothing.
        for (std::int64_t repeat = 0;
             repeat < item[1].get<std::int64_t>() && !item[0].empty() && static_cast<std::int64_t>(out.size()) <= layers; ++repeat) {
            for (const Json& name : item[0]) {
                out.push_back(name.is_string() ? name.get<std::string>() : shown(name));
            }
        }
    }
    return out;
}

/// GPTNeoConfig. Scores are not scaled; local layers see the last window_size tokens.
void read_gpt_neo(ConfigKeys& keys, DecoderConfig& config)
{
    config.vocabulary = keys.size("vocab_size", kMaximumVocabulary);
    config.hidden = keys.size("hidden_size", kMaximumHidden);
    config.layers = keys.size("num_layers", kMaximumLayers);
    config.heads = keys.size("num_heads", kMaximumHeads);
    config.kv_heads = config.heads;
    config.head_dim = divided_head_dim(keys, "hidden_size", config.hidden, "num_heads", config.heads);
    config.intermediate = keys.size_or("intermediate_size", 4 * config.hidden, kMaximumIntermediate);
    config.context = keys.size_or("max_position_embeddings", 2048, kMaximumContext);
    config.norm = NormKind::LayerNorm;
    config.norm_epsilon = keys.positive("layer_norm_epsilon", 1e-5);
    config.position = PositionKind::Learned;
    config.attention_scale = 1;
    config.attention_output_bias = config.mlp_bias = true;
    config.activation = read_activation(keys, "activation_function", "gelu_new");
    config.gated_mlp = false;
    config.tied_head = keys.boolean("tie_word_embeddings", true);

    const std::int64_t window = keys.size_or("window_size", 256, kMaximumContext);
    const std::vector<std::string> kinds = attention_layers(keys, config.layers);
    config.window.assign(static_cast<std::size_t>(config.layers), 0);
    if (kinds.size() != config.window.size()) {
        keys.refuse(keys.find("attention_layers") != nullptr ? "attention_layers" : "attention_types",
                    std::to_string(config.layers) + " layers, found " + std::to_string(kinds.size()), kLayersHint);
        return;
    }
    for (std::size_t layer = 0; layer < kinds.size(); ++layer) {
        if (kinds[layer] == "local") {
            config.window[layer] = window;
        } else if (kinds[layer] != "global") {
            keys.fail(make_error(ErrorCode::Unsupported,
                                 "attention type \"" + kinds[layer] + "\" of layer " + std::to_string(layer) + " in " + keys.where() +
                                     ": expected global or local",
                                 "Take a model whose layers all attend in one of these ways."));
            return;
        }
    }
}

constexpr std::array kTensors{
    TensorRule{Role::TokenEmbedding, "transformer.wte.weight"},
    TensorRule{Role::PositionEmbedding, "transformer.wpe.weight"},
    TensorRule{Role::AttentionNorm, "transformer.h.{}.ln_1.weight"},
    TensorRule{Role::AttentionNormBias, "transformer.h.{}.ln_1.bias"},
    TensorRule{Role::Query, "transformer.h.{}.attn.attention.q_proj.weight"},
    TensorRule{Role::Key, "transformer.h.{}.attn.attention.k_proj.weight"},
    TensorRule{Role::Value, "transformer.h.{}.attn.attention.v_proj.weight"},
    TensorRule{Role::AttentionOutput, "transformer.h.{}.attn.attention.out_proj.weight"},
    TensorRule{Role::AttentionOutputBias, "transformer.h.{}.attn.attention.out_proj.bias"},
    TensorRule{Role::MlpNorm, "transformer.h.{}.ln_2.weight"},
    TensorRule{Role::MlpNormBias, "transformer.h.{}.ln_2.bias"},
    TensorRule{Role::MlpUp, "transformer.h.{}.mlp.c_fc.weight"},
    TensorRule{Role::MlpUpBias, "transformer.h.{}.mlp.c_fc.bias"},
    TensorRule{Role::MlpDown, "transformer.h.{}.mlp.c_proj.weight"},
    TensorRule{Role::MlpDownBias, "transformer.h.{}.mlp.c_proj.bias"},
    TensorRule{Role::FinalNorm, "transformer.ln_f.weight"},
    TensorRule{Role::FinalNormBias, "transformer.ln_f.bias"},
    TensorRule{Role::Head, "lm_head.weight"},
};

}  // namespace

const Architecture& gpt_neo_architecture()
{
    static const Architecture architecture{"GPTNeoForCausalLM", "gpt_neo", "transformer.", read_gpt_neo, kTensors};
    return architecture;
}

}  // namespace timberline::model
