// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/results.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/record/codec.h"
#include "core/run/comparison_table.h"
#include "core/run/engine.h"
#include "core/run/sweep_table.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace timberline::cli {
namespace {

namespace fs = std::filesystem;
using run::ComparedRun;
using run::ComparisonEntry;

/// A .tlrun is a zip, a config is text.
bool is_record(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    char begin[2] = {};
    return in.read(begin, sizeof begin) && begin[0] == 'P' && begin[1] == 'K';
}

/// `--method DRAFTER[:controller[:acceptance]]`; empty parts are the drafter's partners.
Result<run::Config> named_method(const run::Config& base, const MethodRegistry& methods, const std::string& text)
{
    std::vector<std::string> parts = {""};
    for (const char c : text) {
        if (c == ':') {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    if (parts.size() > 3 || parts[0].empty()) {
        return make_error(ErrorCode::InvalidArgument,
                          "--method " + in_quotes(text) + ": expected DRAFTER, DRAFTER:CONTROLLER or DRAFTER:CONTROLLER:ACCEPTANCE",
                          "For example --method draft-model-tree:fixed:exact.");
    }
    parts.resize(3);
    auto config = run::with_method(base, methods, parts[0], parts[1], parts[2]);
    return config.ok() ? config : Result<run::Config>(config.error().with("--method " + text));
}

Result<run::Config> without_events(Result<run::Config> read, const std::string& path)
{
    if (read.ok() && !read->events.empty()) {
        note(path + ": its events (live changes, forced tokens) belong to its own run and are left out");
        read->events.clear();
    }
    return read;
}

Result<std::vector<ComparisonEntry>> wanted_entries(const Arguments& arguments, const MethodRegistry& methods)
{
    const auto& path = arguments.positional[0];
    TIMBERLINE_ASSIGN(auto base, without_events(run::read_config(path, methods), path));
    TIMBERLINE_TRY(apply_sets(base, methods, arguments.all("set")));
    std::vector<ComparisonEntry> out = {{"", base}};
    for (const auto& text : arguments.all("method")) {
        TIMBERLINE_ASSIGN(auto config, named_method(base, methods, text));
        out.push_back({"", std::move(config)});
    }
    for (const auto& other : arguments.all("with")) {
        TIMBERLINE_ASSIGN(auto config, without_events(run::read_config(other, methods), other));
        if (const auto key = run::first_unshared(base, config); !key.empty()) {
            return make_error(ErrorCode::InvalidArgument, other + " has another " + key + " than " + path,
                              "Compared configs share model, prompt, seed, sampling, length, threads and device.");
        }
        out.push_back({"", std::move(config)});
    }
    if (out.size() == 1) {
        TIMBERLINE_ASSIGN(auto plain, run::plain_of(base, methods));
        out.push_back({"", std::move(plain)});
    }
    run::name_entries(out, methods);
    return out;
}

Result<std::vector<ComparedRun>> run_entries(const Arguments& arguments, const CancelToken& cancel)
{
    TIMBERLINE_ASSIGN(const auto repeats, arguments.integer("repeats", run::kComparisonRepeats, 0, 1000));
    const auto engine = run::make_engine();
    TIMBERLINE_ASSIGN(const auto entries, wanted_entries(arguments, engine->methods()));
    NoteSink sink;
    return run::compare(*engine, entries, static_cast<int>(repeats), cancel, sink);
}

Result<std::vector<ComparedRun>> read_records(const Arguments& arguments)
{
    for (const char* option : {"method", "with", "set", "repeats"}) {
        if (arguments.has(option)) {
            return make_error(ErrorCode::InvalidArgument, std::string("--") + option + " belongs to a config, and records are given",
                              "Leave it out, or give CONFIG.json instead of records.");
        }
    }
    std::vector<ComparedRun> out;
    for (const auto& path : arguments.positional) {
        TIMBERLINE_ASSIGN(auto record, record::load(path));
        const auto* started = record::run_started(*record);
        if (started == nullptr || started->bench != "draft") {
            return make_error(ErrorCode::InvalidArgument,
                              path + " is no record of the draft bench" + (started == nullptr ? "" : " but of " + started->bench),
                              "Give records that `timberline-cli run` wrote of draft configs.");
        }
        out.push_back(run::compared_record(path, std::move(record)));
    }
    if (out.size() < 2) {
        return make_error(ErrorCode::InvalidArgument, "a comparison needs two records or more, and there is one",
                          "Give a second .tlrun, or a config to run.");
    }
    return out;
}

std::string file_name(std::size_t index, const std::string& label)
{
    std::string out = std::to_string(index + 1) + "-";
    for (const char c : label.substr(0, 60)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        out += plain ? c : '-';
    }
    return out;
}

struct PairDiff {
    std::size_t a, b;
    record::RunDiff diff;
};

/// The first run that is there against each later one.
std::vector<PairDiff> diffs_of(const std::vector<ComparedRun>& runs)
{
    std::vector<PairDiff> out;
    const auto first = std::ranges::find_if(runs, [](const ComparedRun& run) { return run.record != nullptr; });
    const auto a = static_cast<std::size_t>(first - runs.begin());
    for (std::size_t b = a + 1; b < runs.size(); ++b) {
        if (runs[b].record != nullptr) {
            out.push_back({a, b, record::diff_runs(*runs[a].record, *runs[b].record)});
        }
    }
    return out;
}

OrderedJson whole(const std::vector<ComparedRun>& runs, const std::vector<PairDiff>& diffs, run::DepthColumns depths)
{
    OrderedJson out;
    out["rows"] = run::comparison_rows(runs, depths);
    out["diffs"] = OrderedJson::array();
    for (const auto& pair : diffs) {
        out["diffs"].push_back(run::diff_row(runs[pair.a].label, runs[pair.b].label, pair.diff));
    }
    out["settings"] = run::differing_settings(runs);
    return out;
}

Status write_all(const std::vector<ComparedRun>& runs, const std::vector<PairDiff>& diffs, bool records, const fs::path& folder)
{
    TIMBERLINE_TRY(make_folder(folder));
    for (std::size_t i = 0; records && i < runs.size(); ++i) {
        if (runs[i].record != nullptr) {
            TIMBERLINE_TRY(record::save(*runs[i].record, folder / (file_name(i, runs[i].label) + ".tlrun")));
        }
    }
    for (const auto& pair : diffs) {
        const auto name = "diff-" + std::to_string(pair.a + 1) + "-" + std::to_string(pair.b + 1) + ".csv";
        TIMBERLINE_TRY(write_file(folder / name, record::tree_diff_csv(pair.diff, record::run_started(*runs[pair.a].record))));
    }
    const auto json = whole(runs, diffs, run::DepthColumns::Nested).dump(1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
    TIMBERLINE_TRY(write_file(folder / "comparison.json", json));
    return write_file(folder / "comparison.csv", run::rows_csv(run::comparison_rows(runs, run::DepthColumns::Flat)));
}

/// Texts in one line: a prompt may hold anything.
OrderedJson for_people(OrderedJson rows)
{
    for (auto& row : rows) {
        for (auto& [key, value] : row.items()) {
            if (value.is_string()) {
                value = printable(value.get<std::string>(), 60);
            }
        }
    }
    return rows;
}

void print_comparison(const std::vector<ComparedRun>& runs, const std::vector<PairDiff>& diffs, const std::string& format)
{
    const auto all = whole(runs, diffs,
                           format == "md"    ? run::DepthColumns::Text
                           : format == "csv" ? run::DepthColumns::Flat
                                             : run::DepthColumns::Nested);
    if (format == "json") {
        print_json(all);
    } else if (format == "jsonl") {
        for (const char* part : {"rows", "diffs", "settings"}) {
            for (const auto& row : all[part]) {
                print(row.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
            }
        }
    } else if (format == "csv") {
        print(run::rows_csv(all["rows"]));
    } else {
        print(run::rows_markdown(all["rows"]));
        if (!all["diffs"].empty()) {
            print("\n" + run::rows_markdown(all["diffs"]));
        }
        if (!all["settings"].empty()) {
            print("\n" + run::rows_markdown(for_people(all["settings"])));
        }
    }
}

int run_compare(const Arguments& arguments, const CancelToken& cancel)
{
    const std::vector<std::string> formats = {"md", "csv", "json", "jsonl"};
    const auto format = arguments.text("format", arguments.has("json") ? "json" : "md");
    if (std::ranges::find(formats, format) == formats.end()) {
        return fail(make_error(ErrorCode::InvalidArgument, "--format " + in_quotes(format) + ": expected md, csv, json or jsonl",
                               spelling_hint(format, formats)));
    }
    const bool records = is_record(arguments.positional[0]);
    if (!records && arguments.positional.size() > 1) {
        return fail(make_error(ErrorCode::InvalidArgument, "more than one config is given; expected one config, or two records or more",
                               "Name further configs by --with OTHER.json."));
    }
    const auto runs = records ? read_records(arguments) : run_entries(arguments, cancel);
    if (!runs.ok()) {
        return fail(runs.error());
    }
    for (const auto& each : *runs) {
        if (each.error) {
            note(each.label + ": " + each.error->message);
        }
    }
    if (std::ranges::all_of(*runs, [](const ComparedRun& each) { return each.record == nullptr; })) {
        return fail(*runs->front().error);
    }
    const auto diffs = diffs_of(*runs);
    if (arguments.has("out")) {
        if (const auto written = write_all(*runs, diffs, !records, arguments.text("out")); !written.ok()) {
            return fail(written.error());
        }
    }
    print_comparison(*runs, diffs, format);
    return kOk;
}

}  // namespace

Command compare_command()
{
    return {
        {"compare",
         "CONFIG.json | RECORD.tlrun RECORD.tlrun …",
         1,
         100,
         "Runs several methods on the same prompt and seed, times each beside plain decoding, and prints a table, what their trees "
         "share, and the settings that differ. Without --method and --with the config's method is compared with plain decoding. Saved "
         "records are compared without a "
         "model. A method that cannot run is kept with its error; the exit code is 0 when any ran.",
         {{"method", "DRAFTER[:CONTROLLER[:ACCEPTANCE]]", "another method on the config's prompt; left out parts are its partners", true},
          {"with", "OTHER.json", "another config, with the same model, prompt, seed, sampling and length", true},
          {"set", "KEY=VALUE", "changes a value of CONFIG.json before all this", true},
          {"repeats", "N", "timed runs of each method and of plain decoding; rates are medians; the default is 5, 0 times nothing"},
          {"out", "DIR", "writes each record, comparison.json, comparison.csv and the trees' differences as CSV"},
          {"format", "md|csv|json|jsonl", "the default is md"},
          {"json", "", "the same as --format json"}}},
        run_compare};
}

}  // namespace timberline::cli
