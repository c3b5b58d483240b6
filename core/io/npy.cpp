// SPDX-License-Identifier: GPL-3.0-or-later
// The npy format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#include "core/io/archive.h"

#include "core/base/text.h"
#include "core/io/safetensors_header.h"

#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

namespace timberline::io {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kAlignment = 64; // numpy pads the header so that the data can be mapped
constexpr std::size_t kLongestHeader = 65'535;
constexpr std::size_t kMostDimensions = 32; // numpy's own limit

struct NamedType {
    std::string_view descr;
    std::size_t bytes;
};
constexpr std::array<NamedType, 5> kTypes = {{{"<f4", 4}, {"<i4", 4}, {"<i8", 8}, {"|u1", 1}, {"<f8", 8}}}; // in the order of Array::Type

Error bad(const std::string& where, const std::string& what)
{
    return make_error(ErrorCode::BadFile, where + ": " + what, "the array is damaged; write it again with numpy.save");
}

/// Reads the header's Python dictionary literal: three known keys, texts, True or False, a tuple of sizes.
class HeaderReader
{
public:
    explicit HeaderReader(std::string_view text) noexcept : text_(text) {}

    void skip_spaces()
    {
        while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n' || text_.front() == '\t')) {
            text_.remove_prefix(1);
        }
    }

    bool take(std::string_view word)
    {
        skip_spaces();
        if (text_.substr(0, word.size()) != word) {
            return false;
        }
        text_.remove_prefix(word.size());
        return true;
    }

    std::optional<std::string> take_text()
    {
        skip_spaces();
        if (text_.empty() || (text_.front() != '\'' && text_.front() != '"')) {
            return std::nullopt;
        }
        const std::size_t end = text_.find(text_.front(), 1);
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        std::string out(text_.substr(1, end - 1));
        text_.remove_prefix(end + 1);
        return out;
    }

    std::optional<std::vector<std::int64_t>> take_sizes()
    {
        std::vector<std::int64_t> out;
        if (!take("(")) {
            return std::nullopt;
        }
        while (!take(")")) {
            skip_spaces();
            std::int64_t size = 0;
            const auto [end, failure] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
            if (failure != std::errc{} || size < 0 || out.size() == kMostDimensions) {
                return std::nullopt;
            }
            text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
            out.push_back(size);
            if (!take(",")) {
                return take(")") ? std::optional(out) : std::nullopt;
            }
        }
        return out;
    }

    bool at_end()
    {
        skip_spaces();
        return text_.empty();
    }

private:
    std::string_view text_;
};

struct NpyHeader {
    std::optional<std::string> descr;
    std::optional<bool> fortran_order;
    std::optional<std::vector<std::int64_t>> shape;
};

/// @return nothing when the text is no such dictionary, or a key is unknown, missing or there twice.
std::optional<NpyHeader> read_header(std::string_view text)
{
    HeaderReader reader(text);
    NpyHeader out;
    bool more = reader.take("{");
    while (more) {
        const auto key = reader.take_text();
        if (!key || !reader.take(":")) {
            return std::nullopt;
        }
        if (*key == "descr" && !out.descr) {
            out.descr = reader.take_text();
        } else if (*key == "fortran_order" && !out.fortran_order) {
            const bool is_true = reader.take("True");
            out.fortran_order = is_true || reader.take("False") ? std::optional(is_true) : std::nullopt;
        } else if (*key == "shape" && !out.shape) {
            out.shape = reader.take_sizes();
        } else {
            return std::nullopt;
        }
        const bool comma = reader.take(",");
        const bool closed = reader.take("}");
        if (!comma && !closed) {
            return std::nullopt;
        }
        more = !closed;
    }
    return out.descr && out.fortran_order && out.shape && reader.at_end() ? std::optional(out) : std::nullopt;
}

template <typename T>
Array copied(Array::Type type, std::vector<std::int64_t> shape, const T* data)
{
    Array out{type, std::move(shape), {}};
    const std::size_t bytes = static_cast<std::size_t>(element_count(out.shape).value_or(0)) * sizeof(T);
    out.bytes.resize(bytes);
    if (bytes > 0) {
        std::memcpy(out.bytes.data(), data, bytes);
    }
    return out;
}

} // namespace

Array make_array(std::vector<std::int64_t> shape, const float* data)
{
    return copied(Array::Type::F32, std::move(shape), data);
}

Array make_array(std::vector<std::int64_t> shape, const std::int32_t* data)
{
    return copied(Array::Type::I32, std::move(shape), data);
}

Array make_array(std::vector<std::int64_t> shape, const double* data)
{
    return copied(Array::Type::F64, std::move(shape), data);
}

std::string npy_bytes(const Array& array)
{
    std::string header =
        "{'descr': '" + std::string(kTypes[static_cast<std::size_t>(array.type)].descr) + "', 'fortran_order': False, 'shape': (";
    for (std::size_t i = 0; i < array.shape.size(); ++i) {
        header.append(i > 0 ? ", " : "").append(std::to_string(array.shape[i]));
    }
    header += array.shape.size() == 1 ? "," : ""; // Python's tuple of one
    header += "), }";
    constexpr std::size_t kBefore = kMagic.size() + 4; // magic, two version bytes, two length bytes
    const std::size_t whole = (kBefore + header.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
    header.resize(whole - kBefore - 1, ' ');
    header += '\n';
    std::string out(kMagic);
    out += {'\x01', '\x00', static_cast<char>(header.size() & 0xFFU), static_cast<char>(header.size() >> 8U)};
    out += header;
    out.append(reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size());
    return out;
}

Result<Array> parse_npy(const std::string& bytes, const std::string& where)
{
    const std::string_view all = bytes;
    if (all.substr(0, kMagic.size()) != kMagic || all.size() < kMagic.size() + 4) {
        return bad(where, "is no npy array, expected it to begin with \\x93NUMPY");
    }
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(all[i])); };
    const std::size_t major = byte(6);
    if (major < 1 || major > 3) {
        return make_error(ErrorCode::Unsupported, where + ": npy version " + std::to_string(major) + ", expected 1 to 3",
                          "write the array with a common version of numpy");
    }
    const std::size_t length_bytes = major == 1 ? 2 : 4;
    const std::size_t start = kMagic.size() + 2 + length_bytes;
    std::size_t length = all.size() < start ? all.size() : byte(8) | (byte(9) << 8U);
    if (major > 1 && all.size() >= start) {
        length |= (byte(10) << 16U) | (byte(11) << 24U);
    }
    if (all.size() < start || length > all.size() - start || length > kLongestHeader) {
        return bad(where,
                   "header length " + std::to_string(length) + " passes the end of the array's " + std::to_string(all.size()) + " bytes");
    }
    const auto header = read_header(all.substr(start, length));
    if (!header) {
        return bad(where, "header " + in_quotes(all.substr(start, length)) + " cannot be read, expected descr, fortran_order and shape");
    }
    Array out;
    std::size_t type = 0;
    while (type < kTypes.size() && kTypes[type].descr != *header->descr) {
        ++type;
    }
    if (type == kTypes.size() || *header->fortran_order) {
        const std::string got = type == kTypes.size() ? "descr " + in_quotes(*header->descr) : std::string("fortran_order True");
        return make_error(ErrorCode::Unsupported, where + ": " + got + ", expected <f4, <i4, <i8 or |u1 in C order",
                          "convert the array with numpy.ascontiguousarray(a, dtype)");
    }
    out.type = static_cast<Array::Type>(type);
    out.shape = *header->shape;
    const auto elements = element_count(out.shape);
    const std::string_view data = all.substr(start + length);
    std::uint64_t wanted = 0;
    if (!elements || __builtin_mul_overflow(static_cast<std::uint64_t>(*elements), kTypes[type].bytes, &wanted) || wanted != data.size()) {
        return bad(where, "shape holds " + (elements ? std::to_string(*elements) : std::string("too many")) + " elements of " +
                              std::to_string(kTypes[type].bytes) + " bytes, but " + std::to_string(data.size()) + " bytes of data follow");
    }
    out.bytes.assign(data.begin(), data.end());
    return out;
}

Status write_npz(const std::filesystem::path& path, const Arrays& arrays)
{
    ArchiveEntries entries;
    for (const auto& [name, array] : arrays) {
        entries.emplace(name + ".npy", npy_bytes(array));
    }
    return write_zip(path, entries, /*compress=*/false); // float noise hardly packs, and numpy.savez stores as well
}

Result<Arrays> read_npz(const std::filesystem::path& path)
{
    TIMBERLINE_ASSIGN(const ArchiveEntries entries, read_zip(path));
    Arrays out;
    for (const auto& [name, content] : entries) {
        constexpr std::string_view kSuffix = ".npy";
        const std::string where = path.string() + ": entry " + in_quotes(name);
        if (name.size() <= kSuffix.size() || std::string_view(name).substr(name.size() - kSuffix.size()) != kSuffix) {
            return bad(where, "expected a name that ends in .npy");
        }
        TIMBERLINE_ASSIGN(Array array, parse_npy(content, where));
        out.emplace(name.substr(0, name.size() - kSuffix.size()), std::move(array));
    }
    return out;
}

} // namespace timberline::io
