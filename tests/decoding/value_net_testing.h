// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/decoding/heads_testing.h"
#include "tests/decoding/law_helpers.h"

#include "core/decoding/heads/head_text.h"
#include "core/decoding/heads/value_net.h"
#include "core/training/optimizer.h"

#include <any>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

/// Value nets of random numbers, and a world small enough to enumerate what such a net should say.
namespace timberline::test {

using Law = std::vector<double>;

#ifdef TIMBERLINE_SANITIZED
inline constexpr int kRuns = 300;
inline constexpr std::int64_t kWorldTokens = 3000;
#else
inline constexpr int kRuns = 6000;
inline constexpr std::int64_t kWorldTokens = 60'000;
#endif

inline constexpr std::int64_t kUnits = 5;

inline decoding::HeadFolder value_net(const ModelPtr& target, double gain, float bias, const std::string& reward = "length")
{
    const auto d = target->folder.config.hidden;
    auto out = empty_heads("value-net", target);
    out.shape = {{"units", kUnits}};
    decoding::put_reward(out, {.kind = reward});
    out.tensors["in.weight"] = random_tensor("in.weight", {kUnits, d}, gain);
    out.tensors["in.bias"] = random_tensor("in.bias", {kUnits}, gain);
    out.tensors["out.weight"] = random_tensor("out.weight", {1, kUnits}, gain);
    out.tensors["out.bias"] = {{1}, {bias}};
    return out;
}

/// w SiLU(U h + b) + c in double.
inline double value_of(const decoding::HeadFolder& net, std::span<const float> row)
{
    double out = static_cast<double>(net.tensors.at("out.bias").values[0]);
    for (std::size_t unit = 0; unit < static_cast<std::size_t>(kUnits); ++unit) {
        double sum = static_cast<double>(net.tensors.at("in.bias").values[unit]);
        for (std::size_t i = 0; i < row.size(); ++i) {
            sum += static_cast<double>(net.tensors.at("in.weight").values[unit * row.size() + i]) * static_cast<double>(row[i]);
        }
        out += static_cast<double>(net.tensors.at("out.weight").values[unit]) * sum / (1 + std::exp(-sum));
    }
    return out;
}

/// The target's row after a text.
inline std::vector<float> row_after(const model::Decoder& target, const std::vector<TokenId>& text)
{
    auto store = target.make_store(static_cast<std::int64_t>(text.size()));
    model::ForwardOutput out;
    model::ForwardInput input;
    input.tokens = text;
    const auto done = target.forward(input, *store, out, {});
    return done.ok() ? std::vector<float>(out.hidden.end() - target.config().hidden, out.hidden.end()) : std::vector<float>{};
}

inline decoding::RoundSettings guided(const Values& values, double temperature = 1)
{
    Values all = {{"estimator", std::string("value-net")}, {"reward", std::string("length")}};
    for (const auto& [key, value] : values) {
        all[key] = value;
    }
    auto out = settings("plain", {}, temperature);
    out.controller = method("decode controller", "value-guided", all);
    return out;
}

/// How often runs with this net write each pair of tokens.
inline std::vector<std::int64_t> counted(const ModelPtr& target, const decoding::HeadFolder& net, const decoding::RoundSettings& chosen)
{
    std::vector<std::int64_t> out(kLawVocabulary * kLawVocabulary, 0);
    auto work = job(target, nullptr, kLawPrompt, 2);
    work.instrumented = false;
    work.trained = shared(net);
    for (int i = 0; i < kRuns; ++i) {
        work.seed = static_cast<std::uint64_t>(i) + 1;
        const auto run = decode(work, chosen);
        if (!run.ok()) {
            return {};
        }
        const auto ids = record::generated_ids(*run.value());
        ++out[static_cast<std::size_t>(ids[0] * kLawVocabulary + ids[1])];
    }
    return out;
}

inline constexpr std::int64_t kWorldVocabulary = 5, kWorldLength = 6;
inline constexpr double kWorldWanted = 8;  ///< tokens: longer texts are better

/// A tiny model that may end its texts.
inline ModelPtr world(const std::string& folder)
{
    const auto made = tiny_model_on_disk(folder, kWorldVocabulary, 4, 4);
    if (!made) {
        return nullptr;
    }
    auto out = std::make_shared<model::LanguageModel>(*made);
    out->folder.stop_ids = {0};
    return out;
}

/// E of the reward of whole texts that begin so, by enumeration: the law of
/// every continuation, its length against the wanted one.
inline double expected_reward(const ModelPtr& target, const std::vector<TokenId>& text)
{
    const auto written = static_cast<double>(text.size()) - 1;
    if (text.back() == 0) {
        return -(kWorldWanted - (written - 1)) / 10;  // the end token is no part of the text
    }
    if (static_cast<std::int64_t>(text.size()) == kWorldLength) {
        return -(kWorldWanted - written) / 10;
    }
    auto store = target->decoder->make_store(kWorldLength);
    model::ForwardOutput out;
    model::ForwardInput input;
    input.tokens = text;
    input.logits = model::ForwardInput::Logits::Last;
    if (!target->decoder->forward(input, *store, out, {}).ok()) {
        return std::nan("");
    }
    double total = 0, sum = 0;
    for (TokenId next = 0; next < kWorldVocabulary; ++next) {
        const double weight = std::exp(static_cast<double>(out.logits[static_cast<std::size_t>(next)]));
        auto longer = text;
        longer.push_back(next);
        total += weight;
        sum += weight * expected_reward(target, longer);
    }
    return sum / total;
}

/// How likely a text begins so, of those that begin with its first token.
inline double chance_of(const ModelPtr& target, const std::vector<TokenId>& text)
{
    double out = 1;
    for (std::size_t length = 1; length < text.size(); ++length) {
        auto store = target->decoder->make_store(kWorldLength);
        model::ForwardOutput read;
        model::ForwardInput input;
        input.tokens = std::span(text).first(length);
        input.logits = model::ForwardInput::Logits::Last;
        if (!target->decoder->forward(input, *store, read, {}).ok()) {
            return std::nan("");
        }
        double total = 0;
        for (TokenId token = 0; token < kWorldVocabulary; ++token) {
            total += std::exp(static_cast<double>(read.logits[static_cast<std::size_t>(token)]));
        }
        out *= std::exp(static_cast<double>(read.logits[static_cast<std::size_t>(text[length])])) / total;
    }
    return out;
}

inline Result<std::unique_ptr<decoding::HeadTrainer>> trainer(const ModelPtr& target, decoding::HeadText text, const Values& given,
                                                              std::int64_t steps)
{
    const auto& registry = training_methods();
    const auto defaults = [&](const char* family, const char* id) {
        return complete_values(registry.find(family, id).value()->info.hyperparameters, {}, id).value();
    };
    decoding::HeadTrainer::Plan plan;
    plan.target = target;
    plan.methods = &registry;
    plan.family = "value-net";
    plan.values = complete_values(registry.find("draft head", "value-net").value()->info.hyperparameters, given, "value-net").value();
    plan.text = std::move(text);
    plan.settings = {.steps = steps, .batch = 64, .learning_rate = 0.01};
    plan.make_optimizer = [&registry, defaults](std::int64_t parameters) {
        const auto* factory = std::any_cast<training::OptimizerFactory>(&registry.find("optimizer", "adamw").value()->factory);
        return (*factory)(defaults("optimizer", "adamw"), parameters);
    };
    const auto* warm_up = registry.find("schedule", "warm-up").value();
    const auto* schedule = std::any_cast<training::ScheduleFactory>(&warm_up->factory);
    plan.schedule = (*schedule)(
        complete_values(warm_up->info.hyperparameters, {{"warmup_steps", std::int64_t{1}}, {"then", std::string("cosine")}}, "warm-up")
            .value());
    return decoding::HeadTrainer::make(std::move(plan), {});
}

inline const Values kWorldValues = {{"reward", std::string("length")}, {"wanted_length", std::int64_t{8}}, {"stride", std::int64_t{3}}};

inline decoding::HeadText world_text(const ModelPtr& target, std::int64_t tokens)
{
    const auto texts = decoding::write_text(
        *target, {.tokens = tokens, .length = kWorldLength, .rows = 64, .opening = 0, .temperature = 1, .prompts = {{1}}, .seed = 7}, {},
        {});
    decoding::HeadText out;
    if (texts.ok()) {  // not split_text(): in so small a world every text occurs
                       // many times
        const auto part = static_cast<std::ptrdiff_t>(texts->size() / 10);
        out.held_out.assign(texts->begin(), texts->begin() + part);
        out.train.assign(texts->begin() + part, texts->end());
    }
    return out;
}

inline bool advance(decoding::HeadTrainer& trainer, std::int64_t steps)
{
    for (std::int64_t i = 0; i < steps; ++i) {
        if (const auto step = trainer.step({}); !step.ok() || !step->finite) {
            return false;
        }
    }
    return true;
}

}  // namespace timberline::test
