// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace timberline {

/// Reads a whole regular file. Errors: NotFound, BadFile when it is larger than `limit` bytes or cannot be read.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::uintmax_t limit = std::uintmax_t{1} << 30);

/// Writes to a temporary name in the same folder and renames, so that a reader never sees half a file.
[[nodiscard]] Status write_file(const std::filesystem::path& path, std::string_view content);
[[nodiscard]] Status write_file(const std::filesystem::path& path, std::span<const std::uint8_t> content);

/// The folder that holds `models/`, `samples/`, `manual/`: $TIMBERLINE_RESOURCES, else beside the program (installed or build tree), else the source tree.
[[nodiscard]] std::filesystem::path resource_folder();

/// Turns "bundled:NAME" into a folder under resources/models and leaves other paths as they are.
[[nodiscard]] std::filesystem::path resolve_model_path(std::string_view name);

/// The program's version, as CMake's project() says.
[[nodiscard]] std::string_view version() noexcept;

}  // namespace timberline
