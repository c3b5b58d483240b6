// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/synthetic_law.h"

#include <algorithm>

namespace timberline::decoding {

TokenId synthetic_law(std::span<const float> target, std::span<const float> logits, double acceptance, std::vector<float>& q)
{
    std::size_t miss = 0;
    for (std::size_t i = 1; i < target.size(); ++i) {
        const bool likelier = i < logits.size() && logits[i] > logits[miss];
        if (target[i] < target[miss] || (target[i] == target[miss] && likelier)) {
            miss = i;
        }
    }
    const auto floor = static_cast<double>(target[miss]);
    // A vocabulary of one token: p(m) = 1, and every draft is accepted.
    const double share = floor < 1 ? std::clamp((acceptance - floor) / (1 - floor), 0.0, 1.0) : 1.0;
    q.resize(target.size());
    std::ranges::transform(target, q.begin(), [share](float p) { return static_cast<float>(share * static_cast<double>(p)); });
    q[miss] = static_cast<float>(share * floor + (1 - share));
    return static_cast<TokenId>(miss);
}

}  // namespace timberline::decoding
