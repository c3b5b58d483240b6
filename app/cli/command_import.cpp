// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/results.h"
#include "core/io/imports/trace_import.h"

namespace timberline::cli {
namespace {

int run(const Arguments& arguments, const CancelToken& /*cancel*/)
{
    const auto trace = io::import_trace_file(arguments.positional[0]);
    if (!trace) {
        return fail(trace.error());
    }
    if (arguments.has("out")) {
        if (const auto written = write_run(*trace->record, arguments.text("out")); !written.ok()) {
            return fail(written.error());
        }
    }
    const auto shown = [](double value) { return value == value ? number(value, 10) : std::string("-"); };
    print("format " + std::string(io::name_of(trace->format)) + "\nrequests " + std::to_string(trace->requests) + "\nsteps " +
          std::to_string(trace->steps) + "\naccepted_per_pass " + shown(trace->mean_accepted) + "\nacceptance_rate " +
          shown(trace->acceptance_rate) + "\n");
    return kOk;
}

}  // namespace

Command import_command()
{
    return {{"import",
             "FILE",
             1,
             1,
             "Reads a log of another program: Spec-Bench answers (JSON lines), vLLM responses with detailed speculative metrics, "
             "llama.cpp's log.",
             {{"out", "DIR", "writes record.tlrun and data/*.csv, to be opened in the window"}}},
            run};
}

}  // namespace timberline::cli
