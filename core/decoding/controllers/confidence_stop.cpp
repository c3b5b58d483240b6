// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/stepwise_controller.h"

namespace timberline::decoding {

namespace {

struct ConfidenceStopValues {
    double threshold = 0.4;
    std::int64_t max_length = 16;
};

const auto& confidence_stop_fields()
{
    using V = ConfidenceStopValues;
    static const std::tuple fields{field(&V::threshold, {.key = "threshold",
                                                         .label = TIMBERLINE_TR("Least confidence"),
                                                         .help = TIMBERLINE_TR("The draft ends after a token whose draft "
                                                                               "probability is below this number."),
                                                         .min = 0,
                                                         .max = 1}),
                                   field(&V::max_length, {.key = "max_length",
                                                          .label = TIMBERLINE_TR("Longest draft"),
                                                          .unit = "tokens",
                                                          .help = TIMBERLINE_TR("Most tokens of one draft. The drafter's "
                                                                                "own draft length limits it further."),
                                                          .min = 1,
                                                          .max = 16})};
    return fields;
}

/// Stops after including a doubtful token; the token itself is submitted (methods/decoding.md 3.5).
class ConfidenceStop final : public StepwiseController
{
public:
    explicit ConfidenceStop(const Values& values) : values_(read_values(confidence_stop_fields(), values)) {}
    void set_values(const Values& values) override { values_ = read_values(confidence_stop_fields(), values); }
    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<ConfidenceStop>(*this); }

private:
    [[nodiscard]] std::int32_t longest() const override { return static_cast<std::int32_t>(values_.max_length); }
    [[nodiscard]] bool extend(std::int32_t included) override { return !(token_q(included) < values_.threshold); }
    void learn(const rules::DraftOutcome& /*outcome*/) override {}

    ConfidenceStopValues values_;
};

}  // namespace

MethodRegistry::Entry confidence_stop_controller()
{
    MethodInfo info;
    info.id = "confidence-stop";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("Stop when unsure");
    info.summary = TIMBERLINE_TR("Drafts until the draft model gives a token of its own a "
                                 "small probability; that token is still submitted. "
                                 "Nothing is learned from earlier rounds.");
    info.sources = {{.title = "Dynamic Speculation Lookahead Accelerates "
                              "Speculative Decoding of Large Language Models",
                     .authors = "Jonathan Mamou et al.",
                     .year = 2024,
                     .arxiv = "2405.04304"}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(confidence_stop_fields());
    info.partners = {"draft-model-chain"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 48, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-chain", "values": {"draft_length": 16}}, "controller": {"id": "confidence-stop"}}})";
    const ControllerFactory factory = [](const Values& values) -> std::unique_ptr<DecodeController> {
        return std::make_unique<ConfidenceStop>(values);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
