// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/training/optimizer.h"
#include "core/training/schedules/shapes.h"

namespace timberline::training {
namespace {

struct CosineValues {
    double floor = 0;
};

const auto& cosine_fields()
{
    static const std::tuple fields{
        field(&CosineValues::floor, {.key = "floor",
                                     .label = TIMBERLINE_TR("Floor"),
                                     .help = TIMBERLINE_TR("Share of the learning rate that is left after the last step."),
                                     .min = 0,
                                     .max = 1,
                                     .takes_effect = Effect::NextStep})};
    return fields;
}

class Cosine final : public Schedule
{
public:
    explicit Cosine(const CosineValues& values) : values_(values) {}
    [[nodiscard]] double factor(std::int64_t step, std::int64_t total) const override { return cosine_factor(step, total, values_.floor); }

private:
    CosineValues values_;
};

}  // namespace

MethodRegistry::Entry cosine_schedule()
{
    MethodInfo info;
    info.id = "cosine";
    info.family = "schedule";
    info.title = TIMBERLINE_TR("Cosine");
    info.summary = TIMBERLINE_TR(
        "Falls along half a cosine, from the full learning rate at the first step to the floor after the last: slow, fast, slow.");
    info.sources = {{.title = "SGDR: Stochastic Gradient Descent with Warm Restarts",
                     .authors = "Ilya Loshchilov, Frank Hutter",
                     .year = 2016,
                     .arxiv = "1608.03983"}};
    info.hyperparameters = declare(cosine_fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons"}, "schedule": {"id": "cosine"}}, "training": {"steps": 100}})";
    const ScheduleFactory factory = [](const Values& values) -> std::unique_ptr<Schedule> {
        return std::make_unique<Cosine>(read_values(cosine_fields(), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
