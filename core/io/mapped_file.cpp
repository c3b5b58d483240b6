// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mapped_file.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace timberline::io {
namespace {

Error failure(const std::filesystem::path& path, int code)
{
    if (code == ENOENT || code == ENOTDIR) {
        return make_error(ErrorCode::NotFound, path.string() + ": no such file", "check the spelling of the path");
    }
    return make_error(ErrorCode::BadFile, path.string() + ": cannot be read (" + std::generic_category().message(code) + ")",
                      "check the permissions of the file");
}

} // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a named pipe must not block here
    if (descriptor < 0) {
        return failure(path, errno);
    }
    struct stat information = {};
    const int code = ::fstat(descriptor, &information) == 0 ? 0 : errno;
    if (code != 0 || !S_ISREG(information.st_mode)) {
        ::close(descriptor);
        return code != 0 ? failure(path, code)
                         : make_error(ErrorCode::BadFile, path.string() + ": cannot be read (expected a regular file)",
                                      "name the file itself, not a folder or a device");
    }
    const auto size = static_cast<std::size_t>(information.st_size);
    if (size == 0) {
        ::close(descriptor);
        return MappedFile(nullptr, 0);
    }
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    const int map_code = errno;
    ::close(descriptor); // the mapping keeps the file
    if (address == MAP_FAILED) {
        return failure(path, map_code);
    }
    return MappedFile(static_cast<const std::uint8_t*>(address), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept
{
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

MappedFile::~MappedFile()
{
    if (data_ != nullptr) {
        ::munmap(const_cast<std::uint8_t*>(data_), size_);
    }
}

} // namespace timberline::io
