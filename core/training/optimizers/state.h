// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/training/optimizer.h"

#include <map>
#include <span>
#include <string>
#include <vector>

/// What the optimizers share. Internal to core/training/optimizers.
namespace timberline::training {

using OptimizerState = std::map<std::string, std::vector<float>>;

/// The vector `name` of a saved state. Errors: it is missing or has another length than `size`.
[[nodiscard]] inline Result<std::vector<float>> state_vector(const OptimizerState& state, const std::string& name, std::size_t size)
{
    const auto it = state.find(name);
    const auto found = it == state.end() ? std::string("none") : std::to_string(it->second.size()) + " numbers";
    if (it == state.end() || it->second.size() != size) {
        return make_error(ErrorCode::BadFile, "optimizer state " + name + ": found " + found + ", expected " + std::to_string(size),
                          "The checkpoint belongs to another optimizer or network.");
    }
    return it->second;
}

/// Weight decay of one parameter: the value where it applies, else 0. An empty mask decays all.
[[nodiscard]] inline float decay_at(const StepContext& context, bool decay_all, double weight_decay, std::size_t i) noexcept
{
    return decay_all || context.decay_mask.empty() || context.decay_mask[i] != 0 ? static_cast<float>(weight_decay) : 0.0F;
}

struct SgdValues {
    double momentum = 0.9;
    bool nesterov = false;
    double weight_decay = 5e-4;
    bool decay_all = false;
};
/// methods/training.md 3.1. State "velocity".
class Sgd final : public Optimizer
{
public:
    Sgd(const SgdValues& values, std::int64_t parameters);
    [[nodiscard]] Status apply(std::span<float> parameters, std::span<const float> gradient, const StepContext& context) override;
    void set(const Values& values) override;
    void set(const SgdValues& values) { values_ = values; }
    [[nodiscard]] OptimizerState save() const override { return {{"velocity", velocity_}}; }
    [[nodiscard]] Status load(const OptimizerState& state) override;

private:
    SgdValues values_;
    std::vector<float> velocity_;
};

struct AdamValues {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0.01;
    std::string decay = "decoupled";  ///< or "gradient": Adam with L2
    bool decay_all = false;
};
/// methods/training.md 3.2. State "first_moment", "second_moment", "count" (steps done, as 2^20 * second + first).
class AdamW final : public Optimizer
{
public:
    AdamW(AdamValues values, std::int64_t parameters);
    [[nodiscard]] Status apply(std::span<float> parameters, std::span<const float> gradient, const StepContext& context) override;
    void set(const Values& values) override;
    void set(const AdamValues& values) { values_ = values; }
    [[nodiscard]] OptimizerState save() const override;
    [[nodiscard]] Status load(const OptimizerState& state) override;

private:
    AdamValues values_;
    std::vector<float> first_, second_;
    std::int64_t count_ = 0;
};

}  // namespace timberline::training
