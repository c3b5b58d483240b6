// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

/// Factors of the learning rate as functions of the step t = 0 .. T - 1. Internal to core/training/schedules.
namespace timberline::training {

/// t / T in [0, 1]; 0 when nothing is planned.
[[nodiscard]] inline double progress(std::int64_t step, std::int64_t total) noexcept
{
    return total > 0 ? std::clamp(static_cast<double>(step) / static_cast<double>(total), 0.0, 1.0) : 0.0;
}

/// Half a cosine from 1 down to `floor`.
[[nodiscard]] inline double cosine_factor(std::int64_t step, std::int64_t total, double floor) noexcept
{
    return floor + (1 - floor) * 0.5 * (1 + std::cos(std::numbers::pi * progress(step, total)));
}

/// 1 - t / T, from 1 down to `floor`.
[[nodiscard]] inline double linear_factor(std::int64_t step, std::int64_t total, double floor) noexcept
{
    return floor + (1 - floor) * (1 - progress(step, total));
}

}  // namespace timberline::training
