// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors_header.h"

#include "core/base/json.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace timberline::io {
namespace {

constexpr std::uint64_t kLongestHeader = 100'000'000; // the format's own limit
constexpr std::size_t kMostDimensions = 16;

struct NamedType {
    DataType type;
    std::string_view name;
    std::size_t bytes;
};
constexpr std::array<NamedType, 10> kTypes = {{{DataType::F32, "F32", 4},
                                               {DataType::F16, "F16", 2},
                                               {DataType::BF16, "BF16", 2},
                                               {DataType::F64, "F64", 8},
                                               {DataType::I64, "I64", 8},
                                               {DataType::I32, "I32", 4},
                                               {DataType::I16, "I16", 2},
                                               {DataType::I8, "I8", 1},
                                               {DataType::U8, "U8", 1},
                                               {DataType::Bool, "BOOL", 1}}};

/// Types that the format has and that no model we run uses.
constexpr std::array<std::string_view, 7> kOtherTypes = {"U16", "U32", "U64", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F4"};

constexpr std::string_view kDamaged = "the file is damaged or was cut short; download or write it again";

Error bad(const std::string& where, const std::string& what, std::string_view hint = kDamaged)
{
    return make_error(ErrorCode::BadFile, where + ": " + what, std::string(hint));
}

std::string shown(const Json& value)
{
    return printable(value.dump(-1, ' ', false, Json::error_handler_t::replace), 60);
}

Result<const Json*> member(const Json& entry, const char* key, const std::string& where)
{
    const auto place = entry.find(key);
    if (place == entry.end()) {
        return bad(where, std::string("'") + key + "' is missing");
    }
    return &*place;
}

Result<DataType> read_type(const Json& value, const std::string& where)
{
    if (!value.is_string()) {
        return bad(where, "dtype is " + shown(value) + ", expected a text such as \"F32\"");
    }
    const auto& name = value.get_ref<const std::string&>();
    for (const NamedType& known : kTypes) {
        if (known.name == name) {
            return known.type;
        }
    }
    if (std::find(kOtherTypes.begin(), kOtherTypes.end(), name) != kOtherTypes.end()) {
        return make_error(ErrorCode::Unsupported, where + ": dtype " + name + " cannot be read, expected F32, F16, BF16 or F64",
                          "convert the model to F16 or BF16");
    }
    return bad(where, "dtype is " + in_quotes(name) + ", expected one of F32, F16, BF16, F64, I64, I32, I16, I8, U8, BOOL");
}

Result<std::vector<std::int64_t>> read_shape(const Json& value, const std::string& where)
{
    if (!value.is_array()) {
        return bad(where, "shape is " + shown(value) + ", expected a list of sizes");
    }
    if (value.size() > kMostDimensions) {
        return bad(where, "shape has " + std::to_string(value.size()) + " dimensions, expected at most 16");
    }
    std::vector<std::int64_t> shape;
    for (const Json& size : value) {
        constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (!size.is_number_unsigned() || size.get<std::uint64_t>() > kMost) {
            return bad(where, "shape holds " + shown(size) + ", expected integers of at least 0");
        }
        shape.push_back(size.get<std::int64_t>());
    }
    return shape;
}

struct Offsets {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

Result<Offsets> read_offsets(const Json& value, std::uint64_t available, const std::string& where)
{
    const bool pair = value.is_array() && value.size() == 2 && value[0].is_number_unsigned() && value[1].is_number_unsigned();
    if (!pair) {
        return bad(where, "data_offsets is " + shown(value) + ", expected two integers of at least 0");
    }
    const Offsets offsets{value[0].get<std::uint64_t>(), value[1].get<std::uint64_t>()};
    if (offsets.begin > offsets.end) {
        return bad(where, "data_offsets " + shown(value) + " run backwards, expected begin <= end");
    }
    if (offsets.end > available) {
        return bad(where, "data_offsets " + shown(value) + " pass the end of the file, which holds " + std::to_string(available) +
                              " bytes of data");
    }
    return offsets;
}

Result<TensorView> read_tensor(const std::string& name, const Json& entry, std::span<const std::uint8_t> data, const std::string& file)
{
    const std::string where = file + ": tensor " + in_quotes(name);
    if (!entry.is_object()) {
        return bad(where, "found " + shown(entry) + ", expected an object with dtype, shape and data_offsets");
    }
    for (const auto& [key, value] : entry.items()) {
        if (key != "dtype" && key != "shape" && key != "data_offsets") {
            return bad(where, "unknown key " + in_quotes(key) + ", expected dtype, shape and data_offsets");
        }
    }
    TensorView view;
    view.name = name;
    TIMBERLINE_ASSIGN(const Json* type, member(entry, "dtype", where));
    TIMBERLINE_ASSIGN(const Json* shape, member(entry, "shape", where));
    TIMBERLINE_ASSIGN(const Json* place, member(entry, "data_offsets", where));
    TIMBERLINE_ASSIGN(view.type, read_type(*type, where));
    TIMBERLINE_ASSIGN(view.shape, read_shape(*shape, where));
    TIMBERLINE_ASSIGN(const Offsets offsets, read_offsets(*place, data.size(), where));

    const auto elements = element_count(view.shape);
    std::uint64_t bytes = 0;
    if (!elements || __builtin_mul_overflow(static_cast<std::uint64_t>(*elements), size_of(view.type), &bytes)) {
        return bad(where, "shape " + shown(*shape) + " has more elements than any file can hold");
    }
    if (offsets.end - offsets.begin != bytes) {
        return bad(where, "data_offsets " + shown(*place) + " hold " + std::to_string(offsets.end - offsets.begin) + " bytes, but shape " +
                              shown(*shape) + " of " + std::string(name_of(view.type)) + " takes " + std::to_string(bytes));
    }
    view.data = data.data() + offsets.begin;
    view.bytes = static_cast<std::size_t>(bytes);
    return view;
}

/// Sorted by place, the tensors must cover the data exactly: the format allows neither overlap nor hole.
Status check_cover(const std::vector<TensorView>& tensors, std::span<const std::uint8_t> data, const std::string& file)
{
    std::uint64_t reached = 0;
    std::string_view before = "the header";
    for (const TensorView& view : tensors) {
        const auto begin = static_cast<std::uint64_t>(view.data - data.data());
        const std::string where = file + ": tensor " + in_quotes(view.name);
        if (begin < reached) {
            return bad(where, "data_offsets begin at " + std::to_string(begin) + " and overlap " + in_quotes(before) + ", which ends at " +
                                  std::to_string(reached));
        }
        if (begin > reached) {
            return bad(where, "data_offsets begin at " + std::to_string(begin) + " and leave a hole after byte " + std::to_string(reached));
        }
        reached = begin + view.bytes;
        before = view.name;
    }
    if (reached != data.size()) {
        return bad(file, std::to_string(data.size() - reached) + " bytes at the end belong to no tensor (data_offsets end at " +
                             std::to_string(reached) + " of " + std::to_string(data.size()) + ")");
    }
    return {};
}

Result<std::map<std::string, std::string>> read_metadata(const Json& value, const std::string& file)
{
    if (!value.is_object()) {
        return bad(file, "__metadata__ is " + shown(value) + ", expected an object of texts");
    }
    std::map<std::string, std::string> out;
    for (const auto& [key, text] : value.items()) {
        if (!text.is_string()) {
            return bad(file, "__metadata__ " + in_quotes(key) + " is " + shown(text) + ", expected a text");
        }
        out[key] = text.get<std::string>();
    }
    return out;
}

} // namespace

std::string_view name_of(DataType type) noexcept
{
    return kTypes[static_cast<std::size_t>(type)].name;
}

std::size_t size_of(DataType type) noexcept
{
    return kTypes[static_cast<std::size_t>(type)].bytes;
}

std::optional<std::int64_t> element_count(std::span<const std::int64_t> shape) noexcept
{
    // A size of 0 makes the tensor empty whatever the others are, so the product is only formed without zeros.
    if (std::any_of(shape.begin(), shape.end(), [](std::int64_t size) { return size < 0; })) {
        return std::nullopt;
    }
    if (std::find(shape.begin(), shape.end(), 0) != shape.end()) {
        return 0;
    }
    std::int64_t product = 1;
    for (const std::int64_t size : shape) {
        if (__builtin_mul_overflow(product, size, &product)) {
            return std::nullopt;
        }
    }
    return product;
}

Result<SafetensorsHeader> read_safetensors_header(std::span<const std::uint8_t> file, const std::string& where)
{
    std::uint64_t length = 0;
    if (file.size() < sizeof length) {
        return bad(where, "the file has " + std::to_string(file.size()) + " bytes, expected a header length of 8 bytes");
    }
    std::memcpy(&length, file.data(), sizeof length);
    const std::uint64_t behind = file.size() - sizeof length;
    if (length > behind || length > kLongestHeader) {
        return bad(where,
                   "header length " + std::to_string(length) + " passes " +
                       (length > behind ? "the end of the file (" + std::to_string(behind) + " bytes follow)"
                                        : std::string("the format's limit of 100,000,000")),
                   "the file is damaged or is no safetensors file");
    }
    const std::string_view text(reinterpret_cast<const char*>(file.data() + sizeof length), static_cast<std::size_t>(length));
    const auto data = file.subspan(sizeof length + static_cast<std::size_t>(length));
    auto parsed = parse_json(text, where + ": header");
    if (!parsed) {
        return bad(parsed.error().message, "the header cannot be read");
    }
    const Json& header = *parsed;
    if (!header.is_object()) {
        return bad(where, "header is " + shown(header) + ", expected an object of tensors");
    }
    SafetensorsHeader out;
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") {
            TIMBERLINE_ASSIGN(out.metadata, read_metadata(entry, where));
            continue;
        }
        TIMBERLINE_ASSIGN(TensorView view, read_tensor(name, entry, data, where));
        out.tensors.push_back(std::move(view));
    }
    std::sort(out.tensors.begin(), out.tensors.end(), [](const TensorView& a, const TensorView& b) {
        return a.data != b.data ? a.data < b.data : a.bytes < b.bytes; // an empty tensor comes before the one that begins there
    });
    TIMBERLINE_TRY(check_cover(out.tensors, data, where));
    return out;
}

} // namespace timberline::io
