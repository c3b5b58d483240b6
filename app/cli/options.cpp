// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options.h"

#include "core/base/hyperparameter.h"
#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace timberline::cli {
namespace {

Error bad_option(std::string_view option, const std::string& value, const std::string& expected)
{
    return make_error(ErrorCode::InvalidArgument, "--" + std::string(option) + " " + in_quotes(value) + ": expected " + expected,
                      "Change the value of --" + std::string(option) + ".");
}

template <typename Number>
bool read_number(std::string_view text, Number& out)
{
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
    return failed == std::errc{} && end == text.data() + text.size() && !text.empty();
}

const Option* find_option(const Syntax& syntax, std::string_view name)
{
    const auto it = std::ranges::find(syntax.options, name, &Option::name);
    return it == syntax.options.end() ? nullptr : &*it;
}

Error unknown_option(const Syntax& syntax, const std::string& word)
{
    std::vector<std::string> valid = {"--help", "--version"};
    for (const auto& option : syntax.options) {
        valid.push_back("--" + option.name);
    }
    return make_error(ErrorCode::InvalidArgument, "`timberline-cli " + syntax.command + "` has no option " + in_quotes(word),
                      spelling_hint(word, valid));
}

/// Reads the option at words[i]; leaves i at the last word that belongs to it.
Status read_option(const Syntax& syntax, const std::vector<std::string>& words, std::size_t& i, Arguments& out)
{
    const std::string& word = words[i];
    const auto equals = word.find('=');
    const auto name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    const auto* option = find_option(syntax, name);
    if (option == nullptr) {
        return unknown_option(syntax, word.substr(0, equals));
    }
    if (out.has(name) && !option->repeatable) {
        return make_error(ErrorCode::InvalidArgument, "--" + name + " is given twice; expected once", "Remove one of the two.");
    }
    if (option->value.empty()) {
        if (equals != std::string::npos) {
            return make_error(ErrorCode::InvalidArgument,
                              "--" + name + " is a switch and takes no value; got " + in_quotes(word.substr(equals + 1)),
                              "Write --" + name + " alone.");
        }
        out.add(name, "");
    } else if (equals != std::string::npos) {
        out.add(name, word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
        out.add(name, words[++i]);
    } else {
        return make_error(ErrorCode::InvalidArgument, "--" + name + " has no value; expected " + option->value,
                          "Write --" + name + " " + option->value + ".");
    }
    return {};
}

}  // namespace

std::string Arguments::text(std::string_view option, std::string_view fallback) const
{
    const auto it = values_.find(option);
    return it == values_.end() ? std::string(fallback) : it->second.back();
}

std::vector<std::string> Arguments::all(std::string_view option) const
{
    const auto it = values_.find(option);
    return it == values_.end() ? std::vector<std::string>{} : it->second;
}

Result<std::int64_t> Arguments::integer(std::string_view option, std::int64_t fallback, std::int64_t minimum, std::int64_t maximum) const
{
    if (!has(option)) {
        return fallback;
    }
    const auto value = text(option);
    std::int64_t out = 0;
    if (!read_number(value, out) || out < minimum || out > maximum) {
        return bad_option(option, value, "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
    }
    return out;
}

Result<std::vector<TokenId>> Arguments::ids(std::string_view option) const
{
    const auto value = text(option);
    std::vector<TokenId> out;
    for (std::size_t begin = 0; begin <= value.size() && !value.empty();) {
        const auto end = std::min(value.find(',', begin), value.size());
        std::string_view word = std::string_view(value).substr(begin, end - begin);
        while (word.starts_with(' ')) {
            word.remove_prefix(1);
        }
        TokenId id = 0;
        if (!read_number(word, id) || id < 0) {
            return bad_option(option, value, "token ids separated by commas, such as 0,1902,331");
        }
        out.push_back(id);
        begin = end + 1;
    }
    return out;
}

Result<Arguments> parse_arguments(const Syntax& syntax, const std::vector<std::string>& words)
{
    Arguments out;
    bool only_positional = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!only_positional && words[i] == "--") {
            only_positional = true;
        } else if (!only_positional && words[i].starts_with("--")) {
            TIMBERLINE_TRY(read_option(syntax, words, i, out));
        } else if (!only_positional && words[i].size() > 1 && words[i].starts_with('-')) {
            return unknown_option(syntax, words[i]);
        } else {
            out.positional.push_back(words[i]);
        }
    }
    if (out.positional.size() > syntax.most) {
        return make_error(ErrorCode::InvalidArgument,
                          "`timberline-cli " + syntax.command + "` got an argument too many: " + in_quotes(out.positional[syntax.most]),
                          "Usage: timberline-cli " + syntax.command + " " + syntax.positional + ".");
    }
    if (out.positional.size() < syntax.least) {
        return make_error(ErrorCode::InvalidArgument, "`timberline-cli " + syntax.command + "` needs " + syntax.positional,
                          "`timberline-cli " + syntax.command + " --help` says more.");
    }
    return out;
}

std::string usage(const Syntax& syntax)
{
    std::string out = "Usage: timberline-cli " + syntax.command;
    if (!syntax.positional.empty()) {
        out += " " + syntax.positional;
    }
    out += " [options]\n\n" + syntax.summary + "\n\nOptions:\n";
    auto options = syntax.options;
    options.push_back({"help", "", "prints this text"});
    options.push_back({"version", "", "prints the program's version"});
    std::size_t width = 0;
    for (const auto& option : options) {
        width = std::max(width, option.name.size() + option.value.size() + 5);
    }
    for (const auto& option : options) {
        std::string left = "  --" + option.name + (option.value.empty() ? "" : " " + option.value);
        left.resize(std::max(left.size(), width + 2), ' ');
        out += left + option.help + (option.repeatable ? " (may be repeated)" : "") + "\n";
    }
    return out;
}

}  // namespace timberline::cli
