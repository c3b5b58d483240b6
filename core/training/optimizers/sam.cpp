// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/training/optimizers/state.h"

#include <cmath>

namespace timberline::training {
namespace {

constexpr double kNormGuard = 1e-12;
constexpr double kAdaptiveOffset = 0.01;  // ASAM: T = |theta| + 0.01

struct SamValues {
    double rho = 0.05;
    bool adaptive = false;
    std::string base = "sgd";
    double momentum = 0.9;
    bool nesterov = false;
    double weight_decay = 5e-4;
    double beta1 = 0.9;
    double beta2 = 0.999;
};

const auto& sam_fields()
{
    static const std::tuple fields{
        field(&SamValues::rho, {.key = "rho",
                                .label = TIMBERLINE_TR("Radius"),
                                .help = TIMBERLINE_TR("How far uphill the second gradient is taken: larger radii seek wider valleys."),
                                .min = 0,
                                .max = 2,
                                .takes_effect = Effect::NextStep}),
        field(&SamValues::adaptive,
              {.key = "adaptive",
               .label = TIMBERLINE_TR("Adaptive (ASAM)"),
               .help = TIMBERLINE_TR("Measures the radius relative to each weight's size; wants a radius of about 0.5 to 2."),
               .takes_effect = Effect::NextStep}),
        field(&SamValues::base, {.key = "base",
                                 .label = TIMBERLINE_TR("Base optimizer"),
                                 .help = TIMBERLINE_TR("Takes the step with the second gradient. Switching starts its state anew."),
                                 .choices = {"sgd", "adamw"},
                                 .choice_labels = {TIMBERLINE_TR("SGD with momentum"), TIMBERLINE_TR("AdamW")},
                                 .takes_effect = Effect::ResetState}),
        field(&SamValues::momentum, {.key = "momentum",
                                     .label = TIMBERLINE_TR("Momentum"),
                                     .help = TIMBERLINE_TR("Base SGD: share of the last velocity that is kept."),
                                     .min = 0,
                                     .max = 0.999,
                                     .takes_effect = Effect::NextStep}),
        field(&SamValues::nesterov, {.key = "nesterov",
                                     .label = TIMBERLINE_TR("Nesterov"),
                                     .help = TIMBERLINE_TR("Base SGD: looks ahead along the new velocity."),
                                     .takes_effect = Effect::NextStep}),
        field(&SamValues::weight_decay, {.key = "weight_decay",
                                         .label = TIMBERLINE_TR("Weight decay"),
                                         .help = TIMBERLINE_TR("Weight decay of the base optimizer."),
                                         .min = 0,
                                         .max = 0.1,
                                         .takes_effect = Effect::NextStep}),
        field(&SamValues::beta1, {.key = "beta1",
                                  .label = TIMBERLINE_TR("Beta 1"),
                                  .help = TIMBERLINE_TR("Base AdamW: memory of the gradient."),
                                  .min = 0,
                                  .max = 0.9999,
                                  .takes_effect = Effect::NextStep}),
        field(&SamValues::beta2, {.key = "beta2",
                                  .label = TIMBERLINE_TR("Beta 2"),
                                  .help = TIMBERLINE_TR("Base AdamW: memory of the squared gradient."),
                                  .min = 0,
                                  .max = 0.999999,
                                  .takes_effect = Effect::NextStep})};
    return fields;
}

/// methods/training.md 3.3: the gradient at theta + rho g / ||g|| (one norm over all tensors, the same batch) goes to the base optimizer at
/// theta.
class Sam final : public Optimizer
{
public:
    Sam(SamValues values, std::int64_t parameters) : values_(std::move(values)), parameters_(parameters) { make_base(); }

    [[nodiscard]] Status apply(std::span<float> parameters, std::span<const float> gradient, const StepContext& context) override
    {
        if (!context.gradient_again) {
            return make_error(ErrorCode::Internal, "sam: there is no second gradient to ask for", "Please report this.");
        }
        climb(parameters, gradient);
        second_.resize(gradient.size());
        double loss = 0;
        TIMBERLINE_TRY(context.gradient_again(uphill_, second_, loss));
        return base_->apply(parameters, second_, context);
    }

    void set(const Values& values) override
    {
        const auto base = values_.base;
        values_ = read_values(sam_fields(), values);
        if (values_.base != base) {
            make_base();
        } else if (values_.base == "sgd") {
            static_cast<Sgd&>(*base_).set(sgd_values());
        } else {
            static_cast<AdamW&>(*base_).set(adam_values());
        }
    }

    [[nodiscard]] bool needs_second_gradient() const noexcept override { return true; }
    [[nodiscard]] int passes() const noexcept override { return 2; }
    [[nodiscard]] OptimizerState save() const override { return base_->save(); }
    [[nodiscard]] Status load(const OptimizerState& state) override { return base_->load(state); }

private:
    /// uphill_ = parameters + e; the parameters themselves are not touched, so that nothing has to be undone.
    void climb(std::span<const float> parameters, std::span<const float> gradient)
    {
        const auto scale = [&](std::size_t i) {
            return values_.adaptive ? std::abs(static_cast<double>(parameters[i])) + kAdaptiveOffset : 1.0;
        };
        double squares = 0;
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            const double scaled = scale(i) * static_cast<double>(gradient[i]);
            squares += scaled * scaled;
        }
        const double step = values_.rho / (std::sqrt(squares) + kNormGuard);
        uphill_.resize(parameters.size());
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            uphill_[i] =
                static_cast<float>(static_cast<double>(parameters[i]) + step * scale(i) * scale(i) * static_cast<double>(gradient[i]));
        }
    }

    [[nodiscard]] SgdValues sgd_values() const
    {
        return {.momentum = values_.momentum, .nesterov = values_.nesterov, .weight_decay = values_.weight_decay};
    }
    [[nodiscard]] AdamValues adam_values() const
    {
        return {.beta1 = values_.beta1, .beta2 = values_.beta2, .weight_decay = values_.weight_decay};
    }
    void make_base()
    {
        if (values_.base == "sgd") {
            base_ = std::make_unique<Sgd>(sgd_values(), parameters_);
        } else {
            base_ = std::make_unique<AdamW>(adam_values(), parameters_);
        }
    }

    SamValues values_;
    std::int64_t parameters_;
    std::unique_ptr<Optimizer> base_;
    std::vector<float> uphill_, second_;  ///< scratch of one step
};

}  // namespace

MethodRegistry::Entry sam_optimizer()
{
    MethodInfo info;
    info.id = "sam";
    info.family = "optimizer";
    info.title = TIMBERLINE_TR("Sharpness-aware minimisation");
    info.summary = TIMBERLINE_TR("Takes the gradient a small step uphill from the weights and applies it at the weights, which prefers "
                                 "wide valleys. Two forward and "
                                 "two backward passes a step.");
    info.sources = {{.title = "Sharpness-Aware Minimization for Efficiently Improving Generalization",
                     .authors = "Pierre Foret, Ariel Kleiner, Hossein Mobahi, Behnam Neyshabur",
                     .year = 2020,
                     .arxiv = "2010.01412"},
                    {.title = "ASAM: Adaptive Sharpness-Aware Minimization for Scale-Invariant Learning of Deep Neural Networks",
                     .authors = "Jungmin Kwon, Jeongseop Kim, Hyunseo Park, In Kwon Choi",
                     .year = 2021,
                     .arxiv = "2102.11600"}};
    info.hyperparameters = declare(sam_fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons"}, "optimizer": {"id": "sam", "values": {"rho": 0.05}}},
 "training": {"steps": 200, "learning_rate": 0.1}})";
    const OptimizerFactory factory = [](const Values& values, std::int64_t parameters) -> std::unique_ptr<Optimizer> {
        return std::make_unique<Sam>(read_values(sam_fields(), values), parameters);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
