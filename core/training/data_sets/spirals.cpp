// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/data_sets/sampling.h"

#include <cmath>
#include <numbers>

namespace timberline::training {
namespace {

struct SpiralsValues {
    std::int64_t samples = 500;
    std::int64_t arms = 2;
    double turns = 1.25;
    double noise = 0.03;
    double validation_fraction = 0.2;
};

const auto& fields()
{
    static const std::tuple table{
        field(&SpiralsValues::samples, samples_text()),
        field(&SpiralsValues::arms, {.key = "arms",
                                     .label = TIMBERLINE_TR("Arms"),
                                     .help = TIMBERLINE_TR("Number of spirals, one class each."),
                                     .min = 2,
                                     .max = 10,
                                     .takes_effect = Effect::Restart}),
        field(&SpiralsValues::turns, {.key = "turns",
                                      .label = TIMBERLINE_TR("Turns"),
                                      .help = TIMBERLINE_TR("How often each spiral winds around the centre; more turns are harder."),
                                      .min = 0.25,
                                      .max = 4,
                                      .takes_effect = Effect::Restart}),
        field(&SpiralsValues::noise,
              {.key = "noise",
               .label = TIMBERLINE_TR("Noise"),
               .help = TIMBERLINE_TR("Standard deviation of the points around their spiral, whose outer radius is 1."),
               .min = 0,
               .max = 0.5,
               .takes_effect = Effect::Restart}),
        field(&SpiralsValues::validation_fraction, validation_fraction_text())};
    return table;
}

/// Radius r at the angle 2 pi (turns r + arm / arms), r from 0.1 to 1. Drawing r^2 evenly makes the points equally dense along the arm's
/// length.
Result<DataSet> draw(const SpiralsValues& values, std::uint64_t seed)
{
    DataSet data{.name = "spirals", .sample_shape = {2}, .samples = values.samples, .outputs = values.arms};
    for (std::int64_t i = 0; i < values.samples; ++i) {
        SampleDraw draw(seed, i);
        const std::int64_t arm = i % values.arms;
        const double radius = std::sqrt(draw.uniform(0.01, 1));
        const double angle = 2 * std::numbers::pi * (values.turns * radius + static_cast<double>(arm) / static_cast<double>(values.arms));
        data.inputs.push_back(static_cast<float>(radius * std::cos(angle) + values.noise * draw.normal()));
        data.inputs.push_back(static_cast<float>(radius * std::sin(angle) + values.noise * draw.normal()));
        data.labels.push_back(static_cast<std::int32_t>(arm));
    }
    shuffle_and_split(data, values.validation_fraction, seed);
    return data;
}

}  // namespace

MethodRegistry::Entry spirals_data_set()
{
    MethodInfo info;
    info.id = "spirals";
    info.family = "data set";
    info.title = TIMBERLINE_TR("Spirals");
    info.summary =
        TIMBERLINE_TR("Spirals that wind around each other, one class each: hard for small networks, and the harder the more they turn.");
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "spirals", "values": {"samples": 200}}}, "training": {"steps": 100}})";
    const DataSetFactory factory = [](const Values& values, std::uint64_t seed, const CancelToken&) {
        return draw(read_values(fields(), values), seed);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
