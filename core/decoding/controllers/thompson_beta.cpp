// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/stepwise_controller.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

struct ThompsonBetaValues {
    double a0 = 1;
    double b0 = 1;
    double rho = 1;
    std::int64_t max_length = 8;
    bool censored = true;
};

const auto& thompson_beta_fields()
{
    using V = ThompsonBetaValues;
    static const std::tuple fields{field(&V::a0, {.key = "a0",
                                                  .label = TIMBERLINE_TR("Accepted tokens assumed"),
                                                  .help = TIMBERLINE_TR("First parameter of the Beta law before any "
                                                                        "round. Larger starts with longer drafts."),
                                                  .min = 0.5,
                                                  .max = 10}),
                                   field(&V::b0, {.key = "b0",
                                                  .label = TIMBERLINE_TR("Refused tokens assumed"),
                                                  .help = TIMBERLINE_TR("Second parameter of the Beta law before any round. "
                                                                        "Larger starts with shorter drafts."),
                                                  .min = 0.5,
                                                  .max = 10}),
                                   field(&V::rho, {.key = "rho",
                                                   .label = TIMBERLINE_TR("Memory"),
                                                   .help = TIMBERLINE_TR("Share of what was learned that a round passes on; "
                                                                         "below 1 old rounds fade and changes of topic "
                                                                         "are followed."),
                                                   .min = 0.8,
                                                   .max = 1}),
                                   field(&V::max_length, {.key = "max_length",
                                                          .label = TIMBERLINE_TR("Longest draft"),
                                                          .unit = "tokens",
                                                          .help = TIMBERLINE_TR("Most tokens of one draft. The drafter's "
                                                                                "own draft length limits it further."),
                                                          .min = 1,
                                                          .max = 16}),
                                   field(&V::censored, {.key = "censored",
                                                        .label = TIMBERLINE_TR("Count only what was tried"),
                                                        .help = TIMBERLINE_TR("Tokens after the first refused one were never "
                                                                              "tried and do not count as refused. Off "
                                                                              "counts them, which favours short drafts.")})};
    return fields;
}

/// Beta-TS (methods/decoding.md 2.3): after each included token draws theta from the posterior and goes on with probability theta.
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
        // Another prior under the evidence so far. Forgetting may have eaten of the old prior, so the counts are kept positive.
        posterior_.a = std::max(posterior_.a + values_.a0 - before.a0, 0.5);
        posterior_.b = std::max(posterior_.b + values_.b0 - before.b0, 0.5);
    }

    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<ThompsonBeta>(*this); }

    void describe(std::map<std::string, double>& statistics) const override
    {
        statistics["beta_a"] = posterior_.a;
        statistics["beta_b"] = posterior_.b;
        for (std::size_t i = 1; i < theta_.size(); ++i) {
            statistics[level_key("theta", i)] = theta_[i];
        }
    }

private:
    [[nodiscard]] std::int32_t longest() const override { return static_cast<std::int32_t>(values_.max_length); }

    [[nodiscard]] bool extend(std::int32_t included) override
    {
        RandomStream numbers = stream(included);
        const double theta = rules::sample_beta(numbers, posterior_.a, posterior_.b);
        theta_.resize(std::max(theta_.size(), static_cast<std::size_t>(included) + 1));  // asked again for a level, it keeps those after it
        theta_[static_cast<std::size_t>(included)] = theta;
        return numbers.next() < theta;
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
    std::vector<double> theta_;  ///< of the present draft, by included tokens; 0 is unused
};

}  // namespace

MethodRegistry::Entry thompson_beta_controller()
{
    MethodInfo info;
    info.id = "thompson-beta";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("Thompson sampling (Beta)");
    info.summary = TIMBERLINE_TR("Believes a Beta law about the chance that the next drafted token is "
                                 "accepted, draws from it after every "
                                 "drafted token and goes on with that chance. Learns from each round.");
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
