// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// How the losses of internal heads and of the output are put together (methods/exits.md 1.2).
namespace timberline::training {

struct HeadPlan {
    std::vector<double> weights;   ///< per head, the output last; multiplied with the head's mean loss
    bool backbone_frozen = false;  ///< only internal heads learn; batch norm uses its buffers
    friend bool operator==(const HeadPlan&, const HeadPlan&) = default;
};

/// Schemes "uniform" (1), "linear" (l = 1, 2, …), "geometric" (2^(l-1)): divided by their sum. "alternate": even steps the output only, odd
/// steps the plain sum of the internal heads. "two-stage": the output only before step first_stage * total, then the plain sum of the
/// internal heads with everything else frozen.
/// @param heads at least 1; with one head its weight is 1 and nothing is frozen.
[[nodiscard]] HeadPlan head_plan(std::string_view scheme, std::int64_t heads, std::int64_t step, std::int64_t total, double first_stage);

/// The schemes by name, "linear" first.
[[nodiscard]] const std::vector<std::string>& exit_weight_schemes();

}  // namespace timberline::training
