// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace timberline::record {
struct Event;
}

namespace timberline {

/// Where a running job reports to. Called on the job's thread; an implementation must return quickly (append and go).
/// Algorithms never print, sleep or time on their own: they report here and the sink decides.
class ProgressSink
{
public:
    virtual ~ProgressSink() = default;

    /// A new event of the run's record, in order. The record keeps it too: a sink may ignore it.
    virtual void on_event(const record::Event& event) { (void)event; }

    /// @param fraction done so far in [0,1], or negative when it cannot be told.  @param what the present activity, for a person.
    virtual void on_progress(double fraction, const std::string& what)
    {
        (void)fraction;
        (void)what;
    }

    /// A remark that is no failure: an ignored key, an unused tensor, a fallback.
    virtual void on_note(const std::string& note) { (void)note; }
};

/// A sink for callers that want only the result.
class NullSink final : public ProgressSink
{
};

}  // namespace timberline
