// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/data_sets/sampling.h"

#include <cmath>
#include <numbers>

namespace timberline::training {
namespace {

struct CurveValues {
    std::string curve = "sine";
    std::int64_t samples = 200;
    double noise = 0.1;
    double validation_fraction = 0.2;
};

const auto& fields()
{
    static const std::tuple table{
        field(&CurveValues::curve, {.key = "curve",
                                    .label = TIMBERLINE_TR("Curve"),
                                    .help = TIMBERLINE_TR("The function of x in -1 to 1 that the points lie on before noise."),
                                    .choices = {"sine", "chirp", "step", "triangle", "cubic", "bump", "bumps-and-flat"},
                                    .choice_labels = {TIMBERLINE_TR("Sine"), TIMBERLINE_TR("Chirp (rising frequency)"),
                                                      TIMBERLINE_TR("Step"), TIMBERLINE_TR("Triangle wave"), TIMBERLINE_TR("Cubic"),
                                                      TIMBERLINE_TR("Bell"), TIMBERLINE_TR("Smooth left, wild right")},
                                    .takes_effect = Effect::Restart}),
        field(&CurveValues::samples, samples_text()),
        field(&CurveValues::noise,
              {.key = "noise",
               .label = TIMBERLINE_TR("Noise"),
               .help = TIMBERLINE_TR("Standard deviation of the targets around the curve, whose values lie in -1 to 1."),
               .min = 0,
               .max = 2,
               .takes_effect = Effect::Restart}),
        field(&CurveValues::validation_fraction, validation_fraction_text())};
    return table;
}

/// The curve without noise at x in [-1, 1]; its values lie in [-1, 1].
double curve_at(const std::string& curve, double x)
{
    constexpr double kPi = std::numbers::pi;
    if (curve == "chirp") {
        return std::sin(kPi * (x + 1) * (x + 1) * 2);
    }
    if (curve == "step") {
        return x < 0 ? -0.5 : 0.5;
    }
    if (curve == "triangle") {
        return 2 / kPi * std::asin(std::sin(2 * kPi * x));
    }
    if (curve == "cubic") {
        return 4 * x * x * x - 3 * x;  // Chebyshev's polynomial of degree 3: fills the square
    }
    if (curve == "bump") {
        return std::exp(-20 * x * x);
    }
    if (curve == "bumps-and-flat") {
        return x < 0 ? 0 : std::sin(8 * kPi * x);  // one smoothness does not fit both halves
    }
    return std::sin(2 * kPi * x);
}

Result<DataSet> draw(const CurveValues& values, std::uint64_t seed)
{
    DataSet data{
        .name = "regression-curves", .task = DataSet::Task::Regression, .sample_shape = {1}, .samples = values.samples, .outputs = 1};
    for (std::int64_t i = 0; i < values.samples; ++i) {
        SampleDraw draw(seed, i);
        const auto x = static_cast<float>(draw.uniform(-1, 1));
        data.inputs.push_back(x);
        data.targets.push_back(static_cast<float>(curve_at(values.curve, static_cast<double>(x)) + values.noise * draw.normal()));
    }
    shuffle_and_split(data, values.validation_fraction, seed);
    return data;
}

}  // namespace

MethodRegistry::Entry regression_curves_data_set()
{
    MethodInfo info;
    info.id = "regression-curves";
    info.family = "data set";
    info.title = TIMBERLINE_TR("Regression curves");
    info.summary = TIMBERLINE_TR("Noisy points on a curve over -1 to 1: the network's function can be drawn beside the true one.");
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "regression-curves", "values": {"samples": 100}}, "loss": {"id": "mse"}}, "training": {"steps": 100}})";
    const DataSetFactory factory = [](const Values& values, std::uint64_t seed, const CancelToken&) {
        return draw(read_values(fields(), values), seed);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
