// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// Zip archives and NumPy arrays (npy 1.0, npz), by libzip. Byte-for-byte reproducible: entries carry a fixed date.
namespace timberline::io {

struct Array {
    enum class Type : std::uint8_t { F32, I32, I64, U8, F64 };
    Type type = Type::F32;
    std::vector<std::int64_t> shape;
    std::vector<std::uint8_t> bytes;  ///< row-major, little endian
};
[[nodiscard]] Array make_array(std::vector<std::int64_t> shape, const float* data);
[[nodiscard]] Array make_array(std::vector<std::int64_t> shape, const std::int32_t* data);
[[nodiscard]] Array make_array(std::vector<std::int64_t> shape, const double* data);

using ArchiveEntries = std::map<std::string, std::string>;  ///< name → content

[[nodiscard]] Status write_zip(const std::filesystem::path& path, const ArchiveEntries& entries, bool compress);
[[nodiscard]] Result<std::string> zip_to_memory(const ArchiveEntries& entries, bool compress);
/// Untrusted input: entry count, names and unpacked sizes are limited (`limit` bytes in all).
[[nodiscard]] Result<ArchiveEntries> read_zip(const std::filesystem::path& path, std::uint64_t limit = std::uint64_t{4} << 30);
[[nodiscard]] Result<ArchiveEntries> read_zip_memory(const std::string& bytes, const std::string& where, std::uint64_t limit = std::uint64_t{4} << 30);

[[nodiscard]] std::string npy_bytes(const Array& array);
[[nodiscard]] Result<Array> parse_npy(const std::string& bytes, const std::string& where);

using Arrays = std::map<std::string, Array>;
[[nodiscard]] Status write_npz(const std::filesystem::path& path, const Arrays& arrays);
[[nodiscard]] Result<Arrays> read_npz(const std::filesystem::path& path);

}  // namespace timberline::io
