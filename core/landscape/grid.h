// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/landscape/evaluation.h"
#include "core/record/landscape_grid.h"

#include <functional>
#include <utility>
#include <vector>

/// A surface from coarse to fine: first a few cells all over the plane, then those between.
namespace timberline::landscape {

/// Cells (i, j) of a level: on the lattice of its stride (multiples of it, and the last row and column), not on an earlier one; from the
/// middle outwards. Over all levels each cell occurs once when the last stride is 1.
[[nodiscard]] std::vector<std::pair<std::int32_t, std::int32_t>> level_cells(std::int32_t nx, std::int32_t ny,
                                                                             const std::vector<std::int32_t>& strides, std::size_t level);

/// Strides for an axis of n points when none are given: about 10, 5, 1 of 51.
[[nodiscard]] std::vector<std::int32_t> usual_strides(std::int32_t points);

using TileFunction = std::function<void(const record::LandscapeTile&)>;

/// Evaluates the cells that `known` does not hold yet, level by level in tiles of at most about 30 ms, and hands each tile on. Cells are
/// the same, bit for bit, however the work is cut. Errors: Cancelled (tiles handed on so far are whole), those of the evaluator.
/// @param known its plane says axes and strides; only its levels are read.  @param threads 1 = on the calling thread alone.
/// @param last_level stops after this level; -1 = the last.
[[nodiscard]] Status run_grid(const Evaluator& evaluator, const record::LandscapeGrid& known, int threads, const CancelToken& cancel,
                              const TileFunction& tile, int last_level = -1);

}  // namespace timberline::landscape
