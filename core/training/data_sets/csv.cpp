// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/data_sets/csv_table.h"

#include <cmath>

namespace timberline::training {
namespace {

struct CsvValues {
    std::string path = "bundled:leaves.csv";
    std::string label_column;
    std::string task = "classification";
    std::string separator = "comma";
    std::string header = "auto";
    bool standardise = true;
    double validation_fraction = 0.2;
};

const auto& fields()
{
    static const std::tuple table{
        field(&CsvValues::path, {.key = "path",
                                 .label = TIMBERLINE_TR("CSV file"),
                                 .help = TIMBERLINE_TR("A table with one sample a line; all columns but the label's must hold numbers."),
                                 .takes_effect = Effect::Restart,
                                 .type = ParameterType::Path}),
        field(&CsvValues::label_column,
              {.key = "label_column",
               .label = TIMBERLINE_TR("Label column"),
               .help = TIMBERLINE_TR("Name of the column that is predicted, as the header says; empty takes the last one."),
               .takes_effect = Effect::Restart}),
        field(&CsvValues::task, {.key = "task",
                                 .label = TIMBERLINE_TR("Task"),
                                 .help = TIMBERLINE_TR("Whether the label column names classes or holds numbers to predict."),
                                 .choices = {"classification", "regression"},
                                 .choice_labels = {TIMBERLINE_TR("Classification"), TIMBERLINE_TR("Regression")},
                                 .takes_effect = Effect::Restart}),
        field(&CsvValues::separator, {.key = "separator",
                                      .label = TIMBERLINE_TR("Separator"),
                                      .help = TIMBERLINE_TR("What stands between two columns; numbers always have a decimal point."),
                                      .choices = {"comma", "semicolon", "tab"},
                                      .choice_labels = {TIMBERLINE_TR("Comma"), TIMBERLINE_TR("Semicolon"), TIMBERLINE_TR("Tab")},
                                      .takes_effect = Effect::Restart}),
        field(&CsvValues::header,
              {.key = "header",
               .label = TIMBERLINE_TR("First line"),
               .help = TIMBERLINE_TR("Whether the first line names the columns; by itself it does where one of its inputs is no number."),
               .choices = {"auto", "yes", "no"},
               .choice_labels = {TIMBERLINE_TR("Find out"), TIMBERLINE_TR("Column names"), TIMBERLINE_TR("A sample")},
               .takes_effect = Effect::Restart}),
        field(&CsvValues::standardise,
              {.key = "standardise",
               .label = TIMBERLINE_TR("Standardise"),
               .help = TIMBERLINE_TR(
                   "Gives every input, and the target of a regression, mean 0 and standard deviation 1 over the training samples."),
               .takes_effect = Effect::Restart}),
        field(&CsvValues::validation_fraction, validation_fraction_text())};
    return table;
}

/// Column by column to mean 0 and deviation 1 over the first `train` rows; a constant column becomes 0.
void standardise(std::vector<float>& values, std::int64_t width, std::int64_t train)
{
    const auto columns = static_cast<std::size_t>(width);
    const auto rows = static_cast<std::size_t>(train);
    for (std::size_t column = 0; column < columns; ++column) {
        double sum = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            sum += static_cast<double>(values[row * columns + column]);
        }
        const double mean = sum / static_cast<double>(rows);
        double squares = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            const double away = static_cast<double>(values[row * columns + column]) - mean;
            squares += away * away;
        }
        const double deviation = std::sqrt(squares / static_cast<double>(rows));
        for (std::size_t at = column; at < values.size(); at += columns) {
            const double away = static_cast<double>(values[at]) - mean;
            values[at] = static_cast<float>(deviation > 0 ? away / deviation : away);
        }
    }
}

Result<DataSet> read(const CsvValues& values, std::uint64_t seed, const CancelToken& cancel)
{
    const bool regression = values.task == "regression";
    TIMBERLINE_ASSIGN(const std::string text, read_data_file(values.path, "data set csv: path"));
    const char separator = values.separator == "tab" ? '\t' : values.separator == "semicolon" ? ';' : ',';
    TIMBERLINE_ASSIGN(CsvTable table, read_csv_table(text, {.name = values.path,
                                                            .separator = separator,
                                                            .header = values.header,
                                                            .label_column = values.label_column,
                                                            .numeric_label = regression,
                                                            .cancel = cancel}));
    DataSet data{.name = "csv",
                 .task = regression ? DataSet::Task::Regression : DataSet::Task::Classification,
                 .sample_shape = {table.columns},
                 .samples = table.rows,
                 .outputs = regression ? 1 : static_cast<std::int64_t>(table.classes.size()),
                 .inputs = std::move(table.inputs),
                 .labels = std::move(table.labels),
                 .targets = std::move(table.targets),
                 .output_names = std::move(table.classes)};
    shuffle_and_split(data, values.validation_fraction, seed);
    if (values.standardise) {
        standardise(data.inputs, data.sample_size(), data.train);
        if (regression) {
            standardise(data.targets, 1, data.train);
        }
    }
    TIMBERLINE_TRY(check_data_set(data));
    return data;
}

}  // namespace

MethodRegistry::Entry csv_data_set()
{
    MethodInfo info;
    info.id = "csv";
    info.family = "data set";
    info.title = TIMBERLINE_TR("CSV table");
    info.summary = TIMBERLINE_TR(
        "A table of numbers from your own disk, one sample a line, with classes or numbers to predict; a small bundled one at first.");
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "csv", "values": {"path": "bundled:leaves.csv", "label_column": "kind"}}}, "training": {"steps": 100}})";
    const DataSetFactory factory = [](const Values& values, std::uint64_t seed, const CancelToken& cancel) {
        return read(read_values(fields(), values), seed, cancel);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
