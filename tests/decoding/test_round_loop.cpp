// SPDX-License-Identifier: GPL-3.0-or-later
// What the round loop promises besides the text: determinism, limits, end tokens, live changes, forced nodes, cancellation and a consistent
// record.
#include "tests/decoding/round_checks.h"

#include "core/base/compute_threads.h"
#include "core/rules/sampling.h"

#include <QtTest/QtTest>

#include <map>

#include <algorithm>
#include <cmath>

using namespace timberline;
using namespace timberline::test;

Q_DECLARE_METATYPE(decoding::RoundSettings)

namespace {

/// Length of most runs; instrumented code is many times slower and looks for other mistakes.
#ifdef TIMBERLINE_SANITIZED
constexpr std::int64_t kTokens = 12;
#else
constexpr std::int64_t kTokens = 40;
#endif

void add_shapes()
{
    QTest::addColumn<decoding::RoundSettings>("settings");
    for (const double temperature : {0.0, 1.0}) {
        const char* tag = temperature > 0 ? ", sampled" : ", greedy";
        QTest::addRow("plain%s", tag) << settings("plain", {}, temperature);
        QTest::addRow("a chain%s", tag) << settings("draft-model-chain", {}, temperature);
        for (const std::string shape : {"dynamic", "top-k", "sampled-without-replacement", "sampled-with-replacement"}) {
            QTest::addRow("a tree, %s%s", shape.c_str(), tag) << settings("draft-model-tree", {{"shape", shape}}, temperature);
        }
    }
}

std::vector<const record::Note*> notes(const record::Record& record)
{
    std::vector<const record::Note*> out;
    for (const record::Event& event : record.events) {
        if (const auto* note = std::get_if<record::Note>(&event.payload)) {
            out.push_back(note);
        }
    }
    return out;
}

}  // namespace

class TestRoundLoop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(target() && draft()); }

    void theRecordIsConsistent_data() { add_shapes(); }
    void theRecordIsConsistent()
    {
        QFETCH(decoding::RoundSettings, settings);
        const auto work = job(target(), draft(), kPrompt, kTokens);
        const auto run = decode(work, settings);
        QVERIFY(run.ok());
        std::size_t committed = kPrompt.size();
        for (const record::Round* round : record::rounds(*run.value())) {
            const QString fault = fault_in(*round);
            QVERIFY2(fault.isEmpty(), qPrintable(QString("round %1: %2").arg(round->index).arg(fault)));
            QCOMPARE(static_cast<std::size_t>(round->committed_before), committed);
            QVERIFY(round->lossless);
            committed += static_cast<std::size_t>(round->kept);
            QCOMPARE(round->draft_row.size(), static_cast<std::size_t>(round->target_tokens));
            QCOMPARE(round->target_laws.logits.size(), static_cast<std::size_t>(round->target_tokens) * 4096);
            QVERIFY(round->draft_ms >= 0 && round->verify_ms > 0 && round->overhead_ms >= 0);
        }
        QCOMPARE(committed, kPrompt.size() + kTokens);
        QCOMPARE(finish_of(*run.value()).reason, std::string("length"));
    }

    /// p, entropy and overlap of a record follow from its own raw logits by the definitions, computed here in double.
    void numbersFollowFromTheLogits()
    {
        const auto run = decode(job(target(), draft(), kPrompt, 16),
                                settings("draft-model-tree", {{"shape", std::string("sampled-without-replacement")}}, 0.8));
        QVERIFY(run.ok());
        const auto soft = [](const record::LawRows& rows, std::int32_t row, double temperature) {
            const float* logits = rows.logits.data() + static_cast<std::size_t>(row) * 4096;
            const double best = *std::max_element(logits, logits + 4096);
            std::vector<double> law(4096);
            double total = 0;
            for (std::size_t i = 0; i < law.size(); ++i) {
                total += law[i] = std::exp((logits[i] - best) / temperature);
            }
            for (double& x : law) {
                x /= total;
            }
            return law;
        };
        int compared = 0;
        for (const record::Round* round : record::rounds(*run.value())) {
            for (std::int32_t i = 0; i < round->target_tokens; ++i) {
                const record::Node& node = round->nodes[static_cast<std::size_t>(i)];
                double entropy = 0;
                for (const double p : soft(round->target_laws, i, 1)) {
                    entropy -= p > 0 ? p * std::log(p) : 0;
                }
                QVERIFY(std::abs(entropy - static_cast<double>(node.entropy)) < 1e-4);
                if (i > 0) {
                    const auto token = static_cast<std::size_t>(node.token);
                    QVERIFY(std::abs(soft(round->target_laws, node.parent, 0.8)[token] - static_cast<double>(node.p)) < 1e-5);
                    const std::int32_t row = round->draft_row[static_cast<std::size_t>(node.parent)];
                    QVERIFY(std::abs(soft(round->draft_laws, row, 0.8)[token] - static_cast<double>(node.q)) < 1e-5);
                }
                if (const std::int32_t row = round->draft_row[static_cast<std::size_t>(i)]; row >= 0) {
                    const auto p = soft(round->target_laws, i, 0.8);
                    const auto q = soft(round->draft_laws, row, 0.8);
                    double overlap = 0;
                    for (std::size_t k = 0; k < p.size(); ++k) {
                        overlap += std::min(p[k], q[k]);
                    }
                    QVERIFY(std::abs(overlap - static_cast<double>(node.overlap)) < 1e-4);
                    ++compared;
                }
            }
        }
        QVERIFY(compared > 10);
    }

    void twiceTheSame_data() { add_shapes(); }
    void twiceTheSame()
    {
        QFETCH(decoding::RoundSettings, settings);
        auto work = job(target(), draft(), kPrompt, kTokens);
        work.seed = 7;
        const auto first = decode(work, settings);
        const auto second = decode(work, settings);
        set_compute_threads(1);
        const auto single = decode(work, settings);
        set_compute_threads(2);
        const auto twin = decode(work, settings);
        QVERIFY(first.ok() && second.ok() && single.ok() && twin.ok());
        std::string difference;
        QVERIFY2(record::equal_but_times(*first.value(), *second.value(), &difference), difference.c_str());
        QVERIFY2(record::equal_but_times(*single.value(), *twin.value(), &difference), difference.c_str());
        if (settings.sampling.temperature > 0) {
            work.seed = 8;
            const auto other = decode(work, settings);
            QVERIFY(record::generated_ids(*other.value()) != record::generated_ids(*first.value()));
        }
    }

    void anUninstrumentedRunWritesTheSameText_data() { add_shapes(); }
    void anUninstrumentedRunWritesTheSameText()
    {
        QFETCH(decoding::RoundSettings, settings);
        auto work = job(target(), draft(), kPrompt, kTokens);
        const auto full = decode(work, settings);
        work.instrumented = false;
        const auto bare = decode(work, settings);
        QVERIFY(full.ok() && bare.ok());
        QCOMPARE(record::generated_ids(*bare.value()), record::generated_ids(*full.value()));
        for (const record::Round* round : record::rounds(*bare.value())) {
            QVERIFY(round->target_laws.logits.empty() && round->draft_laws.logits.empty());
        }
    }

    void forcingWhatWasAcceptedAnywayChangesNothing()
    {
        for (const double temperature : {0.0, 1.0}) {
            const auto work = job(target(), draft(), kPrompt, kTokens);
            const auto values = settings("draft-model-tree", {{"shape", std::string("sampled-without-replacement")}}, temperature);
            const auto free = decode(work, values);
            QVERIFY(free.ok());
            const auto rounds = record::rounds(*free.value());
            const auto found = std::find_if(rounds.begin(), rounds.end(), [](const record::Round* r) { return r->path.size() > 1; });
            QVERIFY(found != rounds.end());
            ScriptedDirector director(values);
            director.forced[(*found)->index] = (*found)->path[1];
            const auto forced = decode(work, director);
            QVERIFY(forced.ok());
            QCOMPARE(record::generated_ids(*forced.value()), record::generated_ids(*free.value()));
            const auto* round = record::rounds(*forced.value())[static_cast<std::size_t>((*found)->index)];
            QCOMPARE(round->forced_node, (*found)->path[1]);
            QVERIFY(!round->lossless);
        }
    }

    void forcingARejectedNodeChangesTheText()
    {
        const auto work = job(target(), draft(), kPrompt, kTokens);
        const auto values = settings("draft-model-tree");
        const auto free = decode(work, values);
        QVERIFY(free.ok());
        for (const record::Round* round : record::rounds(*free.value())) {
            for (std::int32_t node = 1; node < round->target_tokens; ++node) {
                if (round->nodes[static_cast<std::size_t>(node)].state != NodeState::Rejected) {
                    continue;
                }
                ScriptedDirector director(values);
                director.forced[round->index] = node;
                const auto forced = decode(work, director);
                QVERIFY(forced.ok());
                const auto* again = record::rounds(*forced.value())[static_cast<std::size_t>(round->index)];
                QCOMPARE(again->nodes[static_cast<std::size_t>(node)].state, NodeState::Accepted);
                QVERIFY(std::find(again->path.begin(), again->path.end(), node) != again->path.end());
                const QString fault = fault_in(*again);
                QVERIFY2(fault.isEmpty(), qPrintable(fault));
                QVERIFY(record::generated_ids(*forced.value()) != record::generated_ids(*free.value()));
                return;
            }
        }
        QFAIL("no node was rejected");
    }

    void forcingANodeThatIsNotThereIsANote_data()
    {
        QTest::addColumn<int>("node");
        QTest::addRow("the root") << 0;
        QTest::addRow("the extra token") << 5;
        QTest::addRow("far outside") << 100000;
    }
    void forcingANodeThatIsNotThereIsANote()
    {
        QFETCH(int, node);
        const auto work = job(target(), draft(), kPrompt, 12);
        const auto values = settings("draft-model-chain");
        ScriptedDirector director(values);
        director.forced[1] = node;
        const auto run = decode(work, director);
        QVERIFY(run.ok());
        QCOMPARE(notes(*run.value()).size(), std::size_t{1});
        QCOMPARE(record::generated_ids(*run.value()), record::generated_ids(*decode(work, values).value()));
    }

    void aLiveChangeIsRecordedAndKeepsGreedyText()
    {
        const auto work = job(target(), draft(), kPrompt, 48);
        const auto plain = decode(work, settings("plain"));
        ScriptedDirector director(settings("draft-model-chain", {{"draft_length", std::int64_t{2}}}));
        director.changes[3] = settings("draft-model-chain", {{"draft_length", std::int64_t{6}}});
        director.changes[6] = settings("draft-model-tree");
        director.changes[8] = settings("plain");
        director.changes[10] = settings("draft-model-chain");
        const auto run = decode(work, director);
        QVERIFY(plain.ok() && run.ok());
        QCOMPARE(record::generated_ids(*run.value()), record::generated_ids(*plain.value()));
        const auto rounds = record::rounds(*run.value());
        QCOMPARE(rounds[2]->target_tokens, 3);
        QCOMPARE(rounds[3]->target_tokens, 7);
        QCOMPARE(rounds[6]->drafter, std::string("draft-model-tree"));
        QCOMPARE(rounds[8]->target_tokens, 1);
        QCOMPARE(rounds[10]->target_tokens, 5);
        const auto changes = record::changes(*run.value());
        QCOMPARE(changes.size(), std::size_t{4});
        QCOMPARE(changes[0]->round, 3);
    }

    void topLawsKeepTheLikeliestAndTheRest()
    {
        auto work = job(target(), draft(), kPrompt, 8);
        work.laws = decoding::DecodeJob::Laws::Top;
        work.top = 16;
        const auto run = decode(work, settings("draft-model-chain", {}, 1));
        QVERIFY(run.ok());
        for (const record::Round* round : record::rounds(*run.value())) {
            const auto& laws = round->target_laws;
            QCOMPARE(laws.kind, record::LawRows::Kind::Top);
            QCOMPARE(laws.rows, round->target_tokens);
            QCOMPARE(laws.ids.size(), static_cast<std::size_t>(laws.rows) * 16);
            for (std::int32_t row = 0; row < laws.rows; ++row) {
                double mass = static_cast<double>(laws.remaining[static_cast<std::size_t>(row)]);
                for (std::size_t i = 0; i < 16; ++i) {
                    mass += static_cast<double>(laws.probability[static_cast<std::size_t>(row) * 16 + i]);
                }
                QVERIFY(std::abs(mass - 1) < 1e-5);
            }
        }
    }

    void promptOnlyMeansThePromptAlsoAfterAChange()
    {
#ifdef TIMBERLINE_SANITIZED
        constexpr std::int64_t kTokens = 40;
        constexpr std::int32_t kChange = 20;
#else
        constexpr std::int64_t kTokens = 120;
        constexpr std::int32_t kChange = 70;
#endif
        // Once the text goes round in circles, its own output would be copied from.
        const auto only = settings("prompt-lookup", {{"region", std::string("prompt")}});
        const auto work = job(target(), nullptr, kPrompt, kTokens);
        const auto whole = decode(work, settings("prompt-lookup"));
        const auto from_start = decode(work, only);
        ScriptedDirector director(settings("plain"));
        director.changes[kChange] = only;
        const auto changed = decode(work, director);
        QVERIFY(whole.ok() && from_start.ok() && changed.ok());
        const auto drafted = [](const record::Record& record, std::int32_t from) {
            std::map<std::int32_t, std::vector<TokenId>> out;
            for (const auto* round : record::rounds(record)) {
                if (round->committed_before >= from) {
                    for (const auto& node : round->nodes) {
                        if (node.depth > 0 && node.state != NodeState::Bonus && node.state != NodeState::Correction) {
                            out[round->committed_before].push_back(node.token);
                        }
                    }
                }
            }
            return out;
        };
        const auto from = static_cast<std::int32_t>(kPrompt.size()) + kChange;
        QCOMPARE(drafted(*changed.value(), from), drafted(*from_start.value(), from));
        QVERIFY(drafted(*whole.value(), from) != drafted(*from_start.value(), from));
    }
};

QTEST_APPLESS_MAIN(TestRoundLoop)
#include "test_round_loop.moc"
