// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/training/objective.h"
#include "core/training/optimizer.h"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// The training loop, one step at a time. Batches, initialisation and every other draw are keyed by (seed, purpose, epoch), so a run is a
/// pure function of its settings and may be continued from its state bit for bit (one compute thread).
namespace timberline::training {

/// What may change between two steps.
struct TrainerSettings {
    std::int64_t steps = 500;      ///< planned; schedules count with it
    std::int64_t batch_size = 32;  ///< takes effect with the next epoch; more than there are samples = all
    double learning_rate = 0.1;    ///< base rate, before the schedule's factor
    double clip_norm = 0;          ///< gradients longer than this are shortened to it, also an optimizer's second one; 0 = off
    std::string exit_weights = "linear";
    double first_stage = 0.5;  ///< "two-stage": share of the steps before the internal heads are trained
    bool equalise = false;
    EntropyRegulariser entropy;
};

struct StepMetrics {
    std::int64_t step = 0, epoch = 0;  ///< from 0
    double loss = 0;                   ///< on the step's batch, before the update: what is minimised
    double judged = 0;                 ///< the output's own mean loss (BatchLoss::judged)
    double accuracy = 0;               ///< on the batch; NaN for regression
    double penalty = 0;
    double learning_rate = 0;                    ///< base times factor
    double gradient_norm = 0;                    ///< before clipping
    double update_norm = 0;                      ///< ||theta after - theta before||
    double parameter_norm = 0;                   ///< after the update
    std::int64_t passes = 0;                     ///< forward and backward passes since the start, this step included
    [[nodiscard]] bool finite() const noexcept;  ///< loss and parameters are finite
};

/// Everything that the next step depends on, beside settings, data and seed.
struct TrainerState {
    std::vector<float> parameters, buffers;
    std::map<std::string, std::vector<float>> optimizer;
    std::int64_t step = 0;               ///< the next step
    std::int64_t epoch = 0, cursor = 0;  ///< samples of this epoch that were used
    std::int64_t batch_size = 0;         ///< of this epoch; 0 = the next step begins an epoch and takes the settings'
    std::int64_t passes = 0;
};

/// Not thread-safe.
class Trainer
{
public:
    /// Starts at fresh parameters. None of the pointers may be null.
    Trainer(std::unique_ptr<Objective> objective, std::unique_ptr<Optimizer> optimizer, std::unique_ptr<Schedule> schedule,
            TrainerSettings settings, std::uint64_t seed);

    /// One step. A loss or gradient that is not finite is a result, not an error: metrics say so and the parameters become what arithmetic
    /// makes of them.
    [[nodiscard]] Result<StepMetrics> step();

    /// Takes effect at the next step (batch_size: at the next epoch).
    void set(const TrainerSettings& settings);
    void set_optimizer_values(const Values& values) { optimizer_->set(values); }
    /// Another optimizer, whose state starts anew.
    void replace_optimizer(std::unique_ptr<Optimizer> optimizer) { optimizer_ = std::move(optimizer); }
    void set_schedule(std::unique_ptr<Schedule> schedule) { schedule_ = std::move(schedule); }
    [[nodiscard]] Status set_loss(LossPtr loss) { return objective_->set_loss(std::move(loss)); }

    /// Looks at the first training or validation samples: at most `most` rows of them (a sample, or a token of a text) but at least one
    /// sample, or all (0). Empty result without samples.
    [[nodiscard]] Result<Evaluation> look_at_training(std::int64_t most, const CancelToken& cancel);
    [[nodiscard]] Result<Evaluation> look_at_validation(std::int64_t most, const CancelToken& cancel);

    [[nodiscard]] TrainerState state() const;
    /// Errors: sizes that do not fit this network or optimizer. On an error nothing is changed.
    [[nodiscard]] Status restore(const TrainerState& state);

    [[nodiscard]] std::span<const float> parameters() const noexcept { return parameters_; }
    [[nodiscard]] std::span<const float> buffers() const noexcept { return buffers_; }
    [[nodiscard]] std::int64_t next_step() const noexcept { return step_; }
    [[nodiscard]] const TrainerSettings& settings() const noexcept { return settings_; }
    [[nodiscard]] Objective& objective() noexcept { return *objective_; }
    [[nodiscard]] double learning_rate(std::int64_t step) const
    {
        return settings_.learning_rate * schedule_->factor(step, settings_.steps);
    }

private:
    [[nodiscard]] std::int64_t samples_for(std::int64_t most, std::int64_t count) const;
    void next_batch();
    void shuffle();
    void freeze_backbone(std::span<float> gradient) const;

    std::unique_ptr<Objective> objective_;
    std::unique_ptr<Optimizer> optimizer_;
    std::unique_ptr<Schedule> schedule_;
    TrainerSettings settings_;
    std::uint64_t seed_;
    std::vector<float> parameters_, buffers_, gradient_, before_, decay_mask_;
    std::vector<std::int32_t> order_;  ///< training samples of this epoch; empty = not drawn yet
    std::vector<std::int32_t> batch_;
    std::int64_t step_ = 0, epoch_ = 0, cursor_ = 0, batch_size_ = 0, passes_ = 0;
};

}  // namespace timberline::training
