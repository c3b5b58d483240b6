// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/common_keys.h"

#include <array>
#include <string>
#include <utility>

namespace timberline::model {
namespace {

constexpr const char* kRopeHint = "Take a model whose positions are of type default, linear or llama3.";
constexpr const char* kSizeHint = "Compare config.json with the one published with the model.";
constexpr double kDefaultTheta = 10000;

/// The dictionary that holds the rope settings, or null: rope_scaling wins over rope_parameters, as in transformers 5.
[[nodiscard]] const Json* rope_dictionary(ConfigKeys& keys, std::string_view& key)
{
    for (const std::string_view name : {std::string_view("rope_scaling"), std::string_view("rope_parameters")}) {
        const Json* value = keys.find(name);
        if (value == nullptr) {
            continue;
        }
        key = name;
        if (!value->is_object()) {
            keys.refuse(name, "an object such as {\"rope_type\": \"default\"}", kSizeHint);
            return nullptr;
        }
        if (!value->empty()) {
            return value;
        }
    }
    return nullptr;
}

/// Version 5 may write one dictionary for each layer type. The decoder has one rotation for all layers, so they must agree.
[[nodiscard]] const Json* one_for_all_layers(ConfigKeys& keys, std::string_view key, const Json* dictionary)
{
    const Json* first = nullptr;
    for (auto it = dictionary->begin(); it != dictionary->end(); ++it) {
        const std::string& name = it.key();
        const Json& value = it.value();
        if (name != "full_attention" && name != "sliding_attention") {
            return dictionary;
        }
        if (!value.is_object()) {
            keys.refuse(key, "an object for each layer type", kSizeHint);
            return nullptr;
        }
        if (first != nullptr && *first != value) {
            keys.unsupported(key, "the same rotation for full_attention and sliding_attention layers");
            return nullptr;
        }
        first = &value;
    }
    return first;
}

[[nodiscard]] double required_factor(ConfigKeys& rope, std::string_view key, double minimum)
{
    const Json* value = rope.find(key);
    if (value == nullptr || !value->is_number() || !(value->get<double>() >= minimum) || !(value->get<double>() < 1e9)) {
        rope.refuse(key, minimum >= 1 ? "a number of at least 1" : "a number above 0", kSizeHint);
        return 1;
    }
    return value->get<double>();
}

void read_scaling(ConfigKeys& keys, ConfigKeys& rope, DecoderConfig& config)
{
    const std::string_view type_key = rope.find("rope_type") != nullptr ? "rope_type" : "type";
    const std::string type = rope.text(type_key, "default");
    RopeScaling& scaling = config.rope_scaling;
    if (type == "default") {
        return;
    }
    if (type == "linear") {
        scaling.kind = RopeScaling::Kind::Linear;
        scaling.factor = required_factor(rope, "factor", 1);
        return;
    }
    if (type != "llama3") {
        rope.refuse(type_key, "default, linear or llama3", kRopeHint, ErrorCode::Unsupported);
        return;
    }
    scaling.kind = RopeScaling::Kind::Llama3;
    scaling.factor = required_factor(rope, "factor", 1);
    scaling.low_frequency_factor = required_factor(rope, "low_freq_factor", 1e-9);
    scaling.high_frequency_factor = required_factor(rope, "high_freq_factor", 1e-9);
    if (scaling.high_frequency_factor <= scaling.low_frequency_factor) {
        rope.refuse("high_freq_factor", "a number above low_freq_factor", kSizeHint);
    }
    constexpr std::string_view kOriginal = "original_max_position_embeddings";
    scaling.original_context = keys.size_or(kOriginal, rope.size_or(kOriginal, config.context, kMaximumContext), kMaximumContext);
}

}  // namespace

double read_rope(ConfigKeys& keys, DecoderConfig& config, std::string_view theta_key)
{
    config.position = PositionKind::Rotary;
    config.rope_theta = keys.positive(theta_key, kDefaultTheta);
    std::string_view name;
    const Json* dictionary = rope_dictionary(keys, name);
    if (dictionary != nullptr) {
        dictionary = one_for_all_layers(keys, name, dictionary);
    }
    if (dictionary == nullptr) {
        return 0;
    }
    ConfigKeys rope(*dictionary, keys.where() + ", " + std::string(name));
    config.rope_theta = rope.positive("rope_theta", config.rope_theta);
    read_scaling(keys, rope, config);
    const double partial = rope.positive("partial_rotary_factor", 0);
    if (rope.error()) {
        keys.fail(*rope.error());
    }
    return partial;
}

void read_llama_like(ConfigKeys& keys, DecoderConfig& config, const LlamaDefaults& defaults)
{
    config.vocabulary = keys.size("vocab_size", kMaximumVocabulary);
    config.hidden = keys.size("hidden_size", kMaximumHidden);
    config.layers = keys.size("num_hidden_layers", kMaximumLayers);
    config.heads = keys.size("num_attention_heads", kMaximumHeads);
    config.intermediate = keys.size("intermediate_size", kMaximumIntermediate);
    config.context = keys.size_or("max_position_embeddings", defaults.context, kMaximumContext);

    // An explicit null means "as many as heads" in every version; only an absent key takes the class default.
    const bool kv_absent = !keys.mentioned("num_key_value_heads") && defaults.kv_heads != 0;
    config.kv_heads = keys.size_or("num_key_value_heads", kv_absent ? defaults.kv_heads : config.heads, kMaximumHeads);

    if (keys.find("head_dim") != nullptr) {
        config.head_dim = keys.size("head_dim", kMaximumHeadDim);
    } else if (defaults.head_dim != 0) {
        config.head_dim = defaults.head_dim;
    } else {
        config.head_dim = divided_head_dim(keys, "hidden_size", config.hidden, "num_attention_heads", config.heads);
    }
    if (config.head_dim % 2 != 0) {
        keys.refuse("head_dim",
                    "hidden_size / num_attention_heads = " + std::to_string(config.hidden / config.heads) +
                        ", or another even number (the rotation pairs its halves)",
                    kSizeHint);
    }

    config.norm = NormKind::RmsNorm;
    config.norm_epsilon = keys.positive("rms_norm_eps", 1e-6);
    config.gated_mlp = true;
    config.tied_head = keys.boolean("tie_word_embeddings", defaults.tied_head);

    double partial = read_rope(keys, config, "rope_theta");
    partial = partial != 0 ? partial : keys.positive("partial_rotary_factor", 1);
    if (partial != 1) {
        keys.fail(make_error(ErrorCode::Unsupported,
                             "partial_rotary_factor " + std::to_string(partial) + " in " + keys.where() + ": expected 1 for " +
                                 config.architecture,
                             kRopeHint));
    }
    config.rotary_dim = config.head_dim;
}

ActivationKind read_activation(ConfigKeys& keys, std::string_view key, std::string_view fallback)
{
    static constexpr std::array<std::pair<std::string_view, ActivationKind>, 10> kNames{{
        {"silu", ActivationKind::Silu},
        {"swish", ActivationKind::Silu},
        {"gelu", ActivationKind::GeluErf},
        {"gelu_python", ActivationKind::GeluErf},
        {"gelu_new", ActivationKind::GeluTanh},
        {"gelu_fast", ActivationKind::GeluTanh},
        {"gelu_accurate", ActivationKind::GeluTanh},
        {"gelu_pytorch_tanh", ActivationKind::GeluTanh},
        {"gelu_python_tanh", ActivationKind::GeluTanh},
        {"relu", ActivationKind::Relu},
    }};
    const std::string name = keys.text(key, fallback);
    for (const auto& [known, kind] : kNames) {
        if (name == known) {
            return kind;
        }
    }
    keys.refuse(key, "silu, swish, gelu, gelu_new, gelu_fast, gelu_pytorch_tanh or relu", "Take a model with one of these activations.",
                ErrorCode::Unsupported);
    return ActivationKind::Silu;
}

std::int64_t divided_head_dim(ConfigKeys& keys, std::string_view hidden_key, std::int64_t hidden, std::string_view heads_key,
                              std::int64_t heads)
{
    if (hidden % heads != 0) {
        keys.refuse(hidden_key, "a multiple of " + std::string(heads_key) + " = " + std::to_string(heads), kSizeHint);
        return 1;
    }
    return hidden / heads;
}

void read_layer_types(ConfigKeys& keys, DecoderConfig& config, std::int64_t window)
{
    const std::vector<std::string> types = keys.texts("layer_types");
    if (static_cast<std::int64_t>(types.size()) != config.layers) {
        keys.refuse("layer_types", std::to_string(config.layers) + " entries, one a layer, found " + std::to_string(types.size()),
                    kSizeHint);
        return;
    }
    for (std::size_t layer = 0; layer < types.size(); ++layer) {
        if (types[layer] == "sliding_attention") {
            if (window == 0) {
                keys.refuse("sliding_window", "a window, because layer_types names sliding_attention for layer " + std::to_string(layer),
                            kSizeHint);
                return;
            }
            config.window[layer] = window;
        } else if (types[layer] != "full_attention") {
            keys.fail(
                make_error(ErrorCode::Unsupported,
                           "layer_types \"" + types[layer] + "\" in " + keys.where() + ": expected full_attention or sliding_attention",
                           "Take a model whose layers all attend in one of these ways."));
            return;
        }
    }
}

void read_qwen_windows(ConfigKeys& keys, DecoderConfig& config)
{
    config.window.assign(static_cast<std::size_t>(config.layers), 0);
    const bool used = keys.boolean("use_sliding_window", false);
    const bool off = keys.mentioned("sliding_window") && keys.find("sliding_window") == nullptr;
    const std::int64_t window = used && !off ? keys.size_or("sliding_window", 4096, kMaximumContext) : 0;
    if (keys.find("layer_types") != nullptr) {
        read_layer_types(keys, config, window);
        return;
    }
    // max_window_layers counts the lower layers that see everything, and may be 0, which size_or would refuse.
    const Json* full = keys.find("max_window_layers");
    std::int64_t first = 28;
    if (full != nullptr) {
        if (!full->is_number_integer() || full->get<std::int64_t>() < 0) {
            keys.refuse("max_window_layers", "an integer of at least 0", kSizeHint);
            return;
        }
        first = full->get<std::int64_t>();
    }
    for (std::int64_t layer = first; layer < config.layers; ++layer) {
        config.window[static_cast<std::size_t>(layer)] = window;
    }
}

void refuse_foreign_settings(ConfigKeys& keys)
{
    if (keys.find("quantization_config") != nullptr) {
        keys.refuse("quantization_config", "none: only F32, F16 and BF16 weights are read",
                    "Take the model's original, unquantised folder.", ErrorCode::Unsupported);
    }
    for (const std::string_view key : {"num_local_experts", "num_experts", "n_routed_experts"}) {
        const Json* value = keys.find(key);
        if (value != nullptr && !(value->is_number() && value->get<double>() == 0)) {
            keys.unsupported(key, "none: mixtures of experts are not among the supported architectures");
        }
    }
    for (const std::string_view key : {"add_cross_attention", "is_encoder_decoder", "use_bidirectional_attention"}) {
        if (keys.boolean(key, false)) {
            keys.unsupported(key, "false: only causal decoders are supported");
        }
    }
    if (const Json* pruned = keys.find("pruned_heads"); pruned != nullptr && !pruned->empty()) {
        keys.unsupported("pruned_heads", "none");
    }
}

}  // namespace timberline::model
