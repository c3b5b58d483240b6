// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/chained_heads.h"
#include "core/decoding/heads/head_block.h"
#include "core/decoding/heads/head_folder.h"
#include "core/decoding/heads/head_training.h"
#include "core/decoding/heads/rank_heads.h"
#include "core/model/architectures/roles.h"
#include "tests/decoding/decode_helpers.h"

#include <memory>
#include <string>
#include <vector>

/// What the tests of draft heads share: heads of random numbers for any target.
namespace timberline::test {

/// Uniform numbers of this size, keyed by name.
inline decoding::HeadTensor random_tensor(const std::string& name, std::vector<std::int64_t> shape, double gain)
{
    decoding::HeadTensor out{.shape = shape, .values = {}};
    std::size_t count = 1;
    for (const auto size : shape) {
        count *= static_cast<std::size_t>(size);
    }
    RandomStream stream({.seed = std::hash<std::string>{}(name), .purpose = RandomPurpose::Test});
    for (std::size_t i = 0; i < count; ++i) {
        out.values.push_back(static_cast<float>(gain * (2 * stream.next() - 1) / std::sqrt(static_cast<double>(shape.back()))));
    }
    return out;
}

inline decoding::HeadFolder empty_heads(const std::string& family, const ModelPtr& target)
{
    decoding::HeadFolder out;
    out.name = "test heads";
    out.family = family;
    out.target = decoding::fingerprint_of(target->folder);
    return out;
}

/// Medusa's heads, or KOALA's; gain 0 is what training starts at.
inline decoding::HeadFolder rank_heads(const ModelPtr& target, std::int64_t heads, std::int64_t layers, double gain,
                                       const std::string& family = "medusa", bool untied = false)
{
    const auto d = target->folder.config.hidden;
    auto out = empty_heads(family, target);
    out.shape = {{"heads", heads}, {"layers", layers}, {"untied_heads", untied}};
    for (std::int64_t k = 0; k < heads; ++k) {
        for (std::int64_t layer = 0; layer < layers; ++layer) {
            const auto name = decoding::rank_head_block(k, layer);
            out.tensors[name + ".weight"] = random_tensor(name + ".weight", {d, d}, gain);
            out.tensors[name + ".bias"] = random_tensor(name + ".bias", {d}, gain);
        }
        if (untied) {
            const auto name = decoding::rank_head_out(k) + ".weight";
            out.tensors[name] = random_tensor(name, {target->folder.config.vocabulary, d}, 4);
        }
    }
    return out;
}

inline decoding::HeadFolder chained_heads(const ModelPtr& target, std::int64_t heads, std::int64_t layers, double gain, bool prefix)
{
    const auto d = target->folder.config.hidden;
    auto out = empty_heads("hydra", target);
    out.shape = {{"heads", heads}, {"layers", layers}, {"prefix_layer", prefix}};
    for (std::int64_t k = 0; k < heads; ++k) {
        for (std::int64_t layer = 0; layer < layers; ++layer) {
            const auto name = decoding::chained_head_layer(k, layer);
            out.tensors[name + ".weight"] = random_tensor(name + ".weight", {d, layer == 0 ? (k + 2) * d : d}, gain);
            out.tensors[name + ".bias"] = random_tensor(name + ".bias", {d}, gain);
        }
    }
    if (prefix) {
        for (const auto& tensor : decoding::block_tensors(target->folder.config, 1, decoding::kPrefixBlock)) {
            out.tensors[tensor.name] = random_tensor(tensor.name, tensor.shape, tensor.shape.size() > 1 ? 1 : 0.5);
        }
    }
    return out;
}

/// tiny_model() with its weights in a file, which draft heads read the output matrix from.
inline ModelPtr tiny_model_on_disk(const std::string& folder, std::int64_t vocabulary, std::uint64_t seed, double gain = 3)
{
    auto out = std::make_shared<model::LanguageModel>(*tiny_model(vocabulary, seed, gain));
    const auto& config = out->folder.config;
    const RandomWeights weights(config, seed, gain);
    std::vector<model::Weight> kept;
    std::vector<io::TensorToWrite> tensors;
    for (std::int64_t layer = -1; layer < config.layers; ++layer) {
        for (const auto role : model::all_roles()) {
            if (!model::has_role(config, role) || model::is_layer_role(role) != (layer >= 0)) {
                continue;
            }
            kept.push_back(weights.weight(role, layer).value());
            std::vector<std::int64_t> shape = {kept.back().rows};
            if (model::shape_of(config, role).matrix) {
                shape.push_back(kept.back().columns);
            }
            tensors.push_back({.name = model::tensor_name(config, role, layer),
                               .shape = std::move(shape),
                               .data = reinterpret_cast<const float*>(kept.back().data)});
        }
    }
    const auto file = folder + "/tiny.safetensors";
    if (!io::write_safetensors(file, tensors).ok()) {
        return nullptr;
    }
    auto opened = io::SafetensorsFile::open_file(file);
    if (!opened.ok()) {
        return nullptr;
    }
    out->folder.weights = std::make_shared<const io::SafetensorsFile>(std::move(opened).value());
    return out;
}

inline decoding::HeadFolderPtr shared(decoding::HeadFolder heads)
{
    return std::make_shared<const decoding::HeadFolder>(std::move(heads));
}

/// Registry with draft heads, optimizers and schedules as well.
inline const MethodRegistry& training_methods()
{
    static const MethodRegistry registry = [] {
        MethodRegistry out = methods();
        decoding::register_draft_heads(out);
        training::register_optimizers(out);
        training::register_schedules(out);
        return out;
    }();
    return registry;
}

}  // namespace timberline::test
