// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/probes/loss_spread.h"
#include "core/probes/predictions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::probes {

LossSpread loss_spread(std::span<const double> losses)
{
    if (losses.empty()) {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        return {.mean = nan, .variance = nan, .deviation = nan, .quantile_5 = nan, .median = nan, .quantile_95 = nan};
    }
    LossSpread out;
    out.mean = mean_of(losses);
    for (const double loss : losses) {
        out.variance += (loss - out.mean) * (loss - out.mean) / static_cast<double>(losses.size());
    }
    out.deviation = std::sqrt(out.variance);
    std::vector<double> sorted(losses.begin(), losses.end());
    std::ranges::sort(sorted);
    const auto quantile = [&](double share) {
        const double place = share * static_cast<double>(sorted.size() - 1);
        const auto below = static_cast<std::size_t>(place);
        const auto above = std::min(below + 1, sorted.size() - 1);
        return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
    };
    out.quantile_5 = quantile(0.05);
    out.median = quantile(0.5);
    out.quantile_95 = quantile(0.95);
    return out;
}

std::vector<std::int32_t> counts_between(std::span<const double> losses, std::span<const double> edges)
{
    std::vector<std::int32_t> out(edges.size() < 2 ? 0 : edges.size() - 1, 0);
    for (const double loss : losses) {
        if (out.empty() || !(loss >= edges.front()) || loss > edges.back()) {
            continue;
        }
        const auto above = static_cast<std::size_t>(std::ranges::upper_bound(edges, loss) - edges.begin());
        ++out[std::min(above, out.size()) - 1];
    }
    return out;
}

namespace {

struct SpreadValues {
    std::int64_t bins = 40;
};

const auto& fields()
{
    static const std::tuple table{field(&SpreadValues::bins, {.key = "bins",
                                                              .label = TIMBERLINE_TR("Bins"),
                                                              .help = TIMBERLINE_TR("Number of bars of the histogram of losses."),
                                                              .min = 2,
                                                              .max = 500,
                                                              .takes_effect = Effect::NextStep})};
    return table;
}

void append(record::Block& out, const std::string& who, const LossSpread& spread)
{
    out.numbers[who + "_mean"] = spread.mean;
    out.numbers[who + "_variance"] = spread.variance;
    out.numbers[who + "_deviation"] = spread.deviation;
    out.numbers[who + "_quantile_5"] = spread.quantile_5;
    out.numbers[who + "_median"] = spread.median;
    out.numbers[who + "_quantile_95"] = spread.quantile_95;
}

Result<record::Block> probe(const ProbeInput& input, const Values& values, const CancelToken& /*cancel*/)
{
    const Predictions members = predictions_of(input.train, input.outputs);
    const Predictions others = predictions_of(input.validation, input.outputs);
    std::vector<double> clean, flipped;
    for (std::size_t i = 0; i < members.cross_entropy.size(); ++i) {
        const bool wrong = !input.train.true_labels.empty() && input.train.true_labels[i] != input.train.labels[i];
        (wrong ? flipped : clean).push_back(members.cross_entropy[i]);
    }
    double highest = *std::ranges::max_element(members.cross_entropy);
    for (const double loss : others.cross_entropy) {
        highest = std::max(highest, loss);
    }
    const auto bins = read_values(fields(), values).bins;
    std::vector<double> edges;
    for (std::int64_t i = 0; i <= bins; ++i) {
        edges.push_back(i == bins ? highest : highest * static_cast<double>(i) / static_cast<double>(bins));
    }
    record::Block out;
    out.texts["side"] = "train and validation";
    append(out, "train", loss_spread(members.cross_entropy));
    append(out, "validation", loss_spread(others.cross_entropy));
    out.arrays["histogram_train_clean"] = column_of(counts_between(clean, edges));
    out.arrays["histogram_train_flipped"] = column_of(counts_between(flipped, edges));
    out.arrays["histogram_validation"] = column_of(counts_between(others.cross_entropy, edges));
    out.arrays["histogram_edges"] = column_of(std::move(edges));
    return out;
}

}  // namespace

MethodRegistry::Entry loss_variance_probe()
{
    MethodInfo info;
    info.id = "loss-variance";
    info.family = "probe";
    info.title = TIMBERLINE_TR("Loss variance and histogram");
    info.summary = TIMBERLINE_TR("Mean, variance and quantiles of cross-entropy over training and validation samples, and their histogram "
                                 "with flipped labels apart. Training losses that are spread wide hide who was trained on.");
    info.sources = {{.title = "Mitigating Privacy Risk in Membership Inference by Convex-Concave Loss",
                     .authors = "Zhenlong Liu et al.",
                     .year = 2024,
                     .arxiv = "2402.05453"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons"}, "loss": {"id": "ccl"}, "probe": {"id": "loss-variance"}}, "training": {"steps": 200}})";
    return {std::move(info), ProbeFunction(probe)};
}

}  // namespace timberline::probes
