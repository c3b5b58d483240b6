// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/training/optimizers/state.h"

namespace timberline::training {
namespace {

const auto& sgd_fields()
{
    static const std::tuple fields{
        field(&SgdValues::momentum, {.key = "momentum",
                                     .label = TIMBERLINE_TR("Momentum"),
                                     .help = TIMBERLINE_TR("Share of the last velocity that is kept; 0 is plain gradient descent. With a "
                                                           "constant slope the step grows by 1 / (1 - momentum)."),
                                     .min = 0,
                                     .max = 0.999,
                                     .takes_effect = Effect::NextStep}),
        field(&SgdValues::nesterov, {.key = "nesterov",
                                     .label = TIMBERLINE_TR("Nesterov"),
                                     .help = TIMBERLINE_TR("Steps along gradient plus momentum times the new velocity, which looks ahead."),
                                     .takes_effect = Effect::NextStep}),
        field(&SgdValues::weight_decay,
              {.key = "weight_decay",
               .label = TIMBERLINE_TR("Weight decay"),
               .help = TIMBERLINE_TR("Adds this share of each weight to its gradient (coupled: it passes through the momentum)."),
               .min = 0,
               .max = 0.1,
               .takes_effect = Effect::NextStep}),
        field(&SgdValues::decay_all,
              {.key = "decay_all",
               .label = TIMBERLINE_TR("Decay biases too"),
               .help = TIMBERLINE_TR("Weight decay applies to biases, norms and embeddings as well as to weight matrices."),
               .takes_effect = Effect::NextStep})};
    return fields;
}

}  // namespace

Sgd::Sgd(const SgdValues& values, std::int64_t parameters) : values_(values), velocity_(static_cast<std::size_t>(parameters), 0.0F) {}

Status Sgd::apply(std::span<float> parameters, std::span<const float> gradient, const StepContext& context)
{
    const auto rate = static_cast<float>(context.learning_rate);
    const auto momentum = static_cast<float>(values_.momentum);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const float slope = gradient[i] + decay_at(context, values_.decay_all, values_.weight_decay, i) * parameters[i];
        velocity_[i] = momentum * velocity_[i] + slope;
        parameters[i] -= rate * (values_.nesterov ? slope + momentum * velocity_[i] : velocity_[i]);
    }
    return {};
}

void Sgd::set(const Values& values)
{
    values_ = read_values(sgd_fields(), values);
}

Status Sgd::load(const OptimizerState& state)
{
    TIMBERLINE_ASSIGN(velocity_, state_vector(state, "velocity", velocity_.size()));
    return {};
}

MethodRegistry::Entry sgd_optimizer()
{
    MethodInfo info;
    info.id = "sgd";
    info.family = "optimizer";
    info.title = TIMBERLINE_TR("SGD with momentum");
    info.summary = TIMBERLINE_TR(
        "Steps against the gradient of one batch, smoothed by a velocity. Plain descent on a bowl diverges exactly when the learning rate "
        "passes 2 / the largest curvature, with momentum 2 (1 + momentum) / the largest curvature.");
    info.sources = {{.title = "On the importance of initialization and momentum in deep learning",
                     .authors = "Ilya Sutskever, James Martens, George Dahl, Geoffrey Hinton",
                     .year = 2013,
                     .arxiv = ""},
                    {.title = "A Stochastic Approximation Method", .authors = "Herbert Robbins, Sutton Monro", .year = 1951, .arxiv = ""}};
    info.hyperparameters = declare(sgd_fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons"}, "optimizer": {"id": "sgd", "values": {"momentum": 0.9}}},
 "training": {"steps": 200, "learning_rate": 0.1}})";
    const OptimizerFactory factory = [](const Values& values, std::int64_t parameters) -> std::unique_ptr<Optimizer> {
        return std::make_unique<Sgd>(read_values(sgd_fields(), values), parameters);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
