// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>

namespace timberline::model {

/// The exception being handled, as an Error. Call it inside a catch block only. libtorch reports everything by exceptions; nothing of it
/// may leave the tensor folder through an interface that returns Result.
/// @param doing what was under way, in front of the message: "forward on cuda".
[[nodiscard]] Error error_from_exception(std::string_view doing);

/// Runs `work`, which returns a Result, and turns any exception into its Error.
template <typename Work>
[[nodiscard]] auto guarded(std::string_view doing, Work&& work) -> decltype(work())
{
    try {
        return work();
    } catch (...) {
        return error_from_exception(doing);
    }
}

} // namespace timberline::model
