// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/decoder_config.h"

#include <vector>

namespace timberline::model {

/// Rotary position embedding with the arithmetic of the reference: frequencies and angles are float32. Immutable, thread-safe.
class Rotary
{
public:
    Rotary() = default;
    explicit Rotary(const DecoderConfig& config);

    /// Pairs that are rotated; 0 when the model has no rotary embedding.
    [[nodiscard]] std::int64_t pairs() const noexcept { return static_cast<std::int64_t>(frequencies_.size()); }
    /// Fills cosine[pairs] and sine[pairs] of one position.
    void angles(std::int64_t position, float* cosine, float* sine) const noexcept;
    /// Turns one head's row in place: element i with element i + pairs. What lies past 2 * pairs stays.
    void rotate(float* row, const float* cosine, const float* sine) const noexcept;
    [[nodiscard]] const std::vector<float>& frequencies() const noexcept { return frequencies_; }

private:
    std::vector<float> frequencies_;
};

}  // namespace timberline::model
