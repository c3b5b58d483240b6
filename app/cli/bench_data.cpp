// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_data.h"

#include "app/cli/output.h"
#include "core/base/files.h"
#include "core/record/attention_rows.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "core/record/head_curve.h"
#include "core/record/layer_readings.h"
#include "core/record/training_curve.h"

namespace timberline::cli {
namespace {

Status write_landscape(const record::Record& record, const std::filesystem::path& folder)
{
    const auto fold = record::landscape_fold(record);
    if (fold.grids().empty()) {
        return {};
    }
    const auto& grid = fold.grids().back();  // of a run that followed training: the last surface
    TIMBERLINE_TRY(write_file(folder / "grid.csv", record::grid_csv(grid)));
    return write_file(folder / "trajectory.csv", record::trajectory_csv(grid.trajectory));
}

}  // namespace

Status write_data(const record::Record& record, const std::filesystem::path& folder)
{
    const auto bench = record::bench_of(record);
    if (bench == "training") {
        return write_file(folder / "curve.csv", record::curve_csv(record));
    }
    if (bench == "heads") {
        return write_file(folder / "curve.csv", record::head_curve_csv(record));
    }
    if (bench == "exits") {
        return write_file(folder / "readings.csv", record::readings_csv(record));
    }
    if (bench == "attention") {
        return write_file(folder / "heads.csv", record::heads_csv(record));
    }
    if (bench == "landscape") {
        return write_landscape(record, folder);
    }
    TIMBERLINE_TRY(write_file(folder / "rounds.csv", record::rounds_csv(record)));
    return write_file(folder / "nodes.csv", record::nodes_csv(record));
}

void print_numbers(const std::vector<record::ClosingNumber>& numbers)
{
    for (const auto& [name, value, timed] : numbers) {
        const auto text = value.is_null() ? "-" : value.is_string() ? value.get<std::string>() : number(value.get<double>(), 6);
        print(name + " " + text + "\n");
    }
}

void print_numbers_json(const std::vector<record::ClosingNumber>& numbers)
{
    OrderedJson json;
    for (const auto& [name, value, timed] : numbers) {
        json[name] = value;
    }
    print_json(json);
}

}  // namespace timberline::cli
