// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/landscape_grid.h"

#include <QString>

#include <cstdint>
#include <vector>

namespace timberline::widgets {

/// What a surface's height and colour stand for (training.md 2.6).
enum class HeightMode : std::uint8_t { Loss, LogLoss, LogAboveMinimum, Accuracy };

/// One scale for every surface of a plane: training and test share its range, so that equal colours mean equal losses. Values are never
/// changed by it: what lies above the clip keeps its number and only its colour stops rising.
class LossScale
{
public:
    LossScale() = default;
    /// @param clip recommended upper end (LandscapePlane::clip); taken when it lies inside the range of the finite values, 0 or less =
    /// none.
    LossScale(HeightMode mode, double low, double high, double clip = 0);
    /// Range over the training and the test surface of a grid, finite values only. A grid without any gives [0, 1].
    [[nodiscard]] static LossScale of(const record::LandscapeGrid& grid, HeightMode mode);

    [[nodiscard]] HeightMode mode() const { return m_mode; }
    [[nodiscard]] double low() const { return m_low; }
    [[nodiscard]] double high() const { return m_high; }
    [[nodiscard]] bool clipped() const { return m_clipped; }  ///< values above high() occur

    /// Where a value stands between the ends, clamped to [0, 1]; NaN for values that are not finite.
    [[nodiscard]] double position(double value) const;
    /// The value at a position; the inverse of position() inside the range.
    [[nodiscard]] double value(double position) const;

    /// Values of contour lines, ascending, about `wanted` (12 to 20 read well): round steps when linear, equal ratios when logarithmic.
    [[nodiscard]] std::vector<double> levels(int wanted = 15) const;
    /// Distance between neighbouring contour lines around a value, in the value's own unit.
    [[nodiscard]] double spacingAt(double value) const;
    /// Values to print beside a colour bar, ascending: round numbers.
    [[nodiscard]] std::vector<double> ticks(int most = 6) const;

private:
    [[nodiscard]] double forward(double value) const;
    [[nodiscard]] double backward(double transformed) const;

    HeightMode m_mode = HeightMode::Loss;
    double m_low = 0, m_high = 1;
    double m_from = 0, m_to = 1;  ///< the ends, transformed
    double m_floor = 0;           ///< added under the logarithm of LogAboveMinimum
    bool m_clipped = false;
};

/// Multiples of 1, 2 or 5 times a power of ten inside [low, high], at most `most` of them (and one more where both ends fall on one).
[[nodiscard]] std::vector<double> roundTicks(double low, double high, int most);
/// Short text of a tick or a loss: as many digits as it takes, at most `digits` significant ones, no exponent between 1e-4 and 1e6.
[[nodiscard]] QString shortNumber(double value, int digits = 4);

}  // namespace timberline::widgets
