// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/branching_decisions.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace timberline::rules {

namespace {

std::size_t next_positive(std::span<const double> weights, std::size_t from)
{
    while (from < weights.size() && !(weights[from] > 0)) {
        ++from;
    }
    return from;
}

}  // namespace

bool BranchingDecisions::accept(std::int32_t /*node*/, double ratio, float& draw)
{
    draw = record::kUndefined;
    const double pass = std::clamp(ratio, 0.0, 1.0);
    return choose(std::array{pass, 1.0 - pass}) == 0;
}

TokenId BranchingDecisions::emit(std::int32_t /*node*/, std::span<const double> law)
{
    return static_cast<TokenId>(choose(law));
}

std::size_t BranchingDecisions::choose(std::span<const double> weights)
{
    if (cursor_ == steps_.size()) {
        steps_.push_back({next_positive(weights, 0), {weights.begin(), weights.end()}});
    }
    const std::size_t option = steps_[cursor_++].option;
    if (option >= weights.size()) {
        weight_ = 0;  // nothing is possible: the caller broke the contract, and weight 0 keeps the outcome out of every sum
        return 0;
    }
    weight_ *= weights[option] / std::accumulate(weights.begin(), weights.end(), 0.0);
    return option;
}

bool BranchingDecisions::advance()
{
    while (!steps_.empty()) {
        Step& last = steps_.back();
        last.option = next_positive(last.weights, last.option + 1);
        if (last.option < last.weights.size()) {
            return true;
        }
        steps_.pop_back();
    }
    return false;
}

}  // namespace timberline::rules
