// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/controller_fields.h"
#include "core/decoding/stepwise_controller.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

struct ThompsonBetaValues {
    std::string stop = "pays";
    double draft_cost = 0.1;
    double verify_slope = 0.15;
    double a0 = 1;
    double b0 = 1;
    double rho = 1;
    std::int64_t max_length = 8;
    bool censored = true;
};

const auto& thompson_beta_fields()
{
    using V = ThompsonBetaValues;
    static const std::tuple fields =
        std::tuple_cat(stop_field<V>(), cost_fields<V>(), beta_fields<V>(), length_field<V>(),
                       std::tuple{field(&V::censored, {.key = "censored",
                                                       .label = TIMBERLINE_TR("Count only what was tried"),
                                                       .help = TIMBERLINE_TR("Tokens after the first refused one were never "
                                                                             "tried and do not count as refused. Off "
                                                                             "counts them, which favours short drafts.")})});
    return fields;
}

/// Beta-TS (methods/decoding.md 2.3): after each included token draws theta from the posterior; goes on with probability theta ("coin", as
/// published), or ("pays") as long as one more token would raise the token rate if every token were accepted with chance theta (1.5).
class ThompsonBeta final : public StepwiseController
{
public:
    explicit ThompsonBeta(const Values& values)
        : values_(read_values(thompson_beta_fields(), values)), posterior_{.a = values_.a0, .b = values_.b0}
    {}

    [[nodiscard]] bool wants_law_statistics() const override { return false; }

    void set_values(const Values& values) override
    {
        const ThompsonBetaValues before = values_;
        values_ = read_values(thompson_beta_fields(), values);
        posterior_.move_prior(values_.a0 - before.a0, values_.b0 - before.b0);
    }

    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<ThompsonBeta>(*this); }

    void describe(std::map<std::string, double>& statistics) const override
    {
        statistics["beta_a"] = posterior_.a;
        statistics["beta_b"] = posterior_.b;
        for (std::int32_t level = 1; level <= theta_.levels(); ++level) {
            statistics[level_key("theta", static_cast<std::size_t>(level))] = theta_.of(level);
        }
    }

private:
    [[nodiscard]] std::int32_t longest() const override { return static_cast<std::int32_t>(values_.max_length); }

    [[nodiscard]] bool extend(std::int32_t included) override
    {
        RandomStream numbers = stream(included);
        const double theta = rules::sample_beta(numbers, posterior_.a, posterior_.b);
        theta_.set(included, theta);
        if (values_.stop == "coin") {
            return numbers.next() < theta;
        }
        return rules::break_even_length(theta, {.draft = values_.draft_cost, .verify = values_.verify_slope}, included + 1) > included;
    }

    void learn(const rules::DraftOutcome& outcome) override
    {
        posterior_.forget(values_.rho);
        posterior_.learn(outcome, values_.censored);
    }

    void begin_draft() override { theta_.clear(); }

    [[nodiscard]] std::int32_t planned_length() override
    {
        std::int32_t length = std::min(longest_now(), std::int32_t{1});
        while (length > 0 && length < longest_now() && extend(length)) {
            ++length;
        }
        return length;
    }

    ThompsonBetaValues values_;
    rules::BetaPosterior posterior_;
    LevelDraws theta_;  ///< by included tokens
};

}  // namespace

MethodRegistry::Entry thompson_beta_controller()
{
    MethodInfo info;
    info.id = "thompson-beta";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("Thompson sampling (Beta)");
    info.summary = TIMBERLINE_TR("Believes a Beta law about the chance that the next drafted token is "
                                 "accepted and draws from it after every drafted token. Drafts on while "
                                 "one token more pays at that chance or, as in the paper, while a coin "
                                 "with it shows heads. Learns from each round.");
    info.sources = {{.title = "Speculative Decoding via Early-exiting for Faster LLM "
                              "Inference with Thompson Sampling Control Mechanism",
                     .authors = "Jiahao Liu, Qifan Wang, Jingang Wang, Xunliang Cai",
                     .year = 2024,
                     .arxiv = "2406.03853"}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(thompson_beta_fields());
    info.partners = {"draft-model-chain"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 48, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-chain", "values": {"draft_length": 8}}, "controller": {"id": "thompson-beta"}}})";
    const ControllerFactory factory = [](const Values& values) -> std::unique_ptr<DecodeController> {
        return std::make_unique<ThompsonBeta>(values);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
