// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_data.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/results.h"
#include "app/cli/vary.h"
#include "core/base/text.h"
#include "core/record/folds.h"
#include "core/run/engine.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace timberline::cli {
namespace {

constexpr std::size_t kMostPoints = 10000;

/// What is kept of one point of the sweep. Rates over the repeats; the rest is the same in every repeat.
struct Point {
    std::vector<std::string> values;  ///< of the varied keys
    std::size_t tokens = 0, rounds = 0;
    std::optional<double> accepted_per_pass, mean_acceptance;
    std::vector<double> rates;
    std::string text_hash;
    std::vector<std::vector<ClosingNumber>> runs;  ///< of benches other than Draft, instead of the above: closing numbers of each repeat
};

double quantile(std::vector<double> sorted, double q)
{
    std::ranges::sort(sorted);
    const double at = q * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const auto high = std::min(low + 1, sorted.size() - 1);
    return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

/// Those of the last run, wall times as medians over all runs that have them.
std::vector<std::pair<std::string, OrderedJson>> with_medians(const std::vector<std::vector<ClosingNumber>>& runs)
{
    std::vector<std::pair<std::string, OrderedJson>> out;
    for (std::size_t i = 0; i < runs.back().size(); ++i) {
        const auto& last = runs.back()[i];
        std::vector<double> times;
        for (const auto& run : runs) {
            if (last.timed && run[i].value.is_number()) {
                times.push_back(run[i].value.get<double>());
            }
        }
        out.emplace_back(last.name, times.empty() ? last.value : OrderedJson(quantile(times, 0.5)));
    }
    return out;
}

/// Columns behind the varied keys, in a fixed order: the stable schema of all four formats.
std::vector<std::pair<std::string, OrderedJson>> columns(const Point& point)
{
    if (!point.runs.empty()) {
        auto out = with_medians(point.runs);
        out.emplace_back("repeats", point.runs.size());
        return out;
    }
    const auto real = [](std::optional<double> value) {
        return value && std::isfinite(*value) ? OrderedJson(*value) : OrderedJson(nullptr);
    };
    std::optional<double> median, mean, deviation, spread;
    if (!point.rates.empty()) {
        const auto n = static_cast<double>(point.rates.size());
        mean = std::accumulate(point.rates.begin(), point.rates.end(), 0.0) / n;
        double squares = 0;
        for (const double rate : point.rates) {
            squares += (rate - *mean) * (rate - *mean);
        }
        median = quantile(point.rates, 0.5);
        spread = quantile(point.rates, 0.75) - quantile(point.rates, 0.25);
        if (point.rates.size() > 1) {
            deviation = std::sqrt(squares / (n - 1));
        }
    }
    return {{"accepted_per_pass", real(point.accepted_per_pass)},
            {"mean_acceptance", real(point.mean_acceptance)},
            {"rounds", point.rounds},
            {"tokens", point.tokens},
            {"tokens_per_s", real(median)},
            {"tokens_per_s_mean", real(mean)},
            {"tokens_per_s_std", real(deviation)},
            {"tokens_per_s_iqr", real(spread)},
            {"repeats", point.rates.size()},
            {"text_hash", point.text_hash}};
}

OrderedJson row_json(const std::vector<Vary>& varied, const Point& point)
{
    OrderedJson row;
    for (std::size_t i = 0; i < varied.size(); ++i) {
        const auto parsed = parse_json(point.values[i], varied[i].key);
        row[varied[i].key] = parsed.ok() && parsed->is_number() ? OrderedJson(*parsed) : OrderedJson(point.values[i]);
    }
    for (auto& [key, value] : columns(point)) {
        row[key] = std::move(value);
    }
    return row;
}

std::string cell(const OrderedJson& value, bool exact)
{
    if (value.is_null()) {
        return "";
    }
    if (value.is_string()) {
        return value.get<std::string>();
    }
    return value.is_number_float() && !exact ? number(value.get<double>(), 5) : value.dump();
}

std::string csv_cell(const std::string& text)
{
    if (text.find_first_of(",\"\n") == std::string::npos) {
        return text;
    }
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + "\"";
}

std::string separated(const OrderedJson& rows, bool markdown)
{
    std::string out;
    const auto line = [&](const std::vector<std::string>& cells) {
        out += markdown ? "| " + joined(cells, " | ") + " |\n" : joined(cells, ",") + "\n";
    };
    std::vector<std::string> header;
    for (const auto& [key, value] : rows[0].items()) {
        header.push_back(markdown ? key : csv_cell(key));
    }
    line(header);
    if (markdown) {
        line(std::vector<std::string>(header.size(), "---"));
    }
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const auto& [key, value] : row.items()) {
            cells.push_back(markdown ? cell(value, false) : csv_cell(cell(value, true)));
        }
        line(cells);
    }
    return out;
}

void print_rows(const OrderedJson& rows, const std::string& format)
{
    if (format == "json") {
        print_json(rows);
    } else if (format == "jsonl") {
        for (const auto& row : rows) {
            print(row.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
        }
    } else {
        print(separated(rows, format == "md"));
    }
}

Result<Point> run_point(run::Engine& engine, const run::Config& config, std::int64_t repeats, std::int64_t warm_up,
                        const CancelToken& cancel)
{
    Point point;
    NoteSink sink;
    NullSink quiet;
    for (std::int64_t i = -warm_up; i < repeats; ++i) {
        TIMBERLINE_ASSIGN(const auto record, engine.run(config, cancel, i == -warm_up ? static_cast<ProgressSink&>(sink) : quiet));
        TIMBERLINE_TRY(outcome(*record));
        if (i < 0) {
            continue;
        }
        if (auto numbers = closing_numbers(*record); !numbers.empty()) {
            point.runs.push_back(std::move(numbers));
            continue;
        }
        const auto ids = record::generated_ids(*record);
        point.tokens = ids.size();
        point.text_hash = ids_hash(ids);
        point.rounds = record::rounds(*record).size();
        point.accepted_per_pass = record::accepted_per_pass(*record);
        point.mean_acceptance = record::mean_acceptance(*record);
        point.rates.push_back(record::tokens_per_second(*record).value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    return point;
}

Result<std::vector<Vary>> read_varied(const Arguments& arguments)
{
    std::vector<Vary> varied;
    std::size_t points = 1;
    for (const auto& text : arguments.all("vary")) {
        TIMBERLINE_ASSIGN(auto vary, parse_vary(text));
        points *= vary.values.size();
        varied.push_back(std::move(vary));
        if (points > kMostPoints) {
            return make_error(ErrorCode::InvalidArgument, "--vary asks for more than 10,000 runs", "Vary fewer values.");
        }
    }
    if (varied.empty()) {
        return make_error(ErrorCode::InvalidArgument, "`timberline-cli sweep` needs --vary KEY=VALUES",
                          "For example --vary draft_length=1:8:1.");
    }
    return varied;
}

/// Configs of all points, checked before the first of them runs.
Result<std::vector<std::pair<Point, run::Config>>> expand(const run::Config& base, const std::vector<Vary>& varied,
                                                          const MethodRegistry& methods)
{
    std::vector<std::pair<Point, run::Config>> out = {{Point{}, base}};
    for (const auto& vary : varied) {
        std::vector<std::pair<Point, run::Config>> next;
        for (const auto& [point, config] : out) {
            for (const auto& value : vary.values) {
                auto copy = std::pair(point, config);
                if (const auto set = run::set_by_path(copy.second, methods, vary.key, value); !set.ok()) {
                    return set.error().with("--vary " + vary.key);
                }
                copy.first.values.push_back(value);
                next.push_back(std::move(copy));
            }
        }
        out = std::move(next);
    }
    return out;
}

Result<OrderedJson> sweep(const Arguments& arguments, const CancelToken& cancel)
{
    TIMBERLINE_ASSIGN(const auto repeats, arguments.integer("repeats", 1, 1, 1000));
    TIMBERLINE_ASSIGN(const auto warm_up, arguments.integer("warm-up", repeats > 1 ? 1 : 0, 0, 100));
    TIMBERLINE_ASSIGN(const auto varied, read_varied(arguments));
    const auto engine = run::make_engine();
    TIMBERLINE_ASSIGN(auto base, run::read_config(arguments.positional[0], engine->methods()));
    TIMBERLINE_TRY(apply_sets(base, engine->methods(), arguments.all("set")));
    TIMBERLINE_ASSIGN(const auto points, expand(base, varied, engine->methods()));
    OrderedJson rows = OrderedJson::array();
    for (const auto& [point, config] : points) {
        TIMBERLINE_ASSIGN(auto done, run_point(*engine, config, repeats, warm_up, cancel));
        done.values = point.values;
        rows.push_back(row_json(varied, done));
    }
    return rows;
}

int run(const Arguments& arguments, const CancelToken& cancel)
{
    const std::vector<std::string> formats = {"md", "csv", "json", "jsonl"};
    const auto format = arguments.text("format", arguments.has("json") ? "json" : "md");
    if (std::ranges::find(formats, format) == formats.end()) {
        return fail(make_error(ErrorCode::InvalidArgument, "--format " + in_quotes(format) + ": expected md, csv, json or jsonl",
                               spelling_hint(format, formats)));
    }
    const auto rows = sweep(arguments, cancel);
    if (!rows) {
        return fail(rows.error());
    }
    print_rows(*rows, format);
    return kOk;
}

}  // namespace

Command sweep_command()
{
    return {{"sweep",
             "CONFIG.json",
             1,
             1,
             "Runs a config over lists and ranges of values and prints a table.",
             {{"vary", "KEY=VALUES", "a,b,c or lo:hi:step or lo:hi:*factor; values that hold commas are separated by ;", true},
              {"set", "KEY=VALUE", "changes a value for all runs", true},
              {"repeats", "N", "timed runs a point; rates are medians"},
              {"warm-up", "N", "untimed runs a point before them; 1 with repeats, else 0"},
              {"format", "md|csv|json|jsonl", "the default is md"},
              {"json", "", "the same as --format json"}}},
            run};
}

}  // namespace timberline::cli
