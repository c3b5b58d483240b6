// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/losses/pointwise.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::training {
namespace {

struct CompSumValues {
    double tau = 1;
    double truncate_k = 0;
};

struct GeneralisedValues {
    double q = 0.7;
    double truncate_k = 0;
};

constexpr std::string_view kTruncateHelp = TIMBERLINE_TR(
    "Samples whose label is less likely than this stop counting (only where the loss is bounded, above cross-entropy); 0 is off.");

const auto& comp_sum_fields()
{
    static const std::tuple table{
        field(&CompSumValues::tau,
              {.key = "tau",
               .label = TIMBERLINE_TR("Tau"),
               .help = TIMBERLINE_TR(
                   "0 is the sum of exponentials, 1 cross-entropy, between 1 and 2 generalised cross-entropy, 2 the mean absolute error."),
               .min = 0,
               .max = 2,
               .takes_effect = Effect::NextStep}),
        field(&CompSumValues::truncate_k, {.key = "truncate_k",
                                           .label = TIMBERLINE_TR("Truncation"),
                                           .help = kTruncateHelp,
                                           .min = 0,
                                           .max = 0.95,
                                           .takes_effect = Effect::NextStep})};
    return table;
}

const auto& generalised_fields()
{
    static const std::tuple table{
        field(&GeneralisedValues::q,
              {.key = "q",
               .label = TIMBERLINE_TR("Exponent"),
               .help = TIMBERLINE_TR("Near 0 it is cross-entropy, 1 is the mean absolute error: higher values ignore hard samples more."),
               .min = 0,
               .max = 1,
               .takes_effect = Effect::NextStep}),
        field(&GeneralisedValues::truncate_k, {.key = "truncate_k",
                                               .label = TIMBERLINE_TR("Truncation"),
                                               .help = kTruncateHelp,
                                               .min = 0,
                                               .max = 0.95,
                                               .takes_effect = Effect::NextStep})};
    return table;
}

/// l = Phi_tau(S) with S = 1/p_y - 1: log(1+S) at tau = 1, else ((1+S)^(1-tau) - 1)/(1-tau), and its pull p_y^(tau-1) (losses.md L07).
class CompSum final : public LabelProbabilityLoss
{
public:
    CompSum(double tau, double truncate_k) : rise_(1 - tau)
    {
        if (tau > 1 && truncate_k > 0) {
            ceiling_ = phi(-std::log(truncate_k));
        }
    }

    [[nodiscard]] Value at(const LabelSoftmax& softmax) const override
    {
        const double loss = phi(softmax.cross_entropy);
        if (loss > ceiling_) {
            return {.loss = ceiling_, .pull = 0};
        }
        return {.loss = loss, .pull = std::exp(std::min(rise_ * softmax.cross_entropy, kLargestExponent))};
    }
    [[nodiscard]] std::optional<double> lower_bound(std::int64_t /*outputs*/) const override { return 0; }

private:
    /// Below tau = 1 the loss is exponential in the logits: from e^60 on it stays
    /// where it is, and its pull too, instead of becoming infinite.
    static constexpr double kLargestExponent = 60;

    [[nodiscard]] double phi(double cross_entropy) const
    {
        if (std::abs(rise_) < 1e-6) {
            return cross_entropy + rise_ * cross_entropy * cross_entropy / 2;
        }
        const double exponent = rise_ * cross_entropy;
        return std::expm1(exponent > kLargestExponent ? kLargestExponent : exponent) / rise_;
    }

    double rise_;
    double ceiling_ = std::numeric_limits<double>::infinity();
};

}  // namespace

MethodRegistry::Entry comp_sum_loss()
{
    MethodInfo info;
    info.id = "comp-sum";
    info.family = "loss";
    info.title = TIMBERLINE_TR("Comp-sum losses");
    info.summary = TIMBERLINE_TR("One slider from the sum of exponentials over cross-entropy to the mean absolute error: the wrong side of "
                                 "the margin curve goes from exponential to linear to flat.");
    info.sources = {{.title = "Cross-Entropy Loss Functions: Theoretical Analysis and Applications",
                     .authors = "Anqi Mao, Mehryar Mohri, Yutao Zhong",
                     .year = 2023,
                     .arxiv = "2304.07288"}};
    info.hyperparameters = declare(comp_sum_fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}, "loss": {"id": "comp-sum", "values": {"tau": 1.5}}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values& values) -> std::shared_ptr<const Loss> {
        const auto read = read_values(comp_sum_fields(), values);
        return std::make_shared<CompSum>(read.tau, read.truncate_k);
    };
    return {std::move(info), factory};
}

MethodRegistry::Entry generalised_cross_entropy_loss()
{
    MethodInfo info;
    info.id = "gce";
    info.family = "loss";
    info.title = TIMBERLINE_TR("Generalised cross-entropy");
    info.summary = TIMBERLINE_TR("(1 - p^q) / q of the label's probability: between cross-entropy, which learns fast, and the mean "
                                 "absolute error, which wrong labels hardly mislead.");
    info.sources = {{.title = "Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels",
                     .authors = "Zhilu Zhang, Mert R. Sabuncu",
                     .year = 2018,
                     .arxiv = "1805.07836"},
                    {.title = "Cross-Entropy Loss Functions: Theoretical Analysis and Applications",
                     .authors = "Anqi Mao, Mehryar Mohri, Yutao Zhong",
                     .year = 2023,
                     .arxiv = "2304.07288"}};
    info.hyperparameters = declare(generalised_fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}, "loss": {"id": "gce"}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values& values) -> std::shared_ptr<const Loss> {
        const auto read = read_values(generalised_fields(), values);
        return std::make_shared<CompSum>(1 + read.q, read.truncate_k);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
