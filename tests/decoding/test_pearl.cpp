// SPDX-License-Identifier: GPL-3.0-or-later
// PEARL: drafting while verifying.
#include "tests/decoding/player_helpers.h"

#include "core/decoding/parallel_lanes.h"

#include <QtTest/QtTest>

#include <chrono>
#include <stdexcept>
#include <thread>

using namespace timberline;
using namespace timberline::test;

Q_DECLARE_METATYPE(Values)

class TestPearl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(target() && draft());
        m_reference = read_reference(TIMBERLINE_FIXTURES);
        QCOMPARE(m_reference.prompts.size(), std::size_t{12});
    }

    void pearlWritesThePlainGreedyText_data()
    {
        QTest::addColumn<Values>("values");
        QTest::addColumn<int>("prompts");
        QTest::newRow("blocks of 4 on two threads") << Values{} << kPrompts;
        for (const std::int64_t length : {1, 2, 3, 5, 6, 7, 8, 16}) {
            QTest::addRow("blocks of %d", static_cast<int>(length))
                << Values{{"block_length", length}, {"overlap", std::string("simulated")}} << 1;
        }
        QTest::newRow("without pre-verify") << Values{{"pre_verify", false}} << std::min(kPrompts, 2);
        QTest::newRow("without post-verify") << Values{{"post_verify", false}} << std::min(kPrompts, 2);
        QTest::newRow("without both") << Values{{"pre_verify", false}, {"post_verify", false}} << std::min(kPrompts, 2);
        QTest::newRow("blocks by the declared cost") << Values{{"length", std::string("cost-ratio")}, {"draft_cost", 0.2}} << 1;
    }
    void pearlWritesThePlainGreedyText()
    {
        QFETCH(Values, values);
        QFETCH(int, prompts);
        for (int i = 0; i < prompts; ++i) {
            const auto& prompt = m_reference.prompts[static_cast<std::size_t>(i)];
            auto work = job(target(), draft(), prompt.ids, static_cast<std::int64_t>(prompt.greedy_new.size()));
            work.instrumented = i == 0;  // a run that nobody records matches tokens without laws
            QCOMPARE(ids_of(work, with("pearl", values)), prompt.greedy_new);
        }
    }

    void pearlRecordsEachDraftedTokenOnceAndBothLanes_data()
    {
        QTest::addColumn<Values>("values");
        QTest::addColumn<double>("temperature");
        for (const double temperature : {0.0, 1.0}) {
            QTest::addRow("as published, temperature %g", temperature) << Values{} << temperature;
            QTest::addRow("simulated, temperature %g", temperature) << Values{{"overlap", std::string("simulated")}} << temperature;
            QTest::addRow("without pre-verify, temperature %g", temperature) << Values{{"pre_verify", false}} << temperature;
            QTest::addRow("without post-verify, temperature %g", temperature) << Values{{"post_verify", false}} << temperature;
        }
    }
    void pearlRecordsEachDraftedTokenOnceAndBothLanes()
    {
        QFETCH(Values, values);
        QFETCH(double, temperature);
        const auto work = job(target(), draft(), kPrompt, 32);
        const auto run = decode(work, with("pearl", values, temperature));
        QVERIFY(run.ok());
        QCOMPARE(finish_of(*run.value()).reason, std::string("length"));
        double carried = 0;
        std::int32_t committed = static_cast<std::int32_t>(kPrompt.size());
        double clock = 0;
        for (const record::Round* round : record::rounds(*run.value())) {
            const QString fault = own_fault(*round, 4096);
            QVERIFY2(fault.isEmpty(), qPrintable(QString("round %1: %2").arg(round->index).arg(fault)));
            QVERIFY(round->lossless);
            QCOMPARE(round->committed_before, committed);
            committed += round->kept;
            const auto& numbers = round->statistics;
            const bool pre = numbers.at("mode") == 0;
            const bool without_pre = values.contains("pre_verify");
            // The root and the tokens that waited are what the target read; pre-verify has none waiting.
            QCOMPARE(round->target_laws.rows, round->target_tokens);
            QVERIFY(!pre || round->target_tokens == 1);
            if (carried > 0 || !without_pre) {
                QCOMPARE(round->target_tokens, 1 + static_cast<std::int32_t>(carried));
            }
            // A round without an extra token passes its block on, any other revokes it.
            if (round->next_node >= 0) {
                QCOMPARE(numbers.at("carried"), 0.0);
            } else {
                QCOMPARE(numbers.at("discarded"), 0.0);
            }
            carried = numbers.at("carried");
            QVERIFY(numbers.at("draft_t1_ms") >= numbers.at("draft_t0_ms"));
            QVERIFY(numbers.at("verify_t1_ms") > numbers.at("verify_t0_ms"));
            QVERIFY(numbers.at("verify_t0_ms") + 1e-9 >= clock);
            QVERIFY(numbers.at("overlapped_ms") > 0);
            clock = round->started_ms;
            for (const auto& node : round->nodes) {
                if (node.state == NodeState::Accepted || node.state == NodeState::Rejected) {
                    QVERIFY(node.p >= 0 && node.q > 0 && node.test_order >= 0);
                }
            }
        }
    }

    void pearlDoesNotDependOnTiming()
    {
        for (const double temperature : {0.0, 1.0}) {
            const auto work = job(target(), draft(), kPrompt, 32);
            const auto first = decode(work, with("pearl", {}, temperature));
            const auto second = decode(work, with("pearl", {}, temperature));
            const auto simulated = decode(work, with("pearl", {{"overlap", std::string("simulated")}}, temperature));
            QVERIFY(first.ok() && second.ok() && simulated.ok());
            std::string difference;
            QVERIFY2(record::equal_but_times(*first.value(), *second.value(), &difference), difference.c_str());
            const auto a = record::rounds(*first.value());
            const auto b = record::rounds(*simulated.value());
            QCOMPARE(a.size(), b.size());
            for (std::size_t i = 0; i < a.size(); ++i) {
                QCOMPARE(a[i]->path, b[i]->path);
                QCOMPARE(a[i]->nodes.size(), b[i]->nodes.size());
                for (std::size_t node = 0; node < a[i]->nodes.size(); ++node) {
                    QCOMPARE(a[i]->nodes[node].token, b[i]->nodes[node].token);
                    QCOMPARE(a[i]->nodes[node].state, b[i]->nodes[node].state);
                }
            }
            auto unrecorded = work;
            unrecorded.instrumented = false;
            QCOMPARE(ids_of(unrecorded, with("pearl", {}, temperature)), record::generated_ids(*first.value()));
        }
    }

    void pearlFollowsTheTargetsLaw_data()
    {
        QTest::addColumn<Values>("values");
        for (const std::int64_t length : {1, 2, 3}) {
            QTest::addRow("blocks of %d", static_cast<int>(length))
                << Values{{"block_length", length}, {"overlap", std::string("simulated")}};
        }
        QTest::newRow("without pre-verify") << Values{
            {"block_length", std::int64_t{2}}, {"pre_verify", false}, {"overlap", std::string("simulated")}};
        QTest::newRow("without post-verify") << Values{
            {"block_length", std::int64_t{2}}, {"post_verify", false}, {"overlap", std::string("simulated")}};
        QTest::newRow("a draft of another temperature")
            << Values{{"block_length", std::int64_t{2}}, {"draft_temperature", 1.7}, {"overlap", std::string("simulated")}};
    }
    void pearlFollowsTheTargetsLaw()
    {
        QFETCH(Values, values);
        const auto large = tiny_model(kLawVocabulary, 1);
        const auto small = tiny_model(kLawVocabulary, 2);
        const auto chosen = with("pearl", values, 1);
        const Law law = three_tokens(*large->decoder, chosen.sampling);
        std::vector<std::int64_t> counts(law.size(), 0);
        auto work = job(large, small, kLawPrompt, 3);
        work.instrumented = false;
        for (int i = 0; i < kLawRuns; ++i) {
            work.seed = static_cast<std::uint64_t>(i) + 1;
            const auto ids = ids_of(work, chosen);
            QCOMPARE(ids.size(), std::size_t{3});
            ++counts[static_cast<std::size_t>((ids[0] * kLawVocabulary + ids[1]) * kLawVocabulary + ids[2])];
        }
        const double z = chi_square_z(counts, law, kLawRuns);
        QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
    }

    void cancellingInFlightEndsBothLanes()
    {
        for (const int after_ms : {2, 10, 25}) {
            const auto work = job(target(), draft(), kPrompt, 400);
            ScriptedDirector director(with("pearl"));
            CancelToken cancel;
            std::thread hand([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(after_ms));
                cancel.cancel();
            });
            const auto run = decode(work, director, cancel);
            hand.join();
            if (run.ok()) {
                QCOMPARE(finish_of(*run.value()).reason, std::string("cancelled"));
            } else {
                QCOMPARE(run.error().code, ErrorCode::Cancelled);
            }
        }
    }

    void lanesOverlapAndEndTogether()
    {
        const auto nap = []() -> Status {
            std::this_thread::sleep_for(std::chrono::milliseconds(60));
            return {};
        };
        const auto both = decoding::run_lanes(nap, nap, true);
        QVERIFY(both.ok());
        QVERIFY(both->second_begin < both->first_end && both->first_begin < both->second_end);
        const auto one = decoding::run_lanes(nap, nap, false);
        QVERIFY(one.ok());
        QVERIFY(one->second_begin >= one->first_end);

        bool done = false;
        const auto slow = [&]() -> Status {
            std::this_thread::sleep_for(std::chrono::milliseconds(30));
            done = true;
            return {};
        };
        const auto fails = []() -> Status { return make_error(ErrorCode::Cancelled, "stopped"); };
        QVERIFY(!decoding::run_lanes(slow, fails, true).ok());
        QVERIFY(done);
        done = false;
        QVERIFY(!decoding::run_lanes(fails, slow, true).ok());
        QVERIFY(done);
        done = false;
        const auto throws = []() -> Status { throw std::runtime_error("no"); };
        QVERIFY_EXCEPTION_THROWN((void)decoding::run_lanes(slow, throws, true), std::runtime_error);
        QVERIFY(done);
        QVERIFY_EXCEPTION_THROWN((void)decoding::run_lanes(throws, slow, true), std::runtime_error);
    }

    void changingToAndFromPearlKeepsTheText()
    {
        const auto& prompt = m_reference.prompts[0];
        const auto work = job(target(), draft(), prompt.ids, static_cast<std::int64_t>(prompt.greedy_new.size()));
        ScriptedDirector director(with("pearl"));
        director.changes[3] = settings("draft-model-chain", {{"draft_length", std::int64_t{3}}});
        director.changes[6] = with("pearl", {{"block_length", std::int64_t{2}}});
        director.changes[8] = with("pearl", {{"block_length", std::int64_t{6}}});
        director.changes[9] = with("pearl", {{"block_length", std::int64_t{6}}, {"post_verify", false}});
        director.changes[12] = settings("plain");
        director.forced[1] = 1;
        const auto run = decode(work, director);
        QVERIFY(run.ok());
        QCOMPARE(record::generated_ids(*run.value()), prompt.greedy_new);
        QVERIFY(record::rounds(*run.value()).size() > 12);
        const bool noted = std::ranges::any_of(run.value()->events, [](const record::Event& event) {
            const auto* note = std::get_if<record::Note>(&event.payload);
            return note != nullptr && note->text.find("no node can be forced") != std::string::npos;
        });
        QVERIFY(noted);
    }

private:
    Reference m_reference;
};

QTEST_APPLESS_MAIN(TestPearl)
#include "test_pearl.moc"
