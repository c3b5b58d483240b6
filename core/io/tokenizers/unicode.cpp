// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/unicode.h"

#include "core/io/tokenizers/unicode_age.h"

#include <utf8proc.h>

#include <algorithm>

namespace timberline::io::tokenizers {

namespace {

[[nodiscard]] std::uint8_t byte_at(std::string_view text, std::size_t i) noexcept
{
    return static_cast<std::uint8_t>(text[i]);
}

struct Sequence {
    std::size_t length = 1;  ///< bytes of the sequence, or of the ill-formed part
    bool valid = false;
};

/// The sequence at `i`, by table 3-7 of the Unicode standard.
[[nodiscard]] Sequence sequence_at(std::string_view text, std::size_t i) noexcept
{
    const std::uint8_t first = byte_at(text, i);
    if (first < 0x80) {
        return {1, true};
    }
    std::size_t length = 0;
    std::uint8_t low = 0x80;
    std::uint8_t high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        low = first == 0xE0 ? 0xA0 : 0x80;
        high = first == 0xED ? 0x9F : 0xBF;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        low = first == 0xF0 ? 0x90 : 0x80;
        high = first == 0xF4 ? 0x8F : 0xBF;
    } else {
        return {1, false};
    }
    for (std::size_t k = 1; k < length; ++k) {
        if (i + k >= text.size() || byte_at(text, i + k) < low || byte_at(text, i + k) > high) {
            return {k, false};
        }
        low = 0x80;
        high = 0xBF;
    }
    return {length, true};
}

[[nodiscard]] utf8proc_category_t category_of(char32_t code_point) noexcept
{
    return utf8proc_category(static_cast<utf8proc_int32_t>(code_point));
}

/// GPT-2's table: printable Latin-1 bytes stand for themselves, the other 68 for U+0100 onwards in order.
[[nodiscard]] constexpr bool stands_for_itself(int byte) noexcept
{
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
}

struct ByteTables {
    std::array<std::string, 256> pieces;
    std::array<std::int16_t, 0x180> bytes{};

    ByteTables()
    {
        bytes.fill(-1);
        char32_t next = 0x100;
        for (int byte = 0; byte < 256; ++byte) {
            const char32_t code_point = stands_for_itself(byte) ? static_cast<char32_t>(byte) : next++;
            append_code_point(pieces[static_cast<std::size_t>(byte)], code_point);
            bytes[code_point] = static_cast<std::int16_t>(byte);
        }
    }
};

[[nodiscard]] const ByteTables& byte_tables()
{
    static const ByteTables tables;
    return tables;
}

[[nodiscard]] int hexadecimal(char c) noexcept
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

[[nodiscard]] int base64_value(char c) noexcept
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == '+') {
        return 62;
    }
    return c == '/' ? 63 : -1;
}

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& position) noexcept
{
    const std::uint8_t first = byte_at(text, position);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    char32_t code_point = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length && position + k < text.size(); ++k) {
        code_point = (code_point << 6) | (byte_at(text, position + k) & 0x3FU);
    }
    position = std::min(position + length, text.size());
    return code_point;
}

void append_code_point(std::string& text, char32_t code_point)
{
    const auto put = [&text](char32_t value) { text.push_back(static_cast<char>(static_cast<std::uint8_t>(value))); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | (code_point >> 6));
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | (code_point >> 12));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | (code_point >> 18));
        put(0x80 | ((code_point >> 12) & 0x3F));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

std::size_t previous_boundary(std::string_view text, std::size_t end) noexcept
{
    std::size_t begin = end - 1;
    while (begin > 0 && (byte_at(text, begin) & 0xC0) == 0x80) {
        --begin;
    }
    return begin;
}

std::string lossy_utf8(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        const Sequence sequence = sequence_at(bytes, i);
        if (sequence.valid) {
            text.append(bytes.substr(i, sequence.length));
        } else {
            text.append("\xEF\xBF\xBD");
        }
        i += sequence.length;
    }
    return text;
}

bool is_valid_utf8(std::string_view bytes) noexcept
{
    for (std::size_t i = 0; i < bytes.size();) {
        const Sequence sequence = sequence_at(bytes, i);
        if (!sequence.valid) {
            return false;
        }
        i += sequence.length;
    }
    return true;
}

bool is_ascii(std::string_view bytes) noexcept
{
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<std::uint8_t>(c) < 0x80; });
}

bool is_white_space(char32_t c) noexcept
{
    return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_numeric(char32_t code_point) noexcept
{
    const auto category = category_of(code_point);
    return category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL || category == UTF8PROC_CATEGORY_NO;
}

bool is_punctuation(char32_t code_point) noexcept
{
    if (code_point < 0x80) {
        return (code_point >= '!' && code_point <= '/') || (code_point >= ':' && code_point <= '@') ||
               (code_point >= '[' && code_point <= '`') || (code_point >= '{' && code_point <= '~');
    }
    const auto category = category_of(code_point);
    const bool punctuation = category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
    return punctuation ? !is_newer_punctuation(code_point) : is_former_punctuation(code_point);
}

bool is_mark(char32_t code_point) noexcept
{
    const auto category = category_of(code_point);
    const bool mark = category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
    return mark ? !is_newer_mark(code_point) : is_former_mark(code_point);
}

const std::array<std::string, 256>& byte_alphabet()
{
    return byte_tables().pieces;
}

std::optional<std::uint8_t> byte_of_character(char32_t code_point) noexcept
{
    const auto& bytes = byte_tables().bytes;
    if (code_point >= bytes.size() || bytes[code_point] < 0) {
        return std::nullopt;
    }
    return static_cast<std::uint8_t>(bytes[code_point]);
}

std::string to_byte_alphabet(std::string_view bytes)
{
    const auto& pieces = byte_alphabet();
    std::string text;
    text.reserve(bytes.size() + bytes.size() / 2);
    for (const char byte : bytes) {
        text += pieces[static_cast<std::uint8_t>(byte)];
    }
    return text;
}

std::string from_byte_alphabet(std::string_view piece)
{
    std::string bytes;
    bytes.reserve(piece.size());
    for (std::size_t i = 0; i < piece.size();) {
        const auto byte = byte_of_character(next_code_point(piece, i));
        if (!byte) {
            return std::string(piece);
        }
        bytes.push_back(static_cast<char>(*byte));
    }
    return bytes;
}

std::string byte_piece(std::uint8_t byte)
{
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    return {'<', '0', 'x', kDigits[byte >> 4], kDigits[byte & 15], '>'};
}

std::optional<std::uint8_t> byte_of_piece(std::string_view piece) noexcept
{
    if (piece.size() != 6 || piece.substr(0, 3) != "<0x" || piece[5] != '>') {
        return std::nullopt;
    }
    const int low = hexadecimal(piece[4]);
    // The reference reads the two characters with a number parser that allows a plus sign.
    const int high = piece[3] == '+' ? 0 : hexadecimal(piece[3]);
    if (high < 0 || low < 0) {
        return std::nullopt;
    }
    return static_cast<std::uint8_t>(high * 16 + low);
}

std::optional<std::string> decode_base64(std::string_view text)
{
    std::size_t padding = 0;
    while (padding < 2 && !text.empty() && text.back() == '=') {
        text.remove_suffix(1);
        ++padding;
    }
    if ((text.size() + padding) % 4 != 0) {
        return std::nullopt;
    }
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : text) {
        const int value = base64_value(c);
        if (value < 0) {
            return std::nullopt;
        }
        bits = ((bits << 6) | static_cast<std::uint32_t>(value)) & 0xFFFFFU;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes.push_back(static_cast<char>(static_cast<std::uint8_t>(bits >> held)));
        }
    }
    return bytes;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to)
{
    std::string result;
    result.reserve(text.size());
    std::size_t done = 0;
    for (std::size_t found = text.find(from); found != std::string_view::npos; found = text.find(from, done)) {
        result.append(text.substr(done, found - done)).append(to);
        done = found + from.size();
    }
    return result.append(text.substr(done));
}

}  // namespace timberline::io::tokenizers
