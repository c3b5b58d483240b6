// SPDX-License-Identifier: GPL-3.0-or-later
// Rules that decide about whole paths: block and traversal verification by enumeration of every outcome, typical acceptance by its printed
// thresholds. Expected numbers: closed forms worked out in the comments, and the methods specification's fixtures.
#include "tests/rules/toy_models.h"

#include "core/rules/joint_verification.h"
#include "core/rules/typical_acceptance.h"

#include <QtTest/QtTest>

#include <array>

using namespace timberline;
using namespace timberline::test;
using record::DrawKind;
using record::NodeState;
using rules::DraftTree;

namespace {

constexpr double kExact = 1e-12;
const Shape kChain = {DrawKind::WithoutReplacement, 1, DrawKind::WithoutReplacement, 1};

rules::Verdict recursive(const DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& source)
{
    return rules::verify_recursive_rejection(tree, target, source);
}
rules::Verdict block(const DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& source)
{
    return rules::verify_block(tree, target, source);
}
rules::Verdict traversal(const DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& source)
{
    return rules::verify_traversal(tree, target, source);
}

QString text_of(double number)
{
    return QString::number(number, 'g', 15);
}

/// Plays a fixed list of uniforms.
class Scripted : public rules::DecisionSource
{
public:
    explicit Scripted(std::vector<double> uniforms) : uniforms_(std::move(uniforms)) {}
    bool accept(std::int32_t node, double ratio, float& draw) override
    {
        tested.push_back(node);
        const double u = uniforms_.at(tested.size() - 1);
        draw = static_cast<float>(u);
        return u < ratio;
    }
    TokenId emit(std::int32_t node, std::span<const double> law) override
    {
        emitted_after = node;
        emitted_law.assign(law.begin(), law.end());
        return static_cast<TokenId>(std::max_element(law.begin(), law.end()) - law.begin());
    }
    std::vector<std::int32_t> tested;
    std::int32_t emitted_after = -1;
    Law emitted_law;

private:
    std::vector<double> uniforms_;
};

}  // namespace

class TestJointVerification : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void block_fixture()
    {
        // p = (1/3, 2/3), q = (2/3, 1/3) at every position, two drafts. Token by token a draft is accepted with 2/3: 2/3 + 4/9 = 10/9.
        const ToyModels toy({1.0F / 3, 2.0F / 3}, {2.0F / 3, 1.0F / 3});
        const Joint by_block = joint_law(toy, kChain, block);
        const Joint by_token = joint_law(toy, kChain, recursive);
        QVERIFY2(std::abs(by_block.accepted - 11.0 / 9) < 1e-7, qPrintable(text_of(by_block.accepted)));  // thirds are rounded to float
        QVERIFY2(std::abs(by_token.accepted - 10.0 / 9) < 1e-7, qPrintable(text_of(by_token.accepted)));
        QVERIFY2(by_block.error <= kExact, qPrintable(text_of(by_block.error)));
    }

    void chains_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("drawn without replacement") << static_cast<int>(DrawKind::WithoutReplacement);
        QTest::newRow("drawn with replacement") << static_cast<int>(DrawKind::WithReplacement);
        QTest::newRow("chosen") << static_cast<int>(DrawKind::PointMass);
    }
    void chains()
    {
        QFETCH(int, kind);
        const auto draw = static_cast<DrawKind>(kind);
        const Shape chain = {draw, 1, draw, 1};
        for (const TokenId vocabulary : {2, 3, 4}) {
            const ToyModels toy(vocabulary);
            const Joint by_block = joint_law(toy, chain, block);
            const Joint by_traversal = joint_law(toy, chain, traversal);
            const Joint by_token = joint_law(toy, chain, recursive);
            QVERIFY2(by_block.error <= kExact, qPrintable(text_of(by_block.error)));
            QVERIFY2(std::abs(by_block.accepted - by_traversal.accepted) <= kExact, qPrintable(text_of(by_traversal.accepted)));
            QVERIFY2(by_block.accepted >= by_token.accepted - kExact, qPrintable(text_of(by_block.accepted)));
            const bool gains = by_block.accepted > by_token.accepted + 1e-6;
            QCOMPARE(gains, draw != DrawKind::PointMass);  // with chosen tokens nothing is ever clipped
        }
    }

    void trees_data()
    {
        QTest::addColumn<Shape>("shape");
        const std::array<std::pair<const char*, DrawKind>, 3> kinds = {{{"without replacement", DrawKind::WithoutReplacement},
                                                                        {"with replacement", DrawKind::WithReplacement},
                                                                        {"point mass", DrawKind::PointMass}}};
        for (const auto& [root_name, root] : kinds) {
            for (const auto& [below_name, below] : kinds) {
                for (const auto& [first, second] : std::array<std::pair<int, int>, 4>{{{1, 1}, {1, 2}, {2, 1}, {2, 2}}}) {
                    QTest::addRow("%d %s, then %d %s", first, root_name, second, below_name) << Shape{root, first, below, second};
                }
            }
        }
    }
    void trees()
    {
        QFETCH(Shape, shape);
        const ToyModels toy;
        const Joint by_traversal = joint_law(toy, shape, traversal);
        QVERIFY2(by_traversal.error <= kExact, qPrintable(text_of(by_traversal.error)));
        const double top_down = joint_law(toy, shape, recursive).accepted;
        if (shape.root == DrawKind::PointMass && shape.below == DrawKind::PointMass) {
            QVERIFY2(std::abs(by_traversal.accepted - top_down) <= kExact, qPrintable(text_of(by_traversal.accepted - top_down)));
        } else if (shape.root != DrawKind::PointMass && shape.root_children == 1 && shape.below_children == 1) {
            QVERIFY2(by_traversal.accepted > top_down - kExact, qPrintable(text_of(by_traversal.accepted - top_down)));
        }
    }

    /// A controller may stop by chance, by what the draft's law looks like, or after a token that it has seen: the law stays.
    void drafts_that_stop_keep_the_law_data()
    {
        QTest::addColumn<int>("rule");
        for (int rule = 0; rule < 3; ++rule) {
            QTest::addRow("%s", std::array{"token by token", "block", "traversal"}[static_cast<std::size_t>(rule)]) << rule;
        }
    }
    void drafts_that_stop_keep_the_law()
    {
        QFETCH(int, rule);
        const auto verify = rule == 0 ? recursive : rule == 1 ? block : traversal;
        const ToyModels toy;
        const ChildCount by_chance = [](const DraftTree&, std::int32_t, BranchingOracle& chance) {
            return static_cast<int>(chance.choose({.3, .7}));
        };
        const ChildCount by_law = [&toy](const DraftTree& tree, std::int32_t node, BranchingOracle&) {
            const auto& q = toy.q.at(tree.path_tokens(node));
            return *std::max_element(q.begin(), q.end()) > .45F ? 1 : 0;
        };
        const ChildCount after_a_token = [](const DraftTree& tree, std::int32_t node, BranchingOracle&) {
            return node == 0 || tree.token[static_cast<std::size_t>(node)] != 1 ? 1 : 0;
        };
        for (const ChildCount& count : {by_chance, by_law, after_a_token}) {
            const double error = joint_law(toy, kChain, verify, count).error;
            QVERIFY2(error <= kExact, qPrintable(text_of(error)));
        }
        // What a controller must not do (pitfall P1): look at the token and take it back.
        const auto dropping = [&](const DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& source) {
            return tree.size() > 1 && tree.token[1] == 1 ? verify(DraftTree::with_root(0), target, source) : verify(tree, target, source);
        };
        QVERIFY(joint_law(toy, kChain, dropping).error > .01);
    }

    /// The drafter does not look beyond the twin of an earlier sibling, and what it saves may go to other nodes.
    void shapes_that_depend_on_twins_keep_the_law()
    {
        const ToyModels toy;
        const Shape twins = {DrawKind::WithReplacement, 2, DrawKind::WithReplacement, 1};
        const ChildCount count = [](const DraftTree& tree, std::int32_t node, BranchingOracle&) {
            if (node == 0) {
                return 2;
            }
            const bool same = tree.token[1] == tree.token[2];
            return node == 1 ? (same ? 2 : 1) : (same ? 0 : 1);
        };
        for (const auto& verify : {recursive, traversal}) {
            const double error = joint_law(toy, twins, verify, count).error;
            QVERIFY2(error <= kExact, qPrintable(text_of(error)));
        }
    }

    void verdict_of_a_block()
    {
        // p = (1/2, 1/2), q = (1/4, 3/4); drafts 1, 1: pi = 2/3, 4/9. S_1 = [1/3 - 1/4]+ + [1/3 - 3/4]+ = 1/12, h_1 = (1/12)/(1/12 + 1/3) =
        // 1/5.
        const std::vector<float> p = {.5F, .5F};
        const std::vector<float> q = {.25F, .75F};
        DraftTree tree = DraftTree::with_root(0);
        hang_children(tree, 0, DrawKind::WithoutReplacement, q, {1});
        hang_children(tree, 1, DrawKind::WithoutReplacement, q, {1});
        const rules::TargetLaw target = [&p](std::int32_t) { return std::span<const float>(p); };

        Scripted whole({.44});
        auto verdict = rules::verify_block(tree, target, whole);
        QCOMPARE(verdict.path, (std::vector<std::int32_t>{0, 1, 2}));
        QVERIFY(verdict.next_is_bonus);
        QCOMPARE(whole.tested, std::vector<std::int32_t>{2});
        QVERIFY(std::abs(verdict.nodes[2].ratio - 4.0F / 9) < 1e-6F);
        QVERIFY(std::isnan(verdict.nodes[1].draw));  // kept along with the node below it
        QVERIFY(std::abs(verdict.nodes[1].ratio - .2F) < 1e-6F);
        QCOMPARE(verdict.nodes[1].state, NodeState::Accepted);

        Scripted half({.45, .19});
        verdict = rules::verify_block(tree, target, half);
        QCOMPARE(verdict.path, (std::vector<std::int32_t>{0, 1}));
        QVERIFY(!verdict.next_is_bonus);
        QCOMPARE(verdict.nodes[2].state, NodeState::Rejected);
        QCOMPARE(half.emitted_after, 1);  // [2/3 p - q]+ = (1/12, 0)
        QVERIFY(distance({half.emitted_law[0] * 12, half.emitted_law[1]}, {1, 0}) < 1e-6);

        Scripted none({.45, .21});
        verdict = rules::verify_block(tree, target, none);
        QCOMPARE(verdict.path, std::vector<std::int32_t>{0});
        QCOMPARE(verdict.nodes[1].state, NodeState::Rejected);
        QCOMPARE(verdict.nodes[2].state, NodeState::NeverVerified);  // nothing is said of nodes below a refused one
        QVERIFY(std::isnan(verdict.nodes[2].ratio));
    }

    void a_forced_node_is_reached_whatever_the_law_says()
    {
        const std::vector<float> q = {.1F, .2F, .3F, .4F};
        const std::vector<float> hot = {1, 0, 0, 0};
        const rules::TargetLaw target = [&hot](std::int32_t) { return std::span<const float>(hot); };
        DraftTree tree = DraftTree::with_root(7);
        hang_children(tree, 0, DrawKind::WithReplacement, q, {0, 3});
        hang_children(tree, 2, DrawKind::WithReplacement, q, {1, 2});
        for (const bool typical : {false, true}) {
            Scripted script({.5, .5, .5, .5});
            const auto verdict =
                typical ? rules::verify_typical(tree, target, script, {}, 4) : rules::verify_traversal(tree, target, script, 4);
            QCOMPARE(verdict.path, (std::vector<std::int32_t>{0, 2, 4}));
            QCOMPARE(verdict.next, 0);
            QVERIFY(verdict.next_is_bonus);
            QCOMPARE(verdict.nodes[2].state, NodeState::Accepted);
            QVERIFY(std::isnan(verdict.nodes[4].draw));
            QVERIFY(!std::isnan(verdict.nodes[4].ratio));
            QCOMPARE(verdict.nodes[4].residual, 0.0F);
        }
        DraftTree chain = DraftTree::with_root(7);
        hang_children(chain, 0, DrawKind::WithReplacement, q, {3});
        hang_children(chain, 1, DrawKind::WithReplacement, q, {2});
        Scripted script({.5, .5});
        const auto verdict = rules::verify_block(chain, target, script, 1);
        QCOMPARE(verdict.path, (std::vector<std::int32_t>{0, 1}));
        QCOMPARE(verdict.next, 0);
        QCOMPARE(script.tested, std::vector<std::int32_t>{2});
    }

    void degenerate_trees_are_survived()
    {
        const std::vector<float> p = {.4F, .3F, .2F, .1F};
        const rules::TargetLaw target = [&p](std::int32_t) { return std::span<const float>(p); };
        DraftTree strange = DraftTree::with_root(0);
        strange.add(0, 99, .5F);
        strange.add(0, -4, .5F);
        strange.child_kind[0] = DrawKind::PointMass;
        for (const auto& verify : {block, traversal}) {
            Scripted empty({});
            QVERIFY(verify(DraftTree::with_root(3), target, empty).next_is_bonus);
            Scripted script({.0, .0});
            QCOMPARE(verify(strange, target, script).path.size(), std::size_t{1});
        }
        Scripted script({});
        QCOMPARE(rules::verify_typical(strange, target, script, {}).path.size(), std::size_t{1});
        QVERIFY(!rules::is_chain(strange));
        QVERIFY(rules::is_chain(DraftTree::with_root(3)));
    }

    void typical_thresholds_data()
    {
        QTest::addColumn<std::vector<float>>("law");
        QTest::addColumn<double>("threshold");
        // H = 1.02965: .3 exp(-H) = .107 lies above epsilon.
        QTest::newRow("a decided law") << std::vector<float>{.5F, .3F, .2F} << .09;
        // H = ln 10: .3 / 10.
        QTest::newRow("uniform over ten") << std::vector<float>(10, .1F) << .03;
        QTest::newRow("one-hot") << std::vector<float>{0, 1, 0} << .09;
    }
    void typical_thresholds()
    {
        QFETCH(std::vector<float>, law);
        QFETCH(double, threshold);
        QVERIFY(std::abs(rules::typical_threshold(law, {.epsilon = .09, .delta = .3}) - threshold) < 1e-7);
        for (std::size_t token = 0; token < law.size(); ++token) {
            DraftTree tree = DraftTree::with_root(0);
            hang_children(tree, 0, DrawKind::PointMass, law, {static_cast<TokenId>(token)});
            Scripted script({});
            const auto verdict = rules::verify_typical(tree, [&law](std::int32_t) { return std::span<const float>(law); }, script, {});
            QCOMPARE(verdict.path.size() == 2, static_cast<double>(law[token]) > threshold);
            QVERIFY(std::abs(static_cast<double>(verdict.nodes[1].ratio) - threshold) < 1e-7);
            QCOMPARE(verdict.nodes[1].residual, law[token]);
        }
    }

    void typical_takes_the_longest_then_the_likeliest_path()
    {
        //        0
        //   1:1     2:0        p after everything = (.5, .3, .15, .05), threshold .09 (H = 1.14)
        //   3:3     4:1 5:0    node 3 fails; 4 and 5 are equally deep, 5 is likelier
        const std::vector<float> p = {.5F, .3F, .15F, .05F};
        DraftTree tree = DraftTree::with_root(0);
        hang_children(tree, 0, DrawKind::PointMass, p, {1, 0});
        hang_children(tree, 1, DrawKind::PointMass, p, {3});
        hang_children(tree, 2, DrawKind::PointMass, p, {1, 0});
        for (const bool likeliest : {true, false}) {
            Scripted script({});
            const auto verdict = rules::verify_typical(tree, [&p](std::int32_t) { return std::span<const float>(p); }, script,
                                                       {.likeliest_extra = likeliest});
            QCOMPARE(verdict.path, (std::vector<std::int32_t>{0, 2, 5}));
            QCOMPARE(verdict.nodes[1].state, NodeState::NeverVerified);  // passed, but another path was taken
            QCOMPARE(verdict.nodes[3].state, NodeState::NeverVerified);
            QCOMPARE(verdict.nodes[5].state, NodeState::Accepted);
            QVERIFY(distance(script.emitted_law, likeliest ? Law{1, 0, 0, 0} : normalised(p)) < 1e-7);
        }
    }

    void typical_changes_the_law()
    {
        const ToyModels toy;
        const auto typical = [](const DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& source) {
            return rules::verify_typical(tree, target, source, {.likeliest_extra = false});
        };
        QVERIFY(joint_law(toy, kChain, typical).error > .01);
    }
};

QTEST_APPLESS_MAIN(TestJointVerification)
#include "test_joint_verification.moc"
