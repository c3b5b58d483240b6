// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/exit_run.h"

#include "core/exits/emission.h"
#include "core/exits/exit_decoder.h"
#include "core/exits/stopwatch.h"
#include "core/rules/exit_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace timberline::exits {
namespace {

constexpr std::size_t kWarmUp = 3;          ///< first tokens that a mean time leaves out
constexpr std::size_t kReferenceRows = 64;  ///< rows of one reference forward
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double mean_after_warm_up(const std::vector<double>& times)
{
    const std::size_t first = times.size() > 2 * kWarmUp ? kWarmUp : 0;
    return times.empty() ? 0
                         : std::accumulate(times.begin() + static_cast<std::ptrdiff_t>(first), times.end(), 0.0) /
                               static_cast<double>(times.size() - first);
}

class ExitLoop
{
public:
    ExitLoop(const ExitJob& job, ExitDirector& director, const EventWriter& write, const CancelToken& cancel, ProgressSink& sink)
        : job_(job), director_(director), write_(write), cancel_(cancel), sink_(sink), committed_(job.prompt),
          costs_(job.run, job.run.kv_mode)
    {
        all_.layers = job.run.layers;
        all_.top_k = job.run.top_k;
        const std::int64_t room = std::max<std::int64_t>(job.decoder->config().context - static_cast<std::int64_t>(job.prompt.size()), 0);
        limit_ = std::clamp<std::int64_t>(job.max_new_tokens, 0, room);
        limit_reason_ = limit_ == job.max_new_tokens ? "length" : "context";
    }

    Status run()
    {
        TIMBERLINE_TRY(begin());
        Status failure;
        std::string reason = limit_ == 0 ? limit_reason_ : "";
        while (reason.empty() && failure.ok()) {
            failure = play();
            if (!failure.ok()) {
                break;
            }
            ++moment_;
            sink_.on_progress(static_cast<double>(moment_) / static_cast<double>(limit_), "decoding");
            const bool stop = std::ranges::find(job_.stop_ids, committed_.back()) != job_.stop_ids.end();
            reason = stop ? "stop-token" : moment_ >= limit_ ? limit_reason_ : "";
        }
        if (!failure.ok() && moment_ == 0) {
            return failure;
        }
        // What was decoded is worth its summary, whatever ended the run.
        if (const auto summed = summarise(failure.ok()); failure.ok() && !summed.ok()) {
            failure = summed;
        }
        const bool stopped = !failure.ok() && failure.error().code == ErrorCode::Cancelled;
        append(record::RunFinished{.reason = failure.ok() ? reason
                                             : stopped    ? "cancelled"
                                                          : "error",
                                   .message = failure.ok() || stopped ? "" : failure.error().message,
                                   .total_ms = std::accumulate(times_.begin(), times_.end(), 0.0),
                                   .prefill_ms = prefill_ms_});
        return {};
    }

private:
    void append(decltype(record::Event::payload) payload) { write_({std::move(payload)}); }

    [[nodiscard]] record::LayerReadings empty_rows(std::size_t count) const
    {
        record::LayerReadings out;
        out.layers = job_.run.layers;
        out.top_k = job_.run.top_k;
        out.resize(count);
        return out;
    }

    Status begin()
    {
        ExitDecoder::Options options;
        options.kv_mode = job_.run.kv_mode;
        options.display = job_.display;
        options.shadow = job_.run.shadow && job_.run.early;
        options.top_k = job_.run.top_k;
        options.capacity = static_cast<std::int64_t>(job_.prompt.size()) + limit_;
        TIMBERLINE_ASSIGN(decoder_, ExitDecoder::make(*job_.decoder, *job_.lens, options));
        append(to_block(job_.run));
        // The prompt's last token is the pending root of the first moment, unless nothing is to be generated.
        const std::size_t rows = job_.prompt.size() - (limit_ > 0 ? 1 : 0);
        if (rows == 0) {
            return {};
        }
        auto readings = empty_rows(rows);
        for (std::size_t row = 0; row < rows; ++row) {
            readings.next[row] = row + 1 < job_.prompt.size() ? job_.prompt[row + 1] : -1;
        }
        if (job_.run.exit_in_prompt && job_.run.early) {
            TIMBERLINE_TRY(settle());
            TIMBERLINE_TRY(walk_prompt(readings));
        } else {
            sink_.on_progress(-1, "reading the prompt");
            const Stopwatch watch;
            TIMBERLINE_TRY(decoder_->prefill(std::span(job_.prompt).first(rows), readings, 0, {}, cancel_));
            prefill_ms_ = watch.elapsed_ms();
            for (std::size_t row = 0; row < rows; ++row) {
                readings.flops[row] = costs_.add(job_.run.layers, job_.run.head_flops.back());
            }
            keep(readings, {});
        }
        return {};
    }

    Status walk_prompt(record::LayerReadings& readings)
    {
        for (std::size_t row = 0; row < readings.rows(); ++row) {
            TIMBERLINE_TRY(decoder_->step(job_.prompt[row], &*rule_, signal_.get(), -1, {}, readings, row, step_, cancel_));
            charge(readings, row);
            prefill_ms_ += readings.block_ms[row] + readings.lens_ms[row] + readings.kv_ms[row];
            fills_.insert(fills_.end(), step_.fills.begin(), step_.fills.end());
        }
        keep(readings, std::move(fills_));
        fills_.clear();
        return {};
    }

    /// The settings of the present moment.
    Status settle()
    {
        if (settled_ == moment_) {
            return {};
        }
        TIMBERLINE_ASSIGN(auto now, director_.before(moment_, cancel_));
        if (cancel_.cancelled()) {
            return make_error(ErrorCode::Cancelled, "decoding was cancelled");
        }
        settled_ = moment_;
        for (auto& change : now.changes) {
            append(std::move(change));
        }
        if (job_.run.early) {
            record::ExitRun run = job_.run;
            run.earliest = now.earliest;
            run.every = now.every;
            TIMBERLINE_ASSIGN(rule_, rules::ExitRule::make(now.policy, now.values, run));
        }
        signal_ = std::move(now.signal);
        sampling_ = now.sampling;
        return {};
    }

    void charge(record::LayerReadings& readings, std::size_t row)
    {
        const std::int32_t exit = readings.exit[row];
        const double looks = rule_ ? rules::look_flops(*rule_, job_.run, exit) : job_.run.head_flops.back();
        readings.flops[row] = costs_.add(exit, looks);
        full_flops_.push_back(costs_.full());
    }

    Status play()
    {
        TIMBERLINE_TRY(settle());
        auto readings = empty_rows(1);
        readings.moment[0] = moment_;
        const auto emission = make_emission(sampling_, job_.seed, moment_, static_cast<std::int64_t>(committed_.size()), committed_);
        TIMBERLINE_TRY(
            decoder_->step(committed_.back(), rule_ ? &*rule_ : nullptr, signal_.get(), moment_, emission, readings, 0, step_, cancel_));
        charge(readings, 0);
        times_.push_back(readings.block_ms[0] + readings.lens_ms[0] + readings.kv_ms[0]);
        samplings_.push_back(sampling_);
        committed_.push_back(step_.emitted);
        keep(readings, step_.fills);
        return {};
    }

    void keep(const record::LayerReadings& readings, const std::vector<record::KvFill>& fills)
    {
        append(to_block(readings, fills));
        all_.append(readings);
    }

    /// @param complete false after a cancel: nothing more is computed.
    Status summarise(bool complete)
    {
        record::ExitSummary summary;
        summary.reference.assign(all_.rows(), -1);
        summary.reference_log_probability.assign(all_.rows(), record::kUndefined);
        summary.tokens = static_cast<std::int32_t>(times_.size());
        summary.ms_per_token = mean_after_warm_up(times_);
        if (complete && job_.display) {
            TIMBERLINE_TRY(read_reference(summary));
        }
        if (complete && job_.measure_full) {
            TIMBERLINE_TRY(measure_full(summary));
        }
        double depth = 0, flops = 0, full = 0, nll = 0, full_nll = 0, agreeing = 0;
        for (std::size_t row = 0; row < all_.rows(); ++row) {
            if (all_.moment[row] < 0) {
                continue;
            }
            depth += all_.exit[row];
            flops += all_.flops[row];
            full += full_flops_[full_flops_.size() - times_.size() + static_cast<std::size_t>(all_.moment[row])];
            agreeing += summary.reference[row] == all_.next[row] ? 1 : 0;
            nll -= static_cast<double>(all_.next_log_probability[all_.cell(row, static_cast<std::size_t>(all_.exit[row] - 1))]);
            full_nll -= static_cast<double>(summary.reference_log_probability[row]);
        }
        const auto share = [&](double sum) { return summary.tokens > 0 ? sum / summary.tokens : kNaN; };
        summary.mean_depth = share(depth);
        summary.layer_fraction = share(depth) / all_.layers;
        summary.flop_fraction = full > 0 ? flops / full : kNaN;
        summary.agreement = complete ? share(agreeing) : kNaN;
        summary.nll = share(nll);
        summary.full_nll = share(full_nll);
        append(to_block(summary));
        return {};
    }

    /// What the full model, with its own clean caches, says on the same text.
    Status read_reference(record::ExitSummary& summary)
    {
        sink_.on_progress(-1, "reading the text with the full model");
        const auto& decoder = *job_.decoder;
        const auto vocabulary = static_cast<std::size_t>(decoder.config().vocabulary);
        const auto text = std::span<const TokenId>(committed_).first(committed_.size() - 1);
        const std::size_t first = job_.prompt.size() - 1;
        const auto store = decoder.make_store(static_cast<std::int64_t>(text.size()));
        model::ForwardOutput output;
        rules::RowReader reader;
        for (std::size_t begin = 0; begin < text.size(); begin += kReferenceRows) {
            model::ForwardInput input;
            input.tokens = text.subspan(begin, std::min(kReferenceRows, text.size() - begin));
            const bool wanted = begin + input.tokens.size() > first;
            input.logits = wanted ? model::ForwardInput::Logits::All : model::ForwardInput::Logits::None;
            TIMBERLINE_TRY(decoder.forward(input, *store, output, cancel_));
            for (std::size_t i = 0; wanted && i < input.tokens.size(); ++i) {
                const std::size_t row = begin + i;
                if (row < first) {
                    continue;
                }
                const auto logits = std::span<const float>(output.logits).subspan(i * vocabulary, vocabulary);
                const auto moment = static_cast<std::int32_t>(row - first);
                const auto emission =
                    make_emission(samplings_[static_cast<std::size_t>(moment)], job_.seed, moment, static_cast<std::int64_t>(row + 1),
                                  std::span<const TokenId>(committed_).first(row + 1));
                const auto reading = reader.read(logits, committed_[row + 1]);
                summary.reference[row] = emission ? emission(logits) : reading.top1;
                summary.reference_log_probability[row] = reading.next_log_probability;
            }
        }
        return {};
    }

    /// The same tokens through the same loop with every layer and nothing read beside.
    Status measure_full(record::ExitSummary& summary)
    {
        if (times_.empty()) {
            return {};
        }
        sink_.on_progress(-1, "timing every layer");
        ExitDecoder::Options options;
        options.kv_mode = record::KvMode::Oracle;
        options.display = options.shadow = false;
        options.capacity = static_cast<std::int64_t>(committed_.size());
        TIMBERLINE_ASSIGN(const auto full, ExitDecoder::make(*job_.decoder, *job_.lens, options));
        auto readings = empty_rows(1);
        TIMBERLINE_TRY(full->prefill(std::span(job_.prompt).first(job_.prompt.size() - 1), readings, 0, {}, cancel_));
        std::vector<double> times;
        ExitStep step;
        for (std::size_t i = 0; i < times_.size(); ++i) {
            auto row = empty_rows(1);
            TIMBERLINE_TRY(full->step(committed_[job_.prompt.size() - 1 + i], nullptr, nullptr, 0, {}, row, 0, step, cancel_));
            times.push_back(row.block_ms[0] + row.lens_ms[0]);
        }
        summary.full_ms_per_token = mean_after_warm_up(times);
        return {};
    }

    const ExitJob& job_;
    ExitDirector& director_;
    const EventWriter& write_;
    const CancelToken& cancel_;
    ProgressSink& sink_;
    std::vector<TokenId> committed_;
    rules::ExitCosts costs_;
    std::int64_t limit_ = 0;
    std::string limit_reason_;
    std::unique_ptr<ExitDecoder> decoder_;
    std::optional<rules::ExitRule> rule_;
    std::shared_ptr<ExitSignal> signal_;
    record::Sampling sampling_;
    std::int32_t moment_ = 0;
    std::int32_t settled_ = -1;
    ExitStep step_;
    std::vector<record::KvFill> fills_;
    record::LayerReadings all_;
    std::vector<double> times_, full_flops_;
    std::vector<record::Sampling> samplings_;
    double prefill_ms_ = 0;
};

}  // namespace

void fill_decoder_costs(record::ExitRun& run, const model::DecoderConfig& config, const ExitLens& lens)
{
    run.layers = static_cast<std::int32_t>(config.layers);
    run.vocabulary = static_cast<std::int32_t>(config.vocabulary);
    run.window.assign(static_cast<std::size_t>(config.layers), 0);
    for (std::size_t layer = 0; layer < config.window.size(); ++layer) {
        run.window[layer] =
            static_cast<std::int32_t>(std::min<std::int64_t>(config.window[layer], std::numeric_limits<std::int32_t>::max()));
    }
    rules::fill_costs(run, {.hidden = static_cast<double>(config.hidden),
                            .attention = static_cast<double>(config.heads * config.head_dim),
                            .kv = static_cast<double>(config.kv_heads * config.head_dim),
                            .intermediate = static_cast<double>(config.intermediate),
                            .vocabulary = static_cast<double>(config.vocabulary),
                            .gated = config.gated_mlp});
    for (std::size_t layer = 0; layer + 1 < run.head_flops.size(); ++layer) {
        run.head_flops[layer] += lens.extra_flops();  // the last layer has no translator
    }
}

Status run_early_exit(const ExitJob& job, ExitDirector& director, const EventWriter& write, const CancelToken& cancel, ProgressSink& sink)
{
    if (job.prompt.empty() || static_cast<std::int64_t>(job.prompt.size()) > job.decoder->config().context) {
        return make_error(ErrorCode::InvalidArgument,
                          "the prompt has " + std::to_string(job.prompt.size()) + " tokens, expected 1 to the model's context of " +
                              std::to_string(job.decoder->config().context),
                          "Give a prompt that fits the model.");
    }
    return ExitLoop(job, director, write, cancel, sink).run();
}

}  // namespace timberline::exits
