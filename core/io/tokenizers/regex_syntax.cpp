// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/regex_syntax.h"

#include "core/io/tokenizers/regex_class.h"
#include "core/io/tokenizers/regex_properties.h"

#include <array>
#include <cctype>

namespace timberline::io::tokenizers {

namespace {

constexpr int kDeepest = 100;

/// One pass over the expression, by recursive descent.
class Translator
{
public:
    explicit Translator(std::string_view in) : in_(in) {}

    Result<std::string> run()
    {
        TIMBERLINE_TRY(sequence(/*depth=*/0));
        if (position_ != in_.size()) {
            return regex_error("a \")\" without its \"(\"");
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] bool at_end() const { return position_ >= in_.size(); }
    [[nodiscard]] bool next_is(std::string_view text) const { return in_.substr(position_, text.size()) == text; }
    [[nodiscard]] char peek(std::size_t ahead = 0) const { return position_ + ahead < in_.size() ? in_[position_ + ahead] : '\0'; }

    /// Writes a new atom, which a quantifier may follow.
    void atom(std::string_view text)
    {
        atom_begin_ = out_.size();
        quantified_ = false;
        out_ += text;
    }
    /// Writes something that no quantifier may follow.
    void no_atom(std::string_view text)
    {
        out_ += text;
        atom_begin_ = std::string::npos;
        quantified_ = false;
    }
    /// Makes what stands before a further quantifier one atom, as in a{2}+ (one or more pairs).
    void wrap_atom()
    {
        if (atom_begin_ != std::string::npos) {
            out_.insert(atom_begin_, "(?:");
            out_ += ")";
        }
    }

    Status sequence(int depth);
    Status element(int depth, std::string& closing);
    Status group(int depth, std::string& closing);
    bool option_group(std::string& opening, bool& extended, bool& to_end);
    Result<std::string> group_opening();
    void quantifier();
    bool interval();
    Status escape();

    std::string_view in_;
    std::size_t position_ = 0;
    std::string out_;
    std::size_t atom_begin_ = std::string::npos;  ///< where in out_ the atom before the position starts
    bool quantified_ = false;                     ///< that atom has a quantifier already
    bool extended_ = false;                       ///< blanks and comments do not count
};

Status Translator::sequence(int depth)
{
    if (depth > kDeepest) {
        return regex_error("groups are nested deeper than " + std::to_string(kDeepest));
    }
    std::string closing;
    const bool outer_extended = extended_;
    atom_begin_ = std::string::npos;
    while (!at_end() && peek() != ')') {
        TIMBERLINE_TRY(element(depth, closing));
    }
    out_ += closing;
    extended_ = outer_extended;
    return {};
}

Status Translator::element(int depth, std::string& closing)
{
    const char c = peek();
    if (c == '\\') {
        return escape();
    }
    if (c == '[') {
        TIMBERLINE_ASSIGN(const std::string set, translate_class(in_, position_));
        atom(set);
    } else if (c == '(') {
        return group(depth, closing);
    } else if (c == '*' || c == '+' || c == '?' || c == '{') {
        quantifier();
    } else if (extended_ && (std::isspace(static_cast<unsigned char>(c)) != 0 || c == '#')) {
        const std::size_t end = c == '#' ? in_.find('\n', position_) : position_;
        position_ = end == std::string_view::npos ? in_.size() : end + 1;
    } else if (c == '|' || c == '^' || c == '$') {
        no_atom(in_.substr(position_++, 1));
    } else if (c == ']' || c == '}') {
        atom(c == ']' ? "\\]" : "\\}");
        ++position_;
    } else {
        const std::size_t length = character_length(in_, position_);
        atom(in_.substr(position_, length));
        position_ += length;
    }
    return {};
}

Status Translator::group(int depth, std::string& closing)
{
    if (next_is("(?#")) {
        const std::size_t end = in_.find(')', position_);
        position_ = end == std::string_view::npos ? in_.size() : end + 1;
        return {};
    }
    const std::size_t begin = out_.size();
    const bool outer_extended = extended_;
    std::string opening;
    bool extended = extended_;
    bool to_end = false;
    if (option_group(opening, extended, to_end)) {
        extended_ = extended;
        if (to_end) {
            no_atom(opening);
            closing += ")";
            return {};
        }
    } else {
        TIMBERLINE_ASSIGN(opening, group_opening());
    }
    out_ += opening;
    TIMBERLINE_TRY(sequence(depth + 1));
    if (at_end()) {
        return regex_error("a \"(\" without its \")\"");
    }
    ++position_;
    out_ += ")";
    extended_ = outer_extended;
    atom_begin_ = begin;
    quantified_ = false;
    return {};
}

/// At "(": consumes it when it sets options, (?i) or (?i:, and leaves in `opening` what to write. `to_end`: the options hold to the end
/// of the enclosing group, alternatives included, which PCRE2 only does for a group of its own.
bool Translator::option_group(std::string& opening, bool& extended, bool& to_end)
{
    std::size_t end = position_ + 2;
    while (end < in_.size() && std::string_view("imx-").find(in_[end]) != std::string_view::npos) {
        ++end;
    }
    if (peek(1) != '?' || end <= position_ + 2 || end >= in_.size() || (in_[end] != ')' && in_[end] != ':')) {
        return false;
    }
    std::array<std::string, 2> flags;
    std::size_t off = 0;
    for (const char c : in_.substr(position_ + 2, end - position_ - 2)) {
        if (c == '-') {
            off = 1;
        } else if (c == 'x') {
            extended = off == 0;
        } else {
            flags[off].push_back(c == 'm' ? 's' : 'i');  // Ruby's m lets "." match a line end
        }
    }
    opening = "(?" + flags[0] + (flags[1].empty() ? "" : "-" + flags[1]) + ":";
    to_end = in_[end] == ')';
    position_ = end + 1;
    return true;
}

Result<std::string> Translator::group_opening()
{
    std::size_t length = 1;
    if (peek(1) == '?') {
        const char kind = peek(2);
        const bool name = (kind == '<' && peek(3) != '=' && peek(3) != '!') || kind == '\'';
        if (name) {
            const std::size_t end = in_.find(kind == '<' ? '>' : '\'', position_ + 3);
            if (end == std::string_view::npos) {
                return regex_error("a group name without an end");
            }
            length = end + 1 - position_;
        } else if (kind == '<') {
            length = 4;
        } else if (kind == ':' || kind == '=' || kind == '!' || kind == '>') {
            length = 3;
        } else {
            return regex_error("the group \"(?" + std::string(1, kind) + "\" is unknown");
        }
    }
    std::string opening(in_.substr(position_, length));
    position_ += length;
    return opening;
}

void Translator::quantifier()
{
    if (quantified_) {
        wrap_atom();
    }
    if (peek() == '{') {
        if (!interval()) {
            atom("\\{");
            ++position_;
        }
        return;
    }
    out_ += in_[position_++];
    if (peek() == '?' || peek() == '+') {
        out_ += in_[position_++];
    }
    quantified_ = true;
}

/// {n}, {n,}, {n,m} or {,m}. Ruby's differ from Perl's in two ways: a "+" behind is one more quantifier, and so is a "?" behind {n}.
bool Translator::interval()
{
    std::size_t end = position_ + 1;
    std::string low;
    std::string high;
    const auto digits = [&](std::string& number) {
        while (end < in_.size() && in_[end] >= '0' && in_[end] <= '9') {
            number.push_back(in_[end++]);
        }
    };
    digits(low);
    const bool range = end < in_.size() && in_[end] == ',';
    if (range) {
        ++end;
        digits(high);
    }
    if (end >= in_.size() || in_[end] != '}' || (low.empty() && high.empty())) {
        return false;
    }
    position_ = end + 1;
    out_.append("{").append(low.empty() ? "0" : low).append(range ? "," : "").append(high).append("}");
    if (range && peek() == '?') {
        out_ += '?';
        ++position_;
    }
    quantified_ = true;
    return true;
}

Status Translator::escape()
{
    const char c = peek(1);
    if (c == '\0') {
        return regex_error("a backslash at the end");
    }
    if (const auto body = class_escape_body(in_, position_); !body.ok()) {
        return body.error();
    } else if (!body->body.empty()) {
        atom(bracket(c == 'w' || c == 'W' ? kBareWordBody : body->body, body->negated));
        return {};
    }
    if (c == 'u') {
        TIMBERLINE_ASSIGN(const std::string code, unicode_escape(in_, position_));
        atom(code);
        return {};
    }
    position_ += 2;
    const std::string word = bracket(kBareWordBody, false);
    if (c == 'b') {
        atom("(?:(?<=" + word + ")(?!" + word + ")|(?<!" + word + ")(?=" + word + "))");
    } else if (c == 'B') {
        atom("(?:(?<=" + word + ")(?=" + word + ")|(?<!" + word + ")(?!" + word + "))");
    } else if (c == 'v') {
        atom("\\x0b");
    } else if (c == 'O') {
        atom("(?s:.)");
    } else if (c == 'y' || c == 'Y') {
        return regex_error("the escape \"\\" + std::string(1, c) + "\" is unknown");
    } else if (std::string_view("ijlmoqyEFIJLMQTUVY").find(c) != std::string_view::npos) {
        atom(std::string_view(&c, 1));  // letters that mean nothing stand for themselves in Ruby
    } else if (static_cast<unsigned char>(c) >= 0x80) {
        const std::size_t length = character_length(in_, position_ - 1);
        atom(in_.substr(position_ - 1, length));
        position_ += length - 1;
    } else {
        // \k<name> and \g<name> are copied with their name, because the name is plain text that follows.
        atom(in_.substr(position_ - 2, 2));
        while ((c == 'x' || c == 'k' || c == 'g') && !at_end() && (peek() == '{' || peek() == '<' || peek() == '\'')) {
            const char closing = peek() == '{' ? '}' : peek() == '<' ? '>' : '\'';
            const std::size_t end = in_.find(closing, position_ + 1);
            if (end == std::string_view::npos) {
                return regex_error("the escape \"\\" + std::string(1, c) + "\" has no end");
            }
            out_ += in_.substr(position_, end + 1 - position_);
            position_ = end + 1;
            break;
        }
    }
    return {};
}

}  // namespace

Result<std::string> to_pcre(std::string_view expression)
{
    return Translator(expression).run();
}

}  // namespace timberline::io::tokenizers
