// SPDX-License-Identifier: GPL-3.0-or-later
#include "landscape_run_testing.h"

#include <QtTest>

#include <chrono>
#include <cmath>
#include <fstream>

using namespace timberline;
using namespace timberline::landscape_testing;

class TestLandscapeRun : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void origin_is_the_trained_loss();
    void every_axis_gives_a_surface_data();
    void every_axis_gives_a_surface();
    void the_path_ends_at_the_origin();
    void three_points_lie_at_their_distances();
    void batch_norm_is_said_in_the_caption_data();
    void batch_norm_is_said_in_the_caption();
    void the_bowl_is_itself_and_shows_the_edge_of_stability_data();
    void the_bowl_is_itself_and_shows_the_edge_of_stability();
    void the_curvature_follows_the_path();
    void the_limit_of_stability_is_of_the_rate_then_in_force();
    void the_same_config_gives_the_same_record();
    void a_surface_follows_training();
    void a_path_plane_follows_along_random_directions();
    void a_record_and_a_checkpoint_are_drawn_again();
    void a_cancelled_run_says_so_at_once();
    void diverged_training_keeps_its_last_finite_point();
    void records_survive_their_file();
    void impossible_planes_are_sentences_data();
    void impossible_planes_are_sentences();
    void damaged_sources_are_refused_data();
    void damaged_sources_are_refused();
};

void TestLandscapeRun::origin_is_the_trained_loss()
{
    const auto record = run_text(config_text(R"("steps": 60, "nx": 7, "ny": 5, "surface_samples": 0, "looked_samples": 0)"));
    QCOMPARE(reason_of(*record), std::string("length"));
    QVERIFY(std::holds_alternative<record::RunStarted>(record->events.front().payload));
    QVERIFY(std::holds_alternative<record::RunFinished>(record->events.back().payload));
    QCOMPARE(record::run_started(*record)->bench, std::string("landscape"));
    const auto fold = fold_of(*record);
    QVERIFY2(fold.refused() == 0, fold.problem().c_str());
    QCOMPARE(fold.grids().size(), std::size_t{1});
    const auto& grid = fold.grids().front();
    QVERIFY(grid.nx() == 7 && grid.ny() == 5 && grid.known() == 35 && grid.not_finite() == 0);
    const auto origin = origin_of(grid);
    QVERIFY(origin == static_cast<std::ptrdiff_t>(grid.index(3, 2)));
    QVERIFY(same_bits(grid.loss[static_cast<std::size_t>(origin)], grid.plane.center_loss));
    // And it is the loss that training found on the same samples at its end.
    const auto looks = record::training_validations(*record);
    QVERIFY(looks.back().step == 60);
    QVERIFY(std::abs(looks.back().train_loss - grid.plane.center_loss) < 1e-6);
    QVERIFY(std::abs(looks.back().loss - grid.test_loss[static_cast<std::size_t>(origin)]) < 1e-6);
    QVERIFY(std::abs(looks.back().train_accuracy - grid.accuracy[static_cast<std::size_t>(origin)]) < 1e-9);
    QVERIFY(grid.plane.samples == 160 && grid.plane.test_samples == 40 && grid.plane.center_step == 60);
    QVERIFY(grid.plane.data == "two-moons" && grid.plane.loss == "ce" && grid.plane.batch_norm == "none");
    QVERIFY(grid.standard_error[static_cast<std::size_t>(origin)] > 0);
    QVERIFY(std::abs(grid.plane.cosine) < 0.5 && grid.plane.x.norm > 0 && grid.plane.center_norm > grid.plane.x.norm * 0.5);
}

void TestLandscapeRun::every_axis_gives_a_surface_data()
{
    QTest::addColumn<QString>("x");
    QTest::addColumn<QString>("y");
    for (const auto* x : {"random", "pca", "to-point", "three-point", "hessian", "gradient", "update"}) {
        QTest::addRow("line along %s", x) << x << "none";
    }
    QTest::newRow("the path's plane") << "pca"
                                      << "pca";
    QTest::newRow("Hessian plane") << "hessian"
                                   << "hessian";
    QTest::newRow("through three points") << "three-point"
                                          << "three-point";
    QTest::newRow("gradient and top eigenvector") << "gradient"
                                                  << "hessian";
    QTest::newRow("update and a random direction") << "update"
                                                   << "random";
    QTest::newRow("one principal component and one eigenvector") << "pca"
                                                                 << "hessian";
}

void TestLandscapeRun::every_axis_gives_a_surface()
{
    QFETCH(QString, x);
    QFETCH(QString, y);
    const auto record = run_text(
        config_text(R"("steps": 40, "nx": 9, "ny": 5, "x_kind": ")" + x.toStdString() + R"(", "y_kind": ")" + y.toStdString() + "\""));
    QCOMPARE(reason_of(*record), std::string("length"));
    const auto fold = fold_of(*record);
    const auto& grid = fold.grids().front();
    QVERIFY2(fold.refused() == 0, fold.problem().c_str());
    QCOMPARE(grid.line(), y == "none");
    QCOMPARE(grid.known(), std::int64_t{y == "none" ? 9 : 45});
    QCOMPARE(grid.not_finite(), std::int64_t{0});
    QVERIFY(grid.plane.x.kind == x.toStdString());
    const auto& path = grid.trajectory;
    QVERIFY(path.step.size() > 10 && path.step.back() == 40);
    QVERIFY(path.x.back() == 0 && path.y.back() == 0 && path.residual.back() == 0);
    QVERIFY(same_bits(path.loss.back(), grid.plane.center_loss));
    if (x == "pca" || x == "three-point") {  // limits by the path: wide enough, and with a cell at the centre
        QVERIFY(origin_of(grid) >= 0);
        QVERIFY(same_bits(grid.loss[static_cast<std::size_t>(origin_of(grid))], grid.plane.center_loss));
        const auto step = (grid.plane.x.high - grid.plane.x.low) / 8;
        for (const double at : path.x) {
            QVERIFY(at > grid.plane.x.low - step && at < grid.plane.x.high + step);
        }
    }
    if (x == "hessian") {
        QVERIFY(std::isfinite(grid.plane.x.eigenvalue) && std::abs(grid.plane.x.norm - 1) < 1e-5);
    }
    if (x == "to-point") {  // the other end is the initial network, whose loss the path knows
        QVERIFY(grid.plane.x.low == -0.5 && grid.plane.x.high == 1.5);
        QVERIFY(std::abs(path.x.front() - 1) < 1e-5 && path.residual.front() < 1e-5);
        QVERIFY(std::abs(grid.loss[6] - path.loss.front()) < 1e-5);  // alpha = 1 is the seventh of nine
    }
    if (x == "update") {
        QVERIFY(std::abs(path.x[path.x.size() - 2] + 1) < 1e-5);
    }
}

void TestLandscapeRun::the_path_ends_at_the_origin()
{
    const auto record = run_text(config_text(R"("steps": 80, "nx": 5, "ny": 5, "x_kind": "pca", "y_kind": "pca")"));
    const auto fold = fold_of(*record);
    const auto& plane = fold.grids().front().plane;
    QVERIFY(plane.x.index == 0 && plane.y.index == 1);
    QVERIFY(plane.x.explained > plane.y.explained && plane.x.explained + plane.y.explained <= 1 + 1e-9);
    QVERIFY(std::abs(plane.x.norm - 1) < 1e-5 && std::abs(plane.y.norm - 1) < 1e-5 && std::abs(plane.cosine) < 1e-4);
    const auto& path = fold.grids().front().trajectory;
    QVERIFY(path.x.back() == 0 && path.y.back() == 0 && path.residual.back() == 0);
    QVERIFY(path.residual.front() > 0);
    QVERIFY(path.loss.front() > path.loss.back());
    QVERIFY(record::caption(plane).find("component 1") != std::string::npos);
}

void TestLandscapeRun::three_points_lie_at_their_distances()
{
    const auto record = run_text(config_text(
        R"("steps": 50, "nx": 5, "ny": 5, "x_kind": "three-point", "y_kind": "three-point", "x_point": "first", "y_point": "20")"));
    const auto fold = fold_of(*record);
    const auto& path = fold.grids().front().trajectory;
    // Distances in the plane equal those in parameter space for all three points.
    std::vector<record::TrainingSnapshot> snapshots;
    for (const auto* block : record::training_snapshots(*record)) {
        snapshots.push_back(record::training_snapshot_from(*block).value());
    }
    const auto at = [&](std::int32_t step) { return static_cast<std::size_t>(std::ranges::find(path.step, step) - path.step.begin()); };
    const auto distance = [&](std::size_t a, std::size_t b) {
        double sum = 0;
        for (std::size_t i = 0; i < snapshots[a].parameters.size(); ++i) {
            const double d = static_cast<double>(snapshots[a].parameters[i]) - static_cast<double>(snapshots[b].parameters[i]);
            sum += d * d;
        }
        return std::sqrt(sum);
    };
    const auto first = at(0), third = at(20), last = at(50);
    QVERIFY(std::abs(path.x[first] - distance(first, last)) < 1e-4 && std::abs(path.y[first]) < 1e-4);
    QVERIFY(std::abs(std::hypot(path.x[third], path.y[third]) - distance(third, last)) < 1e-4 && path.residual[third] < 1e-3);
}

void TestLandscapeRun::batch_norm_is_said_in_the_caption_data()
{
    QTest::addColumn<QString>("statistics");
    QTest::addColumn<QString>("axis");
    QTest::addColumn<QString>("says");
    QTest::newRow("stored, by itself") << "auto"
                                       << "random"
                                       << "frozen";
    QTest::newRow("moved between two networks, by itself") << "auto"
                                                           << "to-point"
                                                           << "interpolated";
    QTest::newRow("moved between three networks, by itself") << "auto"
                                                             << "three-point"
                                                             << "interpolated";
    QTest::newRow("stored between two networks, as asked") << "frozen"
                                                           << "to-point"
                                                           << "frozen";
    QTest::newRow("computed at every point") << "re-estimated"
                                             << "random"
                                             << "re-estimated";
    QTest::newRow("of the batch") << "batch"
                                  << "random"
                                  << "batch";
}

void TestLandscapeRun::batch_norm_is_said_in_the_caption()
{
    QFETCH(QString, statistics);
    QFETCH(QString, axis);
    QFETCH(QString, says);
    const auto record = run_text(config_text(R"("batch_norm": true, "steps": 30, "nx": 5, "ny": 1, "x_kind": ")" + axis.toStdString() +
                                             R"(", "y_kind": "none", "statistics": ")" + statistics.toStdString() + "\""));
    const auto fold = fold_of(*record);
    const auto& plane = fold.grids().front().plane;
    QCOMPARE(plane.batch_norm, says.toStdString());
    QVERIFY(record::caption(plane).find("batch norm statistics " + says.toStdString()) != std::string::npos);
    QCOMPARE(fold.grids().front().not_finite(), std::int64_t{0});
}

void TestLandscapeRun::the_bowl_is_itself_and_shows_the_edge_of_stability_data()
{
    QTest::addColumn<double>("rate");
    QTest::newRow("0.49 converges") << 0.49;
    QTest::newRow("0.51 diverges") << 0.51;
}

/// features.md, unique feature 9: f = 0.5 (4x^2 + y^2), lambda_max 4, limit lr 0.5. From (1, 1): x after n steps is (1 - 4 lr)^n.
void TestLandscapeRun::the_bowl_is_itself_and_shows_the_edge_of_stability()
{
    QFETCH(double, rate);
    const auto record = run_text(config_text(
        R"("net": "quadratic", "curvature": [4, 1], "learning_rate": )" + std::to_string(rate) +
            R"(, "steps": 100, "snapshot_every": 1, "nx": 11, "ny": 9, "spectrum": true, "x_kind": "hessian", "y_kind": "hessian", "trace_probes": 4)",
        kNoData));
    QCOMPARE(reason_of(*record), std::string("length"));
    const auto fold = fold_of(*record);
    const auto& hessian = fold.hessians().front();
    QVERIFY(std::abs(hessian.eigenvalues[0] - 4) < 0.04 && std::abs(hessian.eigenvalues[1] - 1) < 0.01);  // within 1%
    QVERIFY(std::abs(hessian.eigenvalues[0] - 4) < 1e-9);
    QVERIFY(std::abs(hessian.trace - 5) < 1e-9);
    QVERIFY(std::abs(hessian.stability_limit - 2 / rate) < 1e-4 && hessian.limit_rule == "2/lr");
    QCOMPARE(hessian.eigenvalues[0] > hessian.stability_limit, rate > 0.5);
    const auto& grid = fold.grids().front();
    const auto& path = grid.trajectory;
    const double expected = 0.5 * (4 * std::pow(1 - 4 * rate, 200) + std::pow(1 - rate, 200));
    QVERIFY(std::abs(path.loss.back() - expected) < 1e-3 * std::max(expected, 1e-12));
    QCOMPARE(path.loss.back() > path.loss.front(), rate > 0.5);
    // The surface is the quadratic: eigenvector coordinates are x and y up to sign.
    const auto last = record::training_snapshot_from(*record::training_snapshots(*record).back()).value();
    const double x = std::abs(static_cast<double>(last.parameters[0])), y = std::abs(static_cast<double>(last.parameters[1]));
    for (std::int32_t j = 0; j < grid.ny(); ++j) {
        for (std::int32_t i = 0; i < grid.nx(); ++i) {
            const double a = grid.plane.x.at(i), b = grid.plane.y.at(j);
            double nearest = 1e300;
            for (const double sx : {x, -x}) {
                for (const double sy : {y, -y}) {
                    nearest =
                        std::min(nearest, std::abs(grid.loss[grid.index(i, j)] - 0.5 * (4 * (sx + a) * (sx + a) + (sy + b) * (sy + b))));
                }
            }
            QVERIFY(nearest < 1e-6 * std::max(1.0, grid.loss[grid.index(i, j)]));
        }
    }
    QVERIFY(grid.plane.evaluation == "closed form" && grid.plane.samples == 0);
}

void TestLandscapeRun::the_curvature_follows_the_path()
{
    const auto record =
        run_text(config_text(R"("steps": 40, "snapshot_every": 4, "nx": 3, "ny": 3, "curvature_every": 2, "lanczos_steps": 20)"));
    const auto fold = fold_of(*record);
    QCOMPARE(fold.hessians().size(), std::size_t{6});  // snapshots 0, 2, 4, 6, 8 and the last
    QCOMPARE(fold.hessians()[1].step, std::int64_t{8});
    QCOMPARE(fold.hessians().back().step, std::int64_t{40});
    for (const auto& summary : fold.hessians()) {
        QVERIFY(summary.eigenvalues.size() == 1 && std::isfinite(summary.eigenvalues[0]) && summary.density.empty());
        QVERIFY(summary.learning_rate > 0 && summary.stability_limit > 0);
    }
}

/// The sample raises the rate from 0.49 to 0.51 at step 40: plain gradient descent on curvature 4 and 1 has the limit 2 / lr.
void TestLandscapeRun::the_limit_of_stability_is_of_the_rate_then_in_force()
{
    QFile file(QStringLiteral(TIMBERLINE_FIXTURES "/../../resources/samples/edge-of-stability.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto record = run_text(file.readAll().toStdString());
    const auto fold = fold_of(*record);
    QCOMPARE(fold.hessians().front().step, std::int64_t{0});
    QCOMPARE(fold.hessians().back().step, std::int64_t{60});
    for (const auto& summary : fold.hessians()) {
        const double rate = summary.step <= 40 ? 0.49 : 0.51;
        QVERIFY2(std::abs(summary.learning_rate - rate) < 1e-6 && std::abs(summary.stability_limit - 2 / rate) < 1e-4,
                 qPrintable(QString("step %1: %2").arg(summary.step).arg(summary.learning_rate)));
        QVERIFY(std::abs(summary.eigenvalues[0] - 4) < 1e-6);
    }
    // The spectrum at the end is whole, although the warm start of the path lies along the sharpest direction alone.
    const auto& last = fold.hessians().back();
    QVERIFY(last.eigenvalues.size() == 2 && std::abs(last.eigenvalues[1] - 1) < 1e-6 && std::abs(last.lowest - 1) < 1e-6);
    QVERIFY(std::abs(fold.hessians()[1].lowest - 1) < 1e-6);
}

void TestLandscapeRun::the_same_config_gives_the_same_record()
{
    const auto text =
        config_text(R"("steps": 40, "nx": 13, "ny": 6, "spectrum": true, "follow": true, "follow_every": 3, "x_kind": "pca")");
    const auto a = run_text(text), b = run_text(text);
    QCOMPARE(difference_of(*a, *b), std::string());
}

void TestLandscapeRun::a_surface_follows_training()
{
    const auto text =
        config_text(R"("steps": 60, "snapshot_every": 5, "nx": 5, "ny": 5, "follow": true, "follow_every": 4, "follow_points": 7)");
    const auto record = run_text(text);
    const auto fold = fold_of(*record);
    QVERIFY2(fold.refused() == 0, fold.problem().c_str());
    QCOMPARE(fold.grids().size(), std::size_t{5});  // snapshots 0, 4, 8, 12, and the final surface
    for (std::size_t k = 0; k < 4; ++k) {
        const auto& grid = fold.grids()[k];
        QVERIFY(grid.plane.following && grid.plane.center_step == static_cast<std::int64_t>(20 * k) && grid.nx() == 7 &&
                grid.known() == 49);
        QVERIFY(same_bits(grid.loss[grid.index(3, 3)], grid.plane.center_loss));
        QCOMPARE(grid.moment, static_cast<std::int32_t>(20 * k) - 1);
    }
    QVERIFY(!fold.grids().back().plane.following && fold.grids().back().plane.id == 4);
    QVERIFY(fold.grids()[3].plane.center_loss < fold.grids()[0].plane.center_loss);
    const auto& cost = fold.follow_cost();
    QVERIFY(cost && cost->surfaces == 4 && cost->cells == 4 * 49 && cost->training_ms > 0 && cost->evaluation_ms > 0 &&
            cost->waited_ms >= 0);
    // Following changes nothing in training itself.
    auto alone = text;
    alone.replace(alone.find("\"follow\": true"), 14, "\"follow\": false");
    const auto quiet = run_text(alone);
    const auto with = record::training_steps(*record), without = record::training_steps(*quiet);
    QCOMPARE(with.size(), without.size());
    for (std::size_t k = 0; k < with.size(); ++k) {
        QCOMPARE(with[k].loss, without[k].loss);
    }
    QCOMPARE(fold_of(*quiet).grids().back().loss, fold.grids().back().loss);
    // How often is measured when it is not said, and written into the config, which then gives the same record.
    auto measured = text;
    measured.replace(measured.find("\"follow_every\": 4"), 17, "\"follow_every\": 0");
    const auto first = run_text(measured);
    const auto config = read(record::run_started(*first)->config_json);
    QVERIFY(std::get<std::int64_t>(config.settings.at("follow_every")) >= 1);
    QCOMPARE(difference_of(*first, *run_text(record::run_started(*first)->config_json)), std::string());
}

void TestLandscapeRun::a_path_plane_follows_along_random_directions()
{
    for (const std::string kind : {"pca", "gradient"}) {
        const auto record = run_text(
            config_text(R"("steps": 20, "snapshot_every": 5, "nx": 5, "ny": 5, "follow": true, "follow_every": 2, "follow_points": 3,
                "x_kind": ")" +
                        kind + R"(", "y_kind": "pca")"));
        const auto fold = fold_of(*record);
        QCOMPARE(fold.grids().size(), std::size_t{4});
        const auto& second = fold.grids()[1];
        QVERIFY(second.plane.x.kind == "random" && second.plane.y.kind == "random" && second.known() == 9);
        QVERIFY(fold.grids().back().plane.x.kind == kind);
        // A question about the plane finds the same directions again.
        const auto map = record::decision_map_from(ask(record, "decision-map", R"({"plane": 1, "alpha": 1, "beta": -1})").value()).value();
        QVERIFY(same_bits(map.loss, second.loss[second.index(2, 0)]));
    }
}

void TestLandscapeRun::a_record_and_a_checkpoint_are_drawn_again()
{
    const QTemporaryDir folder;
    const auto record_file = folder.filePath("run.tlrun").toStdString(), checkpoint = folder.filePath("c.safetensors").toStdString();
    const auto first = run_text(config_text(R"("steps": 40, "nx": 7, "ny": 5, "checkpoint_path": ")" + checkpoint + "\""));
    QVERIFY(record::save(*first, record_file).ok());
    const auto expected = fold_of(*first).grids().back();
    const auto again = run_text(R"({"timberline": 1, "bench": "landscape", "threads": 1, "landscape": {"nx": 7, "ny": 5, "start_from": ")" +
                                record_file + R"("}})");
    QCOMPARE(reason_of(*again), std::string("length"));
    const auto same = fold_of(*again).grids().back();
    QCOMPARE(same.loss, expected.loss);
    QCOMPARE(same.trajectory.loss, expected.trajectory.loss);
    QVERIFY(!record::training_steps(*again).empty());  // the curve came along
    const auto from_point = run_text(
        R"({"timberline": 1, "bench": "landscape", "threads": 1, "landscape": {"nx": 7, "ny": 5, "start_from": ")" + checkpoint + R"("}})");
    const auto point = fold_of(*from_point).grids().back();
    QCOMPARE(point.loss, expected.loss);
    QCOMPARE(point.trajectory.step.size(), std::size_t{1});
    // And the checkpoint as the end of a line: its own parameters stand at both ends, so there is no direction.
    const auto line =
        run_text(config_text(R"("steps": 20, "nx": 5, "ny": 1, "x_kind": "to-point", "y_kind": "none", "x_point": ")" + checkpoint + "\""));
    QVERIFY2(reason_of(*line) == "length", reason_of(*line).c_str());
}

void TestLandscapeRun::a_cancelled_run_says_so_at_once()
{
    const CancelToken cancel;
    Sink sink;
    std::chrono::steady_clock::time_point asked;
    sink.after_tile = [&] {
        if (!cancel.cancelled()) {
            asked = std::chrono::steady_clock::now();
            cancel.cancel();
        }
    };
    const auto record =
        engine()
            .run(read(R"({"timberline": 1, "bench": "landscape", "method": {"data_set": {"id": "digits", "values": {"samples": 300}}},
        "landscape": {"net": "cnn", "hidden": [8, 16], "steps": 3, "nx": 51, "ny": 51}})"),
                 cancel, sink)
            .value();
    const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count();
    QCOMPARE(reason_of(*record), std::string("cancelled"));
    QVERIFY2(took < 0.1, qPrintable(QString::number(took)));
    const auto fold = fold_of(*record);
    QVERIFY(fold.refused() == 0 && fold.grids().back().known() > 0 && fold.grids().back().known() < 2601);
}

void TestLandscapeRun::diverged_training_keeps_its_last_finite_point()
{
    const auto record =
        run_text(config_text(R"("steps": 60, "snapshot_every": 1, "learning_rate": 100, "nx": 5, "ny": 5, "activation": "identity")",
                             R"("data_set": {"id": "regression-curves"}, "loss": {"id": "mse"})"));
    QVERIFY2(reason_of(*record) == "diverged", reason_of(*record).c_str());
    const auto fold = fold_of(*record);
    QCOMPARE(fold.grids().size(), std::size_t{1});
    const auto& grid = fold.grids().front();
    QCOMPARE(grid.known(), std::int64_t{25});  // not finite cells are cells
    QVERIFY(grid.plane.center_step < 60);
    bool said = false;
    for (const auto& event : record->events) {
        const auto* note = std::get_if<record::Note>(&event.payload);
        said = said || (note != nullptr && note->text.find("the last one whose parameters are finite") != std::string::npos);
    }
    QVERIFY(said);
    QVERIFY(record::grid_csv(grid).find("level") != std::string::npos);
}

void TestLandscapeRun::records_survive_their_file()
{
    const QTemporaryDir folder;
    const auto record = run_text(config_text(R"("steps": 20, "nx": 6, "ny": 4, "spectrum": true)"));
    const auto file = folder.filePath("a.tlrun").toStdString();
    QVERIFY(record::save(*record, file).ok());
    const auto back = record::load(file).value();
    QCOMPARE(difference_of(*record, *back), std::string());
    const auto a = fold_of(*record), b = fold_of(*back);
    QCOMPARE(record::grid_csv(a.grids().front()), record::grid_csv(b.grids().front()));
    QCOMPARE(a.hessians().front().eigenvalues, b.hessians().front().eigenvalues);
}

void TestLandscapeRun::impossible_planes_are_sentences_data()
{
    QTest::addColumn<QString>("settings");
    QTest::addColumn<QString>("says");
    QTest::newRow("principal components of a path that was not kept") << R"("steps": 10, "snapshots_kept": 0)"
                                                                      << "keeps no snapshots";
    QTest::newRow("an update with one snapshot")
        << R"("steps": 10, "snapshots_kept": 1, "snapshot_every": 1000, "x_kind": "to-point", "x_point": "last")"
        << "has no length";
    QTest::newRow("a point that is no file") << R"("steps": 10, "x_kind": "to-point", "x_point": "nowhere.safetensors")"
                                             << "nowhere.safetensors";
    QTest::newRow("three points that are two")
        << R"("steps": 10, "x_kind": "three-point", "y_kind": "three-point", "x_point": "first", "y_point": "first")"
        << "one line";
    QTest::newRow("statistics that cannot move along") << R"("steps": 10, "batch_norm": true, "statistics": "interpolated")"
                                                       << "can move along only";
    QTest::newRow("the centre as a third point") << R"("steps": 10, "x_kind": "three-point", "y_kind": "three-point", "x_point": "last")"
                                                 << "are the same";
}

void TestLandscapeRun::impossible_planes_are_sentences()
{
    QFETCH(QString, settings);
    QFETCH(QString, says);
    const auto record = run_text(config_text(settings.toStdString() + R"(, "nx": 3, "ny": 3)"));
    const auto* finished = record::run_finished(*record);
    QCOMPARE(finished->reason, std::string("error"));
    QVERIFY2(finished->message.find(says.toStdString()) != std::string::npos, finished->message.c_str());
    QVERIFY(!record::training_steps(*record).empty());  // what was trained is kept
}

void TestLandscapeRun::damaged_sources_are_refused_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("says");
    QTest::newRow("a file that does not exist") << "nothing.tlrun" << QByteArray() << "nothing.tlrun";
    QTest::newRow("a record that is text") << "text.tlrun" << QByteArray("hello") << "text.tlrun";
    QTest::newRow("a checkpoint that is text") << "text.safetensors" << QByteArray("hello world, this is no header") << "text.safetensors";
    QTest::newRow("an empty checkpoint") << "empty.safetensors" << QByteArray("") << "empty.safetensors";
    QTest::newRow("a checkpoint with a huge header")
        << "huge.safetensors" << QByteArray("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10) << "huge.safetensors";
}

void TestLandscapeRun::damaged_sources_are_refused()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    QFETCH(QString, says);
    const QTemporaryDir folder;
    const auto path = folder.filePath(name).toStdString();
    if (!name.startsWith("nothing")) {
        std::ofstream(path, std::ios::binary).write(content.data(), content.size());
    }
    Sink sink;
    const auto record =
        engine().run(read(R"({"timberline": 1, "bench": "landscape", "landscape": {"start_from": ")" + path + R"("}})"), {}, sink);
    QVERIFY(!record.ok());
    QVERIFY2(record.error().message.find(says.toStdString()) != std::string::npos, record.error().message.c_str());
    QCOMPARE(sink.events, 0);
}

QTEST_APPLESS_MAIN(TestLandscapeRun)
#include "test_landscape_run.moc"
