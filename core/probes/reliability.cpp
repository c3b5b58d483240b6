// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probes/reliability.h"

#include "core/base/translate.h"
#include "core/probes/predictions.h"
#include "core/probes/probe.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace timberline::probes {
namespace {

constexpr double kNormal95 = 1.959963984540054;  ///< two-sided 95% quantile of the standard normal

template <typename T>
std::size_t bin_of(T confidence, std::size_t bins) noexcept
{
    const T place = std::ceil(confidence * static_cast<T>(bins)) - 1;
    return static_cast<std::size_t>(std::clamp<T>(place, 0, static_cast<T>(bins - 1)));
}

void close(ReliabilityBin& bin)
{
    if (bin.count == 0) {
        return;
    }
    const auto n = static_cast<double>(bin.count);
    bin.confidence /= n;
    bin.accuracy /= n;
    const double z2 = kNormal95 * kNormal95;
    const double middle = (bin.accuracy + z2 / (2 * n)) / (1 + z2 / n);
    const double half = kNormal95 / (1 + z2 / n) * std::sqrt(bin.accuracy * (1 - bin.accuracy) / n + z2 / (4 * n * n));
    bin.accuracy_low = std::max(0.0, middle - half);
    bin.accuracy_high = std::min(1.0, middle + half);
}

template <typename T>
Reliability measure(std::span<const T> confidence, std::span<const std::uint8_t> correct, std::size_t bins)
{
    Reliability out;
    out.bins.resize(bins);
    for (std::size_t i = 0; i < confidence.size(); ++i) {
        ReliabilityBin& bin = out.bins[reliability_bin(confidence[i], bins)];
        ++bin.count;
        bin.confidence += static_cast<double>(confidence[i]);
        bin.accuracy += correct[i];
    }
    for (ReliabilityBin& bin : out.bins) {
        close(bin);
        const double gap = std::abs(bin.accuracy - bin.confidence);
        out.expected_error += gap * static_cast<double>(bin.count);
        out.largest_error = bin.count > 0 ? std::max(out.largest_error, gap) : out.largest_error;
    }
    out.expected_error /= static_cast<double>(confidence.size());
    if (confidence.empty()) {
        out.largest_error = std::numeric_limits<double>::quiet_NaN();
    }
    return out;
}

}  // namespace

std::size_t reliability_bin(float confidence, std::size_t bins) noexcept
{
    return bin_of(confidence, bins);
}

std::size_t reliability_bin(double confidence, std::size_t bins) noexcept
{
    return bin_of(confidence, bins);
}

Reliability reliability(std::span<const float> confidence, std::span<const std::uint8_t> correct, std::size_t bins)
{
    return measure(confidence, correct, bins);
}

Reliability reliability(std::span<const double> confidence, std::span<const std::uint8_t> correct, std::size_t bins)
{
    return measure(confidence, correct, bins);
}

double adaptive_error(std::span<const double> confidence, std::span<const std::uint8_t> correct, std::size_t bins)
{
    std::vector<std::size_t> order(confidence.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return confidence[i]; });
    double error = 0;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        double gap = 0;
        for (std::size_t i = bin * order.size() / bins; i < (bin + 1) * order.size() / bins; ++i) {
            gap += confidence[order[i]] - correct[order[i]];
        }
        error += std::abs(gap);
    }
    return error / static_cast<double>(confidence.size());
}

double classwise_error(std::span<const double> probabilities, std::span<const std::int32_t> labels, std::size_t bins)
{
    const std::size_t classes = probabilities.size() / labels.size();
    double sum = 0;
    std::vector<double> confidence(labels.size());
    std::vector<std::uint8_t> correct(labels.size());
    for (std::size_t k = 0; k < classes; ++k) {
        for (std::size_t i = 0; i < labels.size(); ++i) {
            confidence[i] = probabilities[i * classes + k];
            correct[i] = labels[i] == static_cast<std::int32_t>(k) ? 1 : 0;
        }
        sum += reliability(std::span<const double>(confidence), correct, bins).expected_error;
    }
    return sum / static_cast<double>(classes);
}

namespace {

struct ReliabilityValues {
    std::int64_t bins = 15;
};

const auto& fields()
{
    static const std::tuple table{
        field(&ReliabilityValues::bins, {.key = "bins",
                                         .label = TIMBERLINE_TR("Bins"),
                                         .help = TIMBERLINE_TR("Number of bins of equal width that the confidences are sorted into."),
                                         .min = 2,
                                         .max = 100,
                                         .takes_effect = Effect::NextStep})};
    return table;
}

Result<record::Block> probe(const ProbeInput& input, const Values& values, const CancelToken& /*cancel*/)
{
    const bool held_out = input.validation.rows() > 0;
    const ProbeSide& side = held_out ? input.validation : input.train;
    const auto bins = static_cast<std::size_t>(read_values(fields(), values).bins);
    const Predictions predictions = predictions_of(side, input.outputs);
    const Reliability measured = reliability(std::span<const double>(predictions.confidence), predictions.correct, bins);
    std::vector<double> probabilities(side.logits.size());
    const auto classes = static_cast<std::size_t>(input.outputs);
    for (std::size_t i = 0; i < side.labels.size(); ++i) {
        softmax_row(side.logits.subspan(i * classes, classes), 1, std::span(probabilities).subspan(i * classes, classes));
    }
    record::Block out;
    out.texts["side"] = held_out ? "validation" : "train";
    out.texts["bins"] = "(lower edge, upper edge]";
    out.numbers["ece"] = measured.expected_error;
    out.numbers["mce"] = measured.largest_error;
    out.numbers["adaptive_ece"] = adaptive_error(predictions.confidence, predictions.correct, bins);
    out.numbers["classwise_ece"] = classwise_error(probabilities, side.labels, bins);
    out.numbers["accuracy"] = accuracy_of(predictions.correct);
    out.numbers["confidence"] = mean_of(predictions.confidence);
    std::vector<std::int32_t> count;
    std::vector<double> confidence, accuracy, low, high;
    for (const ReliabilityBin& bin : measured.bins) {
        count.push_back(static_cast<std::int32_t>(bin.count));
        confidence.push_back(bin.confidence);
        accuracy.push_back(bin.accuracy);
        low.push_back(bin.accuracy_low);
        high.push_back(bin.accuracy_high);
    }
    out.arrays["bin_count"] = column_of(std::move(count));
    out.arrays["bin_confidence"] = column_of(std::move(confidence));
    out.arrays["bin_accuracy"] = column_of(std::move(accuracy));
    out.arrays["bin_accuracy_low"] = column_of(std::move(low));
    out.arrays["bin_accuracy_high"] = column_of(std::move(high));
    return out;
}

}  // namespace

MethodRegistry::Entry reliability_probe()
{
    MethodInfo info;
    info.id = "reliability";
    info.family = "probe";
    info.title = TIMBERLINE_TR("Reliability diagram");
    info.summary = TIMBERLINE_TR(
        "Compares how sure the network says it is with how often it is right: expected and largest calibration error, bin by bin.");
    info.sources = {{.title = "On Calibration of Modern Neural Networks",
                     .authors = "Chuan Guo, Geoff Pleiss, Yu Sun, Kilian Q. Weinberger",
                     .year = 2017,
                     .arxiv = "1706.04599"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"noise": 0.3}}, "probe": {"id": "reliability"}}, "training": {"steps": 200}})";
    return {std::move(info), ProbeFunction(probe)};
}

}  // namespace timberline::probes
