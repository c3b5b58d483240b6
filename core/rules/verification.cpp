// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/verification.h"

#include "core/rules/verdict_detail.h"

#include <algorithm>

namespace timberline::rules {

namespace {

using record::NodeState;
using detail::at;
using detail::forced_child;
using detail::forced_path;
using detail::keep_test;
using detail::normalise;
using detail::untested;

/// The law of one node while its children are tested: r, what is left of the target's law, and s, what the next child was drawn from.
/// Everything in double and normalised once, so that the emitted law is the target's to rounding.
class NodeLaws
{
public:
    void open(std::span<const float> target, std::span<const float> draft, DrawKind kind)
    {
        // Sampled children without the law that they were drawn from cannot be weighed; as chosen tokens they still give the target's law
        // whenever the choice did not depend on chance.
        kind_ = draft.empty() ? DrawKind::PointMass : kind;
        detail::copy_law(target_, target, target.size());
        normalise(target_);
        left_ = target_;
        drawn_.clear();
        support_left_ = true;
        if (kind_ == DrawKind::WithReplacement || kind_ == DrawKind::WithoutReplacement) {
            detail::copy_law(drawn_, draft, target.size());
            support_left_ = normalise(drawn_);
        }
    }

    /// False once every token that the draft could propose was tested; the tests end there.
    [[nodiscard]] bool can_test() const { return kind_ != DrawKind::WithoutReplacement || support_left_; }
    [[nodiscard]] double target(TokenId token) const { return at(left_, token); }

    /// min(1, r(y)/s(y)); a proposal whose draft probability underflowed to 0 counts in the product form u * s < r.
    [[nodiscard]] double ratio(TokenId token) const
    {
        const double r = target(token);
        const double s = sampled() ? at(drawn_, token) : 1.0;
        if (!(r > 0)) {
            return 0;
        }
        return r >= s ? 1.0 : r / s;
    }

    void reject(TokenId token)
    {
        const bool inside = token >= 0 && static_cast<std::size_t>(token) < left_.size();
        const auto index = inside ? static_cast<std::size_t>(token) : std::size_t{0};
        if (sampled()) {
            for (std::size_t i = 0; i < left_.size(); ++i) {
                const double rest = left_[i] - drawn_[i];
                left_[i] = rest > 0 ? rest : 0.0;
            }
        } else if (inside) {
            left_[index] = 0;
        }
        if (!normalise(left_)) {
            left_ = target_; // a test that could only fail by rounding did fail
        }
        if (kind_ == DrawKind::WithoutReplacement && inside) {
            drawn_[index] = 0;
            support_left_ = normalise(drawn_);
        }
    }

    [[nodiscard]] std::span<const double> law() const { return left_; }

private:
    [[nodiscard]] bool sampled() const { return !drawn_.empty(); }

    DrawKind kind_ = DrawKind::None;
    bool support_left_ = true;
    std::vector<double> target_;
    std::vector<double> left_;
    std::vector<double> drawn_;
};

} // namespace

Verdict verify_recursive_rejection(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions, std::int32_t forced)
{
    Verdict verdict = untested(tree);
    const auto children = tree.children();
    const auto on_forced_path = forced_path(tree, forced);
    NodeLaws laws;
    std::int16_t tests = 0;
    std::int32_t node = 0;
    while (true) {
        verdict.path.push_back(node);
        const auto index = static_cast<std::size_t>(node);
        laws.open(target(node), tree.draft_law(node), tree.child_kind[index]);
        const auto& candidates = children[index];
        std::int32_t accepted = forced_child(candidates, on_forced_path);
        if (accepted >= 0) {
            // Taken before its siblings are looked at: a test that they might have passed would contradict the user's choice.
            NodeVerdict& chosen = verdict.nodes[static_cast<std::size_t>(accepted)];
            const TokenId token = tree.token[static_cast<std::size_t>(accepted)];
            chosen = {NodeState::Accepted, static_cast<float>(laws.target(token)), static_cast<float>(laws.ratio(token)),
                      record::kUndefined, tests++};
        }
        for (std::size_t i = 0; i < candidates.size() && accepted < 0 && laws.can_test(); ++i) {
            const std::int32_t child = candidates[i];
            const TokenId token = tree.token[static_cast<std::size_t>(child)];
            NodeVerdict& tested = verdict.nodes[static_cast<std::size_t>(child)];
            const double ratio = laws.ratio(token);
            tested.residual = static_cast<float>(laws.target(token));
            tested.test_order = tests++;
            float draw = record::kUndefined;
            const bool passed = decisions.accept(child, ratio, draw);
            keep_test(tested, ratio, draw, passed);
            tested.state = passed ? NodeState::Accepted : NodeState::Rejected;
            if (passed) {
                accepted = child;
            } else {
                laws.reject(token);
            }
        }
        if (accepted < 0) {
            verdict.next = decisions.emit(node, laws.law());
            verdict.next_is_bonus = candidates.empty();
            return verdict;
        }
        node = accepted;
    }
}

Verdict verify_sample_and_compare(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions, std::int32_t forced)
{
    Verdict verdict = untested(tree);
    const auto children = tree.children();
    const auto on_forced_path = forced_path(tree, forced);
    NodeLaws laws;
    std::int16_t tests = 0;
    std::int32_t node = 0;
    while (true) {
        verdict.path.push_back(node);
        const auto index = static_cast<std::size_t>(node);
        laws.open(target(node), {}, DrawKind::PointMass);
        const auto& candidates = children[index];
        const auto report = [&](std::int32_t child, bool passed) {
            const auto p = static_cast<float>(laws.target(tree.token[static_cast<std::size_t>(child)]));
            verdict.nodes[static_cast<std::size_t>(child)] = {passed ? NodeState::Accepted : NodeState::Rejected, p, p, record::kUndefined,
                                                              tests++};
        };
        std::int32_t accepted = forced_child(candidates, on_forced_path);
        if (accepted >= 0) {
            report(accepted, true);
        } else {
            const TokenId drawn = decisions.emit(node, laws.law());
            for (std::size_t i = 0; i < candidates.size() && accepted < 0; ++i) {
                const bool same = tree.token[static_cast<std::size_t>(candidates[i])] == drawn;
                report(candidates[i], same);
                accepted = same ? candidates[i] : -1;
            }
            if (accepted < 0) {
                verdict.next = drawn;
                verdict.next_is_bonus = candidates.empty();
                return verdict;
            }
        }
        node = accepted;
    }
}

Verdict verify_greedy(const DraftTree& tree, const std::function<TokenId(std::int32_t node)>& best)
{
    Verdict verdict = untested(tree);
    std::int16_t tests = 0;
    std::int32_t node = 0;
    while (true) {
        verdict.path.push_back(node);
        const TokenId wanted = best(node);
        std::int32_t accepted = -1;
        bool leaf = true;
        for (std::int32_t child = node + 1; child < static_cast<std::int32_t>(tree.first_window()) && accepted < 0; ++child) {
            const auto index = static_cast<std::size_t>(child);
            if (tree.parent[index] != node) {
                continue;
            }
            leaf = false;
            const bool same = tree.token[index] == wanted;
            verdict.nodes[index].state = same ? NodeState::Accepted : NodeState::Rejected;
            verdict.nodes[index].test_order = tests++;
            accepted = same ? child : -1;
        }
        if (accepted < 0) {
            verdict.next = wanted;
            verdict.next_is_bonus = leaf;
            return verdict;
        }
        node = accepted;
    }
}

} // namespace timberline::rules
