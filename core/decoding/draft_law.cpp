// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/draft_law.h"

#include "core/rules/sampling.h"

#include <algorithm>

namespace timberline::decoding {

DraftSampling draft_sampling(const record::Sampling& target, double temperature, std::int64_t top_k)
{
    DraftSampling out{.settings = target};
    if (target.temperature == 0) {
        // A greedy target ignores its truncations, so the draft does not inherit them.
        out.settings.top_k = 0;
        out.settings.top_p = 1;
        out.settings.min_p = 0;
        out.settings.typical_p = 1;
    }
    if (temperature >= 0) {
        out.settings.temperature = temperature;
    }
    if (top_k > 0) {
        out.settings.top_k = top_k;
    }
    if (out.settings.temperature == 0) {
        out.greedy = true;
        out.settings.temperature = 1;
        out.settings.top_k = 0;
        out.settings.top_p = 1;
        out.settings.min_p = 0;
        out.settings.typical_p = 1;
    }
    return out;
}

void draft_law(const DraftSampling& sampling, std::span<const TokenId> history, std::span<const float> logits, std::vector<float>& law)
{
    law.assign(logits.begin(), logits.end());
    rules::apply_sampling(sampling.settings, history, law);
}

void attach_row(rules::DraftTree& tree, std::int32_t node, std::span<const float> law, std::span<const float> logits)
{
    tree.vocabulary = static_cast<std::int32_t>(law.size());
    tree.draft_row[static_cast<std::size_t>(node)] = static_cast<std::int32_t>(tree.draft_laws.size() / law.size());
    tree.draft_laws.insert(tree.draft_laws.end(), law.begin(), law.end());
    tree.draft_logits.insert(tree.draft_logits.end(), logits.begin(), logits.end());
}

DraftStep draft_step(std::int32_t depth, std::int32_t nodes, std::span<const float> law, double cumulative_log_q)
{
    const auto largest = law[static_cast<std::size_t>(rules::argmax(law))];
    return {.depth = depth,
            .nodes = nodes,
            .largest_q = static_cast<double>(largest),
            .entropy = rules::entropy_nats(law),
            .cumulative_log_q = cumulative_log_q};
}

}  // namespace timberline::decoding
