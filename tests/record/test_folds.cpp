// SPDX-License-Identifier: GPL-3.0-or-later
// Expected numbers are counted by hand from the five rounds of sample_record(); Wilson limits from the equation that defines them.
#include "core/record/folds.h"
#include "tests/record/sample_record.h"

#include <QtTest/QtTest>

#include <functional>

using namespace timberline;
using namespace timberline::test;
using Ids = std::vector<TokenId>;
using Change = std::function<void(Record&)>;

namespace {

template <typename Payload>
Payload& event_at(Record& record, std::size_t index)
{
    return std::get<Payload>(record.events[index].payload);
}

} // namespace

class TestFolds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void words_are_stable()
    {
        using enum NodeState;
        const std::vector<std::string> states = {"root", "accepted", "rejected", "never-verified", "pruned", "bonus", "correction"};
        for (std::size_t i = 0; i < states.size(); ++i) {
            QCOMPARE(std::string(name_of(static_cast<NodeState>(i))), states[i]);
        }
        const std::vector<std::string> kinds = {"none", "point-mass", "without-replacement", "with-replacement"};
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            QCOMPARE(std::string(name_of(static_cast<DrawKind>(i))), kinds[i]);
        }
    }

    void text_and_marks()
    {
        const Record record = sample_record();
        QCOMPARE(generated_ids(record), (Ids{5, 7, 1, 2, 0, 5, 6, 2}));
        QCOMPARE(generated_ids(record, 2), (Ids{5, 7, 1, 2, 0}));
        QCOMPARE(generated_ids(record, 0), Ids{});
        const auto tokens = committed_tokens(record);
        using enum TokenMark;
        const std::vector<TokenMark> marks = {Prompt,   Prompt, Prompt, Accepted,   Correction, Accepted,
                                              Accepted, Bonus,  Bonus,  Correction, Accepted};
        QCOMPARE(tokens.size(), marks.size());
        for (std::size_t i = 0; i < marks.size(); ++i) {
            QCOMPARE(tokens[i].mark, marks[i]);
        }
        QCOMPARE(tokens[0].round, -1);
        QCOMPARE(tokens[3].round, 0);
        QCOMPARE(tokens[3].node, 2);
        QCOMPARE(tokens[4].node, 4);
    }

    void the_token_limit_cuts_the_last_round()
    {
        Record record = sample_record();
        event_at<Round>(record, 2).kept = 1;
        QCOMPARE(generated_ids(record, 2), (Ids{5, 7, 1}));
        QCOMPARE(accepted_per_pass(record, 2).value(), 1.5);
    }

    void display_text()
    {
        const Record record = sample_record();
        const RunStarted& started = *run_started(record);
        QCOMPARE(token_text(started, 1), std::string("a"));
        QCOMPARE(token_text(started, 0), std::string());
        QCOMPARE(token_text(started, 7), std::string("\0\xFF", 2));
        QCOMPARE(token_text(started, 6), std::string("⟨6⟩"));
    }

    void events_are_found()
    {
        const Record record = sample_record();
        QCOMPARE(rounds(record).size(), std::size_t{5});
        QCOMPARE(rounds(record, 2).size(), std::size_t{2});
        QCOMPARE(changes(record).size(), std::size_t{3});
        QCOMPARE(changes(record, 3).size(), std::size_t{1});
        QCOMPARE(run_finished(record)->reason, std::string("stop-token"));
        QCOMPARE(last_baseline(record)->tokens_per_second, 100.0);
        const Record empty;
        QVERIFY(run_started(empty) == nullptr && run_finished(empty) == nullptr && last_baseline(empty) == nullptr);
        QVERIFY(!accepted_per_pass(empty) && !mean_acceptance(empty) && !tokens_per_second(empty));
        QVERIFY(committed_tokens(empty).empty() && acceptance_by_depth(empty).empty());
    }

    void rates()
    {
        const Record record = sample_record();
        QCOMPARE(accepted_per_pass(record).value(), 8.0 / 5);
        QCOMPARE(accepted_per_pass(record, 2).value(), 5.0 / 2);
        QCOMPARE(mean_acceptance(record).value(), 4.0 / 9);
        QCOMPARE(mean_acceptance(record, 1).value(), 1.0 / 3);
        QCOMPARE(tokens_per_second(record).value(), 8 / .0175);
        QCOMPARE(tokens_per_second(record, 1).value(), 2 / .0035);
    }

    void plain_decoding_commits_one_token_a_pass()
    {
        Record record = sample_record();
        record.events = {record.events[0], record.events[4]};
        event_at<Round>(record, 1).index = 0;
        QCOMPARE(accepted_per_pass(record).value(), 1.0);
        QVERIFY(!mean_acceptance(record)); // nothing was drafted
    }

    void acceptance_at_each_depth()
    {
        const auto depths = acceptance_by_depth(sample_record());
        QCOMPARE(depths.size(), std::size_t{2});
        // Depth 1: rounds 0, 1, 3, 4 drafted; 0, 1, 4 accepted; round 3 emitted the token that it had rejected, so it was covered.
        QCOMPARE(depths[0].depth, 1);
        QCOMPARE(depths[0].conditional.hits, 3);
        QCOMPARE(depths[0].conditional.trials, 4);
        QCOMPARE(depths[0].unconditional.trials, 4);
        QCOMPARE(depths[0].coverage.hits, 4);
        // Depth 2: rounds 0 and 1 reached depth 1 and had drafts below; round 4 ended there by its end token, which decides nothing.
        QCOMPARE(depths[1].conditional.hits, 1);
        QCOMPARE(depths[1].conditional.trials, 2);
        QCOMPARE(depths[1].unconditional.hits, 1);
        QCOMPARE(depths[1].unconditional.trials, 4);
        QCOMPARE(depths[1].coverage.hits, 1);
        QCOMPARE(depths[1].coverage.trials, 2);
        const auto first = acceptance_by_depth(sample_record(), 1);
        QCOMPARE(first.size(), std::size_t{2});
        QCOMPARE(first[1].conditional.trials, 1);
        QCOMPARE(first[1].conditional.hits, 0);
    }

    void states_are_counted()
    {
        QCOMPARE(count_states(sample_record()), (std::vector<std::int64_t>{5, 4, 3, 2, 1, 2, 2, 0}));
        QCOMPARE(count_states(sample_record(), 1), (std::vector<std::int64_t>{1, 1, 2, 0, 0, 0, 1, 0}));
    }

    void wilson_interval_data()
    {
        QTest::addColumn<int>("hits");
        QTest::addColumn<int>("trials");
        QTest::newRow("eight of ten") << 8 << 10;
        QTest::newRow("one of three") << 1 << 3;
        QTest::newRow("half of a thousand") << 500 << 1000;
        QTest::newRow("none of ten") << 0 << 10;
        QTest::newRow("all of ten") << 10 << 10;
    }
    void wilson_interval()
    {
        QFETCH(int, hits);
        QFETCH(int, trials);
        const Share share = wilson(hits, trials);
        const double observed = static_cast<double>(hits) / trials;
        QCOMPARE(share.value(), observed);
        // A limit x satisfies (observed - x)^2 = z^2 x (1 - x) / n.
        const double z = 1.959963984540054;
        for (const double x : {share.low, share.high}) {
            const double difference = (observed - x) * (observed - x) - z * z * x * (1 - x) / trials;
            QVERIFY2(std::abs(difference) < 1e-12 || x == observed, qPrintable(QString::number(difference)));
        }
        QVERIFY(share.low <= observed && observed <= share.high && share.low < share.high);
    }

    void wilson_at_the_ends()
    {
        const double square = 1.959963984540054 * 1.959963984540054;
        QCOMPARE(wilson(0, 10).low, 0.0);
        QVERIFY(std::abs(wilson(0, 10).high - square / (10 + square)) < 1e-12); // closed form without hits
        QVERIFY(std::abs(wilson(10, 10).low - 10 / (10 + square)) < 1e-12);
        QCOMPARE(wilson(10, 10).high, 1.0);
        QVERIFY(std::isnan(wilson(0, 0).value()));
        QCOMPARE(wilson(0, 0).low, 0.0);
        QCOMPARE(wilson(0, 0).high, 1.0);
    }

    void history_of_a_node()
    {
        const Record record = sample_record();
        const auto list = rounds(record);
        QCOMPARE(history_at(record, *list[0], 0), (Ids{1, 2, 3}));
        QCOMPARE(history_at(record, *list[0], 3), (Ids{1, 2, 3, 5, 6}));
        QCOMPARE(history_at(record, *list[1], 2), (Ids{1, 2, 3, 5, 7, 1, 2}));
        QCOMPARE(history_at(record, *list[3], 99), history_at(record, *list[3], 0));
    }

    void sampling_changes_from_their_round_on()
    {
        Record record = sample_record();
        QCOMPARE(sampling_at(record, 1).temperature, .7);
        QCOMPARE(sampling_at(record, 2).temperature, 1.5);
        QCOMPARE(sampling_at(record, 2).top_k, 0);
        QCOMPARE(sampling_at(record, 3).top_k, 40);
        event_at<ParameterChanged>(record, 3).new_value = "warm";
        QCOMPARE(sampling_at(record, 3).temperature, .7); // unreadable text changes nothing
        event_at<ParameterChanged>(record, 3) = {0, "sampling.order", "hf", "llamacpp"};
        QCOMPARE(sampling_at(record, 0).order, std::string("llamacpp"));
    }

    void differences_are_named_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, Change change, const char* words) {
            QTest::newRow(name) << change << QString::fromUtf8(words);
        };
        row(
            "node number", [](Record& r) { event_at<Round>(r, 1).nodes[1].p = .2F; }, "event 1 (round 0): node 1: p: 0.1");
        row(
            "node state", [](Record& r) { event_at<Round>(r, 1).nodes[1].state = NodeState::Pruned; },
            "event 1 (round 0): node 1: state: rejected against pruned");
        row(
            "number defined on one side only", [](Record& r) { event_at<Round>(r, 1).nodes[0].p = 0; }, "node 0: p: nan against 0");
        row(
            "zero against minus zero", [](Record& r) { event_at<Round>(r, 1).target_laws.logits[7] = 0; }, "target laws: logits[7]");
        row(
            "path", [](Record& r) { event_at<Round>(r, 2).path[2] = 1; }, "event 2 (round 1): path[2]: 2 against 1");
        row(
            "path length", [](Record& r) { event_at<Round>(r, 2).path.pop_back(); }, "path count: 3 against 2");
        row(
            "node count", [](Record& r) { event_at<Round>(r, 2).nodes.pop_back(); }, "node count: 4 against 3");
        row(
            "statistic", [](Record& r) { event_at<Round>(r, 1).statistics["theta"] = .2; }, "statistics['theta']: 0.1 against 0.2");
        row(
            "missing statistic", [](Record& r) { event_at<Round>(r, 1).statistics.erase("theta"); },
            "statistics['theta']: 0.1 against nothing");
        row(
            "extra statistic", [](Record& r) { event_at<Round>(r, 1).statistics["zeta"] = 1; }, "statistics['zeta']: nothing against 1");
        row(
            "token text", [](Record& r) { event_at<RunStarted>(r, 0).token_text[1] = "b"; }, "token_text[1]: 'a' against 'b'");
        row(
            "sampling", [](Record& r) { event_at<RunStarted>(r, 0).sampling.top_k = 3; },
            "event 0 (run-started): sampling: top_k: 0 against 3");
        row(
            "draft law", [](Record& r) { event_at<Round>(r, 1).draft_laws.ids[1] = 5; }, "draft laws: ids[1]: 6 against 5");
        row(
            "baseline ids", [](Record& r) { event_at<BaselineMeasured>(r, 9).ids[0] = 1; }, "ids[0]: 5 against 1");
        row(
            "kind of event", [](Record& r) { r.events[3] = {Note{"x"}}; }, "'parameter-changed' against 'note'");
        row(
            "number of events", [](Record& r) { r.events.pop_back(); }, "event count: 12 against 11");
    }
    void differences_are_named()
    {
        QFETCH(Change, change);
        QFETCH(QString, words);
        Record changed = sample_record();
        change(changed);
        std::string difference;
        QVERIFY(!equal_but_times(sample_record(), changed, &difference));
        QVERIFY2(QString::fromStdString(difference).contains(words), difference.c_str());
        QVERIFY(state_hash(sample_record()) != state_hash(changed));
    }

    void wall_times_do_not_count()
    {
        Record later = sample_record();
        auto& round = event_at<Round>(later, 1);
        round.started_ms = round.draft_ms = round.verify_ms = round.overhead_ms = 99;
        round.statistics["draft_wait_ms"] = 7;
        auto& baseline = event_at<BaselineMeasured>(later, 9);
        baseline.tokens_per_second = baseline.method_tokens_per_second = baseline.spread_low = baseline.spread_high = baseline.speedup = 7;
        event_at<RunFinished>(later, 10).total_ms = 1;
        event_at<RunFinished>(later, 10).prefill_ms = 1;
        std::string difference = "left over";
        QVERIFY2(equal_but_times(sample_record(), later, &difference), difference.c_str());
        QVERIFY(difference.empty());
        QCOMPARE(state_hash(later), state_hash(sample_record()));
    }

    void hash_of_a_moment_knows_no_later_events()
    {
        const Record record = sample_record();
        Record prefix = record;
        prefix.events.resize(3); // start, rounds 0 and 1
        QCOMPARE(state_hash(record, 2), state_hash(prefix, 2));
        QCOMPARE(state_hash(prefix, 2), state_hash(prefix));
        QVERIFY(state_hash(record, 1) != state_hash(record, 2));
        QVERIFY(state_hash(record, 2) != state_hash(record, 3)); // round 2 and its change
        QVERIFY(state_hash(record, 0) != state_hash(record, 1));
    }
};

QTEST_APPLESS_MAIN(TestFolds)
#include "test_folds.moc"
