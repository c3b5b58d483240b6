// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/keyed_decisions.h"

#include "core/base/random.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timberline::decoding {

bool KeyedDecisions::accept(std::int32_t node, double ratio, float& draw)
{
    if (greedy_) {
        // One-hot target laws make every threshold 0 or 1; halfway absorbs rounding.
        draw = record::kUndefined;
        return ratio > 0.5;
    }
    // Siblings of different parents share a position, so the node's index names the draw.
    const double u = uniform({.seed = seed_,
                              .purpose = RandomPurpose::AcceptDraw,
                              .round = round_,
                              .position = position(depths_[static_cast<std::size_t>(node)]),
                              .sibling = static_cast<std::uint32_t>(node)});
    draw = std::min(static_cast<float>(u), std::nextafter(1.0F, 0.0F));
    return u < ratio;
}

TokenId KeyedDecisions::emit(std::int32_t node, std::span<const double> law)
{
    // Four interleaved sums: one long chain of dependent additions would cost more than the rest of the draw.
    std::array<double, 4> parts{};
    for (std::size_t i = 0; i < law.size(); ++i) {
        parts[i % 4] += std::max(law[i], 0.0);
    }
    const double total = (parts[0] + parts[1]) + (parts[2] + parts[3]);
    double wanted = 0;
    if (!greedy_) {
        wanted = total * uniform({.seed = seed_,
                                  .purpose = RandomPurpose::TargetSample,
                                  .round = round_,
                                  .position = position(depths_[static_cast<std::size_t>(node)] + 1),
                                  .sibling = 0});
    }
    double cumulative = 0;
    TokenId chosen = 0;
    for (std::size_t i = 0; i < law.size(); ++i) {
        if (law[i] > 0) {
            chosen = static_cast<TokenId>(i);  // rounding may leave the sum at or below `wanted`: then the last possible token stays
            cumulative += law[i];
            if (cumulative > wanted) {
                break;
            }
        }
    }
    const double mass = law.empty() ? 0.0 : law[static_cast<std::size_t>(chosen)];
    emitted_probability_ = total > 0 ? static_cast<float>(mass / total) : record::kUndefined;
    return chosen;
}

}  // namespace timberline::decoding
