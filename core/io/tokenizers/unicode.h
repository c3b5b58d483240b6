// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace timberline::io::tokenizers {

/// Reads the code point at `position` and moves behind it. Precondition: valid UTF-8, position < text.size().
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& position) noexcept;
void append_code_point(std::string& text, char32_t code_point);
/// Where the character that ends at `end` begins. Precondition: valid UTF-8, end > 0.
[[nodiscard]] std::size_t previous_boundary(std::string_view text, std::size_t end) noexcept;

/// The text with every maximal ill-formed part replaced by one U+FFFD (the rule of the Unicode standard, section 3.9,
/// which Rust's from_utf8_lossy and the reference library follow).
[[nodiscard]] std::string lossy_utf8(std::string_view bytes);
[[nodiscard]] bool is_valid_utf8(std::string_view bytes) noexcept;
[[nodiscard]] bool is_ascii(std::string_view bytes) noexcept;

/// Unicode White_Space.
[[nodiscard]] bool is_white_space(char32_t code_point) noexcept;
/// General categories Nd, Nl, No.
[[nodiscard]] bool is_numeric(char32_t code_point) noexcept;
/// ASCII punctuation (with symbols such as $) or a category P*, as the reference library's tables have it.
[[nodiscard]] bool is_punctuation(char32_t code_point) noexcept;
/// Categories Mn, Mc, Me, as the reference library's tables have them.
[[nodiscard]] bool is_mark(char32_t code_point) noexcept;

/// The alphabet of byte-level vocabularies: a printable character for each byte (GPT-2's table).
[[nodiscard]] const std::array<std::string, 256>& byte_alphabet();
/// The byte of a character of that alphabet.
[[nodiscard]] std::optional<std::uint8_t> byte_of_character(char32_t code_point) noexcept;
/// Every byte of the text in the byte-level alphabet.
[[nodiscard]] std::string to_byte_alphabet(std::string_view bytes);
/// The bytes that a piece of a byte-level vocabulary stands for; the piece itself when it has a character outside the alphabet.
[[nodiscard]] std::string from_byte_alphabet(std::string_view piece);

/// "<0x0A>", the spelling of a byte in vocabularies with byte fallback.
[[nodiscard]] std::string byte_piece(std::uint8_t byte);
/// The byte of such a spelling.
[[nodiscard]] std::optional<std::uint8_t> byte_of_piece(std::string_view piece) noexcept;

/// Base64 with padding; nothing when the text is not base64.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

/// `text` with every `from` (not empty) replaced, from left to right.
[[nodiscard]] std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

}  // namespace timberline::io::tokenizers
