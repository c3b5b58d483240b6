// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/decoding/decode_helpers.h"

#include "core/rules/sampling.h"

#include <cmath>
#include <vector>

/// The law of the first two generated tokens: exact, from forwards of the target alone, and counted over many runs.
namespace timberline::test {

inline constexpr std::int64_t kLawVocabulary = 8;
inline const std::vector<TokenId> kLawPrompt = {3, 1, 4};

inline std::vector<double> law_after(const model::Decoder& target, const record::Sampling& sampling, std::vector<TokenId> text)
{
    auto store = target.make_store(16);
    model::ForwardOutput out;
    model::ForwardInput input;
    input.tokens = text;
    input.logits = model::ForwardInput::Logits::Last;
    if (!target.forward(input, *store, out, {}).ok()) {
        return {};
    }
    rules::apply_sampling(sampling, text, out.logits);
    return {out.logits.begin(), out.logits.begin() + kLawVocabulary};
}

/// Joint law of the next two tokens, index = first * V + second.
inline std::vector<double> joint_law(const model::Decoder& target, const record::Sampling& sampling,
                                     const std::vector<TokenId>& prompt = kLawPrompt)
{
    std::vector<double> out;
    const auto first = law_after(target, sampling, prompt);
    for (TokenId a = 0; a < kLawVocabulary; ++a) {
        auto text = prompt;
        text.push_back(a);
        for (const double second : law_after(target, sampling, text)) {
            out.push_back(first[static_cast<std::size_t>(a)] * second);
        }
    }
    return out;
}

/// Pearson's statistic with cells of expectation below 5 pooled, as the value of a standard normal (Wilson and Hilferty 1931).
inline double chi_square_z(const std::vector<std::int64_t>& counts, const std::vector<double>& law, double total)
{
    double statistic = 0;
    double pooled_count = 0;
    double pooled_law = 0;
    int cells = 0;
    for (std::size_t i = 0; i < law.size(); ++i) {
        if (law[i] * total < 5) {
            pooled_count += static_cast<double>(counts[i]);
            pooled_law += law[i];
            continue;
        }
        const double rest = static_cast<double>(counts[i]) - law[i] * total;
        statistic += rest * rest / (law[i] * total);
        ++cells;
    }
    if (pooled_law * total >= 1) {
        const double rest = pooled_count - pooled_law * total;
        statistic += rest * rest / (pooled_law * total);
        ++cells;
    } else if (pooled_count > 5) {
        return 100;  // tokens that the law practically excludes
    }
    const double freedom = cells - 1;
    const double spread = 2 / (9 * freedom);
    return (std::cbrt(statistic / freedom) - (1 - spread)) / std::sqrt(spread);
}

inline constexpr double kOneInThousand = 3.0902;  // upper quantile of the standard normal

struct Sampled {
    std::vector<std::int64_t> counts = std::vector<std::int64_t>(kLawVocabulary * kLawVocabulary, 0);
    std::int64_t accepted = 0;
    std::int64_t tested_rejected = 0;
};

inline Sampled sample(const ModelPtr& target, const ModelPtr& draft, const decoding::RoundSettings& settings, int runs,
                      const std::vector<TokenId>& prompt = kLawPrompt)
{
    Sampled out;
    auto work = job(target, draft, prompt, 2);
    work.instrumented = false;
    for (int i = 0; i < runs; ++i) {
        work.seed = static_cast<std::uint64_t>(i) + 1;
        const auto run = decode(work, settings);
        if (!run.ok()) {
            return {};
        }
        const auto ids = record::generated_ids(*run.value());
        ++out.counts[static_cast<std::size_t>(ids[0] * kLawVocabulary + ids[1])];
        for (const record::Round* round : record::rounds(*run.value())) {
            out.accepted += static_cast<std::int64_t>(round->path.size()) - 1;
            for (const record::Node& node : round->nodes) {
                out.tested_rejected += node.state == record::NodeState::Rejected ? 1 : 0;
            }
        }
    }
    return out;
}

}  // namespace timberline::test
