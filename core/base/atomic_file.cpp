// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace timberline {
namespace {

Error failure(const std::filesystem::path& path, int code)
{
    const ErrorCode kind = code == ENOENT || code == ENOTDIR ? ErrorCode::NotFound : ErrorCode::InvalidArgument;
    return make_error(kind, path.string() + ": cannot be written (" + std::generic_category().message(code) + ")",
                      code == ENOSPC ? "free some space on that disk" : "check that the folder exists and may be written");
}

} // namespace

AtomicFile::AtomicFile(std::filesystem::path target, std::filesystem::path temporary, int descriptor)
    : target_(std::move(target)), temporary_(std::move(temporary)), descriptor_(descriptor)
{}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : target_(std::move(other.target_)), temporary_(std::move(other.temporary_)), descriptor_(std::exchange(other.descriptor_, -1))
{}

AtomicFile::~AtomicFile()
{
    if (descriptor_ >= 0) {
        ::close(descriptor_);
        ::unlink(temporary_.c_str());
    }
}

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& path)
{
    static std::atomic<unsigned> counter{0};
    std::error_code ignored;
    // Writing through a symbolic link keeps the link, as an ordinary write would.
    std::filesystem::path target = path;
    if (std::filesystem::is_symlink(path, ignored)) {
        if (auto real = std::filesystem::canonical(path, ignored); !ignored) {
            target = std::move(real);
        }
    }
    if (std::filesystem::is_directory(target, ignored)) {
        return failure(path, EISDIR);
    }
    std::filesystem::path temporary = target;
    temporary += ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(counter.fetch_add(1));
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        return failure(path, errno);
    }
    return AtomicFile(std::move(target), std::move(temporary), descriptor);
}

Status AtomicFile::write(const void* data, std::size_t bytes)
{
    const char* at = static_cast<const char*>(data);
    while (bytes > 0) {
        constexpr std::size_t kLargest = std::size_t{1} << 30; // Linux writes at most 2 GiB a call
        const ssize_t written = ::write(descriptor_, at, std::min(bytes, kLargest));
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return failure(target_, errno);
        }
        at += written;
        bytes -= static_cast<std::size_t>(written);
    }
    return {};
}

Status AtomicFile::commit()
{
    // Without the sync a power cut after the rename could leave an empty file under the good name.
    int code = ::fsync(descriptor_) == 0 || errno == EINVAL ? 0 : errno;
    if (::close(std::exchange(descriptor_, -1)) != 0 && code == 0) {
        code = errno;
    }
    if (code == 0 && ::rename(temporary_.c_str(), target_.c_str()) != 0) {
        code = errno;
    }
    if (code != 0) {
        ::unlink(temporary_.c_str());
        return failure(target_, code);
    }
    return {};
}

} // namespace timberline
