// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/sweep_vary.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>

namespace timberline::run {
namespace {

std::vector<std::string> split(const std::string& text, char separator)
{
    std::vector<std::string> out;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(separator, begin), text.size());
        out.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

std::optional<double> real(const std::string& text)
{
    double value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failed == std::errc{} && end == text.data() + text.size() && !text.empty() && std::isfinite(value) ? std::optional(value)
                                                                                                              : std::nullopt;
}

/// 0.30000000000000004 is what 3 steps of 0.1 give in binary; twelve digits say what was meant.
std::string rounded(double value)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.12g", value == 0 ? 0.0 : value);
    return text;
}

Result<std::vector<std::string>> range(const std::string& key, const std::vector<std::string>& parts)
{
    const bool geometric = parts[2].starts_with('*');
    const auto low = real(parts[0]);
    const auto high = real(parts[1]);
    const auto step = real(geometric ? parts[2].substr(1) : parts[2]);
    const auto bad = [&](const std::string& expected) {
        return make_error(ErrorCode::InvalidArgument,
                          in_quotes(key + "=" + parts[0] + ":" + parts[1] + ":" + parts[2]) + ": expected " + expected,
                          "Write lo:hi:step or lo:hi:*factor with lo <= hi.");
    };
    if (!low || !high || !step || *low > *high) {
        return bad("three numbers lo:hi:step with lo <= hi");
    }
    if (geometric && (*low <= 0 || *step <= 1)) {
        return bad("lo above 0 and a factor above 1");
    }
    if (!geometric && *step <= 0) {
        return bad("a step above 0");
    }
    constexpr double kSlack = 1e-9;
    const double steps = geometric ? std::log(*high / *low) / std::log(*step) : (*high - *low) / *step;
    if (!(steps < static_cast<double>(kMostSweepPoints))) {
        return bad("at most 10,000 values");
    }
    std::vector<std::string> out;
    for (int i = 0; i <= static_cast<int>(std::floor(steps + kSlack)); ++i) {
        out.push_back(rounded(geometric ? *low * std::pow(*step, i) : *low + i * *step));
    }
    return out;
}

}  // namespace

Result<std::vector<std::string>> parse_sweep_values(const std::string& key, const std::string& text)
{
    std::vector<std::string> out;
    if (text.find(';') != std::string::npos) {
        out = split(text, ';');
    } else if (const auto parts = split(text, ':'); parts.size() == 3 && text.find(',') == std::string::npos) {
        TIMBERLINE_ASSIGN(out, range(key, parts));
    } else {
        out = split(text, ',');
    }
    if (std::ranges::any_of(out, &std::string::empty)) {
        return make_error(ErrorCode::InvalidArgument, in_quotes(key + "=" + text) + " has an empty value",
                          "Write a value between the separators.");
    }
    if (out.size() > kMostSweepPoints) {
        return make_error(ErrorCode::InvalidArgument, key + " has more than 10,000 values", "Vary fewer values.");
    }
    return out;
}

Result<Vary> parse_vary(const std::string& text)
{
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
        return make_error(ErrorCode::InvalidArgument, in_quotes(text) + ": expected KEY=VALUES",
                          "For example draft_length=1,2,4 or draft_length=1:8:1.");
    }
    Vary out;
    out.key = text.substr(0, equals);
    TIMBERLINE_ASSIGN(out.values, parse_sweep_values(out.key, text.substr(equals + 1)));
    return out;
}

Result<std::size_t> count_points(const std::vector<Vary>& varied)
{
    if (varied.empty()) {
        return make_error(ErrorCode::InvalidArgument, "a sweep needs a key that varies", "For example draft_length=1:8:1.");
    }
    std::size_t points = 1;
    for (std::size_t i = 0; i < varied.size(); ++i) {
        const bool twice = std::any_of(varied.begin(), varied.begin() + static_cast<std::ptrdiff_t>(i),
                                       [&](const Vary& other) { return other.key == varied[i].key; });
        if (twice) {
            return make_error(ErrorCode::InvalidArgument, "the key " + in_quotes(varied[i].key) + " varies twice",
                              "Put all its values into one list.");
        }
        points *= varied[i].values.size();  // at most 10,000 times 10,000 before the check
        if (points > kMostSweepPoints) {
            return make_error(ErrorCode::InvalidArgument, "the sweep asks for more than 10,000 runs", "Vary fewer values.");
        }
    }
    return points;
}

}  // namespace timberline::run
