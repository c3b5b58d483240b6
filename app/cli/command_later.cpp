// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/output.h"

namespace timberline::cli {
namespace {

int refuse(const std::string& what)
{
    return fail(make_error(ErrorCode::Unsupported, "this version of Timberline has no " + what,
                           "It runs the draft bench: `timberline-cli run` and `generate`."));
}

std::vector<Option> out_option()
{
    return {{"out", "DIR", "folder for the results"}, {"set", "KEY=VALUE", "changes a value of the config", true}};
}

}  // namespace

std::vector<Command> later_commands()
{
    return {{{"train", "CONFIG.json", 1, 1, "Trains a small model. Not part of this version.", out_option()},
             [](const Arguments&, const CancelToken&) { return refuse("training bench"); }},
            {{"landscape", "CONFIG.json", 1, 1, "Evaluates a loss landscape. Not part of this version.", out_option()},
             [](const Arguments&, const CancelToken&) { return refuse("landscape bench"); }}};
}

}  // namespace timberline::cli
