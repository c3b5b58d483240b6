// SPDX-License-Identifier: GPL-3.0-or-later
// Exactness by enumeration: every outcome of draft and verification with its probability. Expected numbers: methods table of the lossless
// tree rules (acceptance of 1 to 4 children), closed forms worked out in the comments.
#include "tests/rules/toy_models.h"

#include <QtTest/QtTest>

#include <array>

using namespace timberline;
using namespace timberline::test;
using record::DrawKind;
using record::NodeState;
using rules::DraftTree;

namespace {

const std::vector<float> kTarget = {.4F, .3F, .2F, .1F};
const std::vector<float> kDraft = {.1F, .2F, .3F, .4F};

/// How one position is decided: children drawn from q are given, the first emitted token comes back.
using Rule = std::function<TokenId(const std::vector<float>& p, const std::vector<float>& q, const std::vector<TokenId>& children,
                                   BranchingOracle& chance, bool& accepted)>;

Rule exact_rule(DrawKind kind)
{
    return [kind](const std::vector<float>& p, const std::vector<float>& q, const std::vector<TokenId>& children, BranchingOracle& chance,
                  bool& accepted) {
        DraftTree tree = DraftTree::with_root(0);
        hang_children(tree, 0, kind, q, children);
        const auto verdict = rules::verify_recursive_rejection(
            tree, [&p](std::int32_t) { return std::span<const float>(p); }, chance);
        accepted = verdict.path.size() > 1;
        return accepted ? tree.token[static_cast<std::size_t>(verdict.path[1])] : verdict.next;
    };
}

struct Outcome {
    Law law;
    double accepted = 0;
};

/// The emitted law of a rule, over all draws of k children and all decisions.
Outcome outcome_of(const std::vector<float>& p, const std::vector<float>& q, DrawKind kind, int k, const Rule& rule)
{
    Outcome out;
    out.law.assign(p.size(), 0.0);
    BranchingOracle::enumerate([&](BranchingOracle& oracle) {
        const auto children = draw_children(kind, q, k, oracle);
        bool accepted = false;
        const TokenId first = rule(p, q, children, oracle, accepted);
        out.law[static_cast<std::size_t>(first)] += oracle.weight();
        out.accepted += accepted ? oracle.weight() : 0;
    });
    return out;
}

/// The one checker for right and wrong rules: how far the emitted law is from the target's.
double law_error(const std::vector<float>& p, const std::vector<float>& q, DrawKind kind, int k, const Rule& rule)
{
    return distance(outcome_of(p, q, kind, k, rule).law, normalised(p));
}
constexpr double kExact = 1e-12;

// --- Rules that are wrong on purpose --------------------------------------------------------------------------------------------------

struct Slip {
    bool zero_rejected = true;   ///< s loses the rejected token
    bool update_residual = true; ///< r becomes norm([r - s]+)
    bool reorder_by_q = false;
    bool skip_duplicates = false;
};

Law renormalised(Law law)
{
    const double total = std::accumulate(law.begin(), law.end(), 0.0);
    for (double& x : law) {
        x = total > 0 ? x / total : 0;
    }
    return law;
}

Rule slipped_rule(Slip slip)
{
    return [slip](const std::vector<float>& p, const std::vector<float>& q, std::vector<TokenId> children, BranchingOracle& chance,
                  bool& accepted) {
        Law r = normalised(p);
        Law s = normalised(q);
        if (slip.reorder_by_q) {
            std::stable_sort(children.begin(), children.end(),
                             [&s](TokenId a, TokenId b) { return s[static_cast<std::size_t>(a)] > s[static_cast<std::size_t>(b)]; });
        }
        std::vector<TokenId> seen;
        for (const TokenId child : children) {
            if (slip.skip_duplicates && std::find(seen.begin(), seen.end(), child) != seen.end()) {
                continue;
            }
            seen.push_back(child);
            const auto y = static_cast<std::size_t>(child);
            float draw = 0;
            if (r[y] > 0 && chance.accept(0, s[y] > 0 ? r[y] / s[y] : 1.0, draw)) {
                accepted = true;
                return child;
            }
            if (slip.update_residual) {
                for (std::size_t i = 0; i < r.size(); ++i) {
                    r[i] = std::max(0.0, r[i] - s[i]);
                }
                r = renormalised(r);
            }
            if (slip.zero_rejected) {
                s[y] = 0;
                s = renormalised(s);
            }
        }
        accepted = false;
        return chance.emit(0, r);
    };
}

/// Planted fault: accept the draft if it equals an independent target draw, else with min(1, p/q), else emit that draw.
TokenId planted_rule(const std::vector<float>& p, const std::vector<float>& q, const std::vector<TokenId>& children,
                     BranchingOracle& chance, bool& accepted)
{
    const TokenId independent = chance.emit(0, normalised(p));
    const auto y = static_cast<std::size_t>(children[0]);
    float draw = 0;
    accepted = children[0] == independent || chance.accept(1, static_cast<double>(p[y]) / static_cast<double>(q[y]), draw);
    return accepted ? children[0] : independent;
}

void compare_laws(const Law& actual, const Law& expected, double tolerance)
{
    QVERIFY2(distance(actual, expected) <= tolerance, qPrintable(QStringLiteral("largest difference %1").arg(distance(actual, expected))));
}

} // namespace

class TestVerification : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acceptance_of_k_children_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("k");
        QTest::addColumn<double>("accepted");
        const auto add = [](const char* name, DrawKind kind, int k, double accepted) {
            QTest::addRow("%s, %d children", name, k) << static_cast<int>(kind) << k << accepted;
        };
        const std::array<double, 4> without = {0.6, 107.0 / 140.0, 14117.0 / 16800.0, 1};
        const std::array<double, 4> with = {0.6, 0.72, 0.768, 0.7912};
        const std::array<double, 4> point = {0.1, 0.3, 0.6, 1};
        for (int k = 1; k <= 4; ++k) {
            const auto i = static_cast<std::size_t>(k - 1);
            add("without replacement", DrawKind::WithoutReplacement, k, without[i]);
            add("with replacement", DrawKind::WithReplacement, k, with[i]);
            add("point mass on the top k of q", DrawKind::PointMass, k, point[i]);
        }
    }
    void acceptance_of_k_children()
    {
        QFETCH(int, kind);
        QFETCH(int, k);
        QFETCH(double, accepted);
        const auto draw_kind = static_cast<DrawKind>(kind);
        const Outcome outcome = outcome_of(kTarget, kDraft, draw_kind, k, exact_rule(draw_kind));
        compare_laws(outcome.law, normalised(kTarget), kExact);
        // The fractions belong to decimal laws; .1F differs from .1 by 1.5e-9 and its neighbours by up to 1.2e-8.
        QVERIFY2(std::abs(outcome.accepted - accepted) < 2e-7, qPrintable(QString::number(outcome.accepted, 'g', 12)));
    }

    void wrong_variants_are_caught_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<Slip>("slip");
        QTest::addColumn<Law>("law");
        const auto row = [](const char* name, DrawKind kind, Slip slip, Law law) {
            QTest::newRow(name) << static_cast<int>(kind) << slip << law;
        };
        const auto without = DrawKind::WithoutReplacement;
        row("draft law keeps the rejected token", without, {.zero_rejected = false}, {.3566, .3434, .2, .1});
        row("no residual update", without, {.update_residual = false}, {.2231, .3627, .2894, .1247});
        row("siblings re-ordered by q", without, {.reorder_by_q = true}, {.4377, .2253, .1579, .1790});
        row("duplicates skipped without the residual step", DrawKind::WithReplacement, {.zero_rejected = false, .skip_duplicates = true},
            {.3732, .3268, .2, .1});
        row("top-2 children tested as sampled, law updated", DrawKind::PointMass, {}, {.75, 0, 0, .25});
        row("top-2 children tested as sampled, law unchanged", DrawKind::PointMass, {.zero_rejected = false}, {.6964, .0536, 0, .25});
    }
    void wrong_variants_are_caught()
    {
        QFETCH(int, kind);
        QFETCH(Slip, slip);
        QFETCH(Law, law);
        const auto draw_kind = static_cast<DrawKind>(kind);
        compare_laws(outcome_of(kTarget, kDraft, draw_kind, 2, slipped_rule(slip)).law, law, 6e-5); // four printed digits
        QVERIFY(law_error(kTarget, kDraft, draw_kind, 2, slipped_rule(slip)) > 0.01);
        QVERIFY(law_error(kTarget, kDraft, draw_kind, 2, exact_rule(draw_kind)) <= kExact);
    }

    void planted_fault_is_caught_data()
    {
        QTest::addColumn<std::vector<float>>("p");
        QTest::addColumn<std::vector<float>>("q");
        QTest::addColumn<Law>("wrong");
        QTest::newRow("two tokens, one-sided draft") << std::vector<float>{.5F, .5F} << std::vector<float>{1, 0} << Law{.75, .25};
        QTest::newRow("three tokens") << std::vector<float>{.7F, .2F, .1F} << std::vector<float>{.2F, .3F, .5F} << Law{.55, .30, .15};
    }
    void planted_fault_is_caught()
    {
        QFETCH(std::vector<float>, p);
        QFETCH(std::vector<float>, q);
        QFETCH(Law, wrong);
        compare_laws(outcome_of(p, q, DrawKind::WithReplacement, 1, planted_rule).law, wrong, 1e-7);
        QVERIFY(law_error(p, q, DrawKind::WithReplacement, 1, planted_rule) > 0.01);
        for (const DrawKind kind : {DrawKind::WithReplacement, DrawKind::WithoutReplacement, DrawKind::PointMass}) {
            QVERIFY(law_error(p, q, kind, 1, exact_rule(kind)) <= kExact);
        }
    }

    void dropping_a_sampled_token_biases()
    {
        // Pitfall P1: token 1 is discarded after it was sampled, and the target is sampled instead. .6 * 5/6 + .4 * .5 = .7
        const Rule dropping = [](const std::vector<float>& p, const std::vector<float>& q, const std::vector<TokenId>& children,
                                 BranchingOracle& chance, bool& accepted) {
            if (children[0] == 1) {
                accepted = false;
                return chance.emit(0, normalised(p));
            }
            return exact_rule(DrawKind::WithoutReplacement)(p, q, children, chance, accepted);
        };
        const std::vector<float> p = {.5F, .5F};
        const std::vector<float> q = {.6F, .4F};
        compare_laws(outcome_of(p, q, DrawKind::WithoutReplacement, 1, dropping).law, {.7, .3}, 1e-7);
        QVERIFY(law_error(p, q, DrawKind::WithoutReplacement, 1, dropping) > 0.1);
    }

    void one_draft_token_data()
    {
        QTest::addColumn<std::vector<float>>("p");
        QTest::addColumn<std::vector<float>>("q");
        QTest::addColumn<double>("alpha");
        QTest::newRow("acceptance is the overlap") << std::vector<float>{.5F, .3F, .2F} << std::vector<float>{.2F, .6F, .2F} << .7;
        QTest::newRow("equal laws never reject") << std::vector<float>{.5F, .3F, .2F} << std::vector<float>{.5F, .3F, .2F} << 1.;
        QTest::newRow("disjoint supports always reject") << std::vector<float>{.5F, .5F, 0} << std::vector<float>{0, 0, 1} << 0.;
        QTest::newRow("one-hot target accepts only its argmax") << std::vector<float>{0, 1, 0} << std::vector<float>{.2F, .6F, .2F} << .6;
        QTest::newRow("draft unnormalised by rounding")
            << std::vector<float>{.5F, .3F, .2F} << std::vector<float>{.20001F, .60003F, .20001F} << .7;
    }
    void one_draft_token()
    {
        QFETCH(std::vector<float>, p);
        QFETCH(std::vector<float>, q);
        QFETCH(double, alpha);
        for (const DrawKind kind : {DrawKind::WithoutReplacement, DrawKind::WithReplacement}) {
            const Outcome outcome = outcome_of(p, q, kind, 1, exact_rule(kind));
            QVERIFY2(std::abs(outcome.accepted - alpha) < 1e-5, qPrintable(QString::number(outcome.accepted)));
            compare_laws(outcome.law, normalised(p), kExact);
        }
    }

    void whole_trees_are_exact_data()
    {
        QTest::addColumn<Shape>("shape");
        const std::array<std::pair<const char*, DrawKind>, 3> kinds = {{{"without replacement", DrawKind::WithoutReplacement},
                                                                        {"with replacement", DrawKind::WithReplacement},
                                                                        {"point mass", DrawKind::PointMass}}};
        for (const auto& [root_name, root] : kinds) {
            for (const auto& [below_name, below] : kinds) {
                for (const auto& [first, second] : std::array<std::pair<int, int>, 3>{{{1, 1}, {2, 1}, {2, 2}}}) {
                    QTest::addRow("%d %s, then %d %s", first, root_name, second, below_name) << Shape{root, first, below, second};
                }
            }
        }
    }
    void whole_trees_are_exact()
    {
        QFETCH(Shape, shape);
        const ToyModels toy;
        const auto recursive = [](const DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& source) {
            return rules::verify_recursive_rejection(tree, target, source);
        };
        const auto compared = [](const DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& source) {
            return rules::verify_sample_and_compare(tree, target, source);
        };
        const double recursive_error = joint_law(toy, shape, recursive).error;
        QVERIFY2(recursive_error <= kExact, qPrintable(QString::number(recursive_error)));
        const double compared_error = joint_law(toy, shape, compared).error;
        QVERIFY2(compared_error <= kExact, qPrintable(QString::number(compared_error)));
    }

    void point_mass_accepts_as_often_as_sample_and_compare()
    {
        // Both descend with probability sum of p over the children: .4 + .1 for {3, 0}.
        DraftTree tree = DraftTree::with_root(0);
        hang_children(tree, 0, DrawKind::PointMass, kDraft, {3, 0});
        for (const bool compare : {false, true}) {
            double accepted = 0;
            BranchingOracle::enumerate([&](BranchingOracle& oracle) {
                const rules::TargetLaw target = [](std::int32_t) { return std::span<const float>(kTarget); };
                const auto verdict = compare ? rules::verify_sample_and_compare(tree, target, oracle)
                                             : rules::verify_recursive_rejection(tree, target, oracle);
                accepted += verdict.path.size() > 1 ? oracle.weight() : 0;
            });
            QVERIFY(std::abs(accepted - .5) < 1e-7);
        }
    }
};

QTEST_APPLESS_MAIN(TestVerification)
#include "test_verification.moc"
