// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/losses/pointwise.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace timberline::training {

LabelSoftmax label_softmax(std::span<const double> logits, std::int32_t label, std::span<double> probabilities, double inverse_temperature)
{
    const auto own = static_cast<std::size_t>(label);
    const double largest = *std::max_element(logits.begin(), logits.end());
    double others = 0;
    double mine = 0;
    for (std::size_t k = 0; k < logits.size(); ++k) {
        const double term = std::exp((logits[k] - largest) * inverse_temperature);
        if (!probabilities.empty()) {
            probabilities[k] = term;
        }
        (k == own ? mine : others) += term;
    }
    const double total = mine + others;
    for (double& probability : probabilities) {
        probability /= total;
    }
    // mine == 1 means that the label holds the largest logit: log1p keeps losses far below 1e-16 exact to their last digits.
    const double cross_entropy =
        logits[own] == largest ? std::log1p(others) : (largest - logits[own]) * inverse_temperature + std::log(total);
    return {.cross_entropy = cross_entropy, .probability = mine / total, .rest = others / total};
}

void PointwiseLoss::evaluate(const LossInput& input, std::span<double> per_sample, std::span<double> gradient) const
{
    const auto samples = static_cast<std::size_t>(input.samples);
    const auto outputs = static_cast<std::size_t>(input.outputs);
    assert(input.logits.size() == samples * outputs && input.labels.size() == samples && per_sample.size() == samples);
    assert(gradient.empty() || gradient.size() == samples * outputs);
    for (std::size_t i = 0; i < samples; ++i) {
        const std::int32_t label = input.labels[i];
        const auto own_gradient = gradient.empty() ? gradient : gradient.subspan(i * outputs, outputs);
        if (label < 0 || label >= input.outputs) {
            const double value = label == kIgnoredLabel ? 0 : std::numeric_limits<double>::quiet_NaN();
            per_sample[i] = value;
            std::ranges::fill(own_gradient, value);
            continue;
        }
        per_sample[i] = row(input.logits.subspan(i * outputs, outputs), label, own_gradient);
    }
}

double LabelProbabilityLoss::row(std::span<const double> logits, std::int32_t label, std::span<double> gradient) const
{
    const LabelSoftmax softmax = label_softmax(logits, label, gradient);
    const Value value = at(softmax);
    for (double& entry : gradient) {
        entry *= value.pull;
    }
    if (!gradient.empty()) {
        gradient[static_cast<std::size_t>(label)] = -value.pull * softmax.rest;
    }
    return value.loss;
}

LabelProbabilityLoss::Value focal_value(const LabelSoftmax& softmax, double gamma)
{
    const double modulation = std::pow(softmax.rest, gamma);
    // -log p / (1-p) tends to 1 as p does; written so, the pull has no (1-p)^(gamma-1), which is infinite there for gamma < 1.
    const double ratio = softmax.rest > 0 ? softmax.cross_entropy / softmax.rest : 1;
    return {.loss = modulation * softmax.cross_entropy, .pull = modulation * (1 + gamma * softmax.probability * ratio)};
}

}  // namespace timberline::training
