// SPDX-License-Identifier: GPL-3.0-or-later
#include "landscape_run_testing.h"

#include <QtTest>

#include <cmath>

using namespace timberline;
using namespace timberline::landscape_testing;

class TestLandscapeQueries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decision_maps_are_those_of_the_network();
    void decision_maps_take_the_planes_statistics();
    void three_points_have_their_own_statistics();
    void sample_losses_average_to_the_cell();
    void curvature_is_answered();
    void surfaces_are_answered_level_by_level();
    void wrong_questions_are_sentences_data();
    void wrong_questions_are_sentences();
};
void TestLandscapeQueries::decision_maps_are_those_of_the_network()
{
    const auto record =
        run_text(config_text(R"("steps": 150, "nx": 5, "ny": 5, "follow": true, "follow_every": 25, "surface_samples": 0)"));
    const auto map = record::decision_map_from(ask(record, "decision-map", R"({"nx": 60, "ny": 40})").value()).value();
    QVERIFY(map.nx == 60 && map.ny == 40 && map.alpha == 0 && map.points_x.size() == 160 && map.labels.size() == 160);
    const auto fold = fold_of(*record);
    QVERIFY(same_bits(map.loss, fold.grids().back().plane.center_loss));
    // Every sample's cell has the class that the network gives it, so the share of right cells is about the accuracy.
    int right = 0;
    for (std::size_t n = 0; n < map.points_x.size(); ++n) {
        const auto i =
            static_cast<std::size_t>(std::lround((static_cast<double>(map.points_x[n]) - map.x_low) / (map.x_high - map.x_low) * 59));
        const auto j =
            static_cast<std::size_t>(std::lround((static_cast<double>(map.points_y[n]) - map.y_low) / (map.y_high - map.y_low) * 39));
        right += map.choice[j * 60 + i] == map.labels[n] ? 1 : 0;
    }
    const auto& grid = fold.grids().back();
    const double accuracy = grid.accuracy[static_cast<std::size_t>(origin_of(grid))];
    QVERIFY(accuracy > 0.8 && std::abs(right / 160.0 - accuracy) < 0.08);
    QVERIFY(std::ranges::all_of(map.value, [](float p) { return p >= 0.5F && p <= 1; }));  // of two classes the likeliest has half at least
    // Elsewhere on the plane it is another network, with the loss of that cell.
    const auto far =
        record::decision_map_from(ask(record, "decision-map", R"({"nx": 10, "ny": 10, "alpha": 1, "beta": -1})").value()).value();
    QVERIFY(same_bits(far.loss, grid.loss[grid.index(4, 0)]));
    // And on a plane that followed: the untrained network stands at its centre.
    const auto early = record::decision_map_from(ask(record, "decision-map", R"({"plane": 0, "nx": 10, "ny": 10})").value()).value();
    QVERIFY(same_bits(early.loss, fold.grids().front().plane.center_loss));
    QVERIFY(early.loss > map.loss);
}

/// Away from the centre the statistics measured there differ from the stored ones, and so do the network's answers.
void TestLandscapeQueries::decision_maps_take_the_planes_statistics()
{
    std::vector<record::DecisionMap> maps;
    for (const std::string statistics : {"frozen", "re-estimated", "batch"}) {
        const auto record =
            run_text(config_text(R"("steps": 60, "batch_norm": true, "nx": 3, "ny": 3, "statistics": ")" + statistics + "\""));
        maps.push_back(
            record::decision_map_from(ask(record, "decision-map", R"({"nx": 20, "ny": 20, "alpha": 1, "beta": 1})").value()).value());
    }
    QVERIFY(maps[0].value != maps[1].value && maps[0].loss != maps[1].loss);
    QCOMPARE(maps[1].value, maps[2].value);  // both measure on the training samples
}

/// methods/training.md 2.2 for three networks: at each of them the surface has its loss, which the path knows from the network itself.
void TestLandscapeQueries::three_points_have_their_own_statistics()
{
    const auto record = run_text(config_text(
        R"("steps": 50, "batch_norm": true, "nx": 5, "ny": 5, "x_kind": "three-point", "y_kind": "three-point", "x_point": "first", "y_point": "20")"));
    const auto fold = fold_of(*record);
    const auto& path = fold.grids().front().trajectory;
    for (const std::int32_t step : {0, 20, 50}) {
        const auto k = static_cast<std::size_t>(std::ranges::find(path.step, step) - path.step.begin());
        const Json place = {{"alpha", path.x[k]}, {"beta", path.y[k]}};
        const auto losses = record::sample_losses_from(ask(record, "sample-losses", place.dump()).value()).value();
        double mean = 0;
        for (const double loss : losses.train) {
            mean += loss / static_cast<double>(losses.train.size());
        }
        QVERIFY2(std::abs(mean - path.loss[k]) < 1e-4, qPrintable(QString("step %1: %2, not %3").arg(step).arg(mean).arg(path.loss[k])));
    }
}

void TestLandscapeQueries::sample_losses_average_to_the_cell()
{
    const auto record = run_text(
        config_text(R"("steps": 30, "nx": 5, "ny": 5, "surface_samples": 100, "label_noise": "symmetric-other", "label_noise_rate": 0.3)"));
    const auto fold = fold_of(*record);
    const auto& grid = fold.grids().back();
    const auto losses = record::sample_losses_from(ask(record, "sample-losses", R"({"alpha": 0.5, "beta": 1})").value()).value();
    QVERIFY(losses.train.size() == 100 && losses.test.size() == 40 && losses.flipped.size() == 100);
    double sum = 0;
    for (const double loss : losses.train) {
        sum += loss / 100;
    }
    QVERIFY(std::abs(sum - grid.loss[grid.index(3, 4)]) < 1e-9);
    const auto flips = std::ranges::count(losses.flipped, 1);
    QVERIFY(flips > 15 && flips < 45);
}

void TestLandscapeQueries::curvature_is_answered()
{
    const auto record = run_text(config_text(R"("steps": 30, "nx": 3, "ny": 3, "spectrum": true, "eigenvalues": 3)"));
    const auto recorded = fold_of(*record).hessians().front();
    const auto answered = record::hessian_from(ask(record, "hessian", "{}").value()).value();
    QCOMPARE(answered.eigenvalues, recorded.eigenvalues);
    QCOMPARE(answered.trace, recorded.trace);
    QCOMPARE(answered.step, std::int64_t{30});
    QVERIFY(answered.eigenvalues.size() == 3 && answered.converged && answered.density.size() == 400);
    const auto early = record::hessian_from(ask(record, "hessian", R"({"step": 0, "spectrum": false})").value()).value();
    QVERIFY(early.step == 0 && early.density.empty() && early.eigenvalues != answered.eigenvalues);
}

void TestLandscapeQueries::surfaces_are_answered_level_by_level()
{
    const auto record = run_text(config_text(R"("steps": 30, "nx": 3, "ny": 3)"));
    LandscapeFold fold;
    for (int level = 0; level < 3; ++level) {
        fold.add(ask(record, "surface",
                     R"({"id": 7, "level": )" + std::to_string(level) +
                         R"(, "settings": {"nx": 21, "ny": 11, "x_seed": 5, "strides": [10, 5]}})")
                     .value());
    }
    QVERIFY2(fold.refused() == 0, fold.problem().c_str());
    const auto& answered = fold.grids().front();
    QVERIFY(answered.plane.id == 7 && answered.known() == 21 * 11 && answered.trajectory.step.back() == 30);
    // The same as a run with these settings.
    const auto expected =
        fold_of(*run_text(config_text(R"("steps": 30, "nx": 21, "ny": 11, "x_seed": 5, "strides": [10, 5])"))).grids().back();
    QCOMPARE(answered.loss, expected.loss);
    QCOMPARE(answered.level, expected.level);
    QCOMPARE(answered.trajectory.x, expected.trajectory.x);
}

void TestLandscapeQueries::wrong_questions_are_sentences_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("says");
    QTest::newRow("a question that nobody knows") << "weather"
                                                  << "{}"
                                                  << "does not know the question weather";
    QTest::newRow("arguments that are a list") << "decision-map"
                                               << "[]"
                                               << "object";
    QTest::newRow("a plane that does not exist") << "decision-map"
                                                 << R"({"plane": 9})"
                                                 << "no plane 9";
    QTest::newRow("too large a map") << "decision-map"
                                     << R"({"nx": 100000})"
                                     << "nx";
    QTest::newRow("an unknown argument") << "sample-losses"
                                         << R"({"alpah": 1})"
                                         << "alpah";
    QTest::newRow("an unknown setting") << "surface"
                                        << R"({"settings": {"x_knid": "pca"}})"
                                        << "x_knid";
    QTest::newRow("a setting out of range") << "surface"
                                            << R"({"settings": {"nx": 0}})"
                                            << "nx";
    QTest::newRow("a level that does not exist") << "surface"
                                                 << R"({"level": 9})"
                                                 << "level 9";
    QTest::newRow("fewer than no cells done") << "surface"
                                              << R"({"done": -1})"
                                              << "done";
    QTest::newRow("settings that are a number") << "surface"
                                                << R"({"settings": 4})"
                                                << "settings";
    QTest::newRow("a step that is a text") << "hessian"
                                           << R"({"step": "last"})"
                                           << "step";
}

void TestLandscapeQueries::wrong_questions_are_sentences()
{
    QFETCH(QString, what);
    QFETCH(QString, arguments);
    QFETCH(QString, says);
    static const auto record = run_text(config_text(R"("steps": 10, "nx": 3, "ny": 3)"));
    const auto answer = ask(record, what.toStdString(), arguments.toStdString());
    QVERIFY(!answer.ok());
    QVERIFY2(answer.error().message.find(says.toStdString()) != std::string::npos, answer.error().message.c_str());
    NullSink sink;
    const auto nothing =
        engine().query(read(config_text(R"("steps": 10)")), {.what = "hessian", .arguments = Json::object(), .record = nullptr}, {}, sink);
    QVERIFY(!nothing.ok());
}

QTEST_APPLESS_MAIN(TestLandscapeQueries)
#include "test_landscape_queries.moc"
