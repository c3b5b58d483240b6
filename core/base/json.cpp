// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"

#include "core/base/files.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline {
namespace {

constexpr std::size_t kDeepest = 200;

/// Builds the value while it is read, so that depth and duplicate keys stop the reading where they occur: what a second
/// "temperature" means is nobody's guess to make.
class Builder final : public nlohmann::json_sax<Json>
{
public:
    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t&) override { return put(value); }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return stop("binary data"); }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override
    {
        const auto [place, fresh] = stack_.back()->get_ref<Json::object_t&>().try_emplace(name);
        if (!fresh) {
            return stop("the key " + in_quotes(name) + " occurs twice");
        }
        member_ = &place->second;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& exception) override
    {
        // The library's text is "[…] parse error at line …: syntax error while parsing X - what went wrong".
        const std::string_view what = exception.what();
        const std::size_t dash = what.find(" - ");
        const std::size_t bracket = what.find("] ");
        problem_ = printable(dash != std::string_view::npos      ? what.substr(dash + 3)
                             : bracket != std::string_view::npos ? what.substr(bracket + 2)
                                                                 : what);
        position_ = position;
        return false;
    }

    [[nodiscard]] Json take() { return std::move(root_); }
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    /// Bytes read when the parser itself stopped; nothing when the builder stopped it, because the parser does not say where it is.
    [[nodiscard]] std::optional<std::size_t> position() const noexcept { return position_; }

private:
    Json* place(Json value)
    {
        if (stack_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        if (stack_.back()->is_array()) {
            auto& array = stack_.back()->get_ref<Json::array_t&>();
            array.push_back(std::move(value));
            return &array.back();
        }
        *member_ = std::move(value);
        return member_;
    }

    bool put(Json value)
    {
        place(std::move(value));
        return true;
    }

    bool open(Json value)
    {
        if (stack_.size() >= kDeepest) {
            return stop("nested deeper than " + std::to_string(kDeepest) + " levels");
        }
        stack_.push_back(place(std::move(value)));
        return true;
    }

    bool close()
    {
        stack_.pop_back();
        return true;
    }

    bool stop(std::string problem)
    {
        problem_ = std::move(problem);
        return false;
    }

    Json root_;
    std::vector<Json*> stack_; ///< open containers; a container's address is stable while it is open, for only its last child grows
    Json* member_ = nullptr;
    std::string problem_;
    std::optional<std::size_t> position_;
};

std::string line_and_column(std::string_view text, std::size_t bytes_read)
{
    const std::string_view before = text.substr(0, std::min(text.size(), bytes_read > 0 ? bytes_read - 1 : 0));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t newline = before.rfind('\n');
    const std::size_t column = newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

/// A JSON value for a message; never throws on odd text.
std::string shown(const Json& value)
{
    return printable(value.dump(-1, ' ', false, Json::error_handler_t::replace), 80);
}

std::optional<std::int64_t> as_integer(const Json& value)
{
    if (value.is_number_unsigned()) {
        const auto wide = value.get<std::uint64_t>();
        return wide <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ? std::optional(static_cast<std::int64_t>(wide))
                                                                                            : std::nullopt;
    }
    return value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

Error wrong_value(std::string_view where, std::string_view key, const Json& value, const std::string& expected, std::string hint = {})
{
    const std::string place = where.empty() ? std::string() : std::string(where) + ": ";
    return make_error(ErrorCode::InvalidArgument, place + printable(key) + " = " + shown(value) + ": expected " + expected,
                      std::move(hint));
}

Result<ParameterValue> list_from_json(const Json& json, std::string_view key)
{
    const auto all = [&](auto&& test) { return std::all_of(json.begin(), json.end(), test); };
    if (all([](const Json& v) { return as_integer(v).has_value(); })) {
        std::vector<std::int64_t> out;
        for (const Json& element : json) {
            out.push_back(*as_integer(element));
        }
        return ParameterValue{std::move(out)};
    }
    if (all([](const Json& v) { return v.is_number(); })) {
        return ParameterValue{json.get<std::vector<double>>()};
    }
    if (all([](const Json& v) { return v.is_string(); })) {
        return ParameterValue{json.get<std::vector<std::string>>()};
    }
    return wrong_value("", key, json, "a list of only numbers or only texts");
}

} // namespace

Result<Json> parse_json(std::string_view text, std::string_view where)
{
    // The parser takes a zero byte for the end of the text and would not look at what follows.
    if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
        return make_error(ErrorCode::BadFile, std::string(where) + ": " + line_and_column(text, zero + 1) + ": not valid JSON: zero byte",
                          "the file is damaged or is no text");
    }
    Builder builder;
    if (Json::sax_parse(text.begin(), text.end(), &builder)) {
        return builder.take();
    }
    const std::string place = builder.position() ? line_and_column(text, *builder.position()) + ": " : std::string();
    return make_error(ErrorCode::BadFile, std::string(where) + ": " + place + "not valid JSON: " + builder.problem(),
                      text.empty() ? "the text is empty" : "mend the text at that place");
}

Result<Json> read_json_file(const std::filesystem::path& path, std::uintmax_t limit)
{
    TIMBERLINE_ASSIGN(const std::string text, read_file(path, limit));
    return parse_json(text, path.string());
}

Json to_json(const ParameterValue& value)
{
    return std::visit([](const auto& v) { return Json(v); }, value);
}

Json to_json(const Values& values)
{
    Json out = Json::object();
    for (const auto& [key, value] : values) {
        out[key] = to_json(value);
    }
    return out;
}

Result<ParameterValue> value_from_json(const Json& json, std::string_view key)
{
    switch (json.type()) {
    case Json::value_t::boolean:
        return ParameterValue{json.get<bool>()};
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
        if (const auto whole = as_integer(json)) {
            return ParameterValue{*whole};
        }
        return wrong_value("", key, json, "an integer below 2^63");
    case Json::value_t::number_float:
        return ParameterValue{json.get<double>()};
    case Json::value_t::string:
        return ParameterValue{json.get<std::string>()};
    case Json::value_t::array:
        return list_from_json(json, key);
    default:
        return wrong_value("", key, json, "true, false, a number, a text or a list");
    }
}

ObjectReader::ObjectReader(const Json& object, std::string where) : object_(&object), where_(std::move(where)) {}

Status ObjectReader::status() const
{
    if (!object_->is_object()) {
        return make_error(ErrorCode::InvalidArgument, where_ + ": found " + shown(*object_) + ", expected a JSON object",
                          "write it as { \"key\": value, … }");
    }
    return {};
}

const Json* ObjectReader::find(std::string_view key)
{
    asked_.emplace(key);
    if (!object_->is_object()) {
        return nullptr;
    }
    const auto place = object_->find(std::string(key));
    return place == object_->end() ? nullptr : &*place;
}

Result<std::int64_t> ObjectReader::integer(std::string_view key, std::int64_t fallback, std::int64_t minimum, std::int64_t maximum)
{
    const Json* value = find(key);
    if (value == nullptr) {
        return fallback;
    }
    const auto whole = as_integer(*value);
    if (!whole || *whole < minimum || *whole > maximum) {
        return wrong_value(where_, key, *value, "an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum));
    }
    return *whole;
}

Result<double> ObjectReader::number(std::string_view key, double fallback, double minimum, double maximum)
{
    const Json* value = find(key);
    if (value == nullptr) {
        return fallback;
    }
    const double number = value->is_number() ? value->get<double>() : std::numeric_limits<double>::quiet_NaN();
    if (!(number >= minimum && number <= maximum)) {
        return wrong_value(where_, key, *value, "a number from " + number_text(minimum) + " to " + number_text(maximum));
    }
    return number;
}

Result<bool> ObjectReader::boolean(std::string_view key, bool fallback)
{
    const Json* value = find(key);
    if (value == nullptr) {
        return fallback;
    }
    if (!value->is_boolean()) {
        return wrong_value(where_, key, *value, "true or false");
    }
    return value->get<bool>();
}

Result<std::string> ObjectReader::string(std::string_view key, std::string_view fallback)
{
    const Json* value = find(key);
    if (value == nullptr) {
        return std::string(fallback);
    }
    if (!value->is_string()) {
        return wrong_value(where_, key, *value, "a text");
    }
    return value->get<std::string>();
}

Result<std::string> ObjectReader::choice(std::string_view key, std::string_view fallback, const std::vector<std::string>& valid)
{
    TIMBERLINE_ASSIGN(std::string word, string(key, fallback));
    const Json* value = find(key);
    if (value != nullptr && std::find(valid.begin(), valid.end(), word) == valid.end()) {
        const auto nearest = nearest_spelling(word, valid);
        return wrong_value(where_, key, *value, "one of " + joined(valid), nearest ? "did you mean " + in_quotes(*nearest) + "?" : "");
    }
    return word;
}

Status ObjectReader::finish() const
{
    TIMBERLINE_TRY(status());
    for (const auto& [key, value] : object_->items()) {
        if (!asked_.contains(key)) {
            return make_error(ErrorCode::InvalidArgument, where_ + ": unknown key " + in_quotes(key),
                              spelling_hint(key, std::vector<std::string>(asked_.begin(), asked_.end())));
        }
    }
    return {};
}

} // namespace timberline
