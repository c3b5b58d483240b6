// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/json.h"
#include "core/base/method.h"
#include "core/base/result.h"
#include "core/model/language_model.h"
#include "core/run/config.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace timberline::cli {

/// One line of the performance suite: a time or a rate, and what it is compared with in the same process.
struct Measurement {
    std::string name;
    std::string what;  ///< for people
    double value = 0;
    std::string unit;           ///< "tokens/s" "s" "ms" "MB/s"
    std::string baseline;       ///< what the ratio is against
    double baseline_value = 0;  ///< in `unit`
    double ratio = 0;           ///< how many times the baseline's speed
    double bytes = 0;           ///< moved by one unit of work
    double flops = 0;           ///< done by one unit of work
    int threads = 1;
    int repeats = 0;
    OrderedJson details = OrderedJson::object();
};

/// Models and settings that the entries share; loaded once.
struct BenchSetup {
    MethodRegistry methods;
    std::shared_ptr<const model::LanguageModel> target, draft;
    std::vector<std::vector<TokenId>> prompts;
    int plain_threads = 1;  ///< the faster of 1 and 2 for plain decoding
    CancelToken cancel;
};

inline constexpr int kBenchRepeats = 5;

/// Loads the bundled pair and the prompts of the reference file and finds the faster thread count.
[[nodiscard]] Result<BenchSetup> make_bench_setup(const CancelToken& cancel);

/// Decodes all prompts and gives tokens a second over them. @param instrumented everything recorded, as `run` does.
[[nodiscard]] Result<double> decode_rate(const BenchSetup& setup, const run::Config& config, int threads, bool instrumented);

/// Seconds of one call: a warm-up, then the median of `repeats`.
[[nodiscard]] Result<double> median_seconds(int repeats, const CancelToken& cancel, const std::function<Status()>& body);

using BenchEntry = Result<std::vector<Measurement>> (*)(const BenchSetup& setup);

/// decoding
[[nodiscard]] Result<std::vector<Measurement>> bench_plain(const BenchSetup& setup);
[[nodiscard]] Result<std::vector<Measurement>> bench_chain(const BenchSetup& setup);
[[nodiscard]] Result<std::vector<Measurement>> bench_model_free(const BenchSetup& setup);
[[nodiscard]] Result<std::vector<Measurement>> bench_tree(const BenchSetup& setup);
[[nodiscard]] Result<std::vector<Measurement>> bench_instrumented(const BenchSetup& setup);
[[nodiscard]] Result<std::vector<Measurement>> bench_exits(const BenchSetup& setup);
/// parts
[[nodiscard]] Result<std::vector<Measurement>> bench_load(const BenchSetup& setup);
[[nodiscard]] Result<std::vector<Measurement>> bench_forward(const BenchSetup& setup);
[[nodiscard]] Result<std::vector<Measurement>> bench_tokenizer(const BenchSetup& setup);
/// attention
[[nodiscard]] Result<std::vector<Measurement>> bench_attention(const BenchSetup& setup);

/// landscape
[[nodiscard]] Result<std::vector<Measurement>> bench_landscape(const BenchSetup& setup);
[[nodiscard]] Result<std::vector<Measurement>> bench_follow(const BenchSetup& setup);

/// The bundled reference values: prompts with the ids that an independent implementation computes for them.
[[nodiscard]] Result<Json> read_reference();

}  // namespace timberline::cli
