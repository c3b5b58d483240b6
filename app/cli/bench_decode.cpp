// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_suite.h"
#include "core/base/compute_threads.h"
#include "core/base/files.h"
#include "core/base/thread_pool.h"
#include "core/decoding/decode.h"
#include "core/record/folds.h"
#include "core/run/catalog.h"
#include "core/run/run_director.h"
#include "core/run/run_record.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace timberline::cli {
namespace {

constexpr std::size_t kPrompts = 4;
constexpr std::int64_t kNewTokens = 96;
constexpr int kThreadCounts[] = {1, 2};

Result<run::Config> config_for(const BenchSetup& setup, const std::string& drafter, const Values& values)
{
    run::Config config;
    config.draft_model = drafter == "plain" ? "" : "bundled:tale-draft";
    config.drafter = {drafter, values};
    config.max_new_tokens = kNewTokens;
    config.ignore_eos = true;
    return run::complete(std::move(config), setup.methods);
}

/// Rates of the method and of plain decoding, alternating, so that a busy moment of the machine hits both.
struct Pair {
    double method = 0, plain = 0, ratio = 0;
};
Result<Pair> beside_plain(const BenchSetup& setup, const run::Config& config, int threads, bool instrumented)
{
    TIMBERLINE_ASSIGN(const auto plain, config_for(setup, "plain", {}));
    std::vector<double> own, baseline, ratios;
    for (int i = -1; i < kBenchRepeats; ++i) {
        TIMBERLINE_ASSIGN(const double plain_rate, decode_rate(setup, plain, setup.plain_threads, false));
        TIMBERLINE_ASSIGN(const double rate, decode_rate(setup, config, threads, instrumented));
        if (i >= 0) {
            own.push_back(rate);
            baseline.push_back(plain_rate);
            ratios.push_back(rate / plain_rate);
        }
    }
    return Pair{.method = run::median(own), .plain = run::median(baseline), .ratio = run::median(ratios)};
}

/// The thread count at which a config decodes faster, by one run each.
Result<int> faster_threads(const BenchSetup& setup, const run::Config& config)
{
    int best = 1;
    double best_rate = 0;
    for (const int threads : kThreadCounts) {
        TIMBERLINE_TRY(decode_rate(setup, config, threads, false));  // warm-up
        TIMBERLINE_ASSIGN(const double rate, decode_rate(setup, config, threads, false));
        if (rate > best_rate) {
            best_rate = rate;
            best = threads;
        }
    }
    return best;
}

double flops_of_token(const model::Decoder& decoder)
{
    return decoder.flops_per_token(kNewTokens / 2);
}

Measurement against_plain(const BenchSetup& setup, const std::string& name, const std::string& what, const Pair& pair, int threads)
{
    Measurement out;
    out.name = name;
    out.what = what;
    out.value = pair.method;
    out.unit = "tokens/s";
    out.baseline = "plain decode";
    out.baseline_value = pair.plain;
    out.ratio = pair.ratio;
    out.bytes = static_cast<double>(setup.target->decoder->weight_bytes());
    out.flops = flops_of_token(*setup.target->decoder);
    out.threads = threads;
    out.repeats = kBenchRepeats;
    return out;
}

/// Reads as many bytes as the weights have, once: what the memory allows at this thread count.
Result<double> read_seconds(std::int64_t bytes, int threads, const CancelToken& cancel)
{
    set_compute_threads(threads);
    const std::vector<std::uint64_t> memory(static_cast<std::size_t>(bytes / 8), 1);
    std::vector<std::uint64_t> sums(64);
    auto seconds = median_seconds(kBenchRepeats * 4, cancel, [&]() -> Status {
        ThreadPool::instance().parallel_for(static_cast<std::int64_t>(memory.size()), 4096,
                                            [&](std::int64_t begin, std::int64_t end, std::int64_t chunk) {
                                                sums[static_cast<std::size_t>(chunk) % sums.size()] =
                                                    std::accumulate(memory.begin() + begin, memory.begin() + end, std::uint64_t{0});
                                            });
        return {};
    });
    if (seconds.ok() && std::accumulate(sums.begin(), sums.end(), std::uint64_t{0}) == 0) {
        return make_error(ErrorCode::Internal, "the memory pass read nothing");
    }
    return seconds;
}

}  // namespace

Result<double> decode_rate(const BenchSetup& setup, const run::Config& config, int threads, bool instrumented)
{
    set_compute_threads(threads);
    double tokens = 0;
    double seconds = 0;
    for (const auto& prompt : setup.prompts) {
        decoding::DecodeJob job;
        job.target = setup.target;
        job.draft = config.draft_model.empty() ? nullptr : setup.draft;
        job.methods = &setup.methods;
        job.prompt = prompt;
        job.max_new_tokens = config.max_new_tokens;
        job.instrumented = instrumented;
        NullSink sink;
        run::RunDirector director(config, setup.methods, job.draft != nullptr, nullptr, sink);
        const auto start = std::chrono::steady_clock::now();
        TIMBERLINE_ASSIGN(const auto record, decoding::decode(job, run::start_event(config, job, threads), director, setup.cancel, sink));
        // The clock stands outside of the round loop, so that what recording costs is seen wherever it falls; the prompt's pass is no
        // decoding.
        const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (setup.cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "the benchmark was cancelled");
        }
        const auto* finished = record::run_finished(*record);
        const auto count = record::generated_ids(*record).size();
        if (finished == nullptr || count == 0) {
            return make_error(ErrorCode::Internal, "a decode of the benchmark gave no tokens");
        }
        tokens += static_cast<double>(count);
        seconds += wall - finished->prefill_ms / 1000;
    }
    return tokens / seconds;
}

Result<double> median_seconds(int repeats, const CancelToken& cancel, const std::function<Status()>& body)
{
    std::vector<double> times;
    for (int i = -1; i < repeats; ++i) {
        if (cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "the benchmark was cancelled");
        }
        const auto start = std::chrono::steady_clock::now();
        TIMBERLINE_TRY(body());
        if (i >= 0) {
            times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
    }
    return run::median(times);
}

Result<Json> read_reference()
{
    return read_json_file(resource_folder() / "models" / "reference.json");
}

Result<BenchSetup> make_bench_setup(const CancelToken& cancel)
{
    BenchSetup setup;
    setup.cancel = cancel;
    setup.methods = run::make_catalog();
    TIMBERLINE_ASSIGN(setup.target, model::load_language_model("bundled:tale", "cpu", cancel));
    TIMBERLINE_ASSIGN(setup.draft, model::load_language_model("bundled:tale-draft", "cpu", cancel));
    TIMBERLINE_ASSIGN(const auto reference, read_reference());
    for (const auto& prompt : reference.at("prompts")) {
        if (setup.prompts.size() < kPrompts) {
            setup.prompts.push_back(prompt.at("ids").get<std::vector<TokenId>>());
        }
    }
    TIMBERLINE_ASSIGN(const auto plain, config_for(setup, "plain", {}));
    TIMBERLINE_ASSIGN(setup.plain_threads, faster_threads(setup, plain));
    return setup;
}

Result<std::vector<Measurement>> bench_plain(const BenchSetup& setup)
{
    TIMBERLINE_ASSIGN(const auto config, config_for(setup, "plain", {}));
    const auto& decoder = *setup.target->decoder;
    std::vector<Measurement> out;
    for (const int threads : kThreadCounts) {
        std::vector<double> rates;
        for (int i = -1; i < kBenchRepeats; ++i) {
            TIMBERLINE_ASSIGN(const double rate, decode_rate(setup, config, threads, false));
            if (i >= 0) {
                rates.push_back(rate);
            }
        }
        TIMBERLINE_ASSIGN(const double pass, read_seconds(decoder.weight_bytes(), threads, setup.cancel));
        Measurement m;
        m.name = "plain";
        m.what = "plain greedy decode, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
        m.value = run::median(rates);
        m.unit = "tokens/s";
        m.baseline = "reading the weights once a token";
        m.baseline_value = 1 / pass;
        m.ratio = m.value * pass;
        m.bytes = static_cast<double>(decoder.weight_bytes());
        m.flops = flops_of_token(decoder);
        m.threads = threads;
        m.repeats = kBenchRepeats;
        m.details["faster"] = threads == setup.plain_threads;
        out.push_back(std::move(m));
    }
    return out;
}

Result<std::vector<Measurement>> bench_chain(const BenchSetup& setup)
{
    TIMBERLINE_ASSIGN(const auto config, config_for(setup, "draft-model-chain", {{"draft_length", std::int64_t{4}}}));
    TIMBERLINE_ASSIGN(const int threads, faster_threads(setup, config));
    TIMBERLINE_ASSIGN(const auto pair, beside_plain(setup, config, threads, false));
    return std::vector{against_plain(setup, "chain", "greedy draft chain of 4", pair, threads)};
}

Result<std::vector<Measurement>> bench_model_free(const BenchSetup& setup)
{
    struct Entry {
        const char *id, *what;
        Values values;
    };
    const std::vector<Entry> entries = {
        {"prompt-lookup", "greedy prompt lookup, 4 matches", {{"matches", std::int64_t{4}}}},
        {"ngram-cache", "greedy n-gram cache", {}},
        {"self-speculation", "greedy self-speculation from layer 4", {}},
        {"lookahead", "greedy lookahead decoding", {}},
    };
    std::vector<Measurement> out;
    for (const Entry& entry : entries) {
        TIMBERLINE_ASSIGN(const auto config, config_for(setup, entry.id, entry.values));
        TIMBERLINE_ASSIGN(const int threads, faster_threads(setup, config));
        TIMBERLINE_ASSIGN(const auto pair, beside_plain(setup, config, threads, false));
        out.push_back(against_plain(setup, entry.id, entry.what, pair, threads));
    }
    return out;
}

Result<std::vector<Measurement>> bench_tree(const BenchSetup& setup)
{
    struct Shape {
        std::int64_t length, nodes, width;
    };
    run::Config best;
    Shape best_shape{};
    double best_rate = 0;
    int best_threads = 1;
    for (const Shape shape : {Shape{3, 6, 2}, Shape{4, 8, 2}, Shape{4, 12, 3}, Shape{5, 16, 4}}) {
        TIMBERLINE_ASSIGN(
            const auto config,
            config_for(
                setup, "draft-model-tree",
                {{"shape", std::string("dynamic")}, {"draft_length", shape.length}, {"total_nodes", shape.nodes}, {"top_k", shape.width}}));
        TIMBERLINE_ASSIGN(const int threads, faster_threads(setup, config));
        TIMBERLINE_ASSIGN(const double rate, decode_rate(setup, config, threads, false));
        if (rate > best_rate) {
            best_rate = rate;
            best_threads = threads;
            best = config;
            best_shape = shape;
        }
    }
    TIMBERLINE_ASSIGN(const auto pair, beside_plain(setup, best, best_threads, false));
    auto m = against_plain(setup, "tree", "greedy dynamic draft tree, the best of four shapes", pair, best_threads);
    m.details = {{"draft_length", best_shape.length}, {"total_nodes", best_shape.nodes}, {"top_k", best_shape.width}};
    return std::vector{m};
}

Result<std::vector<Measurement>> bench_instrumented(const BenchSetup& setup)
{
    TIMBERLINE_ASSIGN(const auto config, config_for(setup, "plain", {}));
    TIMBERLINE_ASSIGN(const auto pair, beside_plain(setup, config, setup.plain_threads, true));
    return std::vector{against_plain(setup, "instrumented", "plain greedy decode with everything recorded", pair, setup.plain_threads)};
}

}  // namespace timberline::cli
