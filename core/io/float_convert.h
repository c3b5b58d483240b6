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

/// Converts `count` halves at any alignment; uses the processor's instruction when it has one (a NaN may then become quiet).
void halves_to_floats(const std::uint8_t* halves, std::size_t count, float* out) noexcept;
void brains_to_floats(const std::uint8_t* brains, std::size_t count, float* out) noexcept;

} // namespace timberline::io
