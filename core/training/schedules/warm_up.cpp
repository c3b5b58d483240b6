// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/training/optimizer.h"
#include "core/training/schedules/shapes.h"

namespace timberline::training {
namespace {

struct WarmUpValues {
    std::int64_t warmup_steps = 50;
    std::string then = "constant";
    double floor = 0;
};

const auto& warm_up_fields()
{
    static const std::tuple fields{
        field(&WarmUpValues::warmup_steps,
              {.key = "warmup_steps",
               .label = TIMBERLINE_TR("Warm-up"),
               .unit = "steps",
               .help = TIMBERLINE_TR("Steps over which the learning rate grows on a straight line; the last of them has the full rate."),
               .min = 0,
               .max = 1'000'000,
               .takes_effect = Effect::NextStep}),
        field(&WarmUpValues::then, {.key = "then",
                                    .label = TIMBERLINE_TR("Then"),
                                    .help = TIMBERLINE_TR("What the learning rate does over the remaining steps."),
                                    .choices = {"constant", "cosine", "linear"},
                                    .choice_labels = {TIMBERLINE_TR("Constant"), TIMBERLINE_TR("Cosine"), TIMBERLINE_TR("Linear decay")},
                                    .takes_effect = Effect::NextStep}),
        field(&WarmUpValues::floor, {.key = "floor",
                                     .label = TIMBERLINE_TR("Floor"),
                                     .help = TIMBERLINE_TR("Share of the learning rate that is left after the last step."),
                                     .min = 0,
                                     .max = 1,
                                     .takes_effect = Effect::NextStep})};
    return fields;
}

class WarmUp final : public Schedule
{
public:
    explicit WarmUp(WarmUpValues values) : values_(std::move(values)) {}

    [[nodiscard]] double factor(std::int64_t step, std::int64_t total) const override
    {
        const auto warm = values_.warmup_steps;
        if (step < warm) {
            return static_cast<double>(step + 1) / static_cast<double>(warm);
        }
        if (values_.then == "cosine") {
            return cosine_factor(step - warm, total - warm, values_.floor);
        }
        return values_.then == "linear" ? linear_factor(step - warm, total - warm, values_.floor) : 1.0;
    }

private:
    WarmUpValues values_;
};

}  // namespace

MethodRegistry::Entry warm_up_schedule()
{
    MethodInfo info;
    info.id = "warm-up";
    info.family = "schedule";
    info.title = TIMBERLINE_TR("Warm-up");
    info.summary = TIMBERLINE_TR("Grows on a straight line over the first steps, while gradients are large and statistics young, and then "
                                 "stays, or falls along a cosine or a line.");
    info.sources = {{.title = "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour",
                     .authors = "Priya Goyal et al.",
                     .year = 2017,
                     .arxiv = "1706.02677"}};
    info.hyperparameters = declare(warm_up_fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons"}, "schedule": {"id": "warm-up", "values": {"warmup_steps": 20, "then": "cosine"}}},
 "training": {"steps": 100}})";
    const ScheduleFactory factory = [](const Values& values) -> std::unique_ptr<Schedule> {
        return std::make_unique<WarmUp>(read_values(warm_up_fields(), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
