// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_landscape.h"

#include <QtTest>

#include <functional>

using namespace timberline;
using namespace timberline::record;

class TestLandscapeGrid : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blocks_survive_the_round_trip();
    void damaged_blocks_are_refused_data();
    void damaged_blocks_are_refused();
    void fold_puts_levels_together();
    void fold_refuses_what_does_not_fit_data();
    void fold_refuses_what_does_not_fit();
    void fold_refuses_planes_beyond_its_memory();
    void surface_blocks_hold_everything();
};

void TestLandscapeGrid::blocks_survive_the_round_trip()
{
    const auto plane = plane_from(to_block(sample_plane())).value();
    QVERIFY(plane.x.kind == "random" && plane.x.seed == 18'446'744'073'709'551'615ULL && plane.x.points == 3 && plane.x.norm == 2);
    QVERIFY(plane.y.kind == "pca" && plane.y.index == 1 && plane.y.high == 0.5 && plane.y.explained == 0.25 &&
            std::isnan(plane.y.eigenvalue));
    QVERIFY(plane.id == 3 && plane.center_step == 500 && plane.center_loss == 0.125 && plane.center_norm == 8 && plane.cosine == -0.01);
    QVERIFY(plane.loss == "ce" && plane.data == "two-moons" && plane.batch_norm == "frozen" && plane.evaluation == "fused avx2");
    QVERIFY(plane.samples == 400 && plane.test_samples == 100 && plane.sample_seed == 9 && plane.clip == 10 && !plane.following);
    QCOMPARE(plane.strides, (std::vector<std::int32_t>{2, 1}));

    const auto tile = tile_from(to_block(sample_tile(0))).value(), expected = sample_tile(0);
    QVERIFY(tile.plane == 3 && tile.level == 0 && tile.i == expected.i && tile.j == expected.j && same(tile.loss, expected.loss));
    QVERIFY(same(tile.test_loss, expected.test_loss) && tile.standard_error == expected.standard_error &&
            tile.accuracy == expected.accuracy && tile.test_standard_error == expected.test_standard_error &&
            tile.test_accuracy == expected.test_accuracy);

    const auto path = trajectory_from(to_block(sample_trajectory())).value();
    QVERIFY(path.plane == 3 && path.step == sample_trajectory().step && path.x == sample_trajectory().x &&
            path.y == sample_trajectory().y && path.residual == sample_trajectory().residual && path.loss == sample_trajectory().loss);

    HessianSummary summary;
    summary.step = 7;
    summary.eigenvalues = {4, 1};
    summary.errors = {1e-9, 1e-8};
    summary.lowest = -0.5;
    summary.trace = 5;
    summary.trace_error = 0.1;
    summary.trace_probes = 12;
    summary.density_at = {0, 1, 2};
    summary.density = {0.25, 0.5, 0.25};
    summary.learning_rate = 0.49;
    summary.stability_limit = 2 / 0.49;
    summary.limit_rule = "2/lr";
    summary.products = "central differences";
    summary.iterations = 2;
    summary.converged = true;
    const auto back = hessian_from(to_block(summary)).value();
    QVERIFY(back.step == 7 && back.eigenvalues == summary.eigenvalues && back.errors == summary.errors && back.lowest == -0.5 &&
            back.trace == 5 && back.trace_error == 0.1 && back.trace_probes == 12 && back.density_at == summary.density_at &&
            back.density == summary.density && back.learning_rate == 0.49 && back.stability_limit == 2 / 0.49 &&
            back.limit_rule == "2/lr" && back.iterations == 2 && back.converged);
    QVERIFY(std::isnan(hessian_from(to_block(HessianSummary{})).value().trace));

    DecisionMap map{.alpha = 0.5,
                    .beta = -0.25,
                    .nx = 2,
                    .ny = 3,
                    .x_low = -1,
                    .x_high = 1,
                    .y_low = -2,
                    .y_high = 2,
                    .choice = {0, 1, 2, 0, 1, 2},
                    .value = {0.5F, 0.6F, 0.7F, 0.8F, 0.9F, 1},
                    .points_x = {0.5F},
                    .points_y = {0.25F},
                    .labels = {1},
                    .names = {"inner", "outer", "none"},
                    .loss = 0.3};
    const auto seen = decision_map_from(to_block(map)).value();
    QVERIFY(seen.alpha == 0.5 && seen.beta == -0.25 && seen.nx == 2 && seen.ny == 3 && seen.choice == map.choice &&
            seen.value == map.value && seen.points_x == map.points_x && seen.points_y == map.points_y && seen.labels == map.labels &&
            seen.names == map.names && seen.loss == 0.3 && seen.y_low == -2 && seen.x_high == 1);
    map.choice.clear();  // regression
    QVERIFY(decision_map_from(to_block(map)).value().choice.empty());

    const SampleLosses losses{.alpha = 1, .beta = 2, .train = {0.1, kNaN}, .test = {3}, .flipped = {0, 1}};
    const auto read = sample_losses_from(to_block(losses)).value();
    QVERIFY(read.alpha == 1 && read.beta == 2 && same(read.train, losses.train) && read.test == losses.test &&
            read.flipped == losses.flipped);

    const auto cost =
        follow_cost_from(to_block(FollowCost{.surfaces = 3, .cells = 363, .training_ms = 100, .waited_ms = 2, .evaluation_ms = 30}))
            .value();
    QVERIFY(cost.surfaces == 3 && cost.cells == 363 && cost.training_ms == 100 && cost.waited_ms == 2 && cost.evaluation_ms == 30);
}

void TestLandscapeGrid::damaged_blocks_are_refused_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("damage");
    QTest::addColumn<QString>("names");
    int number = 0;
    const auto row = [&](const char* name, int kind, const char* names) { QTest::newRow(name) << kind << number++ << names; };
    row("a plane that is no plane", 0, "kind");
    row("a plane without an axis kind", 0, "x_kind");
    row("a plane of no points", 0, "x_points");
    row("a plane of a thousand million cells", 0, "x_points");
    row("a plane whose points are half a number", 0, "y_points");
    row("a plane whose limit is not finite", 0, "x_low");
    row("a plane that ends farther away than any path", 0, "x_high");
    row("a plane with a seed that is no number", 0, "x_seed");
    row("a plane without strides", 0, "strides");
    row("a plane with stride 0", 0, "strides");
    row("a tile with fewer losses than cells", 1, "loss");
    row("a tile whose cells are real numbers", 1, "i ");
    row("a tile of level 64", 1, "level");
    row("a tile with test losses and no errors of theirs", 1, "test_standard_error");
    row("a path with fewer places than steps", 2, "x ");
    row("a Hessian with errors missing", 3, "errors");
    row("a Hessian at half a step", 3, "step");
    row("a map smaller than it says", 4, "choice");
    row("a map with points lacking a coordinate", 4, "points_y");
    row("flips for other samples", 5, "flipped");
    row("a negative count of surfaces", 6, "surfaces");
}

void TestLandscapeGrid::damaged_blocks_are_refused()
{
    QFETCH(int, kind);
    QFETCH(int, damage);
    QFETCH(QString, names);
    HessianSummary summary;
    summary.eigenvalues = {1};
    summary.errors = {0};
    DecisionMap map{.nx = 2,
                    .ny = 2,
                    .x_high = 1,
                    .y_high = 1,
                    .choice = {0, 1, 0, 1},
                    .value = {1, 1, 1, 1},
                    .points_x = {0},
                    .points_y = {0},
                    .labels = {0}};
    const std::vector<Block> sound = {to_block(sample_plane()),
                                      to_block(sample_tile(0)),
                                      to_block(sample_trajectory()),
                                      to_block(summary),
                                      to_block(map),
                                      to_block(SampleLosses{.train = {1}, .flipped = {0}}),
                                      to_block(FollowCost{})};
    using Change = std::function<void(Block&)>;
    const auto number = [](const char* key, double value) -> Change { return [=](Block& b) { b.numbers[key] = value; }; };
    const auto doubles = [](const char* key, std::vector<double> values) -> Change {
        return [=](Block& b) { b.arrays[key] = {{static_cast<std::int64_t>(values.size())}, values}; };
    };
    const std::vector<Change> changes = {
        [](Block& b) { b.kind = "landscape-plan"; },
        [](Block& b) { b.texts.erase("x_kind"); },
        number("x_points", 0),
        [](Block& b) { b.numbers["x_points"] = b.numbers["y_points"] = 2001; },
        number("y_points", 2.5),
        number("x_low", kNaN),
        number("x_high", -2e12),
        [](Block& b) { b.texts["x_seed"] = "12x"; },
        [](Block& b) { b.arrays.erase("strides"); },
        [](Block& b) {
            b.arrays["strides"] = {{1}, std::vector<std::int32_t>{0}};
        },
        doubles("loss", {1}),
        doubles("i", {0, 1, 2, 3}),
        number("level", 64),
        [](Block& b) { b.arrays.erase("test_standard_error"); },
        doubles("x", {1}),
        doubles("errors", {}),
        number("step", 0.5),
        [](Block& b) {
            b.arrays["choice"] = {{1}, std::vector<std::int32_t>{0}};
        },
        [](Block& b) {
            b.arrays["points_y"] = {{0}, std::vector<float>{}};
        },
        [](Block& b) {
            b.arrays["flipped"] = {{2}, std::vector<std::int32_t>{0, 1}};
        },
        number("surfaces", -1),
    };
    auto block = sound[static_cast<std::size_t>(kind)];
    changes[static_cast<std::size_t>(damage)](block);
    const auto status = [&]() -> Status {
        switch (kind) {
        case 0:
            TIMBERLINE_TRY(plane_from(block));
            break;
        case 1:
            TIMBERLINE_TRY(tile_from(block));
            break;
        case 2:
            TIMBERLINE_TRY(trajectory_from(block));
            break;
        case 3:
            TIMBERLINE_TRY(hessian_from(block));
            break;
        case 4:
            TIMBERLINE_TRY(decision_map_from(block));
            break;
        case 5:
            TIMBERLINE_TRY(sample_losses_from(block));
            break;
        default:
            TIMBERLINE_TRY(follow_cost_from(block));
            break;
        }
        return {};
    }();
    QVERIFY(!status.ok());
    QVERIFY2(status.error().message.find(names.toStdString()) != std::string::npos, status.error().message.c_str());
    QVERIFY(status.error().code == ErrorCode::BadFile && !status.error().hint.empty());
}

void TestLandscapeGrid::fold_puts_levels_together()
{
    const auto coarse = sample_grid(false);
    QCOMPARE(coarse.known(), std::int64_t{4});
    QVERIFY(coarse.level[coarse.index(1, 0)] == -1 && std::isnan(coarse.loss[coarse.index(1, 0)]));
    const auto grid = sample_grid();
    QCOMPARE(grid.known(), std::int64_t{6});
    QCOMPARE(grid.not_finite(), std::int64_t{2});
    QVERIFY(grid.nx() == 3 && grid.ny() == 2 && !grid.line());
    QVERIFY(grid.loss[grid.index(2, 0)] == 2 && std::isinf(grid.loss[grid.index(2, 1)]) && grid.level[grid.index(1, 1)] == 1);
    const auto range = grid.range();
    QVERIFY(range && range->first == 0.25 && range->second == 7);  // of both surfaces, finite ones only
    QCOMPARE(grid.trajectory.step.back(), 500);
    // A cell is written once: a second tile changes nothing.
    LandscapeFold fold;
    fold.add(to_block(sample_plane()));
    fold.add(to_block(sample_tile(0)));
    auto again = sample_tile(0);
    again.loss = {9, 9, 9, 9};
    fold.add(to_block(again));
    QVERIFY(same(fold.grids().front().loss[0], 1.0) && fold.refused() == 0);
    QVERIFY(fold.grid(3) != nullptr && fold.grid(4) == nullptr);
    QVERIFY(!LandscapeGrid{}.range());
}

void TestLandscapeGrid::fold_refuses_what_does_not_fit_data()
{
    QTest::addColumn<int>("fault");
    QTest::addColumn<QString>("says");
    QTest::newRow("a tile of a plane that does not exist") << 0 << "plane 4 does not exist";
    QTest::newRow("a cell outside the plane") << 1 << "cell 3, 0 lies outside";
    QTest::newRow("a negative cell") << 2 << "lies outside";
    QTest::newRow("a path of a plane that does not exist") << 3 << "plane 4 does not exist";
    QTest::newRow("the same plane twice") << 4 << "occurs twice";
}

void TestLandscapeGrid::fold_refuses_what_does_not_fit()
{
    QFETCH(int, fault);
    QFETCH(QString, says);
    LandscapeFold fold;
    fold.add(to_block(sample_plane()));
    auto tile = sample_tile(0);
    auto path = sample_trajectory();
    switch (fault) {
    case 0:
        tile.plane = 4;
        break;
    case 1:
        tile.i[0] = 3;
        break;
    case 2:
        tile.j[1] = -1;
        break;
    case 3:
        path.plane = 4;
        break;
    default:
        fold.add(to_block(sample_plane()));
        break;
    }
    if (fault < 3) {
        fold.add(to_block(tile));
    } else if (fault == 3) {
        fold.add(to_block(path));
    }
    QCOMPARE(fold.refused(), 1);
    QVERIFY2(fold.problem().find(says.toStdString()) != std::string::npos, fold.problem().c_str());
    QCOMPARE(fold.grids().size(), std::size_t{1});
    QCOMPARE(fold.grids().front().known(), std::int64_t{0});  // nothing of a refused tile was taken
    Block other;
    other.kind = "layer-readings";
    fold.add(other);
    QCOMPARE(fold.refused(), 1);  // other kinds are passed over
}

/// A few hundred bytes claim 4 million cells each: of thirteen, twelve fit below 50 million.
void TestLandscapeGrid::fold_refuses_planes_beyond_its_memory()
{
    auto plane = sample_plane();
    plane.test_samples = 0;
    plane.x.points = 2000;
    plane.y.points = 2000;
    LandscapeFold fold;
    for (plane.id = 0; plane.id < 13; ++plane.id) {
        fold.add(to_block(plane));
        QCOMPARE(fold.refused(), plane.id < 12 ? 0 : 1);
    }
    QCOMPARE(fold.grids().size(), std::size_t{12});
    QVERIFY2(fold.problem().find("52000000 cells together") != std::string::npos, fold.problem().c_str());
    plane.x.points = plane.y.points = 100;
    fold.add(to_block(plane));
    QCOMPARE(fold.grids().size(), std::size_t{13});  // what is small still fits
}

void TestLandscapeGrid::surface_blocks_hold_everything()
{
    LandscapeFold fold;
    fold.add(surface_block(sample_plane(), sample_tile(0), sample_trajectory()));
    QCOMPARE(fold.grids().front().known(), std::int64_t{4});
    fold.add(surface_block(sample_plane(), sample_tile(1), std::nullopt));
    QVERIFY2(fold.refused() == 0, fold.problem().c_str());
    const auto& got = fold.grids().front();
    const auto expected = sample_grid();
    QVERIFY(same(got.loss, expected.loss) && same(got.test_loss, expected.test_loss) && got.level == expected.level);
    QCOMPARE(got.trajectory.x, expected.trajectory.x);
    QCOMPARE(got.trajectory.loss, expected.trajectory.loss);
    auto joined = sample_tile(0);
    append(joined, sample_tile(0));
    QCOMPARE(joined.i.size(), std::size_t{8});
    QCOMPARE(joined.test_accuracy.size(), std::size_t{8});
}

QTEST_APPLESS_MAIN(TestLandscapeGrid)
#include "test_landscape_grid.moc"
