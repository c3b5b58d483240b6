// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

/// How well one score tells two groups apart. Finite scores only; NaN where a group is empty.
namespace timberline::probes {

/// P(positive > negative) + 0.5 P(equal), by ranks in O(n log n).
[[nodiscard]] double area_under_curve(std::span<const double> positive, std::span<const double> negative);

/// One point of the ROC: everything with a score of at least `threshold` is called positive.
struct RocPoint {
    double threshold = 0;
    double true_positive_rate = 0, false_positive_rate = 0;
};

/// From (0, 0), whose threshold is +infinity, to (1, 1); one point a distinct score, descending.
[[nodiscard]] std::vector<RocPoint> roc_curve(std::span<const double> positive, std::span<const double> negative);

/// Largest (TPR + 1 - FPR) / 2 over all thresholds, and the first threshold that reaches it.
struct BestThreshold {
    double threshold = 0, balanced_accuracy = 0;
};
[[nodiscard]] BestThreshold best_threshold(std::span<const RocPoint> curve);

/// Largest true positive rate whose false positive rate is at most this.
[[nodiscard]] double true_positive_rate_at(std::span<const RocPoint> curve, double false_positive_rate);

}  // namespace timberline::probes
