// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>

#include <span>
#include <vector>

namespace timberline::widgets {

/// One contour line in grid coordinates: x along columns (0 to nx - 1), y along rows. A closed line ends where it begins.
struct ContourLine {
    std::vector<QPointF> points;
    bool closed = false;
};

/// Marching squares over a lattice of values (row j, column i at index j * nx + i) with linear interpolation along the edges. Squares with
/// a corner that is not finite are left out. Saddles are parted by the mean of their corners. Segments are joined to lines.
[[nodiscard]] std::vector<ContourLine> contourLines(std::span<const double> values, int nx, int ny, double level);

}  // namespace timberline::widgets
