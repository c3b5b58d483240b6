// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cfloat>
#include <cmath>
#include <limits>

#ifdef __CUDACC__
#define TIMBERLINE_HOST_DEVICE __host__ __device__
#else
#define TIMBERLINE_HOST_DEVICE
#endif

namespace timberline::cuda {

/// What one pass keeps of a set of scores s: m = max s, l = sum exp(s - m), t = sum exp(s - m) (s - m). Then ln Z = m + ln l and, because
/// E[s] = m + t / l, the entropy ln Z - E[s] = ln l - t / l: the offset m cancels before any rounding.
/// States of disjoint sets merge, in any order. l = 0 is the empty set.
template <typename Real>
struct OnlineEntropy {
    Real maximum = -std::numeric_limits<Real>::infinity();
    Real sum = 0;
    Real weighted = 0;

    /// exp(s - m) is 0 in float long before this, and a bounded difference keeps 0 * difference finite.
    static constexpr Real kFarthest = -1000;

    TIMBERLINE_HOST_DEVICE static Real bounded(Real difference) { return difference > kFarthest ? difference : kFarthest; }

    /// Brings the state to a new, not smaller, maximum.
    TIMBERLINE_HOST_DEVICE void raise(Real to)
    {
        if (sum > 0) {
            const Real difference = bounded(maximum - to);
            const Real factor = std::exp(difference);
            weighted = factor * (weighted + difference * sum);
            sum *= factor;
        }
        maximum = to;
    }
    /// @param s finite.
    TIMBERLINE_HOST_DEVICE void add(Real s)
    {
        if (s > maximum) {
            raise(s);
        }
        const Real difference = bounded(s - maximum);
        const Real p = std::exp(difference);
        sum += p;
        weighted += p * difference;
    }
    TIMBERLINE_HOST_DEVICE void merge(OnlineEntropy other)
    {
        if (!(other.sum > 0)) {
            return;
        }
        const Real top = other.maximum > maximum ? other.maximum : maximum;
        raise(top);
        other.raise(top);
        sum += other.sum;
        weighted += other.weighted;
    }
    [[nodiscard]] TIMBERLINE_HOST_DEVICE Real log_sum_exp() const { return sum > 0 ? maximum + std::log(sum) : maximum; }
    /// Never negative; 0 for the empty set.
    [[nodiscard]] TIMBERLINE_HOST_DEVICE Real entropy() const
    {
        if (!(sum > 0)) {
            return 0;
        }
        const Real value = std::log(sum) - weighted / sum;
        return value > 0 ? value : 0;
    }
};

/// A logit or score as the rules of this folder see it: NaN is masked, +inf the largest float. Masked = -inf.
TIMBERLINE_HOST_DEVICE inline float sanitized(float s)
{
    if (s != s) {
        return -INFINITY;
    }
    return s > FLT_MAX ? FLT_MAX : s;
}

} // namespace timberline::cuda
