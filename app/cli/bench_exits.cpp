// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_suite.h"
#include "core/base/compute_threads.h"
#include "core/exits/exit_run.h"
#include "core/record/folds.h"
#include "core/run/run_record.h"

#include <algorithm>

namespace timberline::cli {
namespace {

constexpr std::size_t kPrompts = 4;
constexpr std::int64_t kNewTokens = 96;

/// The same settings for every token.
class Steady final : public exits::ExitDirector
{
public:
    explicit Steady(std::int64_t layer) : values_{{"layer", layer}} {}
    [[nodiscard]] Result<exits::ExitMoment> before(std::int32_t /*moment*/, const CancelToken& /*cancel*/) override
    {
        exits::ExitMoment out;
        out.policy = "fixed-layer";
        out.values = values_;
        return out;
    }

private:
    Values values_;
};

/// Tokens a second over the prompts when every token leaves at `layer`. Nothing is read beside the text.
Result<double> exit_rate(const BenchSetup& setup, std::int64_t layer, record::KvMode mode, int threads)
{
    set_compute_threads(threads);
    const exits::ExitLens lens(*setup.target->decoder);
    exits::ExitJob job;
    job.decoder = setup.target->decoder.get();
    job.lens = &lens;
    job.run.kv_mode = mode;
    exits::fill_decoder_costs(job.run, setup.target->folder.config, lens);
    job.max_new_tokens = kNewTokens;
    job.display = job.measure_full = false;
    Steady director(layer);
    NullSink sink;
    double milliseconds = 0;
    std::int64_t tokens = 0;
    for (std::size_t i = 0; i < std::min(kPrompts, setup.prompts.size()); ++i) {
        job.prompt = setup.prompts[i];
        const auto write = [&](const record::Event& event) {
            if (const auto* finished = std::get_if<record::RunFinished>(&event.payload)) {
                milliseconds += finished->total_ms;
                tokens += kNewTokens;
            }
        };
        TIMBERLINE_TRY(exits::run_early_exit(job, director, write, setup.cancel, sink));
    }
    return milliseconds > 0 ? static_cast<double>(tokens) / milliseconds * 1000 : 0;
}

Result<Measurement> half_depth(const BenchSetup& setup, record::KvMode mode, const run::Config& plain)
{
    const auto& decoder = *setup.target->decoder;
    const std::int64_t layers = decoder.config().layers;
    std::vector<double> plain_rates, full, own, against_plain, against_full;
    for (int i = -1; i < kBenchRepeats; ++i) {  // the first of each is the warm-up; alternating, so that a busy moment hits all
        TIMBERLINE_ASSIGN(const double plain_rate, decode_rate(setup, plain, setup.plain_threads, false));
        TIMBERLINE_ASSIGN(const double full_rate, exit_rate(setup, layers, mode, setup.plain_threads));
        TIMBERLINE_ASSIGN(const double rate, exit_rate(setup, layers / 2, mode, setup.plain_threads));
        if (i >= 0) {
            own.push_back(rate);
            plain_rates.push_back(plain_rate);
            full.push_back(full_rate);
            against_plain.push_back(rate / plain_rate);
            against_full.push_back(rate / full_rate);
        }
    }
    Measurement m;
    m.name = "exits";
    m.what = "leaving at layer " + std::to_string(layers / 2) + " of " + std::to_string(layers) + ", KV " + std::string(name_of(mode));
    m.value = run::median(own);
    m.unit = "tokens/s";
    m.baseline = "plain decode, every layer";
    m.baseline_value = run::median(plain_rates);
    m.ratio = run::median(against_plain);
    m.bytes = static_cast<double>(decoder.weight_bytes()) / 2;
    m.flops = decoder.flops_per_token(kNewTokens / 2) / 2;
    m.threads = setup.plain_threads;
    m.repeats = kBenchRepeats;
    m.details = {{"against_full_depth_in_the_same_loop", run::median(against_full)}, {"full_depth_tokens_per_s", run::median(full)}};
    return m;
}

}  // namespace

Result<std::vector<Measurement>> bench_exits(const BenchSetup& setup)
{
    run::Config config;
    config.drafter = {"plain", {}};
    config.max_new_tokens = kNewTokens;
    config.ignore_eos = true;
    TIMBERLINE_ASSIGN(const auto plain, run::complete(std::move(config), setup.methods));
    std::vector<Measurement> out;
    for (const auto mode : {record::KvMode::Propagate, record::KvMode::Copy}) {
        TIMBERLINE_ASSIGN(auto line, half_depth(setup, mode, plain));
        out.push_back(std::move(line));
    }
    return out;
}

}  // namespace timberline::cli
