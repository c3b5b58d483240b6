// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/io/archive.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "tests/record/sample_record.h"

#include <QtTest/QtTest>

#include <chrono>
#include <cstring>
#include <functional>

using namespace timberline;
using namespace timberline::test;
using Damage = std::function<void(io::ArchiveEntries&)>;

namespace {

/// Changes the parsed record.json.
Damage in_json(std::function<void(Json&)> change)
{
    return [change](io::ArchiveEntries& entries) {
        Json document = Json::parse(entries.at("record.json"));
        change(document);
        entries["record.json"] = document.dump();
    };
}

/// Changes one array of arrays.npz, given as its npy bytes; nothing returned = the array is taken out.
Damage in_arrays(const std::string& member, std::function<std::optional<io::Array>(io::Array)> change)
{
    return [member, change](io::ArchiveEntries& entries) {
        auto arrays = io::read_zip_memory(entries.at("arrays.npz"), "test").value();
        const auto changed = change(io::parse_npy(arrays.at(member), "test").value());
        if (changed) {
            arrays[member] = io::npy_bytes(*changed);
        } else {
            arrays.erase(member);
        }
        entries["arrays.npz"] = io::zip_to_memory(arrays, false).value();
    };
}

/// Sets one entry of an int32 column of all nodes.
Damage node_value(const char* column, std::size_t row, std::int32_t value)
{
    return in_arrays(std::string("nodes.") + column + ".npy", [row, value](io::Array array) {
        std::memcpy(array.bytes.data() + row * sizeof value, &value, sizeof value);
        return std::optional(array);
    });
}

/// Sets one key of event `index`.
template <typename T>
Damage event_value(std::size_t index, const char* key, T value)
{
    return in_json([=](Json& document) { document["events"][index][key] = value; });
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b)
{
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

/// 30 rounds of 25 nodes with all logits of a vocabulary of 4,096 on both sides: 128 tokens of a run that keeps everything.
Record large_record()
{
    Record out = sample_record();
    out.events.resize(1);
    auto& started = std::get<RunStarted>(out.events[0].payload);
    started.vocabulary = 4096;
    for (TokenId token = 0; token < 4096; ++token) {
        started.token_text[token] = "token" + std::to_string(token);
    }
    RandomStream random({2, RandomPurpose::Test, 0, 0, 0});
    std::vector<float> logits(25 * 4096);
    for (float& x : logits) {
        x = static_cast<float>(random.next());
    }
    for (std::int32_t index = 0; index < 30; ++index) {
        std::vector<Node> nodes = {make_node(-1, 3, 0, NodeState::Root)};
        for (std::int32_t i = 1; i < 25; ++i) {
            nodes.push_back(make_node(0, i, 1, NodeState::NeverVerified));
        }
        nodes.push_back(make_node(0, 5, 1, NodeState::Correction));
        Round round = make_round(index, 3 + index, nodes, {0}, 5, 25, 1);
        round.target_laws = {.kind = LawRows::Kind::Full,
                             .vocabulary = 4096,
                             .rows = 25,
                             .top = 0,
                             .logits = logits,
                             .ids = {},
                             .probability = {},
                             .remaining = {}};
        round.draft_laws = {.kind = LawRows::Kind::Full,
                            .vocabulary = 4096,
                            .rows = 6,
                            .top = 0,
                            .logits = {logits.begin(), logits.begin() + 6 * 4096},
                            .ids = {},
                            .probability = {},
                            .remaining = {}};
        out.events.push_back({std::move(round)});
    }
    return out;
}

}  // namespace

class TestCodec : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::filesystem::path file(const char* name) const { return std::filesystem::path(m_folder.path().toStdString()) / name; }

private Q_SLOTS:
    void round_trip()
    {
        const Record record = sample_record();
        QVERIFY(save(record, file("a.tlrun")).ok());
        const auto loaded = load(file("a.tlrun"));
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message.c_str());
        std::string difference;
        QVERIFY2(equal_but_times(record, **loaded, &difference), difference.c_str());
        // Times and NaN bits are outside that comparison.
        QVERIFY(save(**loaded, file("b.tlrun")).ok());
        QCOMPARE(read_file(file("a.tlrun")).value(), read_file(file("b.tlrun")).value());
        const auto before = rounds(record);
        const auto after = rounds(**loaded);
        for (std::size_t i = 0; i < before.size(); ++i) {
            QCOMPARE(after[i]->started_ms, before[i]->started_ms);
            QCOMPARE(after[i]->overhead_ms, before[i]->overhead_ms);
        }
        QVERIFY(same_bits(after[0]->target_laws.logits, before[0]->target_laws.logits));
        QVERIFY(std::isnan(after[0]->statistics.at("undefined")));
        QCOMPARE(last_baseline(**loaded)->speedup, static_cast<double>(INFINITY));
        QCOMPARE(run_finished(**loaded)->prefill_ms, 3.25);
        QCOMPARE(run_started(**loaded)->token_text.at(7), std::string("\0\xFF", 2));
        QCOMPARE(run_started(**loaded)->seed, 18446744073709551615ULL);
    }

    void payloads_of_nan_survive()
    {
        Record record = sample_record();
        auto& node = std::get<Round>(record.events[1].payload).nodes[0];
        const std::uint32_t bits = 0xffc12345U;
        std::memcpy(&node.margin, &bits, sizeof bits);
        QVERIFY(save(record, file("nan.tlrun")).ok());
        const auto loaded = load(file("nan.tlrun"));
        std::uint32_t after = 0;
        std::memcpy(&after, &rounds(**loaded)[0]->nodes[0].margin, sizeof after);
        QCOMPARE(after, bits);
    }

    void small_records_data()
    {
        QTest::addColumn<int>("events");
        QTest::newRow("no event") << 0;
        QTest::newRow("only the start") << 1;
        QTest::newRow("one round") << 2;
    }
    void small_records()
    {
        QFETCH(int, events);
        Record record = sample_record();
        record.events.resize(static_cast<std::size_t>(events));
        QVERIFY(save(record, file("small.tlrun")).ok());
        const auto loaded = load(file("small.tlrun"));
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message.c_str());
        QVERIFY(equal_but_times(record, **loaded));
    }

    void unknown_events_and_keys_are_passed_over()
    {
        QVERIFY(save(sample_record(), file("a.tlrun")).ok());
        auto entries = io::read_zip(file("a.tlrun")).value();
        in_json([](Json& document) {
            document["events"].push_back({{"type", "weather-report"}, {"sky", "blue"}});
            document["events"][1]["mood"] = "good";
        })(entries);
        QVERIFY(io::write_zip(file("b.tlrun"), entries, true).ok());
        const auto loaded = load(file("b.tlrun"));
        QVERIFY(loaded.ok());
        QVERIFY(equal_but_times(sample_record(), **loaded));
    }

    void a_record_from_before_heads_were_hashed_is_read()
    {
        QVERIFY(save(sample_record(), file("a.tlrun")).ok());
        auto entries = io::read_zip(file("a.tlrun")).value();
        in_json([](Json& document) { QCOMPARE(document["events"][0].erase("heads_hash"), std::size_t{1}); })(entries);
        QVERIFY(io::write_zip(file("b.tlrun"), entries, true).ok());
        const auto loaded = load(file("b.tlrun"));
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message.c_str());
        QCOMPARE(run_started(**loaded)->heads_hash, std::string());
        QCOMPARE(run_started(**loaded)->model_hash, std::string("00ff"));
    }

    void laws_of_the_wrong_size_are_not_saved()
    {
        Record record = sample_record();
        std::get<Round>(record.events[1].payload).target_laws.logits.pop_back();
        const auto status = save(record, file("c.tlrun"));
        QVERIFY(!status.ok());
        QVERIFY(QString::fromStdString(status.error().message).contains("target_laws.logits holds 7 numbers, expected 8"));
        QVERIFY(!std::filesystem::exists(file("c.tlrun")));
    }

    void damaged_files_data()
    {
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, Damage damage, const char* words) {
            QTest::newRow(name) << damage << QString::fromLatin1(words);
        };
        // Events: 0 start, 1 and 2 rounds 0 and 1, 3 change, 4 round 2. Nodes of round 0: rows 0 to 4, of round 1: rows 5 to 8.
        row(
            "record.json missing", [](io::ArchiveEntries& e) { e.erase("record.json"); }, "record.json is missing");
        row(
            "arrays.npz missing", [](io::ArchiveEntries& e) { e.erase("arrays.npz"); }, "arrays.npz is missing");
        row(
            "arrays.npz is no zip", [](io::ArchiveEntries& e) { e["arrays.npz"] = "PK?"; }, "arrays.npz");
        row(
            "record.json cut short", [](io::ArchiveEntries& e) { e["record.json"].resize(100); }, "record.json");
        row(
            "record.json is a list", [](io::ArchiveEntries& e) { e["record.json"] = "[]"; }, "format");
        row("another format", in_json([](Json& d) { d["format"] = "trace"; }), "expected \"timberline-record\"");
        row("version as text", in_json([](Json& d) { d["version"] = "one"; }), "record.json.version");
        row("version zero", in_json([](Json& d) { d["version"] = 0; }), "record.json.version");
        row("events missing", in_json([](Json& d) { d.erase("events"); }), "events");
        row("event without a type", in_json([](Json& d) { d["events"][2].erase("type"); }), "events[2]");
        row("event is a number", in_json([](Json& d) { d["events"][2] = 5; }), "events[2]");
        row("start is not first", in_json([](Json& d) { d["events"].erase(0); }), "run-started");
        row("two starts", in_json([](Json& d) { d["events"].push_back(d["events"][0]); }), "run-started");
        row("missing key", in_json([](Json& d) { d["events"][1].erase("kept"); }), "events[1].kept is missing");
        row("wrong type", event_value(1, "next", "seven"), "events[1].next: got \"seven\"");
        row("fraction for a count", event_value(1, "kept", 1.5), "events[1].kept");
        row("negative count", event_value(1, "draft_passes", -1), "events[1].draft_passes: got -1");
        row("negative time", event_value(1, "draft_ms", -2.0), "events[1].draft_ms");
        row("number beyond 32 bits", event_value(1, "target_tokens", 5000000000LL), "events[1].target_tokens");
        row("round numbers jump", event_value(4, "index", 7), "events[4].index: got 7, expected 2");
        row("path does not start at the root", event_value(1, "path", Json::array({2})), "path[0]");
        row("path empty", event_value(1, "path", Json::array()), "path[0]");
        row("path not increasing", event_value(2, "path", Json::array({0, 2, 1})), "events[2].path[1]");
        row("path out of range", event_value(2, "path", Json::array({0, 1, 99})), "events[2].path[2]: got 99");
        row("path through a rejected node", event_value(1, "path", Json::array({0, 1})), "accepted child");
        row("path leaves the tree's edges", in_json([](Json& d) {
                d["events"][1]["states"][3] = "accepted", d["events"][1]["path"] = {0, 3};
            }),
            "accepted child");
        row("next_node out of range", event_value(1, "next_node", 5), "events[1].next_node: got 5");
        row("next_node is a drafted node", event_value(1, "next_node", 3), "events[1].next_node");
        row("next_node below -1", event_value(1, "next_node", -2), "events[1].next_node");
        row("next differs from its node", event_value(1, "next", 6), "carries the token 6");
        row("kept too large", event_value(1, "kept", 3), "events[1].kept: got 3");
        row("forced node out of range", event_value(1, "forced_node", 5), "events[1].forced_node");
        row("unknown state", in_json([](Json& d) { d["events"][1]["states"][1] = "happy"; }), "events[1].states[1]: got \"happy\"");
        row("unknown draw kind", in_json([](Json& d) { d["events"][1]["child_kinds"][0] = "magic"; }), "child_kinds[0]");
        row("fewer kinds than states", in_json([](Json& d) { d["events"][1]["child_kinds"].erase(0); }), "child_kinds");
        row("more nodes than the arrays hold", in_json([](Json& d) {
                for (int i = 0; i < 30; ++i) {
                    d["events"][8]["states"].push_back("accepted"), d["events"][8]["child_kinds"].push_back("none");
                }
            }),
            "states: got 33 nodes");
        row("fewer nodes than the arrays hold", in_json([](Json& d) { d["events"].erase(8); }), "expected the 16 of the rounds");
        row("round without nodes",
            in_json([](Json& d) { d["events"][4]["states"] = Json::array(), d["events"][4]["child_kinds"] = Json::array(); }),
            "at least the root");
        row("second root", in_json([](Json& d) { d["events"][1]["states"][1] = "root"; }), "nodes[1].state");
        row("parent out of range", node_value("parent", 3, 77), "nodes[3].parent: got 77");
        row("parent not smaller than the node", node_value("parent", 2, 2), "nodes[2].parent: got 2");
        row("parent of the root", node_value("parent", 0, 0), "nodes[0].parent");
        row("parent below -1", node_value("parent", 1, -9), "nodes[1].parent");
        row("depth does not follow the parent", node_value("depth", 3, 5), "nodes[3].depth: got 5, expected 2");
        row("depth beyond 16 bits", node_value("depth", 3, 70000), "nodes[3].depth");
        row("token outside the vocabulary", node_value("token", 1, 8), "nodes[1].token: got 8");
        row("negative token", node_value("token", 1, -1), "nodes[1].token");
        row("column missing", in_arrays("nodes.p.npy", [](const io::Array&) { return std::optional<io::Array>(); }),
            "nodes.p.npy is missing");
        row("column shorter than the others",
            in_arrays("nodes.q.npy",
                      [](io::Array array) {
                          array.shape = {3}, array.bytes.resize(12);
                          return std::optional(array);
                      }),
            "nodes.q.npy: got shape [3]");
        row("column of another type",
            in_arrays("nodes.q.npy",
                      [](io::Array array) {
                          array.type = io::Array::Type::I32;
                          return std::optional(array);
                      }),
            "float32");
        row("law rows beyond the array", in_json([](Json& d) { d["events"][1]["target_laws"]["rows"] = 2; }), "target_laws.logits.npy");
        row("law sizes that overflow", in_json([](Json& d) {
                d["events"][1]["target_laws"]["rows"] = 2147483647, d["events"][1]["target_laws"]["vocabulary"] = 2147483647;
            }),
            "target_laws.logits.npy");
        row("law array missing", in_arrays("round.0.target_laws.logits.npy", [](const io::Array&) { return std::optional<io::Array>(); }),
            "is missing");
        row("unknown law kind", in_json([](Json& d) { d["events"][1]["target_laws"]["kind"] = "half"; }), "target_laws.kind");
        row("negative law rows", in_json([](Json& d) { d["events"][1]["target_laws"]["rows"] = -1; }), "target_laws.rows");
        row("law is a text", event_value(1, "draft_laws", "none"), "draft_laws");
        row("law token outside the vocabulary",
            in_arrays("round.0.draft_laws.ids.npy",
                      [](io::Array array) {
                          array.bytes[0] = 200;
                          return std::optional(array);
                      }),
            "draft_laws.ids[0]: got 200");
        row("draft row beyond the laws", event_value(1, "draft_row", Json::array({0, -1, 2})), "draft_row[2]: got 2");
        row("more draft rows than nodes", event_value(1, "draft_row", Json::array({0, 0, 0, 0, 0, 0})), "draft_row");
        row("prompt outside the vocabulary", event_value(0, "prompt", Json::array({1, 9})), "prompt[1]: got 9");
        row("baseline outside the vocabulary", event_value(9, "ids", Json::array({-3})), "events[9].ids[0]");
        row("seed is negative", event_value(0, "seed", -1), "events[0].seed");
        row("temperature is a text", in_json([](Json& d) { d["events"][0]["sampling"]["temperature"] = "hot"; }), "sampling.temperature");
        row("sampling missing", in_json([](Json& d) { d["events"][0].erase("sampling"); }), "sampling is missing");
        row("top_p above one", in_json([](Json& d) { d["events"][0]["sampling"]["top_p"] = 7; }), "sampling.top_p");
        row("statistics is a list", event_value(1, "statistics", Json::array({1})), "statistics");
        row("statistic is a text", event_value(1, "statistics", Json{{"theta", "high"}}), "statistics['theta']");
        row("token text with a wide character", event_value(0, "token_text", Json{{"1", "\xE2\x82\xAC"}}), "token_text['1']");
        row("token text is a number", event_value(0, "token_text", Json{{"1", 4}}), "token_text['1']");
        row("token text without an id", event_value(0, "token_text", Json{{"one", "a"}}), "token_text['one']");
        row(
            "token text that is no UTF-8",
            [](io::ArchiveEntries& e) {
                auto& text = e["record.json"];
                text.replace(text.find("\"1\":\"a\"") + 5, 1, "\xFF");
            },
            "record.json");
    }
    void damaged_files()
    {
        QFETCH(Damage, damage);
        QFETCH(QString, words);
        QVERIFY(save(sample_record(), file("good.tlrun")).ok());
        auto entries = io::read_zip(file("good.tlrun")).value();
        damage(entries);
        QVERIFY(io::write_zip(file("bad.tlrun"), entries, true).ok());
        const auto loaded = load(file("bad.tlrun"));
        QVERIFY(!loaded.ok());
        const auto message = QString::fromStdString(loaded.error().message);
        QVERIFY2(message.contains("bad.tlrun") && message.contains(words), qPrintable(message));
        QVERIFY(!loaded.error().hint.empty());
    }

    void files_that_are_no_archive_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("text") << QByteArray("{\"format\": 1}");
        QTest::newRow("zip magic only") << QByteArray("PK\x03\x04");
    }
    void files_that_are_no_archive()
    {
        QFETCH(QByteArray, content);
        QVERIFY(write_file(file("x.tlrun"), std::string_view(content.constData(), static_cast<std::size_t>(content.size()))).ok());
        QVERIFY(!load(file("x.tlrun")).ok());
        QVERIFY(!load(file("not-there.tlrun")).ok());
    }

    void every_cut_is_refused_without_a_crash()
    {
        QVERIFY(save(sample_record(), file("good.tlrun")).ok());
        const std::string whole = read_file(file("good.tlrun")).value();
        for (std::size_t length = 0; length < whole.size(); length += 97) {
            QVERIFY(write_file(file("cut.tlrun"), std::string_view(whole).substr(0, length)).ok());
            QVERIFY(!load(file("cut.tlrun")).ok());
        }
    }

    void newer_versions_are_refused_politely()
    {
        QVERIFY(save(sample_record(), file("good.tlrun")).ok());
        auto entries = io::read_zip(file("good.tlrun")).value();
        in_json([](Json& document) { document["version"] = 99, document["events"] = "unreadable for us"; })(entries);
        QVERIFY(io::write_zip(file("new.tlrun"), entries, true).ok());
        const auto loaded = load(file("new.tlrun"));
        QVERIFY(!loaded.ok());
        QCOMPARE(loaded.error().code, ErrorCode::Unsupported);
        const auto message = QString::fromStdString(loaded.error().message);
        QVERIFY2(message.contains("version 99") && message.contains("up to 1"), qPrintable(message));
        QVERIFY(QString::fromStdString(loaded.error().hint).contains("newer"));
    }

    void csv_columns()
    {
        const Record record = sample_record();
        const auto lines = QString::fromStdString(rounds_csv(record)).split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 7);  // header, five rounds, the end of the last line
        QCOMPARE(lines[0], QStringLiteral("round,n_before,drafted,accepted,next,draft_ms,verify_ms,overhead_ms"));
        QCOMPARE(lines[1], QStringLiteral("0,3,3,1,7,1,2,0.5"));
        QCOMPARE(lines[2], QStringLiteral("1,5,2,2,0,1,2,0.5"));
        QCOMPARE(lines[5], QStringLiteral("4,10,2,1,,1,2,0.5"));
        const auto nodes = QString::fromStdString(nodes_csv(record)).split(QLatin1Char('\n'));
        QCOMPARE(nodes.size(), 21);
        QCOMPARE(nodes[0], QStringLiteral("round,node,parent,token,p,q,u,state,entropy_nats"));
        QCOMPARE(nodes[1], QStringLiteral("0,0,-1,3,,,,root,1.25"));
        QCOMPARE(nodes[2], QStringLiteral("0,1,0,4,0.100000001,0.333333343,0.75,rejected,"));  // float32 .1 and 1/3
        QCOMPARE(nodes[5], QStringLiteral("0,4,2,7,,,,correction,"));
        QCOMPARE(rounds_csv(Record{}), std::string("round,n_before,drafted,accepted,next,draft_ms,verify_ms,overhead_ms\n"));
    }

    void large_records_are_quick()
    {
        // Aim: below 0.5 s. The bound is wider, because the machine may be busy; the measured times are printed.
        const Record record = large_record();
        const auto start = std::chrono::steady_clock::now();
        QVERIFY(save(record, file("large.tlrun")).ok());
        const auto saved = std::chrono::steady_clock::now();
        const auto loaded = load(file("large.tlrun"));
        const auto end = std::chrono::steady_clock::now();
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message.c_str());
        QVERIFY(equal_but_times(record, **loaded));
        const double save_s = std::chrono::duration<double>(saved - start).count();
        qInfo("30 rounds of 25 rows of 4096: %.1f MB, saved in %.3f s, loaded in %.3f s",
              static_cast<double>(std::filesystem::file_size(file("large.tlrun"))) / 1e6, save_s,
              std::chrono::duration<double>(end - saved).count());
        QVERIFY(save_s < 10);
    }
};

QTEST_APPLESS_MAIN(TestCodec)
#include "test_codec.moc"
