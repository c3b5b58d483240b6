// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

/// The fused tile recurrence of methods/attention.md 1.2: output and statistics of an attention row while its scores arrive tile by tile,
/// so that neither the row of weights nor the map is ever stored. The decoder's kernels do the same with the whole row as one tile.
namespace timberline::attention {

/// With m = max s and x = s - m: l = sum e^x, t = sum e^x x, u = sum e^x x^2, r = sum e^2x, a = l of the sink keys, o = sum e^x v.
/// Every e^x x lies in [-1/e, 0]: nothing overflows and H = ln l - t/l adds two numbers that are not negative. States of disjoint tiles
/// merge, in any order. A score of -infinity is masked and changes nothing.
template <typename Real>
class StreamingRow
{
public:
    /// @param value_size length of the value rows; 0 keeps statistics only.
    explicit StreamingRow(std::size_t value_size = 0) : output_(value_size, 0) {}

    /// @param values [scores.size(), value_size], not read when value_size is 0.  @param sinks how many of the tile's first keys are sinks.
    void add_tile(std::span<const Real> scores, const Real* values = nullptr, std::size_t sinks = 0)
    {
        Real top = -std::numeric_limits<Real>::infinity();
        for (const Real s : scores) {
            top = std::max(top, s);
        }
        if (masked(top)) {
            return;
        }
        raise(std::max(top, maximum_));
        // The tile is summed on its own and then added: the error does not grow with the number of keys.
        Real l = 0, t = 0, u = 0, r = 0, a = 0;
        for (std::size_t j = 0; j < scores.size(); ++j) {
            if (masked(scores[j])) {
                continue;
            }
            const Real x = std::max(scores[j] - maximum_, kFarthest);
            const Real e = std::exp(x);
            l += e;
            t += e * x;
            u += e * x * x;
            r += e * e;
            a += j < sinks ? e : 0;
            for (std::size_t c = 0; c < output_.size(); ++c) {
                output_[c] += e * values[j * output_.size() + c];
            }
        }
        sum_ += l;
        weighted_ += t;
        squared_ += u;
        collision_ += r;
        sink_ += a;
    }
    /// Adds the row of another set of keys. Precondition: the same value size.
    void merge(StreamingRow other)
    {
        if (other.empty()) {
            return;
        }
        const Real top = std::max(maximum_, other.maximum_);
        raise(top);
        other.raise(top);
        sum_ += other.sum_;
        weighted_ += other.weighted_;
        squared_ += other.squared_;
        collision_ += other.collision_;
        sink_ += other.sink_;
        for (std::size_t c = 0; c < output_.size(); ++c) {
            output_[c] += other.output_[c];
        }
    }

    [[nodiscard]] bool empty() const noexcept { return !(sum_ > 0); }
    [[nodiscard]] Real maximum() const noexcept { return maximum_; }    ///< m
    [[nodiscard]] Real sum() const noexcept { return sum_; }            ///< l, at least 1 unless empty
    [[nodiscard]] Real weighted() const noexcept { return weighted_; }  ///< t, never positive

    // An empty row gives -infinity for log_sum_exp and 0 for the rest.
    [[nodiscard]] Real log_sum_exp() const { return empty() ? maximum_ : maximum_ + std::log(sum_); }
    [[nodiscard]] Real entropy() const { return empty() ? 0 : std::log(sum_) - weighted_ / sum_; }
    [[nodiscard]] Real varentropy() const
    {
        if (empty()) {
            return 0;
        }
        const Real mean = weighted_ / sum_;
        return std::max<Real>(0, squared_ / sum_ - mean * mean);
    }
    [[nodiscard]] Real largest() const { return empty() ? 0 : 1 / sum_; }
    [[nodiscard]] Real collision() const { return empty() ? 0 : collision_ / (sum_ * sum_); }
    [[nodiscard]] Real sink_mass() const { return empty() ? 0 : sink_ / sum_; }
    [[nodiscard]] std::vector<Real> output() const
    {
        std::vector<Real> out = output_;
        for (Real& value : out) {
            value = empty() ? 0 : value / sum_;
        }
        return out;
    }

private:
    /// exp is 0 long before; a bounded difference keeps 0 * difference finite.
    static constexpr Real kFarthest = -1000;

    [[nodiscard]] static bool masked(Real score) noexcept { return score == -std::numeric_limits<Real>::infinity(); }

    /// Brings the state to a new, not smaller, maximum. The order matters: u uses the old t and l, t the old l.
    void raise(Real to)
    {
        if (sum_ > 0 && to > maximum_) {
            const Real delta = std::max(maximum_ - to, kFarthest);
            const Real alpha = std::exp(delta);
            squared_ = alpha * (squared_ + 2 * delta * weighted_ + delta * delta * sum_);
            weighted_ = alpha * (weighted_ + delta * sum_);
            sum_ *= alpha;
            collision_ *= alpha * alpha;
            sink_ *= alpha;
            for (Real& value : output_) {
                value *= alpha;
            }
        }
        maximum_ = to;
    }

    Real maximum_ = -std::numeric_limits<Real>::infinity();
    Real sum_ = 0, weighted_ = 0, squared_ = 0, collision_ = 0, sink_ = 0;
    std::vector<Real> output_;
};

}  // namespace timberline::attention
