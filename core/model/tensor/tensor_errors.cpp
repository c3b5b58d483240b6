// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor/tensor_errors.h"

#include <c10/util/Exception.h>

#include <array>
#include <new>

namespace timberline::model {
namespace {

/// libtorch puts source lines and a stack behind its first line; a user needs the first.
std::string_view first_line(std::string_view text)
{
    return text.substr(0, text.find('\n'));
}

/// The CPU allocator and older CUDA paths report exhausted memory as a plain c10::Error.
bool speaks_of_memory(std::string_view text)
{
    constexpr std::array<std::string_view, 3> kPhrases = {"out of memory", "can't allocate memory", "not enough memory"};
    for (const auto phrase : kPhrases) {
        if (text.find(phrase) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

std::string joined(std::string_view doing, std::string_view middle, std::string_view end)
{
    std::string text;
    text.append(doing).append(middle).append(end);
    return text;
}

Error out_of_memory(std::string_view doing, std::string_view detail)
{
    return make_error(ErrorCode::OutOfMemory, joined(doing, ": the device has too little memory: ", detail),
                      "Choose the device \"cpu\", a shorter context or a smaller model.");
}

} // namespace

Error error_from_exception(std::string_view doing)
{
    try {
        throw;
    } catch (const c10::OutOfMemoryError& error) {
        return out_of_memory(doing, first_line(error.what_without_backtrace()));
    } catch (const c10::Error& error) {
        const std::string_view text = error.what_without_backtrace();
        if (speaks_of_memory(text)) {
            return out_of_memory(doing, first_line(text));
        }
        return make_error(ErrorCode::Internal, joined(doing, ": libtorch refused the operation: ", first_line(text)),
                          "Choose the device \"cpu\"; if it happens there too, please report it.");
    } catch (const std::bad_alloc&) {
        return out_of_memory(doing, "an allocation failed");
    } catch (const std::exception& error) {
        const std::string_view text = error.what();
        if (speaks_of_memory(text)) {
            return out_of_memory(doing, first_line(text));
        }
        return make_error(ErrorCode::Internal, joined(doing, ": ", first_line(text)), "Please report this message.");
    } catch (...) {
        return make_error(ErrorCode::Internal, joined(doing, ": ", "an exception without a message"), "Please report this message.");
    }
}

} // namespace timberline::model
