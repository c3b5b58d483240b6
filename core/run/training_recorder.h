// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/record/record.h"
#include "core/run/training_resume.h"
#include "core/training/trainer.h"

#include <chrono>
#include <deque>
#include <memory>
#include <vector>

namespace timberline::run {

/// Writes the record of a training run while it goes on. One thread: the job's.
class TrainingRecorder
{
public:
    /// @param progress what a checkpoint brought, or empty.  The sink must outlive the recorder.
    TrainingRecorder(ProgressSink& sink, TrainingProgress progress);

    /// Appends an event and tells the sink. Steps that wait go first.
    template <typename Payload>
    void add(Payload payload)
    {
        flush();
        emit(std::move(payload));
    }
    /// A remark, in the record and to the sink.
    void note(const std::string& text);

    /// First events: the start, the setup, and after a resumption the curve so far with the changes at their moments, then the looks.
    void begin(record::RunStarted started, const record::TrainingSetup& setup);

    /// Keeps a step; blocks of steps are sent when they are full: about 400 in a run of `planned` steps.
    void step(const training::StepMetrics& metrics, std::int64_t planned);
    /// Sends the steps that the record does not have yet, and ends the block.
    void flush();
    /// The same for a run that stands still: the block goes on with the next step. The sink gets its parts, the finished record holds it as
    /// if the run had never stood still.
    void show();

    /// Evaluates and records training and validation samples, at most `most` rows of each (0 = all). Per-row values stay in the record of
    /// the newest 100 looks.
    [[nodiscard]] Status look(training::Trainer& trainer, std::int64_t most, const CancelToken& cancel);
    /// Records the parameters, and thins the snapshots to `most`: what is dropped is emptied at once and leaves the record when the run
    /// ends.  @return whether any was dropped.
    bool snapshot(const training::Trainer& trainer, std::size_t most);

    /// The closing event. @param config_json with the live changes, if there were any; else empty.
    [[nodiscard]] record::RecordPtr finish(record::RunFinished finished, const std::string& config_json);

    [[nodiscard]] const TrainingProgress& progress() const noexcept { return progress_; }
    [[nodiscard]] std::int32_t moment() const noexcept { return progress_.moment; }
    [[nodiscard]] double elapsed_ms() const;  ///< of training, the time before a resumption included

private:
    [[nodiscard]] record::Block steps_block(std::size_t first, std::size_t last) const;
    void emit_steps(std::size_t first, std::size_t last);
    void drop_rows(std::size_t event);
    void join_parts();

    using Clock = std::chrono::steady_clock;

    template <typename Payload>
    void emit(Payload payload)
    {
        record_->events.push_back({std::move(payload)});
        sink_.on_event(record_->events.back());
    }

    ProgressSink& sink_;
    TrainingProgress progress_;
    std::shared_ptr<record::Record> record_ = std::make_shared<record::Record>();
    std::size_t sent_ = 0;                          ///< steps that the record has
    std::size_t block_ = 0;                         ///< the first step of the block under way
    std::vector<std::size_t> parts_;                ///< events: blocks of steps that the next event continues
    std::vector<std::size_t> snapshots_, dropped_;  ///< events
    std::deque<std::size_t> looks_with_rows_;       ///< events
    double kept_elapsed_ = 0;
    Clock::time_point started_ = Clock::now();
};

}  // namespace timberline::run
