// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/data_sets/digit_strokes.h"
#include "core/training/data_sets/sampling.h"

#include <algorithm>

namespace timberline::training {
namespace {

struct DigitsValues {
    std::int64_t samples = 1000;
    std::string size = "28";
    double pose = 1;
    double thickness = 1;
    double noise = 0.05;
    double validation_fraction = 0.2;
};

const auto& fields()
{
    static const std::tuple table{
        field(&DigitsValues::samples, samples_text()),
        field(&DigitsValues::size, {.key = "size",
                                    .label = TIMBERLINE_TR("Pixels a side"),
                                    .help = TIMBERLINE_TR("Width and height of every image; small ones train many times faster."),
                                    .choices = {"8", "28"},
                                    .choice_labels = {TIMBERLINE_TR("8 x 8"), TIMBERLINE_TR("28 x 28")},
                                    .takes_effect = Effect::Restart}),
        field(&DigitsValues::pose,
              {.key = "pose",
               .label = TIMBERLINE_TR("Variety of hands"),
               .help = TIMBERLINE_TR("How much turn, slant, size, place and wobble differ; 0 writes like print, 1 like people."),
               .min = 0,
               .max = 2,
               .takes_effect = Effect::Restart}),
        field(&DigitsValues::thickness, {.key = "thickness",
                                         .label = TIMBERLINE_TR("Pen width"),
                                         .help = TIMBERLINE_TR("Times the usual width of the pen, which differs from digit to digit."),
                                         .min = 0.5,
                                         .max = 2,
                                         .takes_effect = Effect::Restart}),
        field(&DigitsValues::noise, {.key = "noise",
                                     .label = TIMBERLINE_TR("Noise"),
                                     .help = TIMBERLINE_TR("Standard deviation that is added to every pixel, whose values lie in 0 to 1."),
                                     .min = 0,
                                     .max = 1,
                                     .takes_effect = Effect::Restart}),
        field(&DigitsValues::validation_fraction, validation_fraction_text())};
    return table;
}

/// Where the writing square lies in the image: 28 pixels leave a margin as the well-known sets do, 8 pixels cannot afford one.
struct Sheet {
    int pixels = 28;
    int fine = 28;        ///< pixels a side at which strokes are drawn
    double scale = 0.86;  ///< of the writing square
    double pen = 1.25;    ///< half width in fine pixels
};

void draw_digit(int digit, const DigitsValues& values, const Sheet& sheet, SampleDraw& draw, std::span<float> image)
{
    auto strokes = write_digit(digit, {.pose = values.pose}, draw);
    for (auto& stroke : strokes) {
        for (PenPoint& point : stroke) {
            point = {(point.x - 0.5) * sheet.scale + 0.5, (point.y - 0.5) * sheet.scale + 0.5};
        }
    }
    const double half_width = sheet.pen * values.thickness * (1 + std::min(values.pose, 1.0) * draw.uniform(-0.3, 0.4));
    std::vector<float> fine(static_cast<std::size_t>(sheet.fine * sheet.fine), 0.0F);
    draw_strokes(strokes, half_width, sheet.fine, fine);
    const int block = sheet.fine / sheet.pixels;
    for (int row = 0; row < sheet.pixels; ++row) {
        for (int column = 0; column < sheet.pixels; ++column) {
            float sum = 0;
            for (int i = 0; i < block * block; ++i) {
                sum += fine[static_cast<std::size_t>((row * block + i / block) * sheet.fine + column * block + i % block)];
            }
            const double ink = static_cast<double>(sum) / (block * block);
            const double noisy = values.noise > 0 ? ink + values.noise * draw.normal() : ink;
            image[static_cast<std::size_t>(row * sheet.pixels + column)] = static_cast<float>(std::clamp(noisy, 0.0, 1.0));
        }
    }
}

Result<DataSet> draw(const DigitsValues& values, std::uint64_t seed, const CancelToken& cancel)
{
    const Sheet sheet = values.size == "8" ? Sheet{.pixels = 8, .fine = 32, .scale = 1.08, .pen = 2.1} : Sheet{};
    DataSet data{.name = "digits",
                 .sample_shape = {1, sheet.pixels, sheet.pixels},
                 .samples = values.samples,
                 .outputs = 10,
                 .output_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}};
    const auto size = static_cast<std::size_t>(data.sample_size());
    data.inputs.resize(static_cast<std::size_t>(values.samples) * size);
    for (std::int64_t i = 0; i < values.samples; ++i) {
        if (cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "drawing digits was cancelled");
        }
        SampleDraw draw(seed, i);
        const auto digit = static_cast<int>(i % 10);
        draw_digit(digit, values, sheet, draw, std::span<float>(data.inputs).subspan(static_cast<std::size_t>(i) * size, size));
        data.labels.push_back(digit);
    }
    shuffle_and_split(data, values.validation_fraction, seed);
    return data;
}

}  // namespace

MethodRegistry::Entry digits_data_set()
{
    MethodInfo info;
    info.id = "digits";
    info.family = "data set";
    info.title = TIMBERLINE_TR("Digits, drawn here");
    info.summary = TIMBERLINE_TR("Handwritten-looking digits that the program draws itself from pen strokes with a random hand: images to "
                                 "train on without any download.");
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "digits", "values": {"samples": 300, "size": "8"}}}, "training": {"steps": 100}})";
    const DataSetFactory factory = [](const Values& values, std::uint64_t seed, const CancelToken& cancel) {
        return draw(read_values(fields(), values), seed, cancel);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
