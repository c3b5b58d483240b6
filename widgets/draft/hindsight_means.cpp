// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/hindsight_view.h"

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

constexpr double kWorthMending = 0.05;  ///< a gap below this share of what was committed is not worth a change

struct MeanError {
    double mean = 0, error = 0;
};

template <typename Of>
MeanError meanOf(const std::vector<HindsightBar>& bars, Of of)
{
    double sum = 0;
    double squares = 0;
    for (const auto& bar : bars) {
        sum += of(bar);
        squares += of(bar) * of(bar);
    }
    const auto n = static_cast<double>(bars.size());
    if (bars.empty()) {
        return {};
    }
    const double mean = sum / n;
    const double variance = n > 1 ? std::max(0.0, (squares - n * mean * mean) / (n - 1)) : 0;
    return {.mean = mean, .error = std::sqrt(variance / n)};
}

}  // namespace

HindsightMeans hindsightMeans(const std::vector<HindsightBar>& bars)
{
    HindsightMeans out;
    out.rounds = static_cast<int>(bars.size());
    if (bars.empty()) {
        return out;
    }
    out.committed = meanOf(bars, [](const auto& bar) { return bar.committed; }).mean;
    out.best = meanOf(bars, [](const auto& bar) { return bar.bestCommitted; }).mean;
    out.longest = meanOf(bars, [](const auto& bar) { return bar.longest; }).mean;
    const auto gap = meanOf(bars, [](const auto& bar) { return bar.longest - bar.committed; });
    const auto better = meanOf(bars, [](const auto& bar) { return bar.bestCommitted - bar.committed; });
    out.gap = gap.mean;
    out.gapError = gap.error;
    out.bestGap = better.mean;
    out.bestError = better.error;
    for (const auto& bar : bars) {
        out.kept += bar.longest > bar.committed ? 1 : 0;
        out.missing += bar.complete && bar.longest < bar.budget + 1 ? 1 : 0;
    }
    if (out.rounds < HindsightMeans::kFewestRounds) {
        return out;
    }
    // Each verdict needs the 95 % interval of its gap on its side of what is worth a change.
    const double worth = kWorthMending * out.committed;
    if (out.bestGap - 2 * out.bestError > worth) {
        out.advice = HindsightAdvice::Shape;
    } else if (out.gap - 2 * out.gapError > worth && out.bestGap + 2 * out.bestError < worth) {
        out.advice = HindsightAdvice::Rating;
    } else if (out.gap + 2 * out.gapError < worth && 2 * out.missing >= out.rounds) {
        out.advice = HindsightAdvice::Drafter;
    }
    return out;
}

}  // namespace timberline::widgets
