// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/run/config.h"

#include <string>
#include <vector>

/// What the files of the config share among themselves.
namespace timberline::run::detail {

/// A JSON value for a message, shortened.
[[nodiscard]] std::string shown(const Json& value);

/// The result, with a hint where its error brings none.
template <typename T>
[[nodiscard]] Result<T> hinted(Result<T> result, const std::string& hint)
{
    if (!result.ok() && result.error().hint.empty()) {
        return make_error(result.error().code, result.error().message, hint);
    }
    return result;
}

/// ok() for the name of a bench.
[[nodiscard]] Status check_bench(const Config& config, const std::string& where);

/// complete() with errors that name `where`.
[[nodiscard]] Result<Config> complete_at(Config config, const MethodRegistry& methods, const std::string& where);

}  // namespace timberline::run::detail
