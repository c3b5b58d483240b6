// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>

namespace timberline::io::tokenizers {

// The parts of the translation from Oniguruma to PCRE2 that deal with sets of characters.

/// What an escape such as \w, \S or \p{Lu} stands for; an empty body: the escape is none of these.
struct SetEscape {
    std::string body;  ///< inside of a PCRE2 class
    bool negated = false;
};

[[nodiscard]] Error regex_error(std::string message);
[[nodiscard]] std::string bracket(std::string_view body, bool negated);
/// Bytes of the character at `position`; at least 1.
[[nodiscard]] std::size_t character_length(std::string_view text, std::size_t position) noexcept;

/// At a backslash. Moves `position` behind the escape only when it is one of these.
[[nodiscard]] Result<SetEscape> class_escape_body(std::string_view in, std::size_t& position);
/// At "\u": four hexadecimal digits, rewritten to \x{…}.
[[nodiscard]] Result<std::string> unicode_escape(std::string_view in, std::size_t& position);
/// At "[": an expression that matches one character of the set; nested sets and && included. Moves `position` behind the set.
[[nodiscard]] Result<std::string> translate_class(std::string_view in, std::size_t& position);

}  // namespace timberline::io::tokenizers
