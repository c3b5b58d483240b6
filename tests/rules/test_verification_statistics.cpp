// SPDX-License-Identifier: GPL-3.0-or-later
// The same rules on 10^5 keyed draws: Pearson's chi-square against the target's law at the 0.1 % level. A rule that is wrong on purpose
// must fail the very same test. Critical values: chi-square table, upper tail 0.001.
#include "tests/rules/branching_oracle.h"

#include "core/rules/tree_shapes.h"

#include <QtTest/QtTest>

#include <array>
#include <map>

using namespace timberline;
using namespace timberline::test;
using record::DrawKind;
using rules::DraftTree;

namespace {

constexpr std::uint32_t kRounds = 100000;

double critical_value(std::size_t cells)
{
    const std::map<std::size_t, double> table = {{2, 10.828}, {3, 13.816}, {4, 16.266}, {6, 20.515}, {9, 26.124}, {12, 31.264}};
    return table.at(cells);
}

/// Pearson's statistic; a count in a cell of probability 0 makes it infinite.
double chi_square(const std::vector<std::int64_t>& counts, const Law& law)
{
    const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
    double statistic = 0;
    for (std::size_t i = 0; i < law.size(); ++i) {
        const double expected = total * law[i];
        const auto count = static_cast<double>(counts[i]);
        if (expected <= 0) {
            statistic += count > 0 ? INFINITY : 0;
        } else {
            statistic += (count - expected) * (count - expected) / expected;
        }
    }
    return statistic;
}

bool passes(const std::vector<std::int64_t>& counts, const Law& law)
{
    const auto cells = static_cast<std::size_t>(std::count_if(law.begin(), law.end(), [](double x) { return x > 0; }));
    return chi_square(counts, law) < critical_value(cells);
}

enum class RuleName { Recursive, Compare, Planted };

TokenId decide(RuleName name, const DraftTree& tree, const std::vector<float>& p, KeyedSource& source)
{
    const rules::TargetLaw target = [&p](std::int32_t) { return std::span<const float>(p); };
    if (name == RuleName::Planted) {
        const TokenId independent = source.emit(0, normalised(p));
        const TokenId child = tree.token[1];
        const auto y = static_cast<std::size_t>(child);
        float draw = 0;
        const bool keep =
            child == independent || source.accept(1, static_cast<double>(p[y]) / static_cast<double>(tree.draft_law(0)[y]), draw);
        return keep ? child : independent;
    }
    const auto verdict = name == RuleName::Recursive ? rules::verify_recursive_rejection(tree, target, source)
                                                     : rules::verify_sample_and_compare(tree, target, source);
    return verdict.path.size() > 1 ? tree.token[static_cast<std::size_t>(verdict.path[1])] : verdict.next;
}

} // namespace

class TestVerificationStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void emitted_law_data()
    {
        QTest::addColumn<int>("rule");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("k");
        QTest::addColumn<std::vector<float>>("p");
        QTest::addColumn<std::vector<float>>("q");
        QTest::addColumn<bool>("exact");
        const std::vector<float> p4 = {.4F, .3F, .2F, .1F};
        const std::vector<float> q4 = {.1F, .2F, .3F, .4F};
        const std::vector<float> p2 = {.5F, .5F};
        const std::vector<float> q2 = {1, 0};
        const std::vector<float> p3 = {.7F, .2F, .1F};
        const std::vector<float> q3 = {.2F, .3F, .5F};
        const auto row = [](const char* name, RuleName rule, DrawKind kind, int k, const auto& p, const auto& q, bool exact) {
            QTest::newRow(name) << static_cast<int>(rule) << static_cast<int>(kind) << k << p << q << exact;
        };
        row("chain, four tokens", RuleName::Recursive, DrawKind::WithoutReplacement, 1, p4, q4, true);
        row("chain, one-sided draft", RuleName::Recursive, DrawKind::WithReplacement, 1, p2, q2, true);
        row("chain, three tokens", RuleName::Recursive, DrawKind::WithReplacement, 1, p3, q3, true);
        row("three children without replacement", RuleName::Recursive, DrawKind::WithoutReplacement, 3, p4, q4, true);
        row("three children with replacement", RuleName::Recursive, DrawKind::WithReplacement, 3, p4, q4, true);
        row("two chosen children", RuleName::Recursive, DrawKind::PointMass, 2, p4, q4, true);
        row("sample and compare", RuleName::Compare, DrawKind::WithReplacement, 2, p4, q4, true);
        row("planted fault, one-sided draft", RuleName::Planted, DrawKind::WithReplacement, 1, p2, q2, false);
        row("planted fault, three tokens", RuleName::Planted, DrawKind::WithReplacement, 1, p3, q3, false);
    }
    void emitted_law()
    {
        QFETCH(int, rule);
        QFETCH(int, kind);
        QFETCH(int, k);
        QFETCH(std::vector<float>, p);
        QFETCH(std::vector<float>, q);
        QFETCH(bool, exact);
        std::vector<std::int64_t> counts(p.size(), 0);
        for (std::uint32_t round = 0; round < kRounds; ++round) {
            KeyedSource source(20240811, round);
            DraftTree tree = DraftTree::with_root(0);
            hang_children(tree, 0, static_cast<DrawKind>(kind), q, draw_children(static_cast<DrawKind>(kind), q, k, source));
            ++counts[static_cast<std::size_t>(decide(static_cast<RuleName>(rule), tree, p, source))];
        }
        const double statistic = chi_square(counts, normalised(p));
        QVERIFY2(passes(counts, normalised(p)) == exact, qPrintable(QStringLiteral("chi-square %1").arg(statistic)));
    }

    void two_tokens_of_a_chain()
    {
        // Independent positions: the first two committed tokens must follow p x p, also when the round committed only one of them.
        const std::vector<float> p = {.5F, .3F, .2F};
        const std::vector<float> q = {.2F, .6F, .2F};
        std::vector<std::int64_t> counts(9, 0);
        for (std::uint32_t round = 0; round < kRounds; ++round) {
            KeyedSource source(77, round);
            DraftTree tree = DraftTree::with_root(0);
            std::int32_t leaf = 0;
            for (int depth = 0; depth < 2; ++depth) {
                hang_children(tree, leaf, DrawKind::WithoutReplacement, q, draw_children(DrawKind::WithoutReplacement, q, 1, source));
                leaf = static_cast<std::int32_t>(tree.size()) - 1;
            }
            const auto verdict = rules::verify_recursive_rejection(
                tree, [&p](std::int32_t) { return std::span<const float>(p); }, source);
            std::vector<TokenId> text = tree.path_tokens(verdict.path.back());
            text.push_back(verdict.next);
            if (text.size() == 1) {
                text.push_back(source.emit(100, normalised(p)));
            }
            ++counts[static_cast<std::size_t>(text[0] * 3 + text[1])];
        }
        Law law;
        for (const double a : normalised(p)) {
            for (const double b : normalised(p)) {
                law.push_back(a * b);
            }
        }
        QVERIFY2(passes(counts, law), qPrintable(QString::number(chi_square(counts, law))));
    }

    void ordered_draws_without_replacement()
    {
        // Exact law of the ordered pair (a, b): q(a) q(b) / (1 - q(a)).
        const std::vector<float> q = {.4F, .3F, .2F, .1F};
        Law law;
        std::map<std::pair<int, int>, std::size_t> cell;
        const Law exact = normalised(q);
        for (int a = 0; a < 4; ++a) {
            for (int b = 0; b < 4; ++b) {
                if (a != b) {
                    cell[{a, b}] = law.size();
                    law.push_back(exact[static_cast<std::size_t>(a)] * exact[static_cast<std::size_t>(b)] /
                                  (1 - exact[static_cast<std::size_t>(a)]));
                }
            }
        }
        std::vector<std::int64_t> counts(law.size(), 0);
        std::vector<std::int64_t> wrong_order(law.size(), 0);
        for (std::uint32_t round = 0; round < kRounds; ++round) {
            RandomStream stream({5, RandomPurpose::DraftKeys, round, 0, 0});
            std::vector<double> uniforms;
            for (int i = 0; i < 4; ++i) {
                uniforms.push_back(stream.next());
            }
            const auto drawn = rules::draw_without_replacement(q, uniforms, 2);
            ++counts[cell.at({drawn[0], drawn[1]})];
            ++wrong_order[cell.at({std::min(drawn[0], drawn[1]), std::max(drawn[0], drawn[1])})];
        }
        QVERIFY2(passes(counts, law), qPrintable(QString::number(chi_square(counts, law))));
        QVERIFY(!passes(wrong_order, law)); // the test can tell an order that is not the draw order
    }
};

QTEST_APPLESS_MAIN(TestVerificationStatistics)
#include "test_verification_statistics.moc"
