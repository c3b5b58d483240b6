// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/decode.h"
#include "core/run/live_director.h"

#include <vector>

namespace timberline::run {

/// Feeds a decode with the settings of each round.
class RunDirector final : public decoding::RoundDirector
{
public:
    /// @param config complete.  @param control may be null.  All references must outlive the director.
    RunDirector(const Config& config, const MethodRegistry& methods, bool has_draft, RunControl* control, ProgressSink& sink);

    [[nodiscard]] Result<Decision> before_round(std::int32_t round, const CancelToken& cancel) override;

    /// Live changes that took effect, by round.
    [[nodiscard]] const std::vector<ConfigEvent>& live_events() const noexcept { return live_.live_events(); }

private:
    LiveDirector live_;
};

}  // namespace timberline::run
