// SPDX-License-Identifier: GPL-3.0-or-later
#include "landscape_testing.h"

#include "core/landscape/directions.h"
#include "core/landscape/grid.h"

#include <QtTest>

#include <bit>
#include <chrono>
#include <cmath>
#include <set>
#include <thread>

using namespace timberline;
using namespace timberline::landscape;
using namespace timberline::landscape_testing;
using record::LandscapeFold;
using record::LandscapeGrid;
using record::LandscapePlane;
using record::LandscapeTile;
using training::NetSpec;

namespace {

LandscapePlane plane_of(std::int32_t nx, std::int32_t ny, std::vector<std::int32_t> strides)
{
    LandscapePlane out;
    out.x.kind = out.y.kind = "random";
    out.x.points = nx;
    out.y.points = ny;
    out.strides = std::move(strides);
    return out;
}

struct Scene {
    Problem problem;
    Plane plane;
    std::unique_ptr<Evaluator> evaluator;
};

Scene scene(const NetSpec& spec, int train, int test = 0)
{
    Scene out;
    out.problem = make_problem(spec, train, test, false);
    out.plane = make_plane(spec);
    out.evaluator = make_evaluator(out.problem, out.plane).value();
    return out;
}

LandscapeGrid run_all(const Evaluator& evaluator, const LandscapePlane& plane, int threads)
{
    LandscapeFold fold;
    fold.add(record::to_block(plane));
    const auto done =
        run_grid(evaluator, fold.grids().front(), threads, {}, [&](const LandscapeTile& tile) { fold.add(record::to_block(tile)); });
    if (!done.ok() || fold.refused() > 0) {
        qFatal("%s", fold.problem().c_str());
    }
    return fold.grids().front();
}

bool same(const std::vector<double>& a, const std::vector<double>& b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) {
               return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
           });
}

}  // namespace

class TestGrid : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void levels_have_the_printed_sizes();
    void every_cell_occurs_once_data();
    void every_cell_occurs_once();
    void cells_come_from_the_middle_outwards();
    void ends_are_included_and_limits_may_be_zero_data();
    void ends_are_included_and_limits_may_be_zero();
    void cells_equal_direct_evaluation();
    void origin_cell_has_the_bits_of_the_centre();
    void resuming_equals_an_uninterrupted_run();
    void a_cancelled_run_is_whole_and_quick();
    void threads_and_strides_change_no_bit();
    void a_line_is_one_row();
    void weights_are_never_changed();
};

/// methods/training.md 2.5: strides 10, 5, 1 of 51 give 36, 121 and 2601 evaluations in all.
void TestGrid::levels_have_the_printed_sizes()
{
    const auto first = level_cells(51, 51, {10, 5, 1}, 0).size();
    const auto second = level_cells(51, 51, {10, 5, 1}, 1).size();
    const auto third = level_cells(51, 51, {10, 5, 1}, 2).size();
    QCOMPARE(first, std::size_t{36});
    QCOMPARE(first + second, std::size_t{121});
    QCOMPARE(first + second + third, std::size_t{2601});
    QCOMPARE(usual_strides(51), (std::vector<std::int32_t>{10, 5, 1}));
    QCOMPARE(usual_strides(11), (std::vector<std::int32_t>{2, 1}));
    QCOMPARE(usual_strides(3), (std::vector<std::int32_t>{1}));
}

void TestGrid::every_cell_occurs_once_data()
{
    QTest::addColumn<int>("nx");
    QTest::addColumn<int>("ny");
    QTest::newRow("51 x 51") << 51 << 51;
    QTest::newRow("wider than high") << 37 << 8;
    QTest::newRow("higher than wide") << 3 << 50;
    QTest::newRow("one cell") << 1 << 1;
    QTest::newRow("one row") << 20 << 1;
    QTest::newRow("one column of two") << 1 << 2;
}

void TestGrid::every_cell_occurs_once()
{
    QFETCH(int, nx);
    QFETCH(int, ny);
    for (const auto& strides : {usual_strides(std::max(nx, ny)), std::vector<std::int32_t>{8, 4, 2, 1}, std::vector<std::int32_t>{1}}) {
        std::set<std::pair<std::int32_t, std::int32_t>> seen;
        std::size_t count = 0;
        for (std::size_t level = 0; level < strides.size(); ++level) {
            const auto cells = level_cells(nx, ny, strides, level);
            count += cells.size();
            seen.insert(cells.begin(), cells.end());
            if (level == 0) {  // the first picture covers the plane
                QVERIFY(seen.contains({0, 0}) && seen.contains({nx - 1, ny - 1}));
            }
        }
        QCOMPARE(count, static_cast<std::size_t>(nx * ny));
        QCOMPARE(seen.size(), count);
    }
}

void TestGrid::cells_come_from_the_middle_outwards()
{
    const auto cells = level_cells(9, 5, {1}, 0);
    QCOMPARE(cells.front(), (std::pair<std::int32_t, std::int32_t>{4, 2}));
    double before = 0;
    for (const auto& [i, j] : cells) {
        const double ring = std::max(std::abs(i - 4) / 4.5, std::abs(j - 2) / 2.5);
        QVERIFY(ring >= before - 1e-12);
        before = ring;
    }
}

void TestGrid::ends_are_included_and_limits_may_be_zero_data()
{
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<int>("points");
    QTest::newRow("from 0") << 0.0 << 1.0 << 11;
    QTest::newRow("to 0") << -2.0 << 0.0 << 7;
    QTest::newRow("both 0") << 0.0 << 0.0 << 3;
    QTest::newRow("a single point") << 0.0 << 5.0 << 1;
    QTest::newRow("beyond both ends of a line") << -0.5 << 1.5 << 61;
    QTest::newRow("backwards") << 1.0 << -1.0 << 51;
    QTest::newRow("small numbers") << -1e-3 << 1e-3 << 51;
}

void TestGrid::ends_are_included_and_limits_may_be_zero()
{
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(int, points);
    record::LandscapeAxis axis;
    axis.low = low;
    axis.high = high;
    axis.points = points;
    QCOMPARE(axis.at(0), low);
    QCOMPARE(axis.at(points - 1), points == 1 ? low : high);
    for (std::int32_t k = 0; k < points; ++k) {
        const double expected = points == 1 ? low : low + (high - low) * k / (points - 1);
        QVERIFY(std::abs(axis.at(k) - expected) < 1e-12 * std::max(1.0, std::abs(high - low)));
        QVERIFY(axis.at(k) == 0 || std::abs(axis.at(k)) > 1e-9 * std::abs(high - low));  // the centre is hit exactly or not at all
    }
    if (low == -high && points % 2 == 1) {
        QCOMPARE(axis.at(points / 2), 0.0);
    }
    if (points == 61) {
        QCOMPARE(axis.at(15), 0.0);
        QVERIFY(std::abs(axis.at(45) - 1) < 1e-15);
    }
    // And a surface over such limits is computed.
    const auto s = scene({.input = {2}, .hidden = {4}, .outputs = 3}, 20);
    auto plane = plane_of(points, 4, usual_strides(points));
    plane.x.low = low;
    plane.x.high = high;
    plane.y.low = 0;
    plane.y.high = 0;
    const auto grid = run_all(*s.evaluator, plane, 1);
    QCOMPARE(grid.known(), static_cast<std::int64_t>(4 * points));
    QCOMPARE(grid.not_finite(), std::int64_t{0});
    QCOMPARE(grid.loss[grid.index(0, 0)], grid.loss[grid.index(0, 3)]);  // limits 0: every row is the same
}

/// At full refinement identical to direct evaluation (features.md, unique feature 10); nx != ny, train and test.
void TestGrid::cells_equal_direct_evaluation()
{
    const auto s = scene({.input = {12}, .hidden = {9}, .outputs = 4}, 70, 30);
    auto plane = plane_of(13, 6, {4, 2, 1});
    plane.test_samples = 30;
    plane.x.low = -0.5;
    plane.y.low = -2;
    plane.y.high = 0.5;
    const auto grid = run_all(*s.evaluator, plane, 2);
    for (std::int32_t j = 0; j < 6; ++j) {
        for (std::int32_t i = 0; i < 13; ++i) {
            const Point point{plane.x.at(i), plane.y.at(j)};
            PointValue value;
            QVERIFY(s.evaluator->evaluate(std::span(&point, 1), std::span(&value, 1), {}).ok());
            const auto at = grid.index(i, j);
            QCOMPARE(grid.loss[at], value.train.loss);
            QCOMPARE(grid.standard_error[at], value.train.standard_error);
            QCOMPARE(grid.accuracy[at], value.train.accuracy);
            QCOMPARE(grid.test_loss[at], value.test.loss);
            QCOMPARE(grid.test_standard_error[at], value.test.standard_error);
            QCOMPARE(grid.test_accuracy[at], value.test.accuracy);
            const auto [train, test] = naive_losses(s.problem, s.plane, point);
            QVERIFY(std::abs(grid.loss[at] - train) < 1e-5 * std::max(1.0, train) &&
                    std::abs(grid.test_loss[at] - test) < 1e-5 * std::max(1.0, test));
        }
    }
    QVERIFY(grid.level[grid.index(0, 0)] == 0 && grid.level[grid.index(2, 2)] == 1 && grid.level[grid.index(1, 1)] == 2);
}

void TestGrid::origin_cell_has_the_bits_of_the_centre()
{
    const auto s = scene({.kind = training::NetKind::Cnn, .input = {1, 8, 8}, .hidden = {3}, .outputs = 4}, 40);
    Plane alone;
    alone.center = s.plane.center;
    PointValue itself;
    const Point origin;
    QVERIFY(make_evaluator(s.problem, alone).value()->evaluate(std::span(&origin, 1), std::span(&itself, 1), {}).ok());
    const auto grid = run_all(*s.evaluator, plane_of(7, 5, {2, 1}), 2);
    QVERIFY(std::bit_cast<std::uint64_t>(grid.loss[grid.index(3, 2)]) == std::bit_cast<std::uint64_t>(itself.train.loss));
}

void TestGrid::resuming_equals_an_uninterrupted_run()
{
    const auto s = scene({.input = {20}, .hidden = {16, 16}, .outputs = 4}, 400);
    const auto plane = plane_of(31, 17, {6, 3, 1});
    const auto whole = run_all(*s.evaluator, plane, 2);
    for (const int stop_after : {1, 2, 3}) {
        LandscapeFold fold;
        fold.add(record::to_block(plane));
        const CancelToken cancel;
        int tiles = 0;
        const auto cut = run_grid(*s.evaluator, fold.grids().front(), 1, cancel, [&](const LandscapeTile& tile) {
            fold.add(record::to_block(tile));
            if (++tiles == stop_after) {
                cancel.cancel();
            }
        });
        const auto known = fold.grids().front().known();
        QVERIFY(known < whole.known() ? !cut.ok() : cut.ok());
        // A consistent picture: cells that say they are known are, and equal the whole run's.
        const auto& part = fold.grids().front();
        for (std::size_t k = 0; k < part.level.size(); ++k) {
            QCOMPARE(part.level[k] >= 0, std::isfinite(part.loss[k]));
            QVERIFY(part.level[k] < 0 || part.loss[k] == whole.loss[k]);
        }
        std::int64_t again = 0;
        QVERIFY(run_grid(*s.evaluator, part, 2, {}, [&](const LandscapeTile& tile) {
                    again += static_cast<std::int64_t>(tile.i.size());
                    fold.add(record::to_block(tile));
                }).ok());
        QCOMPARE(again, whole.known() - known);  // no point twice
        QVERIFY(same(fold.grids().front().loss, whole.loss) && same(fold.grids().front().standard_error, whole.standard_error));
        QCOMPARE(fold.grids().front().level, whole.level);
    }
}

void TestGrid::a_cancelled_run_is_whole_and_quick()
{
    const auto s = scene({.kind = training::NetKind::Cnn, .input = {1, 28, 28}, .hidden = {8, 16}, .outputs = 10}, 1000);
    const auto plane = plane_of(51, 51, {10, 5, 1});
    LandscapeFold fold;
    fold.add(record::to_block(plane));
    const CancelToken cancel;
    std::chrono::steady_clock::time_point asked;
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(120));
        asked = std::chrono::steady_clock::now();
        cancel.cancel();
    });
    const auto done =
        run_grid(*s.evaluator, fold.grids().front(), 2, cancel, [&](const LandscapeTile& tile) { fold.add(record::to_block(tile)); });
    const auto took = std::chrono::steady_clock::now() - asked;
    other.join();
    QVERIFY(!done.ok() && done.error().code == ErrorCode::Cancelled);
    QVERIFY2(took < std::chrono::milliseconds(100), qPrintable(QString::number(std::chrono::duration<double>(took).count())));
    QVERIFY(fold.refused() == 0 && fold.grids().front().known() < 2601);
}

void TestGrid::threads_and_strides_change_no_bit()
{
    const auto s = scene({.input = {20}, .hidden = {16}, .outputs = 4}, 100);
    const auto one = run_all(*s.evaluator, plane_of(21, 21, {1}), 1);
    const auto two = run_all(*s.evaluator, plane_of(21, 21, {4, 2, 1}), 2);
    QVERIFY(same(one.loss, two.loss) && same(one.standard_error, two.standard_error) && same(one.accuracy, two.accuracy));
}

void TestGrid::a_line_is_one_row()
{
    const auto s = scene({.input = {2}, .hidden = {4}, .outputs = 3}, 20);
    auto plane = plane_of(21, 1, {1});
    plane.y = {};
    plane.y.kind = "none";
    plane.y.low = plane.y.high = 0;
    plane.y.points = 1;
    Plane line = s.plane;
    line.v.clear();
    const auto grid = run_all(*make_evaluator(s.problem, line).value(), plane, 1);
    QVERIFY(grid.line());
    QCOMPARE(grid.known(), std::int64_t{21});
    const auto [expected, none] = naive_losses(s.problem, line, {plane.x.at(4), 0});
    QVERIFY(std::abs(grid.loss[4] - expected) < 1e-5 && std::isnan(none));
}

void TestGrid::weights_are_never_changed()
{
    const NetSpec spec{.input = {5}, .hidden = {6}, .outputs = 3, .batch_norm = true};
    auto problem = make_problem(spec, 30, 10, false);
    const auto plane = make_plane(spec);
    const auto kept = plane;
    for (const auto policy : {BatchNormPolicy::Frozen, BatchNormPolicy::Reestimated, BatchNormPolicy::Batch}) {
        problem.batch_norm = policy;
        const auto evaluator = make_evaluator(problem, plane).value();
        const auto reference = make_network_evaluator(problem, plane).value();
        const auto first = run_all(*evaluator, plane_of(5, 5, {1}), 2), second = run_all(*evaluator, plane_of(5, 5, {1}), 1);
        QVERIFY(same(first.loss, second.loss));
        run_all(*reference, plane_of(3, 3, {1}), 1);
        QVERIFY(plane.center == kept.center && plane.buffers == kept.buffers && plane.u == kept.u);
    }
}

QTEST_APPLESS_MAIN(TestGrid)
#include "test_grid.moc"
