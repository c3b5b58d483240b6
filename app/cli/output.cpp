// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace timberline::cli {
namespace {

/// Messages hold one line each, whatever a file's text put into them.
std::string one_line(std::string text)
{
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

void print_error_line(const std::string& label, const std::string& text)
{
    std::fprintf(stderr, "%s: %s\n", label.c_str(), one_line(text).c_str());
}

/// Every error says what to do next, also where the place that found it could not know.
const char* default_hint(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::Unsupported:
        return "`timberline-cli --help` lists what every command takes.";
    case ErrorCode::NotFound:
    case ErrorCode::BadFile:
        return "Check the path, and that the file is whole and may be read.";
    case ErrorCode::OutOfMemory:
        return "Close other programs, or take a smaller model.";
    case ErrorCode::Cancelled:
        return "Start it again to let it finish.";
    case ErrorCode::Internal:
        return "Please report this with the command that caused it.";
    }
    return "";
}

/// Characters, not bytes: continuation bytes of UTF-8 take no column.
std::size_t columns(const std::string& text)
{
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

int fail(const Error& error)
{
    print_error_line("error", error.message);
    print_error_line("hint", error.hint.empty() ? default_hint(error.code) : error.hint);
    switch (error.code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::NotFound:
    case ErrorCode::BadFile:
    case ErrorCode::Unsupported:
        return kBadInput;
    case ErrorCode::OutOfMemory:
    case ErrorCode::Cancelled:
    case ErrorCode::Internal:
        return kRunFailed;
    }
    return kRunFailed;
}

void note(const std::string& text)
{
    print_error_line("note", text);
}

void print_json(const OrderedJson& json)
{
    print(json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

void print(const std::string& text)
{
    std::fwrite(text.data(), 1, text.size(), stdout);
}

std::string table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> width;
    for (const auto& cell : header) {
        width.push_back(columns(cell));
    }
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size() && i < width.size(); ++i) {
            width[i] = std::max(width[i], columns(row[i]));
        }
    }
    std::string out;
    const auto add = [&](const std::vector<std::string>& row) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += row[i];
            if (i + 1 < row.size()) {
                out.append(width[i] - columns(row[i]) + 2, ' ');
            }
        }
        out += '\n';
    };
    add(header);
    for (const auto& row : rows) {
        add(row);
    }
    return out;
}

std::string number(double value, int digits)
{
    if (!std::isfinite(value)) {
        return "-";
    }
    char text[64];
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    return text;
}

}  // namespace timberline::cli
