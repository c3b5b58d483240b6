// SPDX-License-Identifier: GPL-3.0-or-later
// Controllers and acceptance rules in the engine: how long drafts get, what is learned, what the record says, and that the sampled law
// stays. Expected draft lengths: the methods specification, 2.3.
#include "tests/decoding/law_helpers.h"
#include "tests/decoding/round_checks.h"

#include "core/base/compute_threads.h"
#include "core/decoding/acceptance_rule.h"
#include "core/decoding/drafter.h"

#include <QtTest/QtTest>

#include <any>

using namespace timberline;
using namespace timberline::test;

Q_DECLARE_METATYPE(decoding::RoundSettings)

namespace {

using ControllerPtr = std::unique_ptr<decoding::DecodeController>;

ControllerPtr controller(const std::string& id, const Values& values = {})
{
    const auto chosen = method("decode controller", id, values);
    const auto* factory = std::any_cast<decoding::ControllerFactory>(&methods().find("decode controller", id).value()->factory);
    ControllerPtr out = (*factory)(chosen.values);
    out->set_seed(1);
    return out;
}

/// Plays one draft with a law of largest probability and token probability `q` a level. @return its length.
int draft_length(decoding::DecodeController& controller, std::int32_t round, std::int32_t limit, const std::vector<double>& q = {})
{
    const auto plan = controller.plan(round, limit);
    double log_q = 0;
    int length = 0;
    while (length < plan.max_depth) {
        const double p = q.empty() ? .5 : q[std::min(static_cast<std::size_t>(length), q.size() - 1)];
        decoding::DraftStep step{.depth = length + 1, .nodes = length, .largest_q = p, .entropy = 1, .cumulative_log_q = log_q};
        if (!controller.keep_drafting(step)) {
            return length;
        }
        ++length;
        log_q += std::log(p);
        step.nodes = length;
        step.cumulative_log_q = log_q;
        if (length < plan.max_depth && !controller.go_on_after(step)) {
            return length;
        }
    }
    return length;
}

record::Round chain_round(int drafted, int accepted)
{
    record::Round round;
    for (int i = 0; i <= drafted; ++i) {
        const auto state = i == 0              ? NodeState::Root
                           : i <= accepted     ? NodeState::Accepted
                           : i == accepted + 1 ? NodeState::Rejected
                                               : NodeState::NeverVerified;
        record::Node node;
        node.parent = i - 1;
        node.depth = static_cast<std::int16_t>(i);
        node.state = state;
        round.nodes.push_back(node);
        if (i <= accepted) {
            round.path.push_back(i);
        }
    }
    round.next_node = drafted + 1;
    return round;
}

double statistic(const decoding::DecodeController& of, const std::string& key)
{
    std::map<std::string, double> statistics;
    of.describe(statistics);
    return statistics.contains(key) ? statistics.at(key) : -1;
}

decoding::RoundSettings with_controller(decoding::RoundSettings settings, const std::string& id, const Values& values = {})
{
    settings.controller = method("decode controller", id, values);
    return settings;
}
decoding::RoundSettings with_rule(decoding::RoundSettings settings, const std::string& id, const Values& values = {})
{
    settings.acceptance = method("acceptance rule", id, values);
    return settings;
}

const std::vector<const char*> kControllers = {"fixed",
                                               "thompson-beta",
                                               "thompson-calibration",
                                               "confidence-stop",
                                               "speculative-decoding-plus-plus",
                                               "draft-and-verify",
                                               "heuristic",
                                               "break-even",
                                               "sequoia"};

}  // namespace

class TestControllers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(1); }

    void thompsonDraftsAsLongAsItBelieves_data()
    {
        QTest::addColumn<double>("a0");
        QTest::addColumn<double>("b0");
        QTest::addColumn<int>("evidence");
        QTest::addColumn<double>("mean");
        // Rounds of 5 with 4 accepted and one refused make theta .8 for sure: (1 - .8^8) / .2.
        QTest::newRow("theta known to be .8") << 1. << 1. << 4000 << 4.1611;
        QTest::newRow("a fresh theta of Beta(9, 3) a step: only its mean matters") << 9. << 3. << 0 << 3.5995;
    }
    void thompsonDraftsAsLongAsItBelieves()
    {
        QFETCH(double, a0);
        QFETCH(double, b0);
        QFETCH(int, evidence);
        QFETCH(double, mean);
        const auto thompson = controller("thompson-beta", {{"stop", std::string("coin")}, {"a0", a0}, {"b0", b0}});
        for (int i = 0; i < evidence; ++i) {
            thompson->observe(chain_round(5, 4));
        }
        constexpr int kRounds = 20000;
        double total = 0;
        for (int round = 0; round < kRounds; ++round) {
            total += draft_length(*thompson, round, 16);
        }
        // The length has a standard deviation of about 2.7: five standard errors.
        QVERIFY2(std::abs(total / kRounds - mean) < .1, qPrintable(QString::number(total / kRounds)));
    }

    void thompsonLearns()
    {
        const auto censored = controller("thompson-beta");
        censored->observe(chain_round(5, 3));
        QCOMPARE(statistic(*censored, "beta_a"), 4.0);
        QCOMPARE(statistic(*censored, "beta_b"), 2.0);
        const auto plain = controller("thompson-beta", {{"censored", false}});
        plain->observe(chain_round(5, 3));
        QCOMPARE(statistic(*plain, "beta_a"), 4.0);
        QCOMPARE(statistic(*plain, "beta_b"), 3.0);
        auto forced = chain_round(5, 3);
        forced.forced_node = 1;
        plain->observe(forced);
        QCOMPARE(statistic(*plain, "beta_a"), 4.0);

        // A draft that a drafter without the second question asks about has the same length.
        for (const std::string stop : {"pays", "coin"}) {
            const auto twice = controller("thompson-beta", {{"stop", stop}, {"a0", 3.0}});
            const auto copy = twice->snapshot();
            for (std::int32_t round = 0; round < 50; ++round) {
                const auto plan = copy->plan(round, 16);
                int asked = 0;
                for (; asked < plan.max_depth && copy->keep_drafting({.depth = asked + 1, .nodes = asked}); ++asked) {
                }
                QCOMPARE(asked, draft_length(*twice, round, 16));
            }
        }
    }

    void thompsonDraftsWhileATokenPays()
    {
        // Chance .8 for sure, .1 a token: A_6 / .1 = 2.62 > E_5 / 1.5 = 2.46, but A_7 / .1 = 2.10 < E_6 / 1.6 = 2.47.
        // At .25: A_3 / .25 = 2.05 > E_2 / 1.5 = 1.63, but A_4 / .25 = 1.64 < E_3 / 1.75 = 1.69.
        const record::Round seen = chain_round(5, 4);
        for (const auto& [draft, verify, length] : {std::tuple{.1, .0, 6}, {.0, .1, 6}, {.05, .05, 6}, {.25, .0, 3}, {.1, .15, 3}}) {
            const auto thompson = controller("thompson-beta", {{"draft_cost", draft}, {"verify_slope", verify}});
            for (int i = 0; i < 40000; ++i) {
                thompson->observe(seen);
            }
            QCOMPARE(draft_length(*thompson, 0, 16), length);
        }
    }

    void thompsonDrawsAfreshForEveryToken()
    {
        // Uniform theta, .25 a token. After one token it goes on for theta^2 5 > 1 + theta: theta > (1 + sqrt 21) / 10 = .5583. After two
        // for theta^3 6 > 1 + theta + theta^2: theta > .7199. One theta for the whole draft would give .2801 in place of .1237.
        const auto thompson = controller("thompson-beta", {{"draft_cost", .25}, {"verify_slope", .0}});
        double two = 0;
        double three = 0;
        for (int round = 0; round < 20000; ++round) {
            const int length = draft_length(*thompson, round, 16);
            two += length >= 2 ? 1. / 20000 : 0;
            three += length >= 3 ? 1. / 20000 : 0;
        }
        QVERIFY2(std::abs(two - .4417) < .0176, qPrintable(QString::number(two)));  // five standard errors
        QVERIFY2(std::abs(three - .4417 * .2801) < .0117, qPrintable(QString::number(three)));
    }

    void calibrationDraftsWhileATokenPays_data()
    {
        QTest::addColumn<std::vector<double>>("q");
        QTest::addColumn<int>("length");
        // theta = q but for a deviation of .01. Chances A_k = q_1 .. q_k, E_k = 1 + A_1 + .. + A_k; the next token counts as A_k^((k+1)/k).
        // After two: .611 / .25 = 2.44 > 2.62 / 1.5 = 1.75; after three: .130 / .25 = .52 < 2.836 / 1.75 = 1.62.
        QTest::newRow("a doubtful third token ends the draft") << std::vector<double>{.9, .8, .3, .9} << 3;
        QTest::newRow("a doubtful first token ends it") << std::vector<double>{.3, .9} << 1;  // .09 / .25 < 1.3 / 1.25
        QTest::newRow("sure tokens go on to the longest") << std::vector<double>{.99} << 8;   // .923 / .25 = 3.69 > 7.73 / 2.75
    }
    void calibrationDraftsWhileATokenPays()
    {
        QFETCH(std::vector<double>, q);
        QFETCH(int, length);
        const auto calibration = controller("thompson-calibration", {{"sigma", .01}, {"draft_cost", .25}, {"verify_slope", .0}});
        QCOMPARE(draft_length(*calibration, 0, 16, q), length);
    }

    void calibrationLearns()
    {
        // Estimates .7 then .7: the first token was accepted (e = .3), the second refused (e = -.7), the third never tried.
        // Precisions 25, then 29, 33; mean (0 + .3 * 4 - .7 * 4) / 33.
        const auto calibration = controller("thompson-calibration", {{"stop", std::string("coin")}});
        std::int32_t round = 0;
        while (draft_length(*calibration, round, 3, {.7}) != 3) {
            ++round;
        }
        calibration->observe(chain_round(3, 1));
        QVERIFY(std::abs(statistic(*calibration, "error_mean") + 1.6 / 33) < 1e-12);
        QVERIFY(std::abs(statistic(*calibration, "error_deviation") - std::sqrt(1.0 / 33)) < 1e-12);
    }

    void calibrationFollowsTheConfidence()
    {
        // With no doubt and no error the chance to go on is the estimate: .75 a step, at most 8.
        const auto calibration = controller("thompson-calibration", {{"stop", std::string("coin")}, {"sigma", .01}});
        constexpr int kRounds = 20000;
        double total = 0;
        for (int i = 0; i < kRounds; ++i) {
            total += draft_length(*calibration, i, 16, {.75});
        }
        QVERIFY2(std::abs(total / kRounds - 3.5995) < .1, qPrintable(QString::number(total / kRounds)));
    }

    void thresholdsEndTheDraft_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<std::vector<double>>("q");
        QTest::addColumn<int>("length");
        QTest::newRow("a token below .4 is included and ends the draft") << "confidence-stop" << std::vector<double>{.9, .41, .39, .9} << 3;
        QTest::newRow("all tokens above it") << "confidence-stop" << std::vector<double>{.9} << 16;
        QTest::newRow("the first token is drafted whatever it is") << "confidence-stop" << std::vector<double>{.01} << 1;
        QTest::newRow("Draft & Verify begins at .8") << "draft-and-verify" << std::vector<double>{.9, .81, .79, .9} << 3;
        QTest::newRow("Draft & Verify drafts at most 8") << "draft-and-verify" << std::vector<double>{.9} << 8;
        // 1 - .9^6 = .4686, 1 - .9^7 = .5217: after 8 tokens the first seven are too doubtful.
        QTest::newRow("SpecDec++ leaves the newest token out of the product")
            << "speculative-decoding-plus-plus" << std::vector<double>{.9} << 8;
        QTest::newRow("SpecDec++ drafts at least two") << "speculative-decoding-plus-plus" << std::vector<double>{.1} << 2;
    }
    void thresholdsEndTheDraft()
    {
        QFETCH(QString, id);
        QFETCH(std::vector<double>, q);
        QFETCH(int, length);
        QCOMPARE(draft_length(*controller(id.toStdString()), 0, 16, q), length);
        QCOMPARE(draft_length(*controller(id.toStdString()), 0, 2, q), std::min(length, 2));
    }

    void draftAndVerifyMovesItsThreshold()
    {
        const auto rule = controller("draft-and-verify");
        QCOMPARE(statistic(*rule, "threshold"), .8);
        (void)draft_length(*rule, 0, 16, {.9});
        rule->observe(chain_round(4, 3));
        QVERIFY(std::abs(statistic(*rule, "threshold") - .801) < 1e-12);
        QVERIFY(std::abs(statistic(*rule, "match_rate") - .375) < 1e-12);
    }

    void heuristicGrowsAndShrinks()
    {
        const auto heuristic = controller("heuristic");
        QCOMPARE(heuristic->plan(0, 16).max_depth, 5);
        heuristic->observe(chain_round(5, 5));
        QCOMPARE(heuristic->plan(1, 16).max_depth, 7);
        heuristic->observe(chain_round(7, 6));
        QCOMPARE(heuristic->plan(2, 16).max_depth, 6);
        QCOMPARE(heuristic->plan(3, 4).max_depth, 4);  // the drafter's limit is where it goes on from
        for (int i = 0; i < 9; ++i) {
            heuristic->observe(chain_round(4, 0));
        }
        QCOMPARE(heuristic->plan(4, 16).max_depth, 1);
    }

    void breakEvenFindsTheBestLength()
    {
        // Acceptance .8 for sure and a cost of .1: six tokens (1.5), three at .25.
        for (const auto& [cost, length] : {std::pair{.1, 6}, {.25, 3}}) {
            const auto rule = controller("break-even", {{"draft_cost", cost}, {"verify_slope", 0.0}});
            for (int i = 0; i < 4000; ++i) {
                rule->observe(chain_round(5, 4));
            }
            QCOMPARE(rule->plan(0, 16).max_depth, length);
            QCOMPARE(rule->plan(1, 2).max_depth, 2);
        }
        const auto hopeless = controller("break-even", {{"draft_cost", 1.0}});
        QCOMPARE(hopeless->plan(0, 16).max_depth, 1);
        QCOMPARE(controller("break-even", {{"draft_cost", 1.0}, {"min_length", std::int64_t{0}}})->plan(0, 16).max_depth, 0);
    }

    void sequoiaPlansTheFixture()
    {
        // Nothing costs: the best of 8 nodes, 1 + 1.7456 expected tokens by P = (.6, .2, .1).
        const auto sequoia = controller("sequoia", {{"acceptance", std::vector<double>{.6, .2, .1}},
                                                    {"total_nodes", std::int64_t{7}},
                                                    {"draft_cost", 0.0},
                                                    {"verify_slope", 0.0}});
        const auto plan = sequoia->plan(0, 8);
        QVERIFY(plan.shape);
        QCOMPARE(plan.shape->size(), std::size_t{8});
        QCOMPARE(plan.max_nodes, 7);
        QVERIFY(std::abs(statistic(*sequoia, "expected_tokens") - 2.7456) < 1e-12);
        QCOMPARE(plan.max_depth, plan.shape->levels - 1);
        QCOMPARE(sequoia->plan(1, 3).max_depth, 3);
        QVERIFY(std::abs(statistic(*sequoia, "expected_tokens") - 2.716) < 1e-12);  // four levels with the root
    }

    void treesTakeThePlannedShape_data()
    {
        QTest::addColumn<decoding::RoundSettings>("settings");
        QTest::addColumn<int>("kind");
        for (const double temperature : {0.0, 1.0}) {
            const auto kind = temperature > 0 ? record::DrawKind::WithoutReplacement : record::DrawKind::PointMass;
            QTest::addRow("temperature %g", temperature)
                << with_controller(settings("draft-model-tree", {}, temperature), "sequoia", {{"prior_weight", 1000.0}})
                << static_cast<int>(kind);
        }
    }
    void treesTakeThePlannedShape()
    {
        QFETCH(decoding::RoundSettings, settings);
        QFETCH(int, kind);
        const auto run = decode(job(target(), draft(), kPrompt, 12), settings);
        QVERIFY(run.ok());
        const auto first = controller("sequoia", {{"prior_weight", 1000.0}})->plan(0, 6);
        const record::Round& round = *record::rounds(*run.value()).front();
        QCOMPARE(static_cast<std::size_t>(round.target_tokens), first.shape->size());
        std::vector<std::int32_t> children(first.shape->size(), 0);
        for (std::size_t i = 1; i < children.size(); ++i) {
            ++children[static_cast<std::size_t>(round.nodes[i].parent)];
        }
        QCOMPARE(children, first.shape->children);  // nodes are drafted level by level, as the shape lists them
        QCOMPARE(static_cast<int>(round.nodes[0].child_kind), kind);
        QCOMPARE(round.draft_passes, first.max_depth);
        QVERIFY(round.statistics.contains("acceptance_01"));
    }

    void everyRunKeepsTheRecordsRules_data()
    {
        QTest::addColumn<decoding::RoundSettings>("settings");
        for (const double temperature : {0.0, 1.0}) {
            const auto add = [temperature](const QString& name, const decoding::RoundSettings& settings) {
                QTest::addRow("%s, temperature %g", qPrintable(name), temperature) << settings;
            };
            const auto chain = settings("draft-model-chain", {{"draft_length", std::int64_t{8}}}, temperature);
            for (const char* id : kControllers) {
                add(QString("a chain under ") + id, with_controller(chain, id));
            }
            add("a chain under block", with_rule(chain, "block"));
            for (const char* rule : {"traversal", "typical"}) {
                add(QString("a chain under ") + rule, with_rule(chain, rule));
                for (const std::string shape : {"dynamic", "sampled-without-replacement", "sampled-with-replacement"}) {
                    add(QString("a tree, %1, under %2").arg(shape.c_str(), rule),
                        with_rule(settings("draft-model-tree", {{"shape", shape}}, temperature), rule));
                }
            }
        }
    }
    void everyRunKeepsTheRecordsRules()
    {
        QFETCH(decoding::RoundSettings, settings);
        auto work = job(target(), draft(), kPrompt, 20);
        const auto run = decode(work, settings);
        QVERIFY(run.ok());
        const bool lossy = settings.acceptance.id == "typical";
        for (const record::Round* round : record::rounds(*run.value())) {
            const QString fault = fault_in(*round);
            QVERIFY2(fault.isEmpty(), qPrintable(QString("round %1: %2").arg(round->index).arg(fault)));
            QCOMPARE(round->lossless, !lossy);
            if (settings.drafter.id == "draft-model-chain") {
                QVERIFY(round->draft_passes <= round->target_tokens - 1);  // no pass for a token that is not drafted
            }
        }
        // A run that nobody records drafts and writes the same.
        work.instrumented = false;
        const auto quiet = decode(work, settings);
        QVERIFY(quiet.ok());
        QCOMPARE(record::generated_ids(*quiet.value()), record::generated_ids(*run.value()));
        const auto recorded = record::rounds(*run.value());
        const auto unrecorded = record::rounds(*quiet.value());
        QCOMPARE(unrecorded.size(), recorded.size());
        for (std::size_t i = 0; i < recorded.size(); ++i) {
            QCOMPARE(unrecorded[i]->target_tokens, recorded[i]->target_tokens);
        }
    }

    void theRecordTellsWhatWasDrawn()
    {
        const auto run = decode(job(target(), draft(), kPrompt, 32),
                                with_controller(settings("draft-model-chain", {{"draft_length", std::int64_t{8}}}), "thompson-beta"));
        QVERIFY(run.ok());
        double a = 1;
        double b = 1;
        for (const record::Round* round : record::rounds(*run.value())) {
            QCOMPARE(round->statistics.at("beta_a"), a);
            QCOMPARE(round->statistics.at("beta_b"), b);
            const int drafted = round->target_tokens - 1;
            QVERIFY(drafted == 8 || round->statistics.contains(QString("theta_%1").arg(drafted, 2, 10, QChar('0')).toStdString()));
            QVERIFY(!round->statistics.contains(QString("theta_%1").arg(drafted + 1, 2, 10, QChar('0')).toStdString()));
            const auto accepted = static_cast<double>(round->path.size() - 1);
            a += accepted;
            b += accepted < drafted ? 1 : 0;
        }
    }

    void blockRefusesWhatItDoesNotCover_data()
    {
        QTest::addColumn<decoding::RoundSettings>("settings");
        QTest::addColumn<QString>("words");
        const std::string drawn = "sampled-without-replacement";
        QTest::newRow("a drawn tree") << with_rule(settings("draft-model-tree", {{"shape", drawn}}, 1), "block") << "expected a chain";
        QTest::newRow("a greedy tree") << with_rule(settings("draft-model-tree"), "block") << "expected a chain";
        QTest::newRow("chosen tokens under a drawing target")
            << with_rule(settings("draft-model-chain", {{"draft_temperature", 0.0}}, 1), "block") << "expected drawn ones";
    }
    void blockRefusesWhatItDoesNotCover()
    {
        QFETCH(decoding::RoundSettings, settings);
        QFETCH(QString, words);
        const auto run = decode(job(target(), draft(), kPrompt, 8), settings);
        QVERIFY(!run.ok());
        QCOMPARE(run.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(QString::fromStdString(run.error().message).contains(words), run.error().message.c_str());
        QVERIFY(!run.error().hint.empty());
        QVERIFY(decode(job(target(), draft(), kPrompt, 8), with_rule(test::settings("plain", {}, 1), "block")).ok());
    }

    void typicalTellsThatItIsLossy()
    {
        QCOMPARE(methods().find("acceptance rule", "typical").value()->info.lossless, Lossless::No);
        const auto run = decode(job(target(), draft(), kPrompt, 24), with_rule(settings("draft-model-tree", {}, 1), "typical"));
        QVERIFY(run.ok());
        for (const record::Round* round : record::rounds(*run.value())) {
            QVERIFY(!round->lossless);
        }
    }

    void sampledLawStays_data()
    {
        QTest::addColumn<decoding::RoundSettings>("settings");
        const auto list = std::vector<std::int64_t>{2, 2, 1};
        const auto chain = settings("draft-model-chain", {{"draft_length", std::int64_t{3}}}, 1);
        const auto tree = [&list](const std::string& shape) {
            return settings("draft-model-tree",
                            {{"shape", shape}, {"draft_length", std::int64_t{3}}, {"branching", list}, {"total_nodes", std::int64_t{7}}},
                            1);
        };
        QTest::newRow("a chain that stops by chance") << with_controller(chain, "thompson-beta");
        QTest::newRow("a chain that stops by chance, block") << with_rule(with_controller(chain, "thompson-beta"), "block");
        QTest::newRow("a chain that stops by confidence, block")
            << with_rule(with_controller(chain, "confidence-stop", {{"threshold", .5}}), "block");
        QTest::newRow("a tree drawn without replacement that stops by chance, traversal")
            << with_rule(with_controller(tree("sampled-without-replacement"), "thompson-beta"), "traversal");
        QTest::newRow("a tree drawn with replacement whose nodes run out, traversal")
            << with_rule(tree("sampled-with-replacement"), "traversal");
        QTest::newRow("a dynamic tree, traversal") << with_rule(tree("dynamic"), "traversal");
        QTest::newRow("an optimal tree") << with_controller(tree("dynamic"), "sequoia");
        QTest::newRow("an optimal tree, traversal") << with_rule(with_controller(tree("dynamic"), "sequoia"), "traversal");
    }
    void sampledLawStays()
    {
        QFETCH(decoding::RoundSettings, settings);
        const ModelPtr big = tiny_model(kLawVocabulary, 1);
        const ModelPtr small = tiny_model(kLawVocabulary, 2);
        QVERIFY(big && small);
#ifdef TIMBERLINE_SANITIZED
        constexpr int kRuns = 1500;
#else
        constexpr int kRuns = 10000;
#endif
        const auto law = joint_law(*big->decoder, settings.sampling);
        const Sampled drawn = sample(big, small, settings, kRuns);
        const double z = chi_square_z(drawn.counts, law, kRuns);
        QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
        QVERIFY(drawn.accepted > kRuns / 20);
    }
};

QTEST_APPLESS_MAIN(TestControllers)
#include "test_controllers.moc"
