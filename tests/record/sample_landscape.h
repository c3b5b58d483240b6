// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A surface of 3 x 2 cells with its path, for tests.

#include "core/record/landscape_grid.h"

#include <QString>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace timberline::record {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

inline LandscapePlane sample_plane()
{
    LandscapePlane out;
    out.id = 3;
    out.x = {.kind = "random",
             .normalisation = "filter",
             .one_dimensional = "zero",
             .seed = 18'446'744'073'709'551'615ULL,
             .low = -1,
             .high = 1,
             .points = 3,
             .norm = 2};
    out.y = {.kind = "pca",
             .normalisation = "none",
             .one_dimensional = "zero",
             .index = 1,
             .low = 0,
             .high = 0.5,
             .points = 2,
             .norm = 1,
             .explained = 0.25};
    out.center_step = 500;
    out.center_loss = 0.125;
    out.center_norm = 8;
    out.cosine = -0.01;
    out.loss = "ce";
    out.data = "two-moons";
    out.batch_norm = "frozen";
    out.samples = 400;
    out.test_samples = 100;
    out.sample_seed = 9;
    out.evaluation = "fused avx2";
    out.strides = {2, 1};
    out.clip = 10;
    return out;
}

inline LandscapeTile sample_tile(std::int32_t level)
{
    LandscapeTile out;
    out.plane = 3;
    out.level = level;
    if (level == 0) {
        out.i = {0, 2, 0, 2};
        out.j = {0, 0, 1, 1};
        out.loss = {1, 2, 3, kInfinity};
        out.test_loss = {1.5, 2.5, 3.5, kNaN};
    } else {
        out.i = {1, 1};
        out.j = {0, 1};
        out.loss = {0.5, kNaN};
        out.test_loss = {0.25, 7};
    }
    out.standard_error.assign(out.i.size(), 0.1);
    out.accuracy.assign(out.i.size(), 0.75);
    out.test_standard_error.assign(out.i.size(), 0.2);
    out.test_accuracy.assign(out.i.size(), 0.5);
    return out;
}

inline LandscapeTrajectory sample_trajectory()
{
    return {.plane = 3, .step = {0, 250, 500}, .x = {-0.5, 0.125, 0}, .y = {1, 0.5, 0}, .residual = {4, 2, 0}, .loss = {0.7, 0.25, 0.125}};
}

inline LandscapeGrid sample_grid(bool finer = true)
{
    LandscapeFold fold;
    fold.add(to_block(sample_plane()));
    fold.add(to_block(sample_tile(0)));
    if (finer) {
        fold.add(to_block(sample_tile(1)));
    }
    fold.add(to_block(sample_trajectory()));
    return fold.grids().front();
}

inline bool same(double a, double b)
{
    return a == b || (std::isnan(a) && std::isnan(b));
}

inline bool same(const std::vector<double>& a, const std::vector<double>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) { return same(x, y); });
}

inline QStringList lines(const std::string& text)
{
    return QString::fromStdString(text).split('\n', Qt::SkipEmptyParts);
}

}  // namespace timberline::record
