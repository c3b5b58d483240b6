// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/training/optimizers/state.h"

#include <cmath>

namespace timberline::training {
namespace {

constexpr std::int64_t kCountBase = std::int64_t{1} << 20;  // both digits of the step count stay exact as float32

const auto& adam_fields()
{
    static const std::tuple fields{
        field(&AdamValues::beta1, {.key = "beta1",
                                   .label = TIMBERLINE_TR("Beta 1"),
                                   .help = TIMBERLINE_TR("How much of the running mean of the gradient is kept each step."),
                                   .min = 0,
                                   .max = 0.9999,
                                   .takes_effect = Effect::NextStep}),
        field(&AdamValues::beta2, {.key = "beta2",
                                   .label = TIMBERLINE_TR("Beta 2"),
                                   .help = TIMBERLINE_TR("How much of the running mean of the squared gradient is kept each step."),
                                   .min = 0,
                                   .max = 0.999999,
                                   .takes_effect = Effect::NextStep}),
        field(&AdamValues::epsilon, {.key = "epsilon",
                                     .label = TIMBERLINE_TR("Epsilon"),
                                     .help = TIMBERLINE_TR("Added to the root of the second moment; limits steps where gradients vanish."),
                                     .min = 1e-12,
                                     .max = 1e-2,
                                     .scale = Scale::Logarithmic,
                                     .takes_effect = Effect::NextStep}),
        field(&AdamValues::weight_decay, {.key = "weight_decay",
                                          .label = TIMBERLINE_TR("Weight decay"),
                                          .help = TIMBERLINE_TR("Shrinks weights each step by learning rate times this."),
                                          .min = 0,
                                          .max = 1,
                                          .takes_effect = Effect::NextStep}),
        field(&AdamValues::decay,
              {.key = "decay",
               .label = TIMBERLINE_TR("Kind of decay"),
               .help = TIMBERLINE_TR("Decoupled shrinks the weights themselves (AdamW); through the gradient is Adam with L2."),
               .choices = {"decoupled", "gradient"},
               .choice_labels = {TIMBERLINE_TR("Decoupled (AdamW)"), TIMBERLINE_TR("Through the gradient (Adam + L2)")},
               .takes_effect = Effect::NextStep}),
        field(&AdamValues::decay_all,
              {.key = "decay_all",
               .label = TIMBERLINE_TR("Decay biases too"),
               .help = TIMBERLINE_TR("Weight decay applies to biases, norms and embeddings as well as to weight matrices."),
               .takes_effect = Effect::NextStep})};
    return fields;
}

}  // namespace

AdamW::AdamW(AdamValues values, std::int64_t parameters)
    : values_(std::move(values)), first_(static_cast<std::size_t>(parameters), 0.0F), second_(first_)
{}

Status AdamW::apply(std::span<float> parameters, std::span<const float> gradient, const StepContext& context)
{
    ++count_;
    const auto steps = static_cast<double>(count_);
    const auto rate = static_cast<float>(context.learning_rate);
    const auto beta1 = static_cast<float>(values_.beta1), beta2 = static_cast<float>(values_.beta2);
    // Not 1 - float(beta): near 1 that loses half of the digits, and the correction below would not undo it.
    const auto new1 = static_cast<float>(1 - values_.beta1), new2 = static_cast<float>(1 - values_.beta2);
    const auto correct1 = static_cast<float>(1 / (1 - std::pow(values_.beta1, steps)));
    const auto correct2 = static_cast<float>(1 / (1 - std::pow(values_.beta2, steps)));
    const auto epsilon = static_cast<float>(values_.epsilon);
    const bool decoupled = values_.decay == "decoupled";
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const float decay = decay_at(context, values_.decay_all, values_.weight_decay, i);
        const float slope = decoupled ? gradient[i] : gradient[i] + decay * parameters[i];
        if (decoupled) {
            parameters[i] -= rate * decay * parameters[i];
        }
        first_[i] = beta1 * first_[i] + new1 * slope;
        second_[i] = beta2 * second_[i] + new2 * slope * slope;
        parameters[i] -= rate * (first_[i] * correct1) / (std::sqrt(second_[i] * correct2) + epsilon);
    }
    return {};
}

void AdamW::set(const Values& values)
{
    values_ = read_values(adam_fields(), values);
}

OptimizerState AdamW::save() const
{
    return {{"first_moment", first_},
            {"second_moment", second_},
            {"count", {static_cast<float>(count_ % kCountBase), static_cast<float>(count_ / kCountBase)}}};
}

Status AdamW::load(const OptimizerState& state)
{
    TIMBERLINE_ASSIGN(auto first, state_vector(state, "first_moment", first_.size()));
    TIMBERLINE_ASSIGN(auto second, state_vector(state, "second_moment", second_.size()));
    TIMBERLINE_ASSIGN(const auto count, state_vector(state, "count", 2));
    const auto digit = [](float value) { return value >= 0 && value < static_cast<float>(kCountBase) && std::floor(value) == value; };
    if (!digit(count[0]) || !digit(count[1])) {
        return make_error(ErrorCode::BadFile, "optimizer state count: expected whole numbers from 0 to 2^20",
                          "The checkpoint is damaged; take another one.");
    }
    first_ = std::move(first);
    second_ = std::move(second);
    count_ = static_cast<std::int64_t>(count[0]) + kCountBase * static_cast<std::int64_t>(count[1]);
    return {};
}

MethodRegistry::Entry adamw_optimizer()
{
    MethodInfo info;
    info.id = "adamw";
    info.family = "optimizer";
    info.title = TIMBERLINE_TR("AdamW");
    info.summary = TIMBERLINE_TR(
        "Divides a running mean of the gradient by the root of a running mean of its square, so that every parameter moves by about the "
        "learning rate. Wants learning rates near 0.001; weight decay is decoupled from the gradient.");
    info.sources = {
        {.title = "Decoupled Weight Decay Regularization", .authors = "Ilya Loshchilov, Frank Hutter", .year = 2017, .arxiv = "1711.05101"},
        {.title = "Adam: A Method for Stochastic Optimization",
         .authors = "Diederik P. Kingma, Jimmy Ba",
         .year = 2014,
         .arxiv = "1412.6980"}};
    info.hyperparameters = declare(adam_fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons"}, "optimizer": {"id": "adamw"}},
 "training": {"steps": 200, "learning_rate": 0.01}})";
    const OptimizerFactory factory = [](const Values& values, std::int64_t parameters) -> std::unique_ptr<Optimizer> {
        return std::make_unique<AdamW>(read_values(adam_fields(), values), parameters);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
