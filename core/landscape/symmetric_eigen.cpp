// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace timberline::landscape {
namespace {

constexpr int kMostSweeps = 60;

/// Rows of `q` are turned along with the matrix: in the end row k of q holds the components of eigenvector k.
using Rows = std::vector<std::vector<double>>;

/// Implicit QL with Wilkinson's shift. @return false when it does not settle or is cancelled.
bool diagonalise(std::vector<double>& d, std::vector<double>& e, Rows& q, const CancelToken& cancel)
{
    const std::size_t n = d.size();
    for (std::size_t l = 0; l < n; ++l) {
        if (cancel.cancelled()) {
            return false;
        }
        for (int sweep = 0;; ++sweep) {
            std::size_t m = l;
            while (m + 1 < n && std::abs(e[m]) > std::numeric_limits<double>::epsilon() * (std::abs(d[m]) + std::abs(d[m + 1]))) {
                ++m;
            }
            if (m == l) {
                break;
            }
            if (sweep == kMostSweeps) {
                return false;
            }
            double g = (d[l + 1] - d[l]) / (2 * e[l]);
            double r = std::hypot(g, 1.0);
            g = d[m] - d[l] + e[l] / (g + std::copysign(r, g));
            double s = 1, c = 1, p = 0;
            bool split = false;
            for (std::size_t i = m; i-- > l;) {
                const double f = s * e[i];
                const double b = c * e[i];
                r = std::hypot(f, g);
                e[i + 1] = r;
                if (r == 0) {
                    d[i + 1] -= p;
                    e[m] = 0;
                    split = true;
                    break;
                }
                s = f / r;
                c = g / r;
                g = d[i + 1] - p;
                r = (d[i] - g) * s + 2 * c * b;
                p = s * r;
                d[i + 1] = g + p;
                g = c * r - b;
                for (std::size_t k = 0; k < q[i].size(); ++k) {
                    const double upper = q[i + 1][k], lower = q[i][k];
                    q[i + 1][k] = s * lower + c * upper;
                    q[i][k] = c * lower - s * upper;
                }
            }
            if (!split) {
                d[l] -= p;
                e[l] = g;
                e[m] = 0;
            }
        }
    }
    return true;
}

Eigen sorted(const std::vector<double>& values, const Rows& rows)
{
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
    Eigen out;
    for (const auto k : order) {
        out.values.push_back(values[k]);
        out.vectors.push_back(rows[k]);
    }
    return out;
}

Eigen solve(std::vector<double> diagonal, std::vector<double> off, Rows rows, const CancelToken& cancel)
{
    off.resize(diagonal.size(), 0);
    const auto finite = [](double x) { return std::isfinite(x); };
    if (!std::ranges::all_of(diagonal, finite) || !std::ranges::all_of(off, finite) || !diagonalise(diagonal, off, rows, cancel)) {
        std::ranges::fill(diagonal, std::numeric_limits<double>::quiet_NaN());
    }
    return sorted(diagonal, rows);
}

Rows identity(std::size_t n)
{
    Rows rows(n, std::vector<double>(n, 0));
    for (std::size_t k = 0; k < n; ++k) {
        rows[k][k] = 1;
    }
    return rows;
}

}  // namespace

Eigen symmetric_eigen(SymmetricMatrix a, const CancelToken& cancel)
{
    const std::size_t n = a.size();
    Rows q = identity(n);  // q[k] = k-th row of the transposed orthogonal factor
    std::vector<double> v(n), p(n);
    for (std::size_t k = 0; k + 2 < n && !cancel.cancelled(); ++k) {
        // Reflect column k below the diagonal onto its first entry.
        double norm = 0;
        for (std::size_t i = k + 1; i < n; ++i) {
            norm = std::hypot(norm, a.at(i, k));
        }
        if (norm == 0) {
            continue;
        }
        std::ranges::fill(v, 0.0);
        for (std::size_t i = k + 1; i < n; ++i) {
            v[i] = a.at(i, k);
        }
        v[k + 1] += std::copysign(norm, v[k + 1]);
        const double squared = std::inner_product(v.begin(), v.end(), v.begin(), 0.0);
        // A <- (I - 2 v v^T / v^T v) A (I - 2 v v^T / v^T v) = A - v w^T - w v^T
        for (std::size_t i = k; i < n; ++i) {
            p[i] = 0;
            for (std::size_t j = k + 1; j < n; ++j) {
                p[i] += a.at(i, j) * v[j];
            }
            p[i] *= 2 / squared;
        }
        double overlap = 0;
        for (std::size_t i = k + 1; i < n; ++i) {
            overlap += p[i] * v[i] / squared;
        }
        for (std::size_t i = k; i < n; ++i) {
            p[i] -= overlap * v[i];
        }
        for (std::size_t i = k; i < n; ++i) {
            for (std::size_t j = k; j < n; ++j) {
                a.at(i, j) -= v[i] * p[j] + p[i] * v[j];
            }
        }
        for (std::size_t column = 0; column < n; ++column) {
            double along = 0;
            for (std::size_t i = k + 1; i < n; ++i) {
                along += v[i] * q[i][column];
            }
            along *= 2 / squared;
            for (std::size_t i = k + 1; i < n; ++i) {
                q[i][column] -= along * v[i];
            }
        }
    }
    std::vector<double> diagonal(n), off(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
        diagonal[i] = a.at(i, i);
        off[i] = i + 1 < n ? a.at(i + 1, i) : 0;
    }
    return solve(std::move(diagonal), std::move(off), std::move(q), cancel);
}

Eigen tridiagonal_eigen(std::span<const double> diagonal, std::span<const double> off)
{
    const std::size_t n = diagonal.size();
    return solve({diagonal.begin(), diagonal.end()},
                 {off.begin(), off.begin() + static_cast<std::ptrdiff_t>(n > 0 ? std::min(off.size(), n - 1) : 0)}, identity(n), {});
}

}  // namespace timberline::landscape
