// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/data_set.h"

#include "core/base/text.h"

#include <algorithm>
#include <cmath>

namespace timberline::training {
namespace {

Error wrong(const DataSet& data, const std::string& what)
{
    return make_error(ErrorCode::BadFile, "data set " + in_quotes(data.name) + ": " + what,
                      "Choose another data set, or mend the file that it was read from.");
}

Status check_numbers(const DataSet& data, const std::vector<float>& values, std::int64_t width, const std::string& what)
{
    const auto bad = std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
    if (bad == values.end()) {
        return {};
    }
    const auto index = bad - values.begin();
    return wrong(data, what + " " + std::to_string(index % width) + " of sample " + std::to_string(index / width) + " is " +
                           number_text(static_cast<double>(*bad)) + ", expected a finite number");
}

Status check_tokens(const DataSet& data, const std::vector<std::int32_t>& values, const std::string& what)
{
    const auto bad = std::ranges::find_if(values, [&](std::int32_t value) { return value < 0 || value >= data.outputs; });
    if (bad == values.end()) {
        return {};
    }
    return wrong(data, what + " " + std::to_string(*bad) + " at entry " + std::to_string(bad - values.begin()) + ", expected 0 to " +
                           std::to_string(data.outputs - 1));
}

Status check_length(const DataSet& data, std::size_t got, std::int64_t expected, const std::string& what)
{
    if (static_cast<std::int64_t>(got) == expected) {
        return {};
    }
    return wrong(data, std::to_string(got) + " " + what + ", expected " + std::to_string(expected));
}

}  // namespace

std::int64_t DataSet::sample_size() const noexcept
{
    std::int64_t size = 1;
    for (const std::int64_t extent : sample_shape) {
        size *= extent;
    }
    return size;
}

Status check_data_set(const DataSet& data)
{
    if (data.samples < 1) {
        return wrong(data, "no samples, expected at least 1");
    }
    if (data.train < 1 || data.train > data.samples) {
        return wrong(data, std::to_string(data.train) + " training samples, expected 1 to " + std::to_string(data.samples));
    }
    const bool shaped =
        !data.sample_shape.empty() && std::ranges::all_of(data.sample_shape, [](std::int64_t extent) { return extent > 0; });
    if (!shaped || data.outputs < 1) {
        return wrong(data, "samples without a shape or an output");
    }
    if (data.task == DataSet::Task::Text) {
        TIMBERLINE_TRY(check_length(data, data.tokens.size(), data.samples * (data.sample_size() + 1), "tokens"));
        return check_tokens(data, data.tokens, "token");
    }
    TIMBERLINE_TRY(check_length(data, data.inputs.size(), data.samples * data.sample_size(), "inputs"));
    TIMBERLINE_TRY(check_numbers(data, data.inputs, data.sample_size(), "input"));
    if (data.task == DataSet::Task::Regression) {
        TIMBERLINE_TRY(check_length(data, data.targets.size(), data.samples * data.outputs, "targets"));
        return check_numbers(data, data.targets, data.outputs, "target");
    }
    TIMBERLINE_TRY(check_length(data, data.labels.size(), data.samples, "labels"));
    return check_tokens(data, data.labels, "label");
}

}  // namespace timberline::training
