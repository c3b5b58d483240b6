// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/acceptance_rule.h"

namespace timberline::decoding {

namespace {

/// Draws from the target at each node and descends while a child carries the drawn token (methods/decoding.md 1.4).
class SampleAndCompare final : public AcceptanceRule
{
public:
    [[nodiscard]] rules::Verdict verify(const rules::DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& decisions,
                                        std::int32_t forced) const override
    {
        return rules::verify_sample_and_compare(tree, target, decisions, forced);
    }
    [[nodiscard]] bool lossless_for(record::DrawKind /*kind*/) const override { return true; }
    [[nodiscard]] bool matches_when_greedy() const override { return true; }
    void set_values(const Values& /*values*/) override {}
};

}  // namespace

MethodRegistry::Entry sample_and_compare_acceptance()
{
    MethodInfo info;
    info.id = "sample-and-compare";
    info.family = "acceptance rule";
    info.title = TIMBERLINE_TR("Sample and compare");
    info.summary = TIMBERLINE_TR(
        "Draws the next token from the target and keeps the branch that carries it. Exact for every drafter, and needs no draft "
        "probabilities; sampled drafts are accepted less often than by the exact ratio test.");
    info.sources = {{.title = "Fast Inference from Transformers via Speculative Decoding",
                     .authors = "Yaniv Leviathan, Matan Kalman, Yossi Matias",
                     .year = 2022,
                     .arxiv = "2211.17192"}};
    info.lossless = Lossless::Yes;
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 24, "sampling": {"temperature": 1},
 "method": {"drafter": {"id": "draft-model-tree", "values": {"shape": "top-k", "draft_length": 3}}, "acceptance": {"id": "sample-and-compare"}}})";
    const AcceptanceFactory factory = [](const Values&) -> std::unique_ptr<AcceptanceRule> { return std::make_unique<SampleAndCompare>(); };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
