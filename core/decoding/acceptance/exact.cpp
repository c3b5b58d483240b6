// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/acceptance_rule.h"

namespace timberline::decoding {

namespace {

/// Recursive rejection. With one-hot target laws (temperature 0) the same arithmetic is greedy matching: a child passes iff it carries the
/// argmax.
class ExactAcceptance final : public AcceptanceRule
{
public:
    [[nodiscard]] rules::Verdict verify(const rules::DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& decisions,
                                        std::int32_t forced) const override
    {
        return rules::verify_recursive_rejection(tree, target, decisions, forced);
    }
    [[nodiscard]] bool lossless_for(record::DrawKind /*kind*/) const override { return true; }
    [[nodiscard]] bool matches_when_greedy() const override { return true; }
    void set_values(const Values& /*values*/) override {}
};

}  // namespace

MethodRegistry::Entry exact_acceptance()
{
    MethodInfo info;
    info.id = "exact";
    info.family = "acceptance rule";
    info.title = TIMBERLINE_TR("Exact (recursive rejection)");
    info.summary =
        TIMBERLINE_TR("Tests the children of an accepted node one after another; each rejection leaves the target's law minus the draft's. "
                      "The text follows the target's law exactly; at temperature 0 it equals plain greedy decoding token for token.");
    info.sources = {
        {.title = "Fast Inference from Transformers via Speculative Decoding",
         .authors = "Yaniv Leviathan, Matan Kalman, Yossi Matias",
         .year = 2022,
         .arxiv = "2211.17192"},
        {.title = "Accelerating Large Language Model Decoding with Speculative Sampling",
         .authors = "Charlie Chen, Sebastian Borgeaud, Geoffrey Irving, Jean-Baptiste Lespiau, Laurent Sifre, John Jumper",
         .year = 2023,
         .arxiv = "2302.01318"},
        {.title = "SpecInfer: Accelerating Generative Large Language Model Serving with Tree-based Speculative Inference and Verification",
         .authors = "Xupeng Miao et al.",
         .year = 2023,
         .arxiv = "2305.09781"},
        {.title = "Recursive Speculative Decoding: Accelerating LLM Inference via Sampling Without Replacement",
         .authors = "Wonseok Jeon et al.",
         .year = 2024,
         .arxiv = "2402.14160"}};
    info.lossless = Lossless::Yes;
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 24, "sampling": {"temperature": 1},
 "method": {"drafter": {"id": "draft-model-tree", "values": {"shape": "sampled-without-replacement", "draft_length": 3}}, "acceptance": {"id": "exact"}}})";
    const AcceptanceFactory factory = [](const Values&) -> std::unique_ptr<AcceptanceRule> { return std::make_unique<ExactAcceptance>(); };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
