// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"

#include "core/base/hyperparameter.h"

#include <charconv>
#include <cmath>

namespace timberline {
namespace {

/// Length of the well-formed UTF-8 sequence at `text[at]`, or 0.
std::size_t utf8_length(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    if (first < 0x80) {
        return 1;
    }
    const std::size_t length = first >= 0xC2 && first < 0xE0 ? 2 : (first & 0xF0U) == 0xE0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0;
    if (length == 0 || at + length > text.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80) {
            return 0;
        }
    }
    const bool overlong = (first == 0xE0 && byte(at + 1) < 0xA0) || (first == 0xF0 && byte(at + 1) < 0x90);
    const bool surrogate = first == 0xED && byte(at + 1) >= 0xA0;
    const bool beyond = first == 0xF4 && byte(at + 1) >= 0x90;
    return overlong || surrogate || beyond ? 0 : length;
}

} // namespace

std::string printable(std::string_view text, std::size_t limit)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text, at);
        if (out.size() + (length == 0 ? 1 : length) > limit) {
            return out + "…";
        }
        const auto byte = static_cast<unsigned char>(text[at]);
        if (length == 0 || byte < 0x20 || byte == 0x7F) {
            out += '?';
            ++at;
        } else {
            out += text.substr(at, length);
            at += length;
        }
    }
    return out;
}

std::string in_quotes(std::string_view word)
{
    std::string out(1, '\'');
    out += printable(word, 120);
    out += '\'';
    return out;
}

std::string number_text(double value)
{
    if (std::isnan(value)) {
        return "nan"; // to_chars would print the sign of a NaN, which means nothing
    }
    char buffer[40];
    const auto [end, failure] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return failure == std::errc{} ? std::string(buffer, end) : std::string("?");
}

std::string joined(const std::vector<std::string>& words, std::string_view separator)
{
    std::string out;
    for (const std::string& word : words) {
        if (&word != &words.front()) {
            out += separator;
        }
        out += word;
    }
    return out;
}

std::string spelling_hint(std::string_view word, const std::vector<std::string>& valid)
{
    if (const auto nearest = nearest_spelling(word, valid)) {
        return "did you mean " + in_quotes(*nearest) + "?";
    }
    if (valid.empty()) {
        return {};
    }
    constexpr std::size_t kShown = 40;
    std::vector<std::string> shown(valid.begin(), valid.begin() + static_cast<std::ptrdiff_t>(std::min(valid.size(), kShown)));
    return "valid: " + printable(joined(shown), 1000) + (valid.size() > kShown ? ", …" : "");
}

} // namespace timberline
