// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/fields.h"

#include "core/io/tokenizers/unicode.h"

namespace timberline::io::tokenizers {

namespace {

constexpr std::string_view kDamagedHint = "The file is damaged or is not a tokenizer.json; fetch it again from where the model came from.";

}  // namespace

std::string_view kind_of(const Json& json)
{
    switch (json.type()) {
    case Json::value_t::null:
        return "null";
    case Json::value_t::object:
        return "an object";
    case Json::value_t::array:
        return "a list";
    case Json::value_t::string:
        return "a text";
    case Json::value_t::boolean:
        return "a truth value";
    case Json::value_t::number_float:
        return "a fractional number";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
        return "a whole number";
    default:
        return "something else";
    }
}

std::string in_quotes(std::string_view text)
{
    std::string result(1, '"');
    return result.append(text).append(1, '"');
}

std::string Field::where() const
{
    return path_.empty() ? file_ : file_ + ": " + path_;
}

Error Field::wrong(std::string_view expected) const
{
    return bad("expected " + std::string(expected) + ", got " + std::string(kind_of(*json_)));
}

Error Field::bad(std::string_view reason) const
{
    return make_error(ErrorCode::BadFile, where() + ": " + std::string(reason), std::string(kDamagedHint));
}

Error Field::unsupported(std::string_view what) const
{
    return make_error(ErrorCode::Unsupported, where() + ": " + std::string(what) + " is not supported",
                      "Use a model whose tokenizer.json is byte-level BPE, BPE with byte fallback or Unigram.");
}

bool Field::has(std::string_view key) const
{
    if (!json_->is_object()) {
        return false;
    }
    const auto found = json_->find(key);
    return found != json_->end() && !found->is_null();
}

Result<Field> Field::member(std::string_view key) const
{
    TIMBERLINE_TRY(is_object());
    const auto found = json_->find(key);
    if (found == json_->end()) {
        return bad("the field \"" + std::string(key) + "\" is missing");
    }
    return Field(*found, file_, path_.empty() ? std::string(key) : path_ + "." + std::string(key));
}

Field Field::element(std::size_t index) const
{
    return {(*json_)[index], file_, path_ + "[" + std::to_string(index) + "]"};
}

Result<std::vector<Field>> Field::list(std::string_view key) const
{
    TIMBERLINE_ASSIGN(const Field field, member(key));
    if (!field.json().is_array()) {
        return field.wrong("a list");
    }
    std::vector<Field> elements;
    elements.reserve(field.json().size());
    for (std::size_t i = 0; i < field.json().size(); ++i) {
        elements.push_back(field.element(i));
    }
    return elements;
}

Status Field::is_object() const
{
    return json_->is_object() ? Status() : Status(wrong("an object"));
}

Result<std::string> Field::text() const
{
    if (!json_->is_string()) {
        return wrong("a text");
    }
    return json_->get_ref<const std::string&>();
}

Result<std::int64_t> Field::id() const
{
    if (!json_->is_number_integer()) {
        return wrong("a token id (a whole number)");
    }
    // An unsigned value beyond int64 would wrap when read as signed.
    const bool huge = json_->is_number_unsigned() && json_->get<std::uint64_t>() > static_cast<std::uint64_t>(kLargestId);
    const std::int64_t value = huge ? kLargestId + 1 : json_->get<std::int64_t>();
    if (value < 0 || value > kLargestId) {
        return bad("expected a token id from 0 to " + std::to_string(kLargestId) + ", got " + json_->dump());
    }
    return value;
}

Result<std::string> Field::text(std::string_view key) const
{
    TIMBERLINE_ASSIGN(const Field field, member(key));
    return field.text();
}

Result<std::string> Field::text_or(std::string_view key, std::string_view fallback) const
{
    TIMBERLINE_TRY(is_object());
    return has(key) ? text(key) : Result<std::string>(std::string(fallback));
}

Result<bool> Field::flag_or(std::string_view key, bool fallback) const
{
    TIMBERLINE_TRY(is_object());
    if (!has(key)) {
        return fallback;
    }
    TIMBERLINE_ASSIGN(const Field field, member(key));
    if (!field.json().is_boolean()) {
        return field.wrong("true or false");
    }
    return field.json().get<bool>();
}

Result<std::int64_t> Field::count(std::string_view key, std::int64_t fallback, std::int64_t maximum) const
{
    TIMBERLINE_TRY(is_object());
    if (!has(key)) {
        return fallback;
    }
    TIMBERLINE_ASSIGN(const Field field, member(key));
    TIMBERLINE_ASSIGN(const std::int64_t value, field.id());
    if (value > maximum) {
        return field.bad("expected at most " + std::to_string(maximum) + ", got " + std::to_string(value));
    }
    return value;
}

Result<std::string> Field::character_or(std::string_view key, std::string_view fallback) const
{
    TIMBERLINE_ASSIGN(std::string value, text_or(key, fallback));
    std::size_t position = 0;
    if (!value.empty()) {
        (void)next_code_point(value, position);
    }
    if (value.empty() || position != value.size()) {
        return make_error(ErrorCode::BadFile, where() + "." + std::string(key) + ": expected a single character, got \"" + value + "\"",
                          std::string(kDamagedHint));
    }
    return value;
}

}  // namespace timberline::io::tokenizers
