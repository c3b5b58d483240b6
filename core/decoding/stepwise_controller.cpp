// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/stepwise_controller.h"

#include <algorithm>
#include <cmath>

namespace timberline::decoding {

DraftPlan StepwiseController::plan(std::int32_t round, std::int32_t depth_limit)
{
    round_ = round;
    longest_now_ = std::min(longest(), depth_limit);
    levels_.assign(1, {});
    begin_draft();
    return {.max_depth = planned_length()};
}

StepwiseController::Level& StepwiseController::level(std::int32_t number)
{
    const auto index = static_cast<std::size_t>(std::max(number, 0));
    if (levels_.size() <= index) {
        levels_.resize(index + 1);
    }
    return levels_[index];
}

bool StepwiseController::keep_drafting(const DraftStep& step)
{
    if (step.depth <= 1) {
        levels_.assign(1, {});
    }
    level(step.depth).largest_q = step.largest_q;
    level(step.depth - 1).log_q = step.cumulative_log_q;
    return step.depth <= 1 || extend(step.depth - 1);
}

bool StepwiseController::go_on_after(const DraftStep& included)
{
    level(included.depth).largest_q = included.largest_q;
    level(included.depth).log_q = included.cumulative_log_q;
    return extend(included.depth);
}

void StepwiseController::observe(const record::Round& round)
{
    if (const rules::DraftOutcome outcome = rules::outcome_of(round); outcome.counts) {
        learn(outcome);
    }
}

double StepwiseController::largest_q(std::int32_t number) const
{
    const auto index = static_cast<std::size_t>(number);
    return index < levels_.size() && levels_[index].largest_q > 0 ? levels_[index].largest_q : 0.5;
}

double StepwiseController::token_q(std::int32_t number) const
{
    const auto index = static_cast<std::size_t>(number);
    if (number < 1 || index >= levels_.size()) {
        return std::nan("");
    }
    return std::exp(std::min(levels_[index].log_q - levels_[index - 1].log_q, 0.0));
}

double StepwiseController::path_q(std::int32_t levels) const
{
    const auto index = static_cast<std::size_t>(std::max(levels, 0));
    return index < levels_.size() ? std::exp(std::min(levels_[index].log_q, 0.0)) : std::nan("");
}

RandomStream StepwiseController::stream(std::int32_t included) const
{
    return RandomStream({.seed = seed_,
                         .purpose = RandomPurpose::ControllerDraw,
                         .round = static_cast<std::uint32_t>(round_),
                         .position = static_cast<std::uint32_t>(included),
                         .sibling = 0});
}

std::string level_key(const std::string& name, std::size_t level)
{
    return name + (level < 10 ? "_0" : "_") + std::to_string(level);
}

}  // namespace timberline::decoding
