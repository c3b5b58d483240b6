// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/training_recorder.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace timberline::run {
namespace {

constexpr std::int64_t kBlocksWanted = 400;  ///< blocks of steps that a run of the planned length makes
constexpr std::int64_t kMostStepsInBlock = 200;
constexpr std::size_t kLooksWithRows = 100;

float as_float(double value)
{
    return static_cast<float>(value);
}

}  // namespace

TrainingRecorder::TrainingRecorder(ProgressSink& sink, TrainingProgress progress)
    : sink_(sink), progress_(std::move(progress)), sent_(progress_.steps.size()), block_(sent_)
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
    std::size_t told = 0;
    for (const auto& change : progress_.changes) {
        const auto moment = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(0, change.round)), told, progress_.steps.size());
        emit_steps(told, moment);
        told = moment;
        emit(change);
    }
    emit_steps(told, progress_.steps.size());
    for (const auto& look : progress_.looks) {
        emit(record::to_block(look));
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
    if (static_cast<std::int64_t>(progress_.steps.size() - block_) >= full) {
        flush();
        sink_.on_progress(std::min(1.0, static_cast<double>(metrics.step + 1) / static_cast<double>(std::max<std::int64_t>(1, planned))),
                          "training");
    }
}

void TrainingRecorder::flush()
{
    const auto first = std::exchange(sent_, progress_.steps.size());
    if (block_ < first && first == sent_) {
        parts_.pop_back();  // show() has sent it all: nothing continues it
    }
    block_ = sent_;
    emit_steps(first, sent_);
}

void TrainingRecorder::show()
{
    const auto first = std::exchange(sent_, progress_.steps.size());
    if (first < sent_) {
        parts_.push_back(record_->events.size());
        emit_steps(first, sent_);
    }
}

/// The steps of moments first … last-1.
record::Block TrainingRecorder::steps_block(std::size_t first, std::size_t last) const
{
    const auto at = [&](std::size_t index) { return progress_.steps.begin() + static_cast<std::ptrdiff_t>(index); };
    return record::to_block(record::TrainingSteps{.first_moment = static_cast<std::int32_t>(first), .steps = {at(first), at(last)}});
}

void TrainingRecorder::emit_steps(std::size_t first, std::size_t last)
{
    if (first < last) {
        emit(steps_block(first, last));
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
    looks_with_rows_.push_back(record_->events.size() - 1);
    if (looks_with_rows_.size() > kLooksWithRows) {
        drop_rows(looks_with_rows_.front());
        looks_with_rows_.pop_front();
    }
    return {};
}

/// The look keeps its means: rows of every look would fill the memory of a long run.
void TrainingRecorder::drop_rows(std::size_t event)
{
    auto& block = std::get<record::Block>(record_->events[event].payload);
    auto look = record::training_validation_from(block);
    if (look.ok()) {
        for (auto* rows : {&look->train_row_loss, &look->row_loss, &look->train_confidence, &look->confidence}) {
            rows->clear();
        }
        look->train_correct.clear();
        look->correct.clear();
        block = record::to_block(*look);
    }
}

bool TrainingRecorder::snapshot(const training::Trainer& trainer, std::size_t most)
{
    if (most == 0) {
        return false;
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
        return false;
    }
    for (const auto index : before) {
        if (!std::ranges::binary_search(snapshots_, index)) {
            std::get<record::Block>(record_->events[index].payload).arrays.clear();
            dropped_.push_back(index);
        }
    }
    return true;
}

/// Puts blocks of steps together whose parts were shown while the run stood still.
void TrainingRecorder::join_parts()
{
    for (auto part = parts_.begin(); part != parts_.end();) {
        const auto first = static_cast<std::size_t>(std::get<record::Block>(record_->events[*part].payload).moment);
        auto end = *part;  // of the parts, one event behind the other, and of the one that ends the block
        for (; part != parts_.end() && *part == end; ++part, ++end) {
            dropped_.push_back(end);
        }
        auto& block = std::get<record::Block>(record_->events[end].payload);
        block = steps_block(first, static_cast<std::size_t>(record::last_moment(block)) + 1);
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
    join_parts();
    std::ranges::sort(dropped_);
    auto next = dropped_.begin();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < record_->events.size(); ++i) {
        if (next != dropped_.end() && *next == i) {
            ++next;
            continue;
        }
        if (kept != i) {
            record_->events[kept] = std::move(record_->events[i]);
        }
        ++kept;
    }
    record_->events.resize(kept);
    return std::move(record_);
}

}  // namespace timberline::run
