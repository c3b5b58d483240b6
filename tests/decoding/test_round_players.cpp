// SPDX-License-Identifier: GPL-3.0-or-later
// Controllers that play their rounds themselves: entropy-adaptive and value-guided (pearl: test_pearl.cpp).
#include "tests/decoding/player_helpers.h"

#include "core/rules/sampling.h"

#include <QtTest/QtTest>

using namespace timberline;
using namespace timberline::test;

Q_DECLARE_METATYPE(Values)

class TestRoundPlayers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(target() && draft());
        m_reference = read_reference(TIMBERLINE_FIXTURES);
        QCOMPARE(m_reference.prompts.size(), std::size_t{12});
    }

    // --- Changing over during a run ---------------------------------------------------------------------------------------------------

    void changingFromTheSmallModelFillsTheTargetsCache()
    {
        const auto work = job(target(), draft(), kPrompt, 24);
        ScriptedDirector director(with("entropy-adaptive", {{"threshold", 20.0}}));
        director.changes[8] = settings("draft-model-chain");
        const auto run = decode(work, director);
        QVERIFY(run.ok());
        const auto rounds = record::rounds(*run.value());
        auto text = kPrompt;
        const auto written = record::generated_ids(*run.value());
        text.insert(text.end(), written.begin(), written.begin() + 8);
        const auto wanted = fresh_logits(*target(), text);
        QVERIFY(largest_difference(std::span(rounds[8]->target_laws.logits).first(wanted.size()), wanted) < 1e-4);
    }

    void changingFromTheSmallModelToParallelDraftingKeepsTheTargetsText()
    {
        const auto work = job(target(), draft(), kPrompt, 24);
        ScriptedDirector director(with("entropy-adaptive", {{"threshold", 20.0}}));
        director.changes[8] = with("pearl");
        const auto run = decode(work, director);
        QVERIFY(run.ok());
        // From the change on every token is the target's likeliest one after what stands before it.
        auto text = kPrompt;
        const auto written = record::generated_ids(*run.value());
        QCOMPARE(written.size(), std::size_t{24});
        for (std::size_t i = 0; i < written.size(); ++i) {
            if (i >= 8) {
                const auto logits = fresh_logits(*target(), text);
                QCOMPARE(static_cast<TokenId>(std::max_element(logits.begin(), logits.end()) - logits.begin()), written[i]);
            }
            text.push_back(written[i]);
        }
    }

    void methodsThatDoNotFitAreRefused()
    {
        const auto refused = [](const decoding::DecodeJob& work, const decoding::RoundSettings& chosen, const char* words) {
            const auto run = decode(work, chosen);
            return !run.ok() && run.error().message.find(words) != std::string::npos && !run.error().hint.empty();
        };
        const auto alone = job(target(), nullptr, kPrompt, 4);
        const auto pair = job(target(), draft(), kPrompt, 4);
        auto block = with("pearl");
        block.drafter = method("drafter", "plain");
        QVERIFY(refused(alone, block, "no draft model"));
        block.acceptance = method("acceptance rule", "block");
        QVERIFY(refused(pair, block, "acceptance rule block"));
        QVERIFY(refused(alone, with("entropy-adaptive"), "no draft model"));
        QVERIFY(refused(alone, with("value-guided", {{"reward", std::string("draft-model")}}), "needs a draft model"));
        const auto tiny = job(tiny_model(8, 1), nullptr, kLawPrompt, 4);
        QVERIFY(refused(tiny, with("value-guided"), "no tokenizer"));
    }

    // --- Entropy adaptive -------------------------------------------------------------------------------------------------------------

    void theThresholdsEndsAreTheTwoModels()
    {
        const auto& prompt = m_reference.prompts[0];
        const auto count = static_cast<std::int64_t>(prompt.greedy_new.size());
        const auto work = job(target(), draft(), prompt.ids, count);
        QCOMPARE(ids_of(work, with("entropy-adaptive", {{"threshold", 0.0}, {"start", std::string("large")}})), prompt.greedy_new);
        const auto small = ids_of(job(draft(), nullptr, prompt.ids, count), settings("plain"));
        QCOMPARE(ids_of(work, with("entropy-adaptive", {{"threshold", 20.0}})), small);
        // The small model writes the first tokens, and the large one all others.
        const auto mixed = ids_of(work, with("entropy-adaptive", {{"threshold", 0.0}, {"shortest", std::int64_t{3}}}));
        auto text = prompt.ids;
        text.insert(text.end(), small.begin(), small.begin() + 3);
        auto wanted = std::vector<TokenId>(small.begin(), small.begin() + 3);
        const auto rest = ids_of(job(target(), nullptr, text, count - 3), settings("plain"));
        wanted.insert(wanted.end(), rest.begin(), rest.end());
        QCOMPARE(mixed, wanted);
    }

    void theThresholdMovesTheSharesFromNoneToAll()
    {
        const auto work = job(target(), draft(), kPrompt, 48);
        std::vector<double> shares;
        for (const double threshold : {0.0, 2.0, 3.5, 5.0, 20.0}) {
            const auto run = decode(work, with("entropy-adaptive", {{"threshold", threshold},
                                                                    {"shortest", std::int64_t{1}},
                                                                    {"start", std::string(threshold < 1 ? "large" : "small")}}));
            QVERIFY(run.ok());
            shares.push_back(record::rounds(*run.value()).back()->statistics.at("share"));
        }
        qInfo("share of the small model's tokens at 0, 2, 3.5, 5, 20 bits: %.2f %.2f %.2f %.2f %.2f", shares[0], shares[1], shares[2],
              shares[3], shares[4]);
        QCOMPARE(shares.front(), 0.0);
        QCOMPARE(shares.back(), 1.0);
        QVERIFY(shares[1] > 0 && shares[1] < 1 && shares[3] > shares[1]);
    }

    void everySwitchReadsWhatWasMissed_data()
    {
        QTest::addColumn<double>("temperature");
        QTest::newRow("greedy") << 0.0;
        QTest::newRow("sampled") << 1.0;
    }
    void everySwitchReadsWhatWasMissed()
    {
        QFETCH(double, temperature);
        constexpr std::int64_t kShortest = 3;
        const auto work = job(target(), draft(), kPrompt, 48);
        const auto run = decode(work, with("entropy-adaptive", {{"threshold", 4.0}, {"shortest", kShortest}}, temperature));
        QVERIFY(run.ok());
        auto text = kPrompt;
        const auto written = record::generated_ids(*run.value());
        int switches = 0;
        std::int64_t stay = 0;
        double before = 0;
        for (const record::Round* round : record::rounds(*run.value())) {
            const QString fault = own_fault(*round, 4096);
            QVERIFY2(fault.isEmpty(), qPrintable(fault));
            QVERIFY(!round->lossless);
            QCOMPARE(round->nodes.size(), std::size_t{2});
            QCOMPARE(round->nodes[1].state, NodeState::Bonus);
            const bool large = round->statistics.at("model") == 1;
            const auto& logits = large ? round->target_laws.logits : round->draft_laws.logits;
            const auto wanted = fresh_logits(large ? *target() : *draft(), text);
            if (round->statistics.at("model") != before) {
                QVERIFY(stay >= kShortest);
                stay = 0;
                before = round->statistics.at("model");
                ++switches;
                QVERIFY(round->statistics.at("catch_up_tokens") >= kShortest);
                QVERIFY(round->statistics.at("catch_up_ms") > 0);
                QVERIFY(largest_difference(logits, wanted) < 1e-4);
            } else {
                QCOMPARE(round->statistics.at("catch_up_tokens"), 0.0);
            }
            // Bits of the raw softmax, whatever the temperature.
            QVERIFY(std::abs(round->statistics.at("entropy_bits") - rules::softmax_entropy_nats(wanted) / std::log(2.0)) < 1e-3);
            QCOMPARE(round->target_tokens > 0, large);
            ++stay;
            text.push_back(written[static_cast<std::size_t>(round->index)]);
        }
        QVERIFY2(switches >= 2, qPrintable(QString::number(switches)));
    }

    // --- Value-guided -----------------------------------------------------------------------------------------------------------------

    void aConstantRewardLeavesTheLawAlone_data()
    {
        QTest::addColumn<Values>("values");
        const std::int64_t wanted = 4;
        for (const std::int64_t block : {1, 2}) {
            for (const double alpha : {0.0, 1.0}) {
                QTest::addRow("blocks of %d, softness %g", static_cast<int>(block), alpha) << Values{{"block_length", block},
                                                                                                     {"alpha", alpha},
                                                                                                     {"candidates", std::int64_t{3}},
                                                                                                     {"wanted_length", wanted},
                                                                                                     {"look_ahead", std::int64_t{1}}};
            }
        }
    }
    void aConstantRewardLeavesTheLawAlone()
    {
        QFETCH(Values, values);
        values["reward"] = std::string("length");  // without end tokens all candidates are equally long
        const auto large = tiny_model(kLawVocabulary, 1);
        const auto chosen = with("value-guided", values, 1);
        const auto sampled = sample(large, nullptr, chosen, kLawRuns);
        const double z = chi_square_z(sampled.counts, joint_law(*large->decoder, chosen.sampling), kLawRuns);
        QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
    }

    void theTiltedLawIsExact_data()
    {
        QTest::addColumn<double>("proposal");
        QTest::addColumn<double>("alpha");
        QTest::newRow("drawn from the text's own law") << 0.0 << 1.0;
        QTest::newRow("the better of two") << 0.0 << 0.0;
        QTest::newRow("drawn at another temperature, weighed back") << 1.6 << 1.0;
    }
    void theTiltedLawIsExact()
    {
        // Two candidates of one token, valued by the draft model's log probability: the law by enumeration of both draws.
        QFETCH(double, proposal);
        QFETCH(double, alpha);
        const auto large = tiny_model(kLawVocabulary, 1);
        const auto small = tiny_model(kLawVocabulary, 2);
        const auto chosen = with("value-guided",
                                 {{"candidates", std::int64_t{2}},
                                  {"block_length", std::int64_t{1}},
                                  {"alpha", alpha},
                                  {"reward", std::string("draft-model")},
                                  {"estimator", std::string("analytic")},
                                  {"proposal_temperature", proposal}},
                                 1);
        const auto tilted = [&](const std::vector<TokenId>& text) {
            auto warm = chosen.sampling;
            warm.temperature = proposal > 0 ? proposal : 1;
            const Law p = law_after(*large->decoder, chosen.sampling, text);
            const Law g = law_after(*large->decoder, warm, text);
            const Law q = law_after(*small->decoder, chosen.sampling, text);
            Law out(p.size(), 0.0);
            for (std::size_t a = 0; a < p.size(); ++a) {
                for (std::size_t b = 0; b < p.size(); ++b) {
                    double first = alpha > 0 ? std::pow(q[a], 1 / alpha) * p[a] / g[a] : (q[a] >= q[b] ? 1.0 : 0.0);
                    double second = alpha > 0 ? std::pow(q[b], 1 / alpha) * p[b] / g[b] : 1 - first;
                    const double total = first + second;
                    out[a] += g[a] * g[b] * first / total;
                    out[b] += g[a] * g[b] * second / total;
                }
            }
            return out;
        };
        Law law;
        const Law first = tilted(kLawPrompt);
        for (TokenId a = 0; a < kLawVocabulary; ++a) {
            auto text = kLawPrompt;
            text.push_back(a);
            for (const double second : tilted(text)) {
                law.push_back(first[static_cast<std::size_t>(a)] * second);
            }
        }
        const auto sampled = sample(large, small, chosen, kLawRuns);
        const double z = chi_square_z(sampled.counts, law, kLawRuns);
        QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
    }

    void guidedRoundsShowAllCandidates()
    {
        const Values values = {{"candidates", std::int64_t{5}}, {"block_length", std::int64_t{3}}, {"look_ahead", std::int64_t{4}}};
        const auto work = job(target(), nullptr, kPrompt, 12);
        const auto run = decode(work, with("value-guided", values, 1));
        QVERIFY(run.ok());
        auto text = kPrompt;
        for (const record::Round* round : record::rounds(*run.value())) {
            const QString fault = own_fault(*round, 4096);
            QVERIFY2(fault.isEmpty(), qPrintable(fault));
            QVERIFY(!round->lossless);
            QCOMPARE(round->nodes.size(), std::size_t{16});
            QCOMPARE(round->path.size(), std::size_t{4});
            QCOMPARE(round->next_node, -1);
            QCOMPARE(round->kept, 3);
            double total = 0;
            for (int branch = 1; branch <= 5; ++branch) {
                total += round->statistics.at(QString("weight_0%1").arg(branch).toStdString());
            }
            QVERIFY(std::abs(total - 1) < 1e-9);
            QCOMPARE(static_cast<double>(round->path[1]), round->statistics.at("chosen"));
            // Rows of a branch read their own branch only.
            const auto width = std::size_t{4096};
            for (const std::int32_t node : round->path) {
                const auto wanted = fresh_logits(*target(), text);
                const auto got = std::span(round->target_laws.logits).subspan(static_cast<std::size_t>(node) * width, width);
                QVERIFY(largest_difference(got, wanted) < 1e-4);
                if (node != round->path.back()) {
                    const auto at = std::ranges::find(round->path, node) + 1;
                    text.push_back(round->nodes[static_cast<std::size_t>(*at)].token);
                }
            }
            // The next round's root is the branch's last token.
            const auto last = round->nodes[static_cast<std::size_t>(round->path.back())].token;
            QCOMPARE(text.back(), last);
        }
    }

    void moreCandidatesEarnMoreReward()
    {
#ifdef TIMBERLINE_SANITIZED
        QSKIP("long texts; the arithmetic is covered above");
#endif
        double unguided = 0;
        double guided = 0;
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            auto work = job(target(), nullptr, kPrompt, 32);
            work.seed = seed;
            const auto reward = [&](std::int64_t candidates) {
                const auto run = decode(
                    work,
                    with(
                        "value-guided",
                        {{"candidates", candidates}, {"alpha", 0.1}, {"reward", std::string("sentiment")}, {"look_ahead", std::int64_t{0}}},
                        1));
                return run.ok() ? record::rounds(*run.value()).back()->statistics.at("reward") : 0.0;
            };
            unguided += reward(1);
            guided += reward(12);
        }
        qInfo("sentiment of three texts: %.0f unguided, %.0f guided", unguided, guided);
        QVERIFY(guided > unguided + 3);
    }

    void greedyGuidanceIsGreedyDecoding()
    {
        const auto& prompt = m_reference.prompts[1];
        const auto work = job(target(), nullptr, prompt.ids, 16);
        const auto ids = ids_of(work, with("value-guided", {{"candidates", std::int64_t{3}}, {"look_ahead", std::int64_t{2}}}));
        QCOMPARE(ids, std::vector<TokenId>(prompt.greedy_new.begin(), prompt.greedy_new.begin() + 16));
    }

    void theSameSeedMakesTheSameRecord_data()
    {
        QTest::addColumn<QString>("controller");
        QTest::newRow("entropy adaptive") << "entropy-adaptive";
        QTest::newRow("value-guided") << "value-guided";
    }
    void theSameSeedMakesTheSameRecord()
    {
        QFETCH(QString, controller);
        const auto work = job(target(), draft(), kPrompt, 16);
        const auto chosen = with(controller.toStdString(), {}, 1);
        const auto first = decode(work, chosen);
        const auto second = decode(work, chosen);
        std::string difference;
        QVERIFY2(record::equal_but_times(*first.value(), *second.value(), &difference), difference.c_str());
        auto unrecorded = work;
        unrecorded.instrumented = false;
        QCOMPARE(ids_of(unrecorded, chosen), record::generated_ids(*first.value()));
    }

private:
    Reference m_reference;
};

QTEST_APPLESS_MAIN(TestRoundPlayers)
#include "test_round_players.moc"
