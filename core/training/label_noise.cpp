// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/label_noise.h"

#include "core/base/random.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timberline::training {
namespace {

/// From class, to class: pairs that hands and readers confuse (losses.md P07).
constexpr std::array<std::array<std::size_t, 2>, 5> kConfusedDigits = {{{7, 1}, {2, 7}, {5, 6}, {6, 5}, {3, 8}}};

}  // namespace

const std::vector<std::string>& label_noise_kinds()
{
    static const std::vector<std::string> kinds = {"none", "symmetric-other", "symmetric-any", "pair", "asymmetric-digits"};
    return kinds;
}

Result<std::vector<double>> transition_matrix(const LabelNoise& noise, std::int64_t classes)
{
    const auto& kinds = label_noise_kinds();
    if (std::ranges::find(kinds, noise.kind) == kinds.end()) {
        return make_error(ErrorCode::InvalidArgument, "label noise: unknown kind " + in_quotes(noise.kind),
                          spelling_hint(noise.kind, kinds));
    }
    if (!(noise.rate >= 0 && noise.rate <= 0.9)) {
        return make_error(ErrorCode::InvalidArgument, "label noise: rate is " + number_text(noise.rate) + ", expected 0 to 0.9",
                          "Choose a smaller share of wrong labels.");
    }
    if (classes < 2) {
        return make_error(ErrorCode::InvalidArgument,
                          "label noise: the data set has " + std::to_string(classes) + " classes, expected at least 2",
                          "Choose a data set with classes, or no label noise.");
    }
    if (noise.kind == "asymmetric-digits" && classes != 10) {
        return make_error(ErrorCode::InvalidArgument,
                          "label noise: asymmetric-digits needs 10 classes, the data set has " + std::to_string(classes),
                          "Choose the data set digits, or the kind pair.");
    }
    const auto count = static_cast<std::size_t>(classes);
    const double rate = noise.kind == "none" ? 0 : noise.rate;
    std::vector<double> out(count * count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        double* row = out.data() + i * count;
        if (noise.kind == "symmetric-other" || noise.kind == "symmetric-any") {
            const double share = rate / static_cast<double>(noise.kind == "symmetric-any" ? count : count - 1);
            std::fill_n(row, count, share);
            row[i] = noise.kind == "symmetric-any" ? 1 - rate + share : 1 - rate;
            continue;
        }
        row[i] = 1;
        const auto confused = std::ranges::find(kConfusedDigits, i, [](const auto& pair) { return pair[0]; });
        if (noise.kind == "pair") {
            row[i] = 1 - rate;
            row[(i + 1) % count] = rate;
        } else if (noise.kind == "asymmetric-digits" && confused != kConfusedDigits.end()) {
            row[i] = 1 - rate;
            row[(*confused)[1]] = rate;
        }
    }
    return out;
}

std::int32_t noisy_label(std::span<const double> transition, std::int64_t classes, std::int32_t label, std::int64_t sample,
                         std::uint64_t seed)
{
    const auto count = static_cast<std::size_t>(classes);
    const auto row = transition.subspan(static_cast<std::size_t>(label) * count, count);
    const double draw = uniform({.seed = seed, .purpose = RandomPurpose::LabelNoise, .position = static_cast<std::uint32_t>(sample)});
    // The true class has the last part of the interval: a higher rate flips all samples that a lower one flips.
    double reached = 0;
    for (std::size_t k = 0; k < count; ++k) {
        reached += static_cast<std::int32_t>(k) == label ? 0 : row[k];
        if (static_cast<std::int32_t>(k) != label && draw < reached) {
            return static_cast<std::int32_t>(k);
        }
    }
    return label;
}

Status apply_label_noise(DataSet& data, const LabelNoise& noise, std::uint64_t seed)
{
    if (noise.kind == "none") {
        return {};
    }
    if (data.task != DataSet::Task::Classification) {
        return make_error(ErrorCode::InvalidArgument, "label noise: the data set " + in_quotes(data.name) + " has no labels",
                          "Choose a data set with classes, or no label noise.");
    }
    TIMBERLINE_ASSIGN(const std::vector<double> transition, transition_matrix(noise, data.outputs));
    data.true_labels = data.labels;
    data.flipped.assign(data.labels.size(), 0);
    for (std::int64_t i = 0; i < data.train; ++i) {
        const auto at = static_cast<std::size_t>(i);
        data.labels[at] = noisy_label(transition, data.outputs, data.true_labels[at], i, seed);
        data.flipped[at] = data.labels[at] != data.true_labels[at] ? 1 : 0;
    }
    return {};
}

}  // namespace timberline::training
