// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/decoder_config.h"
#include "core/model/weights.h"

#include <cstdint>
#include <span>

namespace timberline::model {

/// Shape of one weight in out-by-in layout.
struct WeightShape {
    std::int64_t rows = 0;
    std::int64_t columns = 1;
    bool matrix = false;  ///< false: a vector of `rows` elements
};

[[nodiscard]] std::span<const Role> all_roles() noexcept;
/// True for roles that every layer has its own weight of.
[[nodiscard]] bool is_layer_role(Role role) noexcept;
/// True when a decoder of this configuration needs the weight.
[[nodiscard]] bool has_role(const DecoderConfig& config, Role role) noexcept;
[[nodiscard]] WeightShape shape_of(const DecoderConfig& config, Role role) noexcept;

}  // namespace timberline::model
