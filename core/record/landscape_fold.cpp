// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/landscape_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::record {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

LandscapeGrid empty_grid(LandscapePlane plane, std::int32_t moment)
{
    LandscapeGrid grid;
    const auto cells = static_cast<std::size_t>(plane.x.points) * static_cast<std::size_t>(plane.y.points);
    grid.level.assign(cells, -1);
    grid.loss.assign(cells, kNaN);
    grid.standard_error.assign(cells, kNaN);
    if (plane.test_samples > 0) {
        grid.test_loss.assign(cells, kNaN);
        grid.test_standard_error.assign(cells, kNaN);
    }
    grid.trajectory.plane = plane.id;
    grid.plane = std::move(plane);
    grid.moment = moment;
    return grid;
}

Error damaged(const std::string& what)
{
    return make_error(ErrorCode::BadFile, what, "The record is damaged; open another copy, or run its config again.");
}

void put_optional(std::vector<double>& into, std::size_t cells, std::size_t at, const std::vector<double>& from, std::size_t k)
{
    if (from.empty()) {
        return;
    }
    if (into.empty()) {
        into.assign(cells, kNaN);
    }
    into[at] = from[k];
}

}  // namespace

void append(LandscapeTile& to, const LandscapeTile& from)
{
    const auto join = [](auto& list, const auto& more) { list.insert(list.end(), more.begin(), more.end()); };
    join(to.i, from.i);
    join(to.j, from.j);
    join(to.loss, from.loss);
    join(to.standard_error, from.standard_error);
    join(to.accuracy, from.accuracy);
    join(to.test_loss, from.test_loss);
    join(to.test_standard_error, from.test_standard_error);
    join(to.test_accuracy, from.test_accuracy);
}

Block surface_block(const LandscapePlane& plane, const LandscapeTile& tile, const std::optional<LandscapeTrajectory>& trajectory)
{
    Block out = to_block(plane);
    out.kind = kSurfaceBlock;
    auto cells = to_block(tile);
    out.numbers.merge(cells.numbers);
    out.arrays.merge(cells.arrays);
    if (trajectory) {
        for (auto& [key, array] : to_block(*trajectory).arrays) {
            out.arrays["path_" + key] = array;
        }
    }
    return out;
}

std::int64_t LandscapeGrid::known() const noexcept
{
    return std::ranges::count_if(level, [](std::int8_t l) { return l >= 0; });
}

std::int64_t LandscapeGrid::not_finite() const noexcept
{
    std::int64_t count = 0;
    for (std::size_t k = 0; k < level.size(); ++k) {
        count += level[k] >= 0 && !std::isfinite(loss[k]) ? 1 : 0;
    }
    return count;
}

std::optional<std::pair<double, double>> LandscapeGrid::range() const noexcept
{
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const auto* surface : {&loss, &test_loss}) {
        for (const double value : *surface) {
            if (std::isfinite(value)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
        }
    }
    return low <= high ? std::optional(std::pair(low, high)) : std::nullopt;
}

const LandscapeGrid* LandscapeFold::grid(std::int32_t plane) const noexcept
{
    const auto it = std::ranges::find_if(grids_, [plane](const LandscapeGrid& g) { return g.plane.id == plane; });
    return it == grids_.end() ? nullptr : &*it;
}

void LandscapeFold::add(const Block& block)
{
    if (const auto added = add_checked(block); !added.ok()) {
        ++refused_;
        if (problem_.empty()) {
            problem_ = added.error().message;
        }
    }
}

Status LandscapeFold::add_checked(const Block& block)
{
    if (block.kind == kPlaneBlock) {
        TIMBERLINE_ASSIGN(auto plane, plane_from(block));
        if (grid(plane.id) != nullptr) {
            return damaged("block landscape-plane: id " + std::to_string(plane.id) + " occurs twice");
        }
        return add_grid(std::move(plane), block.moment);
    }
    if (block.kind == kTileBlock) {
        return add_tile(block);
    }
    if (block.kind == kSurfaceBlock) {
        return add_surface(block);
    }
    if (block.kind == kTrajectoryBlock) {
        TIMBERLINE_ASSIGN(auto trajectory, trajectory_from(block));
        auto* const found = const_cast<LandscapeGrid*>(grid(trajectory.plane));
        if (found == nullptr) {
            return damaged("block landscape-trajectory: plane " + std::to_string(trajectory.plane) + " does not exist");
        }
        found->trajectory = std::move(trajectory);  // a later block refines the earlier one
        return {};
    }
    if (block.kind == kHessianBlock) {
        TIMBERLINE_ASSIGN(auto summary, hessian_from(block));
        hessians_.push_back(std::move(summary));
        return {};
    }
    if (block.kind == kFollowBlock) {
        TIMBERLINE_ASSIGN(follow_, follow_cost_from(block));
    }
    return {};
}

/// A plane of a few bytes claims memory for all its cells.
Status LandscapeFold::add_grid(LandscapePlane plane, std::int32_t moment)
{
    const auto cells = static_cast<std::int64_t>(plane.x.points) * plane.y.points;
    if (cells_ + cells > kMostFoldedCells) {
        return damaged("block landscape-plane: the surfaces up to plane " + std::to_string(plane.id) + " have " +
                       std::to_string(cells_ + cells) + " cells together, at most " + std::to_string(kMostFoldedCells) + " are shown");
    }
    cells_ += cells;
    grids_.push_back(empty_grid(std::move(plane), moment));
    return {};
}

Status LandscapeFold::add_surface(const Block& block)
{
    // The parts keep their own keys; the path's begin with "path_".
    Block part = block;
    part.kind = kPlaneBlock;
    TIMBERLINE_ASSIGN(auto plane, plane_from(part));
    if (grid(plane.id) == nullptr) {
        TIMBERLINE_TRY(add_grid(std::move(plane), block.moment));
    }
    part.kind = kTileBlock;
    TIMBERLINE_TRY(add_tile(part));
    if (!block.arrays.contains("path_step")) {
        return {};
    }
    for (const auto& [key, array] : block.arrays) {
        if (key.starts_with("path_")) {
            part.arrays[key.substr(5)] = array;
        }
    }
    part.kind = kTrajectoryBlock;
    return add_checked(part);
}

Status LandscapeFold::add_tile(const Block& block)
{
    TIMBERLINE_ASSIGN(const auto tile, tile_from(block));
    auto* const found = const_cast<LandscapeGrid*>(grid(tile.plane));
    if (found == nullptr) {
        return damaged("block landscape-tile: plane " + std::to_string(tile.plane) + " does not exist");
    }
    LandscapeGrid& into = *found;
    for (std::size_t k = 0; k < tile.i.size(); ++k) {
        if (tile.i[k] < 0 || tile.i[k] >= into.nx() || tile.j[k] < 0 || tile.j[k] >= into.ny()) {
            return damaged("block landscape-tile: cell " + std::to_string(tile.i[k]) + ", " + std::to_string(tile.j[k]) +
                           " lies outside the plane of " + std::to_string(into.nx()) + " x " + std::to_string(into.ny()));
        }
    }
    for (std::size_t k = 0; k < tile.i.size(); ++k) {
        const std::size_t at = into.index(tile.i[k], tile.j[k]);
        if (into.level[at] >= 0) {
            continue;  // written once
        }
        into.level[at] = static_cast<std::int8_t>(tile.level);
        into.loss[at] = tile.loss[k];
        into.standard_error[at] = tile.standard_error[k];
        const std::size_t cells = into.level.size();
        put_optional(into.accuracy, cells, at, tile.accuracy, k);
        put_optional(into.test_loss, cells, at, tile.test_loss, k);
        put_optional(into.test_standard_error, cells, at, tile.test_standard_error, k);
        put_optional(into.test_accuracy, cells, at, tile.test_accuracy, k);
    }
    return {};
}

}  // namespace timberline::record
