// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace timberline {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

/// Parses text as JSON. Never throws; the error names `where` (a file or a field), the line and the column. Depth is limited to 200.
[[nodiscard]] Result<Json> parse_json(std::string_view text, std::string_view where);

/// Reads and parses a file of at most `limit` bytes.
[[nodiscard]] Result<Json> read_json_file(const std::filesystem::path& path, std::uintmax_t limit = std::uintmax_t{1} << 30);

/// Conversion of hyperparameter values. A JSON value of the wrong type is an error that names key, got and expected.
[[nodiscard]] Json to_json(const ParameterValue& value);
[[nodiscard]] Json to_json(const Values& values);
[[nodiscard]] Result<ParameterValue> value_from_json(const Json& json, std::string_view key);

/// Reads the members of one JSON object strictly: each wanted key is asked for by type; finish() refuses what was not asked for,
/// naming the nearest valid spelling. Errors name file, key path, got and expected.
class ObjectReader
{
public:
    /// @param where "config.json" or "config.json: sampling"; put in front of every error.
    ObjectReader(const Json& object, std::string where);

    /// ok() of the object itself: it must be a JSON object. Check before asking.
    [[nodiscard]] Status status() const;

    [[nodiscard]] const Json* find(std::string_view key);
    [[nodiscard]] Result<std::int64_t> integer(std::string_view key, std::int64_t fallback, std::int64_t minimum, std::int64_t maximum);
    [[nodiscard]] Result<double> number(std::string_view key, double fallback, double minimum, double maximum);
    [[nodiscard]] Result<bool> boolean(std::string_view key, bool fallback);
    [[nodiscard]] Result<std::string> string(std::string_view key, std::string_view fallback);
    [[nodiscard]] Result<std::string> choice(std::string_view key, std::string_view fallback, const std::vector<std::string>& valid);

    /// Refuses keys that nobody asked for.
    [[nodiscard]] Status finish() const;
    [[nodiscard]] const std::string& where() const noexcept { return where_; }

private:
    const Json* object_;
    std::string where_;
    std::set<std::string, std::less<>> asked_;
};

}  // namespace timberline
