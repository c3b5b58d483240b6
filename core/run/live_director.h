// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/method.h"
#include "core/base/progress.h"
#include "core/run/config.h"
#include "core/run/config_live.h"
#include "core/run/engine.h"

#include <functional>
#include <vector>

namespace timberline::run {

/// Settings in force at each moment (round, step, token) of a run: the config's scheduled events and the owner's live changes, applied at
/// moment boundaries and written down, so that the saved config replays the run. One thread: the job's.
class LiveDirector
{
public:
    /// Refuses a change that is valid as such but impossible in this run.
    using Check = std::function<Status(const LiveSettings& before, const LiveSettings& after, const std::string& where)>;

    /// @param config complete.  @param control may be null.  All references must outlive the director.
    LiveDirector(const Config& config, const MethodRegistry& methods, RunControl* control, ProgressSink& sink, Check check = {});

    struct Moment {
        std::vector<record::ParameterChanged> changes;  ///< what became different, for the record
        std::optional<std::int32_t> force_node;
    };
    /// Waits while the run is paused, then applies what belongs to this moment. Ask for every moment in ascending order.
    /// @param before_waiting called before the run stands still (RunControl::wait_for_turn).
    /// Errors: a scheduled event that cannot be applied. A live change that cannot is refused with a note and the run goes on as it was.
    [[nodiscard]] Result<Moment> before(std::int32_t moment, const CancelToken& cancel, const std::function<void()>& before_waiting = {});

    [[nodiscard]] const LiveSettings& settings() const noexcept { return settings_; }
    /// Live changes that took effect, by moment.
    [[nodiscard]] const std::vector<ConfigEvent>& live_events() const noexcept { return live_; }

private:
    Status apply(ConfigEvent& event, Moment& moment, const std::string& where);

    const MethodRegistry& methods_;
    RunControl* control_;
    ProgressSink& sink_;
    Check check_;
    std::string word_;
    LiveSettings settings_;
    std::vector<ConfigEvent> scheduled_;
    std::size_t next_ = 0;
    std::vector<ConfigEvent> live_;
};

}  // namespace timberline::run
