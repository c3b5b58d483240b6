// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/data_sets/sampling.h"

#include "core/base/files.h"
#include "core/base/translate.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace timberline::training {
namespace {

/// Rows of `width` in the order of `chosen`.
template <typename T>
void reorder(std::vector<T>& values, std::int64_t width, const std::vector<std::int64_t>& chosen)
{
    if (values.empty()) {
        return;
    }
    std::vector<T> out;
    out.reserve(chosen.size() * static_cast<std::size_t>(width));
    for (const std::int64_t row : chosen) {
        out.insert(out.end(), values.begin() + row * width, values.begin() + (row + 1) * width);
    }
    values = std::move(out);
}

}  // namespace

double SampleDraw::normal() noexcept
{
    const double radius = std::sqrt(-2 * std::log1p(-stream_.next()));  // 1 - u is never 0
    return radius * std::cos(2 * std::numbers::pi * stream_.next());
}

std::vector<std::int64_t> random_order(std::int64_t count, std::uint64_t seed)
{
    std::vector<std::int64_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    for (std::size_t last = order.size(); last > 1; --last) {
        const double draw = uniform({.seed = seed, .purpose = RandomPurpose::DataSplit, .position = static_cast<std::uint32_t>(last)});
        std::swap(order[last - 1], order[static_cast<std::size_t>(draw * static_cast<double>(last))]);
    }
    return order;
}

std::int64_t training_count(std::int64_t samples, double validation_fraction) noexcept
{
    const auto held_out = static_cast<std::int64_t>(std::llround(static_cast<double>(samples) * validation_fraction));
    return std::clamp<std::int64_t>(samples - held_out, 1, std::max<std::int64_t>(samples, 1));
}

void shuffle_and_split(DataSet& data, double validation_fraction, std::uint64_t seed, std::int64_t keep)
{
    std::vector<std::int64_t> chosen = random_order(data.samples, seed);
    if (keep > 0 && keep < data.samples) {
        chosen.resize(static_cast<std::size_t>(keep));
    }
    reorder(data.inputs, data.sample_size(), chosen);
    reorder(data.labels, 1, chosen);
    reorder(data.targets, data.outputs, chosen);
    data.samples = static_cast<std::int64_t>(chosen.size());
    data.train = training_count(data.samples, validation_fraction);
}

std::string resolve_data_path(const std::string& name)
{
    constexpr std::string_view kBundled = "bundled:";
    if (name.starts_with(kBundled)) {
        return (resource_folder() / "data" / name.substr(kBundled.size())).string();
    }
    return name;
}

FieldText validation_fraction_text()
{
    return {.key = "validation_fraction",
            .label = TIMBERLINE_TR("Validation share"),
            .help = TIMBERLINE_TR("Share of the samples that training never sees; the validation loss is measured on it."),
            .min = 0,
            .max = 0.9,
            .takes_effect = Effect::Restart};
}

FieldText samples_text()
{
    return {.key = "samples",
            .label = TIMBERLINE_TR("Samples"),
            .help = TIMBERLINE_TR("How many samples are drawn, validation included."),
            .min = 2,
            .max = 100000,
            .scale = Scale::Logarithmic,
            .takes_effect = Effect::Restart};
}

}  // namespace timberline::training
