// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hyperparameter.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace timberline {
namespace {

template <typename T>
constexpr bool kIsList = false;
template <typename T>
constexpr bool kIsList<std::vector<T>> = true;

std::string element_text(std::int64_t value)
{
    return std::to_string(value);
}
std::string element_text(double value)
{
    return number_text(value);
}
std::string element_text(const std::string& value)
{
    return value;
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

/// Elements between commas, trimmed; an empty text is an empty list.
std::vector<std::string_view> split_list(std::string_view text)
{
    std::vector<std::string_view> out;
    if (trimmed(text).empty()) {
        return out;
    }
    for (std::size_t start = 0;;) {
        const std::size_t comma = text.find(',', start);
        out.push_back(trimmed(text.substr(start, comma == std::string_view::npos ? comma : comma - start)));
        if (comma == std::string_view::npos) {
            return out;
        }
        start = comma + 1;
    }
}

template <typename Number>
std::optional<Number> read_number(std::string_view text)
{
    text = trimmed(text);
    if (text.size() > 1 && text.front() == '+' && text[1] != '-') {
        text.remove_prefix(1);
    }
    Number value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || text.empty()) {
        return std::nullopt;
    }
    return value;
}

template <typename Number>
std::optional<ParameterValue> read_numbers(std::string_view text)
{
    std::vector<Number> out;
    for (const std::string_view word : split_list(text)) {
        const auto value = read_number<Number>(word);
        if (!value) {
            return std::nullopt;
        }
        out.push_back(*value);
    }
    return ParameterValue{std::move(out)};
}

std::string range_text(const Hyperparameter& declaration)
{
    return " from " + number_text(declaration.minimum) + " to " + number_text(declaration.maximum);
}

std::string length_text(const Hyperparameter& declaration)
{
    const std::string most = std::to_string(declaration.maximum_length);
    if (declaration.minimum_length == declaration.maximum_length) {
        return "exactly " + most;
    }
    return declaration.minimum_length == 0 ? "at most " + most : std::to_string(declaration.minimum_length) + " to " + most;
}

/// What a declaration takes, in the words of an error: "an integer from 0 to 16".
std::string expectation(const Hyperparameter& declaration)
{
    switch (declaration.type) {
    case ParameterType::Bool:
        return "true or false";
    case ParameterType::Int:
        return "an integer" + range_text(declaration);
    case ParameterType::Real:
        return "a number" + range_text(declaration);
    case ParameterType::Choice:
        return "one of " + joined(declaration.choices);
    case ParameterType::Text:
        return "a text";
    case ParameterType::Path:
        return "a path";
    case ParameterType::IntList:
        return "a list of " + length_text(declaration) + " integers" + range_text(declaration);
    case ParameterType::RealList:
        return "a list of " + length_text(declaration) + " numbers" + range_text(declaration);
    case ParameterType::Order:
        return "a list of " + joined(declaration.choices) + ", each at most once";
    }
    return "a value";
}

Error refuse(const Hyperparameter& declaration, const std::string& got, std::string hint = {})
{
    return make_error(ErrorCode::InvalidArgument, declaration.key + " = " + printable(got) + ": expected " + expectation(declaration),
                      std::move(hint));
}

/// Exact even where an integer is beyond 2^53: the bounds are doubles, so compare on the side that does not round.
bool within(const Hyperparameter& declaration, std::int64_t value)
{
    const auto wide = static_cast<long double>(value);
    return wide >= static_cast<long double>(declaration.minimum) && wide <= static_cast<long double>(declaration.maximum);
}

bool within(const Hyperparameter& declaration, double value)
{
    return std::isfinite(value) && value >= declaration.minimum && value <= declaration.maximum;
}

template <typename T>
bool list_fits(const Hyperparameter& declaration, const std::vector<T>& list)
{
    return list.size() >= declaration.minimum_length && list.size() <= declaration.maximum_length &&
           std::all_of(list.begin(), list.end(), [&](const T& value) { return within(declaration, value); });
}

bool contains(const std::vector<std::string>& words, const std::string& word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// The value in the type that the declaration stores, or nothing. An integer becomes a real; an empty list fits every list type.
std::optional<ParameterValue> converted(ParameterType type, const ParameterValue& value)
{
    const bool empty_list = std::visit(
        [](const auto& v) {
            if constexpr (kIsList<std::decay_t<decltype(v)>>) {
                return v.empty();
            }
            return false;
        },
        value);
    switch (type) {
    case ParameterType::Bool:
        return std::holds_alternative<bool>(value) ? std::optional(value) : std::nullopt;
    case ParameterType::Int:
        return std::holds_alternative<std::int64_t>(value) ? std::optional(value) : std::nullopt;
    case ParameterType::Real:
        if (const auto* whole = std::get_if<std::int64_t>(&value)) {
            return ParameterValue{static_cast<double>(*whole)};
        }
        return std::holds_alternative<double>(value) ? std::optional(value) : std::nullopt;
    case ParameterType::Choice:
    case ParameterType::Text:
    case ParameterType::Path:
        return std::holds_alternative<std::string>(value) ? std::optional(value) : std::nullopt;
    case ParameterType::IntList:
        if (empty_list) {
            return ParameterValue{std::vector<std::int64_t>{}};
        }
        return std::holds_alternative<std::vector<std::int64_t>>(value) ? std::optional(value) : std::nullopt;
    case ParameterType::RealList:
        if (empty_list) {
            return ParameterValue{std::vector<double>{}};
        }
        if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value)) {
            return ParameterValue{std::vector<double>(list->begin(), list->end())};
        }
        return std::holds_alternative<std::vector<double>>(value) ? std::optional(value) : std::nullopt;
    case ParameterType::Order:
        if (empty_list) {
            return ParameterValue{std::vector<std::string>{}};
        }
        return std::holds_alternative<std::vector<std::string>>(value) ? std::optional(value) : std::nullopt;
    }
    return std::nullopt;
}

Status check_order(const Hyperparameter& declaration, const std::vector<std::string>& order, const std::string& shown)
{
    std::set<std::string> seen;
    for (const std::string& word : order) {
        if (!contains(declaration.choices, word)) {
            return refuse(declaration, shown, spelling_hint(word, declaration.choices));
        }
        if (!seen.insert(word).second) {
            return refuse(declaration, shown, "remove the second " + in_quotes(word));
        }
    }
    if (order.size() < declaration.minimum_length || order.size() > declaration.maximum_length) {
        return refuse(declaration, shown, "give " + length_text(declaration) + " of them");
    }
    return {};
}

} // namespace

std::string_view name_of(ParameterType type) noexcept
{
    static constexpr std::string_view kNames[] = {"bool", "int", "real", "choice", "text", "path", "int-list", "real-list", "order"};
    return kNames[static_cast<std::size_t>(type)];
}

std::string_view name_of(Effect effect) noexcept
{
    static constexpr std::string_view kNames[] = {"redraw",      "next-step", "next-round", "next-epoch", "recalibrate",
                                                  "reset-state", "rebuild",   "retrain",    "restart"};
    return kNames[static_cast<std::size_t>(effect)];
}

std::string to_text(const ParameterValue& value)
{
    return std::visit(
        [](const auto& v) -> std::string {
            using T = std::decay_t<decltype(v)>;
            if constexpr (std::is_same_v<T, bool>) {
                return v ? "true" : "false";
            } else if constexpr (kIsList<T>) {
                std::vector<std::string> words;
                for (const auto& element : v) {
                    words.push_back(element_text(element));
                }
                return joined(words, ",");
            } else {
                return element_text(v);
            }
        },
        value);
}

Result<ParameterValue> parse_value(const Hyperparameter& declaration, std::string_view text)
{
    std::optional<ParameterValue> value;
    const std::string_view word = trimmed(text);
    switch (declaration.type) {
    case ParameterType::Bool:
        if (word == "true" || word == "on" || word == "yes" || word == "1") {
            value = true;
        } else if (word == "false" || word == "off" || word == "no" || word == "0") {
            value = false;
        }
        break;
    case ParameterType::Int:
        if (const auto number = read_number<std::int64_t>(word)) {
            value = *number;
        }
        break;
    case ParameterType::Real:
        if (const auto number = read_number<double>(word)) {
            value = *number;
        }
        break;
    case ParameterType::Choice:
        value = std::string(word);
        break;
    case ParameterType::Text:
    case ParameterType::Path:
        value = std::string(text);
        break;
    case ParameterType::IntList:
        value = read_numbers<std::int64_t>(word);
        break;
    case ParameterType::RealList:
        value = read_numbers<double>(word);
        break;
    case ParameterType::Order: {
        std::vector<std::string> words;
        for (const std::string_view element : split_list(word)) {
            words.emplace_back(element);
        }
        value = std::move(words);
        break;
    }
    }
    if (!value) {
        return refuse(declaration, text.empty() ? std::string("''") : std::string(text));
    }
    return check_value(declaration, *value);
}

Result<ParameterValue> check_value(const Hyperparameter& declaration, const ParameterValue& value)
{
    const std::optional<ParameterValue> typed = converted(declaration.type, value);
    std::string shown = to_text(value);
    if (shown.empty()) {
        shown = "''";
    }
    if (!typed) {
        return refuse(declaration, std::holds_alternative<std::string>(value) ? in_quotes(shown) : shown);
    }
    bool fits = true;
    if (const auto* whole = std::get_if<std::int64_t>(&*typed)) {
        fits = within(declaration, *whole);
    } else if (const auto* real = std::get_if<double>(&*typed)) {
        fits = within(declaration, *real);
    } else if (const auto* whole_list = std::get_if<std::vector<std::int64_t>>(&*typed)) {
        fits = list_fits(declaration, *whole_list);
    } else if (const auto* real_list = std::get_if<std::vector<double>>(&*typed)) {
        fits = list_fits(declaration, *real_list);
    } else if (const auto* order = std::get_if<std::vector<std::string>>(&*typed)) {
        TIMBERLINE_TRY(check_order(declaration, *order, shown));
    } else if (const auto* word = std::get_if<std::string>(&*typed); word != nullptr && declaration.type == ParameterType::Choice) {
        if (!contains(declaration.choices, *word)) {
            const auto nearest = nearest_spelling(*word, declaration.choices);
            return refuse(declaration, shown, nearest ? "did you mean " + in_quotes(*nearest) + "?" : std::string());
        }
    }
    if (!fits) {
        return refuse(declaration, shown);
    }
    return *typed;
}

Values default_values(const std::vector<Hyperparameter>& declarations)
{
    Values out;
    for (const Hyperparameter& declaration : declarations) {
        out[declaration.key] = declaration.default_value;
    }
    return out;
}

Result<Values> complete_values(const std::vector<Hyperparameter>& declarations, const Values& given, std::string_view owner)
{
    Values out = default_values(declarations);
    for (const auto& [key, value] : given) {
        const auto declaration = std::find_if(declarations.begin(), declarations.end(), [&](const auto& d) { return d.key == key; });
        if (declaration == declarations.end()) {
            std::vector<std::string> keys;
            for (const Hyperparameter& known : declarations) {
                keys.push_back(known.key);
            }
            return make_error(ErrorCode::InvalidArgument, std::string(owner) + ": unknown hyperparameter " + in_quotes(key),
                              keys.empty() ? "it has no hyperparameters" : spelling_hint(key, keys));
        }
        auto checked = check_value(*declaration, value);
        if (!checked) {
            return checked.error().with(owner);
        }
        out[key] = std::move(checked).value();
    }
    return out;
}

} // namespace timberline
