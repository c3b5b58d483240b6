// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/decoding/decode.h"
#include "core/model/language_model.h"
#include "core/record/folds.h"

#include <cmath>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// What the decoding tests share: models, a director that plays a script, one call that decodes.
namespace timberline::test {

using ModelPtr = std::shared_ptr<const model::LanguageModel>;

inline const MethodRegistry& methods()
{
    static const MethodRegistry registry = [] {
        MethodRegistry out;
        decoding::register_drafters(out);
        decoding::register_controllers(out);
        decoding::register_acceptance_rules(out);
        decoding::register_sampling_transforms(out);
        return out;
    }();
    return registry;
}

/// A method with its values: defaults, changed by `given`.
inline decoding::MethodSelection method(const std::string& family, const std::string& id, const Values& given = {})
{
    const auto entry = methods().find(family, id);
    const auto values = complete_values(entry.value()->info.hyperparameters, given, id);
    return {id, values.value()};
}

inline decoding::RoundSettings settings(const std::string& drafter, const Values& values = {}, double temperature = 0)
{
    decoding::RoundSettings out;
    out.sampling.temperature = temperature;
    out.drafter = method("drafter", drafter, values);
    out.controller = method("decode controller", "fixed");
    out.acceptance = method("acceptance rule", "exact");
    return out;
}

/// Plays a script: settings from given rounds on, forced nodes, and something to do before a round.
class ScriptedDirector final : public decoding::RoundDirector
{
public:
    explicit ScriptedDirector(decoding::RoundSettings first) { changes[0] = std::move(first); }

    [[nodiscard]] Result<Decision> before_round(std::int32_t round, const CancelToken&) override
    {
        if (before) {
            before(round);
        }
        Decision decision;
        decision.settings = std::prev(changes.upper_bound(round))->second;
        if (round > 0 && changes.contains(round)) {
            decision.changes.push_back({.round = round, .key = "script", .old_value = "before", .new_value = "after"});
        }
        if (const auto force = forced.find(round); force != forced.end()) {
            decision.force_node = force->second;
        }
        return decision;
    }

    std::map<std::int32_t, decoding::RoundSettings> changes;
    std::map<std::int32_t, std::int32_t> forced;
    std::function<void(std::int32_t)> before;
};

inline decoding::DecodeJob job(ModelPtr target, ModelPtr draft, std::vector<TokenId> prompt, std::int64_t count)
{
    decoding::DecodeJob out;
    out.target = std::move(target);
    out.draft = std::move(draft);
    out.methods = &methods();
    out.prompt = std::move(prompt);
    out.max_new_tokens = count;
    return out;
}

inline Result<std::shared_ptr<record::Record>> decode(const decoding::DecodeJob& job, ScriptedDirector& director,
                                                      const CancelToken& cancel = {})
{
    NullSink sink;
    record::RunStarted started;
    started.prompt = job.prompt;
    started.seed = job.seed;
    started.stop_ids = job.stop_ids;
    started.vocabulary = static_cast<std::int32_t>(job.target->decoder->config().vocabulary);
    started.sampling = director.changes.begin()->second.sampling;
    return decoding::decode(job, std::move(started), director, cancel, sink);
}

inline Result<std::shared_ptr<record::Record>> decode(const decoding::DecodeJob& job, const decoding::RoundSettings& settings)
{
    ScriptedDirector director(settings);
    return decode(job, director);
}

inline const record::RunFinished& finish_of(const record::Record& record)
{
    return std::get<record::RunFinished>(record.events.back().payload);
}

/// Loaded once a program; empty when it cannot be loaded.
inline ModelPtr load(const std::string& name)
{
    static std::map<std::string, ModelPtr> models;
    auto& slot = models[name];
    if (!slot) {
        if (auto loaded = model::load_language_model(name, "cpu"); loaded.ok()) {
            slot = loaded.value();
        }
    }
    return slot;
}

/// Random weights from keyed streams: a model as small as a test wants it.
class RandomWeights final : public model::WeightProvider
{
public:
    /// @param gain of the matrices; larger gives more peaked laws.
    RandomWeights(model::DecoderConfig config, std::uint64_t seed, double gain) : config_(std::move(config)), seed_(seed), gain_(gain) {}

    [[nodiscard]] Result<model::Weight> weight(model::Role role, std::int64_t layer) const override
    {
        const auto [rows, columns] = shape(role);
        if (rows == 0) {
            return model::Weight{};
        }
        auto data = std::make_shared<std::vector<float>>(static_cast<std::size_t>(rows * columns));
        RandomStream stream({.seed = seed_,
                             .purpose = RandomPurpose::Initialisation,
                             .round = static_cast<std::uint32_t>(role),
                             .position = static_cast<std::uint32_t>(layer + 1)});
        const bool is_norm = columns == 1;
        for (float& x : *data) {
            const double u = 2 * stream.next() - 1;
            x = static_cast<float>(is_norm ? 1 + 0.2 * u : gain_ * u / std::sqrt(static_cast<double>(columns)));
        }
        model::Weight out;
        out.type = io::DataType::F32;
        out.rows = rows;
        out.columns = columns;
        out.data = reinterpret_cast<const std::uint8_t*>(data->data());
        out.owner = data;
        return out;
    }

private:
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> shape(model::Role role) const
    {
        using model::Role;
        const std::int64_t d = config_.hidden;
        switch (role) {
        case Role::TokenEmbedding:
        case Role::Head:
            return {config_.vocabulary, d};
        case Role::AttentionNorm:
        case Role::MlpNorm:
        case Role::FinalNorm:
            return {d, 1};
        case Role::Query:
            return {config_.heads * config_.head_dim, d};
        case Role::Key:
        case Role::Value:
            return {config_.kv_heads * config_.head_dim, d};
        case Role::AttentionOutput:
            return {d, config_.heads * config_.head_dim};
        case Role::MlpGate:
        case Role::MlpUp:
            return {config_.intermediate, d};
        case Role::MlpDown:
            return {d, config_.intermediate};
        default:
            return {0, 0};
        }
    }

    model::DecoderConfig config_;
    std::uint64_t seed_;
    double gain_;
};

/// A small model of `vocabulary` tokens, weights by seed. Two seeds give two models that disagree.
inline ModelPtr tiny_model(std::int64_t vocabulary, std::uint64_t seed, double gain = 3, std::int64_t context = 64,
                           std::int64_t layers = 1)
{
    model::DecoderConfig config;
    config.architecture = "LlamaForCausalLM";
    config.vocabulary = vocabulary;
    config.hidden = 16;
    config.layers = layers;
    config.heads = 2;
    config.kv_heads = 1;
    config.head_dim = 8;
    config.rotary_dim = 8;
    config.intermediate = 16;
    config.context = context;
    config.window.assign(static_cast<std::size_t>(layers), 0);
    config.attention_scale = 1 / std::sqrt(8.0);
    config.tied_head = false;
    auto decoder = model::Decoder::make(config, RandomWeights(config, seed, gain));
    if (!decoder.ok()) {
        return nullptr;
    }
    auto out = std::make_shared<model::LanguageModel>();
    out->folder.name = "tiny";
    out->folder.config = config;
    out->decoder = decoder.value();
    return out;
}

struct ReferencePrompt {
    std::vector<TokenId> ids, greedy_new;
    std::vector<double> margins;
    std::vector<std::vector<TokenId>> draft4_proposals;
    std::vector<std::int64_t> draft4_accepted;
};
struct Reference {
    std::vector<ReferencePrompt> prompts;
    double mean_accepted_of_4 = 0;
};

/// tests/fixtures/reference.json: made with another implementation (Hugging Face, float32) from the bundled pair.
inline Reference read_reference(const std::string& fixtures)
{
    Reference out;
    const auto json = read_json_file(fixtures + "/reference.json");
    if (!json.ok()) {
        return out;
    }
    for (const Json& prompt : json->at("prompts")) {
        out.prompts.push_back({prompt.at("ids").get<std::vector<TokenId>>(), prompt.at("greedy_new").get<std::vector<TokenId>>(),
                               prompt.at("margins").get<std::vector<double>>(),
                               prompt.at("draft4_proposals").get<std::vector<std::vector<TokenId>>>(),
                               prompt.at("draft4_accepted").get<std::vector<std::int64_t>>()});
    }
    out.mean_accepted_of_4 = json->at("mean_accepted_of_4").get<double>();
    return out;
}

}  // namespace timberline::test
