// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/rules/certificate.h"

#include <algorithm>
#include <numeric>

namespace timberline::rules {

namespace {

using record::DrawKind;
using Law = std::vector<double>;

Law law_of(std::span<const float> values)
{
    return {values.begin(), values.end()};
}

void normalise(Law& law)
{
    const double total = std::accumulate(law.begin(), law.end(), 0.0);
    if (total > 0) {
        for (double& x : law) {
            x /= total;
        }
    }
}

/// What one-level verdicts of the wrong rules have in common.
Verdict verdict_of(const DraftTree& tree, std::int32_t kept, TokenId next)
{
    Verdict out;
    out.nodes.resize(tree.size());
    out.path = {0};
    if (kept > 0) {
        out.path.push_back(kept);
        out.nodes[static_cast<std::size_t>(kept)].state = record::NodeState::Accepted;
    }
    out.next = next;
    out.next_is_bonus = kept > 0;
    return out;
}

/// How the children of the root are tested, and what goes wrong.
struct Flaws {
    bool stale_draft = false;      ///< the draft law keeps tokens that were rejected
    bool keep_target = false;      ///< the target's law stays as it was after a rejection
    bool reorder = false;          ///< siblings are tested by draft probability
    bool skip_duplicates = false;  ///< the second draw of a token is skipped without its residual step
    bool pretend_sampled = false;  ///< chosen children are tested as if they had been drawn
};

Verdict test_children(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions, const Flaws& flaws)
{
    Law residual = law_of(target(0));
    Law draft = law_of(tree.draft_laws);
    auto children = tree.children()[0];
    if (flaws.reorder) {
        std::ranges::stable_sort(children, std::greater<>(),
                                 [&](std::int32_t node) { return tree.confidence[static_cast<std::size_t>(node)]; });
    }
    const bool removes = !flaws.stale_draft && (tree.child_kind[0] == DrawKind::WithoutReplacement || flaws.pretend_sampled);
    std::vector<TokenId> seen;
    for (const std::int32_t child : children) {
        const TokenId token = tree.token[static_cast<std::size_t>(child)];
        const auto at = static_cast<std::size_t>(token);
        if (flaws.skip_duplicates && std::ranges::find(seen, token) != seen.end()) {
            continue;
        }
        seen.push_back(token);
        float draw = 0;
        if (draft[at] > 0 && decisions.accept(child, residual[at] / draft[at], draw)) {
            return verdict_of(tree, child, decisions.emit(child, law_of(target(child))));
        }
        if (!flaws.keep_target) {
            Law next(residual.size());
            std::ranges::transform(residual, draft, next.begin(), [](double r, double s) { return std::max(r - s, 0.0); });
            normalise(next);
            residual = std::accumulate(next.begin(), next.end(), 0.0) > 0 ? next : residual;
        }
        if (removes) {
            draft[at] = 0;
            normalise(draft);
        }
    }
    return verdict_of(tree, -1, decisions.emit(0, residual));
}

/// Keeps the child when an independent draw of the target equals it, else tests it, else writes that draw.
Verdict lucky_draw(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions)
{
    const Law p = law_of(target(0));
    const TokenId independent = decisions.emit(0, p);
    const TokenId token = tree.token[1];
    const auto at = static_cast<std::size_t>(token);
    float draw = 0;
    const double q = tree.draft_laws[at];
    const bool kept = independent == token || (q > 0 && decisions.accept(1, std::min(1.0, p[at] / q), draw));
    return kept ? verdict_of(tree, 1, decisions.emit(1, law_of(target(1)))) : verdict_of(tree, -1, independent);
}

/// Throws a drawn token away when it is token 1 and draws from the target instead.
Verdict draft_then_drop(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions)
{
    if (tree.token[1] == 1) {
        return verdict_of(tree, -1, decisions.emit(0, law_of(target(0))));
    }
    return test_children(tree, target, decisions, {});
}

VerifyFunction with(const Flaws& flaws)
{
    return [flaws](const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions) {
        return test_children(tree, target, decisions, flaws);
    };
}

std::vector<WrongRule> make()
{
    const std::vector<float> p = {.4F, .3F, .2F, .1F}, q = {.1F, .2F, .3F, .4F};
    const CertificateCase two{p, q, DrawKind::WithoutReplacement, {2}};
    return {
        {"lucky-draw",
         TIMBERLINE_TR("Accepts a draft that equals an independent draw of the target, and tests it only otherwise."),
         lucky_draw,
         {{.5F, .5F}, {1, 0}, DrawKind::WithoutReplacement, {1}}},
        {"draft-then-drop",
         TIMBERLINE_TR("Discards a token after it was drawn, and draws from the target instead."),
         draft_then_drop,
         {{.5F, .5F}, {.6F, .4F}, DrawKind::WithoutReplacement, {1}}},
        {"stale-draft-law", TIMBERLINE_TR("Tests the second sibling against the draft law that still holds the first."),
         with({.stale_draft = true}), two},
        {"no-residual", TIMBERLINE_TR("Leaves the target's law as it was after a rejection."), with({.keep_target = true}), two},
        {"reordered-siblings", TIMBERLINE_TR("Tests siblings by draft probability instead of in the order of their draws."),
         with({.reorder = true}), two},
        {"skipped-duplicates",
         TIMBERLINE_TR("Skips the second draw of a token without its residual step."),
         with({.skip_duplicates = true}),
         {p, q, DrawKind::WithReplacement, {2}}},
        {"chosen-as-drawn",
         TIMBERLINE_TR("Tests the draft's likeliest tokens as if they had been drawn by chance."),
         with({.pretend_sampled = true}),
         {p, q, DrawKind::PointMass, {2}}},
        {"chosen-as-drawn-unchanged",
         TIMBERLINE_TR("Tests the draft's likeliest tokens as if drawn by chance, with the draft law unchanged."),
         with({.stale_draft = true}),
         {p, q, DrawKind::PointMass, {2}}},
    };
}

}  // namespace

const std::vector<WrongRule>& wrong_rules()
{
    static const std::vector<WrongRule> rules = make();
    return rules;
}

}  // namespace timberline::rules
