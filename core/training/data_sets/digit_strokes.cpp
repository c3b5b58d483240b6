// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/data_sets/digit_strokes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timberline::training {
namespace {

/// A stroke's control points: a smooth curve through them (and back to the first, where closed), or straight lines.
struct Stroke {
    bool curved = true;
    bool closed = false;
    std::vector<PenPoint> points;
};
using Glyph = std::vector<Stroke>;

/// The ways in which people write each digit.
const std::vector<std::vector<Glyph>>& glyphs()
{
    static const std::vector<std::vector<Glyph>> table = {
        // 0
        {{{true, true, {{0.50, 0.10}, {0.30, 0.24}, {0.24, 0.50}, {0.30, 0.76}, {0.50, 0.90}, {0.70, 0.76}, {0.76, 0.50}, {0.70, 0.24}}}},
         {{true, true, {{0.50, 0.10}, {0.34, 0.22}, {0.30, 0.50}, {0.34, 0.78}, {0.50, 0.90}, {0.66, 0.78}, {0.70, 0.50}, {0.66, 0.22}}}}},
        // 1: a bar, with an upstroke, with an upstroke and a foot
        {{{false, false, {{0.50, 0.10}, {0.50, 0.90}}}},
         {{false, false, {{0.34, 0.30}, {0.53, 0.10}, {0.53, 0.90}}}},
         {{false, false, {{0.35, 0.28}, {0.52, 0.10}, {0.52, 0.90}}}, {false, false, {{0.34, 0.90}, {0.70, 0.90}}}}},
        // 2: with a straight foot, with a loop
        {{{true, false, {{0.27, 0.30}, {0.34, 0.15}, {0.51, 0.10}, {0.68, 0.18}, {0.71, 0.34}, {0.60, 0.53}, {0.42, 0.72}, {0.26, 0.89}}},
          {false, false, {{0.26, 0.89}, {0.76, 0.89}}}},
         {{true,
           false,
           {{0.28, 0.27},
            {0.42, 0.11},
            {0.62, 0.13},
            {0.68, 0.32},
            {0.55, 0.58},
            {0.36, 0.82},
            {0.26, 0.83},
            {0.33, 0.75},
            {0.50, 0.83},
            {0.66, 0.91},
            {0.78, 0.85}}}}},
        // 3: round, with a flat top
        {{{true, false, {{0.28, 0.20}, {0.43, 0.10}, {0.62, 0.13}, {0.70, 0.27}, {0.61, 0.42}, {0.44, 0.48}}},
          {true, false, {{0.44, 0.48}, {0.65, 0.53}, {0.75, 0.68}, {0.66, 0.84}, {0.46, 0.91}, {0.27, 0.82}}}},
         {{false, false, {{0.29, 0.12}, {0.70, 0.12}, {0.47, 0.43}}},
          {true, false, {{0.47, 0.43}, {0.65, 0.48}, {0.74, 0.65}, {0.66, 0.83}, {0.46, 0.90}, {0.28, 0.82}}}}},
        // 4: closed, open
        {{{false, false, {{0.58, 0.10}, {0.24, 0.64}, {0.78, 0.64}}}, {false, false, {{0.60, 0.34}, {0.60, 0.90}}}},
         {{true, false, {{0.33, 0.12}, {0.28, 0.35}, {0.28, 0.52}}},
          {false, false, {{0.28, 0.53}, {0.72, 0.51}}},
          {false, false, {{0.69, 0.14}, {0.66, 0.90}}}}},
        // 5
        {{{false, false, {{0.71, 0.12}, {0.36, 0.12}, {0.32, 0.46}}},
          {true, false, {{0.32, 0.46}, {0.49, 0.40}, {0.67, 0.47}, {0.74, 0.64}, {0.66, 0.82}, {0.46, 0.90}, {0.27, 0.82}}}}},
        // 6: curved back, straighter back
        {{{true,
           false,
           {{0.66, 0.13},
            {0.48, 0.20},
            {0.34, 0.40},
            {0.28, 0.64},
            {0.35, 0.83},
            {0.50, 0.90},
            {0.66, 0.82},
            {0.71, 0.67},
            {0.62, 0.53},
            {0.46, 0.52},
            {0.31, 0.64}}}},
         {{true,
           false,
           {{0.54, 0.10},
            {0.40, 0.32},
            {0.31, 0.58},
            {0.33, 0.80},
            {0.49, 0.90},
            {0.64, 0.83},
            {0.69, 0.69},
            {0.59, 0.56},
            {0.45, 0.57},
            {0.33, 0.70}}}}},
        // 7: plain, with a bar, with a curved leg
        {{{false, false, {{0.26, 0.13}, {0.74, 0.13}, {0.45, 0.90}}}},
         {{false, false, {{0.26, 0.13}, {0.74, 0.13}, {0.45, 0.90}}}, {false, false, {{0.40, 0.51}, {0.70, 0.51}}}},
         {{false, false, {{0.27, 0.15}, {0.73, 0.15}}}, {true, false, {{0.73, 0.15}, {0.62, 0.38}, {0.52, 0.60}, {0.48, 0.90}}}}},
        // 8
        {{{true,
           true,
           {{0.50, 0.48},
            {0.34, 0.36},
            {0.32, 0.21},
            {0.50, 0.10},
            {0.68, 0.21},
            {0.66, 0.36},
            {0.50, 0.48},
            {0.32, 0.61},
            {0.28, 0.77},
            {0.50, 0.90},
            {0.72, 0.77},
            {0.68, 0.61}}}}},
        // 9: curved leg, straight leg
        {{{true,
           false,
           {{0.69, 0.33},
            {0.60, 0.47},
            {0.43, 0.49},
            {0.31, 0.39},
            {0.30, 0.24},
            {0.41, 0.12},
            {0.57, 0.11},
            {0.69, 0.22},
            {0.71, 0.40},
            {0.66, 0.66},
            {0.52, 0.90}}}},
         {{true, true, {{0.66, 0.28}, {0.58, 0.44}, {0.43, 0.47}, {0.31, 0.38}, {0.31, 0.22}, {0.43, 0.11}, {0.58, 0.14}}},
          {false, false, {{0.67, 0.16}, {0.65, 0.90}}}}}};
    return table;
}

/// Catmull and Rom's cubic between b and c, at t in 0 to 1: passes through all control points.
PenPoint spline(const PenPoint& a, const PenPoint& b, const PenPoint& c, const PenPoint& d, double t)
{
    const auto one = [t](double p0, double p1, double p2, double p3) {
        return 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t + (3 * p1 - p0 - 3 * p2 + p3) * t * t * t);
    };
    return {one(a.x, b.x, c.x, d.x), one(a.y, b.y, c.y, d.y)};
}

std::vector<PenPoint> smooth(const std::vector<PenPoint>& points, bool closed)
{
    constexpr int kPieces = 6;
    const auto count = static_cast<int>(points.size());
    const auto at = [&](int index) -> const PenPoint& {
        const int wrapped = closed ? (index % count + count) % count : std::clamp(index, 0, count - 1);
        return points[static_cast<std::size_t>(wrapped)];
    };
    std::vector<PenPoint> out{points.front()};
    const int spans = closed ? count : count - 1;
    for (int i = 0; i < spans; ++i) {
        for (int piece = 1; piece <= kPieces; ++piece) {
            out.push_back(spline(at(i - 1), at(i), at(i + 1), at(i + 2), static_cast<double>(piece) / kPieces));
        }
    }
    return out;
}

/// Turns, slants, stretches and shifts around the middle of the square.
struct Pose {
    double xx = 1, xy = 0, yx = 0, yy = 1, dx = 0, dy = 0;
    [[nodiscard]] PenPoint operator()(const PenPoint& p) const
    {
        const double x = p.x - 0.5;
        const double y = p.y - 0.5;
        return {xx * x + xy * y + 0.5 + dx, yx * x + yy * y + 0.5 + dy};
    }
};

Pose draw_pose(double strength, SampleDraw& draw)
{
    const double turn = strength * draw.uniform(-12, 12) * std::numbers::pi / 180;
    const double slant = strength * draw.uniform(-0.12, 0.28);  // most hands lean to the right
    const double width = 1 + strength * draw.uniform(-0.22, 0.16);
    const double height = 1 + strength * draw.uniform(-0.12, 0.06);
    const double c = std::cos(turn);
    const double s = std::sin(turn);
    Pose pose;
    pose.xx = c * width;
    pose.xy = (-s - c * slant) * height;
    pose.yx = s * width;
    pose.yy = (c - s * slant) * height;
    pose.dx = strength * draw.uniform(-0.05, 0.05);
    pose.dy = strength * draw.uniform(-0.05, 0.05);
    return pose;
}

double distance_to_segment(double x, double y, const PenPoint& a, const PenPoint& b)
{
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length = dx * dx + dy * dy;
    const double along = length > 0 ? std::clamp(((x - a.x) * dx + (y - a.y) * dy) / length, 0.0, 1.0) : 0;
    return std::hypot(x - a.x - along * dx, y - a.y - along * dy);
}

}  // namespace

std::vector<std::vector<PenPoint>> write_digit(int digit, const HandStyle& style, SampleDraw& draw)
{
    const auto& ways = glyphs()[static_cast<std::size_t>(digit)];
    const Glyph& glyph = ways[static_cast<std::size_t>(draw.uniform() * static_cast<double>(ways.size()))];
    const Pose pose = draw_pose(style.pose, draw);
    std::vector<std::vector<PenPoint>> out;
    for (const Stroke& stroke : glyph) {
        std::vector<PenPoint> points = stroke.points;
        for (PenPoint& point : points) {
            point.x += 0.018 * style.pose * draw.normal();
            point.y += 0.018 * style.pose * draw.normal();
            point = pose(point);
        }
        out.push_back(stroke.curved ? smooth(points, stroke.closed) : std::move(points));
    }
    return out;
}

void draw_strokes(const std::vector<std::vector<PenPoint>>& strokes, double half_width, int size, std::span<float> image)
{
    const double reach = std::max(half_width, 0.3) + 0.5;
    const auto pixel = [&](double value) { return std::clamp(static_cast<int>(std::floor(value)), 0, size - 1); };
    for (const auto& stroke : strokes) {
        for (std::size_t i = 0; i + 1 < stroke.size(); ++i) {
            const PenPoint a{stroke[i].x * size, stroke[i].y * size};
            const PenPoint b{stroke[i + 1].x * size, stroke[i + 1].y * size};
            const int left = pixel(std::min(a.x, b.x) - reach);
            const int right = pixel(std::max(a.x, b.x) + reach);
            const int bottom = pixel(std::max(a.y, b.y) + reach);
            for (int row = pixel(std::min(a.y, b.y) - reach); row <= bottom; ++row) {
                for (int column = left; column <= right; ++column) {
                    const double away = distance_to_segment(column + 0.5, row + 0.5, a, b);
                    const auto ink = static_cast<float>(std::clamp(reach - away, 0.0, 1.0));
                    float& value = image[static_cast<std::size_t>(row * size + column)];
                    value = std::max(value, ink);
                }
            }
        }
    }
}

}  // namespace timberline::training
