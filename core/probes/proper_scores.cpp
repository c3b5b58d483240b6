// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/base/translate.h"
#include "core/probes/predictions.h"
#include "core/probes/ranking.h"
#include "core/probes/temperature_scaling.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace timberline::probes {
namespace {

constexpr std::uint32_t kSplits = 5;

/// Negative log-likelihood at the temperature that was fitted on the other half, averaged over both halves of five random splits: what
/// temperature scaling would give on samples that it was not fitted on. NaN below 4 rows.
double calibrated_loss(const ProbeSide& side, std::int64_t outputs, std::uint64_t seed, const CancelToken& cancel)
{
    if (side.rows() < 4) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    double sum = 0;
    for (std::uint32_t split = 1; split <= kSplits; ++split) {
        std::vector<std::int64_t> rows(side.labels.size());
        std::iota(rows.begin(), rows.end(), std::int64_t{0});
        std::vector<double> keys;
        for (const auto row : rows) {
            keys.push_back(
                uniform({.seed = seed, .purpose = RandomPurpose::DataSplit, .round = split, .position = static_cast<std::uint32_t>(row)}));
        }
        std::ranges::sort(rows, {}, [&](std::int64_t row) { return keys[static_cast<std::size_t>(row)]; });
        const auto first = std::span<const std::int64_t>(rows).first(rows.size() / 2);
        const auto second = std::span<const std::int64_t>(rows).subspan(rows.size() / 2);
        if (cancel.cancelled()) {
            return std::numeric_limits<double>::quiet_NaN();
        }
        sum += negative_log_likelihood(side, outputs, second, best_temperature(side, outputs, first)) / 2;
        sum += negative_log_likelihood(side, outputs, first, best_temperature(side, outputs, second)) / 2;
    }
    return sum / kSplits;
}

Result<record::Block> probe(const ProbeInput& input, const Values& /*values*/, const CancelToken& cancel)
{
    const bool held_out = input.validation.rows() > 0;
    const ProbeSide& side = held_out ? input.validation : input.train;
    const Predictions predictions = predictions_of(side, input.outputs);
    std::vector<double> right, wrong;
    for (std::size_t i = 0; i < predictions.confidence.size(); ++i) {
        (predictions.correct[i] != 0 ? right : wrong).push_back(predictions.confidence[i]);
    }
    record::Block out;
    out.texts["side"] = held_out ? "validation" : "train";
    out.numbers["nll"] = mean_of(predictions.cross_entropy);
    out.numbers["brier"] = mean_of(predictions.brier);
    out.numbers["calibrated_nll"] = calibrated_loss(side, input.outputs, input.seed, cancel);
    out.numbers["auroc_of_confidence"] = area_under_curve(right, wrong);
    out.numbers["accuracy"] = accuracy_of(predictions.correct);
    if (cancel.cancelled()) {
        return make_error(ErrorCode::Cancelled, "the probe was cancelled");
    }
    return out;
}

}  // namespace

MethodRegistry::Entry proper_scores_probe()
{
    MethodInfo info;
    info.id = "proper-scores";
    info.family = "probe";
    info.title = TIMBERLINE_TR("Proper scores");
    info.summary = TIMBERLINE_TR(
        "Log-likelihood, Brier score, the log-likelihood after calibration, and how well confidence tells right answers from wrong ones.");
    info.sources = {{.title = "Pitfalls of In-Domain Uncertainty Estimation and Ensembling in Deep Learning",
                     .authors = "Arsenii Ashukha, Alexander Lyzhov, Dmitry Molchanov, Dmitry Vetrov",
                     .year = 2020,
                     .arxiv = "2002.06470"}};
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"noise": 0.3}}, "probe": {"id": "proper-scores"}}, "training": {"steps": 200}})";
    return {std::move(info), ProbeFunction(probe)};
}

}  // namespace timberline::probes
