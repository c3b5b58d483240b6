// SPDX-License-Identifier: GPL-3.0-or-later
// Logs of other programs. Expected means are those that the programs' own scripts print for the sample files, worked out by hand beside
// them.

#include "core/io/imports/trace_import.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "core/rules/hindsight.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace timberline;
using io::TraceFormat;

class TestTraceImport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theMeansEqualTheFilesOwn_data();
    void theMeansEqualTheFilesOwn();
    void roundsCarryStatesThatTheLogTells();
    void anImportedRecordIsWrittenAndReadBack();
    void damagedLogsAreRefusedWithPlaceAndExpectation_data();
    void damagedLogsAreRefusedWithPlaceAndExpectation();
};

namespace {

std::string sample(const char* name)
{
    return std::string(TIMBERLINE_FIXTURES) + "/imports/" + name;
}

bool agree(double a, double b)
{
    return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) < 1e-9;
}

}  // namespace

void TestTraceImport::theMeansEqualTheFilesOwn_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("requests");
    QTest::addColumn<int>("steps");
    QTest::addColumn<double>("mean");
    QTest::addColumn<double>("rate");
    QTest::newRow("Spec-Bench: mean of accept_lengths 4 1 4 3 2 5 1") << "spec_bench.jsonl" << 2 << 7 << 20.0 / 7 << std::nan("");
    QTest::newRow("vLLM: 9 accepted of 14 drafted in 5 steps") << "vllm_detailed.json" << 2 << 5 << 1 + 9.0 / 5 << 9.0 / 14;
    QTest::newRow("llama.cpp: 171 + 167 of 297 + 259, the last line of each drafter")
        << "llama_speculative.log" << 2 << 0 << 1 + (171 + 338.0) / (99 + 186) << 338.0 / 556;
}

void TestTraceImport::theMeansEqualTheFilesOwn()
{
    QFETCH(QString, file);
    QFETCH(int, requests);
    QFETCH(int, steps);
    QFETCH(double, mean);
    QFETCH(double, rate);
    const auto trace = io::import_trace_file(sample(qPrintable(file)));
    QVERIFY2(trace.ok(), trace.ok() ? "" : trace.error().message.c_str());
    QCOMPARE(trace->requests, requests);
    QCOMPARE(trace->steps, steps);
    QVERIFY(agree(trace->mean_accepted, mean));
    QVERIFY(agree(trace->acceptance_rate, rate));
    QCOMPARE(record::rounds(*trace->record).size(), static_cast<std::size_t>(steps));
    if (steps > 0) {
        // What the views count from the record is what the file's own program prints.
        QVERIFY(agree(record::accepted_per_pass(*trace->record).value(), mean));
    }
    if (file.startsWith("spec")) {
        QVERIFY(!record::mean_acceptance(*trace->record).has_value());  // nobody knows how many were refused
        QVERIFY(record::acceptance_by_depth(*trace->record).empty());
        QVERIFY(rules::hindsight(*trace->record).empty());
    }
    if (file.startsWith("vllm")) {
        QVERIFY(agree(record::mean_acceptance(*trace->record).value(), rate));
    }
}

void TestTraceImport::roundsCarryStatesThatTheLogTells()
{
    const auto trace = io::import_trace("{\"per_step_drafted\": [4], \"per_step_accepted\": [1]}", TraceFormat::Vllm, "log");
    QVERIFY(trace.ok());
    const record::Round& round = *record::rounds(*trace->record).at(0);
    using record::NodeState;
    const std::vector<NodeState> expected{NodeState::Root,          NodeState::Accepted,      NodeState::Rejected,
                                          NodeState::NeverVerified, NodeState::NeverVerified, NodeState::Correction};
    QCOMPARE(round.nodes.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        QCOMPARE(record::name_of(round.nodes[i].state), record::name_of(expected[i]));
        QVERIFY(std::isnan(round.nodes[i].p) && std::isnan(round.nodes[i].q));
    }
    QCOMPARE(round.kept, 2);
    QCOMPARE(round.nodes[5].parent, 1);
    // A refused token is not the one that replaced it: the target's token counts as missing among the children, and no path goes on.
    const auto depths = record::acceptance_by_depth(*trace->record);
    QCOMPARE(depths.at(1).coverage.hits, 0);
    QCOMPARE(rules::hindsight(*trace->record).at(0).longest_committed, 2.0);
    const auto full = io::import_trace("{\"per_step_drafted\": [2], \"per_step_accepted\": [2]}", TraceFormat::Vllm, "log");
    QVERIFY(full.ok());
    QCOMPARE(record::name_of(record::rounds(*full->record).at(0)->nodes.back().state), record::name_of(NodeState::Bonus));
}

void TestTraceImport::anImportedRecordIsWrittenAndReadBack()
{
    QTemporaryDir folder;
    for (const char* name : {"spec_bench.jsonl", "vllm_detailed.json", "llama_speculative.log"}) {
        const auto trace = io::import_trace_file(sample(name));
        QVERIFY(trace.ok());
        const auto path = std::filesystem::path(folder.filePath("t.tlrun").toStdString());
        const auto saved = record::save(*trace->record, path);
        QVERIFY2(saved.ok(), saved.ok() ? "" : saved.error().message.c_str());
        const auto back = record::load(path);
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().message.c_str());
        QCOMPARE(record::state_hash(**back), record::state_hash(*trace->record));
    }
}

void TestTraceImport::damagedLogsAreRefusedWithPlaceAndExpectation_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("part");
    QTest::newRow("nothing known") << "hello"
                                   << "no trace of speculative decoding";
    QTest::newRow("empty") << ""
                           << "no trace of speculative decoding";
    QTest::newRow("half a length") << "{\"choices\": [{\"accept_lengths\": [1, 2.5]}]}"
                                   << "line 1, choices[0].accept_lengths[1]: got 2.5";
    QTest::newRow("a negative length") << "{\"choices\": [{\"accept_lengths\": [-1]}]}"
                                       << "got -1";
    QTest::newRow("a length as text") << "{\"choices\": [{\"accept_lengths\": [\"3\"]}]}"
                                      << "got \"3\"";
    QTest::newRow("the second line is cut") << "{\"choices\": [{\"accept_lengths\": [1]}]}\n{\"choices\": ["
                                            << "line 2";
    QTest::newRow("no steps at all") << "{\"choices\": [{\"accept_lengths\": []}]}"
                                     << "no decoding step";
    QTest::newRow("a summary only") << "{\"metrics\": {\"speculative_decoding\": {\"acceptance_histogram\": [1, 2]}}}"
                                    << "per_step_drafted and per_step_accepted are missing";
    QTest::newRow("lists of two lengths") << "{\"per_step_drafted\": [1, 2], \"per_step_accepted\": [1]}"
                                          << "2 entries and per_step_accepted 1";
    QTest::newRow("more accepted than drafted") << "{\"per_step_drafted\": [1], \"per_step_accepted\": [2]}"
                                                << "2 accepted of 1 drafted";
    QTest::newRow("a draft beyond all bounds") << "{\"per_step_drafted\": [99999999], \"per_step_accepted\": [0]}"
                                               << "99999999 drafted tokens";
    QTest::newRow("drafts without end") << QString("{\"per_step_drafted\": [" + QString("1024,").repeated(4000) +
                                                   "0], \"per_step_accepted\": [" + QString("0,").repeated(4000) + "0]}")
                                        << "more than 4000000 drafted tokens";
    QTest::newRow("more accepted than generated") << "draft acceptance rate = 2.0 ( 4 accepted / 2 generated)"
                                                  << "A not above G";
}

void TestTraceImport::damagedLogsAreRefusedWithPlaceAndExpectation()
{
    QFETCH(QString, text);
    QFETCH(QString, part);
    const std::string bytes = text.toStdString();
    const auto format = io::guess_trace_format(bytes);
    const Error error = format.ok() ? io::import_trace(bytes, *format, "log").error() : format.error();
    QVERIFY2(QString::fromStdString(error.message).contains(part), error.message.c_str());
    QVERIFY(!error.hint.empty());
}

QTEST_APPLESS_MAIN(TestTraceImport)
#include "test_trace_import.moc"
