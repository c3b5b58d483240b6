// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <exception>
#include <new>
#include <string>
#include <string_view>

namespace timberline::run {

/// Runs `body` and turns what it throws into an Error: the job boundary, where libraries' exceptions end.
/// The first line of a library's message is kept; the rest is its stack trace.
template <typename Body>
[[nodiscard]] auto guarded(Body&& body) -> decltype(body())
{
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return make_error(ErrorCode::OutOfMemory, "the machine has too little memory for this run",
                          "Use a smaller model, a shorter context or fewer nodes.");
    } catch (const std::exception& failure) {
        std::string text = failure.what();
        text.resize(std::string_view(text).find('\n') == std::string_view::npos ? text.size() : text.find('\n'));
        if (text.find("out of memory") != std::string::npos) {
            return make_error(ErrorCode::OutOfMemory, "the device has too little memory: " + text,
                              "Choose the device cpu, or a smaller model.");
        }
        return make_error(ErrorCode::Internal, "the computation failed: " + text, "Please report this with the config that caused it.");
    } catch (...) {
        return make_error(ErrorCode::Internal, "the computation failed without saying why",
                          "Please report this with the config that caused it.");
    }
}

}  // namespace timberline::run
