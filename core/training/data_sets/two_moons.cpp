// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/data_sets/sampling.h"

#include <cmath>
#include <numbers>

namespace timberline::training {
namespace {

struct TwoMoonsValues {
    std::int64_t samples = 500;
    double noise = 0.15;
    double validation_fraction = 0.2;
};

const auto& fields()
{
    static const std::tuple table{
        field(&TwoMoonsValues::samples, samples_text()),
        field(&TwoMoonsValues::noise, {.key = "noise",
                                       .label = TIMBERLINE_TR("Noise"),
                                       .help = TIMBERLINE_TR("Standard deviation of the points around their moon, whose radius is 1."),
                                       .min = 0,
                                       .max = 1,
                                       .takes_effect = Effect::Restart}),
        field(&TwoMoonsValues::validation_fraction, validation_fraction_text())};
    return table;
}

/// Upper moon: the unit half circle around (0, 0); lower moon: the one around (1, 0.5), upside down.
Result<DataSet> draw(const TwoMoonsValues& values, std::uint64_t seed)
{
    DataSet data{.name = "two-moons", .sample_shape = {2}, .samples = values.samples, .outputs = 2};
    for (std::int64_t i = 0; i < values.samples; ++i) {
        SampleDraw draw(seed, i);
        const std::int32_t moon = static_cast<std::int32_t>(i % 2);
        const double angle = std::numbers::pi * draw.uniform();
        const double x = moon == 0 ? std::cos(angle) : 1 - std::cos(angle);
        const double y = moon == 0 ? std::sin(angle) : 0.5 - std::sin(angle);
        data.inputs.push_back(static_cast<float>(x + values.noise * draw.normal()));
        data.inputs.push_back(static_cast<float>(y + values.noise * draw.normal()));
        data.labels.push_back(moon);
    }
    shuffle_and_split(data, values.validation_fraction, seed);
    return data;
}

}  // namespace

MethodRegistry::Entry two_moons_data_set()
{
    MethodInfo info;
    info.id = "two-moons";
    info.family = "data set";
    info.title = TIMBERLINE_TR("Two moons");
    info.summary = TIMBERLINE_TR("Two half circles that reach into each other: two classes in the plane that no straight line separates.");
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}}, "training": {"steps": 100}})";
    const DataSetFactory factory = [](const Values& values, std::uint64_t seed, const CancelToken&) {
        return draw(read_values(fields(), values), seed);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
