// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/results.h"
#include "core/base/text.h"
#include "core/record/folds.h"
#include "core/run/config_live.h"
#include "core/run/engine.h"

#include <cmath>

namespace timberline::cli {
namespace {

/// `--method` takes a drafter, or a controller or acceptance rule that brings its partners.
Status choose_method(run::Config& config, const MethodRegistry& methods, const std::string& id)
{
    std::vector<std::string> valid;
    for (const auto& role : run::kRoles) {
        for (const auto* entry : methods.family(role.family)) {
            if (entry->info.id == id) {
                config.*(role.in_config) = {id, {}};
                return {};
            }
            valid.push_back(entry->info.id);
        }
    }
    return make_error(ErrorCode::InvalidArgument, "--method " + in_quotes(id) + " is not a method", spelling_hint(id, valid));
}

Status read_prompt(const Arguments& arguments, run::Config& config)
{
    if (arguments.has("prompt") == arguments.has("ids")) {
        return make_error(ErrorCode::InvalidArgument,
                          arguments.has("ids") ? "--prompt and --ids are both given; expected one of them"
                                               : "`timberline-cli generate` needs --prompt TEXT or --ids LIST",
                          "--prompt \"\" starts from the model's BOS token.");
    }
    if (arguments.has("ids")) {
        TIMBERLINE_ASSIGN(config.ids, arguments.ids("ids"));
    } else {
        config.prompt = arguments.text("prompt");
    }
    return {};
}

Result<run::Config> read_flags(const Arguments& arguments, const MethodRegistry& methods)
{
    if (!arguments.has("model")) {
        return make_error(ErrorCode::InvalidArgument, "`timberline-cli generate` needs --model DIR",
                          "`--model bundled:tale` is the bundled model.");
    }
    run::Config config;
    config.model = arguments.text("model");
    config.draft_model = arguments.text("draft");
    config.heads = arguments.text("heads");
    config.ignore_eos = arguments.has("ignore-eos");
    if (arguments.has("method")) {
        TIMBERLINE_TRY(choose_method(config, methods, arguments.text("method")));
    }
    if (arguments.has("controller")) {
        config.controller = {arguments.text("controller"), {}};
    }
    if (arguments.has("acceptance")) {
        config.acceptance = {arguments.text("acceptance"), {}};
    }
    TIMBERLINE_TRY(read_prompt(arguments, config));
    TIMBERLINE_ASSIGN(config, run::complete(std::move(config), methods));
    TIMBERLINE_TRY(apply_sets(config, methods, arguments.all("set")));
    struct Flag {
        const char* option;
        const char* key;
    };
    for (const auto& [option, key] :
         {Flag{"max-new-tokens", "max_new_tokens"}, Flag{"temperature", "sampling.temperature"}, Flag{"seed", "seed"}}) {
        if (arguments.has(option)) {
            if (const auto set = run::set_by_path(config, methods, key, arguments.text(option)); !set.ok()) {
                return set.error().with(std::string("--") + option);
            }
        }
    }
    return config;
}

OrderedJson number_json(std::optional<double> value)
{
    return value && std::isfinite(*value) ? OrderedJson(*value) : OrderedJson(nullptr);
}

OrderedJson round_json(const record::Round& round)
{
    OrderedJson out;
    auto proposed = OrderedJson::array();
    auto parents = OrderedJson::array();
    for (std::size_t i = 1; i < round.nodes.size(); ++i) {
        const auto& node = round.nodes[i];
        using State = record::NodeState;
        // Behind the drafted nodes stand guesses of a window, the extra token and candidates that were never sent.
        if (node.state == State::Bonus || node.state == State::Correction || node.state == State::Pruned || node.state == State::Window) {
            break;
        }
        proposed.push_back(node.token);
        parents.push_back(node.parent - 1);  // the root is -1, the first drafted node 0
    }
    out["proposed"] = std::move(proposed);
    out["parents"] = std::move(parents);
    out["accepted"] = round.path.empty() ? 0 : round.path.size() - 1;
    out["next"] = round.next_node < 0 ? OrderedJson(nullptr) : OrderedJson(round.next);
    out["draft_ms"] = round.draft_ms;
    out["verify_ms"] = round.verify_ms;
    out["overhead_ms"] = round.overhead_ms;
    return out;
}

OrderedJson result_json(const record::Record& record, const std::string& text)
{
    OrderedJson out;
    out["ids"] = record::generated_ids(record);
    out["text"] = text;
    out["rounds"] = OrderedJson::array();
    for (const auto* round : record::rounds(record)) {
        out["rounds"].push_back(round_json(*round));
    }
    out["accepted_per_pass"] = number_json(record::accepted_per_pass(record));
    out["tokens_per_s"] = number_json(record::tokens_per_second(record));
    return out;
}

int run(const Arguments& arguments, const CancelToken& cancel)
{
    const auto engine = run::make_engine();
    const auto config = read_flags(arguments, engine->methods());
    if (!config) {
        return fail(config.error());
    }
    NoteSink sink;
    const auto record = engine->run(*config, cancel, sink);
    if (!record) {
        return fail(record.error());
    }
    const auto text = generated_text(**record, config->model);
    if (!text) {
        return fail(text.error());
    }
    if (const auto ended = outcome(**record); !ended.ok() && ended.error().code != ErrorCode::Cancelled) {
        return fail(ended.error());
    }
    if (arguments.has("json")) {
        print_json(result_json(**record, *text));
    } else {
        print(*text + "\n");
    }
    const auto ended = outcome(**record);
    return ended.ok() ? kOk : fail(ended.error());
}

}  // namespace

Command generate_command()
{
    return {{"generate",
             "",
             0,
             0,
             "Continues a prompt.",
             {{"model", "DIR", "model folder, or bundled:NAME"},
              {"draft", "DIR", "draft model folder; ignored by methods that need none"},
              {"method", "ID", "drafter; the default is draft-model-chain with --draft, else plain"},
              {"controller", "ID", "decode controller"},
              {"acceptance", "ID", "acceptance rule"},
              {"heads", "DIR", "folder of trained draft heads"},
              {"set", "KEY=VALUE", "changes a value: a hyperparameter, or a path such as sampling.top_p", true},
              {"prompt", "TEXT", "text to continue"},
              {"ids", "LIST", "token ids to continue, separated by commas"},
              {"max-new-tokens", "N", "stops after this many new tokens"},
              {"temperature", "T", "0 always takes the likeliest token"},
              {"seed", "S", "names the random numbers"},
              {"ignore-eos", "", "goes on after the model's end token"},
              {"json", "", "prints ids, text, rounds and rates as JSON"}}},
            run};
}

}  // namespace timberline::cli
