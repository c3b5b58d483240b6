// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/base/translate.h"
#include "core/training/data_sets/sampling.h"

#include <algorithm>
#include <cmath>

namespace timberline::training {
namespace {

constexpr std::int64_t kMostPoints = 4096;
constexpr std::int64_t kMostLabels = 10;

struct PaintedValues {
    std::vector<double> points = {-0.6, -0.6, 0, -0.4, -0.5, 0, 0.6, 0.6,  0, 0.4, 0.5,  0,
                                  -0.6, 0.6,  1, -0.4, 0.5,  1, 0.6, -0.6, 1, 0.4, -0.5, 1};
    double validation_fraction = 0;
};

const auto& fields()
{
    static const std::tuple table{
        field(&PaintedValues::points,
              {.key = "points",
               .label = TIMBERLINE_TR("Points"),
               .help = TIMBERLINE_TR("x, y and class of every point, one after the other; painting with the mouse fills it."),
               .min = -1000,
               .max = 1000,
               .takes_effect = Effect::Restart,
               .min_length = 3,
               .max_length = 3 * kMostPoints}),
        field(&PaintedValues::validation_fraction, validation_fraction_text())};
    return table;
}

Error bad_points(const std::string& what)
{
    return make_error(ErrorCode::InvalidArgument, "data set painted-points: points " + what,
                      "Give x, y and class of every point, for example -0.5,0.5,0,0.5,-0.5,1.");
}

Result<DataSet> read(const PaintedValues& values, std::uint64_t seed)
{
    if (values.points.size() % 3 != 0) {
        return bad_points("has " + std::to_string(values.points.size()) + " numbers, expected a multiple of 3");
    }
    DataSet data{
        .name = "painted-points", .sample_shape = {2}, .samples = static_cast<std::int64_t>(values.points.size() / 3), .outputs = 2};
    for (std::size_t i = 0; i + 2 < values.points.size(); i += 3) {
        const double label = values.points[i + 2];
        if (!(label >= 0 && label < static_cast<double>(kMostLabels)) || label != std::floor(label)) {
            return bad_points("gives point " + std::to_string(i / 3) + " the class " + number_text(label) +
                              ", expected a whole number from 0 to " + std::to_string(kMostLabels - 1));
        }
        data.inputs.push_back(static_cast<float>(values.points[i]));
        data.inputs.push_back(static_cast<float>(values.points[i + 1]));
        data.labels.push_back(static_cast<std::int32_t>(label));
        data.outputs = std::max(data.outputs, static_cast<std::int64_t>(label) + 1);
    }
    if (values.validation_fraction > 0) {
        shuffle_and_split(data, values.validation_fraction, seed);
    } else {
        data.train = data.samples;  // in the order in which they were painted
    }
    TIMBERLINE_TRY(check_data_set(data));
    return data;
}

}  // namespace

MethodRegistry::Entry painted_points_data_set()
{
    MethodInfo info;
    info.id = "painted-points";
    info.family = "data set";
    info.title = TIMBERLINE_TR("Painted points");
    info.summary = TIMBERLINE_TR(
        "Points that are painted with the mouse, kept in the config as numbers, so that the same picture trains again anywhere.");
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "painted-points", "values": {"points": [-0.5, -0.5, 0, 0.5, 0.5, 0, -0.5, 0.5, 1, 0.5, -0.5, 1]}}},
 "training": {"steps": 100}})";
    const DataSetFactory factory = [](const Values& values, std::uint64_t seed, const CancelToken&) {
        return read(read_values(fields(), values), seed);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
