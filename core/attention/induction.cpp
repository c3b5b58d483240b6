// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/induction.h"

#include <algorithm>
#include <cassert>

namespace timberline::attention {

std::span<const std::int32_t> InductionTargets::append(TokenId token)
{
    assert(token >= 0);
    const auto position = static_cast<std::int32_t>(before_.size());
    const auto id = static_cast<std::size_t>(token);
    if (last_.size() <= id) {
        last_.resize(id + 1, -1);
    }
    std::vector<std::int32_t> targets;
    for (std::int32_t earlier = last_[id]; earlier >= 0; earlier = before_[static_cast<std::size_t>(earlier)]) {
        if (earlier + 1 < position) {
            targets.push_back(earlier + 1);
        }
    }
    std::reverse(targets.begin(), targets.end());
    before_.push_back(last_[id]);
    last_[id] = position;
    targets_.push_back(std::move(targets));
    return targets_.back();
}

}  // namespace timberline::attention
