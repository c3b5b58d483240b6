// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/probes/predictions.h"
#include "core/probes/ranking.h"

#include <algorithm>

namespace timberline::probes {
namespace {

struct AttackValues {
    std::string score = "loss";
};

const auto& fields()
{
    static const std::tuple table{
        field(&AttackValues::score,
              {.key = "score",
               .label = TIMBERLINE_TR("Score"),
               .help = TIMBERLINE_TR("What the attacker looks at; the others are reported beside it by their area under the curve."),
               .choices = {"loss", "confidence", "correct", "entropy", "modified-entropy", "logit"},
               .choice_labels = {TIMBERLINE_TR("Cross-entropy of the label"), TIMBERLINE_TR("Confidence"), TIMBERLINE_TR("Right or wrong"),
                                 TIMBERLINE_TR("Entropy"), TIMBERLINE_TR("Modified entropy"), TIMBERLINE_TR("Log-odds of the label")},
               .takes_effect = Effect::NextStep})};
    return table;
}

/// Higher = rather a member (losses.md P05). Cross-entropy is meant even where another loss was trained.
std::vector<double> scores(const Predictions& predictions, const std::string& name)
{
    const auto negated = [](std::vector<double> values) {
        for (double& value : values) {
            value = -value;
        }
        return values;
    };
    if (name == "confidence") {
        return predictions.confidence;
    }
    if (name == "correct") {
        return {predictions.correct.begin(), predictions.correct.end()};
    }
    if (name == "entropy") {
        return negated(predictions.entropy);
    }
    if (name == "modified-entropy") {
        return negated(predictions.modified_entropy);
    }
    return name == "logit" ? predictions.log_odds : negated(predictions.cross_entropy);
}

/// At most this many points of the curve are kept, evenly by index, the ends always.
constexpr std::size_t kMostPoints = 512;

void append_curve(record::Block& out, const std::vector<RocPoint>& curve)
{
    std::vector<double> true_rate, false_rate;
    const std::size_t kept = std::min(curve.size(), kMostPoints);
    for (std::size_t i = 0; i < kept; ++i) {
        const RocPoint& point = curve[kept < 2 ? 0 : i * (curve.size() - 1) / (kept - 1)];
        true_rate.push_back(point.true_positive_rate);
        false_rate.push_back(point.false_positive_rate);
    }
    out.arrays["roc_true_positive_rate"] = column_of(std::move(true_rate));
    out.arrays["roc_false_positive_rate"] = column_of(std::move(false_rate));
}

Result<record::Block> probe(const ProbeInput& input, const Values& values, const CancelToken& /*cancel*/)
{
    if (input.validation.rows() < 1) {
        return make_error(ErrorCode::InvalidArgument, "probe mia: there are no validation samples, expected some as non-members",
                          "Raise the data set's validation_fraction.");
    }
    const Predictions members = predictions_of(input.train, input.outputs);
    const Predictions others = predictions_of(input.validation, input.outputs);
    const std::string score = read_values(fields(), values).score;
    const auto curve = roc_curve(scores(members, score), scores(others, score));
    const BestThreshold best = best_threshold(curve);
    record::Block out;
    out.texts["side"] = "train and validation";
    out.texts["score"] = score;
    out.texts["threshold_from"] = "target";  // seen by no honest attacker: an upper bound
    out.numbers["members"] = static_cast<double>(input.train.rows());
    out.numbers["non_members"] = static_cast<double>(input.validation.rows());
    out.numbers["auc"] = area_under_curve(scores(members, score), scores(others, score));
    out.numbers["balanced_accuracy"] = best.balanced_accuracy;
    out.numbers["advantage"] = 2 * best.balanced_accuracy - 1;  // TPR - FPR there
    out.numbers["threshold"] = best.threshold;
    out.numbers["tpr_at_fpr_1_percent"] = true_positive_rate_at(curve, 0.01);
    out.numbers["tpr_at_fpr_5_percent"] = true_positive_rate_at(curve, 0.05);
    if (input.validation.rows() >= 1000) {  // fewer cannot resolve it
        out.numbers["tpr_at_fpr_0_1_percent"] = true_positive_rate_at(curve, 0.001);
    }
    for (const auto* name : {"loss", "confidence", "correct", "entropy", "modified-entropy", "logit"}) {
        std::string key = std::string("auc_") + name;
        std::ranges::replace(key, '-', '_');
        out.numbers[key] = area_under_curve(scores(members, name), scores(others, name));
    }
    out.numbers["train_accuracy"] = accuracy_of(members.correct);
    out.numbers["validation_accuracy"] = accuracy_of(others.correct);
    append_curve(out, curve);
    return out;
}

}  // namespace

MethodRegistry::Entry membership_inference_probe()
{
    MethodInfo info;
    info.id = "mia";
    info.family = "probe";
    info.title = TIMBERLINE_TR("Membership inference");
    info.summary =
        TIMBERLINE_TR("Plays an attacker who guesses from the loss whether a sample was in the training set. An area of 0.5 means that "
                      "nothing leaks; the threshold is the best one for this network, so the attack is an upper bound.");
    info.sources = {{.title = "Privacy Risk in Machine Learning: Analyzing the Connection to Overfitting",
                     .authors = "Samuel Yeom, Irene Giacomelli, Matt Fredrikson, Somesh Jha",
                     .year = 2017,
                     .arxiv = "1709.01604"},
                    {.title = "Systematic Evaluation of Privacy Risks of Machine Learning Models",
                     .authors = "Liwei Song, Prateek Mittal",
                     .year = 2020,
                     .arxiv = "2003.10595"},
                    {.title = "Membership Inference Attacks From First Principles",
                     .authors = "Nicholas Carlini et al.",
                     .year = 2021,
                     .arxiv = "2112.03570"}};
    info.requires_text = TIMBERLINE_TR("validation samples");
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200, "noise": 0.3, "validation_fraction": 0.5}}, "probe": {"id": "mia"}},
 "training": {"steps": 300, "hidden": [32, 32]}})";
    return {std::move(info), ProbeFunction(probe)};
}

}  // namespace timberline::probes
