// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/vary.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace timberline::cli {
namespace {

constexpr double kMostValues = 10000;

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
                          "--vary " + in_quotes(key + "=" + parts[0] + ":" + parts[1] + ":" + parts[2]) + ": expected " + expected,
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
    if (!(steps < kMostValues)) {
        return bad("at most 10,000 values");
    }
    std::vector<std::string> out;
    for (int i = 0; i <= static_cast<int>(std::floor(steps + kSlack)); ++i) {
        out.push_back(rounded(geometric ? *low * std::pow(*step, i) : *low + i * *step));
    }
    return out;
}

}  // namespace

Result<Vary> parse_vary(const std::string& text)
{
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
        return make_error(ErrorCode::InvalidArgument, "--vary " + in_quotes(text) + ": expected KEY=VALUES",
                          "For example --vary draft_length=1,2,4 or draft_length=1:8:1.");
    }
    Vary out;
    out.key = text.substr(0, equals);
    const auto values = text.substr(equals + 1);
    if (values.find(';') != std::string::npos) {
        out.values = split(values, ';');
    } else if (const auto parts = split(values, ':'); parts.size() == 3 && values.find(',') == std::string::npos) {
        TIMBERLINE_ASSIGN(out.values, range(out.key, parts));
    } else {
        out.values = split(values, ',');
    }
    if (std::ranges::any_of(out.values, &std::string::empty)) {
        return make_error(ErrorCode::InvalidArgument, "--vary " + in_quotes(text) + " has an empty value",
                          "Write a value between the separators.");
    }
    if (static_cast<double>(out.values.size()) > kMostValues) {
        return make_error(ErrorCode::InvalidArgument, "--vary " + out.key + " has more than 10,000 values", "Vary fewer values.");
    }
    return out;
}

}  // namespace timberline::cli
