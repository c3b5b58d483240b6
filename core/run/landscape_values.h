// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"

#include <cstdint>
#include <string>
#include <vector>

/// The section "landscape" of a config, typed: the training bench's settings (training_values.h reads those), and these. Declared in
/// config_bench_landscape.cpp.
namespace timberline::run {

struct LandscapeValues {
    // The plane.
    std::string x_kind = "random";
    std::string y_kind = "random";
    std::string limits = "auto";
    double x_low = -1, x_high = 1, y_low = -1, y_high = 1;
    std::int64_t nx = 51, ny = 51;
    std::int64_t x_seed = 1, y_seed = 2;
    std::string normalisation = "filter";
    std::string one_dimensional = "zero";
    bool orthogonal = false;
    std::string x_point = "first", y_point = "middle";
    // What is evaluated.
    std::int64_t surface_samples = 512;
    std::int64_t sample_seed = 1;
    bool test_surface = true;
    std::string statistics = "auto";
    std::vector<std::int64_t> strides;
    std::string start_from;
    // While training goes on.
    bool follow = false;
    std::int64_t follow_every = 0;
    std::int64_t follow_points = 11;
    // Curvature.
    bool spectrum = false;
    std::int64_t curvature_every = 0;
    std::int64_t curvature_samples = 256;
    std::int64_t eigenvalues = 2;
    std::int64_t lanczos_steps = 64;
    std::int64_t trace_probes = 10;
};

[[nodiscard]] std::vector<Hyperparameter> landscape_declarations();
/// @param settings complete and checked.
[[nodiscard]] LandscapeValues landscape_values(const Values& settings);

}  // namespace timberline::run
