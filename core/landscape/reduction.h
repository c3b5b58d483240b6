// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/landscape/evaluation.h"

#include <cstdint>
#include <span>

/// From losses of samples to the value of a point. Sums are in float64 and in one fixed order.
namespace timberline::landscape {

/// Of the mean: sqrt(squares / (count - 1) / count); NaN for a single sample.
[[nodiscard]] double standard_error(double squares, double count) noexcept;

/// Mean and standard error over the samples whose label is not ignored. @param labels one a sample, or empty.
[[nodiscard]] SubsetValue mean_and_error(std::span<const double> losses, std::span<const std::int32_t> labels) noexcept;

/// Share of samples whose first largest logit is the label's; a sample whose loss is NaN is not right. NaN without labels.
/// @param losses one a label.
[[nodiscard]] double accuracy_of(std::span<const double> logits, std::span<const double> losses, std::span<const std::int32_t> labels,
                                 std::int64_t outputs) noexcept;

}  // namespace timberline::landscape
