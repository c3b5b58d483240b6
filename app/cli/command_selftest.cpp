// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/selftest_checks.h"
#include "core/run/guard.h"

#include <chrono>
#include <cstdio>
#include <functional>

namespace timberline::cli {
namespace {

struct Check {
    const char* what;
    std::function<Status()> run;
};

double seconds_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int run(const Arguments& arguments, const CancelToken& cancel)
{
    const auto engine = run::make_engine();
    const std::vector<Check> checks = {
        {"random numbers equal the published vectors", [] { return check_random_numbers(); }},
        {"bundled models open and fit together", [&] { return check_models(*engine); }},
        {"greedy text equals the reference on 12 prompts", [&] { return check_reference_text(*engine, cancel); }},
        {"draft proposals and accepted counts equal the reference", [&] { return check_reference_drafts(*engine, cancel); }},
        {"every draft shape keeps the greedy text", [&] { return check_lossless_greedy(*engine, cancel); }},
        {"sampled trees follow the target's law (20,000 draws)", [] { return check_sampled_law(); }},
        {"the same seed gives the same record", [&] { return check_repeatable(*engine, cancel); }},
        {"a record survives writing and reading", [&] { return check_record_file(*engine, cancel); }},
    };
    const bool json = arguments.has("json");
    OrderedJson out;
    out["checks"] = OrderedJson::array();
    int failures = 0;
    const auto start = std::chrono::steady_clock::now();
    for (const auto& check : checks) {
        const auto begin = std::chrono::steady_clock::now();
        const auto status = run::guarded([&]() -> Result<bool> {
            TIMBERLINE_TRY(check.run());
            return true;
        });
        failures += status.ok() ? 0 : 1;
        const std::string message = status.ok() ? "" : status.error().message;
        out["checks"].push_back({{"what", check.what}, {"ok", status.ok()}, {"message", message}, {"seconds", seconds_since(begin)}});
        if (!json) {
            print((status.ok() ? "ok      " : "FAILED  ") + std::string(check.what) + (message.empty() ? "" : ": " + message) + "\n");
            std::fflush(stdout);
        }
    }
    const auto total = seconds_since(start);
    if (json) {
        out["failed"] = failures;
        out["seconds"] = total;
        print_json(out);
    } else {
        print(std::to_string(checks.size() - static_cast<std::size_t>(failures)) + " of " + std::to_string(checks.size()) +
              " checks passed in " + number(total, 3) + " s\n");
    }
    return failures == 0 ? kOk : kRunFailed;
}

}  // namespace

Command selftest_command()
{
    return {{"selftest",
             "",
             0,
             0,
             "Checks this installation in under a minute: models, reference values, losslessness, records.",
             {{"json", "", "prints JSON"}}},
            run};
}

}  // namespace timberline::cli
