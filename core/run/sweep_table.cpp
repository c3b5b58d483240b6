// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/sweep_table.h"

#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

namespace timberline::run {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double quantile(const std::vector<double>& sorted, double q)
{
    const double at = q * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const auto high = std::min(low + 1, sorted.size() - 1);
    return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

OrderedJson real(std::optional<double> value)
{
    return value && std::isfinite(*value) ? OrderedJson(*value) : OrderedJson(nullptr);
}

using Columns = std::vector<std::pair<std::string, OrderedJson>>;

/// Those of the last run, wall times as medians over all runs that have them.
Columns closing_columns(const SweepPoint& point)
{
    Columns out;
    for (std::size_t i = 0; i < point.runs.back().size(); ++i) {
        const auto& last = point.runs.back()[i];
        std::vector<double> times;
        for (const auto& run : point.runs) {
            if (last.timed && i < run.size() && run[i].value.is_number()) {
                times.push_back(run[i].value.get<double>());
            }
        }
        out.emplace_back(last.name, times.empty() ? last.value : OrderedJson(spread_of(times).median));
    }
    out.emplace_back("repeats", point.repeats);
    return out;
}

Columns draft_columns(const SweepPoint& point)
{
    const auto rates = spread_of(point.rates);
    return {{"accepted_per_pass", real(point.accepted_per_pass)},
            {"mean_acceptance", real(point.mean_acceptance)},
            {"rounds", point.rounds},
            {"tokens", point.tokens},
            {"tokens_per_s", real(rates.median)},
            {"tokens_per_s_mean", real(rates.mean)},
            {"tokens_per_s_std", real(rates.deviation)},
            {"tokens_per_s_iqr", real(rates.range())},
            {"repeats", point.repeats},
            {"text_hash", point.text_hash},
            {"plain_tokens_per_s", real(spread_of(point.plain_rates).median)},
            {"speed_up", real(speed_up(point))},
            {"speed_up_iqr", real(paired_speed_up(point).range())}};
}

/// Columns behind the varied keys; of a refused point only their names, from one that ran.
Columns columns(const Sweep& sweep, const SweepPoint& point)
{
    const bool draft = sweep.config.bench == "draft";
    if (!point.refused) {
        return draft || point.runs.empty() ? draft_columns(point) : closing_columns(point);
    }
    Columns out;
    if (draft) {
        out = draft_columns({});
    } else if (const auto ran = std::ranges::find_if(sweep.points, [](const SweepPoint& other) { return !other.runs.empty(); });
               ran != sweep.points.end()) {
        out = closing_columns(*ran);
    }
    for (auto& [name, value] : out) {
        value = nullptr;
    }
    return out;
}

std::string cell(const OrderedJson& value, bool exact)
{
    if (value.is_null()) {
        return "";
    }
    if (value.is_string()) {
        return value.get<std::string>();
    }
    if (value.is_number_float() && !exact) {
        char text[40];
        std::snprintf(text, sizeof text, "%.5g", value.get<double>());
        return text;
    }
    return value.dump();
}

std::string csv_cell(const std::string& text)
{
    if (text.find_first_of(",\"\n\r") == std::string::npos) {
        return text;
    }
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + "\"";
}

/// A bar or a line break would end the cell.
std::string markdown_cell(const std::string& text)
{
    std::string out;
    for (const char c : text) {
        out += c == '|' ? "\\|" : c == '\n' || c == '\r' ? " " : std::string(1, c);
    }
    return out;
}

std::string separated(const OrderedJson& rows, bool markdown)
{
    std::string out;
    if (rows.empty()) {
        return out;
    }
    const auto line = [&](const std::vector<std::string>& cells) {
        out += markdown ? "| " + joined(cells, " | ") + " |\n" : joined(cells, ",") + "\n";
    };
    std::vector<std::string> header;
    for (const auto& [key, value] : rows[0].items()) {
        header.push_back(markdown ? markdown_cell(key) : csv_cell(key));
    }
    line(header);
    if (markdown) {
        line(std::vector<std::string>(header.size(), "---"));
    }
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const auto& [key, value] : row.items()) {
            cells.push_back(markdown ? markdown_cell(cell(value, false)) : csv_cell(cell(value, true)));
        }
        line(cells);
    }
    return out;
}

}  // namespace

Spread spread_of(const std::vector<double>& values)
{
    if (values.empty()) {
        return {kNaN, kNaN, kNaN, kNaN, kNaN};
    }
    auto sorted = values;
    std::ranges::sort(sorted);
    const auto n = static_cast<double>(sorted.size());
    Spread out;
    out.mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / n;
    double squares = 0;
    for (const double value : sorted) {
        squares += (value - out.mean) * (value - out.mean);
    }
    out.median = quantile(sorted, 0.5);
    out.lower_quartile = quantile(sorted, 0.25);
    out.upper_quartile = quantile(sorted, 0.75);
    out.deviation = sorted.size() > 1 ? std::sqrt(squares / (n - 1)) : kNaN;
    return out;
}

double speed_up(const SweepPoint& point)
{
    const double plain = spread_of(point.plain_rates).median;
    return plain > 0 ? spread_of(point.rates).median / plain : kNaN;
}

Spread paired_speed_up(const SweepPoint& point)
{
    std::vector<double> ratios;
    if (point.rates.size() == point.plain_rates.size()) {
        for (std::size_t i = 0; i < point.rates.size(); ++i) {
            if (point.plain_rates[i] > 0) {
                ratios.push_back(point.rates[i] / point.plain_rates[i]);
            }
        }
    }
    return spread_of(ratios);
}

OrderedJson sweep_rows(const Sweep& sweep)
{
    const bool any_refused = std::ranges::any_of(sweep.points, [](const SweepPoint& point) { return point.refused.has_value(); });
    OrderedJson rows = OrderedJson::array();
    for (const auto& point : sweep.points) {
        OrderedJson row;
        for (std::size_t i = 0; i < sweep.varied.size() && i < point.values.size(); ++i) {
            const auto parsed = parse_json(point.values[i], sweep.varied[i].key);
            row[sweep.varied[i].key] = parsed.ok() && parsed->is_number() ? OrderedJson(*parsed) : OrderedJson(point.values[i]);
        }
        for (auto& [key, value] : columns(sweep, point)) {
            // A result must not take the place of the varied value of the same name.
            row[row.contains(key) ? key + "_done" : key] = std::move(value);
        }
        if (any_refused) {
            row["error"] = point.refused ? OrderedJson(point.refused->message) : OrderedJson(nullptr);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string rows_csv(const OrderedJson& rows)
{
    return separated(rows, false);
}

std::string rows_markdown(const OrderedJson& rows)
{
    return separated(rows, true);
}

}  // namespace timberline::run
