// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Small helpers for messages and stable text output. Pure; thread-safe.
namespace timberline {

/// `word` between single quotes, safe to print: control bytes and bytes that are not UTF-8 become '?', long words end in "…".
[[nodiscard]] std::string in_quotes(std::string_view word);

/// The same cleaning without quotes, at most `limit` bytes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 200);

/// Shortest decimal text that reads back as the same double; independent of the locale. "nan", "inf", "-inf" where it is not finite.
[[nodiscard]] std::string number_text(double value);

/// "a, b, c"; an empty list gives an empty text.
[[nodiscard]] std::string joined(const std::vector<std::string>& words, std::string_view separator = ", ");

/// "did you mean 'nearest'?", else "valid: a, b, c" (at most 40 of them), else nothing when there are none.
[[nodiscard]] std::string spelling_hint(std::string_view word, const std::vector<std::string>& valid);

} // namespace timberline
