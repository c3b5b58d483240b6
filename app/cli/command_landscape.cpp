// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_data.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/results.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/record/landscape_grid.h"
#include "core/record/training_curve.h"
#include "core/run/engine.h"

#include <filesystem>

namespace timberline::cli {
namespace {

namespace fs = std::filesystem;

Result<run::Config> wanted_config(const Arguments& arguments, const MethodRegistry& methods)
{
    TIMBERLINE_ASSIGN(auto config, run::read_config(arguments.positional[0], methods));
    if (config.bench != "landscape") {
        return make_error(ErrorCode::InvalidArgument,
                          arguments.positional[0] + ": bench is " + in_quotes(config.bench) + ", expected \"landscape\"",
                          "Use `timberline-cli run` for other benches.");
    }
    TIMBERLINE_TRY(apply_sets(config, methods, arguments.all("set")));
    if (arguments.has("from")) {
        config.settings["start_from"] = arguments.text("from");
    }
    return run::complete(std::move(config), methods);
}

/// What other programs open: beside data/grid.csv and trajectory.csv, which every landscape run writes.
Status write_surfaces(const record::LandscapeGrid& grid, const fs::path& folder)
{
    for (const bool test : {false, true}) {
        if (test && grid.test_loss.empty()) {
            break;
        }
        const std::string stem = test ? "grid_test" : "grid";
        if (test) {
            TIMBERLINE_TRY(write_file(folder / (stem + ".csv"), record::grid_csv(grid, test)));
        }
        TIMBERLINE_TRY(write_file(folder / (stem + ".npy"), record::grid_npy(grid, test)));
        TIMBERLINE_TRY(write_file(folder / (stem + ".vtk"), record::grid_vtk(grid, test)));
        TIMBERLINE_TRY(write_file(folder / (stem + ".obj"), record::grid_obj(grid, test)));
    }
    return {};
}

int run(const Arguments& arguments, const CancelToken& cancel)
{
    if (!arguments.has("out")) {
        return fail(make_error(ErrorCode::InvalidArgument, "`timberline-cli landscape` needs --out DIR",
                               "Name a folder for the record and the surface."));
    }
    const fs::path out = arguments.text("out");
    const auto engine = run::make_engine();
    const auto config = wanted_config(arguments, engine->methods());
    if (!config) {
        return fail(config.error());
    }
    if (const auto made = make_folder(out); !made.ok()) {
        return fail(made.error());
    }
    NoteSink sink;
    const auto record = engine->run(*config, cancel, sink);
    if (!record) {
        return fail(record.error());
    }
    if (const auto written = write_run(**record, out); !written.ok()) {
        return fail(written.error());
    }
    if (const auto written = write_file(out / "data" / "curve.csv", record::curve_csv(**record)); !written.ok()) {
        return fail(written.error());
    }
    auto numbers = record::closing_numbers(**record);
    if (const auto fold = record::landscape_fold(**record); !fold.grids().empty()) {
        if (const auto written = write_surfaces(fold.grids().back(), out / "data"); !written.ok()) {
            return fail(written.error());
        }
        numbers.push_back({"caption", record::caption(fold.grids().back().plane)});
    }
    if (arguments.has("json")) {
        print_numbers_json(numbers);
    } else {
        print_numbers(numbers);
    }
    const auto ended = outcome(**record);
    return ended.ok() ? kOk : fail(ended.error());
}

}  // namespace

Command landscape_command()
{
    return {{"landscape",
             "CONFIG.json",
             1,
             1,
             "Trains a small network (or opens a trained one) and evaluates the loss over a plane through its parameters. Writes "
             "record.tlrun, config.json "
             "and data/: the surface as csv, npy, vtk and obj, the path of training, the curve.",
             {{"out", "DIR", "folder for the results; made when it does not exist"},
              {"set", "KEY=VALUE", "changes a value: a hyperparameter such as learning_rate, or a path such as landscape.nx", true},
              {"from", "FILE", "draws the training of a record (.tlrun) or a checkpoint (.safetensors) instead of training"},
              {"json", "", "prints the closing numbers as JSON"}}},
            run};
}

}  // namespace timberline::cli
