// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/io/tokenizers/fields.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace timberline::io::tokenizers {

/// A part of a text: either a match of a pattern or what lies between two matches. May be empty (an empty match).
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool matched = false;
};

/// What a tokenizer.json searches for: a literal text or a regular expression. Immutable, cheap to copy, thread-safe.
class Pattern
{
public:
    [[nodiscard]] static Result<Pattern> literal(std::string text);
    /// A regular expression in Oniguruma's Ruby syntax, which the reference library uses. @param where names file and field.
    [[nodiscard]] static Result<Pattern> regex(std::string_view expression, const std::string& where);
    /// An expression in PCRE2's own syntax, for patterns of our own.
    [[nodiscard]] static Result<Pattern> pcre(const std::string& expression, const std::string& where);
    /// {"String": "…"} or {"Regex": "…"}.
    [[nodiscard]] static Result<Pattern> read(const Field& field);

    /// Cuts the whole text into matches and gaps, in order. An empty text has no spans. Precondition: valid UTF-8.
    /// The error is for an expression that backtracks without end on this text.
    [[nodiscard]] Status cut(std::string_view text, std::vector<Span>& spans) const;

private:
    struct Compiled;
    std::string literal_;
    std::shared_ptr<const Compiled> compiled_;  // null for a literal
};

}  // namespace timberline::io::tokenizers
