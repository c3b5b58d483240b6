// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace timberline::cli {

/// One option of a command.
struct Option {
    std::string name;   ///< without dashes: "max-new-tokens"
    std::string value;  ///< what its value is called in --help; empty = a switch
    std::string help;
    bool repeatable = false;
};

/// What a command takes. `--help` and `--version` are understood by every command.
struct Syntax {
    std::string command;              ///< "model logits"
    std::string positional;           ///< as the usage line shows it: "CONFIG.json"
    std::size_t least = 0, most = 0;  ///< positional arguments
    std::string summary;
    std::vector<Option> options;
};

/// Parsed arguments of one command.
class Arguments
{
public:
    std::vector<std::string> positional;

    [[nodiscard]] bool has(std::string_view option) const { return values_.contains(option); }
    /// The option's (last) value, or `fallback`.
    [[nodiscard]] std::string text(std::string_view option, std::string_view fallback = "") const;
    [[nodiscard]] std::vector<std::string> all(std::string_view option) const;
    [[nodiscard]] Result<std::int64_t> integer(std::string_view option, std::int64_t fallback, std::int64_t minimum,
                                               std::int64_t maximum) const;
    [[nodiscard]] Result<std::vector<TokenId>> ids(std::string_view option) const;
    void add(const std::string& option, std::string value) { values_[option].push_back(std::move(value)); }

private:
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// Reads `--key value`, `--key=value`, switches and positional arguments; after `--` everything is positional. Errors name the argument
/// and, for an unknown option, the nearest valid spelling.
[[nodiscard]] Result<Arguments> parse_arguments(const Syntax& syntax, const std::vector<std::string>& words);

/// The command's --help text.
[[nodiscard]] std::string usage(const Syntax& syntax);

}  // namespace timberline::cli
