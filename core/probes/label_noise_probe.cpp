// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/probes/predictions.h"

#include <limits>

namespace timberline::probes {
namespace {

/// Counts of (from, to) with every row divided by its sum; a class that never occurs keeps a row of 0.
std::vector<double> shares(std::span<const std::int32_t> from, std::span<const std::int32_t> to, std::int64_t classes)
{
    const auto count = static_cast<std::size_t>(classes);
    std::vector<double> out(count * count, 0);
    std::vector<double> sums(count, 0);
    for (std::size_t i = 0; i < from.size(); ++i) {
        out[static_cast<std::size_t>(from[i]) * count + static_cast<std::size_t>(to[i])] += 1;
        sums[static_cast<std::size_t>(from[i])] += 1;
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = sums[i / count] > 0 ? out[i] / sums[i / count] : 0;
    }
    return out;
}

/// Share of rows for which `wanted` is what was predicted, among the flipped ones or the others; NaN without any.
double agreement(const Predictions& predictions, const ProbeSide& side, bool flipped, std::span<const std::int32_t> wanted)
{
    double hits = 0;
    double rows = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if ((side.labels[i] != side.true_labels[i]) == flipped) {
            rows += 1;
            hits += predictions.predicted[i] == wanted[i] ? 1 : 0;
        }
    }
    return rows > 0 ? hits / rows : std::numeric_limits<double>::quiet_NaN();
}

Result<record::Block> probe(const ProbeInput& input, const Values& /*values*/, const CancelToken& /*cancel*/)
{
    const ProbeSide& side = input.train;
    if (side.true_labels.empty()) {
        return make_error(ErrorCode::InvalidArgument, "probe label-noise: the run has no label noise, expected some labels to be flipped",
                          "Set training.label_noise, for example to symmetric-other.");
    }
    const Predictions predictions = predictions_of(side, input.outputs);
    double flipped = 0;
    for (std::size_t i = 0; i < side.labels.size(); ++i) {
        flipped += side.labels[i] != side.true_labels[i] ? 1 : 0;
    }
    record::Block out;
    out.texts["side"] = "train";
    out.numbers["flipped"] = flipped;
    out.numbers["rate_observed"] = flipped / static_cast<double>(side.rows());
    out.numbers["memorised"] = agreement(predictions, side, true, side.labels);          // repeats the wrong label
    out.numbers["seen_through"] = agreement(predictions, side, true, side.true_labels);  // says the true one instead
    out.numbers["accuracy_clean"] = agreement(predictions, side, false, side.labels);
    out.arrays["transition_observed"] = matrix_of(shares(side.true_labels, side.labels, input.outputs), input.outputs);
    out.arrays["transition_learned"] = matrix_of(shares(side.true_labels, predictions.predicted, input.outputs), input.outputs);
    if (!input.transition.empty()) {
        out.arrays["transition"] = matrix_of({input.transition.begin(), input.transition.end()}, input.outputs);
    }
    return out;
}

}  // namespace

MethodRegistry::Entry label_noise_probe()
{
    MethodInfo info;
    info.id = "label-noise";
    info.family = "probe";
    info.title = TIMBERLINE_TR("Label noise and memorisation");
    info.summary = TIMBERLINE_TR("Of the labels that were flipped on purpose: how many the network memorised, how many it saw through, and "
                                 "which classes it learned to confuse, beside the noise that was really put in.");
    info.sources = {{.title = "Mitigating Memorization of Noisy Labels by Clipping the Model Prediction (LogitClip)",
                     .authors = "Hongxin Wei et al.",
                     .year = 2022,
                     .arxiv = "2212.04055"},
                    {.title = "A Closer Look at Memorization in Deep Networks",
                     .authors = "Devansh Arpit et al.",
                     .year = 2017,
                     .arxiv = "1706.05394"}};
    info.requires_text = TIMBERLINE_TR("label noise in the training settings");
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons"}, "loss": {"id": "logit-clip"}, "probe": {"id": "label-noise"}},
 "training": {"steps": 200, "label_noise": "symmetric-other", "label_noise_rate": 0.3}})";
    return {std::move(info), ProbeFunction(probe)};
}

}  // namespace timberline::probes
