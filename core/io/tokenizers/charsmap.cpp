// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/charsmap.h"

#include "core/io/tokenizers/unicode.h"

#include <utf8proc.h>

namespace timberline::io::tokenizers {

namespace {

constexpr std::size_t kLongestGrapheme = 5;  // bytes; a longer one is looked up character by character

[[nodiscard]] std::uint32_t word_at(std::string_view bytes, std::size_t offset) noexcept
{
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        word |= std::uint32_t{static_cast<std::uint8_t>(bytes[offset + i])} << (8 * i);
    }
    return word;
}

// Layout of a unit of a Darts array: bit 8 tells that a value follows, bits 0-7 and 31 are the label, the rest the offset.
[[nodiscard]] bool has_value(std::uint32_t unit) noexcept
{
    return ((unit >> 8) & 1) != 0;
}
[[nodiscard]] std::uint32_t label(std::uint32_t unit) noexcept
{
    return unit & ((std::uint32_t{1} << 31) | 0xFF);
}
[[nodiscard]] std::size_t offset_of(std::uint32_t unit) noexcept
{
    return static_cast<std::size_t>(unit >> 10) << ((unit & (std::uint32_t{1} << 9)) >> 6);
}

}  // namespace

std::optional<CharsMap> CharsMap::parse(std::string_view bytes)
{
    if (bytes.size() < 4) {
        return std::nullopt;
    }
    const std::size_t size = word_at(bytes, 0);
    if (size % 4 != 0 || size == 0 || size > bytes.size() - 4) {
        return std::nullopt;
    }
    CharsMap map;
    map.units_.reserve(size / 4);
    for (std::size_t i = 0; i < size; i += 4) {
        map.units_.push_back(word_at(bytes, 4 + i));
    }
    map.pool_ = std::string(bytes.substr(4 + size));
    if (!is_valid_utf8(map.pool_)) {
        return std::nullopt;
    }
    return map;
}

std::optional<std::string_view> CharsMap::find(std::string_view text) const
{
    std::size_t node = offset_of(units_[0]);
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        node ^= byte;
        if (byte == 0 || node >= units_.size() || label(units_[node]) != byte) {
            return std::nullopt;
        }
        const std::uint32_t unit = units_[node];
        node ^= offset_of(unit);
        if (!has_value(unit)) {
            continue;
        }
        if (node >= units_.size()) {
            return std::nullopt;
        }
        const std::size_t begin = units_[node] & 0x7FFFFFFFU;
        if (begin >= pool_.size()) {
            return std::string_view();
        }
        // An offset into the middle of a character is damage; the text must stay valid UTF-8.
        const std::string_view found = std::string_view(pool_).substr(begin, pool_.find('\0', begin) - begin);
        return is_valid_utf8(found) ? found : std::string_view();
    }
    return std::nullopt;
}

std::string CharsMap::normalize(std::string_view text) const
{
    std::string result;
    result.reserve(text.size());
    const auto grapheme = [&](std::string_view cluster) {
        if (cluster.size() <= kLongestGrapheme) {
            if (const auto mapped = find(cluster)) {
                result += *mapped;
                return;
            }
        }
        for (std::size_t i = 0; i < cluster.size();) {
            const std::size_t begin = i;
            (void)next_code_point(cluster, i);
            const std::string_view character = cluster.substr(begin, i - begin);
            result += find(character).value_or(character);
        }
    };
    std::size_t cluster_begin = 0;
    utf8proc_int32_t state = 0;
    utf8proc_int32_t previous = -1;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t begin = i;
        const auto code_point = static_cast<utf8proc_int32_t>(next_code_point(text, i));
        if (previous >= 0 && utf8proc_grapheme_break_stateful(previous, code_point, &state)) {
            grapheme(text.substr(cluster_begin, begin - cluster_begin));
            cluster_begin = begin;
        }
        previous = code_point;
    }
    if (cluster_begin < text.size()) {
        grapheme(text.substr(cluster_begin));
    }
    return result;
}

}  // namespace timberline::io::tokenizers
