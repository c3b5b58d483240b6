// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/joint_verification.h"

#include "core/rules/row_math.h"
#include "core/rules/verdict_detail.h"

#include <algorithm>

namespace timberline::rules {

namespace {

using record::NodeState;

bool is_sampled(DrawKind kind)
{
    return kind == DrawKind::WithReplacement || kind == DrawKind::WithoutReplacement;
}

/// The laws of the token after one node, and how much of the node itself may still be accepted.
struct Place {
    std::int32_t node = 0;
    double weight = 1;  ///< pi
    DrawKind kind = DrawKind::None;
    std::vector<double> target;  ///< P
    std::vector<double> drawn;   ///< Q; empty = one-hot at the tested token
    bool support_left = true;    ///< false once every token that the draft could propose was tested
    std::size_t next_child = 0;

    void open(const DraftTree& tree, std::int32_t at_node, const TargetLaw& law, double pi)
    {
        node = at_node;
        weight = pi;
        kind = tree.child_kind[static_cast<std::size_t>(at_node)];
        next_child = 0;
        support_left = true;
        const std::span<const float> row = law(at_node);
        detail::copy_law(target, row, row.size());
        detail::normalise(target);
        drawn.clear();
        const std::span<const float> draft = tree.draft_law(at_node);
        if (is_sampled(kind) && !draft.empty()) {
            detail::copy_law(drawn, draft, target.size());
            support_left = detail::normalise(drawn);
        }
    }

    /// min(1, pi P(y)/Q(y)); a proposal whose draft probability underflowed to 0 counts in the product form u * Q < pi P.
    [[nodiscard]] double weight_of(TokenId token) const
    {
        const double left = weight * detail::at(target, token);
        const double q = drawn.empty() ? 1.0 : detail::at(drawn, token);
        if (!(left > 0)) {
            return 0;
        }
        return left >= q ? 1.0 : left / q;
    }

    /// R = [pi P - Q]+ into `rest`. @return S, its sum.
    double residual(TokenId tested, std::vector<double>& rest) const
    {
        rest.resize(target.size());
        for (std::size_t i = 0; i < target.size(); ++i) {
            const double q = drawn.empty() ? 0.0 : drawn[i];
            rest[i] = std::max(weight * target[i] - q, 0.0);
        }
        if (drawn.empty() && tested >= 0 && static_cast<std::size_t>(tested) < rest.size()) {
            rest[static_cast<std::size_t>(tested)] = 0;  // one-hot there, and pi P is at most 1
        }
        return detail::sum(rest);
    }

    /// What is left after the child with this token and all below it was refused.
    void refuse(TokenId token)
    {
        const double mass = residual(token, scratch_);
        const double whole = mass + 1.0 - weight;
        weight = whole > 0 ? mass / whole : 1.0;
        if (mass > 0) {
            std::swap(target, scratch_);
            detail::normalise(target);
        }  // else nothing can be emitted from here, or a test that could only fail
           // by rounding did fail
        if (kind == DrawKind::WithoutReplacement && !drawn.empty() && token >= 0 && static_cast<std::size_t>(token) < drawn.size()) {
            drawn[static_cast<std::size_t>(token)] = 0;
            support_left = detail::normalise(drawn);
        }
    }

private:
    std::vector<double> scratch_;
};

/// One finished test, kept until it is known which nodes lie on the path.
struct Test {
    std::int32_t node = 0;
    double ratio = 0;
    float draw = record::kUndefined;
    bool passed = false;
};

/// Asks about one node and keeps the answer. @return whether it passed.
bool ask(DecisionSource& decisions, std::int32_t node, double ratio, std::vector<Test>& tests)
{
    Test test{.node = node, .ratio = ratio};
    test.passed = decisions.accept(node, ratio, test.draw);
    tests.push_back(test);
    return test.passed;
}

/// The node's ancestors from the root down to the node itself.
std::vector<std::int32_t> path_to(const DraftTree& tree, std::int32_t node)
{
    std::vector<std::int32_t> path;
    for (std::int32_t at = node; at >= 0; at = tree.parent[static_cast<std::size_t>(at)]) {
        path.push_back(at);
    }
    std::reverse(path.begin(), path.end());
    return path;
}

/// Writes path and nodes. @param own per node the threshold that its own test would have had.
void settle(Verdict& verdict, const DraftTree& tree, std::int32_t end, const std::vector<Test>& tests, const std::vector<double>& own)
{
    verdict.path = path_to(tree, end);
    std::vector<bool> on_path(tree.size(), false);
    for (const std::int32_t node : verdict.path) {
        on_path[static_cast<std::size_t>(node)] = true;
    }
    std::int16_t order = 0;
    for (const Test& test : tests) {
        const auto index = static_cast<std::size_t>(test.node);
        if (!on_path[static_cast<std::size_t>(tree.parent[index])]) {
            continue;
        }
        NodeVerdict& node = verdict.nodes[index];
        node.state = test.passed ? NodeState::Accepted : NodeState::Rejected;
        node.test_order = order++;
        detail::keep_test(node, test.ratio, test.draw, test.passed);
    }
    for (std::size_t i = 1; i < verdict.path.size(); ++i) {
        const auto index = static_cast<std::size_t>(verdict.path[i]);
        NodeVerdict& node = verdict.nodes[index];
        if (node.state != NodeState::Accepted) {
            node.state = NodeState::Accepted;
            node.test_order = order++;
            node.ratio = static_cast<float>(own[index]);
        }
    }
    for (NodeVerdict& node : verdict.nodes) {
        if (node.state == NodeState::NeverVerified) {
            node = {};
        }
    }
}

/// Where verification begins: the forced node, else the root. The nodes above it are accepted without a test.
std::int32_t begin_at(const DraftTree& tree, const TargetLaw& target, std::int32_t forced, Verdict& verdict, std::vector<double>& own)
{
    const bool known = forced > 0 && static_cast<std::size_t>(forced) < tree.size();
    const std::int32_t base = known ? forced : 0;
    Place place;
    for (const std::int32_t node : path_to(tree, base)) {
        const auto index = static_cast<std::size_t>(node);
        if (node > 0) {
            place.open(tree, tree.parent[index], target, 1);
            verdict.nodes[index].residual = static_cast<float>(detail::at(place.target, tree.token[index]));
            own[index] = place.weight_of(tree.token[index]);
        }
    }
    return base;
}

}  // namespace

bool is_chain(const DraftTree& tree)
{
    std::vector<bool> has_child(tree.size(), false);
    for (std::size_t i = 1; i < tree.size(); ++i) {
        const auto parent = static_cast<std::size_t>(tree.parent[i]);
        if (has_child[parent]) {
            return false;
        }
        has_child[parent] = true;
    }
    return true;
}

Verdict verify_block(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions, std::int32_t forced)
{
    Verdict verdict = detail::untested(tree);
    const auto children = tree.children();
    std::vector<double> own(tree.size(), 1.0);
    std::vector<Place> places(1);
    places[0].open(tree, begin_at(tree, target, forced, verdict, own), target, 1);
    while (!children[static_cast<std::size_t>(places.back().node)].empty()) {
        const std::int32_t child = children[static_cast<std::size_t>(places.back().node)].front();
        const auto index = static_cast<std::size_t>(child);
        verdict.nodes[index].residual = static_cast<float>(detail::at(places.back().target, tree.token[index]));
        const double weight = places.back().weight_of(tree.token[index]);
        places.emplace_back();
        places.back().open(tree, child, target, weight);
    }
    std::vector<double> rest;
    const auto token_after = [&](std::size_t i) { return tree.token[static_cast<std::size_t>(places[i + 1].node)]; };
    for (std::size_t i = 1; i < places.size(); ++i) {
        double threshold = places[i].weight;
        if (i + 1 < places.size()) {
            const double mass = places[i].residual(token_after(i), rest);
            const double whole = mass + 1.0 - places[i].weight;
            threshold = whole > 0 ? mass / whole : 1.0;
        }
        own[static_cast<std::size_t>(places[i].node)] = threshold;
    }
    std::vector<Test> tests;
    std::size_t end = places.size() - 1;
    while (end > 0 && !ask(decisions, places[end].node, own[static_cast<std::size_t>(places[end].node)], tests)) {
        --end;
    }
    const Place& last = places[end];
    verdict.next_is_bonus = end + 1 == places.size();
    const bool has_rest = !verdict.next_is_bonus && last.residual(token_after(end), rest) > 0;
    verdict.next = decisions.emit(last.node, has_rest ? std::span<const double>(rest) : std::span<const double>(last.target));
    settle(verdict, tree, last.node, tests, own);
    return verdict;
}

Verdict verify_traversal(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions, std::int32_t forced)
{
    Verdict verdict = detail::untested(tree);
    const auto children = tree.children();
    std::vector<double> own(tree.size(), 1.0);
    std::vector<Place> open(1);
    open[0].open(tree, begin_at(tree, target, forced, verdict, own), target, 1);
    std::vector<Test> tests;
    while (true) {
        Place& place = open.back();
        const auto& candidates = children[static_cast<std::size_t>(place.node)];
        // Below a node that cannot be accepted any more nothing can be accepted either: its own test comes at once.
        if (place.next_child < candidates.size() && place.support_left && place.weight > 0) {
            const std::int32_t child = candidates[place.next_child++];
            const auto index = static_cast<std::size_t>(child);
            verdict.nodes[index].residual = static_cast<float>(detail::at(place.target, tree.token[index]));
            own[index] = place.weight_of(tree.token[index]);
            if (!(own[index] > 0) && !ask(decisions, child, 0, tests)) {
                place.refuse(tree.token[index]);  // needs no law, and nothing below it
                                                  // can be accepted
                continue;
            }
            open.emplace_back();
            open.back().open(tree, child, target, own[index]);
            continue;
        }
        if (open.size() == 1 || ask(decisions, place.node, place.weight, tests)) {
            break;
        }
        const TokenId refused = tree.token[static_cast<std::size_t>(place.node)];
        open.pop_back();
        open.back().refuse(refused);
    }
    const Place& end = open.back();
    verdict.next_is_bonus = children[static_cast<std::size_t>(end.node)].empty();
    verdict.next = decisions.emit(end.node, end.target);
    settle(verdict, tree, end.node, tests, own);
    return verdict;
}

}  // namespace timberline::rules
