// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/trainer.h"

#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timberline::training {
namespace {

/// Four sums side by side, so that the additions need not wait for each other; always in the same order.
template <typename Term>
double norm_of(std::size_t count, const Term& term)
{
    double sums[4] = {};
    for (std::size_t i = 0; i < count; ++i) {
        const double value = term(i);
        sums[i % 4] += value * value;
    }
    return std::sqrt((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

double norm(std::span<const float> values)
{
    return norm_of(values.size(), [&](std::size_t i) { return static_cast<double>(values[i]); });
}

/// Shortens a gradient of this length to `longest`; 0 = off.
void clip(std::span<float> gradient, double length, double longest)
{
    if (longest > 0 && length > longest) {
        const auto factor = static_cast<float>(longest / length);
        for (auto& slope : gradient) {
            slope *= factor;
        }
    }
}

Status check_length(const std::string& name, std::size_t got, std::size_t expected)
{
    if (got != expected) {
        return make_error(ErrorCode::BadFile,
                          "training state: " + name + " has " + std::to_string(got) + " numbers, expected " + std::to_string(expected),
                          "It belongs to another network.");
    }
    return {};
}

}  // namespace

bool StepMetrics::finite() const noexcept
{
    return std::isfinite(loss) && std::isfinite(parameter_norm);
}

Trainer::Trainer(std::unique_ptr<Objective> objective, std::unique_ptr<Optimizer> optimizer, std::unique_ptr<Schedule> schedule,
                 TrainerSettings settings, std::uint64_t seed)
    : objective_(std::move(objective)), optimizer_(std::move(optimizer)), schedule_(std::move(schedule)), settings_(std::move(settings)),
      seed_(seed), decay_mask_(decay_mask(objective_->layout()))
{
    const auto& layout = objective_->layout();
    parameters_.resize(static_cast<std::size_t>(layout.parameter_count));
    buffers_.resize(static_cast<std::size_t>(layout.buffer_count));
    gradient_.resize(parameters_.size());
    initialise(objective_->spec(), layout, seed, parameters_, buffers_);
    objective_->set_regulariser(settings_.entropy);
}

void Trainer::set(const TrainerSettings& settings)
{
    settings_ = settings;
    objective_->set_regulariser(settings_.entropy);
}

/// Fisher and Yates; the epoch's order depends on nothing but seed and epoch.
void Trainer::shuffle()
{
    order_.resize(static_cast<std::size_t>(objective_->data()->train));
    std::iota(order_.begin(), order_.end(), 0);
    RandomStream stream({.seed = seed_, .purpose = RandomPurpose::DataShuffle, .round = static_cast<std::uint32_t>(epoch_)});
    for (std::size_t i = order_.size(); i > 1; --i) {
        std::swap(order_[i - 1], order_[static_cast<std::size_t>(stream.next() * static_cast<double>(i))]);
    }
}

void Trainer::next_batch()
{
    batch_.clear();
    if (objective_->data() == nullptr) {
        epoch_ = step_;  // a quadratic has no samples: each step is an epoch
        return;
    }
    if (order_.empty()) {
        shuffle();
    }
    if (cursor_ >= static_cast<std::int64_t>(order_.size())) {
        ++epoch_;
        cursor_ = 0;
        batch_size_ = 0;
        shuffle();
    }
    if (batch_size_ == 0) {
        batch_size_ = settings_.batch_size;
    }
    const auto end = std::min(cursor_ + batch_size_, static_cast<std::int64_t>(order_.size()));
    batch_.assign(order_.begin() + cursor_, order_.begin() + end);
    cursor_ = end;
}

void Trainer::freeze_backbone(std::span<float> gradient) const
{
    for (const auto& slot : objective_->layout().parameters) {
        if (slot.role != ParameterRole::ExitHead && !slot.name.starts_with("exits.")) {
            std::fill_n(gradient.begin() + slot.offset, slot.elements, 0.0F);
        }
    }
}

Result<StepMetrics> Trainer::step()
{
    next_batch();
    const auto plan = head_plan(settings_.exit_weights, head_count(objective_->spec()), step_, settings_.steps, settings_.first_stage);
    const auto evaluate = [&](std::span<const float> at, NormMode mode, std::span<float> gradient) -> Result<BatchLoss> {
        TIMBERLINE_ASSIGN(const auto loss, objective_->evaluate(at, buffers_, batch_, plan.backbone_frozen ? NormMode::Running : mode, plan,
                                                                settings_.equalise, gradient));
        if (plan.backbone_frozen) {
            freeze_backbone(gradient);
        }
        return loss;
    };
    TIMBERLINE_ASSIGN(const auto loss, evaluate(parameters_, NormMode::BatchUpdate, gradient_));
    StepMetrics metrics{.step = step_, .epoch = epoch_, .loss = loss.loss, .judged = loss.judged, .accuracy = loss.accuracy};
    metrics.penalty = loss.penalty;
    metrics.learning_rate = learning_rate(step_);
    metrics.gradient_norm = norm(gradient_);
    clip(gradient_, metrics.gradient_norm, settings_.clip_norm);
    before_ = parameters_;
    StepContext context{.learning_rate = metrics.learning_rate, .step = step_, .decay_mask = decay_mask_, .gradient_again = {}};
    if (optimizer_->needs_second_gradient()) {
        context.gradient_again = [&](std::span<const float> at, std::span<float> gradient, double& value) -> Status {
            // The same batch; batch norm's running statistics move in the first pass only.
            TIMBERLINE_ASSIGN(const auto again, evaluate(at, NormMode::Batch, gradient));
            clip(gradient, settings_.clip_norm > 0 ? norm(gradient) : 0, settings_.clip_norm);
            value = again.loss;
            return {};
        };
    }
    TIMBERLINE_TRY(optimizer_->apply(parameters_, gradient_, context));
    if (plan.backbone_frozen) {
        // Momentum and weight decay would move it without a gradient.
        for (const auto& slot : objective_->layout().parameters) {
            if (!slot.name.starts_with("exits.")) {
                std::copy_n(before_.begin() + slot.offset, slot.elements, parameters_.begin() + slot.offset);
            }
        }
    }
    passes_ += optimizer_->passes();
    ++step_;
    metrics.passes = passes_;
    metrics.update_norm =
        norm_of(parameters_.size(), [&](std::size_t i) { return static_cast<double>(parameters_[i]) - static_cast<double>(before_[i]); });
    metrics.parameter_norm = norm(parameters_);
    return metrics;
}

/// How many of `count` samples make at most `most` rows.
std::int64_t Trainer::samples_for(std::int64_t most, std::int64_t count) const
{
    auto* network = objective_->network();
    return most <= 0 || network == nullptr ? count : std::min(count, std::max<std::int64_t>(1, most / network->rows(1)));
}

Result<Evaluation> Trainer::look_at_training(std::int64_t most, const CancelToken& cancel)
{
    const auto count = objective_->data() == nullptr ? 0 : objective_->data()->train;
    return objective_->look(parameters_, buffers_, 0, samples_for(most, count), cancel);
}

Result<Evaluation> Trainer::look_at_validation(std::int64_t most, const CancelToken& cancel)
{
    const auto first = objective_->data() == nullptr ? 0 : objective_->data()->train;
    const auto count = objective_->data() == nullptr ? 0 : objective_->data()->samples - first;
    return objective_->look(parameters_, buffers_, first, first + samples_for(most, count), cancel);
}

TrainerState Trainer::state() const
{
    return {.parameters = parameters_,
            .buffers = buffers_,
            .optimizer = optimizer_->save(),
            .step = step_,
            .epoch = epoch_,
            .cursor = cursor_,
            .batch_size = batch_size_,
            .passes = passes_};
}

Status Trainer::restore(const TrainerState& state)
{
    TIMBERLINE_TRY(check_length("parameters", state.parameters.size(), parameters_.size()));
    TIMBERLINE_TRY(check_length("buffers", state.buffers.size(), buffers_.size()));
    const auto train = objective_->data() == nullptr ? 0 : objective_->data()->train;
    if (state.step < 0 || state.epoch < 0 || state.cursor < 0 || state.cursor > train || state.batch_size < 0) {
        return make_error(ErrorCode::BadFile,
                          "training state: step " + std::to_string(state.step) + ", epoch " + std::to_string(state.epoch) + ", sample " +
                              std::to_string(state.cursor) + " is no place in training on " + std::to_string(train) + " samples",
                          "It belongs to another data set.");
    }
    TIMBERLINE_TRY(optimizer_->load(state.optimizer));
    parameters_ = state.parameters;
    buffers_ = state.buffers;
    step_ = state.step;
    epoch_ = state.epoch;
    cursor_ = state.cursor;
    batch_size_ = state.batch_size;
    passes_ = state.passes;
    order_.clear();  // drawn again from (seed, epoch)
    return {};
}

}  // namespace timberline::training
