// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/stepwise_controller.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

struct SpecDecValues {
    double threshold = 0.5;
    std::int64_t min_length = 2;
    std::int64_t max_length = 16;
};

const auto& spec_dec_fields()
{
    using V = SpecDecValues;
    static const std::tuple fields{
        field(&V::threshold, {.key = "threshold",
                              .label = TIMBERLINE_TR("Largest chance of a refusal"),
                              .help = TIMBERLINE_TR("The draft ends when the chance that any of its "
                                                    "tokens is refused rises above this number."),
                              .min = 0,
                              .max = 1}),
        field(&V::min_length, {.key = "min_length",
                               .label = TIMBERLINE_TR("Shortest draft"),
                               .unit = "tokens",
                               .help = TIMBERLINE_TR("Tokens that are drafted whatever their chance of acceptance."),
                               .min = 1,
                               .max = 16}),
        field(&V::max_length, {.key = "max_length",
                               .label = TIMBERLINE_TR("Longest draft"),
                               .unit = "tokens",
                               .help = TIMBERLINE_TR("Most tokens of one draft. The drafter's "
                                                     "own draft length limits it further."),
                               .min = 1,
                               .max = 16})};
    return fields;
}

/// The threshold policy of SpecDec++ (methods/decoding.md 3.5): stop once 1 - prod p_i > h. As published the product covers all drafted
/// tokens but the newest, because the estimate of a token is read when the draft model consumes it. p_i is the draft probability of the
/// token.
class SpecDecController final : public StepwiseController
{
public:
    explicit SpecDecController(const Values& values) : values_(read_values(spec_dec_fields(), values)) {}
    void set_values(const Values& values) override { values_ = read_values(spec_dec_fields(), values); }
    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<SpecDecController>(*this); }

    void describe(std::map<std::string, double>& statistics) const override { statistics["refusal_chance"] = refusal_; }

private:
    [[nodiscard]] std::int32_t longest() const override { return static_cast<std::int32_t>(values_.max_length); }

    [[nodiscard]] bool extend(std::int32_t included) override
    {
        refusal_ = 1.0 - path_q(included - 1);
        return included < values_.min_length || !(refusal_ > values_.threshold);
    }

    void learn(const rules::DraftOutcome& /*outcome*/) override {}
    void begin_draft() override { refusal_ = 0; }

    SpecDecValues values_;
    double refusal_ = 0;  ///< when the draft was last looked at
};

}  // namespace

MethodRegistry::Entry speculative_decoding_plus_plus_controller()
{
    MethodInfo info;
    info.id = "speculative-decoding-plus-plus";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("SpecDec++ threshold");
    info.summary = TIMBERLINE_TR("Drafts until the chance that some drafted token is refused passes a "
                                 "threshold. The published method trains an acceptance head for "
                                 "these chances; here the draft model's own probabilities stand in for "
                                 "it, which are not calibrated.");
    info.sources = {{.title = "SpecDec++: Boosting Speculative Decoding via "
                              "Adaptive Candidate Lengths",
                     .authors = "Kaixuan Huang, Xudong Guo, Mengdi Wang",
                     .year = 2024,
                     .arxiv = "2405.19715"}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(spec_dec_fields());
    info.partners = {"draft-model-chain"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 48, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-chain", "values": {"draft_length": 16}}, "controller": {"id": "speculative-decoding-plus-plus"}}})";
    const ControllerFactory factory = [](const Values& values) -> std::unique_ptr<DecodeController> {
        return std::make_unique<SpecDecController>(values);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
