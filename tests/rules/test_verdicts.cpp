// SPDX-License-Identifier: GPL-3.0-or-later
// Single verdicts: states, order of tests, thresholds, forced nodes, degenerate laws. Numbers are worked out by hand in the comments.
#include "tests/rules/branching_oracle.h"

#include "core/rules/joint_verification.h"
#include "core/rules/typical_acceptance.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <array>

using namespace timberline;
using namespace timberline::test;
using record::DrawKind;
using record::NodeState;
using rules::DraftTree;

namespace {

const std::vector<float> kTarget = {.4F, .3F, .2F, .1F};
const std::vector<float> kDraft = {.1F, .2F, .3F, .4F};
constexpr double kExact = 1e-12;

/// Plays a fixed list of answers.
class Scripted : public rules::DecisionSource
{
public:
    explicit Scripted(std::vector<double> uniforms, TokenId emitted) : uniforms_(std::move(uniforms)), emitted_(emitted) {}
    bool accept(std::int32_t node, double ratio, float& draw) override
    {
        tested.push_back(node);
        ratios.push_back(ratio);
        const double u = uniforms_[tested.size() - 1];
        draw = static_cast<float>(u);
        return u < ratio;
    }
    TokenId emit(std::int32_t node, std::span<const double> law) override
    {
        emitted_after = node;
        emitted_law.assign(law.begin(), law.end());
        return emitted_;
    }
    std::vector<std::int32_t> tested;
    std::vector<double> ratios;
    Law emitted_law;
    std::int32_t emitted_after = -1;

private:
    std::vector<double> uniforms_;
    TokenId emitted_;
};

DraftTree one_level(DrawKind kind, const std::vector<float>& q, const std::vector<TokenId>& tokens)
{
    DraftTree tree = DraftTree::with_root(7);
    hang_children(tree, 0, kind, q, tokens);
    return tree;
}

void compare_laws(const Law& actual, const Law& expected, double tolerance)
{
    QVERIFY2(distance(actual, expected) <= tolerance, qPrintable(QStringLiteral("largest difference %1").arg(distance(actual, expected))));
}

} // namespace

class TestVerdicts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void residual_of_the_chain_example()
    {
        // [p - q]+ = (.3, 0, 0): after rejecting token 1 only token 0 can follow.
        const std::vector<float> p = {.5F, .3F, .2F};
        const std::vector<float> q = {.2F, .6F, .2F};
        const DraftTree tree = one_level(DrawKind::WithoutReplacement, q, {1});
        Scripted script({.6}, 0);
        const auto verdict = rules::verify_recursive_rejection(
            tree, [&p](std::int32_t) { return std::span<const float>(p); }, script);
        compare_laws(script.emitted_law, {1, 0, 0}, 1e-7);
        QVERIFY(std::abs(script.ratios.at(0) - .5) < 1e-7);
        QCOMPARE(verdict.path, std::vector<std::int32_t>{0});
        QVERIFY(!verdict.next_is_bonus);
        QCOMPARE(verdict.nodes[1].state, NodeState::Rejected);
        QCOMPARE(verdict.nodes[1].residual, .3F);
        QCOMPARE(verdict.nodes[1].ratio, .5F);
        QCOMPARE(verdict.nodes[1].draw, .6F);
        QCOMPARE(verdict.nodes[1].test_order, std::int16_t{0});
    }

    void underflowed_draft_probability_counts_as_product()
    {
        const std::vector<float> q = {1, 0, 0};
        const auto ratio_of = [&q](const std::vector<float>& p) {
            Scripted script({.5, .5}, 0);
            (void)rules::verify_recursive_rejection(
                one_level(DrawKind::WithReplacement, q, {2}), [&p](std::int32_t) { return std::span<const float>(p); }, script);
            return script.ratios.at(0);
        };
        QCOMPARE(ratio_of({.5F, .3F, .2F}), 1.0); // u * 0 < .2
        QCOMPARE(ratio_of({.5F, .5F, 0}), 0.0);   // u * 0 < 0 is false
    }

    void empty_residual_falls_back_to_the_target()
    {
        const std::vector<float> p = {.5F, .3F, .2F};
        // u = 1 cannot come from a generator; it stands for a rejection by rounding when p and q agree.
        Scripted script({1.0}, 0);
        (void)rules::verify_recursive_rejection(
            one_level(DrawKind::WithReplacement, p, {1}), [&p](std::int32_t) { return std::span<const float>(p); }, script);
        compare_laws(script.emitted_law, normalised(p), kExact);
        Scripted point({1.0}, 1);
        const std::vector<float> hot = {0, 1, 0};
        (void)rules::verify_recursive_rejection(
            one_level(DrawKind::PointMass, p, {1}), [&hot](std::int32_t) { return std::span<const float>(hot); }, point);
        compare_laws(point.emitted_law, {0, 1, 0}, kExact);
    }

    void tests_end_when_the_draft_support_is_exhausted()
    {
        const std::vector<float> p = {.1F, .2F, .7F};
        const std::vector<float> q = {.5F, .5F, 0};
        Scripted script({.9, .9, .9}, 2);
        const DraftTree tree = one_level(DrawKind::WithoutReplacement, q, {0, 1, 2});
        const auto verdict = rules::verify_recursive_rejection(
            tree, [&p](std::int32_t) { return std::span<const float>(p); }, script);
        QCOMPARE(script.tested, (std::vector<std::int32_t>{1, 2}));
        QCOMPARE(verdict.nodes[3].state, NodeState::NeverVerified);
        QVERIFY(!verdict.next_is_bonus);
        compare_laws(script.emitted_law, {0, 0, 1}, 1e-7);
    }

    void greedy_walk_follows_the_argmax()
    {
        //        0 (token 9)
        //   1:a=4    2:b=2
        //   3:c=1    4:d=3  5:e=0
        DraftTree tree = DraftTree::with_root(9);
        tree.add(0, 4, .5F);
        tree.add(0, 2, .3F);
        tree.add(1, 1, .5F);
        tree.add(2, 3, .5F);
        tree.add(2, 0, .5F);
        tree.child_kind = {DrawKind::PointMass, DrawKind::PointMass, DrawKind::PointMass, DrawKind::None, DrawKind::None, DrawKind::None};
        const std::array<TokenId, 6> best = {2, 0, 0, 0, 0, 4}; // argmax after each node: root -> 2 -> 0 -> 4
        std::vector<float> row;
        std::vector<std::int32_t> asked;
        const rules::TargetLaw target = [&](std::int32_t node) {
            asked.push_back(node);
            row.assign(5, 0.0F);
            row[static_cast<std::size_t>(best[static_cast<std::size_t>(node)])] = 1;
            return std::span<const float>(row);
        };
        for (const bool compare : {false, true}) {
            asked.clear();
            BranchingOracle::enumerate([&](BranchingOracle& oracle) {
                const auto verdict = compare ? rules::verify_sample_and_compare(tree, target, oracle)
                                             : rules::verify_recursive_rejection(tree, target, oracle);
                QCOMPARE(verdict.path, (std::vector<std::int32_t>{0, 2, 5}));
                QCOMPARE(verdict.next, 4);
                QVERIFY(verdict.next_is_bonus);
                QCOMPARE(verdict.nodes[0].state, NodeState::Root);
                QCOMPARE(verdict.nodes[1].state, NodeState::Rejected);
                QCOMPARE(verdict.nodes[2].state, NodeState::Accepted);
                QCOMPARE(verdict.nodes[3].state, NodeState::NeverVerified);
                QCOMPARE(verdict.nodes[4].state, NodeState::Rejected);
                QCOMPARE(verdict.nodes[5].state, NodeState::Accepted);
                QCOMPARE(verdict.nodes[1].test_order, std::int16_t{0});
                QCOMPARE(verdict.nodes[5].test_order, std::int16_t{3});
                QCOMPARE(oracle.weight(), 1.0);
            });
            QCOMPARE(asked, (std::vector<std::int32_t>{0, 2, 5})); // once a visited node, never for the others
        }
    }

    void a_forced_node_is_reached_whatever_the_law_says()
    {
        DraftTree tree = one_level(DrawKind::WithReplacement, kDraft, {0, 3});
        hang_children(tree, 2, DrawKind::WithReplacement, kDraft, {1, 2});
        const std::vector<float> hot = {1, 0, 0, 0};
        const rules::TargetLaw target = [&hot](std::int32_t) { return std::span<const float>(hot); };
        for (const bool compare : {false, true}) {
            Scripted script({.5, .5, .5}, 0);
            const auto verdict = compare ? rules::verify_sample_and_compare(tree, target, script, 4)
                                         : rules::verify_recursive_rejection(tree, target, script, 4);
            QCOMPARE(verdict.path, (std::vector<std::int32_t>{0, 2, 4}));
            QCOMPARE(verdict.next, 0);
            QVERIFY(verdict.next_is_bonus);
            QCOMPARE(verdict.nodes[2].state, NodeState::Accepted);
            QCOMPARE(verdict.nodes[1].state, NodeState::NeverVerified);
            QCOMPARE(verdict.nodes[3].state, NodeState::NeverVerified);
            QVERIFY(std::isnan(verdict.nodes[4].draw));
            QCOMPARE(verdict.nodes[4].residual, 0.0F);
        }
    }

    void an_empty_tree_emits_one_bonus_token()
    {
        const DraftTree tree = DraftTree::with_root(3);
        Scripted script({}, 1);
        const auto verdict = rules::verify_recursive_rejection(
            tree, [](std::int32_t) { return std::span<const float>(kTarget); }, script);
        QCOMPARE(verdict.path, std::vector<std::int32_t>{0});
        QVERIFY(verdict.next_is_bonus);
        QCOMPARE(verdict.next, 1);
        QCOMPARE(script.emitted_after, 0);
    }

    void stored_test_reads_as_it_was_decided_data()
    {
        QTest::addColumn<double>("u");
        QTest::addColumn<bool>("accepted");
        // The threshold is .5 (p = .3 over q = .6, within float rounding).
        QTest::newRow("far below") << .1 << true;
        QTest::newRow("below by less than float32 can tell") << .5 - 1e-7 << true;
        QTest::newRow("above by less than float32 can tell") << .5 + 1e-7 << false;
        QTest::newRow("almost one") << 1 - 1e-16 << false;
    }
    void stored_test_reads_as_it_was_decided()
    {
        QFETCH(double, u);
        QFETCH(bool, accepted);
        const std::vector<float> p = {.5F, .3F, .2F};
        const std::vector<float> q = {.2F, .6F, .2F};
        Scripted script({u}, 0);
        const auto verdict = rules::verify_recursive_rejection(
            one_level(DrawKind::WithReplacement, q, {1}), [&p](std::int32_t) { return std::span<const float>(p); }, script);
        const auto& node = verdict.nodes[1];
        QCOMPARE(node.state == NodeState::Accepted, accepted);
        QCOMPARE(node.draw < node.ratio, accepted);
        QVERIFY(node.draw < 1.0F);
        QVERIFY(std::abs(node.ratio - .5F) < 1e-6F);
    }

    void tokens_outside_the_law_are_refused_not_read()
    {
        DraftTree tree = DraftTree::with_root(0);
        tree.add(0, 99, .5F);
        tree.add(0, -4, .5F);
        tree.child_kind[0] = DrawKind::PointMass;
        Scripted script({.0, .0}, 2);
        const auto verdict = rules::verify_recursive_rejection(
            tree, [](std::int32_t) { return std::span<const float>(kTarget); }, script);
        QCOMPARE(verdict.path.size(), std::size_t{1});
        compare_laws(script.emitted_law, normalised(kTarget), kExact);
    }

    void greedy_matching_decides_what_the_exact_rules_decide_on_one_hot_laws()
    {
        // Every tree of four drafted nodes over three tokens with distinct siblings, and every assignment of likeliest tokens to its nodes' parents.
        class Greedy : public rules::DecisionSource
        {
        public:
            bool accept(std::int32_t, double ratio, float& draw) override
            {
                draw = record::kUndefined;
                return ratio > .5;
            }
            TokenId emit(std::int32_t, std::span<const double> law) override
            {
                return static_cast<TokenId>(std::max_element(law.begin(), law.end()) - law.begin());
            }
        };
        constexpr std::array<std::array<std::int32_t, 4>, 5> kParents = {{{0, 1, 2, 3}, {0, 0, 0, 1}, {0, 0, 1, 2}, {0, 0, 1, 1}, {0, 1, 1, 1}}};
        int compared = 0;
        for (const auto& parents : kParents) {
            for (int assignment = 0; assignment < 243; ++assignment) {
                DraftTree tree = DraftTree::with_root(7);
                std::array<TokenId, 5> next_token{};
                for (const auto parent : parents) {
                    const auto index = static_cast<std::size_t>(parent);
                    tree.add(parent, next_token[index]++, .5F);
                    tree.child_kind[index] = DrawKind::PointMass;
                }
                std::array<std::array<float, 3>, 5> laws{};
                int rest = assignment;
                for (auto& law : laws) {
                    law[static_cast<std::size_t>(rest % 3)] = 1;
                    rest /= 3;
                }
                const auto law_of = [&laws](std::int32_t node) { return std::span<const float>(laws[static_cast<std::size_t>(node)]); };
                Greedy decisions;
                const auto fast = rules::verify_greedy(tree, [&](std::int32_t node) {
                    const auto law = law_of(node);
                    return static_cast<TokenId>(std::max_element(law.begin(), law.end()) - law.begin());
                });
                for (const auto& slow :
                     {rules::verify_recursive_rejection(tree, law_of, decisions), rules::verify_sample_and_compare(tree, law_of, decisions)}) {
                    QCOMPARE(fast.path, slow.path);
                    QCOMPARE(fast.next, slow.next);
                    QCOMPARE(fast.next_is_bonus, slow.next_is_bonus);
                    for (std::size_t i = 0; i < tree.size(); ++i) {
                        QCOMPARE(fast.nodes[i].state, slow.nodes[i].state);
                        QCOMPARE(fast.nodes[i].test_order, slow.nodes[i].test_order);
                    }
                    ++compared;
                }
                for (const auto& joint : {rules::verify_traversal(tree, law_of, decisions), rules::verify_typical(tree, law_of, decisions, {})}) {
                    QCOMPARE(fast.path, joint.path);
                    QCOMPARE(fast.next, joint.next);
                    QCOMPARE(fast.next_is_bonus, joint.next_is_bonus);
                }
                if (rules::is_chain(tree)) {
                    const auto whole = rules::verify_block(tree, law_of, decisions);
                    QCOMPARE(fast.path, whole.path);
                    QCOMPARE(fast.next, whole.next);
                }
            }
        }
        QCOMPARE(compared, 5 * 243 * 2);
    }
};

QTEST_APPLESS_MAIN(TestVerdicts)
#include "test_verdicts.moc"
