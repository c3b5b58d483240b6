// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/decoding/drafter.h"
#include "core/rules/draft_control.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace timberline::decoding {

/// "theta_03": the statistics key of a level, so that keys sort by level.
[[nodiscard]] std::string level_key(const std::string& name, std::size_t level);

/// What a controller drew for each level (from 1) of the present draft. A level
/// that is asked again keeps those after it.
class LevelDraws
{
public:
    void clear() noexcept { drawn_.clear(); }
    void set(std::int32_t level, double value)
    {
        const auto index = static_cast<std::size_t>(level);
        drawn_.resize(std::max(drawn_.size(), index + 1));
        drawn_[index] = value;
    }
    [[nodiscard]] std::int32_t levels() const noexcept { return drawn_.empty() ? 0 : static_cast<std::int32_t>(drawn_.size()) - 1; }
    [[nodiscard]] double of(std::int32_t level) const { return drawn_[static_cast<std::size_t>(level)]; }

private:
    std::vector<double> drawn_;  ///< 0 is unused
};

/// What controllers share that decide after each included token whether to draft another one. The first token is always drafted; a token is
/// never given back once it was drafted (methods/decoding.md 1.7, pitfall P1). One thread.
class StepwiseController : public DecodeController
{
public:
    [[nodiscard]] DraftPlan plan(std::int32_t round, std::int32_t depth_limit) final;
    [[nodiscard]] bool keep_drafting(const DraftStep& step) final;
    [[nodiscard]] bool go_on_after(const DraftStep& included) final;
    void observe(const record::Round& round) final;
    void set_seed(std::uint64_t seed) final { seed_ = seed; }

protected:
    /// Longest draft that this controller wants.
    [[nodiscard]] virtual std::int32_t longest() const = 0;
    /// Whether to draft another token after `included` ones (at least 1). May be asked twice with the same knowledge and must then answer
    /// the same: its chance comes from stream(included).
    [[nodiscard]] virtual bool extend(std::int32_t included) = 0;
    virtual void learn(const rules::DraftOutcome& outcome) = 0;
    /// A new draft begins: forget what was drawn for the last one.
    virtual void begin_draft() {}
    /// Longest draft of this round, told to the drafter before it begins; at most longest_now(). A controller that needs nothing of the
    /// draft to decide says it here, so that drafters which do not ask follow it too.
    [[nodiscard]] virtual std::int32_t planned_length() { return longest_now_; }

    /// Of the law that the token of this level (from 1) was drawn from; one half where the drafter does not say.
    [[nodiscard]] double largest_q(std::int32_t level) const;
    /// Draft probability of the token of this level; in a tree, of the likeliest path. NaN where the drafter does not say.
    [[nodiscard]] double token_q(std::int32_t level) const;
    /// Product of token_q over the first levels.
    [[nodiscard]] double path_q(std::int32_t levels) const;
    [[nodiscard]] RandomStream stream(std::int32_t included) const;
    /// Longest draft of this round: longest(), or the drafter's own limit.
    [[nodiscard]] std::int32_t longest_now() const noexcept { return longest_now_; }

private:
    struct Level {
        double largest_q = 0;
        double log_q = 0;  ///< of the path through this level
    };
    Level& level(std::int32_t number);

    std::uint64_t seed_ = 0;
    std::int32_t round_ = 0;
    std::int32_t longest_now_ = 0;
    std::vector<Level> levels_;  ///< of the present draft, 0 = the root
};

}  // namespace timberline::decoding
