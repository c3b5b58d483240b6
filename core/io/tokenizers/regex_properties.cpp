// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/regex_properties.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace timberline::io::tokenizers {

namespace {

using Entry = std::pair<std::string_view, std::string_view>;

constexpr std::array kPosix{
    Entry{"alnum", R"(\p{Alphabetic}\p{Nd})"},
    Entry{"alpha", R"(\p{Alphabetic})"},
    Entry{"ascii", R"(\x00-\x7f)"},
    Entry{"blank", R"(\t\p{Zs})"},
    Entry{"cntrl", R"(\p{Cc})"},
    Entry{"digit", kDigitBody},
    Entry{"graph", R"(\p{L}\p{M}\p{N}\p{P}\p{S}\p{Cf}\p{Co})"},
    Entry{"lower", R"(\p{Lowercase})"},
    Entry{"print", R"(\p{L}\p{M}\p{N}\p{P}\p{S}\p{Cf}\p{Co}\p{Zs})"},
    Entry{"punct", R"(\p{P}\p{S})"},
    Entry{"space", kSpaceBody},
    Entry{"upper", R"(\p{Uppercase})"},
    Entry{"word", kWordBody},
    Entry{"xdigit", kHexBody},
};

constexpr std::array kCategories{
    Entry{"other", "C"},
    Entry{"control", "Cc"},
    Entry{"format", "Cf"},
    Entry{"unassigned", "Cn"},
    Entry{"privateuse", "Co"},
    Entry{"surrogate", "Cs"},
    Entry{"letter", "L"},
    Entry{"casedletter", "L&"},
    Entry{"lc", "L&"},
    Entry{"lowercaseletter", "Ll"},
    Entry{"modifierletter", "Lm"},
    Entry{"otherletter", "Lo"},
    Entry{"titlecaseletter", "Lt"},
    Entry{"uppercaseletter", "Lu"},
    Entry{"mark", "M"},
    Entry{"combiningmark", "M"},
    Entry{"spacingmark", "Mc"},
    Entry{"enclosingmark", "Me"},
    Entry{"nonspacingmark", "Mn"},
    Entry{"number", "N"},
    Entry{"decimalnumber", "Nd"},
    Entry{"letternumber", "Nl"},
    Entry{"othernumber", "No"},
    Entry{"punctuation", "P"},
    Entry{"connectorpunctuation", "Pc"},
    Entry{"dashpunctuation", "Pd"},
    Entry{"closepunctuation", "Pe"},
    Entry{"finalpunctuation", "Pf"},
    Entry{"initialpunctuation", "Pi"},
    Entry{"otherpunctuation", "Po"},
    Entry{"openpunctuation", "Ps"},
    Entry{"symbol", "S"},
    Entry{"currencysymbol", "Sc"},
    Entry{"modifiersymbol", "Sk"},
    Entry{"mathsymbol", "Sm"},
    Entry{"othersymbol", "So"},
    Entry{"separator", "Z"},
    Entry{"lineseparator", "Zl"},
    Entry{"paragraphseparator", "Zp"},
    Entry{"spaceseparator", "Zs"},
};

[[nodiscard]] std::string loose(std::string_view name)
{
    std::string plain;
    for (const char c : name) {
        if (c != ' ' && c != '_' && c != '-') {
            plain.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
        }
    }
    return plain;
}

[[nodiscard]] bool compiles(const std::string& expression)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code* code =
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(), PCRE2_UTF | PCRE2_UCP, &error, &offset, nullptr);
    pcre2_code_free(code);
    return code != nullptr;
}

template <std::size_t N>
[[nodiscard]] std::optional<std::string> look_up(const std::array<Entry, N>& table, std::string_view key)
{
    const auto found = std::find_if(table.begin(), table.end(), [&](const Entry& entry) { return entry.first == key; });
    return found == table.end() ? std::nullopt : std::optional<std::string>(found->second);
}

}  // namespace

std::optional<std::string> posix_body(std::string_view name)
{
    return look_up(kPosix, name);
}

std::optional<std::string> property_body(std::string_view name)
{
    const std::string plain = loose(name);
    if (plain.empty() || !std::all_of(plain.begin(), plain.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)); })) {
        return std::nullopt;
    }
    // As properties two POSIX names mean something else than in [: :].
    if (plain == "punct") {
        return R"(\p{P})";
    }
    if (plain == "word") {
        return std::string(kBareWordBody);
    }
    if (auto posix = look_up(kPosix, plain)) {
        return posix;
    }
    if (plain == "any") {
        return R"(\x{0}-\x{10ffff})";
    }
    if (plain == "assigned") {
        return R"(\P{Cn})";
    }
    if (auto category = look_up(kCategories, plain)) {
        return R"(\p{)" + *category + "}";
    }
    if (plain.size() <= 2) {
        std::string category = plain;
        category[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(category[0])));
        if (const std::string body = R"(\p{)" + category + "}"; compiles(body)) {
            return body;
        }
    }
    // A bare script name means "script extensions" to PCRE2 and "script" to Oniguruma.
    for (const std::string_view prefix : {"sc:", ""}) {
        if (const std::string body = R"(\p{)" + std::string(prefix) + plain + "}"; compiles(body)) {
            return body;
        }
    }
    return std::nullopt;
}

}  // namespace timberline::io::tokenizers
