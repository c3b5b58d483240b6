// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/safetensors.h"

#include <span>

namespace timberline::io {

struct SafetensorsHeader {
    std::vector<TensorView> tensors; ///< in order of their data; `data` points into the given bytes
    std::map<std::string, std::string> metadata;
};

/// Checks and reads the header of one safetensors file. Nothing behind the header is touched.
/// @param where the file's name, in front of every error.
[[nodiscard]] Result<SafetensorsHeader> read_safetensors_header(std::span<const std::uint8_t> file, const std::string& where);

/// Number of elements of a shape, or nothing when a size is negative or the product passes 2^63.
[[nodiscard]] std::optional<std::int64_t> element_count(std::span<const std::int64_t> shape) noexcept;

} // namespace timberline::io
