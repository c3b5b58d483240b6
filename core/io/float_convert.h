// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

/// Half-precision formats to float32, exactly (every half is a float32). Source: IEEE 754-2019, section 3.4.
namespace timberline::io {

/// Portable definition; infinities, NaN payloads and subnormal halves included.
[[nodiscard]] constexpr float half_to_float(std::uint16_t half) noexcept
{
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16U;
    const std::uint32_t exponent = (half >> 10U) & 31U;
    const std::uint32_t mantissa = half & 0x3FFU;
    if (exponent == 0) { // zero, or mantissa * 2^-24
        const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
        return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
    }
    const std::uint32_t wide = exponent == 31 ? 255U : exponent + 112U; // 112 = 127 - 15, the difference of the biases
    return std::bit_cast<float>(sign | (wide << 23U) | (mantissa << 13U));
}

[[nodiscard]] constexpr float brain_to_float(std::uint16_t brain) noexcept
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(brain) << 16U);
}

/// The nearest half, ties to even; beyond 65504 + half a step it is infinity, NaN stays a NaN.
[[nodiscard]] constexpr std::uint16_t float_to_half(float value) noexcept
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16U) & 0x8000U);
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude > 0x7F800000U) { // NaN
        return static_cast<std::uint16_t>(sign | 0x7E00U);
    }
    if (magnitude >= 0x477FF000U) { // 65520 and more
        return static_cast<std::uint16_t>(sign | 0x7C00U);
    }
    // The mantissa with its leading 1 loses `cut` bits: 13, more where the half is subnormal (below 2^-14).
    const std::uint32_t exponent = magnitude >> 23U;
    const std::uint32_t cut = exponent >= 113U ? 13U : 126U - exponent; // 2^-24 is the smallest half
    if (cut > 25U) {
        return sign; // less than half of the smallest
    }
    const std::uint32_t mantissa = (magnitude & 0x7FFFFFU) | 0x800000U;
    const std::uint32_t kept = mantissa >> cut, rest = mantissa & ((1U << cut) - 1U), middle = 1U << (cut - 1U);
    const std::uint32_t rounded = kept + (rest > middle || (rest == middle && (kept & 1U) != 0) ? 1U : 0U);
    // A carry runs into the exponent, as it should; the leading 1 of a normal number counts as one exponent step.
    const std::uint32_t base = exponent >= 113U ? (exponent - 113U) << 10U : 0U;
    return static_cast<std::uint16_t>(sign | (base + rounded));
}

/// Converts `count` halves at any alignment; uses the processor's instruction when it has one (a NaN may then become quiet).
void halves_to_floats(const std::uint8_t* halves, std::size_t count, float* out) noexcept;
void brains_to_floats(const std::uint8_t* brains, std::size_t count, float* out) noexcept;

} // namespace timberline::io
