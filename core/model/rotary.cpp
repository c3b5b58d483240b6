// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/rotary.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace timberline::model {

namespace {

/// Llama 3: long wavelengths are slowed down by `factor`, short ones kept, those between are blended.
[[nodiscard]] float scale_llama3(float frequency, const RopeScaling& scaling)
{
    const auto context = static_cast<float>(scaling.original_context);
    const auto factor = static_cast<float>(scaling.factor);
    const auto low = static_cast<float>(scaling.low_frequency_factor);
    const auto high = static_cast<float>(scaling.high_frequency_factor);
    const float wavelength = static_cast<float>(2 * std::numbers::pi) / frequency;
    if (wavelength > context / low) {
        return frequency / factor;
    }
    if (wavelength < context / high) {
        return frequency;
    }
    const float blend = (context / wavelength - low) / (high - low);
    return (1.0F - blend) * frequency / factor + blend * frequency;
}

/// To the nearest, ties to even. Precondition: finite.
[[nodiscard]] float round_to_bfloat16(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return std::bit_cast<float>((bits + 0x7fffU + (bits >> 16 & 1U)) & 0xffff0000U);
}

}  // namespace

Rotary::Rotary(const DecoderConfig& config)
{
    if (config.position != PositionKind::Rotary) {
        return;
    }
    const auto dim = static_cast<float>(config.rotary_dim);
    for (std::int64_t i = 0; i < config.rotary_dim / 2; ++i) {
        const float exponent = static_cast<float>(2 * i) / dim;
        float frequency = 1.0F / static_cast<float>(std::pow(config.rope_theta, static_cast<double>(exponent)));
        if (config.rope_scaling.kind == RopeScaling::Kind::Linear) {
            frequency /= static_cast<float>(config.rope_scaling.factor);
        } else if (config.rope_scaling.kind == RopeScaling::Kind::Llama3) {
            frequency = scale_llama3(frequency, config.rope_scaling);
        }
        frequencies_.push_back(config.rope_bfloat16 ? round_to_bfloat16(frequency) : frequency);
    }
}

void Rotary::angles(std::int64_t position, float* cosine, float* sine) const noexcept
{
    for (std::size_t i = 0; i < frequencies_.size(); ++i) {
        const double angle = static_cast<float>(position) * frequencies_[i];  // rounded to float32 before the cosine, as the reference does
        cosine[i] = static_cast<float>(std::cos(angle));
        sine[i] = static_cast<float>(std::sin(angle));
    }
}

void Rotary::rotate(float* row, const float* cosine, const float* sine) const noexcept
{
    const std::int64_t half = pairs();
    for (std::int64_t i = 0; i < half; ++i) {
        const float first = row[i];
        const float second = row[i + half];
        row[i] = first * cosine[i] - second * sine[i];
        row[i + half] = second * cosine[i] + first * sine[i];
    }
}

}  // namespace timberline::model
