// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probes/ranking.h"

#include <algorithm>
#include <limits>

namespace timberline::probes {

std::vector<RocPoint> roc_curve(std::span<const double> positive, std::span<const double> negative)
{
    std::vector<double> ups(positive.begin(), positive.end());
    std::vector<double> downs(negative.begin(), negative.end());
    std::ranges::sort(ups, std::greater());
    std::ranges::sort(downs, std::greater());
    std::vector<RocPoint> out{{.threshold = std::numeric_limits<double>::infinity()}};
    if (ups.empty() || downs.empty()) {
        return out;
    }
    std::size_t up = 0;
    std::size_t down = 0;
    while (up < ups.size() || down < downs.size()) {
        const double next = up < ups.size() && (down >= downs.size() || ups[up] >= downs[down]) ? ups[up] : downs[down];
        while (up < ups.size() && ups[up] == next) {
            ++up;
        }
        while (down < downs.size() && downs[down] == next) {
            ++down;
        }
        out.push_back({.threshold = next,
                       .true_positive_rate = static_cast<double>(up) / static_cast<double>(ups.size()),
                       .false_positive_rate = static_cast<double>(down) / static_cast<double>(downs.size())});
    }
    return out;
}

double area_under_curve(std::span<const double> positive, std::span<const double> negative)
{
    if (positive.empty() || negative.empty()) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    // Trapezoids between the distinct scores: within a group of equals every pair counts a half.
    double area = 0;
    const auto curve = roc_curve(positive, negative);
    for (std::size_t i = 1; i < curve.size(); ++i) {
        const double width = curve[i].false_positive_rate - curve[i - 1].false_positive_rate;
        area += width * (curve[i].true_positive_rate + curve[i - 1].true_positive_rate) / 2;
    }
    return area;
}

BestThreshold best_threshold(std::span<const RocPoint> curve)
{
    BestThreshold best{.threshold = std::numeric_limits<double>::infinity(), .balanced_accuracy = 0.5};
    for (const RocPoint& point : curve) {
        const double accuracy = (point.true_positive_rate + 1 - point.false_positive_rate) / 2;
        if (accuracy > best.balanced_accuracy) {
            best = {.threshold = point.threshold, .balanced_accuracy = accuracy};
        }
    }
    return best;
}

double true_positive_rate_at(std::span<const RocPoint> curve, double false_positive_rate)
{
    double best = 0;
    for (const RocPoint& point : curve) {
        best = point.false_positive_rate <= false_positive_rate ? std::max(best, point.true_positive_rate) : best;
    }
    return best;
}

}  // namespace timberline::probes
