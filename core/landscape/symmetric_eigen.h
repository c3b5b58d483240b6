// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"

#include <cstddef>
#include <span>
#include <vector>

/// Eigenvalues and eigenvectors of small dense symmetric matrices, in float64.
namespace timberline::landscape {

class SymmetricMatrix
{
public:
    explicit SymmetricMatrix(std::size_t size) : size_(size), values_(size * size, 0) {}
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] double& at(std::size_t i, std::size_t j) noexcept { return values_[i * size_ + j]; }
    [[nodiscard]] double at(std::size_t i, std::size_t j) const noexcept { return values_[i * size_ + j]; }

private:
    std::size_t size_;
    std::vector<double> values_;
};

/// Eigenvalues in falling order; vectors[k] is a unit vector that belongs to values[k].
struct Eigen {
    std::vector<double> values;
    std::vector<std::vector<double>> vectors;
};

/// Householder reduction to tridiagonal form, then implicit QL. Both triangles must be filled. Numbers that are not finite give NaN.
/// When it is cancelled it ends early, and what it returns means nothing.
[[nodiscard]] Eigen symmetric_eigen(SymmetricMatrix matrix, const CancelToken& cancel = {});

/// The same for a tridiagonal matrix. @param off [size - 1] or longer.
[[nodiscard]] Eigen tridiagonal_eigen(std::span<const double> diagonal, std::span<const double> off);

}  // namespace timberline::landscape
