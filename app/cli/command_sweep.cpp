// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/results.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/run/sweep.h"
#include "core/run/sweep_table.h"

#include <algorithm>
#include <filesystem>

namespace timberline::cli {
namespace {

Result<std::vector<run::Vary>> read_varied(const Arguments& arguments)
{
    if (!arguments.has("vary")) {
        return make_error(ErrorCode::InvalidArgument, "`timberline-cli sweep` needs --vary KEY=VALUES",
                          "For example --vary draft_length=1:8:1.");
    }
    std::vector<run::Vary> varied;
    for (const auto& text : arguments.all("vary")) {
        auto vary = run::parse_vary(text);
        if (!vary.ok()) {
            return vary.error().with("--vary");
        }
        varied.push_back(std::move(vary).value());
    }
    if (const auto points = run::count_points(varied); !points.ok()) {
        return points.error().with("--vary");
    }
    return varied;
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
        print(format == "md" ? run::rows_markdown(rows) : run::rows_csv(rows));
    }
}

Status write_sweep(const run::Sweep& sweep, const std::filesystem::path& folder)
{
    TIMBERLINE_TRY(
        write_file(folder / "sweep.json", run::to_json(sweep).dump(1, ' ', false, OrderedJson::error_handler_t::replace) + "\n"));
    return write_file(folder / "sweep.csv", run::rows_csv(run::sweep_rows(sweep)));
}

/// Says what was refused: the table has a sentence for each.
void note_refused(const run::Sweep& sweep)
{
    const auto refused = [](const run::SweepPoint& point) { return point.refused.has_value(); };
    const auto first = std::ranges::find_if(sweep.points, refused);
    if (first == sweep.points.end()) {
        return;
    }
    std::vector<std::string> values;
    for (std::size_t i = 0; i < sweep.varied.size(); ++i) {
        values.push_back(sweep.varied[i].key + "=" + printable(first->values[i]));
    }
    note(std::to_string(std::ranges::count_if(sweep.points, refused)) + " of " + std::to_string(sweep.points.size()) +
         " points could not run (column error); the first, " + joined(values) + ": " + first->refused->message);
}

/// Runs all points into `out`, which keeps what was finished also when this fails.
Status sweep(const Arguments& arguments, const CancelToken& cancel, run::Sweep& out)
{
    TIMBERLINE_ASSIGN(const auto repeats, arguments.integer("repeats", 1, 1, 1000));
    TIMBERLINE_ASSIGN(const auto warm_up, arguments.integer("warm-up", repeats > 1 ? 1 : 0, 0, 100));
    out.options = {.repeats = static_cast<int>(repeats), .warm_up = static_cast<int>(warm_up), .plain = !arguments.has("no-plain")};
    TIMBERLINE_ASSIGN(out.varied, read_varied(arguments));
    const auto engine = run::make_engine();
    TIMBERLINE_ASSIGN(out.config, run::read_config(arguments.positional[0], engine->methods()));
    TIMBERLINE_TRY(apply_sets(out.config, engine->methods(), arguments.all("set")));
    const auto steps = run::expand_sweep(out.config, out.varied, engine->methods());
    if (!steps.ok()) {
        return steps.error().with("--vary");
    }
    if (arguments.has("out")) {
        TIMBERLINE_TRY(make_folder(arguments.text("out")));
    }
    NoteSink sink;
    return run::run_sweep(*engine, out, *steps, cancel, sink);
}

int run(const Arguments& arguments, const CancelToken& cancel)
{
    const std::vector<std::string> formats = {"md", "csv", "json", "jsonl"};
    const auto format = arguments.text("format", arguments.has("json") ? "json" : "md");
    if (std::ranges::find(formats, format) == formats.end()) {
        return fail(make_error(ErrorCode::InvalidArgument, "--format " + in_quotes(format) + ": expected md, csv, json or jsonl",
                               spelling_hint(format, formats)));
    }
    run::Sweep swept;
    const auto status = sweep(arguments, cancel, swept);
    if (arguments.has("out") && !swept.points.empty()) {
        if (const auto written = write_sweep(swept, arguments.text("out")); !written.ok()) {
            return fail(written.error());
        }
    }
    if (!status.ok()) {
        return fail(status.error());
    }
    note_refused(swept);
    print_rows(run::sweep_rows(swept), format);
    return kOk;
}

}  // namespace

Command sweep_command()
{
    return {
        {"sweep",
         "CONFIG.json",
         1,
         1,
         "Runs a config over lists and ranges of values and prints a table. On the Draft bench, plain decoding is timed beside each point "
         "for its speed_up. A combination of values that cannot run is kept with its error; the exit code is 0 when any point ran.",
         {{"vary", "KEY=VALUES", "a,b,c or lo:hi:step or lo:hi:*factor; values that hold commas are separated by ;", true},
          {"set", "KEY=VALUE", "changes a value for all runs", true},
          {"repeats", "N", "timed runs a point; rates are medians"},
          {"warm-up", "N", "untimed runs a point before them; 1 with repeats, else 0"},
          {"no-plain", "", "leaves out plain decoding and the speed-up: half the time"},
          {"out", "DIR", "writes sweep.json, which the window opens, and sweep.csv"},
          {"format", "md|csv|json|jsonl", "the default is md"},
          {"json", "", "the same as --format json"}}},
        run};
}

}  // namespace timberline::cli
