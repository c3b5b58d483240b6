// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace timberline::widgets {

/// Positions of a long row of numbers that are enough for a plot of this many columns: the lowest and the highest of every column stay, and
/// a number that is not finite for what it is (it cuts the line). Ascending. @param value value(k) for k below count.
template <typename Value>
[[nodiscard]] std::vector<std::size_t> thinnedPositions(std::size_t count, std::size_t columns, Value&& value)
{
    std::vector<std::size_t> out;
    if (count <= 2 * columns) {
        out.resize(count);
        for (std::size_t k = 0; k < count; ++k) {
            out[k] = k;
        }
        return out;
    }
    for (std::size_t column = 0; column < columns; ++column) {
        const auto from = column * count / columns;
        const auto until = (column + 1) * count / columns;
        std::size_t low = from;
        std::size_t high = from;
        for (auto k = from; k < until; ++k) {
            if (!std::isfinite(value(k))) {
                low = high = k;
                break;
            }
            low = value(k) < value(low) ? k : low;
            high = value(k) > value(high) ? k : high;
        }
        out.push_back(low < high ? low : high);
        if (low != high) {
            out.push_back(low < high ? high : low);
        }
    }
    return out;
}

}  // namespace timberline::widgets
