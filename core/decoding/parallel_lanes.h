// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <functional>

namespace timberline::decoding {

/// When two pieces of work began and ended, ms since their common start.
struct LaneTimes {
    double first_begin = 0, first_end = 0;
    double second_begin = 0, second_end = 0;
    [[nodiscard]] double first() const noexcept { return first_end - first_begin; }
    [[nodiscard]] double second() const noexcept { return second_end - second_begin; }
};

/// Runs two pieces of work that share nothing that is written: `first` on a
/// thread of its own and `second` on the calling one, or, not `overlapped`,
/// first and then second on the calling thread. While two run, each keeps to
/// one processor (OnThisThread). Returns when both are through, also when one
/// failed, was cancelled or threw.
/// @return the first error, of `first` before `second`. An exception of either
/// leaves again here.
[[nodiscard]] Result<LaneTimes> run_lanes(const std::function<Status()>& first, const std::function<Status()>& second, bool overlapped);

}  // namespace timberline::decoding
