// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/hessian.h"

#include "core/base/random.h"
#include "core/landscape/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <numeric>
#include <string>

namespace timberline::landscape {
namespace {

constexpr double kBreakdown = 1e-8;                                ///< of |alpha_1|: the Krylov space is exhausted
constexpr std::size_t kMostBasis = std::size_t{64} * 1024 * 1024;  ///< numbers of all basis vectors (512 MiB)

using Vector = std::vector<double>;

double inner(const Vector& a, const Vector& b)
{
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void add_scaled(double factor, const Vector& from, Vector& to)
{
    for (std::size_t i = 0; i < to.size(); ++i) {
        to[i] += factor * from[i];
    }
}

/// Random signs; number i is a function of (seed, probe, i).
Vector random_signs(std::size_t dimension, std::uint64_t seed, std::uint32_t probe)
{
    Vector out(dimension);
    for (std::size_t i = 0; i < dimension; ++i) {
        out[i] =
            uniform({.seed = seed, .purpose = RandomPurpose::HessianProbe, .round = probe, .position = static_cast<std::uint32_t>(i)}) < 0.5
                ? -1
                : 1;
    }
    return out;
}

/// @param number of the start within one iteration, from 0.
Vector random_start(std::size_t dimension, std::uint64_t seed, std::uint32_t number = 0)
{
    Vector out(dimension);
    RandomStream stream({.seed = seed, .purpose = RandomPurpose::LanczosStart, .round = number});
    for (auto& x : out) {
        const double radius = std::sqrt(-2 * std::log1p(-stream.next()));
        x = radius * std::cos(2 * std::numbers::pi * stream.next());
    }
    return out;
}

/// The given start with a little of a random one, or a random one.
Vector start_of(const LanczosSettings& settings, std::size_t dimension)
{
    Vector random = random_start(dimension, settings.seed);
    if (settings.start.size() != dimension) {
        return random;
    }
    Vector out = settings.start;
    if (settings.stir > 0) {
        add_scaled(settings.stir * std::sqrt(inner(out, out) / inner(random, random)), random, out);
    }
    return out;
}

/// The iteration itself, one step at a time.
class Krylov
{
public:
    Krylov(const HessianProduct& product, Vector start) : product_(product), work_(start.size())
    {
        const double norm = std::sqrt(inner(start, start));
        for (auto& x : start) {
            x /= norm;
        }
        basis_.push_back(std::move(start));
    }

    /// @return false when the space is exhausted: nothing more to find from this start.
    Result<bool> step()
    {
        if (!next_.empty()) {
            basis_.push_back(std::move(next_));
            next_ = {};
        } else if (!off_.empty()) {
            Vector next = work_;
            for (auto& x : next) {
                x /= off_.back();
            }
            basis_.push_back(std::move(next));
        }
        const Vector& q = basis_.back();
        if (const auto done = product_(q, work_); !done.ok()) {
            return done.error();
        }
        const double alpha = inner(work_, q);
        if (!std::isfinite(alpha)) {
            return make_error(ErrorCode::InvalidArgument, "landscape: the curvature is not finite at this point",
                              "The network has diverged there: take an earlier step.");
        }
        diagonal_.push_back(alpha);
        for (int pass = 0; pass < 2; ++pass) {
            for (const auto& other : basis_) {
                add_scaled(-inner(work_, other), other, work_);
            }
        }
        const double beta = std::sqrt(inner(work_, work_));
        off_.push_back(beta);
        return basis_.size() < work_.size() && beta > kBreakdown * std::max(std::abs(diagonal_.front()), 1e-300);
    }

    /// Goes on across everything found so far, from `start`. Call it after a step that said false.
    /// @return false when `start` has nothing across it: the space is the whole one.
    bool restart(Vector start)
    {
        const double before = std::sqrt(inner(start, start));
        for (int pass = 0; pass < 2; ++pass) {
            for (const auto& other : basis_) {
                add_scaled(-inner(start, other), other, start);
            }
        }
        const double across = std::sqrt(inner(start, start));
        if (basis_.size() >= start.size() || !(across > kBreakdown * before)) {
            return false;
        }
        for (auto& x : start) {
            x /= across;
        }
        off_.back() = 0;
        next_ = std::move(start);
        return true;
    }

    /// Ritz pairs so far; errors are |last component| * beta.
    [[nodiscard]] Eigen ritz() const { return tridiagonal_eigen(diagonal_, off_); }
    [[nodiscard]] double beta() const { return off_.back(); }
    [[nodiscard]] const Vector& diagonal() const { return diagonal_; }
    [[nodiscard]] const Vector& off() const { return off_; }
    [[nodiscard]] Vector combine(const Vector& weights) const
    {
        Vector out(work_.size(), 0);
        for (std::size_t k = 0; k < weights.size(); ++k) {
            add_scaled(weights[k], basis_[k], out);
        }
        return out;
    }

private:
    const HessianProduct& product_;
    std::vector<Vector> basis_;
    Vector work_, diagonal_, off_;
    Vector next_;  ///< of a restart
};

Error cancelled()
{
    return make_error(ErrorCode::Cancelled, "the curvature was cancelled");
}

int steps_within(int wanted, std::size_t dimension)
{
    const auto room = std::max<std::size_t>(kMostBasis / std::max<std::size_t>(dimension, 1), 2);
    return static_cast<int>(std::min({static_cast<std::size_t>(std::max(wanted, 1)), dimension, room}));
}

}  // namespace

HessianProduct central_differences(GradientAt gradient, std::vector<double> theta, double step)
{
    const auto at = std::make_shared<const Vector>(std::move(theta));
    const double size = std::max(std::sqrt(inner(*at, *at)), 1.0);
    return [gradient = std::move(gradient), at, size, step](std::span<const double> v, std::span<double> out) -> Status {
        const double norm = std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
        if (!(norm > 0)) {
            std::ranges::fill(out, 0.0);
            return {};
        }
        const double h = step * size / norm;
        Vector moved(at->size()), below(at->size());
        double value = 0;
        for (std::size_t i = 0; i < moved.size(); ++i) {
            moved[i] = (*at)[i] - h * v[i];
        }
        TIMBERLINE_TRY(gradient(moved, below, value));
        for (std::size_t i = 0; i < moved.size(); ++i) {
            moved[i] = (*at)[i] + h * v[i];
        }
        TIMBERLINE_TRY(gradient(moved, out, value));
        for (std::size_t i = 0; i < moved.size(); ++i) {
            out[i] = (out[i] - below[i]) / (2 * h);
        }
        return {};
    };
}

Result<LanczosResult> lanczos(const HessianProduct& product, std::size_t dimension, const LanczosSettings& settings,
                              const CancelToken& cancel)
{
    if (dimension == 0) {
        return make_error(ErrorCode::InvalidArgument, "landscape: there are no parameters", "Choose another network.");
    }
    const int most = steps_within(settings.steps, dimension);
    const auto top = static_cast<std::size_t>(std::clamp(settings.top, 1, most));
    Krylov krylov(product, start_of(settings, dimension));
    LanczosResult out;
    Eigen ritz;
    bool more = true;
    std::size_t starts = 1;
    while (more && out.iterations < most && !out.converged) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        TIMBERLINE_ASSIGN(more, krylov.step());
        ++out.iterations;
        ritz = krylov.ritz();
        const auto found = static_cast<std::size_t>(out.iterations);
        // After a restart the Ritz values of the space before are settled and say nothing: the new one is followed to its end.
        bool settled = (found > top && starts == 1) || !more;
        for (std::size_t k = 0; k < std::min(top, found) && settled; ++k) {
            settled = krylov.beta() * std::abs(ritz.vectors[k].back()) < settings.tolerance * std::abs(ritz.values[k]);
        }
        if (!more && starts < top && out.iterations < most) {
            more = krylov.restart(random_start(dimension, settings.seed, static_cast<std::uint32_t>(starts++)));
            settled = false;
        }
        out.converged = settled || !more;
    }
    for (std::size_t k = 0; k < std::min(top, ritz.values.size()); ++k) {
        out.eigenvalues.push_back(ritz.values[k]);
        out.errors.push_back(krylov.beta() * std::abs(ritz.vectors[k].back()));
        out.vectors.push_back(krylov.combine(ritz.vectors[k]));
    }
    out.lowest = ritz.values.back();
    out.diagonal = krylov.diagonal();
    out.off = krylov.off();
    return out;
}

Result<TraceEstimate> hutchinson_trace(const HessianProduct& product, std::size_t dimension, int most, double tolerance, std::uint64_t seed,
                                       const CancelToken& cancel)
{
    TraceEstimate out;
    double squares = 0;
    Vector image(dimension);
    for (int probe = 0; probe < most; ++probe) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const auto z = random_signs(dimension, seed, static_cast<std::uint32_t>(probe));
        TIMBERLINE_TRY(product(z, image));
        const double value = inner(z, image);
        const double before = out.trace;
        ++out.probes;
        out.trace += (value - before) / out.probes;  // Welford's running mean and squares
        squares += (value - before) * (value - out.trace);
        if (out.probes > 1) {
            out.standard_error = std::sqrt(squares / (out.probes - 1) / out.probes);
            if (std::abs(out.trace - before) < tolerance * std::abs(out.trace)) {
                break;
            }
        }
    }
    return out;
}

Result<SpectralDensity> spectral_density(const HessianProduct& product, std::size_t dimension, int steps, int probes, int bins,
                                         double width, std::uint64_t seed, const CancelToken& cancel)
{
    SpectralDensity out;
    const int most = steps_within(steps, dimension);
    for (int probe = 0; probe < probes; ++probe) {
        Krylov krylov(product, random_signs(dimension, seed, static_cast<std::uint32_t>(probe)));
        bool more = true;
        for (int k = 0; k < most && more; ++k) {
            if (cancel.cancelled()) {
                return cancelled();
            }
            TIMBERLINE_ASSIGN(more, krylov.step());
        }
        const auto ritz = krylov.ritz();
        for (std::size_t k = 0; k < ritz.values.size(); ++k) {
            out.nodes.push_back(ritz.values[k]);
            out.weights.push_back(ritz.vectors[k].front() * ritz.vectors[k].front() / probes);
        }
    }
    if (out.nodes.empty() || bins < 2) {
        return out;
    }
    const auto [low, high] = std::ranges::minmax(out.nodes);
    const double sigma = std::max(width * (high - low), 1e-9 * std::max({std::abs(low), std::abs(high), 1e-30}));
    const double begin = low - 5 * sigma, step = (high - low + 10 * sigma) / (bins - 1);
    double area = 0;
    for (int b = 0; b < bins; ++b) {
        const double x = begin + b * step;
        double value = 0;
        for (std::size_t k = 0; k < out.nodes.size(); ++k) {
            const double t = (x - out.nodes[k]) / sigma;
            value += out.weights[k] * std::exp(-0.5 * t * t);
        }
        out.at.push_back(x);
        out.density.push_back(value);
        area += value * step * (b == 0 || b + 1 == bins ? 0.5 : 1);
    }
    for (auto& value : out.density) {
        value /= area;
    }
    return out;
}

}  // namespace timberline::landscape
