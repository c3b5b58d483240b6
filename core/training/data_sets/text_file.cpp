// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/data_sets/data_file.h"

#include <algorithm>

namespace timberline::training {
namespace {

struct TextValues {
    std::string path = "bundled:the-mill.txt";
    std::int64_t context = 32;
    std::int64_t samples = 5000;
    double validation_fraction = 0.1;
};

const auto& fields()
{
    static const std::tuple table{
        field(&TextValues::path,
              {.key = "path",
               .label = TIMBERLINE_TR("Text file"),
               .help = TIMBERLINE_TR("Any file; each of its bytes is a token, so nothing has to be known about its language."),
               .takes_effect = Effect::Restart,
               .type = ParameterType::Path}),
        field(&TextValues::context,
              {.key = "context",
               .label = TIMBERLINE_TR("Context"),
               .unit = "bytes",
               .help = TIMBERLINE_TR("Length of the pieces that the text is cut into; the network sees no farther back."),
               .min = 4,
               .max = 1024,
               .scale = Scale::Logarithmic,
               .takes_effect = Effect::Restart}),
        field(&TextValues::samples,
              {.key = "samples",
               .label = TIMBERLINE_TR("Samples"),
               .help = TIMBERLINE_TR("How many pieces are taken, from the beginning of the text; 0 takes all of them."),
               .min = 0,
               .max = 10000000,
               .takes_effect = Effect::Restart}),
        field(&TextValues::validation_fraction, validation_fraction_text())};
    return table;
}

/// Pieces follow each other without a gap: piece i holds bytes i c to (i+1) c, the last of which is only predicted. The end of the text
/// validates, so that no sentence is on both sides.
Result<DataSet> read(const TextValues& values, const CancelToken& cancel)
{
    TIMBERLINE_ASSIGN(const std::string bytes, read_data_file(values.path, "data set text-file: path"));
    const auto length = static_cast<std::int64_t>(bytes.size());
    if (length <= values.context) {
        return damaged(values.path,
                       std::to_string(length) + " bytes, expected at least " + std::to_string(values.context + 1) +
                           " (the context and one more)",
                       "Choose a smaller context or a longer text.");
    }
    DataSet data{.name = "text-file", .task = DataSet::Task::Text, .sample_shape = {values.context}, .outputs = 256};
    data.samples = (length - 1) / values.context;
    if (values.samples > 0) {
        data.samples = std::min(data.samples, values.samples);
    }
    if (data.samples > kMostInputs / (values.context + 1)) {
        return make_error(ErrorCode::OutOfMemory,
                          "data set text-file: " + std::to_string(data.samples) + " pieces of " + std::to_string(values.context) +
                              " bytes, expected at most " + std::to_string(kMostInputs) + " bytes",
                          "Take fewer samples.");
    }
    data.train = training_count(data.samples, values.validation_fraction);
    data.tokens.reserve(static_cast<std::size_t>(data.samples * (values.context + 1)));
    for (std::int64_t i = 0; i < data.samples; ++i) {
        if (i % 1024 == 0 && cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "reading the data set was cancelled");
        }
        for (std::int64_t t = 0; t <= values.context; ++t) {
            data.tokens.push_back(static_cast<unsigned char>(bytes[static_cast<std::size_t>(i * values.context + t)]));
        }
    }
    return data;
}

}  // namespace

MethodRegistry::Entry text_file_data_set()
{
    MethodInfo info;
    info.id = "text-file";
    info.family = "data set";
    info.title = TIMBERLINE_TR("Text file, by bytes");
    info.summary = TIMBERLINE_TR(
        "A text cut into pieces in which the tiny transformer predicts each byte from those before it; a short bundled tale at first.");
    info.requires_text = TIMBERLINE_TR("the transformer as network");
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "text-file", "values": {"context": 16}}},
 "training": {"steps": 20, "net": "transformer", "hidden": [16, 1, 2]}})";
    const DataSetFactory factory = [](const Values& values, std::uint64_t /*seed*/, const CancelToken& cancel) {
        return read(read_values(fields(), values), cancel);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
