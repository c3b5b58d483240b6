// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace timberline::model {

/// Largest values that a config.json may hold; larger ones are damage or an attack, not a model.
inline constexpr std::int64_t kMaximumHidden = 65536;
inline constexpr std::int64_t kMaximumLayers = 1024;
inline constexpr std::int64_t kMaximumHeads = 4096;
inline constexpr std::int64_t kMaximumHeadDim = 4096;
inline constexpr std::int64_t kMaximumIntermediate = std::int64_t{1} << 22;
inline constexpr std::int64_t kMaximumVocabulary = std::int64_t{1} << 24;
inline constexpr std::int64_t kMaximumContext = std::int64_t{1} << 24;

/// Reads the keys of a config.json. The first fault is kept and later reads answer with their fallback, so that an architecture's
/// table reads as a list of keys; the caller looks at error() once, at the end. A null value counts as absent, as in Hugging Face's reader.
class ConfigKeys
{
public:
    /// @param object lives longer than this reader.  @param where file name for errors.
    ConfigKeys(const Json& object, std::string where) : object_(object), where_(std::move(where)) {}

    [[nodiscard]] const Json* find(std::string_view key) const;
    /// True when the key is there, be it null.
    [[nodiscard]] bool mentioned(std::string_view key) const;

    [[nodiscard]] std::int64_t size(std::string_view key, std::int64_t maximum);  ///< required, 1..maximum
    [[nodiscard]] std::int64_t size_or(std::string_view key, std::int64_t fallback, std::int64_t maximum);
    [[nodiscard]] double positive(std::string_view key, double fallback);  ///< finite and above zero
    [[nodiscard]] double softcap(std::string_view key, double fallback);   ///< null switches it off
    [[nodiscard]] bool boolean(std::string_view key, bool fallback);
    [[nodiscard]] std::string text(std::string_view key, std::string_view fallback);
    [[nodiscard]] std::vector<std::string> texts(std::string_view key);  ///< a list of strings; empty when absent

    /// Keeps the first fault: `KEY FOUND in WHERE: expected EXPECTED`.
    void refuse(std::string_view key, std::string_view expected, std::string hint, ErrorCode code = ErrorCode::BadFile);
    /// A well-formed setting that this version cannot do.
    void unsupported(std::string_view key, std::string_view expected);
    void fail(Error error);

    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
    [[nodiscard]] const Json& object() const noexcept { return object_; }
    [[nodiscard]] const std::string& where() const noexcept { return where_; }

private:
    const Json& object_;
    std::string where_;
    std::optional<Error> error_;
};

/// A JSON value as a message shows it: at most 60 characters.
[[nodiscard]] std::string shown(const Json& value);

}  // namespace timberline::model
