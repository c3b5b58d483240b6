// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/drafter.h"

namespace timberline::decoding {

/// Lets every round draft as far as the drafter's own values say: nothing stops
/// a draft early.
class FixedController final : public DecodeController
{
public:
    [[nodiscard]] DraftPlan plan(std::int32_t /*round*/, std::int32_t depth_limit) override { return {.max_depth = depth_limit}; }
    [[nodiscard]] bool keep_drafting(const DraftStep& /*step*/) override { return true; }
    [[nodiscard]] bool wants_law_statistics() const override { return false; }
    void observe(const record::Round& /*round*/) override {}
    void set_values(const Values& /*values*/) override {}
    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<FixedController>(*this); }
};

}  // namespace timberline::decoding
