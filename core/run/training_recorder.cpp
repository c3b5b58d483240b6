// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/training_recorder.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <ranges>

namespace timberline::run {
namespace {

constexpr std::int64_t kBlocksWanted = 400;  ///< blocks of steps that a run of the planned length makes
constexpr std::int64_t kMostStepsInBlock = 200;

float as_float(double value)
{
    return static_cast<float>(value);
}

}  // namespace

TrainingRecorder::TrainingRecorder(ProgressSink& sink, TrainingProgress progress)
    : sink_(sink), progress_(std::move(progress)), flushed_(progress_.steps.size())
{
    kept_elapsed_ = progress_.steps.empty() ? 0 : static_cast<double>(progress_.steps.back().elapsed_ms);
}

double TrainingRecorder::elapsed_ms() const
{
    return kept_elapsed_ + std::chrono::duration<double, std::milli>(Clock::now() - started_).count();
}

void TrainingRecorder::note(const std::string& text)
{
    add(record::Note{text});
    sink_.on_note(text);
}

void TrainingRecorder::begin(record::RunStarted started, const record::TrainingSetup& setup)
{
    emit(std::move(started));
    emit(record::to_block(setup));
    if (!progress_.steps.empty()) {
        emit(record::to_block(record::TrainingSteps{.first_moment = 0, .steps = progress_.steps}));
        for (const auto& look : progress_.looks) {
            emit(record::to_block(look));
        }
    }
    started_ = Clock::now();
}

void TrainingRecorder::step(const training::StepMetrics& metrics, std::int64_t planned)
{
    progress_.steps.push_back({.step = static_cast<std::int32_t>(metrics.step),
                               .epoch = static_cast<std::int32_t>(metrics.epoch),
                               .loss = as_float(metrics.loss),
                               .output_loss = as_float(metrics.judged),
                               .accuracy = as_float(metrics.accuracy),
                               .penalty = as_float(metrics.penalty),
                               .learning_rate = as_float(metrics.learning_rate),
                               .gradient_norm = as_float(metrics.gradient_norm),
                               .update_norm = as_float(metrics.update_norm),
                               .parameter_norm = as_float(metrics.parameter_norm),
                               .passes = static_cast<std::int32_t>(metrics.passes),
                               .elapsed_ms = as_float(elapsed_ms())});
    ++progress_.moment;
    const auto full = std::clamp<std::int64_t>(planned / kBlocksWanted, 1, kMostStepsInBlock);
    if (static_cast<std::int64_t>(progress_.steps.size() - flushed_) >= full) {
        flush();
        sink_.on_progress(std::min(1.0, static_cast<double>(metrics.step + 1) / static_cast<double>(std::max<std::int64_t>(1, planned))),
                          "training");
    }
}

void TrainingRecorder::flush()
{
    if (flushed_ < progress_.steps.size()) {
        record::TrainingSteps block{.first_moment = static_cast<std::int32_t>(flushed_), .steps = {}};
        block.steps.assign(progress_.steps.begin() + static_cast<std::ptrdiff_t>(flushed_), progress_.steps.end());
        flushed_ = progress_.steps.size();
        emit(record::to_block(block));
    }
}

Status TrainingRecorder::look(training::Trainer& trainer, std::int64_t most, const CancelToken& cancel)
{
    TIMBERLINE_ASSIGN(auto train, trainer.look_at_training(most, cancel));
    TIMBERLINE_ASSIGN(auto validation, trainer.look_at_validation(most, cancel));
    const bool held_out = !validation.row_loss.empty() || trainer.objective().data() == nullptr;
    const auto& judged = held_out ? validation : train;
    record::TrainingValidation out;
    out.moment = progress_.moment - 1;
    out.step = static_cast<std::int32_t>(trainer.next_step());
    out.train_loss = train.loss;
    out.train_accuracy = train.accuracy;
    out.loss = validation.loss;
    out.accuracy = validation.accuracy;
    std::ranges::transform(judged.head_loss, std::back_inserter(out.head_loss), as_float);
    std::ranges::transform(judged.head_accuracy, std::back_inserter(out.head_accuracy), as_float);
    if (!judged.head_entropy.empty()) {
        out.layers = training::block_count(trainer.objective().spec());
        out.head_entropy = judged.head_entropy;
    }
    progress_.looks.push_back(out);  // without the rows
    out.train_row_loss = std::move(train.row_loss);
    out.row_loss = std::move(validation.row_loss);
    out.train_confidence = std::move(train.row_confidence);
    out.confidence = std::move(validation.row_confidence);
    out.train_correct.assign(train.row_correct.begin(), train.row_correct.end());
    out.correct.assign(validation.row_correct.begin(), validation.row_correct.end());
    add(record::to_block(out));
    return {};
}

void TrainingRecorder::snapshot(const training::Trainer& trainer, std::size_t most)
{
    if (most == 0) {
        return;
    }
    record::TrainingSnapshot out;
    out.moment = progress_.moment - 1;
    out.step = static_cast<std::int32_t>(trainer.next_step());
    const bool looked = !progress_.looks.empty() && progress_.looks.back().moment == out.moment;
    out.loss = looked ? progress_.looks.back().train_loss : std::nan("");
    out.parameters.assign(trainer.parameters().begin(), trainer.parameters().end());
    out.buffers.assign(trainer.buffers().begin(), trainer.buffers().end());
    add(record::to_block(out));
    snapshots_.push_back(record_->events.size() - 1);
    const auto before = snapshots_;
    if (!record::thin_snapshots(snapshots_, most)) {
        return;
    }
    for (const auto index : before) {
        if (!std::ranges::binary_search(snapshots_, index)) {
            std::get<record::Block>(record_->events[index].payload).arrays.clear();
            dropped_.push_back(index);
        }
    }
}

record::RecordPtr TrainingRecorder::finish(record::RunFinished finished, const std::string& config_json)
{
    flush();
    finished.total_ms = elapsed_ms();
    emit(std::move(finished));
    if (!config_json.empty()) {
        std::get<record::RunStarted>(record_->events.front().payload).config_json = config_json;
    }
    std::ranges::sort(dropped_);
    for (const auto index : dropped_ | std::views::reverse) {
        record_->events.erase(record_->events.begin() + static_cast<std::ptrdiff_t>(index));
    }
    return std::move(record_);
}

}  // namespace timberline::run
