// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/compute_threads.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/run/bench.h"
#include "core/run/live_director.h"
#include "core/run/training_probe.h"
#include "core/run/training_recorder.h"
#include "core/run/training_resume.h"
#include "core/run/training_returns.h"
#include "core/run/training_setup.h"

#include <algorithm>
#include <chrono>

namespace timberline::run {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kSnapshotsWanted = 100;
constexpr double kCheckpointSeconds = 10;  ///< checkpoint_every = 0; when a checkpoint is written changes nothing in the run
constexpr std::size_t kSnapshotBytes = std::size_t{64} << 20;  ///< of a record's snapshots together
constexpr std::size_t kFewestSnapshots = 3;                    ///< the first, the last and one between, however large

/// A remark when labels are so noisy that the true class is no longer the likeliest one, above a rate of (C-1)/C; else empty.
std::string noise_warning(const TrainingValues& values, const training::DataSet* data)
{
    // With "symmetric-any" the true class is drawn too, and stays the likeliest at every rate.
    if (data == nullptr || data->outputs < 2 || values.label_noise != "symmetric-other") {
        return {};
    }
    const double limit = static_cast<double>(data->outputs - 1) / static_cast<double>(data->outputs);
    return values.label_noise_rate > limit
               ? "label noise at a rate of " + number_text(values.label_noise_rate) + " teaches the wrong classes: above " +
                     number_text(limit) + " the true one of " + std::to_string(data->outputs) + " is the least likely label"
               : std::string{};
}

class TrainingRun
{
public:
    /// @param config reproduces the whole run.  @param from_here the same with the events so far applied.
    /// @param kept after a resumption: steps of the states that the run had kept.
    TrainingRun(const BenchJob& job, Config config, Config from_here, std::unique_ptr<training::Trainer> trainer, TrainingProgress progress,
                const std::vector<std::int64_t>& kept)
        : job_(job), config_(std::move(config)), from_here_(std::move(from_here)), trainer_(std::move(trainer)),
          resumed_(!progress.steps.empty()), recorder_(job.sink, std::move(progress)),
          director_(from_here_, job.methods, job.control, job.sink,
                    [this](const auto& before, const auto& after, const auto& where) { return check(before, after, where); }),
          values_(training_values(from_here_.settings)), choices_(from_here_.methods)
    {
        if (resumed_) {
            returns_.resume(kept, trainer_->state());
        } else {
            returns_.keep(trainer_->state());
        }
    }

    record::RecordPtr run()
    {
        record::RunStarted started;
        started.program_version = std::string(version());
        started.config_json = to_text(config_);
        started.bench = config_.bench;
        started.model_name = values_.net;
        started.threads = compute_threads();
        started.seed = config_.seed;
        recorder_.begin(std::move(started), setup_of(*trainer_, choices_.at("data_set").id));
        if (const auto warning = noise_warning(values_, trainer_->objective().data().get()); !warning.empty()) {
            recorder_.note(warning);
        }
        const auto ended = loop();
        if (ended.ok()) {
            probe();
        }
        const bool cancelled = !ended.ok() && ended.error().code == ErrorCode::Cancelled;
        if ((ended.ok() || cancelled) && !values_.checkpoint_path.empty()) {
            if (const auto saved = save(); !saved.ok()) {
                recorder_.note(saved.error().message);
            }
        }
        record::RunFinished last;
        last.reason = cancelled ? "cancelled" : !ended.ok() ? "error" : diverged_ ? "diverged" : "length";
        last.message = ended.ok() || cancelled ? "" : ended.error().message;
        return recorder_.finish(std::move(last), director_.live_events().empty() ? "" : to_text(config_with_events()));
    }

private:
    /// Refuses changes that this run cannot take: then they are no part of its config, which can be run again and resumed.
    Status check(const LiveSettings& before, const LiveSettings& after, const std::string& where)
    {
        if (before.methods.at("data_set") != after.methods.at("data_set")) {
            return make_error(ErrorCode::InvalidArgument, where + ": the data set cannot change while training goes on",
                              "Start a new run for another data set.");
        }
        if (before.methods.at("loss") != after.methods.at("loss")) {
            TIMBERLINE_ASSIGN(const auto loss, make_loss(job_.methods, after.methods.at("loss")));
            if (const auto fits = trainer_->objective().check_loss(loss.get()); !fits.ok()) {
                return fits.error().with(where);
            }
        }
        const auto former = training_values(before.settings).return_to_step, step = training_values(after.settings).return_to_step;
        if (const auto lost = returns_.lost(step); step != former && lost) {
            return make_error(ErrorCode::InvalidArgument,
                              where + ": going back to step " + std::to_string(step) + " leads to the state of step " +
                                  std::to_string(*lost) + ", which is from before the checkpoint and no longer there",
                              "Train from the start to go back so far.");
        }
        return {};
    }

    /// ok() = all steps done, or stopped because of divergence.
    Status loop()
    {
        last_saved_ = Clock::now();
        if (!resumed_) {
            if (values_.validate_every > 0) {
                TIMBERLINE_TRY(recorder_.look(*trainer_, values_.looked_samples, job_.cancel));
            }
            snapshot();
        }
        // A run that was resumed at its end may have been given a longer plan, as an event of this moment.
        for (bool first = resumed_; (first || !done()) && !diverged_; first = false) {
            TIMBERLINE_TRY(before_step());
            if (done()) {
                break;
            }
            TIMBERLINE_ASSIGN(const auto metrics, trainer_->step());
            recorder_.step(metrics, trainer_->settings().steps);
            TIMBERLINE_TRY(after_step(metrics));
        }
        return {};
    }

    [[nodiscard]] bool done() const { return trainer_->next_step() >= trainer_->settings().steps; }

    Status before_step()
    {
        TIMBERLINE_ASSIGN(auto moment, director_.before(recorder_.moment(), job_.cancel, [this] { recorder_.show(); }));
        if (job_.cancel.cancelled()) {
            // Before the changes take hold: the checkpoint is that of the moment before them, and who resumes it makes them.
            return make_error(ErrorCode::Cancelled, "training was cancelled");
        }
        if (moment.changes.empty()) {
            return {};
        }
        for (auto& change : moment.changes) {
            recorder_.add(std::move(change));
        }
        return reconfigure();
    }

    Status reconfigure()
    {
        const auto& now = director_.settings();
        const auto changed = [&](const std::string& role) { return now.methods.at(role) != choices_.at(role); };
        if (changed("optimizer")) {
            const auto& wanted = now.methods.at("optimizer");
            if (wanted.id == choices_.at("optimizer").id) {
                trainer_->set_optimizer_values(wanted.values);
            } else {
                TIMBERLINE_ASSIGN(auto optimizer, make_optimizer(job_.methods, wanted, trainer_->objective().layout().parameter_count));
                trainer_->replace_optimizer(std::move(optimizer));
                returns_.clear();  // they hold the former optimizer's state
            }
        }
        if (changed("schedule")) {
            TIMBERLINE_ASSIGN(auto schedule, make_schedule(job_.methods, now.methods.at("schedule")));
            trainer_->set_schedule(std::move(schedule));
        }
        if (changed("loss")) {
            TIMBERLINE_ASSIGN(auto loss, make_loss(job_.methods, now.methods.at("loss")));
            TIMBERLINE_TRY(trainer_->set_loss(std::move(loss)));  // check() has seen that it fits
        }
        choices_ = now.methods;
        const auto former = values_;
        values_ = training_values(now.settings);
        trainer_->set(trainer_settings(values_));
        if (values_.return_to_step >= 0 && values_.return_to_step != former.return_to_step) {
            return go_back(values_.return_to_step);
        }
        return {};
    }

    Status go_back(std::int64_t step)
    {
        const auto* state = returns_.back_to(step);
        if (state == nullptr) {
            recorder_.note("there is no kept state at or before step " + std::to_string(step) + ": training goes on where it is");
            return {};
        }
        if (const auto back = trainer_->restore(*state); !back.ok()) {
            returns_.clear();  // of an optimizer that works otherwise now, as SAM on another base
            recorder_.note(back.error().message + ": training goes on where it is");
            return {};
        }
        recorder_.add(record::Note{"back at step " + std::to_string(trainer_->next_step())});
        return {};
    }

    Status after_step(const training::StepMetrics& metrics)
    {
        const auto steps = trainer_->next_step();
        if (!metrics.finite() && !told_) {
            told_ = true;
            recorder_.note("training diverged in step " + std::to_string(metrics.step) + ": loss or parameters are no longer finite");
            diverged_ = values_.when_diverged == "stop";
        }
        const bool last = done() || diverged_;
        const bool due_snapshot = last || steps % snapshot_interval() == 0;
        if (due_snapshot) {
            returns_.keep(trainer_->state());  // first: a look may be cancelled
        }
        if (last || (values_.validate_every > 0 && steps % values_.validate_every == 0)) {
            TIMBERLINE_TRY(recorder_.look(*trainer_, values_.looked_samples, job_.cancel));
        }
        if (due_snapshot) {
            snapshot();
        }
        if (values_.checkpoint_path.empty()) {
            return {};
        }
        const auto since = std::chrono::duration<double>(Clock::now() - last_saved_).count();
        const bool due = values_.checkpoint_every > 0 ? steps % values_.checkpoint_every == 0 : since > kCheckpointSeconds;
        if (due) {
            const auto saved = save();
            if (!saved.ok() && !save_failed_) {
                recorder_.note(saved.error().message + "; training goes on");  // a full disk must not cost what was learnt
            }
            save_failed_ = !saved.ok();
        }
        return {};
    }

    /// What the config's probe finds on the trained network; a probe that cannot work is a note and no failure of the training.
    void probe()
    {
        const auto chosen = choices_.find("probe");
        if (chosen == choices_.end()) {
            return;
        }
        auto found = probe_training(job_.methods, chosen->second, values_, *trainer_, config_.seed, job_.cancel);
        if (!found.ok()) {
            recorder_.note(found.error().message);
            return;
        }
        found->moment = recorder_.moment() - 1;
        recorder_.add(std::move(found).value());
    }

    [[nodiscard]] std::int64_t snapshot_interval() const
    {
        return values_.snapshot_every > 0 ? values_.snapshot_every
                                          : std::max<std::int64_t>(1, trainer_->settings().steps / kSnapshotsWanted);
    }

    void snapshot()
    {
        const auto wanted = static_cast<std::size_t>(values_.snapshots_kept);
        const auto numbers = trainer_->parameters().size() + trainer_->buffers().size();
        const auto most =
            std::min(wanted, std::max(kFewestSnapshots, kSnapshotBytes / (std::max<std::size_t>(1, numbers) * sizeof(float))));
        if (recorder_.snapshot(*trainer_, most) && most < wanted && !fewer_told_) {
            fewer_told_ = true;
            recorder_.note(std::to_string(most) + " snapshots of " + std::to_string(numbers) + " numbers fill the " +
                           std::to_string(kSnapshotBytes >> 20) + " MiB that a record takes: fewer are kept than the " +
                           std::to_string(wanted) + " that are wanted");
        }
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
        const auto saved = save_training(values_.checkpoint_path, trainer_->objective().spec(), trainer_->state(), config_with_events(),
                                         recorder_.progress(), returns_.steps());
        last_saved_ = Clock::now();
        return saved;
    }

    const BenchJob& job_;
    Config config_, from_here_;
    std::unique_ptr<training::Trainer> trainer_;
    bool resumed_;
    TrainingRecorder recorder_;
    LiveDirector director_;
    TrainingValues values_;
    MethodChoices choices_;
    ReturnStates returns_;
    bool diverged_ = false, told_ = false, save_failed_ = false, fewer_told_ = false;
    Clock::time_point last_saved_ = Clock::now();
};

}  // namespace

Result<record::RecordPtr> run_training(const BenchJob& job)
{
    // Small operators lose time to a second thread, and one thread is what makes a run repeatable bit for bit.
    set_compute_threads(job.config.threads > 0 ? static_cast<int>(job.config.threads) : 1);
    const auto values = training_values(job.config.settings);
    job.sink.on_progress(-1, "preparing the data set");
    Config config = job.config, from_here = job.config;
    TrainingProgress progress;
    training::TrainerState state;
    std::vector<std::int64_t> kept;
    const bool resumed = !values.resume_from.empty();
    if (resumed) {
        TIMBERLINE_ASSIGN(auto back, resume_training(values.resume_from, job.config, job.methods));
        progress = std::move(back.progress);
        state = std::move(back.checkpoint.state);
        config = std::move(back.config);
        kept = std::move(back.kept);
        TIMBERLINE_ASSIGN(from_here, config_at(config, progress.moment, job.methods, &progress.changes));
    }
    TIMBERLINE_ASSIGN(auto trainer,
                      make_trainer(job.methods, from_here.methods, training_values(from_here.settings), config.seed, job.cancel));
    if (resumed) {
        if (const auto restored = trainer->restore(state); !restored.ok()) {
            return restored.error().with(values.resume_from);
        }
    }
    return TrainingRun(job, std::move(config), std::move(from_here), std::move(trainer), std::move(progress), kept).run();
}

}  // namespace timberline::run
