// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <functional>
#include <memory>

namespace timberline::decoding {

/// When two pieces of work began and ended, ms since their common start.
struct LaneTimes {
    double first_begin = 0, first_end = 0;
    double second_begin = 0, second_end = 0;
    [[nodiscard]] double first() const noexcept { return first_end - first_begin; }
    [[nodiscard]] double second() const noexcept { return second_end - second_begin; }
};

/// Runs two pieces of work at once, round after round: the first on a thread of
/// its own, which starts with the first such run, spins for about 100 us after
/// its work, then sleeps, and is joined when this is destroyed; the second on
/// the calling thread. One thread calls.
class ParallelLanes
{
public:
    ParallelLanes();
    ~ParallelLanes();
    ParallelLanes(const ParallelLanes&) = delete;
    ParallelLanes& operator=(const ParallelLanes&) = delete;

    /// Runs `first` and `second`, which share nothing that is written, at once,
    /// or, not `overlapped`, one after the other on the calling thread. While
    /// two run, each keeps to one processor (OnThisThread). Work that the other
    /// thread has not begun when the caller is through with its own (the machine
    /// is busy, or refuses a thread) is done here as well: the times say so.
    /// Returns when both are through, also when one failed, was cancelled or
    /// threw; not overlapped, an error of the first keeps the second from
    /// beginning.
    /// @return the first error, of `first` before `second`. An exception of
    /// either leaves again here, that of `first` before that of `second`.
    [[nodiscard]] Result<LaneTimes> run(const std::function<Status()>& first, const std::function<Status()>& second, bool overlapped);

private:
    struct Worker;
    std::unique_ptr<Worker> worker_;  ///< null until two lanes were asked for
};

}  // namespace timberline::decoding
