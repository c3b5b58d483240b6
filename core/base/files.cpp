// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"

#include "core/base/atomic_file.h"

#include <cstdlib>
#include <fstream>
#include <vector>

namespace timberline {
namespace {

Status write_bytes(const std::filesystem::path& path, const void* data, std::size_t bytes)
{
    TIMBERLINE_ASSIGN(AtomicFile file, AtomicFile::create(path));
    TIMBERLINE_TRY(file.write(data, bytes));
    return file.commit();
}

Error too_large(const std::filesystem::path& path, std::uintmax_t limit)
{
    return make_error(ErrorCode::BadFile, path.string() + ": larger than " + std::to_string(limit) + " bytes",
                      "check that this is the file you meant");
}

} // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::uintmax_t limit)
{
    std::error_code code;
    const auto status = std::filesystem::status(path, code);
    if (status.type() == std::filesystem::file_type::not_found) {
        return make_error(ErrorCode::NotFound, path.string() + ": no such file", "check the spelling of the path");
    }
    if (code || status.type() != std::filesystem::file_type::regular) {
        const std::string reason = code ? code.message() : std::string("expected a regular file");
        return make_error(ErrorCode::BadFile, path.string() + ": cannot be read (" + reason + ")",
                          "name a file that you may read, not a folder or a device");
    }
    const std::uintmax_t size = std::filesystem::file_size(path, code);
    if (!code && size > limit) {
        return too_large(path, limit);
    }
    std::ifstream stream(path, std::ios::binary);
    std::string out;
    out.reserve(code ? 0 : static_cast<std::size_t>(size));
    std::vector<char> block(std::size_t{1} << 16);
    // Reads to the end instead of `size` bytes: files under /proc say 0, and a file may grow meanwhile.
    while (stream.read(block.data(), static_cast<std::streamsize>(block.size())), stream.gcount() > 0) {
        out.append(block.data(), static_cast<std::size_t>(stream.gcount()));
        if (out.size() > limit) {
            return too_large(path, limit);
        }
    }
    if (!stream.eof()) {
        return make_error(ErrorCode::BadFile, path.string() + ": cannot be read", "check the permissions of the file");
    }
    return out;
}

Status write_file(const std::filesystem::path& path, std::string_view content)
{
    return write_bytes(path, content.data(), content.size());
}

Status write_file(const std::filesystem::path& path, std::span<const std::uint8_t> content)
{
    return write_bytes(path, content.data(), content.size());
}

std::filesystem::path resource_folder()
{
    std::vector<std::filesystem::path> candidates;
    if (const char* chosen = std::getenv("TIMBERLINE_RESOURCES"); chosen != nullptr && *chosen != '\0') {
        candidates.emplace_back(chosen);
    }
    std::error_code ignored;
    if (const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored); !ignored) {
        const auto folder = program.parent_path();
        candidates.push_back(folder / "../share/timberline");
        candidates.push_back(folder / "../resources");
        candidates.push_back(folder / "../../../resources"); // a build tree: build/PRESET/bin
    }
    candidates.emplace_back(TIMBERLINE_SOURCE_FOLDER "/resources");
    for (const auto& candidate : candidates) {
        if (std::filesystem::is_directory(candidate, ignored)) {
            auto clean = std::filesystem::canonical(candidate, ignored);
            return ignored ? candidate : clean;
        }
    }
    return candidates.front();
}

std::filesystem::path resolve_model_path(std::string_view name)
{
    constexpr std::string_view kBundled = "bundled:";
    if (name.substr(0, kBundled.size()) == kBundled) {
        return resource_folder() / "models" / name.substr(kBundled.size());
    }
    return name;
}

std::string_view version() noexcept
{
    return TIMBERLINE_VERSION;
}

} // namespace timberline
