// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_suite.h"
#include "core/base/compute_threads.h"
#include "core/exits/exit_run.h"
#include "core/record/folds.h"
#include "core/record/layer_readings.h"
#include "core/run/run_record.h"

#include <algorithm>
#include <chrono>

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
    double seconds = 0;
    std::int64_t tokens = 0;
    for (std::size_t i = 0; i < std::min(kPrompts, setup.prompts.size()); ++i) {
        job.prompt = setup.prompts[i];
        double prefill_ms = 0;
        const auto write = [&](const record::Event& event) {
            if (const auto* finished = std::get_if<record::RunFinished>(&event.payload)) {
                prefill_ms = finished->prefill_ms;
            }
            const auto* block = std::get_if<record::Block>(&event.payload);
            tokens += block != nullptr && block->kind == record::kLayerReadingsBlock && block->moment >= 0 ? 1 : 0;
        };
        const auto start = std::chrono::steady_clock::now();
        TIMBERLINE_TRY(exits::run_early_exit(job, director, write, setup.cancel, sink));
        // The same clock as for plain decoding: around the whole loop, the prompt's pass left out.
        seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() - prefill_ms / 1000;
        if (setup.cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "the benchmark was cancelled");
        }
    }
    if (tokens == 0 || seconds <= 0) {
        return make_error(ErrorCode::Internal, "a decode of the benchmark gave no tokens");
    }
    return static_cast<double>(tokens) / seconds;
}

/// One token's work when it leaves at `layer`: the blocks below and the whole head, and what the mode makes of the layers above.
struct TokenWork {
    double bytes = 0;
    double flops = 0;
};

TokenWork work_of_token(const BenchSetup& setup, std::int64_t layer, record::KvMode mode)
{
    const auto& decoder = *setup.target->decoder;
    const auto& config = decoder.config();
    const exits::ExitLens lens(decoder);
    record::ExitRun run;
    exits::fill_decoder_costs(run, config, lens);
    constexpr std::int64_t kVisible = kNewTokens / 2;
    const auto layers = static_cast<double>(config.layers);
    const double head = run.head_flops.back();
    // Weights are read once a token and cost a multiply-add each, so bytes are shared out as these FLOPs are.
    const double weights = layers * run.block_flops.front() + head;
    const double kv = mode == record::KvMode::Propagate ? (layers - static_cast<double>(layer)) * run.kv_flops : 0;
    const double used = static_cast<double>(layer) * run.block_flops.front() + head + kv;
    const double attending = (decoder.flops_per_token(kVisible) - decoder.flops_per_token(0)) * static_cast<double>(layer) / layers;
    return {.bytes = static_cast<double>(decoder.weight_bytes()) * used / weights, .flops = used + attending};
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
    const auto work = work_of_token(setup, layers / 2, mode);
    m.bytes = work.bytes;
    m.flops = work.flops;
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
