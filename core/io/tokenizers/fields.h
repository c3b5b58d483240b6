// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace timberline::io::tokenizers {

/// Ids above this are refused: no published vocabulary is near it, and tables indexed by id stay small.
inline constexpr std::int64_t kLargestId = (std::int64_t{1} << 24) - 1;
/// Components may contain components this deep.
inline constexpr int kDeepestNesting = 16;

/// One value inside a tokenizer.json together with where it stands, so that every error names file and field.
/// Does not own the JSON. Not for keeping after loading.
class Field
{
public:
    Field(const Json& json, std::string file, std::string path) : json_(&json), file_(std::move(file)), path_(std::move(path)) {}

    [[nodiscard]] const Json& json() const noexcept { return *json_; }
    /// "FILE: model.merges[3]".
    [[nodiscard]] std::string where() const;
    /// A damaged value: "FILE: model.vocab: expected an object, got a number".
    [[nodiscard]] Error wrong(std::string_view expected) const;
    /// A damaged file for another reason.
    [[nodiscard]] Error bad(std::string_view reason) const;
    /// Well-formed, but not done by this version.
    [[nodiscard]] Error unsupported(std::string_view what) const;

    /// The member, which may be null or absent; only for objects.
    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] Result<Field> member(std::string_view key) const;
    [[nodiscard]] Field element(std::size_t index) const;
    /// The elements of a list; an error for anything else.
    [[nodiscard]] Result<std::vector<Field>> list(std::string_view key) const;

    [[nodiscard]] Status is_object() const;
    [[nodiscard]] Result<std::string> text() const;
    [[nodiscard]] Result<std::int64_t> id() const;
    [[nodiscard]] Result<std::string> text(std::string_view key) const;
    /// Absent and null give the fallback.
    [[nodiscard]] Result<std::string> text_or(std::string_view key, std::string_view fallback) const;
    [[nodiscard]] Result<bool> flag_or(std::string_view key, bool fallback) const;
    [[nodiscard]] Result<std::int64_t> count(std::string_view key, std::int64_t fallback, std::int64_t maximum) const;
    /// A text of exactly one code point.
    [[nodiscard]] Result<std::string> character_or(std::string_view key, std::string_view fallback) const;

private:
    const Json* json_;
    std::string file_;
    std::string path_;
};

/// The text in quotation marks, for messages.
[[nodiscard]] std::string in_quotes(std::string_view text);
/// "an object", "a number", …
[[nodiscard]] std::string_view kind_of(const Json& json);

}  // namespace timberline::io::tokenizers
