// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/exits/exit_policy.h"
#include "core/exits/exit_run.h"
#include "core/record/layer_readings.h"
#include "core/run/bench.h"
#include "core/run/bench_exits_settings.h"
#include "core/run/exits_calibration.h"
#include "core/run/exits_lens.h"
#include "core/run/exits_net.h"
#include "core/run/live_director.h"
#include "core/run/text_bench.h"

#include <any>
#include <set>

namespace timberline::run {
namespace {

Result<std::shared_ptr<exits::ExitSignal>> make_signal(const MethodRegistry& methods, const MethodChoice& choice,
                                                       const model::Decoder& decoder, const std::string& heads)
{
    TIMBERLINE_ASSIGN(const auto* entry, methods.find("exit policy", choice.id));
    const auto* factory = std::any_cast<exits::ExitPolicyFactory>(&entry->factory);
    if (factory == nullptr) {
        return make_error(ErrorCode::Internal, "exit policy " + choice.id + ": its factory has another type than its family's");
    }
    return (*factory)({.decoder = &decoder, .heads = heads}, choice.values);
}

/// Scheduled and live changes, token by token.
class Director final : public exits::ExitDirector
{
public:
    Director(const BenchJob& job, const model::Decoder& decoder)
        : job_(job), decoder_(decoder), live_(job.config, job.methods, job.control, job.sink)
    {}

    [[nodiscard]] Result<exits::ExitMoment> before(std::int32_t moment, const CancelToken& cancel) override
    {
        TIMBERLINE_ASSIGN(auto changed, live_.before(moment, cancel));
        const auto& now = live_.settings();
        const auto& choice = now.methods.at("policy");
        const auto settings = exits_settings(now.settings);
        if (choice != choice_) {
            TIMBERLINE_ASSIGN(signal_, make_signal(job_.methods, choice, decoder_, job_.config.heads));
            choice_ = choice;
        }
        return exits::ExitMoment{.policy = choice.id,
                                 .values = choice.values,
                                 .signal = signal_,
                                 .earliest = static_cast<std::int32_t>(settings.earliest),
                                 .every = static_cast<std::int32_t>(settings.every),
                                 .sampling = now.sampling,
                                 .changes = std::move(changed.changes)};
    }

    [[nodiscard]] const std::vector<ConfigEvent>& live_events() const noexcept { return live_.live_events(); }

private:
    const BenchJob& job_;
    const model::Decoder& decoder_;
    LiveDirector live_;
    MethodChoice choice_;
    std::shared_ptr<exits::ExitSignal> signal_;
};

/// Tokens that the record names, so that their texts are kept.
std::vector<TokenId> occurring_tokens(const record::Record& record)
{
    const auto fold = record::ExitFold::of(record);
    const auto& readings = fold.readings();
    std::set<TokenId> out(readings.top_ids.begin(), readings.top_ids.end());
    out.insert(readings.next.begin(), readings.next.end());
    out.insert(readings.emits.begin(), readings.emits.end());
    out.erase(-1);
    return {out.begin(), out.end()};
}

record::ExitRun run_facts(const Config& config, const ExitsSettings& settings, const model::DecoderConfig& model,
                          const exits::ExitLens& lens)
{
    record::ExitRun run;
    run.policy = config.methods.at("policy").id;
    run.lens = settings.lens;
    run.kv_mode = record::kv_mode_of(settings.kv_mode).value_or(record::KvMode::Propagate);
    run.early = settings.decode == "early-exit";
    run.shadow = settings.shadow;
    run.earliest = static_cast<std::int32_t>(settings.earliest);
    run.every = static_cast<std::int32_t>(settings.every);
    run.exit_in_prompt = settings.exit_in_prompt;
    run.max_new = static_cast<std::int32_t>(config.max_new_tokens);
    run.top_k = static_cast<std::int32_t>(std::min(settings.candidates, model.vocabulary));
    exits::fill_decoder_costs(run, model, lens);
    return run;
}

Result<record::RecordPtr> run_language_model(const BenchJob& job, const ExitsSettings& settings)
{
    TIMBERLINE_ASSIGN(auto start, start_text_bench(job));
    TIMBERLINE_ASSIGN(const auto prepared, prepare_lens(job, settings, *start.model));
    const exits::ExitLens lens(*start.model->decoder, prepared.tuned ? &*prepared.tuned : nullptr);
    exits::ExitJob exit_job;
    exit_job.decoder = start.model->decoder.get();
    exit_job.lens = &lens;
    exit_job.run = run_facts(job.config, settings, start.model->folder.config, lens);
    exit_job.prompt = start.prompt;
    exit_job.seed = job.config.seed;
    exit_job.max_new_tokens = job.config.max_new_tokens;
    exit_job.stop_ids = start.stop_ids;
    exit_job.measure_full = settings.measure_full;
    Director director(job, *start.model->decoder);
    TIMBERLINE_ASSIGN(const auto signal,
                      make_signal(job.methods, job.config.methods.at("policy"), *start.model->decoder, job.config.heads));
    if (signal != nullptr) {
        exit_job.run.score_flops = signal->flops();
    }
    RecordWriter writer(job.sink, std::move(start.started));
    if (!prepared.training_loss.empty()) {
        writer.add(to_block(record::LensTrainingCurve{prepared.training_loss}));
    }
    TIMBERLINE_TRY(exits::run_early_exit(
        exit_job, director, [&](record::Event event) { writer.append(std::move(event)); }, job.cancel, job.sink));
    const auto occurring = occurring_tokens(writer.record());
    return writer.finish(job.config, director.live_events(), occurring);
}

}  // namespace

Result<record::RecordPtr> run_exits(const BenchJob& job)
{
    const auto settings = exits_settings(job.config.settings);
    return settings.subject == "trained-net" ? run_net_exits(job, settings) : run_language_model(job, settings);
}

Result<record::Block> query_exits(const BenchJob& job, const BenchQuery& query)
{
    const auto settings = exits_settings(job.config.settings);
    if (query.what == "decision-map") {
        return net_decision_map(job, settings, query);
    }
    if (query.what == "calibrate") {
        return calibrate_exits(job, settings, query);
    }
    const std::vector<std::string> valid = {"decision-map", "calibrate"};
    return make_error(ErrorCode::InvalidArgument, "the Exits bench has no question " + in_quotes(query.what),
                      spelling_hint(query.what, valid));
}

}  // namespace timberline::run
