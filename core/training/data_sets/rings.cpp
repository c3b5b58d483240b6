// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/data_sets/sampling.h"

#include <cmath>
#include <numbers>

namespace timberline::training {
namespace {

struct RingsValues {
    std::int64_t samples = 500;
    std::int64_t rings = 2;
    double noise = 0.08;
    double validation_fraction = 0.2;
};

const auto& fields()
{
    static const std::tuple table{
        field(&RingsValues::samples, samples_text()),
        field(&RingsValues::rings,
              {.key = "rings",
               .label = TIMBERLINE_TR("Rings"),
               .help = TIMBERLINE_TR("Number of circles around the origin, one class each; the outermost has radius 1."),
               .min = 2,
               .max = 10,
               .takes_effect = Effect::Restart}),
        field(&RingsValues::noise, {.key = "noise",
                                    .label = TIMBERLINE_TR("Noise"),
                                    .help = TIMBERLINE_TR("Standard deviation of the points around their circle."),
                                    .min = 0,
                                    .max = 0.5,
                                    .takes_effect = Effect::Restart}),
        field(&RingsValues::validation_fraction, validation_fraction_text())};
    return table;
}

/// Ring k of n has radius (k + 1) / n.
Result<DataSet> draw(const RingsValues& values, std::uint64_t seed)
{
    DataSet data{.name = "rings", .sample_shape = {2}, .samples = values.samples, .outputs = values.rings};
    for (std::int64_t i = 0; i < values.samples; ++i) {
        SampleDraw draw(seed, i);
        const std::int64_t ring = i % values.rings;
        const double radius = static_cast<double>(ring + 1) / static_cast<double>(values.rings);
        const double angle = 2 * std::numbers::pi * draw.uniform();
        data.inputs.push_back(static_cast<float>(radius * std::cos(angle) + values.noise * draw.normal()));
        data.inputs.push_back(static_cast<float>(radius * std::sin(angle) + values.noise * draw.normal()));
        data.labels.push_back(static_cast<std::int32_t>(ring));
    }
    shuffle_and_split(data, values.validation_fraction, seed);
    return data;
}

}  // namespace

MethodRegistry::Entry rings_data_set()
{
    MethodInfo info;
    info.id = "rings";
    info.family = "data set";
    info.title = TIMBERLINE_TR("Rings");
    info.summary = TIMBERLINE_TR("Circles around one centre, one class each: a network must learn the radius.");
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "rings", "values": {"samples": 200}}}, "training": {"steps": 100}})";
    const DataSetFactory factory = [](const Values& values, std::uint64_t seed, const CancelToken&) {
        return draw(read_values(fields(), values), seed);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
