// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

/// Loops over one vocabulary row, written so that the compiler vectorises them without relaxed arithmetic: results do not depend on the
/// processor. Inside core/rules only.
namespace timberline::rules::detail {

/// Replaces NaN by -infinity and +infinity by the largest float. A row without any finite entry becomes all -infinity.
/// @return the largest entry afterwards; -infinity for an empty row or one without any finite entry.
float clean(std::span<float> row) noexcept;

/// Largest entry; NaN is passed over, -infinity when there is nothing else.
[[nodiscard]] float largest(std::span<const float> row) noexcept;

/// row[i] = exp(row[i] - shift), relative error below 1e-7; differences below -87.7 give exactly 0. Precondition: clean row, shift = its
/// largest.
/// @return the sum of the new entries, added in double.
double exponentials(std::span<float> row, float shift) noexcept;

/// row[i] = (row[i] - shift) * factor.
void shift_and_scale(std::span<float> row, float shift, float factor) noexcept;

/// Turns a clean row of logits into probabilities; a row of -infinity becomes one-hot at id 0.
void softmax(std::span<float> row) noexcept;

/// Sum of double entries in eight interleaved parts.
[[nodiscard]] double sum(std::span<const double> row) noexcept;

} // namespace timberline::rules::detail
