// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probes/predictions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace timberline::probes {
namespace {

constexpr double kSmallest = 1e-10;  ///< probabilities are not taken for smaller where their logarithm is wanted (losses.md P05)

/// log of the sum of exp over all entries but `left_out`.
double log_sum_exp_without(std::span<const float> logits, std::size_t left_out)
{
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < logits.size(); ++k) {
        largest = k == left_out ? largest : std::max(largest, static_cast<double>(logits[k]));
    }
    double sum = 0;
    for (std::size_t k = 0; k < logits.size(); ++k) {
        sum += k == left_out ? 0 : std::exp(static_cast<double>(logits[k]) - largest);
    }
    return largest + std::log(sum);
}

double clamped_log(double value)
{
    return std::log(std::max(value, kSmallest));
}

}  // namespace

void softmax_row(std::span<const float> logits, double temperature, std::span<double> out)
{
    const auto largest = static_cast<double>(*std::ranges::max_element(logits));
    double sum = 0;
    for (std::size_t k = 0; k < logits.size(); ++k) {
        out[k] = std::exp((static_cast<double>(logits[k]) - largest) / temperature);
        sum += out[k];
    }
    for (double& value : out) {
        value /= sum;
    }
}

Predictions predictions_of(const ProbeSide& side, std::int64_t outputs)
{
    const auto classes = static_cast<std::size_t>(outputs);
    Predictions out;
    std::vector<double> p(classes);
    for (std::size_t i = 0; i < side.labels.size(); ++i) {
        const auto logits = side.logits.subspan(i * classes, classes);
        const auto own = static_cast<std::size_t>(side.labels[i]);
        const auto top = static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
        softmax_row(logits, 1, p);
        const double odds = static_cast<double>(logits[own]) - log_sum_exp_without(logits, own);
        const double cross_entropy = odds > 0 ? std::log1p(std::exp(-odds)) : -odds + std::log1p(std::exp(odds));
        const double rest = 1 / (1 + std::exp(odds));  // 1 - p_y
        // 1 - p of the largest probability, as a sum: 1 - p would lose its digits.
        double rest_of_top = 0;
        for (std::size_t k = 0; k < classes; ++k) {
            rest_of_top += k == top ? 0 : p[k];
        }
        double entropy = 0;
        double modified = -rest * clamped_log(p[own]);
        double brier = rest * rest;
        for (std::size_t k = 0; k < classes; ++k) {
            entropy -= p[k] > 0 ? p[k] * std::log(p[k]) : 0;
            if (k != own) {
                modified -= p[k] * clamped_log(k == top ? rest_of_top : 1 - p[k]);
                brier += p[k] * p[k];
            }
        }
        out.cross_entropy.push_back(cross_entropy);
        out.confidence.push_back(p[top]);
        out.correct.push_back(top == own ? 1 : 0);
        out.predicted.push_back(static_cast<std::int32_t>(top));
        out.entropy.push_back(entropy);
        out.modified_entropy.push_back(modified);
        out.log_odds.push_back(odds);
        out.brier.push_back(brier);
    }
    return out;
}

double mean_of(std::span<const double> values)
{
    return values.empty() ? std::numeric_limits<double>::quiet_NaN()
                          : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double accuracy_of(std::span<const std::uint8_t> correct)
{
    return correct.empty() ? std::numeric_limits<double>::quiet_NaN()
                           : static_cast<double>(std::accumulate(correct.begin(), correct.end(), std::int64_t{0})) /
                                 static_cast<double>(correct.size());
}

}  // namespace timberline::probes
