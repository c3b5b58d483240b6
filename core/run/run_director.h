// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/method.h"
#include "core/base/progress.h"
#include "core/decoding/decode.h"
#include "core/run/config.h"
#include "core/run/config_live.h"
#include "core/run/engine.h"

#include <vector>

namespace timberline::run {

/// Feeds a decode with the config's events and its owner's live changes, round by round, and keeps what was changed live,
/// so that the saved config replays the run. One thread: the job's.
class RunDirector final : public decoding::RoundDirector
{
public:
    /// @param config complete.  @param control may be null.  All references must outlive the director.
    RunDirector(const Config& config, const MethodRegistry& methods, bool has_draft, RunControl* control, ProgressSink& sink);

    [[nodiscard]] Result<Decision> before_round(std::int32_t round, const CancelToken& cancel) override;

    /// Live changes that took effect, by round.
    [[nodiscard]] const std::vector<ConfigEvent>& live_events() const noexcept { return live_; }

private:
    Status apply(ConfigEvent& event, Decision& decision, const std::string& where);

    const MethodRegistry& methods_;
    bool has_draft_;
    RunControl* control_;
    ProgressSink& sink_;
    LiveSettings settings_;
    std::vector<ConfigEvent> scheduled_;
    std::size_t next_ = 0;
    std::vector<ConfigEvent> live_;
};

}  // namespace timberline::run
