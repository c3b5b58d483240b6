// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/archive.h"

#include "core/base/files.h"
#include "core/base/text.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include <zip.h>

namespace timberline::io {
namespace {

constexpr zip_uint64_t kMostEntries = 100'000;
constexpr std::uint16_t kFixedDate = (0U << 9U) | (1U << 5U) | 1U; // 1 January 1980, the first day that a zip can name
// Deflate cannot pack more than about 1032 bytes into one; an entry that claims more is damaged or a bomb.
constexpr std::uint64_t kBestRatio = 1100;
constexpr std::size_t kBlock = std::size_t{1} << 20;

struct DiscardZip {
    void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
struct CloseEntry {
    void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};
struct FreeSource {
    void operator()(zip_source_t* source) const noexcept { zip_source_free(source); }
};
using Zip = std::unique_ptr<zip_t, DiscardZip>;
using Source = std::unique_ptr<zip_source_t, FreeSource>;

class ZipError
{
public:
    ZipError() noexcept { zip_error_init(&error_); }
    ~ZipError() { zip_error_fini(&error_); }
    ZipError(const ZipError&) = delete;
    ZipError& operator=(const ZipError&) = delete;
    zip_error_t* get() noexcept { return &error_; }
    [[nodiscard]] std::string text() { return printable(zip_error_strerror(&error_)); }

private:
    zip_error_t error_;
};

Error bad(const std::string& where, const std::string& what)
{
    return make_error(ErrorCode::BadFile, where + ": " + what, "the file is damaged or is not what its name says");
}

Error cannot_pack(const std::string& name, const std::string& reason)
{
    return make_error(ErrorCode::InvalidArgument, "zip entry " + in_quotes(name) + " cannot be written (" + reason + ")");
}

/// Names that stay below the folder they are unpacked in, on every system.
bool is_safe_name(std::string_view name)
{
    if (name.empty() || name.size() > 1024 || name.front() == '/' ||
        name.find_first_of(std::string_view("\\:\0", 3)) != std::string_view::npos) {
        return false;
    }
    for (std::size_t start = 0; start <= name.size();) {
        const std::size_t slash = std::min(name.find('/', start), name.size());
        const std::string_view part = name.substr(start, slash - start);
        if (part == ".." || part == ".") {
            return false;
        }
        start = slash + 1;
    }
    return true;
}

Status add_entry(zip_t* archive, const std::string& name, const std::string& content, bool compress)
{
    if (!is_safe_name(name) || name.back() == '/') {
        return cannot_pack(name, "the name leaves the archive's folder");
    }
    // The content outlives the archive object, so libzip need not copy it.
    Source source(zip_source_buffer(archive, content.data(), content.size(), 0));
    if (!source) {
        return cannot_pack(name, printable(zip_strerror(archive)));
    }
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        return cannot_pack(name, printable(zip_strerror(archive)));
    }
    (void)source.release(); // the archive owns it now
    const auto entry = static_cast<zip_uint64_t>(index);
    if (zip_set_file_compression(archive, entry, compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(archive, entry, 0, kFixedDate, 0) != 0) {
        return cannot_pack(name, printable(zip_strerror(archive)));
    }
    return {};
}

Result<std::string> read_source(zip_source_t* source)
{
    std::string out;
    zip_stat_t information;
    if (zip_source_stat(source, &information) != 0 || zip_source_open(source) != 0) {
        return make_error(ErrorCode::Internal, "the packed zip cannot be read back");
    }
    out.resize(static_cast<std::size_t>(information.size));
    std::size_t got = 0;
    while (got < out.size()) {
        const zip_int64_t count = zip_source_read(source, out.data() + got, out.size() - got);
        if (count <= 0) {
            break;
        }
        got += static_cast<std::size_t>(count);
    }
    zip_source_close(source);
    if (got != out.size()) {
        return make_error(ErrorCode::Internal, "the packed zip cannot be read back");
    }
    return out;
}

/// One entry's bytes; memory grows only as bytes really arrive.
Result<std::string> read_entry(zip_t* archive, const zip_stat_t& information, const std::string& where)
{
    const std::unique_ptr<zip_file_t, CloseEntry> file(zip_fopen_index(archive, information.index, 0));
    if (!file) {
        return bad(where, "cannot be unpacked (" + printable(zip_strerror(archive)) + ")");
    }
    std::string out;
    const auto size = static_cast<std::size_t>(information.size);
    // One byte more than promised is asked for, so that an entry with more is noticed and the checksum is reached.
    while (out.size() <= size) {
        const std::size_t before = out.size();
        const std::size_t wanted = std::min(kBlock, size - before + 1);
        out.resize(before + wanted);
        const zip_int64_t count = zip_fread(file.get(), out.data() + before, wanted);
        if (count < 0) {
            return bad(where, "cannot be unpacked (" + printable(zip_file_strerror(file.get())) + ")");
        }
        out.resize(before + static_cast<std::size_t>(count));
        if (count == 0) {
            break;
        }
    }
    if (out.size() != size) {
        return bad(where, "unpacks to " + (out.size() > size ? "more than the" : std::to_string(out.size()) + " bytes instead of the") +
                              " " + std::to_string(size) + " bytes promised");
    }
    return out;
}

Status check_entry(const zip_stat_t& information, const std::string& where, std::uint64_t left)
{
    constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if ((information.valid & kNeeded) != kNeeded) {
        return bad(where, "its size is missing");
    }
    if ((information.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && information.encryption_method != ZIP_EM_NONE) {
        return make_error(ErrorCode::Unsupported, where + ": encrypted, expected a plain entry",
                          "unpack and pack it again without a password");
    }
    if (information.comp_method != ZIP_CM_STORE && information.comp_method != ZIP_CM_DEFLATE) {
        return make_error(ErrorCode::Unsupported,
                          where + ": packed by method " + std::to_string(information.comp_method) + ", expected store or deflate",
                          "pack it again with an ordinary zip program");
    }
    if (information.size > left) {
        return bad(where, "unpacks to " + std::to_string(information.size) + " bytes, but only " + std::to_string(left) +
                              " of the limit are left");
    }
    if (information.size / kBestRatio > information.comp_size) {
        return bad(where, "claims " + std::to_string(information.size) + " bytes from " + std::to_string(information.comp_size) +
                              ", more than any packing reaches");
    }
    return {};
}

Result<ArchiveEntries> read_entries(zip_t* archive, const std::string& where, std::uint64_t limit)
{
    const auto count = static_cast<zip_uint64_t>(std::max<zip_int64_t>(0, zip_get_num_entries(archive, 0)));
    if (count > kMostEntries) {
        return bad(where, "holds " + std::to_string(count) + " entries, expected at most 100,000");
    }
    ArchiveEntries out;
    for (zip_uint64_t i = 0; i < count; ++i) {
        zip_stat_t information;
        zip_stat_init(&information);
        if (zip_stat_index(archive, i, 0, &information) != 0 || (information.valid & ZIP_STAT_NAME) == 0) {
            return bad(where, "entry " + std::to_string(i) + " cannot be read (" + printable(zip_strerror(archive)) + ")");
        }
        const std::string name = information.name;
        const std::string place = where + ": entry " + in_quotes(name);
        if (!is_safe_name(name)) {
            return bad(place, "the name leaves the archive's folder");
        }
        if (name.back() == '/') {
            continue; // a folder
        }
        TIMBERLINE_TRY(check_entry(information, place, limit));
        TIMBERLINE_ASSIGN(std::string content, read_entry(archive, information, place));
        limit -= content.size();
        if (!out.emplace(name, std::move(content)).second) {
            return bad(place, "the name occurs twice");
        }
    }
    return out;
}

} // namespace

Result<std::string> zip_to_memory(const ArchiveEntries& entries, bool compress)
{
    if (entries.empty()) {
        // libzip deletes an archive without entries instead of writing it; this is the end record of one, all counts zero.
        return std::string("PK\x05\x06", 4) + std::string(18, '\0');
    }
    ZipError error;
    const Source source(zip_source_buffer_create(nullptr, 0, 0, error.get()));
    if (!source) {
        return make_error(ErrorCode::OutOfMemory, "a zip cannot be packed (" + error.text() + ")");
    }
    zip_source_keep(source.get()); // survives zip_close, to be read afterwards
    Zip archive(zip_open_from_source(source.get(), ZIP_TRUNCATE, error.get()));
    if (!archive) {
        zip_source_free(source.get());
        return make_error(ErrorCode::Internal, "a zip cannot be packed (" + error.text() + ")");
    }
    for (const auto& [name, content] : entries) {
        TIMBERLINE_TRY(add_entry(archive.get(), name, content, compress));
    }
    if (zip_close(archive.get()) != 0) {
        return make_error(ErrorCode::OutOfMemory, "a zip cannot be packed (" + printable(zip_strerror(archive.get())) + ")");
    }
    (void)archive.release(); // a successful close has freed it
    return read_source(source.get());
}

Status write_zip(const std::filesystem::path& path, const ArchiveEntries& entries, bool compress)
{
    auto packed = zip_to_memory(entries, compress);
    if (!packed) {
        return packed.error().with(path.string());
    }
    return write_file(path, std::string_view(*packed));
}

Result<ArchiveEntries> read_zip_memory(const std::string& bytes, const std::string& where, std::uint64_t limit)
{
    ZipError error;
    Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, error.get()));
    if (!source) {
        return bad(where, "cannot be read as zip (" + error.text() + ")");
    }
    const Zip archive(bytes.empty() ? nullptr : zip_open_from_source(source.get(), ZIP_RDONLY, error.get()));
    if (!archive) {
        return bad(where, bytes.empty() ? "the file is empty, expected a zip archive" : "is no zip archive (" + error.text() + ")");
    }
    (void)source.release(); // the archive owns it now
    return read_entries(archive.get(), where, limit);
}

Result<ArchiveEntries> read_zip(const std::filesystem::path& path, std::uint64_t limit)
{
    TIMBERLINE_ASSIGN(const std::string bytes, read_file(path, limit));
    return read_zip_memory(bytes, path.string(), limit);
}

} // namespace timberline::io
