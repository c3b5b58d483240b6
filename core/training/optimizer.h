// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/method.h"
#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// Maps a gradient to an update of the flat parameter vector, and knows nothing of data. No tensors here.
namespace timberline::training {

/// Mean loss and (clipped) gradient at these parameters, on the step's batch: what two-gradient optimizers (SAM) ask for again.
using GradientFunction = std::function<Status(std::span<const float> parameters, std::span<float> gradient, double& loss)>;

struct StepContext {
    double learning_rate = 0;  ///< base rate times the schedule's factor
    std::int64_t step = 0;     ///< from 0
    /// Per parameter: 1 = weight decay applies (weights), 0 = it does not (biases, norms). Same length as the parameters.
    std::span<const float> decay_mask;
    GradientFunction gradient_again;  ///< set when needs_second_gradient()
};

/// State lives in flat vectors of the parameters' length. Not thread-safe.
class Optimizer
{
public:
    virtual ~Optimizer() = default;
    /// Changes `parameters` in place. `gradient` is the batch's gradient at `parameters`.
    [[nodiscard]] virtual Status apply(std::span<float> parameters, std::span<const float> gradient, const StepContext& context) = 0;
    /// New values of hyperparameters that take effect at the next step; state is kept.
    virtual void set(const Values& values) = 0;
    [[nodiscard]] virtual bool needs_second_gradient() const noexcept { return false; }
    /// Forward and backward passes a step, counted honestly.
    [[nodiscard]] virtual int passes() const noexcept { return 1; }
    /// Everything that the next step depends on, by name; load() refuses wrong lengths.
    [[nodiscard]] virtual std::map<std::string, std::vector<float>> save() const = 0;
    [[nodiscard]] virtual Status load(const std::map<std::string, std::vector<float>>& state) = 0;
};
using OptimizerFactory = std::function<std::unique_ptr<Optimizer>(const Values&, std::int64_t parameters)>;

/// Multiplies the base learning rate; a pure function of the step.
class Schedule
{
public:
    virtual ~Schedule() = default;
    /// @param step 0 to total - 1.  @return not negative.
    [[nodiscard]] virtual double factor(std::int64_t step, std::int64_t total) const = 0;
};
using ScheduleFactory = std::function<std::unique_ptr<Schedule>(const Values&)>;

void register_optimizers(MethodRegistry& registry);
void register_schedules(MethodRegistry& registry);

}  // namespace timberline::training
