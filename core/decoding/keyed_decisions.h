// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rules/verification.h"

#include <cstdint>
#include <span>
#include <vector>

namespace timberline::decoding {

/// Answers a verification's questions from keyed random streams: the same (seed, round, position, node) always gets the same number,
/// whatever was asked before. Greedy: no number is drawn, a test passes when its threshold is reached.
class KeyedDecisions final : public rules::DecisionSource
{
public:
    /// @param committed tokens before the round, the root included.  @param depths of the tree's nodes; must outlive the object.
    KeyedDecisions(std::uint64_t seed, std::uint32_t round, std::size_t committed, std::span<const std::int32_t> depths, bool greedy)
        : seed_(seed), round_(round), committed_(committed), depths_(depths), greedy_(greedy)
    {}

    bool accept(std::int32_t node, double ratio, float& draw) override;
    TokenId emit(std::int32_t node, std::span<const double> law) override;

    /// Probability that the last emitted token had in the law it was drawn from.
    [[nodiscard]] float emitted_probability() const noexcept { return emitted_probability_; }

private:
    [[nodiscard]] std::uint32_t position(std::int32_t depth) const noexcept
    {
        return static_cast<std::uint32_t>(committed_) - 1U + static_cast<std::uint32_t>(depth);
    }

    std::uint64_t seed_;
    std::uint32_t round_;
    std::size_t committed_;
    std::span<const std::int32_t> depths_;
    bool greedy_;
    float emitted_probability_ = record::kUndefined;
};

}  // namespace timberline::decoding
