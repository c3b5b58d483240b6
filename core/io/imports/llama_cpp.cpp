// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/imports/text_lines.h"
#include "core/io/imports/trace_builder.h"

#include <cctype>
#include <charconv>
#include <limits>
#include <map>
#include <optional>

namespace timberline::io {

namespace {

constexpr const char* kHint = "Expected llama.cpp's log with a line like: draft acceptance rate = 0.57576 ( 171 accepted / 297 generated).";

/// The number that follows `key` in `line` after white space, '=', ':' or '('; nothing when there is none.
std::optional<double> number_after(std::string_view line, std::string_view key)
{
    const std::size_t at = line.find(key);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view rest = line.substr(at + key.size());
    const std::size_t begin = rest.find_first_not_of(" \t=(:");
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    rest.remove_prefix(begin);
    double value = 0;
    const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (failure != std::errc() || !(value >= 0) || value > 1e15) {
        return std::nullopt;
    }
    return value;
}

/// The number in front of `word`, as in "171 accepted".
std::optional<double> number_before(std::string_view line, std::string_view word)
{
    const std::size_t at = line.find(word);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    std::size_t end = at;
    while (end > 0 && line[end - 1] == ' ') {
        --end;
    }
    std::size_t begin = end;
    while (begin > 0 && std::isdigit(static_cast<unsigned char>(line[begin - 1])) != 0) {
        --begin;
    }
    double value = 0;
    const auto [last, failure] = std::from_chars(line.data() + begin, line.data() + end, value);
    if (failure != std::errc() || last != line.data() + end || value > 1e15) {
        return std::nullopt;
    }
    return value;
}

struct Totals {
    double accepted = 0, generated = 0;
    struct Drafter {
        double drafts = 0, accepted = 0;
    };
    std::map<std::string, Drafter, std::less<>> drafters;  ///< the last statistics line of each
};

/// "draft acceptance rate = …", newer versions "draft acceptance = …".
Result<bool> read_rate(std::string_view line, const std::string& place, Totals& totals)
{
    if (line.find("draft acceptance") == std::string_view::npos || line.find("accepted") == std::string_view::npos) {
        return false;
    }
    const auto accepted = number_before(line, " accepted");
    const auto generated = number_before(line, " generated");
    if (!accepted || !generated || *accepted > *generated) {
        return make_error(ErrorCode::BadFile, place + ": expected A accepted / G generated with A not above G", kHint);
    }
    totals.accepted += *accepted;
    totals.generated += *generated;
    return true;
}

/// "statistics NAME: #calls = …, #gen drafts = …, #acc tokens = …". They count from the start of the server: the last line of a name
/// stands.
void read_statistics(std::string_view line, Totals& totals)
{
    if (line.find("statistics") == std::string_view::npos) {
        return;
    }
    const auto drafts = number_after(line, "#gen drafts");
    const auto tokens = number_after(line, "#acc tokens");
    if (drafts && tokens && *drafts > 0) {
        std::string_view name = line.substr(line.find("statistics") + std::string_view("statistics").size());
        name = name.substr(0, name.find(':'));
        name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
        totals.drafters[std::string(name)] = {.drafts = *drafts, .accepted = *tokens};
    }
}

}  // namespace

Result<ImportedTrace> import_llama_cpp(std::string_view text, const std::string& where)
{
    TraceBuilder builder(TraceFormat::LlamaCpp, where, "");
    Totals totals;
    TextLines lines(text);
    while (lines.next()) {
        const std::string place = where + ", line " + std::to_string(lines.number());
        TIMBERLINE_ASSIGN(const bool is_rate, read_rate(lines.line(), place, totals));
        if (is_rate) {
            builder.next_request("");
            builder.note("Request " + std::to_string(builder.requests()) + ": " + std::string(lines.line().substr(0, 400)));
        } else {
            read_statistics(lines.line(), totals);
        }
    }
    if (builder.requests() == 0) {
        return make_error(ErrorCode::BadFile, where + ": no line about draft acceptance in it", kHint);
    }
    builder.note("llama.cpp logs totals, not steps: there are no rounds to show. Accepted drafts / drafts = " +
                 std::to_string(static_cast<std::int64_t>(totals.accepted)) + " / " +
                 std::to_string(static_cast<std::int64_t>(totals.generated)) + ".");
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    double drafts = 0, kept = 0;
    for (const auto& [name, drafter] : totals.drafters) {
        drafts += drafter.drafts;
        kept += drafter.accepted;
    }
    ImportedTrace out{.format = TraceFormat::LlamaCpp,
                      .record = nullptr,
                      .requests = builder.requests(),
                      .steps = 0,
                      .mean_accepted = drafts > 0 ? 1.0 + kept / drafts : unknown,
                      .acceptance_rate = totals.generated > 0 ? totals.accepted / totals.generated : unknown};
    out.record = builder.finish(0);
    return out;
}

}  // namespace timberline::io
