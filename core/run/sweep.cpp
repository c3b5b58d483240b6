// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/sweep.h"

#include "core/record/folds.h"
#include "core/run/config_plain.h"

#include <algorithm>
#include <set>

namespace timberline::run {
namespace {

/// Remarks of many runs of nearly the same config: each once. Progress is counted in runs, not in tokens.
class OnceSink final : public ProgressSink
{
public:
    explicit OnceSink(ProgressSink& owner) : owner_(owner) {}
    void on_note(const std::string& note) override
    {
        if (seen_.insert(note).second) {
            owner_.on_note(note);
        }
    }

private:
    ProgressSink& owner_;
    std::set<std::string> seen_;
};

/// The record's closing event as a Status.
Status outcome(const record::Record& record)
{
    const auto* finished = record::run_finished(record);
    if (finished == nullptr) {
        return make_error(ErrorCode::Internal, "the run ended without saying why", "Please report this with the config.");
    }
    if (finished->reason == "cancelled") {
        return make_error(ErrorCode::Cancelled, "the run was cancelled", "Points that were finished until then are kept.");
    }
    if (finished->reason == "error") {
        return make_error(ErrorCode::Internal, "the run failed: " + finished->message, "Change the values of this point.");
    }
    return {};
}

/// Runs points one by one. Lives as long as one sweep.
class Runner
{
public:
    Runner(Engine& engine, Sweep& sweep, std::size_t points, const CancelToken& cancel, ProgressSink& sink, const SweepHooks& hooks)
        : engine_(engine), sweep_(sweep), cancel_(cancel), sink_(sink), notes_(sink), hooks_(hooks)
    {
        const int repeats = sweep.options.repeats;
        const int warm_up = sweep.options.warm_up;
        const int each = draft() ? std::max(1, warm_up) + repeats * (sweep.options.plain ? 2 : 1) : warm_up + repeats;
        runs_ = static_cast<double>(points) * each;
    }

    Result<SweepPoint> point(const SweepStep& step) { return draft() ? draft_point(step) : closing_point(step); }

private:
    [[nodiscard]] bool draft() const { return sweep_.config.bench == "draft"; }

    Status before_run()
    {
        if (hooks_.between_runs) {
            hooks_.between_runs();
        }
        if (cancel_.cancelled()) {
            return make_error(ErrorCode::Cancelled, "the sweep was cancelled", "Points that were finished until then are kept.");
        }
        sink_.on_progress(std::min(1.0, static_cast<double>(done_++) / runs_), "sweeping");
        return {};
    }

    Result<record::RecordPtr> recorded(const Config& config)
    {
        TIMBERLINE_TRY(before_run());
        TIMBERLINE_ASSIGN(auto record, engine_.run(config, cancel_, notes_));
        TIMBERLINE_TRY(outcome(*record));
        if (const auto* started = record::run_started(*record); started != nullptr && sweep_.threads == 0) {
            sweep_.version = started->program_version;
            sweep_.model_hash = started->model_hash;
            sweep_.draft_hash = started->draft_hash;
            sweep_.device = started->device;
            sweep_.threads = started->threads;
        }
        return record;
    }

    /// Tokens/s of a run that records nothing; nothing when no round was timed.
    Result<std::optional<double>> rate(const Config& config)
    {
        TIMBERLINE_TRY(before_run());
        NullSink quiet;
        TIMBERLINE_ASSIGN(const auto record, engine_.run_unrecorded(config, cancel_, quiet));
        TIMBERLINE_TRY(outcome(*record));
        return record::tokens_per_second(*record);
    }

    Status add_rate(const Config& config, std::vector<double>& rates)
    {
        TIMBERLINE_ASSIGN(const auto measured, rate(config));
        if (measured) {
            rates.push_back(*measured);
        }
        return {};
    }

    Result<SweepPoint> draft_point(const SweepStep& step)
    {
        SweepPoint out;
        out.values = step.values;
        TIMBERLINE_ASSIGN(const auto record, recorded(step.config));
        const auto ids = record::generated_ids(*record);
        out.tokens = static_cast<std::int64_t>(ids.size());
        out.text_hash = record::ids_hash(ids);
        out.rounds = static_cast<std::int64_t>(record::rounds(*record).size());
        out.accepted_per_pass = record::accepted_per_pass(*record);
        out.mean_acceptance = record::mean_acceptance(*record);
        for (int i = 1; i < sweep_.options.warm_up; ++i) {
            TIMBERLINE_TRY(rate(step.config));
        }
        Config plain;
        if (sweep_.options.plain) {
            TIMBERLINE_ASSIGN(plain, plain_decoding(step.config, engine_.methods()));
            if (warm_.insert(to_text(plain)).second) {
                TIMBERLINE_TRY(rate(plain));
            }
        }
        for (int i = 0; i < sweep_.options.repeats; ++i) {
            const bool plain_first = i % 2 == 0;
            if (sweep_.options.plain && plain_first) {
                TIMBERLINE_TRY(add_rate(plain, out.plain_rates));
            }
            TIMBERLINE_TRY(add_rate(step.config, out.rates));
            if (sweep_.options.plain && !plain_first) {
                TIMBERLINE_TRY(add_rate(plain, out.plain_rates));
            }
        }
        out.repeats = sweep_.options.repeats;
        return out;
    }

    Result<SweepPoint> closing_point(const SweepStep& step)
    {
        SweepPoint out;
        out.values = step.values;
        for (int i = -sweep_.options.warm_up; i < sweep_.options.repeats; ++i) {
            TIMBERLINE_ASSIGN(const auto record, recorded(step.config));
            if (i >= 0) {
                out.runs.push_back(record::closing_numbers(*record));
            }
        }
        out.repeats = sweep_.options.repeats;
        return out;
    }

    Engine& engine_;
    Sweep& sweep_;
    const CancelToken& cancel_;
    ProgressSink& sink_;
    OnceSink notes_;
    const SweepHooks& hooks_;
    std::set<std::string> warm_;  ///< plain decodings that ran before
    double runs_ = 1;
    int done_ = 0;
};

}  // namespace

Result<std::vector<SweepStep>> expand_sweep(const Config& base, const std::vector<Vary>& varied, const MethodRegistry& methods)
{
    TIMBERLINE_TRY(count_points(varied));
    std::vector<SweepStep> out = {{{}, base}};
    for (const auto& vary : varied) {
        std::vector<SweepStep> next;
        next.reserve(out.size() * vary.values.size());
        for (const auto& step : out) {
            for (const auto& value : vary.values) {
                auto copy = step;
                if (const auto set = set_by_path(copy.config, methods, vary.key, value); !set.ok()) {
                    return set.error();
                }
                copy.values.push_back(value);
                next.push_back(std::move(copy));
            }
        }
        out = std::move(next);
    }
    return out;
}

Status run_sweep(Engine& engine, Sweep& sweep, const std::vector<SweepStep>& steps, const CancelToken& cancel, ProgressSink& sink,
                 const SweepHooks& hooks)
{
    Runner runner(engine, sweep, steps.size(), cancel, sink, hooks);
    std::optional<Error> first;
    bool any = false;
    for (const auto& step : steps) {
        auto done = runner.point(step);
        if (!done.ok()) {
            if (done.error().code == ErrorCode::Cancelled || cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, done.error().message, done.error().hint);
            }
            first = first ? first : std::optional(done.error());
            SweepPoint refused;
            refused.values = step.values;
            refused.refused = done.error();
            sweep.points.push_back(std::move(refused));
        } else {
            any = true;
            sweep.points.push_back(std::move(done).value());
        }
        if (hooks.finished) {
            hooks.finished(sweep.points.back());
        }
    }
    return any || !first ? Status{} : Status(*first);
}

}  // namespace timberline::run
