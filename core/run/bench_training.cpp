// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/compute_threads.h"
#include "core/base/files.h"
#include "core/run/bench.h"
#include "core/run/live_director.h"
#include "core/run/training_probe.h"
#include "core/run/training_recorder.h"
#include "core/run/training_resume.h"
#include "core/run/training_setup.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace timberline::run {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kSnapshotsWanted = 100;
constexpr double kCheckpointSeconds = 10;  ///< checkpoint_every = 0; when a checkpoint is written changes nothing in the run
constexpr std::size_t kReturnBytes = std::size_t{64} << 20;  ///< memory for states to go back to
constexpr std::size_t kMostReturnStates = 100;

Status refuse_other_data(const LiveSettings& before, const LiveSettings& after, const std::string& where)
{
    if (before.methods.at("data_set") == after.methods.at("data_set")) {
        return {};
    }
    return make_error(ErrorCode::InvalidArgument, where + ": the data set cannot change while training goes on",
                      "Start a new run for another data set.");
}

/// States to which "back to step" can return, ascending by step; thinned like snapshots within a bound of memory.
class ReturnStates
{
public:
    void keep(training::TrainerState state)
    {
        std::size_t bytes = (state.parameters.size() + state.buffers.size()) * sizeof(float);
        for (const auto& [name, values] : state.optimizer) {
            bytes += values.size() * sizeof(float);
        }
        states_.push_back(std::move(state));
        std::vector<std::size_t> indices(states_.size());
        std::iota(indices.begin(), indices.end(), std::size_t{0});
        const auto most = std::clamp<std::size_t>(kReturnBytes / std::max<std::size_t>(1, bytes), 4, kMostReturnStates);
        if (record::thin_snapshots(indices, most)) {
            std::vector<training::TrainerState> kept;
            for (const auto index : indices) {
                kept.push_back(std::move(states_[index]));
            }
            states_ = std::move(kept);
        }
    }

    /// The last one at or before `step`; later ones are forgotten. Null when there is none.
    const training::TrainerState* back_to(std::int64_t step)
    {
        while (!states_.empty() && states_.back().step > step && states_.front().step <= step) {
            states_.pop_back();
        }
        return !states_.empty() && states_.back().step <= step ? &states_.back() : nullptr;
    }

    void clear() { states_.clear(); }

private:
    std::vector<training::TrainerState> states_;
};

class TrainingRun
{
public:
    /// @param config reproduces the whole run.  @param from_here the same with the events so far applied.
    TrainingRun(const BenchJob& job, Config config, Config from_here, std::unique_ptr<training::Trainer> trainer, TrainingProgress progress)
        : job_(job), config_(std::move(config)), from_here_(std::move(from_here)), trainer_(std::move(trainer)),
          resumed_(!progress.steps.empty()), recorder_(job.sink, std::move(progress)),
          director_(from_here_, job.methods, job.control, job.sink, refuse_other_data), values_(training_values(from_here_.settings)),
          choices_(from_here_.methods)
    {}

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
    /// ok() = all steps done, or stopped because of divergence.
    Status loop()
    {
        returns_.keep(trainer_->state());
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
            if (job_.cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "training was cancelled");
            }
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
        TIMBERLINE_ASSIGN(auto moment, director_.before(recorder_.moment(), job_.cancel));
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
            if (const auto set = trainer_->set_loss(std::move(loss)); !set.ok()) {
                recorder_.note(set.error().message + "; the former loss stays");
            }
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
        TIMBERLINE_TRY(trainer_->restore(*state));
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
        if (last || (values_.validate_every > 0 && steps % values_.validate_every == 0)) {
            TIMBERLINE_TRY(recorder_.look(*trainer_, values_.looked_samples, job_.cancel));
        }
        if (last || steps % snapshot_interval() == 0) {
            snapshot();
            returns_.keep(trainer_->state());
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

    void snapshot() { recorder_.snapshot(*trainer_, static_cast<std::size_t>(values_.snapshots_kept)); }

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
                                         recorder_.progress());
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
    bool diverged_ = false, told_ = false, save_failed_ = false;
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
    const bool resumed = !values.resume_from.empty();
    if (resumed) {
        TIMBERLINE_ASSIGN(auto back, resume_training(values.resume_from, job.config, job.methods));
        progress = std::move(back.progress);
        state = std::move(back.checkpoint.state);
        config = std::move(back.config);
        TIMBERLINE_ASSIGN(from_here, config_at(config, progress.moment, job.methods));
    }
    TIMBERLINE_ASSIGN(auto trainer,
                      make_trainer(job.methods, from_here.methods, training_values(from_here.settings), config.seed, job.cancel));
    if (resumed) {
        if (const auto restored = trainer->restore(state); !restored.ok()) {
            return restored.error().with(values.resume_from);
        }
    }
    return TrainingRun(job, std::move(config), std::move(from_here), std::move(trainer), std::move(progress)).run();
}

}  // namespace timberline::run
