// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/results.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/record/landscape_grid.h"
#include "core/record/training_curve.h"
#include "core/run/engine.h"

#include <cmath>
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

record::LandscapeFold fold_of(const record::Record& record)
{
    record::LandscapeFold fold;
    for (const auto& event : record.events) {
        if (const auto* block = std::get_if<record::Block>(&event.payload); block != nullptr) {
            fold.add(*block);
        }
    }
    return fold;
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

/// Closing numbers by name.
std::vector<std::pair<std::string, OrderedJson>> numbers_of(const record::LandscapeFold& fold)
{
    const auto real = [](double value) { return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr); };
    const auto& grid = fold.grids().back();
    const auto range = grid.range();
    std::vector<std::pair<std::string, OrderedJson>> out = {{"center_loss", real(grid.plane.center_loss)},
                                                            {"lowest_loss", range ? real(range->first) : OrderedJson(nullptr)},
                                                            {"highest_loss", range ? real(range->second) : OrderedJson(nullptr)},
                                                            {"cells", grid.known()},
                                                            {"not_finite", grid.not_finite()},
                                                            {"cosine", real(grid.plane.cosine)}};
    if (!fold.hessians().empty()) {
        const auto& last = fold.hessians().back();
        out.emplace_back("lambda_max", last.eigenvalues.empty() ? OrderedJson(nullptr) : real(last.eigenvalues.front()));
        out.emplace_back("stability_limit", real(last.stability_limit));
        out.emplace_back("trace", real(last.trace));
        out.emplace_back("trace_error", real(last.trace_error));
    }
    if (const auto& cost = fold.follow_cost()) {
        out.emplace_back("surfaces_followed", cost->surfaces);
        out.emplace_back("waited_share", cost->training_ms > 0 ? real(cost->waited_ms / cost->training_ms) : OrderedJson(nullptr));
    }
    out.emplace_back("caption", record::caption(grid.plane));
    return out;
}

void print_numbers(const std::vector<std::pair<std::string, OrderedJson>>& numbers)
{
    for (const auto& [name, value] : numbers) {
        const auto text = value.is_null() ? "-" : value.is_string() ? value.get<std::string>() : number(value.get<double>(), 6);
        print(name + " " + text + "\n");
    }
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
    if (const auto fold = fold_of(**record); !fold.grids().empty()) {
        if (const auto written = write_surfaces(fold.grids().back(), out / "data"); !written.ok()) {
            return fail(written.error());
        }
        const auto numbers = numbers_of(fold);
        if (arguments.has("json")) {
            OrderedJson json;
            for (const auto& [name, value] : numbers) {
                json[name] = value;
            }
            print_json(json);
        } else {
            print_numbers(numbers);
        }
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
