// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace timberline {

/// While it lives, parallel loops of the thread that made it stay on that
/// thread (ThreadPool): for work that runs beside other work, one processor
/// each. How loops are cut does not change, nor does any result. Made and
/// destroyed on one thread; may be nested.
class OnThisThread
{
public:
    OnThisThread() noexcept;
    ~OnThisThread();
    OnThisThread(const OnThisThread&) = delete;
    OnThisThread& operator=(const OnThisThread&) = delete;

private:
    bool before_;
};

}  // namespace timberline
