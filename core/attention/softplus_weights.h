// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

/// One row of softplus attention with re-weighting (methods/attention.md 2.2), on cosines.
namespace timberline::attention {

struct SoftplusValues {
    bool reweight = true;               ///< off: LSSA, the weights before the re-weighting
    std::int64_t power = 15;            ///< p, 1..20
    double offset = 1;                  ///< O, 0..2
    std::string scale = "lnd-lnn";      ///< "lnd-lnn" "lnn" "constant" (= sqrt(d), the logits of unit rows at softmax's usual size)
    std::string positive = "softplus";  ///< phi: "softplus" "exp" "relu" "sigmoid"
};

/// The factor of the cosines. @param visible N of the row.
[[nodiscard]] double softplus_scale(const SoftplusValues& values, std::int64_t head_dim, std::int64_t visible) noexcept;

/// ln(1 + e^x) without overflow.
[[nodiscard]] double softplus(double x) noexcept;

/// cosines of the N visible keys → weights that sum to 1, in place; all zero when the re-weighting leaves nothing (a perfectly uniform
/// row).
/// @param position of the row in the text: the first three rows have offset 0.
/// @return false for a row that is all zero.
bool softplus_weights(const SoftplusValues& values, std::int64_t head_dim, std::int64_t position, std::span<float> cosines) noexcept;

}  // namespace timberline::attention
