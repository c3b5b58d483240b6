// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/regex_class.h"

#include "core/io/tokenizers/regex_properties.h"

#include <cctype>
#include <vector>

namespace timberline::io::tokenizers {

namespace {

constexpr int kDeepest = 20;

/// Reads one [...] by recursive descent.
class ClassReader
{
public:
    ClassReader(std::string_view in, std::size_t position) : in_(in), position_(position) {}

    Result<std::string> read(int depth);
    [[nodiscard]] std::size_t position() const { return position_; }

private:
    struct Items {
        std::string simple;               ///< inside of a plain class
        std::vector<std::string> nested;  ///< expressions that each match one character
        [[nodiscard]] bool empty() const { return simple.empty() && nested.empty(); }
    };

    [[nodiscard]] char peek(std::size_t ahead = 0) const { return position_ + ahead < in_.size() ? in_[position_ + ahead] : '\0'; }
    [[nodiscard]] static std::string matcher(const Items& items);
    Status item(Items& items, int depth);
    Status escape(Items& items);
    bool posix(Items& items);
    void character(Items& items, std::string_view text);
    void set(Items& items, const std::string& body, bool negated);
    [[nodiscard]] bool hyphen_is_literal() const;

    std::string_view in_;
    std::size_t position_;
    bool range_may_start_ = false;  ///< the last item was a single character that no range has used
    bool in_range_ = false;         ///< a "-" was written and waits for its right end
};

std::string ClassReader::matcher(const Items& items)
{
    if (items.nested.empty()) {
        return bracket(items.simple, false);
    }
    std::string expression = "(?:";
    if (!items.simple.empty()) {
        expression += bracket(items.simple, false) + "|";
    }
    for (std::size_t i = 0; i < items.nested.size(); ++i) {
        expression += (i == 0 ? "" : "|") + items.nested[i];
    }
    return expression + ")";
}

Result<std::string> ClassReader::read(int depth)
{
    if (depth > kDeepest) {
        return regex_error("character classes are nested deeper than " + std::to_string(kDeepest));
    }
    ++position_;
    const bool negated = peek() == '^';
    position_ += negated ? 1 : 0;
    std::vector<Items> sets(1);
    bool first = true;
    range_may_start_ = false;
    in_range_ = false;
    while (peek() != ']' || first) {
        if (position_ >= in_.size()) {
            return regex_error("a \"[\" without its \"]\"");
        }
        if (peek() == '&' && peek(1) == '&') {
            sets.emplace_back();
            position_ += 2;
            range_may_start_ = false;
        } else {
            TIMBERLINE_TRY(item(sets.back(), depth));
        }
        first = false;
    }
    ++position_;
    for (const Items& items : sets) {
        if (items.empty()) {
            return regex_error("an empty character class");
        }
    }
    if (sets.size() == 1 && sets[0].nested.empty()) {
        return bracket(sets[0].simple, negated);
    }
    std::string all = "(?:";
    for (std::size_t i = 0; i + 1 < sets.size(); ++i) {
        all += "(?=" + matcher(sets[i]) + ")";
    }
    all += matcher(sets.back()) + ")";
    return negated ? "(?:(?!" + all + ")(?s:.))" : all;
}

/// Whether the "-" at the position is a plain character: at an end of the class, beside a set, or behind a finished range.
bool ClassReader::hyphen_is_literal() const
{
    if (!range_may_start_ || in_range_) {
        return true;
    }
    const char after = peek(1);
    if (after == '\\') {
        return std::string_view("wWsSdDhHpP").find(peek(2)) != std::string_view::npos;
    }
    return after == ']' || after == '[' || (after == '&' && peek(2) == '&');
}

Status ClassReader::item(Items& items, int depth)
{
    const char c = peek();
    if (c == '\\') {
        return escape(items);
    }
    if (c == '[') {
        if (posix(items)) {
            return {};
        }
        ClassReader inner(in_, position_);
        TIMBERLINE_ASSIGN(std::string expression, inner.read(depth + 1));
        position_ = inner.position();
        items.nested.push_back(std::move(expression));
        range_may_start_ = false;
        return {};
    }
    if (c == '-') {
        if (hyphen_is_literal()) {
            character(items, "\\-");
        } else {
            items.simple += '-';
            in_range_ = true;
        }
        ++position_;
        return {};
    }
    const std::size_t length = character_length(in_, position_);
    const std::string text(in_.substr(position_, length));
    character(items, c == ']' || c == '^' ? "\\" + text : text);
    position_ += length;
    return {};
}

void ClassReader::character(Items& items, std::string_view text)
{
    items.simple += text;
    range_may_start_ = !in_range_;
    in_range_ = false;
}

void ClassReader::set(Items& items, const std::string& body, bool negated)
{
    if (negated) {
        items.nested.push_back(bracket(body, true));
    } else {
        items.simple += body;
    }
    range_may_start_ = false;
    in_range_ = false;
}

/// [:alpha:] and [:^alpha:].
bool ClassReader::posix(Items& items)
{
    if (peek(1) != ':') {
        return false;
    }
    const bool negated = peek(2) == '^';
    const std::size_t begin = position_ + (negated ? 3 : 2);
    const std::size_t end = in_.find(":]", begin);
    if (begin > in_.size() || end == std::string_view::npos) {
        return false;
    }
    const auto body = posix_body(in_.substr(begin, end - begin));
    if (!body) {
        return false;
    }
    position_ = end + 2;
    set(items, *body, negated);
    return true;
}

Status ClassReader::escape(Items& items)
{
    const char c = peek(1);
    if (c == '\0') {
        return regex_error("a backslash at the end");
    }
    TIMBERLINE_ASSIGN(const SetEscape escaped, class_escape_body(in_, position_));
    if (!escaped.body.empty()) {
        set(items, escaped.body, escaped.negated);
        return {};
    }
    if (c == 'u') {
        TIMBERLINE_ASSIGN(const std::string code, unicode_escape(in_, position_));
        character(items, code);
        return {};
    }
    if (c == 'x' && peek(2) == '{') {
        const std::size_t end = in_.find('}', position_);
        if (end == std::string_view::npos) {
            return regex_error("the escape \"\\x{\" has no end");
        }
        character(items, in_.substr(position_, end + 1 - position_));
        position_ = end + 1;
        return {};
    }
    if (c == 'b' || c == 'v') {
        character(items, c == 'b' ? "\\x08" : "\\x0b");
        position_ += 2;
        return {};
    }
    const std::size_t length = character_length(in_, position_ + 1);
    const std::string text(in_.substr(position_ + 1, length));
    const bool letter = std::isalpha(static_cast<unsigned char>(c)) != 0;
    if (letter && std::string_view("nrtfaexc").find(c) == std::string_view::npos) {
        character(items, text);  // letters that mean nothing stand for themselves in Ruby
    } else {
        character(items, static_cast<unsigned char>(c) >= 0x80 ? text : "\\" + text);
    }
    position_ += 1 + length;
    if (c == 'x') {
        // The digits belong to the escape; a range must not start between them.
        for (int digits = 0; digits < 2 && std::isxdigit(static_cast<unsigned char>(peek())) != 0; ++digits) {
            items.simple += in_[position_++];
        }
    }
    return {};
}

}  // namespace

Error regex_error(std::string message)
{
    return make_error(ErrorCode::BadFile, std::move(message),
                      "The regular expression is damaged, or uses something that this version cannot do.");
}

std::string bracket(std::string_view body, bool negated)
{
    return (negated ? "[^" : "[") + std::string(body) + "]";
}

std::size_t character_length(std::string_view text, std::size_t position) noexcept
{
    std::size_t length = 1;
    while (position + length < text.size() && (static_cast<unsigned char>(text[position + length]) & 0xC0) == 0x80) {
        ++length;
    }
    return length;
}

Result<SetEscape> class_escape_body(std::string_view in, std::size_t& position)
{
    const char c = position + 1 < in.size() ? in[position + 1] : '\0';
    const bool upper = c >= 'A' && c <= 'Z';
    const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (lower == 'w' || lower == 's' || lower == 'd' || lower == 'h') {
        position += 2;
        const auto body = lower == 'w' ? kWordBody : lower == 's' ? kSpaceBody : lower == 'd' ? kDigitBody : kHexBody;
        return SetEscape{std::string(body), upper};
    }
    if (lower != 'p') {
        return SetEscape{};
    }
    std::string_view name;
    std::size_t end = position + 3;
    if (position + 2 < in.size() && in[position + 2] == '{') {
        end = in.find('}', position);
        if (end == std::string_view::npos) {
            return regex_error("a property without its \"}\"");
        }
        name = in.substr(position + 3, end - position - 3);
        ++end;
    } else {
        name = in.substr(std::min(position + 2, in.size()), 1);
    }
    const bool caret = !name.empty() && name.front() == '^';
    const auto body = property_body(caret ? name.substr(1) : name);
    if (!body) {
        return regex_error("the property \"" + std::string(name) + "\" is unknown");
    }
    position = end;
    return SetEscape{*body, upper != caret};
}

Result<std::string> unicode_escape(std::string_view in, std::size_t& position)
{
    const std::string_view digits = in.substr(std::min(position + 2, in.size()), 4);
    for (const char c : digits) {
        if (std::isxdigit(static_cast<unsigned char>(c)) == 0) {
            return regex_error("expected four hexadecimal digits behind \\u");
        }
    }
    if (digits.size() != 4) {
        return regex_error("expected four hexadecimal digits behind \\u");
    }
    position += 6;
    return "\\x{" + std::string(digits) + "}";
}

Result<std::string> translate_class(std::string_view in, std::size_t& position)
{
    ClassReader reader(in, position);
    TIMBERLINE_ASSIGN(std::string expression, reader.read(0));
    position = reader.position();
    return expression;
}

}  // namespace timberline::io::tokenizers
