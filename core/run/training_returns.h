// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/training/trainer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace timberline::run {

inline constexpr std::size_t kReturnBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMostReturnStates = 100;

/// States to which "back to step" can return, ascending by step. Thinned like snapshots: at most 100, and no more than fit the memory,
/// but always the newest. Which steps are kept depends on the run alone, so a resumed run keeps those of the whole one: states from before
/// its checkpoint are gone, and their steps are remembered as lost.
class ReturnStates
{
public:
    explicit ReturnStates(std::size_t bytes = kReturnBytes) : bytes_(bytes) {}

    void keep(training::TrainerState state);
    /// Starts from what a checkpoint remembers. @param steps steps() of the run that saved it.  @param state the checkpoint's.
    void resume(const std::vector<std::int64_t>& steps, training::TrainerState state);
    /// Forgets all.
    void clear() { states_.clear(); }

    /// The state to which going back to `step` leads: the last one at or before it; later ones are forgotten. Null when there is none, or
    /// when it is lost. Valid until the next call.
    [[nodiscard]] const training::TrainerState* back_to(std::int64_t step);
    /// The step of that state where it is lost.
    [[nodiscard]] std::optional<std::int64_t> lost(std::int64_t step) const;
    /// Of the states, ascending, the lost ones included.
    [[nodiscard]] std::vector<std::int64_t> steps() const;

private:
    std::size_t bytes_;
    std::vector<training::TrainerState> states_;  ///< without parameters: lost
};

}  // namespace timberline::run
