// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/parallel_lanes.h"

#include "core/base/on_this_thread.h"
#include "core/decoding/stopwatch.h"

#include <future>

namespace timberline::decoding {

Result<LaneTimes> run_lanes(const std::function<Status()>& first, const std::function<Status()>& second, bool overlapped)
{
    LaneTimes times;
    const Stopwatch watch;
    const auto timed = [&watch](const std::function<Status()>& work, double& begin, double& end) {
        begin = watch.elapsed_ms();
        Status status = work();
        end = watch.elapsed_ms();
        return status;
    };
    if (!overlapped) {
        TIMBERLINE_TRY(timed(first, times.first_begin, times.first_end));
        TIMBERLINE_TRY(timed(second, times.second_begin, times.second_end));
        return times;
    }
    // The future joins the thread when it is destroyed, so that nothing of the
    // caller's is used after this returns or throws.
    std::future<Status> beside = std::async(std::launch::async, [&] {
        const OnThisThread serial;
        return timed(first, times.first_begin, times.first_end);
    });
    Status own;
    {
        const OnThisThread serial;
        own = timed(second, times.second_begin, times.second_end);
    }
    TIMBERLINE_TRY(beside.get());
    TIMBERLINE_TRY(std::move(own));
    return times;
}

}  // namespace timberline::decoding
