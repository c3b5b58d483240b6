// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/emission.h"

#include "core/base/random.h"
#include "core/rules/sampling.h"

#include <vector>

namespace timberline::exits {

Emission make_emission(const record::Sampling& sampling, std::uint64_t seed, std::int32_t moment, std::int64_t position,
                       std::span<const TokenId> history)
{
    const bool penalties = sampling.repetition_penalty != 1 || sampling.presence_penalty != 0 || sampling.frequency_penalty != 0 ||
                           sampling.no_repeat_ngram != 0;
    if (sampling.temperature == 0 && !penalties) {
        return {};
    }
    const double u = uniform({.seed = seed,
                              .purpose = RandomPurpose::TargetSample,
                              .round = static_cast<std::uint32_t>(moment),
                              .position = static_cast<std::uint32_t>(position),
                              .sibling = 0});
    return [sampling, history, u, law = std::vector<float>()](std::span<const float> logits) mutable {
        law.assign(logits.begin(), logits.end());
        rules::apply_sampling(sampling, history, law);
        return sampling.temperature == 0 ? rules::argmax(law) : rules::sample(law, u);
    };
}

}  // namespace timberline::exits
