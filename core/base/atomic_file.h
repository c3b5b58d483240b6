// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <filesystem>

namespace timberline {

/// A file that appears under its name only when it is complete: bytes go to a temporary name in the same folder; commit() renames.
/// Without commit() the temporary file is removed. Movable, not copyable; one thread at a time.
class AtomicFile
{
public:
    [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& path);

    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    ~AtomicFile();

    [[nodiscard]] Status write(const void* data, std::size_t bytes);
    /// Flushes to the disk and renames. The file is closed whether it succeeds or not.
    [[nodiscard]] Status commit();

private:
    AtomicFile(std::filesystem::path target, std::filesystem::path temporary, int descriptor);

    std::filesystem::path target_;
    std::filesystem::path temporary_;
    int descriptor_ = -1;
};

} // namespace timberline
