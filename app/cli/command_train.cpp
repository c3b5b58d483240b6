// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_data.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/results.h"
#include "core/base/text.h"
#include "core/run/engine.h"

#include <filesystem>

namespace timberline::cli {
namespace {

namespace fs = std::filesystem;

std::string text_setting(const run::Config& config, const std::string& key)
{
    const auto it = config.settings.find(key);
    const auto* text = it == config.settings.end() ? nullptr : std::get_if<std::string>(&it->second);
    return text == nullptr ? std::string{} : *text;
}

Result<run::Config> wanted_config(const Arguments& arguments, const MethodRegistry& methods, const fs::path& out)
{
    TIMBERLINE_ASSIGN(auto config, run::read_config(arguments.positional[0], methods));
    if (config.bench != "training" && config.bench != "heads") {
        return make_error(ErrorCode::InvalidArgument,
                          arguments.positional[0] + ": bench is " + in_quotes(config.bench) + ", expected \"training\" or \"heads\"",
                          "Use `timberline-cli run` for other benches.");
    }
    TIMBERLINE_TRY(apply_sets(config, methods, arguments.all("set")));
    if (text_setting(config, "checkpoint_path").empty()) {
        config.settings["checkpoint_path"] = (out / "checkpoint.safetensors").string();
    }
    if (config.bench == "heads" && text_setting(config, "out_folder").empty()) {
        config.settings["out_folder"] = (out / "heads").string();
    }
    if (arguments.has("resume")) {
        config.settings["resume_from"] = text_setting(config, "checkpoint_path");
    }
    return config;
}

int run(const Arguments& arguments, const CancelToken& cancel)
{
    if (!arguments.has("out")) {
        return fail(make_error(ErrorCode::InvalidArgument, "`timberline-cli train` needs --out DIR",
                               "Name a folder for the record, the curve and the checkpoint."));
    }
    const fs::path out = arguments.text("out");
    const auto engine = run::make_engine();
    const auto config = wanted_config(arguments, engine->methods(), out);
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
    if (arguments.has("json")) {
        print_numbers_json(record::closing_numbers(**record));
    } else {
        print_numbers(record::closing_numbers(**record));
    }
    const auto ended = outcome(**record);
    return ended.ok() ? kOk : fail(ended.error());
}

}  // namespace

Command train_command()
{
    return {
        {"train",
         "CONFIG.json",
         1,
         1,
         "Trains a small network, or draft heads for a model (then the folder heads is written too), and writes record.tlrun, config.json, "
         "data/curve.csv and checkpoint.safetensors into a folder.",
         {{"out", "DIR", "folder for the results; made when it does not exist"},
          {"set", "KEY=VALUE", "changes a value: a hyperparameter such as momentum, or a path such as training.steps", true},
          {"resume", "",
           "goes on from DIR/checkpoint.safetensors, bit for bit as if there had been no interruption; going back to steps before it "
           "is refused"},
          {"json", "", "prints the closing numbers as JSON"}}},
        run};
}

}  // namespace timberline::cli
