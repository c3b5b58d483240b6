// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/training/data_sets/sampling.h"

#include <span>
#include <vector>

/// Digits as pen strokes, and how strokes become pixels.
namespace timberline::training {

struct PenPoint {
    double x = 0;  ///< 0 left … 1 right
    double y = 0;  ///< 0 top … 1 bottom
};

/// What a hand does differently each time; 1 = as a person writes, 0 = the printed form.
struct HandStyle {
    double pose = 1;  ///< turn, slant, size, place and wobble
};

/// One digit as polylines in the unit square, written by a hand with this style.
/// @param digit 0 to 9.
[[nodiscard]] std::vector<std::vector<PenPoint>> write_digit(int digit, const HandStyle& style, SampleDraw& draw);

/// Draws polylines with a round pen into an image of size x size values in 0 to 1, smooth at the edges.
/// @param half_width of the pen, in pixels; at least 0.3.
void draw_strokes(const std::vector<std::vector<PenPoint>>& strokes, double half_width, int size, std::span<float> image);

}  // namespace timberline::training
