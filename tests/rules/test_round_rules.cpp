// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of the controllers that play their rounds themselves (methods/decoding.md 2.4, 2.5, 2.6).
#include "core/base/random.h"
#include "core/rules/entropy_switch.h"
#include "core/rules/parallel_drafting.h"
#include "core/rules/value_guidance.h"

#include "tests/rules/branching_oracle.h"

#include <QtTest/QtTest>

#include <cmath>
#include <limits>

using namespace timberline;
using rules::EntropySwitch;
using rules::ParallelDrafting;
using test::BranchingOracle;
using test::Law;

namespace {

const Law kModel = {.5, .3, .2};
const Law kValue = {0, 1, 2};

/// Law of the chosen token when `count` candidates are drawn from the model: every outcome with its exact probability.
Law guided_law(int count, double alpha, const Law& value)
{
    Law out(kModel.size(), 0.0);
    BranchingOracle::enumerate([&](BranchingOracle& oracle) {
        std::vector<std::size_t> drawn;
        std::vector<double> values;
        for (int i = 0; i < count; ++i) {
            drawn.push_back(oracle.choose(kModel));
            values.push_back(value[drawn.back()]);
        }
        const auto weights = rules::candidate_weights(values, {}, alpha);
        for (std::size_t i = 0; i < drawn.size(); ++i) {
            out[drawn[i]] += oracle.weight() * weights[i];
        }
    });
    return out;
}

/// Tokens a step of a pipeline whose tokens are accepted with chance `acceptance`.
double simulate(double acceptance, int length, const ParallelDrafting::Settings& settings, int steps)
{
    ParallelDrafting order(settings);
    RandomStream coin({.seed = 7, .round = static_cast<std::uint32_t>(length), .position = static_cast<std::uint32_t>(acceptance * 1000)});
    double tokens = 0;
    for (int i = 0; i < steps; ++i) {
        const auto step = order.next();
        const int waited = step.draft_first ? length : 0;
        const int drafted = step.draft_beside ? length : 0;
        const int tests = order.tests(waited, drafted);
        int passed = 0;
        while (passed < tests && coin.next() < acceptance) {
            ++passed;
        }
        tokens += order.settle(step, waited, drafted, passed);
    }
    return tokens / steps;
}

}  // namespace

class TestRoundRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theEntropySwitchWritesThePrintedSequence()
    {
        const std::vector<double> entropy = {.5, .4, 3.0, 3.2, 2.8, 2.9, 3.1, .3, .2, .2, .1, .1, .1, .1, .1, .1};
        const QString wanted = "SSSLLLLLLLLSSSSS";
        const std::vector<double> means = {.5, .45, 1.3, 1.775, 1.98, 2.46, 3.0, 2.46, 1.86, 1.34, .78, .18};
        EntropySwitch turns({.threshold = 1, .window = 5, .shortest = 3});
        QString written;
        for (std::size_t i = 0; i < entropy.size(); ++i) {
            written += turns.large() ? 'L' : 'S';
            turns.wrote(entropy[i]);
            if (i < means.size()) {
                QVERIFY2(std::abs(turns.mean() - means[i]) < 1e-12, qPrintable(QString("token %1: %2").arg(i).arg(turns.mean())));
            }
        }
        QCOMPARE(written, wanted);
    }

    void theEntropySwitchAtItsEnds()
    {
        RandomStream chance({.seed = 3});
        EntropySwitch always({.threshold = 0, .window = 5, .shortest = 10});
        EntropySwitch never({.threshold = 20, .window = 5, .shortest = 10});
        EntropySwitch equal({.threshold = 1, .window = 3, .shortest = 1});
        for (int token = 0; token < 200; ++token) {
            QCOMPARE(always.large(), token >= 10);
            QVERIFY(!never.large());
            QCOMPARE(equal.large(), token >= 1);  // a mean equal to the threshold is the large model's
            const double bits = 12 * chance.next();
            always.wrote(bits);
            never.wrote(bits);
            equal.wrote(1.0);
        }
    }

    void everyStayIsLongEnough()
    {
        for (const std::int64_t shortest : {1, 2, 5, 10}) {
            for (const double hysteresis : {0.0, 0.5}) {
                RandomStream chance({.seed = static_cast<std::uint64_t>(shortest)});
                EntropySwitch turns({.threshold = 1, .window = 2, .shortest = shortest, .hysteresis = hysteresis});
                std::int64_t stay = 0;
                int switches = 0;
                bool large = turns.large();
                for (int token = 0; token < 2000; ++token) {
                    if (turns.large() != large) {
                        QVERIFY(stay >= shortest);
                        large = turns.large();
                        stay = 0;
                        ++switches;
                    }
                    ++stay;
                    turns.wrote(2 * chance.next());
                    if (turns.large() != large && hysteresis > 0) {
                        QVERIFY(turns.large() ? turns.mean() >= 1.5 : turns.mean() < 0.5);
                    }
                }
                QVERIFY(switches > 3);
            }
        }
    }

    void guidedSamplingFollowsTheExactLaw_data()
    {
        QTest::addColumn<int>("candidates");
        QTest::addColumn<double>("alpha");
        QTest::addColumn<Law>("law");
        QTest::newRow("one candidate is unguided") << 1 << 1.0 << Law{.5, .3, .2};
        QTest::newRow("two candidates") << 2 << 1.0 << Law{.3545, .3416, .3039};
        QTest::newRow("four candidates") << 4 << 1.0 << Law{.2616, .3379, .4006};
        QTest::newRow("eight candidates") << 8 << 1.0 << Law{.2160, .3194, .4646};
        QTest::newRow("the best of four") << 4 << 0.0 << Law{.0625, .3471, .5904};
    }
    void guidedSamplingFollowsTheExactLaw()
    {
        QFETCH(int, candidates);
        QFETCH(double, alpha);
        QFETCH(Law, law);
        const Law got = guided_law(candidates, alpha, kValue);
        QVERIFY2(test::distance(got, law) < 5.1e-5, qPrintable(QString("%1 %2 %3").arg(got[0]).arg(got[1]).arg(got[2])));
        for (const double value : {-3.0, 0.0, 50.0}) {
            QVERIFY(test::distance(guided_law(candidates, alpha, {value, value, value}), kModel) < 1e-12);
        }
    }

    void aProposalOfItsOwnIsWeighedBack()
    {
        // Each token stands among the candidates once, as a uniform proposal would give them: the weights are the tilted law itself.
        std::vector<double> ratio;
        for (const double p : kModel) {
            ratio.push_back(std::log(p) - std::log(1.0 / 3));
        }
        QVERIFY(test::distance(rules::candidate_weights(kValue, ratio, 1), {.1790, .2919, .5291}) < 5.1e-5);
        QVERIFY(test::distance(rules::candidate_weights(kValue, ratio, .5), {.0367, .1626, .8008}) < 5.1e-5);
        const double soft = std::log(.5 + .3 * std::exp(1.0) + .2 * std::exp(2.0));
        QVERIFY(std::abs(soft - 1.0272) < 5.1e-5);
    }

    void weightsAtTheirLimits()
    {
        constexpr double kNever = -std::numeric_limits<double>::infinity();
        QCOMPARE(rules::candidate_weights(std::vector{1e6, 1e6 - 1}, {}, .001), (std::vector{1.0, 0.0}));  // no overflow
        QCOMPARE(rules::candidate_weights(std::vector{2.0, 2.0, 1.0}, {}, 0), (std::vector{1.0, 0.0, 0.0}));
        QCOMPARE(rules::candidate_weights(std::vector{2.0, 1.0}, std::vector{kNever, 0.0}, 0), (std::vector{0.0, 1.0}));
        QCOMPARE(rules::candidate_weights(std::vector{2.0, 1.0}, std::vector{kNever, 0.0}, 1), (std::vector{0.0, 1.0}));
        QCOMPARE(rules::candidate_weights(std::vector{2.0}, std::vector{kNever}, 1), (std::vector{0.0}));
        const auto twins = rules::candidate_weights(std::vector{1.0, 1.0, 0.0}, {}, 1);  // a candidate drawn twice counts twice
        QVERIFY(std::abs(twins[0] + twins[1] - 2 * std::exp(1.0) / (2 * std::exp(1.0) + 1)) < 1e-12);
        QVERIFY(std::abs(rules::effective_sample_size(std::vector{.25, .25, .25, .25}) - 4) < 1e-12);
        QCOMPARE(rules::effective_sample_size(std::vector{0.0, 1.0}), 1.0);
        QCOMPARE(rules::effective_sample_size(std::vector{0.0}), 0.0);
        QCOMPARE(rules::choose_candidate(std::vector{.25, .75}, .2499), std::size_t{0});
        QCOMPARE(rules::choose_candidate(std::vector{.25, .75}, .25), std::size_t{1});
        QCOMPARE(rules::choose_candidate(std::vector{.5, .5, 0.0}, std::nextafter(1.0, 0.0)), std::size_t{1});
    }

    void rewardsReadWords()
    {
        QCOMPARE(rules::words_of("The KING's dog, twice: dog!"), (std::vector<std::string>{"the", "king", "s", "dog", "twice", "dog"}));
        const std::vector<std::string> wanted = {"king", "dragon"};
        QCOMPARE(rules::keyword_reward("A king and a King", wanted), 1.0);
        QCOMPARE(rules::keyword_reward("kingdom", wanted), 0.0);
        QCOMPARE(rules::keyword_reward("Dragon. King.", wanted), 2.0);
        QCOMPARE(rules::sentiment_reward("She was happy, so happy, and then sad."), 1.0);
        QCOMPARE(rules::sentiment_reward(""), 0.0);
        QCOMPARE(rules::length_reward(30, 50), -2.0);
        QCOMPARE(rules::length_reward(50, 50), 0.0);
    }

    void parallelDraftingWritesAsTheFormulaSays_data()
    {
        QTest::addColumn<double>("acceptance");
        QTest::addColumn<int>("length");
        QTest::addColumn<double>("printed");
        QTest::newRow("half accepted, blocks of 4") << .5 << 4 << 1.3043;
        QTest::newRow("0.8 accepted, blocks of 4") << .8 << 4 << 2.1231;
        QTest::newRow("0.8 accepted, blocks of 8") << .8 << 8 << 2.5494;
        QTest::newRow("0.9 accepted, blocks of 8") << .9 << 8 << 3.8756;
        QTest::newRow("blocks of 1 write one token a step") << .7 << 1 << 1.0;
        QTest::newRow("nothing accepted: one token a step") << .0 << 4 << 1.0;
    }
    void parallelDraftingWritesAsTheFormulaSays()
    {
        QFETCH(double, acceptance);
        QFETCH(int, length);
        QFETCH(double, printed);
        QVERIFY(std::abs(rules::parallel_tokens_per_step(acceptance, length) - printed) < 5.1e-5);
        const double got = simulate(acceptance, length, {}, 400'000);
        QVERIFY2(std::abs(got / printed - 1) < 0.01, qPrintable(QString::number(got)));
    }

    void parallelDraftingWithoutOneOfItsHalves_data()
    {
        QTest::addColumn<double>("acceptance");
        QTest::addColumn<int>("length");
        for (const double acceptance : {.5, .8, .9}) {
            for (const int length : {1, 2, 4, 8}) {
                QTest::addRow("%g accepted, blocks of %d", acceptance, length) << acceptance << length;
            }
        }
    }
    void parallelDraftingWithoutOneOfItsHalves()
    {
        QFETCH(double, acceptance);
        QFETCH(int, length);
        const auto sum = [&](int terms) { return (1 - std::pow(acceptance, terms)) / (1 - acceptance); };
        const auto close = [](double got, double wanted) { return std::abs(got / wanted - 1) < 0.01; };
        // Without both it is plain speculation (1.5).
        QVERIFY(close(simulate(acceptance, length, {.pre_verify = false, .post_verify = false}, 200'000), sum(length + 1)));
        // Without post-verify a full block is followed by a bonus and then always by a pre-verify step: a renewal at each of those.
        QVERIFY(close(simulate(acceptance, length, {.pre_verify = true, .post_verify = false}, 200'000),
                      (1 + acceptance * sum(length)) / (1 + acceptance)));
        // Without pre-verify a step after a refusal tests a whole block and the next one's first token; post-verify goes on as usual.
        const double posts = std::pow(acceptance, length + 1) / (1 - std::pow(acceptance, length));
        QVERIFY(close(simulate(acceptance, length, {.pre_verify = false, .post_verify = true}, 200'000),
                      (sum(length + 1) + posts * sum(length)) / (1 + posts)));
    }

    void everythingAcceptedWritesABlockAStep()
    {
        QCOMPARE(rules::parallel_tokens_per_step(1, 4), 4.0);
        ParallelDrafting order({});
        for (int step = 0; step < 10; ++step) {
            const auto next = order.next();
            QCOMPARE(next.mode, step == 0 ? ParallelDrafting::Mode::PreVerify : ParallelDrafting::Mode::PostVerify);
            const int tests = order.tests(0, 4);
            QCOMPARE(order.settle(next, 0, 4, tests), step == 0 ? 1 : 4);
            QCOMPARE(order.waiting(), 3);
        }
    }

    void aRefusalRevokesTheBlockUnderWay()
    {
        ParallelDrafting order({});
        QCOMPARE(order.settle(order.next(), 0, 4, 1), 1);
        const auto step = order.next();
        QCOMPARE(order.tests(0, 4), 4);
        QCOMPARE(order.settle(step, 0, 4, 2), 3);  // two waiting tokens and the correction
        QCOMPARE(order.waiting(), 0);
        QCOMPARE(order.next().mode, ParallelDrafting::Mode::PreVerify);
        // Where nothing can be drafted, the step ends with a bonus.
        QCOMPARE(order.settle(order.next(), 0, 0, 0), 1);
    }
};

QTEST_APPLESS_MAIN(TestRoundRules)
#include "test_round_rules.moc"
