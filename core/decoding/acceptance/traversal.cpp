// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/acceptance_rule.h"
#include "core/rules/joint_verification.h"

namespace timberline::decoding {

namespace {

class TraversalAcceptance final : public AcceptanceRule
{
public:
    [[nodiscard]] rules::Verdict verify(const rules::DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& decisions,
                                        std::int32_t forced) const override
    {
        return rules::verify_traversal(tree, target, decisions, forced);
    }
    [[nodiscard]] bool lossless_for(record::DrawKind /*kind*/) const override { return true; }
    [[nodiscard]] bool matches_when_greedy() const override { return true; }
    void set_values(const Values& /*values*/) override {}
};

}  // namespace

MethodRegistry::Entry traversal_acceptance()
{
    MethodInfo info;
    info.id = "traversal";
    info.family = "acceptance rule";
    info.title = TIMBERLINE_TR("Traversal verification");
    info.summary = TIMBERLINE_TR("Decides about a drafted tree from its leaves to its root: "
                                 "a whole path is kept or refused before its shorter "
                                 "beginnings are tried. Exact for every drafter; on a chain "
                                 "it keeps as much as block verification, on "
                                 "chosen tokens as much as the exact rule.");
    info.sources = {{.title = "Traversal Verification for Speculative Tree Decoding",
                     .authors = "Yepeng Weng et al.",
                     .year = 2025,
                     .arxiv = "2505.12398"}};
    info.lossless = Lossless::Yes;
    info.partners = {"draft-model-tree"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 24, "sampling": {"temperature": 1},
 "method": {"drafter": {"id": "draft-model-tree", "values": {"shape": "sampled-without-replacement", "draft_length": 3}}, "acceptance": {"id": "traversal"}}})";
    const AcceptanceFactory factory = [](const Values&) -> std::unique_ptr<AcceptanceRule> {
        return std::make_unique<TraversalAcceptance>();
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
