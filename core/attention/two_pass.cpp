// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/two_pass.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace timberline::attention {

namespace {

constexpr double kLn2 = 0.693147180559945309417;
constexpr float kFlushed = -127;  // exponent differences from here on down scale by 0

/// 2^difference for whole differences <= 0.
float power_of_two(float difference) noexcept
{
    if (!(difference > kFlushed)) {
        return 0;
    }
    return std::bit_cast<float>((static_cast<std::int32_t>(difference) + 127) << 23);
}

}  // namespace

ExtendedFloat extended_exp(float x) noexcept
{
    if (x == -std::numeric_limits<float>::infinity()) {
        return {};
    }
    // Rounding by a magic number: the whole part of n stands in the low bits of the sum.
    const float n = std::nearbyint(x * 0x1.715476p+0F);
    float t = std::fma(n, -0x1.62E43p-1F, x);
    t = std::fma(n, 0x1.05C61p-29F, t);
    float p = 0x1.0F9F9Cp-7F;
    p = std::fma(p, t, 0x1.573A1Ap-5F);
    p = std::fma(p, t, 0x1.555A80p-3F);
    p = std::fma(p, t, 0x1.FFFDC6p-2F);
    p = std::fma(p, t, 0x1.FFFFF6p-1F);
    p = std::fma(p, t, 1.0F);
    return {p, n};
}

ExtendedFloat add(ExtendedFloat a, ExtendedFloat b) noexcept
{
    const float exponent = std::max(a.exponent, b.exponent);
    if (exponent == -std::numeric_limits<float>::infinity()) {
        return {};
    }
    return {a.mantissa * power_of_two(a.exponent - exponent) + b.mantissa * power_of_two(b.exponent - exponent), exponent};
}

double natural_log(ExtendedFloat value) noexcept
{
    return std::log(static_cast<double>(value.mantissa)) + static_cast<double>(value.exponent) * kLn2;
}

TwoPassResult two_pass_softmax(std::span<float> values) noexcept
{
    TwoPassResult out;
    double weighted = 0;  // sum e^x (x - E ln 2) 2^-E at the sum's exponent E
    for (const float x : values) {
        const ExtendedFloat e = extended_exp(x);
        if (e.exponent == -std::numeric_limits<float>::infinity()) {
            continue;
        }
        const ExtendedFloat sum = add(out.sum, e);
        if (out.sum.mantissa > 0 && sum.exponent > out.sum.exponent) {
            const double moved = (static_cast<double>(out.sum.exponent) - static_cast<double>(sum.exponent)) * kLn2;
            const auto factor = static_cast<double>(power_of_two(out.sum.exponent - sum.exponent));
            weighted = factor * (weighted + moved * static_cast<double>(out.sum.mantissa));
        }
        const double part = static_cast<double>(e.mantissa) * static_cast<double>(power_of_two(e.exponent - sum.exponent));
        weighted += part * (static_cast<double>(x) - static_cast<double>(sum.exponent) * kLn2);
        out.sum = sum;
    }
    if (!(out.sum.mantissa > 0)) {
        std::fill(values.begin(), values.end(), out.sum.mantissa);  // 0, or NaN when a score was NaN
        return out;
    }
    // ln l - t / l with l and t relative to 2^E: the exponent cancels before any rounding.
    out.entropy = std::max(0.0, std::log(static_cast<double>(out.sum.mantissa)) - weighted / static_cast<double>(out.sum.mantissa));
    const float factor = 1 / out.sum.mantissa;
    for (float& value : values) {
        const ExtendedFloat e = extended_exp(value);
        value = e.mantissa * factor * power_of_two(e.exponent - out.sum.exponent);
    }
    return out;
}

}  // namespace timberline::attention
