// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/codec_block.h"

#include "core/base/text.h"
#include "core/io/archive.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <limits>

namespace timberline::record {
namespace {

constexpr std::size_t kMostEntries = 4096;  ///< numbers, texts or arrays of one block

Error damaged(const std::string& what)
{
    return make_error(ErrorCode::BadFile, what, "The file is damaged; open another copy, or run its config again.");
}

std::string member_name(std::size_t number, const std::string& key)
{
    return "block." + std::to_string(number) + "." + key + ".npy";
}

/// Keys become names of archive members.
bool is_key(std::string_view key)
{
    return !key.empty() && key.size() <= 100 && std::ranges::all_of(key, [](char c) {
        return (std::isalnum(static_cast<unsigned char>(c)) != 0) || c == '_' || c == '-' || c == '.';
    });
}

Json number_json(double value)
{
    return std::isfinite(value) ? Json(value) : Json(number_text(value));
}

bool read_number(const Json& json, double& out)
{
    if (json.is_number()) {
        out = json.get<double>();
    } else if (json == "nan") {
        out = std::numeric_limits<double>::quiet_NaN();
    } else if (json == "inf" || json == "-inf") {
        out = json == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
    } else {
        return false;
    }
    return true;
}

template <typename T>
BlockArray typed(const io::Array& array)
{
    std::vector<T> values(array.bytes.size() / sizeof(T));
    if (!values.empty()) {
        std::memcpy(values.data(), array.bytes.data(), values.size() * sizeof(T));
    }
    return {array.shape, std::move(values)};
}

/// A member of the event that must be an object of limited size, or is absent.
Result<const Json*> object_member(const Json& json, const std::string& where, const char* key)
{
    const auto found = json.find(key);
    if (found == json.end()) {
        return nullptr;
    }
    if (!found->is_object() || found->size() > kMostEntries) {
        return damaged(where + "." + key + ": expected an object of at most " + std::to_string(kMostEntries) + " entries");
    }
    return &*found;
}

Status read_arrays(const Json& names, const std::string& where, std::size_t number, const ArchiveMembers& arrays, Block& out)
{
    for (const auto& name : names) {
        if (!name.is_string() || !is_key(name.get_ref<const std::string&>())) {
            return damaged(where + ".arrays: expected names of letters, digits, dots, dashes and underscores");
        }
        const auto key = name.get<std::string>();
        const auto member = member_name(number, key);
        const auto found = arrays.find(member);
        if (found == arrays.end()) {
            return damaged("arrays.npz: " + member + " is missing");
        }
        TIMBERLINE_ASSIGN(const io::Array array, io::parse_npy(found->second, "arrays.npz: " + member));
        switch (array.type) {
        case io::Array::Type::F32:
            out.arrays[key] = typed<float>(array);
            break;
        case io::Array::Type::F64:
            out.arrays[key] = typed<double>(array);
            break;
        case io::Array::Type::I32:
            out.arrays[key] = typed<std::int32_t>(array);
            break;
        default:
            return damaged("arrays.npz: " + member + ": got another type, expected float32, float64 or int32");
        }
    }
    return {};
}

}  // namespace

std::int64_t element_count(const std::vector<std::int64_t>& shape) noexcept
{
    if (shape.empty()) {
        return 0;
    }
    std::int64_t count = 1;
    for (const auto size : shape) {
        if (size < 0 || __builtin_mul_overflow(count, size, &count)) {
            return -1;
        }
    }
    return count;
}

Status write_block(const Block& block, std::size_t number, Json& json, ArchiveMembers& arrays)
{
    json = {
        {"kind", block.kind}, {"moment", block.moment}, {"numbers", Json::object()}, {"texts", Json::object()}, {"arrays", Json::array()}};
    for (const auto& [key, value] : block.numbers) {
        json["numbers"][key] = number_json(value);
    }
    for (const auto& [key, text] : block.texts) {
        json["texts"][key] = text;
    }
    for (const auto& [key, array] : block.arrays) {
        const auto count = std::visit([](const auto& values) { return static_cast<std::int64_t>(values.size()); }, array.values);
        if (!is_key(key) || element_count(array.shape) != count) {
            return make_error(ErrorCode::Internal,
                              "block " + block.kind + ": " + in_quotes(key) + " holds " + std::to_string(count) + " numbers, expected " +
                                  std::to_string(element_count(array.shape)),
                              "This is a mistake of the program; please report it.");
        }
        json["arrays"].push_back(key);
        arrays[member_name(number, key)] =
            std::visit([&](const auto& values) { return io::npy_bytes(io::make_array(array.shape, values.data())); }, array.values);
    }
    return {};
}

Result<Block> read_block(const Json& json, const std::string& where, std::size_t number, const ArchiveMembers& arrays)
{
    Block out;
    const auto kind = json.find("kind");
    if (kind == json.end() || !kind->is_string()) {
        return damaged(where + ".kind: expected a text");
    }
    out.kind = kind->get<std::string>();
    const auto moment = json.find("moment");
    if (moment == json.end() || !moment->is_number_integer() || moment->get<std::int64_t>() < -1 ||
        moment->get<std::int64_t>() > std::numeric_limits<std::int32_t>::max() - 1) {
        return damaged(where + ".moment: expected a whole number from -1 to 2147483646");
    }
    out.moment = moment->get<std::int32_t>();
    TIMBERLINE_ASSIGN(const Json* numbers, object_member(json, where, "numbers"));
    if (numbers != nullptr) {
        for (const auto& [key, value] : numbers->items()) {
            if (!read_number(value, out.numbers[key])) {
                return damaged(where + ".numbers[" + in_quotes(key) + "]: expected a number");
            }
        }
    }
    TIMBERLINE_ASSIGN(const Json* texts, object_member(json, where, "texts"));
    if (texts != nullptr) {
        for (const auto& [key, value] : texts->items()) {
            if (!value.is_string()) {
                return damaged(where + ".texts[" + in_quotes(key) + "]: expected a text");
            }
            out.texts[key] = value.get<std::string>();
        }
    }
    if (const auto names = json.find("arrays"); names != json.end()) {
        if (!names->is_array() || names->size() > kMostEntries) {
            return damaged(where + ".arrays: expected a list of at most " + std::to_string(kMostEntries) + " names");
        }
        TIMBERLINE_TRY(read_arrays(*names, where, number, arrays, out));
    }
    return out;
}

}  // namespace timberline::record
