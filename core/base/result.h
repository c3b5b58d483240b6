// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace timberline {

/// Why an operation could not be done. Decides the exit code of the command line program and the icon in the window.
enum class ErrorCode {
    InvalidArgument,  ///< a value given by the user is out of range, misspelled or contradictory
    NotFound,         ///< a file, folder, method or model that was named does not exist
    BadFile,          ///< a file exists and its content is damaged or is not what it should be
    Unsupported,      ///< well-formed, and this version cannot do it
    OutOfMemory,      ///< the machine or the device has too little memory
    Cancelled,        ///< the user asked to stop; never shown as a failure
    Internal,         ///< our mistake: an invariant did not hold
};

/// An expected failure. `message` is one sentence: what, where, what was found, what was expected.
/// `hint` is one sentence that says what to do next; it may be empty.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::string hint;

    /// The same error with its context put in front: "loading final norm: <message>".
    [[nodiscard]] Error with(std::string_view context) const
    {
        return {code, std::string(context) + ": " + message, hint};
    }
};

[[nodiscard]] inline Error make_error(ErrorCode code, std::string message, std::string hint = {})
{
    return {code, std::move(message), std::move(hint)};
}

/// A value or an Error. Expected failures travel as values; exceptions are for our own mistakes and for libraries that throw,
/// and are caught at the job boundary.
template <typename T>
class [[nodiscard]] Result
{
public:
    // Implicit on purpose: `return value;` and `return error;` both read naturally.
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return ok(); }

    /// Precondition: ok().
    [[nodiscard]] T& value() &
    {
        assert(ok());
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] const T& value() const&
    {
        assert(ok());
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] T&& value() &&
    {
        assert(ok());
        return std::move(*std::get_if<0>(&state_));
    }
    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }

    /// Precondition: !ok().
    [[nodiscard]] const Error& error() const
    {
        assert(!ok());
        return *std::get_if<1>(&state_);
    }

private:
    std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return ok(); }
    [[nodiscard]] const Error& error() const
    {
        assert(!ok());
        return *error_;
    }

private:
    std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace timberline

/// Returns the error of a Result-valued expression from the enclosing function.
#define TIMBERLINE_TRY(expression)                                                                                     \
    do {                                                                                                               \
        if (auto timberline_status = (expression); !timberline_status.ok()) {                                          \
            return timberline_status.error();                                                                          \
        }                                                                                                              \
    } while (false)

#define TIMBERLINE_CONCATENATE_(a, b) a##b
#define TIMBERLINE_CONCATENATE(a, b) TIMBERLINE_CONCATENATE_(a, b)
#define TIMBERLINE_ASSIGN_(temporary, declaration, expression)                                                         \
    auto temporary = (expression);                                                                                     \
    if (!temporary.ok()) {                                                                                             \
        return temporary.error();                                                                                      \
    }                                                                                                                  \
    declaration = std::move(temporary).value()
/// `TIMBERLINE_ASSIGN(auto file, open(path));` unwraps a Result or returns its error from the enclosing function.
#define TIMBERLINE_ASSIGN(declaration, expression)                                                                     \
    TIMBERLINE_ASSIGN_(TIMBERLINE_CONCATENATE(timberline_result_, __LINE__), declaration, expression)
