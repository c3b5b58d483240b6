// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/decoding/law_helpers.h"
#include "tests/decoding/round_checks.h"

#include "core/record/round_check.h"

/// What the tests of controllers that play their rounds themselves share.
namespace timberline::test {

using Law = std::vector<double>;

#ifdef TIMBERLINE_SANITIZED
inline constexpr int kPrompts = 1;
inline constexpr int kLawRuns = 400;
#else
inline constexpr int kPrompts = 12;
inline constexpr int kLawRuns = 4000;
#endif

inline decoding::RoundSettings with(const std::string& controller, const Values& values = {}, double temperature = 0)
{
    auto out = settings(controller == "pearl" ? "draft-model-chain" : "plain", {}, temperature);
    out.controller = method("decode controller", controller, values);
    return out;
}

inline std::vector<TokenId> ids_of(const decoding::DecodeJob& job, const decoding::RoundSettings& settings)
{
    const auto run = decode(job, settings);
    return run.ok() ? record::generated_ids(*run.value()) : std::vector<TokenId>();
}

/// Raw logits after a text, from a model that reads it afresh.
inline std::vector<float> fresh_logits(const model::LanguageModel& language_model, const std::vector<TokenId>& text)
{
    auto store = language_model.decoder->make_store(static_cast<std::int64_t>(text.size()));
    model::ForwardOutput out;
    model::ForwardInput input;
    input.tokens = text;
    input.logits = model::ForwardInput::Logits::Last;
    return language_model.decoder->forward(input, *store, out, {}).ok() ? out.logits : std::vector<float>();
}

inline double largest_difference(std::span<const float> a, std::span<const float> b)
{
    double out = a.size() == b.size() ? 0 : 1e9;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        out = std::max(out, static_cast<double>(std::abs(a[i] - b[i])));
    }
    return out;
}

/// Empty, or what is wrong with a round that a controller played itself.
inline QString own_fault(const record::Round& round, std::int32_t vocabulary)
{
    if (const auto checked = record::check_round(round, vocabulary, "round"); !checked.ok()) {
        return QString::fromStdString(checked.error().message);
    }
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < round.nodes.size(); ++i) {
        const auto& node = round.nodes[i];
        accepted += node.state == NodeState::Accepted ? 1 : 0;
        if (static_cast<std::int32_t>(i) < round.target_laws.rows && !(node.entropy >= 0 && node.margin >= 0)) {
            return QString("node %1 has a row of the target but no entropy").arg(i);
        }
        if (node.state == NodeState::Rejected && node.test_order < 0) {
            return QString("node %1 is rejected without a test").arg(i);
        }
    }
    if (accepted + 1 != round.path.size() || (round.next_node < 0 && accepted == 0)) {
        return "the path and the accepted nodes differ";
    }
    const double parts = round.draft_ms + round.verify_ms + round.overhead_ms;
    return parts >= 0 && round.draft_ms >= 0 && round.overhead_ms >= 0 ? QString() : "times below zero";
}

/// Joint law of three tokens, and how often runs write each.
inline Law three_tokens(const model::Decoder& target, const record::Sampling& sampling)
{
    Law out;
    for (TokenId a = 0; a < kLawVocabulary; ++a) {
        const double first = law_after(target, sampling, kLawPrompt)[static_cast<std::size_t>(a)];
        auto text = kLawPrompt;
        text.push_back(a);
        for (const double pair : joint_law(target, sampling, text)) {
            out.push_back(first * pair);
        }
    }
    return out;
}

}  // namespace timberline::test
