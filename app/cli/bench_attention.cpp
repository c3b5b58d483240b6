// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_suite.h"
#include "core/base/compute_threads.h"

#include <algorithm>
#include <span>

namespace timberline::cli {
namespace {

constexpr std::int64_t kTokens = 512;
constexpr int kRepeats = 9;

/// One forward over the whole text into an empty store.
Status read_text(const BenchSetup& setup, std::span<const TokenId> tokens, const model::CaptureRequest& capture, model::KvStore& store,
                 model::ForwardOutput& output)
{
    model::ForwardInput input;
    input.tokens = tokens;
    input.logits = model::ForwardInput::Logits::None;
    input.capture = capture;
    store.crop(0);
    return setup.target->decoder->forward(input, store, output, setup.cancel);
}

}  // namespace

/// Statistics of every attention row, made while attending, against the forward without them. The two are timed by turns, so that a busy
/// machine slows both.
Result<std::vector<Measurement>> bench_attention(const BenchSetup& setup)
{
    const auto& config = setup.target->decoder->config();
    std::vector<TokenId> tokens;
    for (std::int64_t i = 0; i < std::min(kTokens, config.context); ++i) {
        tokens.push_back(static_cast<TokenId>((i * 61 + i / 7) % config.vocabulary));
    }
    const auto length = static_cast<std::int64_t>(tokens.size());
    const auto store = setup.target->decoder->make_store(length);
    model::ForwardOutput plain_output, rows_output, maps_output;
    std::vector<Measurement> out;
    for (const int threads : {1, 2}) {
        set_compute_threads(threads);
        std::vector<double> plain, rows, maps;
        for (int repeat = 0; repeat < kRepeats; ++repeat) {
            const auto once = [&](const model::CaptureRequest& capture, model::ForwardOutput& output,
                                  std::vector<double>& times) -> Status {
                TIMBERLINE_ASSIGN(const double seconds,
                                  median_seconds(1, setup.cancel, [&] { return read_text(setup, tokens, capture, *store, output); }));
                times.push_back(seconds);
                return {};
            };
            TIMBERLINE_TRY(once({}, plain_output, plain));
            TIMBERLINE_TRY(once({.attention_rows = true}, rows_output, rows));
            if (repeat < kRepeats / 3) {
                TIMBERLINE_TRY(once({.attention = true}, maps_output, maps));
            }
        }
        const auto median = [](std::vector<double> times) {
            std::sort(times.begin(), times.end());
            return times[times.size() / 2];
        };
        const auto row_count = static_cast<double>(config.layers * config.heads * length);
        const double seen = static_cast<double>(length + 1) / 2;
        Measurement m;
        m.name = "attention";
        m.what = "statistics of every attention row over " + std::to_string(length) + " tokens";
        m.value = median(rows) * 1000;
        m.unit = "ms";
        m.baseline = "the same forward without them";
        m.baseline_value = median(plain) * 1000;
        m.ratio = m.baseline_value / m.value;
        m.bytes = row_count * static_cast<double>(sizeof(attention::RowStatistics));
        m.flops = static_cast<double>(length) * setup.target->decoder->flops_per_token(static_cast<std::int64_t>(seen));
        m.threads = threads;
        m.repeats = kRepeats;
        m.details["cost_percent"] = 100 * (m.value / m.baseline_value - 1);
        m.details["rows"] = row_count;
        m.details["maps_ms"] = median(maps) * 1000;
        m.details["maps_bytes"] = row_count * static_cast<double>(length * static_cast<std::int64_t>(sizeof(float)));
        out.push_back(std::move(m));
    }
    return out;
}

}  // namespace timberline::cli
