// SPDX-License-Identifier: GPL-3.0-or-later
// What people ask of a tree: is the rule exact, what would the best tree have given, where does drafting pay. Expected values are closed
// forms, brute force and the laws that methods/decoding.md derives by enumeration.

#include "core/rules/break_even.h"
#include "core/rules/certificate.h"
#include "core/rules/hindsight.h"
#include "core/rules/tree_shapes.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace timberline;
using record::DrawKind;
using record::NodeState;

class TestDraftQuestions : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void chiSquareTailsFollowTheirClosedForms_data();
    void chiSquareTailsFollowTheirClosedForms();
    void pooledCellsAndImpossibleCounts();
    void theRulesInUseAreCertified_data();
    void theRulesInUseAreCertified();
    void everyWrongRuleIsFlagged_data();
    void everyWrongRuleIsFlagged();
    void samplingFlagsThePlantedRuleAndPassesTheRightOne();
    void bestTreesEqualBruteForce();
    void aChainExpectsItsGeometricSum();
    void hindsightFollowsTheTextThroughPrunedCandidates();
    void timesAreFittedRobustly();
    void speedupsFollowTheFormula();
    void aWorkingPointReturnsItsOwnRoundTimes();
};

namespace {

rules::VerifyFunction recursive()
{
    return [](const rules::DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& decisions) {
        return rules::verify_recursive_rejection(tree, target, decisions);
    };
}

rules::VerifyFunction compare()
{
    return [](const rules::DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& decisions) {
        return rules::verify_sample_and_compare(tree, target, decisions);
    };
}

void close(const std::vector<double>& got, const std::vector<double>& expected, double tolerance)
{
    QCOMPARE(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        QVERIFY2(std::abs(got[i] - expected[i]) <= tolerance,
                 qPrintable(QString("entry %1: %2, expected %3").arg(i).arg(got[i]).arg(expected[i])));
    }
}

}  // namespace

void TestDraftQuestions::chiSquareTailsFollowTheirClosedForms_data()
{
    QTest::addColumn<double>("statistic");
    QTest::addColumn<double>("degrees");
    QTest::addColumn<double>("tail");
    for (const double x : {0.1, 1.0, 5.0, 40.0, 300.0}) {
        const auto row = [x](double degrees, double tail) {
            QTest::newRow(qPrintable(QString("%1 degrees at %2").arg(degrees).arg(x))) << x << degrees << tail;
        };
        row(1, std::erfc(std::sqrt(x / 2)));
        row(2, std::exp(-x / 2));
        row(4, std::exp(-x / 2) * (1 + x / 2));
        row(6, std::exp(-x / 2) * (1 + x / 2 + x * x / 8));
    }
    QTest::newRow("a table's 5 % point of 100 degrees") << 124.3421134 << 100.0 << 0.05;
}

void TestDraftQuestions::chiSquareTailsFollowTheirClosedForms()
{
    QFETCH(double, statistic);
    QFETCH(double, degrees);
    QFETCH(double, tail);
    const double got = rules::chi_square_tail(statistic, degrees);
    QVERIFY2(std::abs(got - tail) <= 1e-9 * tail + 1e-15, qPrintable(QString::number(got, 'g', 15)));
}

void TestDraftQuestions::pooledCellsAndImpossibleCounts()
{
    // Expected 60, 38, 1, 1: the last two form one cell of 2 beside which 3 were counted.
    const std::vector<std::int64_t> counts{57, 40, 1, 2};
    const auto test = rules::chi_square_test(counts, std::vector<double>{.6, .38, .01, .01});
    QCOMPARE(test.degrees, 2);
    QVERIFY(std::abs(test.statistic - (9 / 60.0 + 4 / 38.0 + 1 / 2.0)) < 1e-12);
    QVERIFY(std::abs(test.total_variation - (.03 + .02 + 0 + .01) / 2) < 1e-12);
    const auto impossible = rules::chi_square_test(std::vector<std::int64_t>{99, 1}, std::vector<double>{1, 0});
    QCOMPARE(impossible.p_value, 0.0);
    QVERIFY(std::isnan(rules::chi_square_tail(1, 0)) && std::isnan(rules::chi_square_tail(-1, 3)));
}

void TestDraftQuestions::theRulesInUseAreCertified_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("by_comparison");
    for (const auto kind : {DrawKind::PointMass, DrawKind::WithoutReplacement, DrawKind::WithReplacement}) {
        for (const bool by_comparison : {false, true}) {
            const auto word = record::name_of(kind);
            QTest::newRow(qPrintable(QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size())) +
                                     (by_comparison ? ", sample and compare" : ", recursive rejection")))
                << static_cast<int>(kind) << by_comparison;
        }
    }
}

void TestDraftQuestions::theRulesInUseAreCertified()
{
    QFETCH(int, kind);
    QFETCH(bool, by_comparison);
    const auto cases = rules::certificate_cases(static_cast<DrawKind>(kind));
    QVERIFY(cases.size() >= 16);
    for (const auto& world : cases) {
        const auto result = rules::certify(by_comparison ? compare() : recursive(), world);
        QVERIFY2(result.exact, qPrintable(QString::number(result.total_variation)));
        QVERIFY(result.total_variation < 1e-6);
    }
    // The acceptance that methods/decoding.md 1.7 lists for two children of p = (.4, .3, .2, .1), q = (.1, .2, .3, .4).
    if (!by_comparison) {
        const double expected = static_cast<DrawKind>(kind) == DrawKind::PointMass            ? 0.3
                                : static_cast<DrawKind>(kind) == DrawKind::WithoutReplacement ? 107.0 / 140
                                                                                              : 0.72;
        const auto result = rules::certify(recursive(), {{.4F, .3F, .2F, .1F}, {.1F, .2F, .3F, .4F}, static_cast<DrawKind>(kind), {2}});
        QVERIFY(std::abs(result.expected_tokens - 1 - expected) < 1e-6);
    }
}

void TestDraftQuestions::everyWrongRuleIsFlagged_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QList<double>>("law");
    QTest::newRow("lucky draw") << "lucky-draw" << QList<double>{.75, .25};
    QTest::newRow("draft then drop") << "draft-then-drop" << QList<double>{.7, .3};
    QTest::newRow("stale draft law") << "stale-draft-law" << QList<double>{.3566, .3434, .2, .1};
    QTest::newRow("no residual") << "no-residual" << QList<double>{.2231, .3627, .2894, .1247};
    QTest::newRow("reordered siblings") << "reordered-siblings" << QList<double>{.4377, .2253, .1579, .1790};
    QTest::newRow("skipped duplicates") << "skipped-duplicates" << QList<double>{.3732, .3268, .2, .1};
    QTest::newRow("chosen as drawn") << "chosen-as-drawn" << QList<double>{.75, 0, 0, .25};
    QTest::newRow("chosen as drawn, law unchanged") << "chosen-as-drawn-unchanged" << QList<double>{.6964, .0536, 0, .25};
}

void TestDraftQuestions::everyWrongRuleIsFlagged()
{
    QFETCH(QString, id);
    QFETCH(QList<double>, law);
    const auto& all = rules::wrong_rules();
    QCOMPARE(all.size(), 8U);
    const auto rule = std::find_if(all.begin(), all.end(), [&id](const rules::WrongRule& each) { return each.id == id.toStdString(); });
    QVERIFY(rule != all.end());
    const auto result = rules::certify(rule->verify, rule->world);
    QVERIFY(!result.exact);
    close(result.emitted, {law.begin(), law.end()}, 6e-5);
    QVERIFY(rules::certify(recursive(), rule->world).exact);
}

void TestDraftQuestions::samplingFlagsThePlantedRuleAndPassesTheRightOne()
{
    constexpr std::int64_t kDraws = 100000;
    const auto& planted = rules::wrong_rules()[0];
    QCOMPARE(planted.id, std::string("lucky-draw"));
    const rules::CertificateCase second{{.7F, .2F, .1F}, {.2F, .3F, .5F}, DrawKind::WithoutReplacement, {1}};
    close(rules::certify(planted.verify, second).emitted, {.55, .30, .15}, 1e-6);
    for (const auto& world : {planted.world, second}) {
        QVERIFY(rules::certify_by_sampling(recursive(), world, kDraws, 1).test.p_value > 1e-3);
        const auto flagged = rules::certify_by_sampling(planted.verify, world, kDraws, 1);
        QVERIFY(flagged.test.p_value < 1e-9);
        QVERIFY(flagged.test.total_variation > 0.1);
    }
}

void TestDraftQuestions::bestTreesEqualBruteForce()
{
    std::mt19937 random(7);
    std::uniform_real_distribution<double> probability(0.05, 0.95);
    for (int round = 0; round < 40; ++round) {
        std::vector<rules::Candidate> pool;
        const int size = 3 + round % 10;  // up to 12 nodes
        for (int i = 0; i < size; ++i) {
            pool.push_back({.parent = static_cast<std::int32_t>(random() % static_cast<unsigned>(i + 1)) - 1,
                            .token = i,
                            .probability = probability(random)});
        }
        for (int budget = 0; budget <= size; ++budget) {
            double best = 1;
            for (unsigned set = 0; set < (1U << size); ++set) {
                double sum = 1;
                std::vector<double> product(pool.size(), 0);
                bool closed = __builtin_popcount(set) <= budget;
                for (int i = 0; i < size && closed; ++i) {
                    const auto at = static_cast<std::size_t>(i);
                    const int parent = pool[at].parent;
                    if ((set >> i & 1U) != 0) {
                        closed = parent < 0 || (set >> parent & 1U) != 0;
                        product[at] = pool[at].probability * (parent < 0 ? 1 : product[static_cast<std::size_t>(parent)]);
                        sum += product[at];
                    }
                }
                best = closed ? std::max(best, sum) : best;
            }
            const auto tree = rules::best_tree(pool, budget);
            QVERIFY(std::abs(tree.expected_tokens - best) < 1e-12);
            QVERIFY(static_cast<int>(tree.kept.size()) <= budget);
        }
    }
}

void TestDraftQuestions::aChainExpectsItsGeometricSum()
{
    std::vector<rules::Candidate> chain;
    for (std::int32_t i = 0; i < 4; ++i) {
        chain.push_back({.parent = i - 1, .token = i, .probability = 0.8});
    }
    QVERIFY(std::abs(rules::best_tree(chain, 4).expected_tokens - 3.3616) < 1e-12);
    QVERIFY(std::abs(rules::best_tree(chain, 2).expected_tokens - 2.44) < 1e-12);
}

void TestDraftQuestions::hindsightFollowsTheTextThroughPrunedCandidates()
{
    // The text goes on 5, 6, 7. The tree held 9 and, below it, 8; the pool also had 5 with 6 and 7 below, all pruned.
    record::Record record;
    record::RunStarted started;
    started.prompt = {1};
    record.events.push_back({started});
    record::Round round;
    round.committed_before = 1;
    round.path = {0};
    const auto add = [&round](std::int32_t parent, TokenId token, NodeState state, float q) {
        record::Node node;
        node.parent = parent;
        node.token = token;
        node.state = state;
        node.q = q;
        node.depth = parent < 0 ? std::int16_t{0} : static_cast<std::int16_t>(round.nodes[static_cast<std::size_t>(parent)].depth + 1);
        round.nodes.push_back(node);
    };
    add(-1, 1, NodeState::Root, record::kUndefined);
    add(0, 9, NodeState::Rejected, .5F);
    add(1, 8, NodeState::NeverVerified, .5F);
    add(0, 5, NodeState::Correction, record::kUndefined);
    add(0, 5, NodeState::Pruned, .4F);
    add(4, 6, NodeState::Pruned, .4F);
    add(5, 7, NodeState::Pruned, .4F);
    round.next = 5;
    round.next_node = 3;
    round.kept = 1;
    record.events.push_back({round});
    record::Round second;
    second.index = 1;
    second.committed_before = 2;
    second.path = {0};
    for (const TokenId token : {6, 7}) {
        record::Round step = second;
        step.index = token - 5;
        step.committed_before = token - 4;
        record::Node root, bonus;
        root.token = token - 1;
        root.state = NodeState::Root;
        bonus.parent = 0;
        bonus.depth = 1;
        bonus.token = token;
        bonus.state = NodeState::Bonus;
        step.nodes = {root, bonus};
        step.next = token;
        step.next_node = 1;
        step.kept = 1;
        record.events.push_back({step});
    }
    const auto rounds = rules::hindsight(record);
    QCOMPARE(rounds.size(), 1U);  // plain rounds drafted nothing
    const auto& judged = rounds[0];
    QCOMPARE(judged.budget, 2);
    QCOMPARE(judged.committed, 1.0);
    QVERIFY(std::abs(judged.expected_as_drafted - 1.75) < 1e-6);
    QVERIFY(std::abs(judged.expected_best - 1.9) < 1e-6);  // 9 and 5
    QCOMPARE(judged.best_tree_committed, 2.0);             // 5 was in it, 6 was not
    QCOMPARE(judged.longest_committed, 3.0);               // 5, 6 within the budget of two, and the target's token
    QCOMPARE(judged.longest_nodes, (std::vector<std::int32_t>{4, 5}));
    QVERIFY(!judged.complete);  // the candidates agree with the text to its end
}

void TestDraftQuestions::timesAreFittedRobustly()
{
    std::vector<rules::Timing> samples;
    for (int n = 1; n <= 9; ++n) {
        for (int i = 0; i < 7; ++i) {
            samples.push_back({static_cast<double>(n), 0.5 + 0.125 * n});
        }
        samples.push_back({static_cast<double>(n), 40});  // the system interrupted this one
    }
    const auto line = rules::fit_time(samples);
    QVERIFY(line.ok());
    QVERIFY(std::abs(line->base_ms - 0.5) < 1e-12 && std::abs(line->each_ms - 0.125) < 1e-12);
    const auto flat = rules::fit_time(std::vector<rules::Timing>{{5, 2}, {5, 3}, {5, 10}});
    QVERIFY(flat.ok());
    QCOMPARE(flat->at(1), 3.0);
    QCOMPARE(flat->distinct, 1);
    const auto falling = rules::fit_time(std::vector<rules::Timing>{{1, 3}, {2, 2}});
    QCOMPARE(falling->each_ms, 0.0);
    QVERIFY(!rules::fit_time({}).ok());
}

void TestDraftQuestions::speedupsFollowTheFormula()
{
    const rules::LinearTime draft{.base_ms = 0, .each_ms = 0.05}, verify{.base_ms = 1, .each_ms = 0};
    const double alpha8 = rules::speedup({.length = 4, .width = 1, .acceptance = 0.8}, draft, verify);
    QVERIFY(std::abs(alpha8 - 3.3616 / 1.2) < 1e-12);
    for (const double alpha : {0.0, 0.6, 0.9, 1.0}) {
        for (const int gamma : {1, 2, 5, 8}) {
            QVERIFY(std::abs(rules::expected_tokens({.length = double(gamma), .width = 1, .acceptance = alpha}) -
                             rules::expected_tokens(alpha, gamma)) < 1e-9);
        }
    }
    // Two independent siblings of acceptance 0.6 pass a level with 0.84.
    QVERIFY(std::abs(rules::expected_tokens({.length = 2, .width = 2, .acceptance = 0.6}) - (1 + .84 + .84 * .84)) < 1e-12);
    // No acceptance and a cost: slower than not drafting.
    QVERIFY(rules::speedup({.length = 4, .width = 1, .acceptance = 0}, draft, verify) < 1);
    QCOMPARE(rules::speedup({.length = 0, .width = 1, .acceptance = .5}, draft, verify), 1.0);
}

void TestDraftQuestions::aWorkingPointReturnsItsOwnRoundTimes()
{
    record::Record record;
    record::RunStarted started;
    started.prompt = {1};
    record.events.push_back({started});
    const auto append = [&record](int index, int passes, int nodes, int kept) {
        record::Round round;
        round.index = index;
        round.nodes.resize(1);
        round.nodes[0].state = NodeState::Root;
        round.path = {0};
        round.kept = kept;
        round.draft_passes = passes;
        round.target_tokens = nodes + 1;
        round.draft_ms = 0.1 + 0.2 * passes;
        round.verify_ms = 0.8 + 0.05 * (nodes + 1);
        round.overhead_ms = 0.05;
        record.events.push_back({round});
    };
    append(0, 4, 8, 3);
    append(1, 2, 4, 2);
    append(2, 4, 8, 4);
    append(3, 2, 4, 3);
    record::BaselineMeasured baseline;
    baseline.tokens_per_second = 1000;
    baseline.speedup = 1.5;
    record.events.push_back({baseline});
    const auto point = rules::working_point(record);
    QVERIFY(point.ok());
    QVERIFY(std::abs(point->draft.each_ms - 0.2) < 1e-9 && std::abs(point->draft.base_ms - 0.1) < 1e-9);
    QVERIFY(std::abs(point->verify.each_ms - 0.05) < 1e-9 && std::abs(point->verify.base_ms - 0.8) < 1e-9);
    QCOMPARE(point->mean_tokens, 3.0);
    QCOMPARE(point->shape.length, 3.0);
    QCOMPARE(point->shape.width, 2.0);
    QVERIFY(std::abs(rules::expected_tokens(point->shape) - 3.0) < 1e-9);
    // 3 tokens of 1 ms each against 0.7 + 1.15 + 0.05 ms.
    QVERIFY(std::abs(point->predicted_speedup - 3.0 / 1.9) < 1e-9);
    QCOMPARE(point->measured_speedup, 1.5);

    // Timed repeats that record nothing halve the draft (median round 0.7 ms), take 0.115 ms off the verification (1.15 ms) and all but a
    // fifth of the overhead.
    baseline.method_draft_ms = 0.35;
    baseline.method_verify_ms = 1.035;
    baseline.method_overhead_ms = 0.01;
    record.events.back() = {baseline};
    const auto bare = rules::working_point(record);
    QVERIFY(bare.ok());
    QVERIFY(std::abs(bare->draft.each_ms - 0.1) < 1e-9 && std::abs(bare->verify.each_ms - 0.045) < 1e-9);
    QVERIFY(std::abs(bare->predicted_speedup - 3.0 / (0.35 + 1.035 + 0.01)) < 1e-9);
    QVERIFY(!rules::working_point(record::Record{}).ok());
}

QTEST_APPLESS_MAIN(TestDraftQuestions)
#include "test_draft_questions.moc"
