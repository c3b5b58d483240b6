// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/controller_fields.h"
#include "core/decoding/stepwise_controller.h"

#include <algorithm>
#include <cmath>

namespace timberline::decoding {

namespace {

struct ThompsonCalibrationValues {
    std::string stop = "pays";
    double draft_cost = 0.1;
    double verify_slope = 0.15;
    double mu = 0;
    double sigma = 0.2;
    double sigma_noise = 0.5;
    std::int64_t max_length = 8;
};

const auto& thompson_calibration_fields()
{
    using V = ThompsonCalibrationValues;
    static const std::tuple fields =
        std::tuple_cat(stop_field<V>(), cost_fields<V>(),
                       std::tuple{field(&V::mu, {.key = "mu",
                                                 .label = TIMBERLINE_TR("Error assumed"),
                                                 .help = TIMBERLINE_TR("Mean of what acceptance minus draft confidence is "
                                                                       "believed to be before any round."),
                                                 .min = -1,
                                                 .max = 1}),
                                  field(&V::sigma, {.key = "sigma",
                                                    .label = TIMBERLINE_TR("Doubt"),
                                                    .help = TIMBERLINE_TR("Standard deviation of that belief before any "
                                                                          "round. Larger learns and explores more."),
                                                    .min = 0.01,
                                                    .max = 1}),
                                  field(&V::sigma_noise, {.key = "sigma_noise",
                                                          .label = TIMBERLINE_TR("Noise of one token"),
                                                          .help = TIMBERLINE_TR("Standard deviation of a single token's outcome "
                                                                                "around its chance. Larger learns slower."),
                                                          .min = 0.05,
                                                          .max = 5})},
                       length_field<V>());
    return fields;
}

/// Calibration-TS (methods/decoding.md 2.3): the draft's largest probability, corrected by a drawn error, is the chance theta of a token;
/// goes on with probability theta of the last one ("coin", as published), or ("pays") as long as one more token would raise the token rate
/// (1.5).
class ThompsonCalibration final : public StepwiseController
{
public:
    explicit ThompsonCalibration(const Values& values)
        : values_(read_values(thompson_calibration_fields(), values)), error_{.mean = values_.mu, .deviation = values_.sigma}
    {}

    void set_values(const Values& values) override
    {
        const ThompsonCalibrationValues before = values_;
        values_ = read_values(thompson_calibration_fields(), values);
        if (values_.mu != before.mu || values_.sigma != before.sigma) {
            error_ = {.mean = values_.mu, .deviation = values_.sigma};
        }
    }

    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<ThompsonCalibration>(*this); }

    void describe(std::map<std::string, double>& statistics) const override
    {
        statistics["error_mean"] = error_.mean;
        statistics["error_deviation"] = error_.deviation;
        for (std::int32_t level = 1; level <= theta_.levels(); ++level) {
            statistics[level_key("theta", static_cast<std::size_t>(level))] = theta_.of(level);
            statistics[level_key("estimate", static_cast<std::size_t>(level))] = largest_q(level);
        }
    }

private:
    [[nodiscard]] std::int32_t longest() const override { return static_cast<std::int32_t>(values_.max_length); }

    [[nodiscard]] bool extend(std::int32_t included) override
    {
        RandomStream numbers = stream(included);
        const double drawn = largest_q(included) + rules::sample_normal(numbers, error_.mean, error_.deviation);
        const double theta = std::clamp(drawn, 0.0, 1.0);
        theta_.set(included, theta);
        return values_.stop == "coin" ? numbers.next() < theta : pays(included);
    }

    /// By the chances drawn for the tokens so far; the next one, which nobody has seen, counts as their geometric mean.
    [[nodiscard]] bool pays(std::int32_t included) const
    {
        double chance = 1;  // that all tokens so far are accepted
        double expected = 1;
        for (std::int32_t level = 1; level <= included; ++level) {
            chance *= theta_.of(level);
            expected += chance;
        }
        const double next = chance * std::pow(chance, 1.0 / included);
        return rules::one_more_pays(next, expected, included, {.draft = values_.draft_cost, .verify = values_.verify_slope});
    }

    void learn(const rules::DraftOutcome& outcome) override
    {
        // Tested were the accepted tokens and, if any was refused, the first refused one.
        for (std::int32_t level = 1; level <= std::min(outcome.accepted + 1, outcome.drafted); ++level) {
            error_.learn((level <= outcome.accepted ? 1.0 : 0.0) - largest_q(level), values_.sigma_noise);
        }
    }

    void begin_draft() override { theta_.clear(); }

    ThompsonCalibrationValues values_;
    rules::NormalPosterior error_;
    LevelDraws theta_;  ///< by included tokens
};

}  // namespace

MethodRegistry::Entry thompson_calibration_controller()
{
    MethodInfo info;
    info.id = "thompson-calibration";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("Thompson sampling (calibration)");
    info.summary = TIMBERLINE_TR("Takes the draft's own confidence as the chance of acceptance and "
                                 "corrects it by an error drawn from what earlier rounds showed. Drafts "
                                 "on while one token more pays at these chances or, as in the paper, "
                                 "while a coin with the last one shows heads.");
    info.sources = {{.title = "Speculative Decoding via Early-exiting for Faster LLM "
                              "Inference with Thompson Sampling Control Mechanism",
                     .authors = "Jiahao Liu, Qifan Wang, Jingang Wang, Xunliang Cai",
                     .year = 2024,
                     .arxiv = "2406.03853"}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(thompson_calibration_fields());
    info.partners = {"draft-model-chain"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 48, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-chain", "values": {"draft_length": 8}}, "controller": {"id": "thompson-calibration"}}})";
    const ControllerFactory factory = [](const Values& values) -> std::unique_ptr<DecodeController> {
        return std::make_unique<ThompsonCalibration>(values);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
