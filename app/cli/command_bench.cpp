// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_suite.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/files.h"
#include "core/base/text.h"

#include <algorithm>
#include <thread>

namespace timberline::cli {
namespace {

struct Named {
    const char* name;
    const char* what;
    BenchEntry run;
};
constexpr Named kEntries[] = {
    {"load", "loading the bundled model", bench_load},
    {"plain", "plain decode at 1 and 2 threads", bench_plain},
    {"instrumented", "plain decode with everything recorded", bench_instrumented},
    {"chain", "draft chain of 4 against plain decode", bench_chain},
    {"model-free", "drafters without a second model against plain decode", bench_model_free},
    {"tree", "best dynamic draft tree against plain decode", bench_tree},
    {"forward", "one target pass over n rows", bench_forward},
    {"tokenizer", "text to ids", bench_tokenizer},
    {"exits", "leaving at half the depth against plain decode", bench_exits},
    {"attention", "statistics of every attention row against the plain forward", bench_attention},
    {"landscape", "51x51 surfaces against a plain libtorch loop over points", bench_landscape},
    {"follow", "training while the surface follows against training alone", bench_follow},
};

OrderedJson measurement_json(const Measurement& m)
{
    OrderedJson out;
    out["name"] = m.name;
    out["what"] = m.what;
    out["value"] = m.value;
    out["unit"] = m.unit;
    out["baseline"] = {{"what", m.baseline}, {"value", m.baseline_value}};
    out["ratio"] = m.ratio;
    out["bytes"] = m.bytes;
    out["flops"] = m.flops;
    out["threads"] = m.threads;
    out["repeats"] = m.repeats;
    if (!m.details.empty()) {
        out["details"] = m.details;
    }
    return out;
}

Result<std::vector<Measurement>> measure(const std::string& wanted, const CancelToken& cancel, int& plain_threads)
{
    std::vector<std::string> names;
    for (const auto& entry : kEntries) {
        names.emplace_back(entry.name);
    }
    if (!wanted.empty() && std::ranges::find(names, wanted) == names.end()) {
        return make_error(ErrorCode::InvalidArgument, "there is no benchmark " + in_quotes(wanted) + "; expected one of " + joined(names),
                          spelling_hint(wanted, names));
    }
    TIMBERLINE_ASSIGN(const auto setup, make_bench_setup(cancel));
    plain_threads = setup.plain_threads;
    std::vector<Measurement> out;
    for (const auto& entry : kEntries) {
        if (wanted.empty() || wanted == entry.name) {
            TIMBERLINE_ASSIGN(auto lines, entry.run(setup));
            out.insert(out.end(), lines.begin(), lines.end());
        }
    }
    return out;
}

int run(const Arguments& arguments, const CancelToken& cancel)
{
    int plain_threads = 1;
    const auto lines = measure(arguments.positional.empty() ? "" : arguments.positional[0], cancel, plain_threads);
    if (!lines) {
        return fail(lines.error());
    }
    if (arguments.has("json")) {
        OrderedJson out;
        out["version"] = version();
        out["hardware_threads"] = std::thread::hardware_concurrency();
        out["plain_threads"] = plain_threads;
        out["results"] = OrderedJson::array();
        for (const auto& line : *lines) {
            out["results"].push_back(measurement_json(line));
        }
        print_json(out);
        return kOk;
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& m : *lines) {
        rows.push_back({m.name, m.what, number(m.value) + " " + m.unit, number(m.ratio, 3) + "x",
                        m.baseline + " (" + number(m.baseline_value) + " " + m.unit + ")", number(m.bytes / 1e6, 3) + " MB",
                        m.flops > 0 ? number(m.flops / 1e6, 3) + " MFLOP" : "-", std::to_string(m.threads), std::to_string(m.repeats)});
    }
    print(table({"name", "work", "median", "ratio", "against", "bytes", "work done", "threads", "repeats"}, rows));
    return kOk;
}

}  // namespace

Command bench_command()
{
    std::string summary = "Times the program against baselines in the same process.\n\nBenchmarks:\n";
    for (const auto& entry : kEntries) {
        std::string name = entry.name;
        name.resize(14, ' ');
        summary += "  " + name + entry.what + "\n";
    }
    return {{"bench", "[NAME]", 0, 1, summary, {{"json", "", "prints JSON"}}}, run};
}

}  // namespace timberline::cli
