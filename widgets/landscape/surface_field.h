// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/landscape/loss_scale.h"

#include "core/record/landscape_grid.h"

#include <cstdint>
#include <vector>

namespace timberline::widgets {

enum class CellState : std::uint8_t {
    Missing,       ///< not computed, and too few neighbours to guess from
    Interpolated,  ///< not computed; between cells of a coarser level
    Computed,
    NotFinite,  ///< computed: the loss is NaN or infinite, whatever is drawn
};

/// One surface ready to be drawn: what is known of every cell, with the gaps between cells of coarse levels filled in for the eye. Exports
/// never use it. Cell (i, j) at index j * nx + i.
struct SurfaceField {
    int nx = 0, ny = 0;
    std::vector<double> value;   ///< loss or accuracy; interpolated ones included, NaN where there is nothing to draw
    std::vector<double> height;  ///< the value's position on the scale, 0..1; NaN likewise
    std::vector<CellState> state;
    std::vector<std::uint8_t> noisy;  ///< 1 where contour lines stand closer than the standard error; empty when there is no such cell
    int computed = 0, interpolated = 0, notFinite = 0, noisyCells = 0;
    [[nodiscard]] std::size_t index(int i, int j) const
    {
        return static_cast<std::size_t>(j) * static_cast<std::size_t>(nx) + static_cast<std::size_t>(i);
    }
};

/// @param test the test surface; a grid without one gives a field whose cells are all missing.
[[nodiscard]] SurfaceField surfaceField(const record::LandscapeGrid& grid, const LossScale& scale, bool test);

}  // namespace timberline::widgets
