// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/acceptance_rule.h"
#include "core/rules/joint_verification.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

class BlockAcceptance final : public AcceptanceRule
{
public:
    [[nodiscard]] rules::Verdict verify(const rules::DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& decisions,
                                        std::int32_t forced) const override
    {
        return rules::verify_block(tree, target, decisions, forced);
    }
    /// Of the drafts that fits() lets pass.
    [[nodiscard]] bool lossless_for(record::DrawKind /*kind*/) const override { return true; }
    [[nodiscard]] Status fits(const rules::DraftTree& tree, bool greedy) const override
    {
        if (!rules::is_chain(tree)) {
            return make_error(ErrorCode::InvalidArgument, "acceptance rule block: the draft branches, expected a chain",
                              "Choose a drafter of chains, for example draft-model-chain, or the "
                              "acceptance rule traversal or exact.");
        }
        const bool chosen = std::ranges::find(tree.child_kind, record::DrawKind::PointMass) != tree.child_kind.end();
        return chosen ? fits_chosen(greedy) : Status{};
    }
    [[nodiscard]] Status fits_chosen(bool greedy) const override
    {
        if (greedy) {
            return {};
        }
        return make_error(ErrorCode::InvalidArgument,
                          "acceptance rule block: the draft's tokens were "
                          "chosen, expected drawn ones at temperatures above 0",
                          "Choose a drafter that draws its tokens, or the "
                          "acceptance rule traversal or exact.");
    }
    [[nodiscard]] bool matches_when_greedy() const override { return true; }
    void set_values(const Values& /*values*/) override {}
};

}  // namespace

MethodRegistry::Entry block_acceptance()
{
    MethodInfo info;
    info.id = "block";
    info.family = "acceptance rule";
    info.title = TIMBERLINE_TR("Block verification");
    info.summary = TIMBERLINE_TR("Decides about a drafted chain as a whole instead of token "
                                 "by token: a weak token may be kept for the sake of "
                                 "those after it. Exact, and never accepts fewer tokens on "
                                 "average. Only for chains of drawn tokens; at "
                                 "temperature 0 it is greedy matching.");
    info.sources = {{.title = "Block Verification Accelerates Speculative Decoding",
                     .authors = "Ziteng Sun et al.",
                     .year = 2024,
                     .arxiv = "2403.10444"}};
    info.lossless = Lossless::Yes;
    info.requires_text = TIMBERLINE_TR("a drafter of chains that draws its tokens");
    info.partners = {"draft-model-chain"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 32, "sampling": {"temperature": 1},
 "method": {"drafter": {"id": "draft-model-chain", "values": {"draft_length": 4}}, "acceptance": {"id": "block"}}})";
    const AcceptanceFactory factory = [](const Values&) -> std::unique_ptr<AcceptanceRule> { return std::make_unique<BlockAcceptance>(); };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
