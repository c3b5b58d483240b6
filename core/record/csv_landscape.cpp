// SPDX-License-Identifier: GPL-3.0-or-later
// Files of one surface: tables, NumPy, VTK and Wavefront, and the sentence under a picture.
#include "core/base/text.h"
#include "core/io/archive.h"
#include "core/record/landscape_grid.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace timberline::record {
namespace {

/// Seventeen digits would be noise: the cells are means of float32 losses. Twelve tell any two of them apart.
std::string cell(double value, int digits = 12)
{
    if (!std::isfinite(value)) {
        return number_text(value);
    }
    std::array<char, 40> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, digits);
    return error == std::errc{} ? std::string(buffer.data(), end) : std::string{};
}

const std::vector<double>& losses_of(const LandscapeGrid& grid, bool test)
{
    return test ? grid.test_loss : grid.loss;
}

const std::vector<double>& errors_of(const LandscapeGrid& grid, bool test)
{
    return test ? grid.test_standard_error : grid.standard_error;
}

std::string axis_text(const LandscapeAxis& axis)
{
    std::string out = axis.kind;
    if (axis.kind == "random") {
        out += " (seed " + std::to_string(axis.seed) + ", " + axis.normalisation + " normalisation, biases and gains " +
               axis.one_dimensional + ")";
    } else if (axis.kind == "pca") {
        out += " component " + std::to_string(axis.index + 1);
        if (std::isfinite(axis.explained)) {
            out += " (" + cell(100 * axis.explained, 4) + "% of the path's variance)";
        }
    } else if (axis.kind == "hessian") {
        out += " eigenvector " + std::to_string(axis.index + 1);
        if (std::isfinite(axis.eigenvalue)) {
            out += " (eigenvalue " + cell(axis.eigenvalue, 5) + ")";
        }
    }
    return out;
}

/// Heights in [0, 1], NaN where there is nothing to draw.
std::vector<double> heights(const LandscapeGrid& grid, const std::vector<double>& loss)
{
    double low = 0, high = 0;
    bool any = false;
    for (const double value : loss) {
        if (std::isfinite(value)) {
            low = any ? std::min(low, value) : value;
            high = any ? std::max(high, value) : value;
            any = true;
        }
    }
    if (grid.plane.clip > low) {
        high = std::min(high, grid.plane.clip);
    }
    std::vector<double> out(loss.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t k = 0; k < loss.size(); ++k) {
        if (std::isfinite(loss[k])) {
            out[k] = high > low ? std::clamp((loss[k] - low) / (high - low), 0.0, 1.0) : 0;
        }
    }
    return out;
}

/// Position of k of `points` in [-1, 1]; a single one stands in the middle.
double place(std::int32_t k, std::int32_t points)
{
    return points > 1 ? 2.0 * k / (points - 1) - 1 : 0;
}

}  // namespace

std::string caption(const LandscapePlane& plane)
{
    const bool line = plane.y.kind == "none";
    std::string out = "Loss " + plane.loss + " on " + plane.data + " along " + axis_text(plane.x);
    if (!line) {
        out += " and " + axis_text(plane.y) + ", cosine " + cell(plane.cosine, 3);
    }
    out += "; " + std::to_string(plane.samples) + " training samples";
    if (plane.test_samples > 0) {
        out += " and " + std::to_string(plane.test_samples) + " test samples";
    }
    out += " (seed " + std::to_string(plane.sample_seed) + "), the same at every point; centre after step " +
           std::to_string(plane.center_step) + ", loss " + cell(plane.center_loss, 6);
    if (plane.center_norm > 1e-3 * std::max(plane.x.norm, plane.y.norm)) {
        out += "; one unit is " + cell(plane.x.norm / plane.center_norm, 3);
        out += line ? "" : " and " + cell(plane.y.norm / plane.center_norm, 3);
        out += " of the parameters' length";
    }
    if (plane.batch_norm != "none") {
        out += "; batch norm statistics " + plane.batch_norm;
    }
    return out + "; computed by " + plane.evaluation + ".";
}

std::string grid_csv(const LandscapeGrid& grid, bool test)
{
    std::string out = "i,j,alpha,beta,loss,standard_error,level\n";
    const auto& loss = losses_of(grid, test);
    const auto& error = errors_of(grid, test);
    if (loss.empty()) {
        return out;
    }
    for (std::int32_t j = 0; j < grid.ny(); ++j) {
        for (std::int32_t i = 0; i < grid.nx(); ++i) {
            const std::size_t k = grid.index(i, j);
            if (grid.level[k] < 0) {
                continue;
            }
            out += std::to_string(i) + "," + std::to_string(j) + "," + cell(grid.plane.x.at(i)) + "," +
                   cell(grid.line() ? 0 : grid.plane.y.at(j)) + "," + cell(loss[k]) + "," + cell(error[k]) + "," +
                   std::to_string(static_cast<int>(grid.level[k])) + "\n";
        }
    }
    return out;
}

std::string trajectory_csv(const LandscapeTrajectory& trajectory)
{
    std::string out = "step,x,y,residual,loss\n";
    for (std::size_t k = 0; k < trajectory.step.size(); ++k) {
        out += std::to_string(trajectory.step[k]) + "," + cell(trajectory.x[k]) + "," + cell(trajectory.y[k]) + "," +
               cell(trajectory.residual[k]) + "," + cell(trajectory.loss[k]) + "\n";
    }
    return out;
}

std::string grid_npy(const LandscapeGrid& grid, bool test)
{
    std::vector<double> loss = losses_of(grid, test);
    loss.resize(grid.level.size(), std::numeric_limits<double>::quiet_NaN());
    return io::npy_bytes(io::make_array({grid.ny(), grid.nx()}, loss.data()));
}

std::string grid_vtk(const LandscapeGrid& grid, bool test)
{
    const auto spacing = [](const LandscapeAxis& axis) { return axis.points > 1 ? (axis.high - axis.low) / (axis.points - 1) : 1.0; };
    // VTK's title line holds at most 255 characters.
    std::string out = "# vtk DataFile Version 3.0\n" + printable(caption(grid.plane), 250) + "\nASCII\nDATASET STRUCTURED_POINTS\n";
    out += "DIMENSIONS " + std::to_string(grid.nx()) + " " + std::to_string(grid.ny()) + " 1\n";
    out += "ORIGIN " + cell(grid.plane.x.low) + " " + cell(grid.line() ? 0 : grid.plane.y.low) + " 0\n";
    out += "SPACING " + cell(spacing(grid.plane.x)) + " " + cell(grid.line() ? 1 : spacing(grid.plane.y)) + " 1\n";
    out += "POINT_DATA " + std::to_string(grid.level.size()) + "\n";
    const auto field = [&out, &grid](const std::string& name, const std::vector<double>& values) {
        out += "SCALARS " + name + " double 1\nLOOKUP_TABLE default\n";
        for (std::size_t k = 0; k < grid.level.size(); ++k) {
            out += (k < values.size() ? cell(values[k]) : "nan") + "\n";
        }
    };
    field("loss", losses_of(grid, test));
    field("standard_error", errors_of(grid, test));
    field("level", std::vector<double>(grid.level.begin(), grid.level.end()));
    return out;
}

std::string grid_obj(const LandscapeGrid& grid, bool test)
{
    std::string out = "# " + caption(grid.plane) + "\n";
    auto loss = losses_of(grid, test);
    loss.resize(grid.level.size(), std::numeric_limits<double>::quiet_NaN());
    const auto height = heights(grid, loss);
    std::vector<std::int64_t> vertex(height.size(), 0);
    std::int64_t count = 0;
    for (std::int32_t j = 0; j < grid.ny(); ++j) {
        for (std::int32_t i = 0; i < grid.nx(); ++i) {
            const std::size_t k = grid.index(i, j);
            if (!std::isnan(height[k])) {
                vertex[k] = ++count;
                out += "v " + cell(place(i, grid.nx()), 8) + " " + cell(height[k], 8) + " " + cell(place(j, grid.ny()), 8) + "\n";
            }
        }
    }
    for (std::int32_t j = 0; j + 1 < grid.ny(); ++j) {
        for (std::int32_t i = 0; i + 1 < grid.nx(); ++i) {
            const std::array corners = {grid.index(i, j), grid.index(i, j + 1), grid.index(i + 1, j + 1), grid.index(i + 1, j)};
            if (std::ranges::all_of(corners, [&](std::size_t k) { return vertex[k] > 0; })) {
                out += "f";
                for (const auto k : corners) {
                    out += " " + std::to_string(vertex[k]);
                }
                out += "\n";
            }
        }
    }
    return out;
}

}  // namespace timberline::record
