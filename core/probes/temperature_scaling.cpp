// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probes/temperature_scaling.h"

#include "core/base/translate.h"
#include "core/probes/predictions.h"
#include "core/probes/reliability.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace timberline::probes {
namespace {

std::vector<std::int64_t> all_rows(const ProbeSide& side)
{
    std::vector<std::int64_t> rows(side.labels.size());
    std::iota(rows.begin(), rows.end(), std::int64_t{0});
    return rows;
}

double expected_error_at(const ProbeSide& side, std::int64_t outputs, double temperature)
{
    constexpr std::size_t kBins = 15;
    const auto classes = static_cast<std::size_t>(outputs);
    std::vector<double> p(classes), confidence;
    std::vector<std::uint8_t> correct;
    for (std::size_t i = 0; i < side.labels.size(); ++i) {
        softmax_row(side.logits.subspan(i * classes, classes), temperature, p);
        const auto top = std::ranges::max_element(p);
        confidence.push_back(*top);
        correct.push_back(top - p.begin() == side.labels[i] ? 1 : 0);
    }
    return reliability(std::span<const double>(confidence), correct, kBins).expected_error;
}

Result<record::Block> probe(const ProbeInput& input, const Values& /*values*/, const CancelToken& /*cancel*/)
{
    if (input.validation.rows() < 1) {
        return make_error(ErrorCode::InvalidArgument,
                          "probe temperature-scaling: there are no validation samples, expected some to fit the temperature on",
                          "Raise the data set's validation_fraction.");
    }
    const ProbeSide& side = input.validation;
    const double temperature = best_temperature(side, input.outputs, all_rows(side));
    record::Block out;
    out.texts["side"] = "validation";
    out.numbers["temperature"] = temperature;
    out.numbers["nll"] = negative_log_likelihood(side, input.outputs, 1);
    out.numbers["nll_scaled"] = negative_log_likelihood(side, input.outputs, temperature);
    out.numbers["ece"] = expected_error_at(side, input.outputs, 1);
    out.numbers["ece_scaled"] = expected_error_at(side, input.outputs, temperature);
    // The valley itself, for a curve.
    std::vector<double> temperatures, losses;
    for (int i = 0; i <= 60; ++i) {
        temperatures.push_back(0.05 * std::pow(400.0, i / 60.0));
        losses.push_back(negative_log_likelihood(side, input.outputs, temperatures.back()));
    }
    out.arrays["curve_temperature"] = column_of(std::move(temperatures));
    out.arrays["curve_nll"] = column_of(std::move(losses));
    return out;
}

}  // namespace

double negative_log_likelihood(const ProbeSide& side, std::int64_t outputs, std::span<const std::int64_t> rows, double temperature)
{
    const auto classes = static_cast<std::size_t>(outputs);
    double sum = 0;
    for (const std::int64_t row : rows) {
        const auto logits = side.logits.subspan(static_cast<std::size_t>(row) * classes, classes);
        const auto largest = static_cast<double>(*std::ranges::max_element(logits));
        double total = 0;
        for (const float logit : logits) {
            total += std::exp((static_cast<double>(logit) - largest) / temperature);
        }
        const auto own = static_cast<double>(logits[static_cast<std::size_t>(side.labels[static_cast<std::size_t>(row)])]);
        sum += std::log(total) + (largest - own) / temperature;
    }
    return sum / static_cast<double>(rows.size());
}

double negative_log_likelihood(const ProbeSide& side, std::int64_t outputs, double temperature)
{
    return negative_log_likelihood(side, outputs, all_rows(side), temperature);
}

double best_temperature(const ProbeSide& side, std::int64_t outputs, std::span<const std::int64_t> rows)
{
    constexpr double kRatio = 1 / std::numbers::phi;
    const auto at = [&](double log_temperature) { return negative_log_likelihood(side, outputs, rows, std::exp(log_temperature)); };
    double low = std::log(0.05);
    double high = std::log(20.0);
    double left = high - kRatio * (high - low);
    double right = low + kRatio * (high - low);
    double at_left = at(left);
    double at_right = at(right);
    for (int i = 0; i < 60; ++i) {  // 6.0 * 0.618^60 is below 1e-11
        if (at_left <= at_right) {
            high = right;
            right = left;
            at_right = at_left;
            left = high - kRatio * (high - low);
            at_left = at(left);
        } else {
            low = left;
            left = right;
            at_left = at_right;
            right = low + kRatio * (high - low);
            at_right = at(right);
        }
    }
    return std::exp((low + high) / 2);
}

MethodRegistry::Entry temperature_scaling_probe()
{
    MethodInfo info;
    info.id = "temperature-scaling";
    info.family = "probe";
    info.title = TIMBERLINE_TR("Temperature scaling");
    info.summary = TIMBERLINE_TR("Finds the one temperature for the logits that makes the validation likelihood largest: above 1 the "
                                 "network was too sure of itself.");
    info.sources = {{.title = "On Calibration of Modern Neural Networks",
                     .authors = "Chuan Guo, Geoff Pleiss, Yu Sun, Kilian Q. Weinberger",
                     .year = 2017,
                     .arxiv = "1706.04599"}};
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"noise": 0.3}}, "probe": {"id": "temperature-scaling"}}, "training": {"steps": 200}})";
    return {std::move(info), ProbeFunction(probe)};
}

}  // namespace timberline::probes
