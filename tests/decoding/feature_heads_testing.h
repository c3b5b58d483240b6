// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/chimera_feeder.h"
#include "core/decoding/heads/eagle_feeder.h"
#include "core/decoding/heads/exit_feeder.h"
#include "core/io/safetensors.h"
#include "tests/decoding/heads_testing.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

/// Heads of random numbers that read features: EAGLE's, EESD's, Chimera's; and a model folder as small as a test wants it.
namespace timberline::test {

inline void add_blocks(decoding::HeadFolder& out, const ModelPtr& target, std::int64_t layers, const std::string& prefix, double gain)
{
    for (const auto& tensor : decoding::block_tensors(target->folder.config, layers, prefix)) {
        auto values = random_tensor(tensor.name, tensor.shape, gain);
        if (tensor.shape.size() == 1) {
            for (float& value : values.values) {
                value += 1;  // norms
            }
        }
        out.tensors[tensor.name] = std::move(values);
    }
}

inline void add_norm(decoding::HeadFolder& out, const ModelPtr& target)
{
    out.tensors["norm.weight"] = {{target->folder.config.hidden},
                                  std::vector<float>(static_cast<std::size_t>(target->folder.config.hidden), 1.0F)};
}

inline decoding::HeadFolder eagle_heads(const ModelPtr& target, std::int64_t layers, bool fusion, double gain = 1,
                                        const std::string& family = "eagle")
{
    const auto d = target->folder.config.hidden;
    auto out = empty_heads(family, target);
    out.shape = {{"layers", layers}, {"fusion", fusion}};
    out.tensors["join.weight"] = random_tensor("join.weight", {d, 2 * d}, gain);
    if (fusion) {
        out.tensors["fuse.weight"] = random_tensor("fuse.weight", {d, 3 * d}, gain);
    }
    add_blocks(out, target, layers, "blocks.", gain);
    add_norm(out, target);
    return out;
}

inline decoding::HeadFolder exit_heads(const ModelPtr& target, std::int64_t exit_layer, double gain = 1)
{
    auto out = empty_heads("eesd", target);
    out.shape = {{"exit_layer", exit_layer}};
    add_blocks(out, target, 1, "block.", gain);
    add_norm(out, target);
    return out;
}

inline decoding::HeadFolder chimera_heads(const ModelPtr& target, std::int64_t heads, bool trigram, bool context, double gain = 1)
{
    const auto d = target->folder.config.hidden;
    auto out = empty_heads("chimera", target);
    out.shape = {{"heads", heads}, {"trigram", trigram}, {"context_encoder", context}};
    if (trigram) {
        out.tensors["trigram.in.weight"] = random_tensor("trigram.in.weight", {3 * d, 3 * d}, gain);
        out.tensors["trigram.in.bias"] = random_tensor("trigram.in.bias", {3 * d}, gain);
        out.tensors["trigram.out.weight"] = random_tensor("trigram.out.weight", {d, 3 * d}, gain);
    }
    if (context) {
        add_blocks(out, target, 1, "context.", gain);
        add_norm(out, target);
    }
    for (std::int64_t head = 0; head < heads; ++head) {
        const auto name = "heads." + std::to_string(head) + ".weight";
        out.tensors[name] = random_tensor(name, {d, 2 * d}, gain);
    }
    return out;
}

/// [factors[0] I | factors[1] I | …], [d, n d].
inline decoding::HeadTensor identities(std::int64_t d, const std::vector<float>& factors)
{
    const auto parts = static_cast<std::int64_t>(factors.size());
    decoding::HeadTensor out{{d, parts * d}, std::vector<float>(static_cast<std::size_t>(d * parts * d), 0.0F)};
    for (std::int64_t row = 0; row < d; ++row) {
        for (std::int64_t part = 0; part < parts; ++part) {
            out.values[static_cast<std::size_t>(row * parts * d + part * d + row)] = factors[static_cast<std::size_t>(part)];
        }
    }
    return out;
}

/// Makes a block the identity: what its attention and its MLP add is zero.
inline void silence_block(decoding::HeadFolder& heads, const std::string& block)
{
    for (const char* part : {".attention_output", ".mlp_down"}) {
        std::ranges::fill(heads.tensors.at(block + part).values, 0.0F);
    }
}

/// Families and the options that change how they run.
struct Family {
    const char* name;
    const char* drafter;
    decoding::HeadFolder (*make)(const ModelPtr&);
};
inline const std::vector<Family>& families()
{
    static const std::vector<Family> list = {
        {"EAGLE", "eagle", [](const ModelPtr& t) { return eagle_heads(t, 1, false); }},
        {"EAGLE with fusion", "eagle", [](const ModelPtr& t) { return eagle_heads(t, 1, true); }},
        {"KOALA of two layers", "koala-eagle", [](const ModelPtr& t) { return eagle_heads(t, 2, false, 1, "koala-eagle"); }},
        {"EESD", "eesd", [](const ModelPtr& t) { return exit_heads(t, 1); }},
        {"Chimera", "chimera", [](const ModelPtr& t) { return chimera_heads(t, 4, true, true); }},
        {"Chimera without trigram", "chimera", [](const ModelPtr& t) { return chimera_heads(t, 3, false, true); }},
        {"Chimera without context", "chimera", [](const ModelPtr& t) { return chimera_heads(t, 5, true, false); }}};
    return list;
}

inline std::unique_ptr<decoding::NodeFeeder> feeder_of(const Family& family, const ModelPtr& target, std::int64_t context = 200)
{
    const auto heads = family.make(target);
    if (heads.family == "eesd") {
        auto head = decoding::ExitHead::open(*target, heads);
        return head.ok() ? std::make_unique<decoding::ExitFeeder>(target, *head, context) : nullptr;
    }
    if (heads.family == "chimera") {
        auto head = decoding::ChimeraHead::open(*target, heads);
        return head.ok() ? std::make_unique<decoding::ChimeraFeeder>(target, *head, context) : nullptr;
    }
    auto head = decoding::EagleHead::open(*target, heads);
    return head.ok() ? std::make_unique<decoding::EagleFeeder>(target, *head, context) : nullptr;
}

/// A one-layer Llama of random weights on disk, so that heads can share its output matrix.
inline ModelPtr tiny_folder(const std::filesystem::path& folder, std::int64_t vocabulary, std::uint64_t seed, double gain = 3)
{
    const auto model = tiny_model(vocabulary, seed, gain);
    auto config = model->folder.config;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "config.json") << Json({{"architectures", {"LlamaForCausalLM"}},
                                                   {"model_type", "llama"},
                                                   {"vocab_size", vocabulary},
                                                   {"hidden_size", config.hidden},
                                                   {"intermediate_size", config.intermediate},
                                                   {"num_hidden_layers", config.layers},
                                                   {"num_attention_heads", config.heads},
                                                   {"num_key_value_heads", config.kv_heads},
                                                   {"head_dim", config.head_dim},
                                                   {"max_position_embeddings", config.context},
                                                   {"rms_norm_eps", config.norm_epsilon},
                                                   {"rope_theta", config.rope_theta},
                                                   {"hidden_act", "silu"},
                                                   {"tie_word_embeddings", false},
                                                   {"torch_dtype", "float32"}})
                                                 .dump();
    const RandomWeights weights(config, seed, gain);
    std::vector<model::Weight> kept;
    std::vector<io::TensorToWrite> tensors;
    using model::Role;
    for (const Role role : {Role::TokenEmbedding, Role::Head, Role::FinalNorm, Role::AttentionNorm, Role::MlpNorm, Role::Query, Role::Key,
                            Role::Value, Role::AttentionOutput, Role::MlpGate, Role::MlpUp, Role::MlpDown}) {
        const bool outside = role == Role::TokenEmbedding || role == Role::Head || role == Role::FinalNorm;
        for (std::int64_t layer = outside ? -1 : 0; layer < (outside ? 0 : config.layers); ++layer) {
            kept.push_back(weights.weight(role, layer).value());
            const auto& weight = kept.back();
            std::vector<std::int64_t> shape = {weight.rows};
            if (weight.columns > 1) {
                shape.push_back(weight.columns);
            }
            tensors.push_back({model::tensor_name(config, role, layer), shape, reinterpret_cast<const float*>(weight.data)});
        }
    }
    if (!io::write_safetensors(folder / "model.safetensors", tensors).ok()) {
        return nullptr;
    }
    auto loaded = model::load_language_model(folder.string(), "cpu");
    return loaded.ok() ? loaded.value() : nullptr;
}

}  // namespace timberline::test
