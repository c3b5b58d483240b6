// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/chi_square.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace timberline::rules {

namespace {

constexpr int kMostTerms = 10000;
constexpr double kSmall = 1e-300;
constexpr double kAccuracy = 1e-15;

/// P(a, x) by its series; converges fast for x < a + 1.
double lower_by_series(double a, double x)
{
    double term = 1 / a, sum = term;
    for (int n = 1; n < kMostTerms && std::abs(term) > std::abs(sum) * kAccuracy; ++n) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

/// Q(a, x) by Lentz's continued fraction; converges fast for x > a + 1.
double upper_by_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / kSmall, d = 1 / b, fraction = d;
    for (int n = 1; n < kMostTerms; ++n) {
        const double numerator = -n * (n - a);
        b += 2;
        d = numerator * d + b;
        d = 1 / (std::abs(d) < kSmall ? kSmall : d);
        c = b + numerator / c;
        c = std::abs(c) < kSmall ? kSmall : c;
        const double factor = d * c;
        fraction *= factor;
        if (std::abs(factor - 1) < kAccuracy) {
            break;
        }
    }
    return fraction * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

}  // namespace

double chi_square_tail(double statistic, double degrees) noexcept
{
    if (!(degrees > 0) || !(statistic >= 0)) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (statistic == 0) {
        return 1;
    }
    if (std::isinf(statistic)) {
        return 0;
    }
    const double a = degrees / 2, x = statistic / 2;
    return x < a + 1 ? 1 - lower_by_series(a, x) : upper_by_fraction(a, x);
}

ChiSquareTest chi_square_test(std::span<const std::int64_t> counts, std::span<const double> law)
{
    constexpr double kLeastExpected = 5;
    ChiSquareTest out;
    const auto draws = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
    const double mass = std::accumulate(law.begin(), law.end(), 0.0);
    if (counts.size() != law.size() || !(draws > 0) || !(mass > 0)) {
        return out;
    }
    double pooled_expected = 0, pooled_count = 0;
    std::int32_t cells = 0;
    const auto add = [&out, &cells](double count, double expected) {
        out.statistic += (count - expected) * (count - expected) / expected;
        ++cells;
    };
    for (std::size_t i = 0; i < law.size(); ++i) {
        const double expected = draws * law[i] / mass;
        const auto count = static_cast<double>(counts[i]);
        out.total_variation += std::abs(count - expected) / draws / 2;
        if (expected >= kLeastExpected) {
            add(count, expected);
        } else {
            pooled_expected += expected;
            pooled_count += count;
        }
        if (expected <= 0 && counts[i] > 0) {
            out.statistic = std::numeric_limits<double>::infinity();
        }
    }
    if (pooled_expected > 0) {
        add(pooled_count, pooled_expected);
    }
    out.degrees = cells - 1;
    out.p_value = std::isinf(out.statistic) ? 0 : out.degrees > 0 ? chi_square_tail(out.statistic, out.degrees) : 1;
    return out;
}

}  // namespace timberline::rules
