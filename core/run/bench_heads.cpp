// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/compute_threads.h"
#include "core/base/text.h"
#include "core/run/bench.h"
#include "core/run/heads_parts.h"
#include "core/run/live_director.h"
#include "core/run/text_bench.h"
#include "core/run/training_resume.h"
#include "core/run/training_setup.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace timberline::run {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kCheckpointSeconds = 10;  ///< checkpoint_every = 0; when a checkpoint is written changes nothing in the run
constexpr std::int64_t kBlocksWanted = 400;
constexpr std::int64_t kRankSequences = 64;  ///< held-out sequences on which ranks are counted

decoding::HeadTrainerSettings trainer_settings_of(const HeadsValues& values)
{
    return {.steps = values.steps,
            .batch = values.batch,
            .learning_rate = values.learning_rate,
            .clip_norm = values.clip_norm,
            .half_products = values.half_products,
            .cache_bytes = values.cache_mib << 20};
}

class HeadsRun
{
public:
    /// @param config reproduces the whole run.  @param from_here the same with the events so far applied.
    HeadsRun(const BenchJob& job, TextStart start, Config config, Config from_here, HeadsText text, HeadsSource source,
             std::unique_ptr<decoding::HeadTrainer> trainer, HeadsProgress progress)
        : job_(job), target_(start.model), config_(std::move(config)), from_here_(std::move(from_here)), text_(std::move(text)),
          source_(std::move(source)), trainer_(std::move(trainer)), progress_(std::move(progress)),
          writer_(job.sink, std::move(start.started)), director_(from_here_, job.methods, job.control, job.sink),
          values_(heads_values(from_here_.settings)), choices_(from_here_.methods)
    {
        kept_elapsed_ = progress_.steps.empty() ? 0 : static_cast<double>(progress_.steps.back().elapsed_ms);
    }

    record::RecordPtr run()
    {
        begin();
        const auto ended = loop();
        flush();
        const bool cancelled = !ended.ok() && ended.error().code == ErrorCode::Cancelled;
        // Also after an error, a full disk for one; a diverged state is nothing to go on from.
        if (!diverged_ && !values_.checkpoint_path.empty()) {
            if (const auto saved = save(); !saved.ok()) {
                note(saved.error().message);
            }
        }
        record::RunFinished last;
        last.reason = cancelled ? "cancelled" : !ended.ok() ? "error" : diverged_ ? "diverged" : "length";
        last.message = ended.ok() || cancelled ? "" : ended.error().message;
        last.total_ms = elapsed_ms();
        writer_.add(std::move(last));
        return writer_.finish(config_, director_.live_events(), {});
    }

private:
    [[nodiscard]] double elapsed_ms() const
    {
        return kept_elapsed_ + std::chrono::duration<double, std::milli>(Clock::now() - started_).count();
    }

    void note(const std::string& text)
    {
        writer_.add(record::Note{text});
        job_.sink.on_note(text);
    }

    void begin()
    {
        writer_.add(record::to_block(record::HeadSetup{.family = choices_.at("head").id,
                                                       .parts = trainer_->parts(),
                                                       .measure = drafts() ? "accuracy" : "r-squared",
                                                       .heads = trainer_->head_count(),
                                                       .parameters = trainer_->parameter_count(),
                                                       .text_tokens = text_.tokens,
                                                       .train_sequences = static_cast<std::int64_t>(text_.text.train.size()),
                                                       .held_out_sequences = static_cast<std::int64_t>(text_.text.held_out.size()),
                                                       .steps = values_.steps,
                                                       .text_ms = text_.wall_ms}));
        for (const auto& change : progress_.changes) {
            writer_.add(change);
        }
        if (!progress_.steps.empty()) {
            writer_.add(record::to_block(record::HeadSteps{.first_moment = 0, .steps = progress_.steps}));
            sent_ = progress_.steps.size();
        }
        for (const auto& look : progress_.looks) {
            writer_.add(record::to_block(look));
        }
        for (const auto& acceptance : progress_.acceptances) {
            writer_.add(record::to_block(acceptance));
        }
        started_ = last_saved_ = Clock::now();
    }

    /// Heads that predict a number: no acceptance is measured, and the best are those of the smallest loss.
    [[nodiscard]] bool drafts() const { return trainer_->measure() == decoding::HeadMeasure::Accuracy; }
    [[nodiscard]] bool done() const { return trainer_->next_step() >= values_.steps; }

    Status loop()
    {
        if (progress_.looks.empty() && values_.measure_every > 0) {
            TIMBERLINE_TRY(measure());  // the heads before any training
        } else if (due() && !measured_here()) {
            TIMBERLINE_TRY(measure());  // cut off while it was measured
        }
        while (!diverged_) {
            TIMBERLINE_TRY(before_step());  // after the last one too: more may be asked for
            if (done()) {
                break;
            }
            TIMBERLINE_ASSIGN(const auto step, trainer_->step(job_.cancel));
            keep(step);
            TIMBERLINE_TRY(after_step(step));
        }
        if (!diverged_ && !measured_here()) {
            TIMBERLINE_TRY(measure());  // fewer steps than planned at first
        }
        return {};
    }

    [[nodiscard]] bool due() const { return values_.measure_every > 0 && trainer_->next_step() % values_.measure_every == 0; }
    [[nodiscard]] bool measured_here() const
    {
        return !progress_.looks.empty() && progress_.looks.back().moment == static_cast<std::int32_t>(trainer_->next_step()) - 1;
    }

    Status before_step()
    {
        const auto asked = Clock::now();
        TIMBERLINE_ASSIGN(auto moment,
                          director_.before(static_cast<std::int32_t>(trainer_->next_step()), job_.cancel, [this] { flush(); }));
        started_ += Clock::now() - asked;  // standing still is not training
        if (job_.cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "training the heads was cancelled");
        }
        if (moment.changes.empty()) {
            return {};
        }
        flush();
        for (auto& change : moment.changes) {
            writer_.add(std::move(change));
        }
        const auto& now = director_.settings();
        if (now.methods.at("schedule") != choices_.at("schedule")) {
            TIMBERLINE_ASSIGN(auto schedule, make_schedule(job_.methods, now.methods.at("schedule")));
            trainer_->set_schedule(std::move(schedule));
        }
        if (now.methods.at("optimizer") != choices_.at("optimizer")) {
            trainer_->set_optimizer_values(now.methods.at("optimizer").values);
        }
        if (now.methods.at("head") != choices_.at("head")) {
            trainer_->set_family_values(now.methods.at("head").values);
        }
        choices_ = now.methods;
        values_ = heads_values(now.settings);
        trainer_->set(trainer_settings_of(values_));
        return {};
    }

    void keep(const decoding::HeadStep& step)
    {
        record::HeadTrainingStep row;
        row.step = static_cast<std::int32_t>(step.step);
        row.epoch = static_cast<std::int32_t>(step.epoch);
        row.loss = static_cast<float>(step.loss);
        row.learning_rate = static_cast<float>(step.learning_rate);
        row.gradient_norm = static_cast<float>(step.gradient_norm);
        for (const double part : step.parts) {
            row.parts.push_back(static_cast<float>(part));
        }
        row.elapsed_ms = static_cast<float>(elapsed_ms());
        progress_.steps.push_back(std::move(row));
        const auto full = std::clamp<std::int64_t>(values_.steps / kBlocksWanted, 1, 200);
        if (static_cast<std::int64_t>(progress_.steps.size() - sent_) >= full) {
            flush();
            job_.sink.on_progress(static_cast<double>(step.step + 1) / static_cast<double>(std::max<std::int64_t>(1, values_.steps)),
                                  "training");
        }
    }

    /// Sends the steps that the record does not have yet.
    void flush()
    {
        if (sent_ >= progress_.steps.size()) {
            return;
        }
        record::HeadSteps block{.first_moment = static_cast<std::int32_t>(sent_), .steps = {}};
        block.steps.assign(progress_.steps.begin() + static_cast<std::ptrdiff_t>(sent_), progress_.steps.end());
        sent_ = progress_.steps.size();
        writer_.add(record::to_block(block));
    }

    Status after_step(const decoding::HeadStep& step)
    {
        if (!step.finite) {
            diverged_ = true;
            note("training diverged in step " + std::to_string(step.step) + ": the loss is no longer finite; take a smaller learning rate");
            return {};
        }
        if (done() || due()) {
            TIMBERLINE_TRY(measure());
        }
        if (values_.checkpoint_path.empty()) {
            return {};
        }
        const double since = std::chrono::duration<double>(Clock::now() - last_saved_).count();
        if (values_.checkpoint_every > 0 ? trainer_->next_step() % values_.checkpoint_every == 0 : since > kCheckpointSeconds) {
            const auto saved = save();
            if (!saved.ok() && !save_failed_) {
                note(saved.error().message + "; training goes on");  // a full disk must not cost what was learnt
            }
            save_failed_ = !saved.ok();
        }
        return {};
    }

    Status measure()
    {
        flush();
        const auto moment = static_cast<std::int32_t>(trainer_->next_step()) - 1;
        TIMBERLINE_ASSIGN(const auto seen, trainer_->look(values_.looked_sequences, job_.cancel));
        record::HeadLook look{.moment = moment, .step = static_cast<std::int32_t>(seen.step), .loss = seen.loss, .accuracy = {}};
        for (const double share : seen.accuracy) {
            look.accuracy.push_back(static_cast<float>(share));
        }
        TIMBERLINE_ASSIGN(auto heads, trainer_->heads(kRankSequences, values_.half, job_.cancel));
        record::HeadAcceptance accepted;
        const bool measured = drafts() && values_.prompts_measured > 0;
        if (measured) {
            TIMBERLINE_ASSIGN(accepted,
                              measure_acceptance(job_, values_, target_, std::make_shared<const decoding::HeadFolder>(heads), text_.text));
        }
        accepted.moment = moment;
        accepted.step = look.step;
        const double worth = drafts() ? accepted.accepted_per_pass : 1 / (1 + look.loss);
        const bool better = values_.keep == "last" || (drafts() && !measured) || worth >= progress_.best;
        if (better && !values_.out_folder.empty()) {
            heads.accepted_per_pass = accepted.accepted_per_pass;
            TIMBERLINE_TRY(write(std::move(heads)));
            accepted.kept = true;
        }
        progress_.best = better ? worth : progress_.best;
        writer_.add(record::to_block(look));
        writer_.add(record::to_block(accepted));
        tell(look, accepted);
        progress_.looks.push_back(std::move(look));
        progress_.acceptances.push_back(std::move(accepted));
        return {};
    }

    void tell(const record::HeadLook& look, const record::HeadAcceptance& accepted)
    {
        std::string text = "step " + std::to_string(look.step) + " of " + std::to_string(values_.steps) +
                           (drafts() ? ": held-out loss " : ": held-out squared error ") +
                           number_text(std::round(look.loss * 1000) / 1000) + (drafts() ? ", accuracy" : ", R squared");
        for (const float share : look.accuracy) {
            text += " " + number_text(std::round(static_cast<double>(share) * 1000) / 1000);
        }
        if (drafts() && values_.prompts_measured > 0) {
            text += ", accepted per pass " + number_text(std::round(accepted.accepted_per_pass * 1000) / 1000);
        }
        job_.sink.on_note(text);
    }

    Status write(decoding::HeadFolder heads)
    {
        auto config = config_with_events();
        for (const auto* key : {"out_folder", "checkpoint_path", "resume_from"}) {
            config.settings[key] = std::string();  // where this machine kept things is nobody's business
        }
        heads.training = Json::parse(to_text(config), nullptr, false);
        heads.seed = config_.seed;
        heads.text_tokens = text_.tokens;
        return decoding::write_head_folder(values_.out_folder, heads, values_.half);
    }

    [[nodiscard]] Config config_with_events() const
    {
        Config out = config_;
        const auto& live = director_.live_events();
        out.events.insert(out.events.end(), live.begin(), live.end());
        std::ranges::stable_sort(out.events, {}, &ConfigEvent::round);
        return out;
    }

    Status save()
    {
        const auto saved = save_heads_checkpoint(values_.checkpoint_path, trainer_->state(), config_with_events(), progress_, source_);
        last_saved_ = Clock::now();
        return saved;
    }

    const BenchJob& job_;
    std::shared_ptr<const model::LanguageModel> target_;
    Config config_, from_here_;
    HeadsText text_;
    HeadsSource source_;
    std::unique_ptr<decoding::HeadTrainer> trainer_;
    HeadsProgress progress_;
    RecordWriter writer_;
    LiveDirector director_;
    HeadsValues values_;
    MethodChoices choices_;
    std::size_t sent_ = 0;  ///< steps that the record has
    bool diverged_ = false, save_failed_ = false;
    double kept_elapsed_ = 0;
    Clock::time_point started_ = Clock::now(), last_saved_ = Clock::now();
};

}  // namespace

Result<record::RecordPtr> run_heads(const BenchJob& job)
{
    const auto values = heads_values(job.config.settings);
    if (job.config.methods.at("head").id == "value-net" && values.text == "target" && values.temperature == 0) {
        return make_error(ErrorCode::InvalidArgument,
                          "heads.temperature is 0, expected above 0: a value net learns from texts that the target draws",
                          "Set it to 1, the model's own law.");
    }
    TIMBERLINE_ASSIGN(auto start, start_text_bench(job));
    Config config = job.config, from_here = job.config;
    HeadsProgress progress;
    decoding::HeadTrainerState state;
    HeadsSource source, saved_source;
    const bool resumed = !values.resume_from.empty();
    if (resumed) {
        TIMBERLINE_ASSIGN(auto back, load_heads_checkpoint(values.resume_from, job.config, job.methods));
        progress = std::move(back.progress);
        state = std::move(back.state);
        config = std::move(back.config);
        saved_source = std::move(back.source);
        source.target = decoding::fingerprint_of(start.model->folder).weights;
        TIMBERLINE_TRY(check_heads_source(values.resume_from, saved_source, source));
        TIMBERLINE_ASSIGN(from_here, config_at(config, static_cast<std::int32_t>(state.step), job.methods, &progress.changes));
    }
    job.sink.on_progress(-1, "preparing the text");
    TIMBERLINE_ASSIGN(auto text, prepare_heads_text(job, values, *start.model));
    source = heads_source(*start.model, text.text);
    if (resumed) {
        TIMBERLINE_TRY(check_heads_source(values.resume_from, saved_source, source));
    }
    const auto now = heads_values(from_here.settings);
    const auto& head = from_here.methods.at("head");
    TIMBERLINE_ASSIGN(auto schedule, make_schedule(job.methods, from_here.methods.at("schedule")));
    const auto optimizer = from_here.methods.at("optimizer");
    TIMBERLINE_ASSIGN(auto first_optimizer, make_optimizer(job.methods, optimizer, 1));  // an unknown one is refused here
    first_optimizer.reset();
    job.sink.on_progress(-1, "preparing the heads");
    TIMBERLINE_ASSIGN(auto trainer,
                      decoding::HeadTrainer::make({.target = start.model,
                                                   .methods = &job.methods,
                                                   .family = head.id,
                                                   .values = head.values,
                                                   .text = text.text,
                                                   .settings = trainer_settings_of(now),
                                                   .make_optimizer =
                                                       [methods = &job.methods, optimizer](std::int64_t parameters) {
                                                           return std::move(make_optimizer(*methods, optimizer, parameters)).value();
                                                       },
                                                   .schedule = std::move(schedule),
                                                   .seed = config.seed},
                                                  job.cancel));
    if (resumed) {
        if (const auto restored = trainer->restore(state); !restored.ok()) {
            return restored.error().with(values.resume_from);
        }
    }
    return HeadsRun(job, std::move(start), std::move(config), std::move(from_here), std::move(text), std::move(source), std::move(trainer),
                    std::move(progress))
        .run();
}

}  // namespace timberline::run
