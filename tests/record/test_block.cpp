// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/io/archive.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "tests/record/sample_record.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cmath>
#include <functional>
#include <limits>

using namespace timberline;
using namespace timberline::test;

namespace {

constexpr auto kNan = std::numeric_limits<double>::quiet_NaN();
constexpr auto kInfinity = std::numeric_limits<double>::infinity();

Block sample_block()
{
    Block block;
    block.kind = "sample";
    block.moment = 3;
    block.numbers = {{"loss", .25}, {"diverged", kInfinity}, {"none", kNan}, {"step_ms", 1.5}};
    block.texts = {{"plane", "filter-normalised"}};
    block.arrays["grid"] = {{2, 3}, std::vector<double>{1, 2, 1e-300, kNan, -kInfinity, 6}};
    block.arrays["small"] = {{3}, std::vector<float>{1.5F, -2, 0}};
    block.arrays["ids"] = {{1, 2}, std::vector<std::int32_t>{-1, 7}};
    block.arrays["nothing"] = {{0, 4}, std::vector<float>{}};
    block.arrays["times_ms"] = {{1}, std::vector<float>{9}};
    return block;
}

Record record_with(Block block)
{
    Record out = sample_record();
    out.events.resize(1);
    out.events.push_back({std::move(block)});
    return out;
}

}  // namespace

class TestBlock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void round_trip()
    {
        QTemporaryDir folder;
        const auto path = folder.filePath("a.tlrun").toStdString();
        const auto record = record_with(sample_block());
        QVERIFY(save(record, path).ok());
        const auto loaded = load(path);
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message.c_str());
        std::string difference;
        QVERIFY2(equal_but_times(record, **loaded, &difference), difference.c_str());
        QCOMPARE(state_hash(record), state_hash(**loaded));
        const auto& block = std::get<Block>((*loaded)->events[1].payload);
        QCOMPARE(block.moment, 3);
        QCOMPARE(block.numbers.at("diverged"), kInfinity);
        QVERIFY(std::isnan(block.numbers.at("none")));
        const auto* grid = find_array<double>(block, "grid", {2, 3});
        QVERIFY(grid != nullptr);
        QCOMPARE((*grid)[2], 1e-300);
        QVERIFY(std::isnan((*grid)[3]));
        QVERIFY(find_array<float>(block, "grid", {2, 3}) == nullptr);
        QVERIFY(find_array<double>(block, "grid", {3, 2}) == nullptr);
        QVERIFY(find_array<double>(block, "grid", {2, -1}) != nullptr);
        QVERIFY(find_array<float>(block, "nothing", {0, 4}) != nullptr);
    }

    void every_change_but_a_time_is_seen_data()
    {
        QTest::addColumn<std::function<void(Block&)>>("change");
        QTest::addColumn<bool>("seen");
        const auto row = [](const char* name, bool seen, std::function<void(Block&)> change) { QTest::newRow(name) << change << seen; };
        row("nothing", false, [](Block&) {});
        row("a wall time", false, [](Block& b) { b.numbers["step_ms"] = 7; });
        row("an array of wall times", false, [](Block& b) { b.arrays["times_ms"].values = std::vector<float>{1}; });
        row("the kind", true, [](Block& b) { b.kind = "other"; });
        row("the moment", true, [](Block& b) { b.moment = 4; });
        row("a number", true, [](Block& b) { b.numbers["loss"] = .5; });
        row("a number more", true, [](Block& b) { b.numbers["more"] = 0; });
        row("a text", true, [](Block& b) { b.texts["plane"] = "pca"; });
        row("one entry of an array", true, [](Block& b) { std::get<std::vector<double>>(b.arrays["grid"].values)[1] = 3; });
        row("an array's shape", true, [](Block& b) { b.arrays["grid"].shape = {3, 2}; });
        row("an array's type", true, [](Block& b) { b.arrays["small"].values = std::vector<double>{1.5, -2, 0}; });
        row("an array less", true, [](Block& b) { b.arrays.erase("ids"); });
    }
    void every_change_but_a_time_is_seen()
    {
        QFETCH(std::function<void(Block&)>, change);
        QFETCH(bool, seen);
        const auto record = record_with(sample_block());
        auto block = sample_block();
        change(block);
        const auto changed = record_with(block);
        QCOMPARE(equal_but_times(record, changed), !seen);
        QCOMPARE(equal_but_times(changed, record), !seen);
        QCOMPARE(state_hash(record) == state_hash(changed), !seen);
    }

    void a_block_belongs_to_its_moment()
    {
        auto other = sample_block();
        other.numbers["loss"] = 1;
        const auto a = record_with(sample_block());
        const auto b = record_with(other);
        QCOMPARE(state_hash(a, 3), state_hash(b, 3));  // moments 0, 1, 2
        QVERIFY(state_hash(a, 4) != state_hash(b, 4));
    }

    void a_shape_that_does_not_fit_is_not_saved()
    {
        QTemporaryDir folder;
        auto block = sample_block();
        block.arrays["grid"].shape = {2, 4};
        QVERIFY(!save(record_with(block), folder.filePath("a.tlrun").toStdString()).ok());
        block = sample_block();
        block.arrays["../escape"] = {{1}, std::vector<float>{1}};
        QVERIFY(!save(record_with(block), folder.filePath("a.tlrun").toStdString()).ok());
    }

    void damaged_blocks_data()
    {
        QTest::addColumn<std::function<void(Json&)>>("change");
        QTest::addColumn<QString>("named");
        const auto row = [](const char* name, const char* named, std::function<void(Json&)> change) {
            QTest::newRow(name) << change << QString(named);
        };
        row("no kind", ".kind", [](Json& b) { b.erase("kind"); });
        row("a kind that is a number", ".kind", [](Json& b) { b["kind"] = 3; });
        row("no moment", ".moment", [](Json& b) { b.erase("moment"); });
        row("a moment below -1", ".moment", [](Json& b) { b["moment"] = -2; });
        row("a moment beyond 32 bits", ".moment", [](Json& b) { b["moment"] = 4294967296LL; });
        row("numbers that are a list", ".numbers", [](Json& b) { b["numbers"] = Json::array(); });
        row("a number that is a word", "loss", [](Json& b) { b["numbers"]["loss"] = "much"; });
        row("a text that is a number", "plane", [](Json& b) { b["texts"]["plane"] = 1; });
        row("arrays that are an object", ".arrays", [](Json& b) { b["arrays"] = Json::object(); });
        row("an array that is not there", "block.0.absent.npy", [](Json& b) { b["arrays"].push_back("absent"); });
        row("an array's name that climbs", ".arrays", [](Json& b) { b["arrays"].push_back("../../x"); });
        row("an array's name that is a number", ".arrays", [](Json& b) { b["arrays"].push_back(4); });
    }
    void damaged_blocks()
    {
        QFETCH(std::function<void(Json&)>, change);
        QFETCH(QString, named);
        QTemporaryDir folder;
        const auto path = folder.filePath("a.tlrun").toStdString();
        QVERIFY(save(record_with(sample_block()), path).ok());
        auto entries = io::read_zip(path).value();
        auto document = Json::parse(entries.at("record.json"));
        change(document["events"][1]);
        entries["record.json"] = document.dump();
        QVERIFY(io::write_zip(path, entries, false).ok());
        const auto loaded = load(path);
        QVERIFY(!loaded.ok());
        QVERIFY2(loaded.error().message.find(named.toStdString()) != std::string::npos, loaded.error().message.c_str());
        QVERIFY(!loaded.error().hint.empty());
    }

    void counting_never_overflows()
    {
        QCOMPARE(element_count({}), std::int64_t{0});
        QCOMPARE(element_count({3, 0}), std::int64_t{0});
        QCOMPARE(element_count({-1}), std::int64_t{-1});
        QCOMPARE(element_count({std::int64_t{1} << 40, std::int64_t{1} << 40}), std::int64_t{-1});
    }
};

QTEST_APPLESS_MAIN(TestBlock)
#include "test_block.moc"
