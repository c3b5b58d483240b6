// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/exit_calibration.h"

#include <algorithm>
#include <cmath>

namespace timberline::rules {

double hoeffding_p(std::int64_t n, double mean, double delta) noexcept
{
    const double gap = std::max(0.0, delta - mean);
    return std::exp(-2 * static_cast<double>(std::max<std::int64_t>(n, 0)) * gap * gap);
}

double binomial_p(std::int64_t n, std::int64_t failures, double delta) noexcept
{
    if (n <= 0 || failures >= n || delta <= 0) {
        return 1;
    }
    if (delta >= 1) {
        return 0;
    }
    // Sum of C(n, i) delta^i (1 - delta)^(n - i), each term from its logarithm.
    const auto count = static_cast<double>(n);
    double total = 0;
    for (std::int64_t i = 0; i <= failures; ++i) {
        const auto k = static_cast<double>(i);
        const double choose = std::lgamma(count + 1) - std::lgamma(k + 1) - std::lgamma(count - k + 1);
        total += std::exp(choose + k * std::log(delta) + (count - k) * std::log1p(-delta));
    }
    return std::min(total, 1.0);
}

std::int64_t fewest_prompts(double delta, double epsilon) noexcept
{
    auto n = static_cast<std::int64_t>(std::ceil(std::log(epsilon) / std::log1p(-delta) - 1e-9));
    n = std::max<std::int64_t>(n, 1);
    // The test itself has the last word: logarithms round.
    return binomial_p(n, 0, delta) <= epsilon ? n : n + 1;
}

LttResult learn_then_test(const std::vector<double>& grid, const std::vector<std::vector<double>>& losses, double delta, double epsilon)
{
    LttResult out;
    bool going = true;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        LttStep step{.lambda = grid[i]};
        if (going && i < losses.size()) {
            double total = 0;
            bool whole = true;
            for (const double loss : losses[i]) {
                total += loss;
                whole = whole && (loss == 0 || loss == 1);
            }
            const auto n = static_cast<std::int64_t>(losses[i].size());
            step.loss = n > 0 ? total / static_cast<double>(n) : 0;
            step.tested = true;
            step.p = whole ? binomial_p(n, static_cast<std::int64_t>(std::llround(total)), delta) : hoeffding_p(n, step.loss, delta);
            step.accepted = step.p <= epsilon;
            out.exact = i == 0 ? whole : out.exact && whole;
            out.lambda = step.accepted ? step.lambda : out.lambda;
            going = step.accepted;
        }
        out.steps.push_back(step);
    }
    return out;
}

std::vector<double> ltt_grid(double step)
{
    std::vector<double> out;
    const int count = static_cast<int>(std::floor(1 / std::clamp(step, 0.001, 1.0) + 1e-9));
    for (int i = 0; i <= count; ++i) {
        out.push_back(std::max(0.0, 1 - i * step));
    }
    return out;
}

}  // namespace timberline::rules
