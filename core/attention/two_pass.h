// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>
#include <span>

/// Softmax in two passes over memory (methods/attention.md 2.6, losses.md L18): each exponential is a pair (mantissa, exponent), so that no
/// maximum has to be found first and nothing overflows at any finite score.
namespace timberline::attention {

/// mantissa * 2^exponent; the exponent is a whole number, -infinity for zero.
struct ExtendedFloat {
    float mantissa = 0;
    float exponent = -std::numeric_limits<float>::infinity();
};

/// e^x = M * 2^N with N = round(x log2 e) and M in [sqrt(1/2), sqrt(2)], by a two-constant reduction and a polynomial of degree 5.
/// -infinity (masked) gives zero. Precondition: |x| <= 2^23, or infinite below.
[[nodiscard]] ExtendedFloat extended_exp(float x) noexcept;

/// The sum at the larger exponent; what is 2^127 times smaller vanishes.
[[nodiscard]] ExtendedFloat add(ExtendedFloat a, ExtendedFloat b) noexcept;

/// ln(mantissa * 2^exponent); -infinity for zero.
[[nodiscard]] double natural_log(ExtendedFloat value) noexcept;

struct TwoPassResult {
    ExtendedFloat sum;   ///< of the exponentials
    double entropy = 0;  ///< nats, from a second mantissa that sums e^x (x - E ln 2) beside the first
};
/// Overwrites scores with their softmax. All masked: all zero, sum zero.
TwoPassResult two_pass_softmax(std::span<float> values) noexcept;

}  // namespace timberline::attention
