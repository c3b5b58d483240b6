// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Networks of many shapes, and evaluators at one point, for tests.

#include "landscape_testing.h"

#include "core/landscape/fused_evaluator.h"

#include <QtGlobal>

#include <bit>
#include <limits>

namespace timberline::landscape_testing {

using landscape::Evaluator;
using landscape::PointValue;
using training::NetActivation;
using training::NetKind;
using training::NetSpec;
namespace kernels = landscape::kernels;

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

inline std::vector<const kernels::KernelTable*> all_kernels()
{
    std::vector<const kernels::KernelTable*> out = {&kernels::portable_kernels()};
    for (const auto* table : {kernels::avx2_kernels(), kernels::avx512_kernels()}) {
        if (table != nullptr) {
            out.push_back(table);
        }
    }
    return out;
}

inline PointValue value_at(const Evaluator& evaluator, Point point)
{
    PointValue out;
    const auto done = evaluator.evaluate(std::span(&point, 1), std::span(&out, 1), {});
    if (!done.ok()) {
        qFatal("%s", done.error().message.c_str());
    }
    return out;
}

inline bool same_bits(double a, double b)
{
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

inline std::vector<Point> some_points(int count)
{
    std::vector<Point> out = {{0, 0}};
    for (int k = 1; k < count; ++k) {
        out.push_back({draw(3, 1, static_cast<std::size_t>(k)), draw(3, 2, static_cast<std::size_t>(k))});
    }
    return out;
}

struct Shape {
    const char* name;
    NetSpec spec;
    int train, test;
    bool regression;
};

inline std::vector<Shape> shapes()
{
    using A = NetActivation;
    return {
        {"2-16-16-1, squared error, 500 samples", {.input = {2}, .hidden = {16, 16}, .outputs = 1}, 500, 100, true},
        {"2-16-16-3, tanh, 129 samples", {.input = {2}, .hidden = {16, 16}, .outputs = 3, .activation = A::Tanh}, 129, 7, false},
        {"5-7-3, GELU, no test samples", {.input = {5}, .hidden = {7}, .outputs = 3, .activation = A::Gelu}, 65, 0, false},
        {"affine first layer 40-13-10", {.input = {40}, .hidden = {13}, .outputs = 10}, 200, 33, false},
        {"affine first layer with batch norm", {.input = {40}, .hidden = {13, 9}, .outputs = 4, .batch_norm = true}, 100, 33, false},
        {"narrow first layer with batch norm",
         {.input = {3}, .hidden = {8, 8}, .outputs = 2, .activation = A::Tanh, .batch_norm = true},
         70,
         40,
         false},
        {"no hidden layer", {.input = {9}, .hidden = {}, .outputs = 4}, 50, 20, false},
        {"one sample, one output", {.input = {2}, .hidden = {3}, .outputs = 1, .activation = A::Identity}, 1, 1, true},
        {"convolutions 3-5 on 8x8", {.kind = NetKind::Cnn, .input = {1, 8, 8}, .hidden = {3, 5}, .outputs = 10}, 37, 9, false},
        {"two channels of 7x9, odd sizes",
         {.kind = NetKind::Cnn, .input = {2, 7, 9}, .hidden = {4, 3}, .outputs = 3, .activation = A::Tanh},
         18,
         5,
         false},
        {"GELU before the pool",
         {.kind = NetKind::Cnn, .input = {1, 12, 10}, .hidden = {2}, .outputs = 3, .activation = A::Gelu},
         20,
         4,
         false},
        {"convolutions with batch norm",
         {.kind = NetKind::Cnn, .input = {1, 9, 8}, .hidden = {4, 6}, .outputs = 5, .batch_norm = true},
         33,
         17,
         false},
        {"images without convolutions", {.kind = NetKind::Cnn, .input = {1, 4, 4}, .hidden = {}, .outputs = 3}, 33, 17, false},
    };
}

}  // namespace timberline::landscape_testing
