// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Hessians whose eigenvalues are known, for tests.

#include "landscape_testing.h"

#include "core/landscape/hessian.h"
#include "core/landscape/symmetric_eigen.h"

#include <cmath>
#include <numeric>

namespace timberline::landscape_testing {

using landscape::HessianProduct;
using landscape::SymmetricMatrix;
using Vector = std::vector<double>;

inline HessianProduct diagonal(Vector values)
{
    return [values = std::move(values)](std::span<const double> v, std::span<double> out) -> Status {
        for (std::size_t i = 0; i < values.size(); ++i) {
            out[i] = values[i] * v[i];
        }
        return {};
    };
}

inline HessianProduct dense(SymmetricMatrix a)
{
    return [a = std::move(a)](std::span<const double> v, std::span<double> out) -> Status {
        for (std::size_t i = 0; i < a.size(); ++i) {
            out[i] = 0;
            for (std::size_t j = 0; j < a.size(); ++j) {
                out[i] += a.at(i, j) * v[j];
            }
        }
        return {};
    };
}

inline SymmetricMatrix random_symmetric(std::size_t n)
{
    SymmetricMatrix a(n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            a.at(i, j) = a.at(j, i) = draw(17, static_cast<std::uint32_t>(i), j);
        }
    }
    return a;
}

inline Vector one_to(int n)
{
    Vector out(static_cast<std::size_t>(n));
    std::iota(out.begin(), out.end(), 1.0);
    return out;
}

inline double inner(const Vector& a, const Vector& b)
{
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace timberline::landscape_testing
