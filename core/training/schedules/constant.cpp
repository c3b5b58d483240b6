// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/training/optimizer.h"

namespace timberline::training {
namespace {

class Constant final : public Schedule
{
public:
    [[nodiscard]] double factor(std::int64_t /*step*/, std::int64_t /*total*/) const override { return 1; }
};

}  // namespace

MethodRegistry::Entry constant_schedule()
{
    MethodInfo info;
    info.id = "constant";
    info.family = "schedule";
    info.title = TIMBERLINE_TR("Constant");
    info.summary = TIMBERLINE_TR("The learning rate stays what it is set to.");
    info.sources = {{.title = "A Stochastic Approximation Method", .authors = "Herbert Robbins, Sutton Monro", .year = 1951, .arxiv = ""}};
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons"}, "schedule": {"id": "constant"}}, "training": {"steps": 100}})";
    const ScheduleFactory factory = [](const Values&) -> std::unique_ptr<Schedule> { return std::make_unique<Constant>(); };
    return {std::move(info), factory};
}

}  // namespace timberline::training
