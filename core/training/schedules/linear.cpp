// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/training/optimizer.h"
#include "core/training/schedules/shapes.h"

namespace timberline::training {
namespace {

struct LinearValues {
    double floor = 0;
};

const auto& linear_fields()
{
    static const std::tuple fields{
        field(&LinearValues::floor, {.key = "floor",
                                     .label = TIMBERLINE_TR("Floor"),
                                     .help = TIMBERLINE_TR("Share of the learning rate that is left after the last step."),
                                     .min = 0,
                                     .max = 1,
                                     .takes_effect = Effect::NextStep})};
    return fields;
}

class Linear final : public Schedule
{
public:
    explicit Linear(const LinearValues& values) : values_(values) {}
    [[nodiscard]] double factor(std::int64_t step, std::int64_t total) const override { return linear_factor(step, total, values_.floor); }

private:
    LinearValues values_;
};

}  // namespace

MethodRegistry::Entry linear_schedule()
{
    MethodInfo info;
    info.id = "linear";
    info.family = "schedule";
    info.title = TIMBERLINE_TR("Linear decay");
    info.summary = TIMBERLINE_TR("Falls on a straight line from the full learning rate at the first step to the floor after the last.");
    info.sources = {{.title = "Budgeted Training: Rethinking Deep Neural Network Training Under Resource Constraints",
                     .authors = "Mengtian Li, Ersin Yumer, Deva Ramanan",
                     .year = 2019,
                     .arxiv = "1905.04753"}};
    info.hyperparameters = declare(linear_fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons"}, "schedule": {"id": "linear"}}, "training": {"steps": 100}})";
    const ScheduleFactory factory = [](const Values& values) -> std::unique_ptr<Schedule> {
        return std::make_unique<Linear>(read_values(linear_fields(), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
