// SPDX-License-Identifier: GPL-3.0-or-later
#include "landscape_run_testing.h"

#include <QtTest>

using namespace timberline;
using namespace timberline::landscape_testing;

/// Surfaces that were cancelled go on from the cells that are there.
class TestLandscapeResume : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void a_cancelled_record_goes_on();
    void what_fits_another_plane_is_drawn_anew_data();
    void what_fits_another_plane_is_drawn_anew();
    void a_cancelled_answer_goes_on();
};

namespace {

constexpr double kMarked = 12345;  ///< a loss that no evaluation gives

const char* const kSettings = R"("steps": 30, "nx": 41, "ny": 31, "strides": [10, 5, 1])";

/// A run that was cancelled in its last level.
record::Record cancelled_run()
{
    const CancelToken cancel;
    Sink sink;
    int tiles = 0;
    sink.after_tile = [&] {
        if (++tiles == 3) {  // one of each coarse level, one of the last
            cancel.cancel();
        }
    };
    auto record = *engine().run(read(config_text(kSettings)), cancel, sink).value();
    return record;
}

/// Every tile of the record with its place, in order.
std::vector<std::pair<std::size_t, record::LandscapeTile>> tiles_of(const record::Record& record)
{
    std::vector<std::pair<std::size_t, record::LandscapeTile>> out;
    for (std::size_t k = 0; k < record.events.size(); ++k) {
        const auto* block = std::get_if<record::Block>(&record.events[k].payload);
        if (block != nullptr && block->kind == record::kTileBlock) {
            out.emplace_back(k, record::tile_from(*block).value());
        }
    }
    return out;
}

/// Marks one cell of every tile, so that it is seen whether it was taken or computed again.
void mark(record::Record& record)
{
    for (auto [k, tile] : tiles_of(record)) {
        tile.loss.front() = kMarked;
        auto block = record::to_block(tile);
        auto& kept = std::get<record::Block>(record.events[k].payload);
        block.moment = kept.moment;
        kept = block;
    }
}

int marked(const LandscapeGrid& grid)
{
    return static_cast<int>(std::ranges::count(grid.loss, kMarked));
}

std::string from(const std::string& file, const std::string& settings)
{
    return R"({"timberline": 1, "bench": "landscape", "threads": 1, "landscape": {)" + settings + R"(, "start_from": ")" + file + R"("}})";
}

}  // namespace

void TestLandscapeResume::a_cancelled_record_goes_on()
{
    const QTemporaryDir folder;
    const auto part = folder.filePath("part.tlrun").toStdString();
    auto record = cancelled_run();
    QCOMPARE(reason_of(record), std::string("cancelled"));
    const auto known = fold_of(record).grids().back().known();
    QVERIFY2(known > 0 && known < 41 * 31, qPrintable(QString::number(known)));
    QVERIFY(tiles_of(record).back().second.level == 2);
    QVERIFY(record::save(record, part).ok());
    // What comes out is what a run without interruption gives, tile by tile.
    const auto again = run_text(from(part, kSettings)), whole = run_text(config_text(kSettings));
    QCOMPARE(reason_of(*again), std::string("length"));
    QCOMPARE(record::grid_csv(fold_of(*again).grids().back()), record::grid_csv(fold_of(*whole).grids().back()));
    QCOMPARE(record::trajectory_csv(fold_of(*again).grids().back().trajectory),
             record::trajectory_csv(fold_of(*whole).grids().back().trajectory));
    const auto tiles = tiles_of(*again), expected = tiles_of(*whole);
    QCOMPARE(tiles.size(), expected.size());
    for (std::size_t k = 0; k < tiles.size(); ++k) {
        QCOMPARE(tiles[k].second.i, expected[k].second.i);
    }
    // And the cells of the cancelled run were taken, not computed again.
    mark(record);
    QVERIFY(record::save(record, part).ok());
    QCOMPARE(marked(fold_of(*run_text(from(part, kSettings))).grids().back()), 3);
}

void TestLandscapeResume::what_fits_another_plane_is_drawn_anew_data()
{
    QTest::addColumn<QString>("settings");
    QTest::addColumn<int>("damage");
    QTest::newRow("another seed") << R"("nx": 41, "ny": 31, "strides": [10, 5, 1], "x_seed": 77)" << 0;
    QTest::newRow("other limits") << R"("nx": 41, "ny": 31, "strides": [10, 5, 1], "x_high": 2)" << 0;
    QTest::newRow("fewer samples") << R"("nx": 41, "ny": 31, "strides": [10, 5, 1], "surface_samples": 50)" << 0;
    QTest::newRow("a cell outside the plane") << R"("nx": 41, "ny": 31, "strides": [10, 5, 1])" << 1;
    QTest::newRow("a cell that occurs twice") << R"("nx": 41, "ny": 31, "strides": [10, 5, 1])" << 2;
    QTest::newRow("a level that does not exist") << R"("nx": 41, "ny": 31, "strides": [10, 5, 1])" << 3;
    QTest::newRow("no test losses") << R"("nx": 41, "ny": 31, "strides": [10, 5, 1])" << 4;
}

void TestLandscapeResume::what_fits_another_plane_is_drawn_anew()
{
    QFETCH(QString, settings);
    QFETCH(int, damage);
    static const auto cancelled = cancelled_run();
    auto record = cancelled;
    mark(record);
    auto [k, tile] = tiles_of(record).front();
    tile.i[1] = damage == 1 ? 41 : damage == 2 ? tile.i[0] : tile.i[1];
    tile.j[1] = damage == 2 ? tile.j[0] : tile.j[1];
    tile.level = damage == 3 ? 3 : tile.level;
    if (damage == 4) {
        tile.test_loss.clear();
        tile.test_standard_error.clear();
        tile.test_accuracy.clear();
    }
    std::get<record::Block>(record.events[k].payload) = record::to_block(tile);
    const QTemporaryDir folder;
    const auto file = folder.filePath("part.tlrun").toStdString();
    QVERIFY(record::save(record, file).ok());
    const auto drawn = run_text(from(file, settings.toStdString()));
    QCOMPARE(reason_of(*drawn), std::string("length"));
    const auto fold = fold_of(*drawn);
    QVERIFY(fold.refused() == 0 && fold.grids().back().known() == 41 * 31);
    QCOMPARE(marked(fold.grids().back()), 0);
}

/// The question "surface": the cells that are done are left out, the rest is the same to the last bit.
void TestLandscapeResume::a_cancelled_answer_goes_on()
{
    const auto record = run_text(config_text(R"("steps": 30, "nx": 3, "ny": 3)"));
    const auto asked = [&](int level, int done) {
        return ask(record, "surface",
                   R"({"id": 7, "level": )" + std::to_string(level) + R"(, "done": )" + std::to_string(done) +
                       R"(, "settings": {"nx": 21, "ny": 11, "strides": [10, 5, 1]}})");
    };
    LandscapeFold whole, parts;
    for (int level = 0; level < 3; ++level) {
        const auto block = asked(level, 0).value();
        QCOMPARE(block.arrays.contains("path_step"), level == 1);  // the first picture does not wait for it
        whole.add(block);
    }
    const auto& expected = whole.grids().front();
    QCOMPARE(expected.known(), std::int64_t{21 * 11});
    // Of the last level the first 100 cells are taken from before.
    const auto last = asked(2, 100).value();
    parts.add(last);
    QCOMPARE(parts.grids().front().known(), std::ranges::count(expected.level, 2) - 100);
    const auto& rest = parts.grids().front();
    for (std::size_t k = 0; k < rest.level.size(); ++k) {
        QVERIFY(rest.level[k] < 0 || same_bits(rest.loss[k], expected.loss[k]));
    }
    // Nothing left is an answer, too.
    LandscapeFold nothing;
    nothing.add(asked(1, 1000).value());
    QVERIFY2(nothing.refused() == 0, nothing.problem().c_str());
    QVERIFY(nothing.grids().front().known() == 0 && nothing.grids().front().trajectory.step.back() == 30);
}

QTEST_APPLESS_MAIN(TestLandscapeResume)
#include "test_landscape_resume.moc"
