// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/stepwise_controller.h"

namespace timberline::decoding {

namespace {

struct DraftAndVerifyValues {
    double start = 0.8;
    double target = 0.9;
    double step = 0.01;
    double rate_memory = 0.5;
    double threshold_memory = 0.9;
    std::int64_t max_length = 8;
};

const auto& draft_and_verify_fields()
{
    using V = DraftAndVerifyValues;
    static const std::tuple fields{field(&V::start, {.key = "start",
                                                     .label = TIMBERLINE_TR("First threshold"),
                                                     .help = TIMBERLINE_TR("Draft probability below which a token ends "
                                                                           "the draft, before the first round."),
                                                     .min = 0,
                                                     .max = 1}),
                                   field(&V::target, {.key = "target",
                                                      .label = TIMBERLINE_TR("Wanted share accepted"),
                                                      .help = TIMBERLINE_TR("The threshold rises while a smaller share of the "
                                                                            "drafted tokens is accepted, and falls "
                                                                            "otherwise."),
                                                      .min = 0,
                                                      .max = 1}),
                                   field(&V::step, {.key = "step",
                                                    .label = TIMBERLINE_TR("Step of the threshold"),
                                                    .help = TIMBERLINE_TR("How far one round would move the threshold."),
                                                    .min = 0,
                                                    .max = 0.5}),
                                   field(&V::rate_memory, {.key = "rate_memory",
                                                           .label = TIMBERLINE_TR("Memory of the share"),
                                                           .help = TIMBERLINE_TR("Weight of earlier rounds in the moving "
                                                                                 "share of accepted tokens."),
                                                           .min = 0,
                                                           .max = 0.999}),
                                   field(&V::threshold_memory, {.key = "threshold_memory",
                                                                .label = TIMBERLINE_TR("Memory of the threshold"),
                                                                .help = TIMBERLINE_TR("Weight of the old threshold in the new one."),
                                                                .min = 0,
                                                                .max = 0.999}),
                                   field(&V::max_length, {.key = "max_length",
                                                          .label = TIMBERLINE_TR("Longest draft"),
                                                          .unit = "tokens",
                                                          .help = TIMBERLINE_TR("Most tokens of one draft. The drafter's "
                                                                                "own draft length limits it further."),
                                                          .min = 1,
                                                          .max = 16})};
    return fields;
}

/// Stops after a token below a threshold that follows a wanted match rate (methods/decoding.md 3.4).
class DraftAndVerify final : public StepwiseController
{
public:
    explicit DraftAndVerify(const Values& values)
        : values_(read_values(draft_and_verify_fields(), values)), rule_{.threshold = values_.start}
    {}

    void set_values(const Values& values) override
    {
        const double before = values_.start;
        values_ = read_values(draft_and_verify_fields(), values);
        if (values_.start != before) {
            rule_.threshold = values_.start;
        }
    }
    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<DraftAndVerify>(*this); }

    void describe(std::map<std::string, double>& statistics) const override
    {
        statistics["threshold"] = rule_.threshold;
        statistics["match_rate"] = rule_.match_rate;
    }

private:
    [[nodiscard]] std::int32_t longest() const override { return static_cast<std::int32_t>(values_.max_length); }
    [[nodiscard]] bool extend(std::int32_t included) override { return !(token_q(included) < rule_.threshold); }

    void learn(const rules::DraftOutcome& outcome) override
    {
        rule_.learn(outcome, outcome.drafted >= longest_now(),
                    {.target = values_.target,
                     .rate_memory = values_.rate_memory,
                     .step = values_.step,
                     .threshold_memory = values_.threshold_memory});
    }

    DraftAndVerifyValues values_;
    rules::MatchThreshold rule_;
};

}  // namespace

MethodRegistry::Entry draft_and_verify_controller()
{
    MethodInfo info;
    info.id = "draft-and-verify";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("Draft & Verify threshold");
    info.summary = TIMBERLINE_TR("Drafts until the draft model is less sure of a token than a threshold; "
                                 "the threshold moves after each round "
                                 "so that a wanted share of the drafted tokens is accepted.");
    info.sources = {{.title = "Draft & Verify: Lossless Large Language Model "
                              "Acceleration via Self-Speculative Decoding",
                     .authors = "Jun Zhang et al.",
                     .year = 2023,
                     .arxiv = "2309.08168"}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(draft_and_verify_fields());
    info.partners = {"draft-model-chain"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 48, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-chain", "values": {"draft_length": 8}}, "controller": {"id": "draft-and-verify"}}})";
    const ControllerFactory factory = [](const Values& values) -> std::unique_ptr<DecodeController> {
        return std::make_unique<DraftAndVerify>(values);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
