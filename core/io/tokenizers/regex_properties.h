// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace timberline::io::tokenizers {

// What a character class of Oniguruma contains, as the inside of a PCRE2 class.
inline constexpr std::string_view kWordBody = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc})";
// Outside of brackets \w and \b take Latin-1 from an older table, in which six superscripts and fractions count as word characters.
inline constexpr std::string_view kBareWordBody = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\xb2\xb3\xb9\xbc-\xbe)";
inline constexpr std::string_view kSpaceBody = R"(\p{White_Space})";
inline constexpr std::string_view kDigitBody = R"(\p{Nd})";
inline constexpr std::string_view kHexBody = "0-9a-fA-F";

/// The inside of a class that has the property: a general category, a POSIX name, a script or a binary property.
/// Case, spaces, "_" and "-" in the name do not count. Nothing when there is no such property.
[[nodiscard]] std::optional<std::string> property_body(std::string_view name);

/// The same for [:name:], where only the POSIX names count.
[[nodiscard]] std::optional<std::string> posix_body(std::string_view name);

}  // namespace timberline::io::tokenizers
