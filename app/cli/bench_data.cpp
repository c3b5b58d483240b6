// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_data.h"

#include "app/cli/output.h"
#include "core/base/files.h"
#include "core/record/attention_rows.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "core/record/landscape_grid.h"
#include "core/record/layer_readings.h"
#include "core/record/training_curve.h"

#include <cmath>

namespace timberline::cli {
namespace {

Status write_landscape(const record::Record& record, const std::filesystem::path& folder)
{
    record::LandscapeFold fold;
    for (const auto& event : record.events) {
        if (const auto* block = std::get_if<record::Block>(&event.payload); block != nullptr) {
            fold.add(*block);
        }
    }
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
    const auto* started = record::run_started(record);
    const std::string bench = started == nullptr ? "draft" : started->bench;
    if (bench == "training") {
        return write_file(folder / "curve.csv", record::curve_csv(record));
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

std::vector<std::pair<std::string, OrderedJson>> training_numbers(const record::Record& record)
{
    const auto real = [](double value) { return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr); };
    const auto steps = record::training_steps(record);
    const auto looks = record::training_validations(record);
    record::TrainingValidation last;
    last.train_loss = last.train_accuracy = last.loss = last.accuracy = std::nan("");
    if (!looks.empty()) {
        last = looks.back();
    }
    const auto* finished = record::run_finished(record);
    const double seconds = finished == nullptr ? 0 : finished->total_ms / 1000;
    return {{"steps", steps.empty() ? 0 : steps.back().step + 1},
            {"train_loss", real(last.train_loss)},
            {"val_loss", real(last.loss)},
            {"train_accuracy", real(last.train_accuracy)},
            {"val_accuracy", real(last.accuracy)},
            {"reason", finished == nullptr ? "" : finished->reason},
            {"steps_per_s", seconds > 0 ? real(static_cast<double>(steps.size()) / seconds) : OrderedJson(nullptr)}};
}

void print_training_summary(const record::Record& record)
{
    for (const auto& [name, value] : training_numbers(record)) {
        const auto text = value.is_null() ? "-" : value.is_string() ? value.get<std::string>() : number(value.get<double>(), 5);
        print(name + " " + text + "\n");
    }
}

}  // namespace timberline::cli
