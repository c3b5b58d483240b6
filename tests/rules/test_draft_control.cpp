// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic of the controllers. Expected numbers: the methods specification's tables (1.5, 2.3, 3.4, 3.8) and closed forms in the
// comments.
#include "core/rules/draft_control.h"
#include "core/rules/sequoia.h"
#include "core/rules/tree_shapes.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>

using namespace timberline;
using record::NodeState;

namespace {

QString text_of(double number)
{
    return QString::number(number, 'g', 15);
}

/// A chain of `drafted` tokens of which the first `accepted` were kept.
record::Round chain_round(int drafted, int accepted)
{
    record::Round round;
    for (int i = 0; i <= drafted; ++i) {
        record::Node node;
        node.parent = i - 1;
        node.depth = static_cast<std::int16_t>(i);
        node.state = i == 0              ? NodeState::Root
                     : i <= accepted     ? NodeState::Accepted
                     : i == accepted + 1 ? NodeState::Rejected
                                         : NodeState::NeverVerified;
        round.nodes.push_back(node);
        if (i <= accepted) {
            round.path.push_back(i);
        }
    }
    record::Node extra;
    extra.parent = accepted;
    extra.depth = static_cast<std::int16_t>(accepted + 1);
    extra.state = accepted == drafted ? NodeState::Bonus : NodeState::Correction;
    round.next_node = static_cast<std::int32_t>(round.nodes.size());
    round.nodes.push_back(extra);
    return round;
}

/// 1 + the m - 1 largest products of positional acceptances along paths of at most `levels` - 1 edges: best first.
double largest_products(const std::vector<double>& positional, int m, int levels)
{
    std::priority_queue<std::pair<double, int>> waiting;
    waiting.push({1.0, 0});
    double total = 0;
    for (int taken = 0; taken < m && !waiting.empty(); ++taken) {
        const auto [product, depth] = waiting.top();
        waiting.pop();
        total += product;
        for (const double p : positional) {
            if (depth + 1 < levels) {
                waiting.push({product * p, depth + 1});
            }
        }
    }
    return total;
}

const std::vector<double> kFixture = {.6, .2, .1};

}  // namespace

class TestDraftControl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void outcome_of_a_round()
    {
        auto outcome = rules::outcome_of(chain_round(5, 3));
        QVERIFY(outcome.counts);
        QCOMPARE(outcome.drafted, 5);
        QCOMPARE(outcome.accepted, 3);
        auto round = chain_round(5, 3);
        round.forced_node = 2;
        QVERIFY(!rules::outcome_of(round).counts);
        round = chain_round(5, 3);
        round.next_node = -1;
        QVERIFY(!rules::outcome_of(round).counts);  // an end token: the last two were not refused
        QVERIFY(!rules::outcome_of(chain_round(0, 0)).counts);
    }

    void beta_posterior()
    {
        rules::BetaPosterior plain{1, 1};
        plain.learn({.drafted = 5, .accepted = 3, .counts = true}, false);
        QCOMPARE(plain.a, 4.0);
        QCOMPARE(plain.b, 3.0);
        rules::BetaPosterior censored{1, 1};
        censored.learn({.drafted = 5, .accepted = 3, .counts = true}, true);
        QCOMPARE(censored.a, 4.0);
        QCOMPARE(censored.b, 2.0);
        censored.learn({.drafted = 4, .accepted = 4, .counts = true}, true);
        QCOMPARE(censored.b, 2.0);  // nothing was refused
        rules::BetaPosterior fading{9, 3};
        fading.forget(.5);
        QCOMPARE(fading.a, 5.0);
        QCOMPARE(fading.b, 2.0);
        QCOMPARE(fading.mean(), 5.0 / 7);
    }

    void another_prior()
    {
        rules::BetaPosterior posterior{.a = 4, .b = 1};
        posterior.learn({.drafted = 4, .accepted = 3, .counts = true}, true);
        posterior.move_prior(2, -0.5);
        QCOMPARE(posterior.a, 9.0);
        QCOMPARE(posterior.b, 1.5);
        posterior.move_prior(-20, -20);
        QCOMPARE(posterior.a, 0.5);
        QCOMPARE(posterior.b, 0.5);
    }

    void calibration_posterior()
    {
        // 1/sigma^2 = 25, 1/noise^2 = 4, e = -.7: mean -2.8/29, variance 1/29.
        rules::NormalPosterior error{0, .2};
        error.learn(-.7, .5);
        QVERIFY(std::abs(error.mean + 2.8 / 29) < 1e-15);
        QVERIFY(std::abs(error.deviation * error.deviation - 1.0 / 29) < 1e-15);
    }

    void draws_have_their_moments_data()
    {
        QTest::addColumn<double>("a");
        QTest::addColumn<double>("b");
        QTest::newRow("flat") << 1. << 1.;
        QTest::newRow("as in the specification") << 9. << 3.;
        QTest::newRow("both below 1") << .5 << .5;
        QTest::newRow("sharp") << 800. << 200.;
    }
    void draws_have_their_moments()
    {
        QFETCH(double, a);
        QFETCH(double, b);
        constexpr int kDraws = 20000;
        double sum = 0;
        double squares = 0;
        double normal = 0;
        double normal_squares = 0;
        for (int i = 0; i < kDraws; ++i) {
            RandomStream stream({7, RandomPurpose::Test, static_cast<std::uint32_t>(i), 0, 0});
            const double x = rules::sample_beta(stream, a, b);
            QVERIFY(x >= 0 && x <= 1);
            sum += x;
            squares += x * x;
            const double y = rules::sample_normal(stream, 2, 3);
            normal += y;
            normal_squares += (y - 2) * (y - 2);
        }
        const double mean = a / (a + b);
        const double variance = a * b / ((a + b) * (a + b) * (a + b + 1));
        // Five standard errors of the mean; the variance to 5%.
        QVERIFY2(std::abs(sum / kDraws - mean) < 5 * std::sqrt(variance / kDraws), qPrintable(text_of(sum / kDraws)));
        const double spread = squares / kDraws - sum / kDraws * (sum / kDraws);
        QVERIFY2(std::abs(spread / variance - 1) < .05, qPrintable(text_of(spread / variance)));
        QVERIFY(std::abs(normal / kDraws - 2) < 5 * 3 / std::sqrt(kDraws));
        QVERIFY(std::abs(normal_squares / kDraws / 9 - 1) < .05);
    }

    void mean_draft_length()
    {
        // After each included token on with chance theta, at most 8: (1 - theta^8) / (1 - theta).
        QVERIFY(std::abs(rules::expected_tokens(.8, 7) - 4.1611) < 5e-5);
        QVERIFY(std::abs(rules::expected_tokens(.75, 7) - 3.5995) < 5e-5);
    }

    void break_even_lengths_data()
    {
        QTest::addColumn<double>("acceptance");
        QTest::addColumn<double>("cost");
        QTest::addColumn<int>("length");
        QTest::addColumn<double>("speedup");
        const auto row = [](double acceptance, double cost, int length, double speedup) {
            QTest::addRow("acceptance %g, cost %g", acceptance, cost) << acceptance << cost << length << speedup;
        };
        row(.6, .05, 4, 1.921);
        row(.6, .10, 3, 1.674);
        row(.6, .25, 2, 1.307);
        row(.8, .05, 8, 3.092);
        row(.8, .10, 6, 2.470);
        row(.8, .25, 3, 1.687);
        row(.9, .05, 13, 4.674);
        row(.9, .10, 10, 3.431);
        row(.9, .25, 6, 2.087);
    }
    void break_even_lengths()
    {
        QFETCH(double, acceptance);
        QFETCH(double, cost);
        QFETCH(int, length);
        QFETCH(double, speedup);
        QCOMPARE(rules::break_even_length(acceptance, {.draft = cost, .verify = 0}, 16), length);
        QVERIFY(std::abs(rules::ideal_speedup(acceptance, length, cost) - speedup) < 5e-4);
        // What a token costs in the target's pass counts as well: the same sum, split otherwise.
        QCOMPARE(rules::break_even_length(acceptance, {.draft = cost / 2, .verify = cost / 2}, 16), length);
        QCOMPARE(rules::break_even_length(acceptance, {.draft = cost, .verify = 0}, 1), 1);
    }
    void one_more_pays()
    {
        // One token drafted at .25 each, half of them accepted: 1.25 A > 1.5 * .25,
        // A > .3.
        const rules::RoundCost cost{.draft = .2, .verify = .05};
        QVERIFY(rules::one_more_pays(.31, 1.5, 1, cost));
        QVERIFY(!rules::one_more_pays(.29, 1.5, 1, cost));
        // Two drafted: 1.5 A > 1.75 * .25, A > .2917.
        QVERIFY(rules::one_more_pays(.30, 1.75, 2, cost));
        QVERIFY(!rules::one_more_pays(.28, 1.75, 2, cost));
    }
    void drafting_that_never_pays()
    {
        QCOMPARE(rules::break_even_length(.2, {.draft = .25, .verify = 0}, 16), 0);  // .2 / .25 < 1
        QCOMPARE(rules::break_even_length(0, {.draft = 0, .verify = 0}, 16), 0);
        QCOMPARE(rules::break_even_length(1, {.draft = .9, .verify = 0}, 16), 16);
    }

    void match_threshold()
    {
        // m = .5 * 0 + .5 * 3/4 = .375 < .9: h' = .81, h = .9 * .8 + .1 * .81 = .801.
        rules::MatchThreshold rule;
        rule.learn({.drafted = 4, .accepted = 3, .counts = true}, false, {});
        QVERIFY(std::abs(rule.match_rate - .375) < 1e-15);
        QVERIFY(std::abs(rule.threshold - .801) < 1e-15);
        // m = .95 from .9: above the target h falls by .1 * .01 ...
        rule = {.threshold = .8, .match_rate = .9};
        rule.learn({.drafted = 4, .accepted = 4, .counts = true}, false, {});
        QVERIFY(std::abs(rule.match_rate - .95) < 1e-15);
        QVERIFY(std::abs(rule.threshold - .799) < 1e-15);
        // ... unless the draft was as long as it may be.
        rule = {.threshold = .8, .match_rate = .9};
        rule.learn({.drafted = 8, .accepted = 8, .counts = true}, true, {});
        QVERIFY(std::abs(rule.threshold - .8) < 1e-15);
        // Too few matches raise it even then.
        rule = {.threshold = .8, .match_rate = 0};
        rule.learn({.drafted = 8, .accepted = 8, .counts = true}, true, {});
        QVERIFY(std::abs(rule.threshold - .801) < 1e-15);
    }

    void sequoia_fixture()
    {
        const rules::SequoiaTable table(kFixture, 8, 6);
        const std::vector<double> unbound = {1, 1.6, 1.96, 2.176, 2.376, 2.5056, 2.6256, 2.7456};
        const std::vector<double> four = {2.496, 2.616, 2.716};
        for (std::int32_t m = 1; m <= 8; ++m) {
            for (const std::int32_t l : {5, 6}) {
                QVERIFY2(std::abs(table.best(m, l) - unbound[static_cast<std::size_t>(m - 1)]) < 1e-12,
                         qPrintable(text_of(table.best(m, l))));
            }
            if (m >= 6) {
                QVERIFY2(std::abs(table.best(m, 4) - four[static_cast<std::size_t>(m - 6)]) < 1e-12, qPrintable(text_of(table.best(m, 4))));
            }
        }
        QVERIFY(std::isinf(table.best(2, 1)));
        QVERIFY(std::isinf(table.best(5, 2)));  // a root with three children has four nodes
        QCOMPARE(table.best(1, 1), 1.0);
        // m = 5 is the first to branch.
        for (const auto& [m, widest] : {std::pair{4, 1}, {5, 2}}) {
            const auto shape = table.shape(m, 6);
            QCOMPARE(*std::ranges::max_element(shape.children), widest);
        }
    }

    void sequoia_equals_the_largest_products()
    {
        for (std::uint32_t key = 0; key < 40; ++key) {
            RandomStream stream({11, RandomPurpose::Test, key, 0, 0});
            std::vector<double> positional;
            double left = 1;
            for (std::uint32_t i = 0; i <= key % 4; ++i) {
                positional.push_back(left * stream.next());
                left -= positional.back();
            }
            std::ranges::sort(positional, std::greater<>());
            const rules::SequoiaTable table(positional, 14, 15);
            for (std::int32_t m = 1; m <= 14; ++m) {
                const double wanted = largest_products(positional, m, 15);
                QVERIFY2(std::abs(table.best(m, 15) - wanted) < 1e-12, qPrintable(QString("key %1, %2 nodes").arg(key).arg(m)));
                const auto shape = table.shape(m, 15);
                QCOMPARE(shape.size(), static_cast<std::size_t>(m));
                QVERIFY(std::abs(rules::expected_tokens(shape, positional) - wanted) < 1e-12);
            }
        }
    }

    void sequoia_shapes_are_trees()
    {
        const rules::SequoiaTable table(kFixture, 12, 4);
        for (std::int32_t l = 2; l <= 4; ++l) {
            for (std::int32_t m = 1; m <= 12; ++m) {
                if (std::isinf(table.best(m, l))) {
                    continue;
                }
                const auto shape = table.shape(m, l);
                QCOMPARE(shape.size(), static_cast<std::size_t>(m));
                QVERIFY(shape.levels <= l);
                // Breadth first: the children of the nodes stand one block after the other.
                std::int32_t next = 1;
                for (std::size_t node = 0; node < shape.size(); ++node) {
                    QVERIFY(shape.children[node] <= 3);
                    QCOMPARE(shape.first_child[node], next);
                    next += shape.children[node];
                }
                QCOMPARE(next, m);
                QVERIFY(std::abs(rules::expected_tokens(shape, kFixture) - table.best(m, l)) < 1e-12);
            }
        }
    }

    void sequoia_weighs_costs()
    {
        const rules::SequoiaTable table(kFixture, 8, 6);
        // One pass brings at most .6 + .2 + .1 tokens, each further one less: at .95 nothing pays, at .7 one level of three does.
        QCOMPARE(table.cheapest({.draft = .95, .verify = 0}).size(), std::size_t{1});
        QCOMPARE(table.cheapest({.draft = .7, .verify = 0}).size(), std::size_t{4});
        for (const double draft : {.05, .1, .3}) {
            for (const double verify : {0.0, .02, .1}) {
                double least = 1;
                for (std::int32_t l = 1; l <= 6; ++l) {
                    for (std::int32_t m = 1; m <= 8; ++m) {
                        least = std::min(least, ((l - 1) * draft + 1 + (m - 1) * verify) / std::max(table.best(m, l), 1e-9));
                    }
                }
                const auto shape = table.cheapest({.draft = draft, .verify = verify});
                const double cost = (shape.levels - 1) * draft + 1 + static_cast<double>(shape.size() - 1) * verify;
                QVERIFY(std::abs(cost / rules::expected_tokens(shape, kFixture) - least) < 1e-12);
            }
        }
    }

    void positional_acceptance()
    {
        // Root with two children (the second accepted), which has one child (refused): P1 1 of 3 visits with the prior's half, P2 1 of 2.
        record::Round round;
        const auto add = [&round](std::int32_t parent, std::int16_t order, NodeState state) {
            record::Node node;
            node.parent = parent;
            node.order = order;
            node.depth = static_cast<std::int16_t>(parent < 0 ? 0 : round.nodes[static_cast<std::size_t>(parent)].depth + 1);
            node.state = state;
            round.nodes.push_back(node);
        };
        add(-1, 0, NodeState::Root);
        add(0, 0, NodeState::Rejected);
        add(0, 1, NodeState::Accepted);
        add(1, 0, NodeState::NeverVerified);  // below a refused node: nobody visited it
        add(2, 0, NodeState::Rejected);
        add(2, 1, NodeState::Correction);
        round.path = {0, 2};
        round.next_node = 5;
        rules::PositionalAcceptance positional({.5, .5, .25}, 1);
        positional.learn(round);
        const auto p = positional.estimate();
        QVERIFY(std::abs(p[0] - .5 / 3) < 1e-15);
        QVERIFY(std::abs(p[1] - 1.5 / 2) < 1e-15);
        QCOMPARE(p[2], .25);
        round.forced_node = 2;
        positional.learn(round);
        QCOMPARE(positional.estimate(), p);
    }
};

QTEST_APPLESS_MAIN(TestDraftControl)
#include "test_draft_control.moc"
