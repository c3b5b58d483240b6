// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/exit_weights.h"

#include <cmath>
#include <numeric>

namespace timberline::training {
namespace {

/// The output alone, or the internal heads alone.
std::vector<double> one_side(std::size_t heads, bool internal)
{
    std::vector<double> weights(heads, internal ? 1.0 : 0.0);
    weights.back() = internal ? 0.0 : 1.0;
    return weights;
}

}  // namespace

HeadPlan head_plan(std::string_view scheme, std::int64_t heads, std::int64_t step, std::int64_t total, double first_stage)
{
    const auto count = static_cast<std::size_t>(heads);
    if (count == 1) {
        return {.weights = {1.0}};
    }
    if (scheme == "alternate") {
        return {.weights = one_side(count, step % 2 == 1)};
    }
    if (scheme == "two-stage") {
        const bool second = static_cast<double>(step) >= first_stage * static_cast<double>(total);
        return {.weights = one_side(count, second), .backbone_frozen = second};
    }
    std::vector<double> weights(count, 1.0);
    for (std::size_t i = 0; i < count; ++i) {
        if (scheme == "linear") {
            weights[i] = static_cast<double>(i + 1);
        } else if (scheme == "geometric") {
            weights[i] = std::exp2(static_cast<double>(i));
        }
    }
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (auto& weight : weights) {
        weight /= sum;
    }
    return {.weights = std::move(weights)};
}

const std::vector<std::string>& exit_weight_schemes()
{
    static const std::vector<std::string> schemes = {"linear", "uniform", "geometric", "alternate", "two-stage"};
    return schemes;
}

}  // namespace timberline::training
