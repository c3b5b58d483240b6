// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/grid.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace timberline::landscape {
namespace {

constexpr double kTileFlops = 6e8;  ///< 10 to 30 ms on two cores
constexpr std::int64_t kMostTile = 512;

bool on_lattice(std::int32_t k, std::int32_t points, std::int32_t stride)
{
    return k % stride == 0 || k == points - 1;
}

}  // namespace

std::vector<std::pair<std::int32_t, std::int32_t>> level_cells(std::int32_t nx, std::int32_t ny, const std::vector<std::int32_t>& strides,
                                                               std::size_t level)
{
    struct Placed {
        std::int64_t ring;
        double angle;
        std::int32_t i, j;
    };
    std::vector<Placed> cells;
    for (std::int32_t j = 0; j < ny; ++j) {
        for (std::int32_t i = 0; i < nx; ++i) {
            const auto on = [&](std::int32_t stride) { return on_lattice(i, nx, stride) && on_lattice(j, ny, stride); };
            if (!on(strides[level]) || std::any_of(strides.begin(), strides.begin() + static_cast<std::ptrdiff_t>(level), on)) {
                continue;
            }
            const std::int64_t x = 2 * i - (nx - 1), y = 2 * j - (ny - 1);  // twice the distance from the middle
            cells.push_back(
                {std::max(std::abs(x) * ny, std::abs(y) * nx), std::atan2(static_cast<double>(y), static_cast<double>(x)), i, j});
        }
    }
    std::ranges::sort(
        cells, [](const Placed& a, const Placed& b) { return std::tie(a.ring, a.angle, a.i, a.j) < std::tie(b.ring, b.angle, b.i, b.j); });
    std::vector<std::pair<std::int32_t, std::int32_t>> out;
    out.reserve(cells.size());
    for (const auto& cell : cells) {
        out.emplace_back(cell.i, cell.j);
    }
    return out;
}

std::vector<std::int32_t> usual_strides(std::int32_t points)
{
    std::vector<std::int32_t> out;
    for (const std::int32_t parts : {5, 10}) {
        const std::int32_t stride = (points - 1) / parts;
        if (stride > 1 && (out.empty() || stride < out.back())) {
            out.push_back(stride);
        }
    }
    out.push_back(1);
    return out;
}

Status run_grid(const Evaluator& evaluator, const record::LandscapeGrid& known, int threads, const CancelToken& cancel,
                const TileFunction& tile, int last_level)
{
    const auto& plane = known.plane;
    const auto size = static_cast<std::size_t>(std::clamp<std::int64_t>(
        static_cast<std::int64_t>(kTileFlops / std::max(evaluator.flops(), 1.0)), std::max(threads, 1), kMostTile));
    for (std::size_t level = 0; level < plane.strides.size() && (last_level < 0 || static_cast<int>(level) <= last_level); ++level) {
        auto cells = level_cells(plane.x.points, plane.y.points, plane.strides, level);
        std::erase_if(cells, [&](const auto& cell) { return known.level[known.index(cell.first, cell.second)] >= 0; });
        for (std::size_t first = 0; first < cells.size(); first += size) {
            const std::size_t count = std::min(size, cells.size() - first);
            record::LandscapeTile out;
            out.plane = plane.id;
            out.level = static_cast<std::int32_t>(level);
            std::vector<Point> points(count);
            for (std::size_t k = 0; k < count; ++k) {
                const auto [i, j] = cells[first + k];
                out.i.push_back(i);
                out.j.push_back(j);
                points[k] = {plane.x.at(i), known.line() ? 0 : plane.y.at(j)};
            }
            std::vector<PointValue> values(count);
            TIMBERLINE_TRY(evaluate_points(evaluator, points, values, threads, cancel));
            for (const auto& value : values) {
                out.loss.push_back(value.train.loss);
                out.standard_error.push_back(value.train.standard_error);
                out.accuracy.push_back(value.train.accuracy);
                if (plane.test_samples > 0) {
                    out.test_loss.push_back(value.test.loss);
                    out.test_standard_error.push_back(value.test.standard_error);
                    out.test_accuracy.push_back(value.test.accuracy);
                }
            }
            if (std::ranges::all_of(out.accuracy, [](double x) { return std::isnan(x); })) {
                out.accuracy.clear();
                out.test_accuracy.clear();
            }
            tile(out);
        }
    }
    return {};
}

}  // namespace timberline::landscape
