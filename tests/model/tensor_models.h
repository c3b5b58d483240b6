// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/safetensors.h"
#include "core/model/architectures/roles.h"
#include "core/model/decoder_config.h"
#include "core/model/language_model.h"
#include "core/model/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

/// Small models for the tests of the tensor path: one configuration for every feature that the fixtures do not show, with drawn weights.
namespace timberline::model::testing {

class DrawnWeights final : public WeightProvider
{
public:
    explicit DrawnWeights(DecoderConfig config) : config_(std::move(config)) {}

    [[nodiscard]] Result<Weight> weight(Role role, std::int64_t layer) const override
    {
        if (!has_role(config_, role)) {
            return Weight{};
        }
        const auto shape = shape_of(config_, role);
        const bool gain = role == Role::AttentionNorm || role == Role::MlpNorm || role == Role::FinalNorm || role == Role::QueryNorm ||
                          role == Role::KeyNorm || role == Role::PostAttentionNorm || role == Role::PostMlpNorm;
        const float mean = gain && !config_.norm_weight_plus_one ? 1.0F : 0.0F;
        const auto deviation = shape.matrix ? 1.0F / std::sqrt(static_cast<float>(shape.columns)) : 0.2F;
        std::mt19937 engine(static_cast<unsigned>(static_cast<int>(role) * 1000 + layer + 1));
        auto numbers = std::make_shared<std::vector<float>>(static_cast<std::size_t>(shape.rows * shape.columns));
        for (auto& number : *numbers) { // own sum of uniforms: std::normal_distribution differs between standard libraries
            float sum = 0;
            for (int i = 0; i < 12; ++i) {
                sum += static_cast<float>(engine() >> 8) / 16777216.0F;
            }
            number = mean + deviation * (sum - 6);
        }
        Weight weight;
        weight.type = io::DataType::F32;
        weight.rows = shape.rows;
        weight.columns = shape.columns;
        weight.data = reinterpret_cast<const std::uint8_t*>(numbers->data());
        weight.owner = numbers;
        return weight;
    }

private:
    DecoderConfig config_;
};

inline DecoderConfig tiny_llama()
{
    DecoderConfig c;
    c.architecture = "LlamaForCausalLM";
    c.vocabulary = 29;
    c.hidden = 16;
    c.layers = 2;
    c.heads = 4;
    c.kv_heads = 2;
    c.head_dim = 4;
    c.rotary_dim = 4;
    c.intermediate = 24;
    c.context = 400;
    c.attention_scale = 0.5;
    c.tied_head = false;
    return c;
}

/// Name and configuration; together they switch every field of DecoderConfig.
inline std::vector<std::pair<std::string, DecoderConfig>> tiny_configs()
{
    std::vector<std::pair<std::string, DecoderConfig>> list{{"grouped heads, rms norm, silu", tiny_llama()}};

    auto c = tiny_llama();
    c.rope_scaling = {
        .kind = RopeScaling::Kind::Llama3, .factor = 8, .low_frequency_factor = 1, .high_frequency_factor = 4, .original_context = 32};
    c.head_dim = c.rotary_dim = 8;
    list.emplace_back("llama3 rotary scaling, head_dim apart from hidden", c);

    c = tiny_llama();
    c.rope_scaling = {.kind = RopeScaling::Kind::Linear, .factor = 4};
    c.attention_bias = c.mlp_bias = c.head_bias = true;
    list.emplace_back("linear rotary scaling, gate and head biases", c);

    c = tiny_llama();
    c.query_key_norm = true;
    c.tied_head = true;
    list.emplace_back("query and key norms, tied head", c);

    c = tiny_llama();
    c.norm_weight_plus_one = c.post_norms = c.tied_head = true;
    c.attention_softcap = 2;
    c.final_softcap = 3;
    c.window = {3, 0};
    c.activation = ActivationKind::GeluTanh;
    c.embedding_scale = 4;
    list.emplace_back("plus-one gains, post norms, soft caps, window", c);

    c = tiny_llama();
    c.norm = NormKind::LayerNorm;
    c.parallel_residual = true;
    c.kv_heads = 4;
    c.rotary_dim = 2;
    c.attention_bias = c.attention_output_bias = c.mlp_bias = true;
    c.activation = ActivationKind::GeluErf;
    c.gated_mlp = false;
    list.emplace_back("parallel residual, partial rotary, layer norm, exact gelu", c);

    c.parallel_residual = false;
    c.position = PositionKind::Learned;
    c.rotary_dim = 0;
    c.activation = ActivationKind::Relu;
    c.tied_head = true;
    c.window = {0, 4};
    list.emplace_back("learned positions, relu, window", c);
    return list;
}

inline std::vector<TokenId> drawn_tokens(std::int64_t count, std::int64_t vocabulary, unsigned seed)
{
    std::mt19937 engine(seed);
    std::vector<TokenId> tokens(static_cast<std::size_t>(count));
    std::generate(tokens.begin(), tokens.end(), [&] { return static_cast<TokenId>(engine() % static_cast<unsigned>(vocabulary)); });
    return tokens;
}

/// Largest |a - b| / max(1, |b|); infinite when the sizes differ or a number is NaN.
template <typename A, typename B>
double largest_difference(const A& a, const B& b)
{
    if (a.size() != b.size()) {
        return INFINITY;
    }
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
        const double difference = std::abs(x - y) / std::max(1.0, std::abs(y));
        largest = difference >= 0 ? std::max(largest, difference) : INFINITY;
    }
    return largest;
}

inline const std::vector<std::string>& fixture_names()
{
    static const std::vector<std::string> names{"gpt2", "gpt-neo-local", "llama-gqa", "qwen2-tied-bf16"};
    return names;
}

/// A configuration and where its weights come from: by the name of a fixture folder, or of a tiny configuration.
struct TestModel {
    DecoderConfig config;
    std::shared_ptr<const WeightProvider> weights;
};

inline TestModel test_model(const std::string& name)
{
    for (const auto& [tiny_name, config] : tiny_configs()) {
        if (tiny_name == name) {
            return {config, std::make_shared<DrawnWeights>(config)};
        }
    }
    auto folder = open_model_folder(std::string(TIMBERLINE_FIXTURES) + "/" + name);
    if (!folder.ok()) {
        return {};
    }
    auto weights = file_weights(folder->config, folder->weights);
    return weights.ok() ? TestModel{folder->config, *weights} : TestModel{};
}

inline std::vector<std::string> all_model_names()
{
    auto names = fixture_names();
    for (const auto& [name, config] : tiny_configs()) {
        names.push_back(name);
    }
    return names;
}

} // namespace timberline::model::testing
