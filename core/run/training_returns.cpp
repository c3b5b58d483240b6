// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/training_returns.h"

#include "core/record/training_curve.h"

#include <algorithm>
#include <numeric>

namespace timberline::run {

void ReturnStates::keep(training::TrainerState state)
{
    std::size_t bytes = (state.parameters.size() + state.buffers.size()) * sizeof(float);
    for (const auto& [name, values] : state.optimizer) {
        bytes += values.size() * sizeof(float);
    }
    states_.push_back(std::move(state));
    std::vector<std::size_t> indices(states_.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    const auto most = std::clamp<std::size_t>(bytes_ / std::max<std::size_t>(1, bytes), 1, kMostReturnStates);
    (void)record::thin_snapshots(indices, most);
    while (indices.size() > most) {  // fewer than thinning leaves: the first one goes last, the newest never
        indices.erase(indices.begin() + (most > 1 ? 1 : 0));
    }
    if (indices.size() < states_.size()) {
        std::vector<training::TrainerState> kept;
        for (const auto index : indices) {
            kept.push_back(std::move(states_[index]));
        }
        states_ = std::move(kept);
    }
}

void ReturnStates::resume(const std::vector<std::int64_t>& steps, training::TrainerState state)
{
    states_.clear();
    for (const auto step : steps) {
        states_.emplace_back().step = step;
    }
    if (!steps.empty() && steps.back() == state.step) {
        states_.back() = std::move(state);
    }
}

const training::TrainerState* ReturnStates::back_to(std::int64_t step)
{
    while (!states_.empty() && states_.back().step > step && states_.front().step <= step) {
        states_.pop_back();
    }
    const bool there = !states_.empty() && states_.back().step <= step && !states_.back().parameters.empty();
    return there ? &states_.back() : nullptr;
}

std::optional<std::int64_t> ReturnStates::lost(std::int64_t step) const
{
    const auto after = std::ranges::upper_bound(states_, step, {}, &training::TrainerState::step);
    if (after == states_.begin() || !std::prev(after)->parameters.empty()) {
        return std::nullopt;
    }
    return std::prev(after)->step;
}

std::vector<std::int64_t> ReturnStates::steps() const
{
    std::vector<std::int64_t> out;
    std::ranges::transform(states_, std::back_inserter(out), &training::TrainerState::step);
    return out;
}

}  // namespace timberline::run
