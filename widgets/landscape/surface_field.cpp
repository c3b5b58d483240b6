// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/surface_field.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace timberline::widgets {

namespace {

/// Neighbouring lines of a level's lattice around k: multiples of the stride, and the last line.
struct Span {
    int low, high;
};

Span around(int k, int points, int stride)
{
    const int low = k == points - 1 ? k : k / stride * stride;
    return {low, k == low ? low : std::min(low + stride, points - 1)};
}

/// Fills what lies between four computed corners of the finest lattice that has all of them.
void interpolate(SurfaceField& field, const std::vector<std::int32_t>& strides)
{
    const auto known = [&field](int i, int j) { return field.state[field.index(i, j)] == CellState::Computed; };
    std::vector<std::int32_t> fineFirst(strides.rbegin(), strides.rend());
    for (int j = 0; j < field.ny; ++j) {
        for (int i = 0; i < field.nx; ++i) {
            const auto at = field.index(i, j);
            if (field.state[at] != CellState::Missing) {
                continue;
            }
            for (const int stride : fineFirst) {
                const auto [i0, i1] = around(i, field.nx, std::max(1, stride));
                const auto [j0, j1] = around(j, field.ny, std::max(1, stride));
                if (!known(i0, j0) || !known(i1, j0) || !known(i0, j1) || !known(i1, j1)) {
                    continue;
                }
                const double s = i1 > i0 ? static_cast<double>(i - i0) / (i1 - i0) : 0;
                const double t = j1 > j0 ? static_cast<double>(j - j0) / (j1 - j0) : 0;
                const auto value = [&field](int a, int b) { return field.value[field.index(a, b)]; };
                field.value[at] =
                    (1 - t) * ((1 - s) * value(i0, j0) + s * value(i1, j0)) + t * ((1 - s) * value(i0, j1) + s * value(i1, j1));
                field.state[at] = CellState::Interpolated;
                ++field.interpolated;
                break;
            }
        }
    }
}

}  // namespace

SurfaceField surfaceField(const record::LandscapeGrid& grid, const LossScale& scale, bool test)
{
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    SurfaceField field;
    field.nx = grid.nx();
    field.ny = grid.ny();
    const auto cells = grid.level.size();
    field.value.assign(cells, kNaN);
    field.height.assign(cells, kNaN);
    field.state.assign(cells, CellState::Missing);
    const bool accuracy = scale.mode() == HeightMode::Accuracy;
    const auto& source = accuracy ? (test ? grid.test_accuracy : grid.accuracy) : (test ? grid.test_loss : grid.loss);
    const auto& loss = test ? grid.test_loss : grid.loss;
    const auto& error = test ? grid.test_standard_error : grid.standard_error;
    if (source.size() != cells || loss.size() != cells) {
        return field;
    }
    for (std::size_t k = 0; k < cells; ++k) {
        if (grid.level[k] < 0) {
            continue;
        }
        // A network whose loss is not finite has no accuracy worth drawing.
        if (std::isfinite(source[k]) && std::isfinite(loss[k])) {
            field.value[k] = source[k];
            field.state[k] = CellState::Computed;
            ++field.computed;
        } else {
            field.state[k] = CellState::NotFinite;
            ++field.notFinite;
        }
    }
    interpolate(field, grid.plane.strides);
    const bool steady = scale.mode() == HeightMode::Loss;
    const double spacing = steady ? scale.spacingAt(0) : 0;
    for (std::size_t k = 0; k < cells; ++k) {
        field.height[k] = scale.position(field.value[k]);
        // Above the clip there are no contour lines to mistrust.
        if (accuracy || field.state[k] != CellState::Computed || error.size() != cells || !std::isfinite(error[k]) ||
            field.value[k] > scale.high()) {
            continue;
        }
        if (error[k] > (steady ? spacing : scale.spacingAt(field.value[k]))) {
            field.noisy.resize(cells, 0);
            field.noisy[k] = 1;
            ++field.noisyCells;
        }
    }
    return field;
}

}  // namespace timberline::widgets
