// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/acceptance_rule.h"
#include "core/rules/typical_acceptance.h"

namespace timberline::decoding {

namespace {

struct TypicalValues {
    double epsilon = 0.09;
    double delta = 0.3;
    std::string extra_token = "likeliest";
};

const auto& typical_fields()
{
    using V = TypicalValues;
    static const std::tuple fields{
        field(&V::epsilon, {.key = "epsilon",
                            .label = TIMBERLINE_TR("Largest threshold"),
                            .help = TIMBERLINE_TR("Target probability that suffices whatever the "
                                                  "entropy. Larger refuses more and stays closer "
                                                  "to the target."),
                            .min = 0.01,
                            .max = 0.5}),
        field(&V::delta, {.key = "delta",
                          .label = TIMBERLINE_TR("Threshold where undecided"),
                          .help = TIMBERLINE_TR("The threshold is at most this number times "
                                                "exp(-entropy in nats): where the target is "
                                                "undecided it accepts unlikelier tokens."),
                          .min = 0.05,
                          .max = 1}),
        field(&V::extra_token, {.key = "extra_token",
                                .label = TIMBERLINE_TR("Extra token"),
                                .help = TIMBERLINE_TR("The token after the accepted path: the target's likeliest, "
                                                      "as in the published code, or "
                                                      "drawn from its law."),
                                .choices = {"likeliest", "drawn"},
                                .choice_labels = {TIMBERLINE_TR("Likeliest"), TIMBERLINE_TR("Drawn")}})};
    return fields;
}

class TypicalAcceptance final : public AcceptanceRule
{
public:
    explicit TypicalAcceptance(const Values& values) { set_values(values); }

    [[nodiscard]] rules::Verdict verify(const rules::DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& decisions,
                                        std::int32_t forced) const override
    {
        return rules::verify_typical(tree, target, decisions, limits_, forced);
    }
    [[nodiscard]] bool lossless_for(record::DrawKind /*kind*/) const override { return false; }
    [[nodiscard]] bool matches_when_greedy() const override { return true; }
    void set_values(const Values& values) override
    {
        const auto read = read_values(typical_fields(), values);
        limits_ = {.epsilon = read.epsilon, .delta = read.delta, .likeliest_extra = read.extra_token == "likeliest"};
    }

private:
    rules::TypicalLimits limits_;
};

}  // namespace

MethodRegistry::Entry typical_acceptance()
{
    MethodInfo info;
    info.id = "typical";
    info.family = "acceptance rule";
    info.title = TIMBERLINE_TR("Typical acceptance (lossy)");
    info.summary = TIMBERLINE_TR("Keeps every drafted token that the target finds plausible "
                                 "enough and takes the longest such path. Lossy: the "
                                 "text does not follow the target's law. At temperature 0 "
                                 "it is greedy matching.");
    info.sources = {{.title = "Medusa: Simple LLM Inference Acceleration "
                              "Framework with Multiple Decoding Heads",
                     .authors = "Tianle Cai et al.",
                     .year = 2024,
                     .arxiv = "2401.10774"}};
    info.lossless = Lossless::No;
    info.hyperparameters = declare(typical_fields());
    info.partners = {"draft-model-tree"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 32, "sampling": {"temperature": 0.8},
 "method": {"drafter": {"id": "draft-model-tree", "values": {"total_nodes": 12}}, "acceptance": {"id": "typical"}}})";
    const AcceptanceFactory factory = [](const Values& values) -> std::unique_ptr<AcceptanceRule> {
        return std::make_unique<TypicalAcceptance>(values);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
