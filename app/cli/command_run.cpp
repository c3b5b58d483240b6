// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_data.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/results.h"
#include "core/base/text.h"
#include "core/record/folds.h"
#include "core/run/engine.h"

#include <algorithm>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace timberline::cli {
namespace {

namespace fs = std::filesystem;

Result<run::Config> example_config(const MethodRegistry& methods, const std::string& id)
{
    std::vector<std::string> valid;
    for (const auto& entry : methods.entries()) {
        if (entry.info.id == id) {
            TIMBERLINE_ASSIGN(const auto json, parse_json(entry.info.example, "example of " + id));
            return run::parse_config(json, methods, "example of " + id);
        }
        valid.push_back(entry.info.id);
    }
    return make_error(ErrorCode::NotFound, "there is no method " + in_quotes(id), spelling_hint(id, valid));
}

Result<run::Config> wanted_config(const Arguments& arguments, const MethodRegistry& methods)
{
    const bool example = arguments.has("example");
    if (example == !arguments.positional.empty()) {
        return make_error(ErrorCode::InvalidArgument,
                          example ? "both a config and --example are given" : "`timberline-cli run` needs CONFIG.json or --example ID",
                          "Give one of them.");
    }
    if (!arguments.has("out")) {
        return make_error(ErrorCode::InvalidArgument, "`timberline-cli run` needs --out DIR", "Name a folder for the record and its data.");
    }
    if (example) {
        TIMBERLINE_ASSIGN(auto config, example_config(methods, arguments.text("example")));
        TIMBERLINE_TRY(apply_sets(config, methods, arguments.all("set")));
        return config;
    }
    TIMBERLINE_ASSIGN(auto config, run::read_config(arguments.positional[0], methods));
    TIMBERLINE_TRY(apply_sets(config, methods, arguments.all("set")));
    return config;
}

/// Starts the window program beside this one and waits for it: it owns the exporter.
Status export_plots(const fs::path& out)
{
    std::error_code failed;
    const auto program = fs::read_symlink("/proc/self/exe", failed).parent_path() / "timberline";
    if (failed || ::access(program.c_str(), X_OK) != 0) {
        note("the program `timberline` is not beside timberline-cli, so there are no pictures; everything else was written");
        return {};
    }
    TIMBERLINE_TRY(make_folder(out / "plots"));
    std::vector<std::string> words = {program.string(), "--export", (out / "plots").string(), (out / "record.tlrun").string()};
    std::vector<std::string> variables = {"QT_QPA_PLATFORM=offscreen"};
    for (char** variable = environ; *variable != nullptr; ++variable) {
        if (!std::string_view(*variable).starts_with("QT_QPA_PLATFORM=")) {
            variables.emplace_back(*variable);
        }
    }
    const auto pointers = [](std::vector<std::string>& list) {
        std::vector<char*> out_list;
        for (auto& word : list) {
            out_list.push_back(word.data());
        }
        out_list.push_back(nullptr);
        return out_list;
    };
    // The child must not write on our stdout, which belongs to the results.
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    pid_t child = 0;
    const int error = posix_spawn(&child, program.c_str(), &actions, nullptr, pointers(words).data(), pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    if (error != 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return make_error(ErrorCode::Internal, "`timberline --export` did not make the pictures",
                          "The record and the data were written; run the export by hand to see why.");
    }
    return {};
}

/// The closing numbers of the run's bench.
Status print_summary(const record::Record& record, const run::Config& config)
{
    print_numbers(record::closing_numbers(record));
    if (config.bench != "draft") {
        return {};
    }
    TIMBERLINE_ASSIGN(const auto text, generated_text(record, config.model));
    const auto rate = record::tokens_per_second(record);
    const auto accepted = record::accepted_per_pass(record);
    print("accepted_per_pass " + (accepted ? number(*accepted, 5) : "-") + "\n");
    print("tokens_per_s " + (rate ? number(*rate, 5) : "-") + "\n");
    print("text " + text + "\n");
    return {};
}

int run(const Arguments& arguments, const CancelToken& cancel)
{
    const auto engine = run::make_engine();
    const auto config = wanted_config(arguments, engine->methods());
    if (!config) {
        return fail(config.error());
    }
    const fs::path out = arguments.text("out");
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
    if (const auto printed = print_summary(**record, *config); !printed.ok()) {
        return fail(printed.error());
    }
    if (const auto ended = outcome(**record); !ended.ok()) {
        return fail(ended.error());
    }
    if (arguments.has("plots")) {
        if (const auto plotted = export_plots(out); !plotted.ok()) {
            return fail(plotted.error());
        }
    }
    return kOk;
}

}  // namespace

Command run_command()
{
    return {{"run",
             "CONFIG.json",
             0,
             1,
             "Runs a config and writes record.tlrun, config.json and data/ into a folder.",
             {{"out", "DIR", "folder for the results; made when it does not exist"},
              {"set", "KEY=VALUE", "changes a value: a hyperparameter, or a path such as sampling.temperature", true},
              {"example", "ID", "runs the example of a method instead of a config"},
              {"plots", "", "lets the program `timberline` draw every view into DIR/plots"}}},
            run};
}

}  // namespace timberline::cli
