// SPDX-License-Identifier: GPL-3.0-or-later
// What the views of the Exits bench get from core/rules, beside plain loops over the same readings.
#include "tests/app/exits_bench_testing.h"
#include "widgets/exits/cost_panel.h"
#include "widgets/exits/pareto_view.h"
#include "widgets/theme/theme.h"

#include <QElapsedTimer>

#include <algorithm>

using namespace timberline;
using namespace timberline::app;
using record::KvMode;
using testing::confidence;
using testing::Fold;

class TestExitProviders : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        widgets::ThemeManager::instance().setReduceMotion(true);
        widgets::ThemeManager::instance().attach(qApp);
    }

    void exitsEqualAPlainLoop_data()
    {
        QTest::addColumn<double>("threshold");
        for (const double threshold : {0.0, 0.3, 0.6, 0.9, 1.0}) {
            QTest::addRow("threshold %.1f", threshold) << threshold;
        }
    }

    void exitsEqualAPlainLoop()
    {
        QFETCH(double, threshold);
        Fold fold({.prompt = 3, .generated = 50, .layers = 12});
        fold.model.setChoice(confidence(threshold));
        const auto& r = fold.model.readings();
        double depth = 0;
        for (std::size_t row = 0; row < r.rows(); ++row) {
            int expected = 12;
            for (int l = 0; l < 11 && r.moment[row] >= 0 && threshold < 1; ++l) {
                if (static_cast<double>(r.probability[row * 12 + static_cast<std::size_t>(l)]) >=
                    static_cast<double>(static_cast<float>(threshold))) {
                    expected = l + 1;
                    break;
                }
            }
            QCOMPARE(fold.model.decided().exit[row], expected);
            depth += r.moment[row] >= 0 ? expected : 0;
        }
        QVERIFY(std::abs(fold.model.decided().figures.meanDepth - depth / 50) < 1e-9);
        QVERIFY(std::abs(fold.model.decided().figures.layerFraction - depth / 600) < 1e-9);
    }

    void redecidingIsQuick()
    {
        Fold fold({.prompt = 1, .generated = 512, .layers = 12});
        QCOMPARE(fold.model.rows(), std::size_t(512));
        fold.model.setChoice(confidence(0.9));
        double worst = 0;
        double total = 0;
        for (int i = 0; i < 50; ++i) {
            QElapsedTimer timer;
            timer.start();
            fold.model.setHandleValue(0.02 * i);
            const double milliseconds = static_cast<double>(timer.nsecsElapsed()) / 1e6;
            worst = std::max(worst, milliseconds);
            total += milliseconds;
        }
        qInfo("deciding 512 x 12 again: mean %.2f ms, worst %.2f ms", total / 50, worst);
        QVERIFY2(worst < 100, qPrintable(QString::number(worst)));
    }

    void markingBeginsWhereTheRunIsLeft_data()
    {
        QTest::addColumn<int>("mode");
        for (const auto mode : {KvMode::Propagate, KvMode::Copy, KvMode::Defer, KvMode::Mask, KvMode::Oracle}) {
            QTest::addRow("%s", std::string(record::name_of(mode)).c_str()) << static_cast<int>(mode);
        }
    }

    void markingBeginsWhereTheRunIsLeft()
    {
        QFETCH(int, mode);
        const auto kv = static_cast<KvMode>(mode);
        Fold fold({.prompt = 3, .generated = 40, .layers = 12, .threshold = 0.9, .mode = kv});
        for (const double threshold : {0.2, 0.5, 0.7, 0.95, 1.0}) {
            fold.model.setChoice(confidence(threshold, kv));
            const auto& r = fold.model.readings();
            // Exact modes: nothing but the token itself changes what follows. Others: an exit elsewhere leaves other keys and values too.
            std::optional<std::size_t> expected;
            for (std::size_t row = 0; row + 1 < r.rows() && !expected; ++row) {
                const int exit = fold.model.decided().exit[row];
                const bool token = r.moment[row] >= 0 && r.emits[r.cell(row, static_cast<std::size_t>(exit - 1))] != r.next[row];
                const bool exact = kv == KvMode::Defer || kv == KvMode::Oracle;
                if (token || (!exact && exit != r.exit[row])) {
                    expected = row + 1;
                }
            }
            QCOMPARE(fold.model.decided().firstStale, expected);
        }
        fold.model.setChoice(confidence(0.9, kv));
        QVERIFY(!fold.model.decided().firstStale);
    }

    void learnedPolicyWithoutScoresSaysSo()
    {
        Fold fold({.prompt = 1, .generated = 8, .layers = 4});
        fold.model.setChoice({.policy = "gate", .values = {{"threshold", 0.5}}});
        QVERIFY(fold.model.decided().problem.contains(QStringLiteral("gate")));
        QVERIFY(fold.model.decided().exit.empty());
        QCOMPARE(fold.model.exitOf(2), fold.model.readings().exit[2]);
    }

    void curvesHoldTheirPromises()
    {
        Fold fold({.prompt = 1, .generated = 200, .layers = 12});
        const auto providers = exit_rule_providers();
        const auto& r = fold.model.readings();
        const auto& run = *fold.model.run();
        QElapsedTimer timer;
        timer.start();
        const auto points = providers.sweep(r, run, confidence(0.9), widgets::ExitCostKind::Layers, widgets::ExitQualityKind::Agreement);
        qInfo("one policy's sweep over 200 x 12: %.2f ms", static_cast<double>(timer.nsecsElapsed()) / 1e6);
        QVERIFY(points.size() > 5);
        const auto front = providers.front(points, 1.0);
        for (std::size_t i = 1; i < front.points.size(); ++i) {
            QVERIFY(points[front.points[i]].cost > points[front.points[i - 1]].cost);
            QVERIFY(points[front.points[i]].quality > points[front.points[i - 1]].quality);
        }
        // Never leaving early costs everything and agrees everywhere.
        const auto full = std::find_if(points.begin(), points.end(), [](const auto& point) { return point.cost >= 1; });
        QVERIFY(full != points.end());
        QCOMPARE(full->quality, 1.0);
        // No policy is cheaper than the oracle at its quality.
        const auto oracles =
            providers.oracles(r, run, KvMode::Propagate, widgets::ExitCostKind::Layers, widgets::ExitQualityKind::Agreement);
        QCOMPARE(oracles.size(), std::size_t(2));
        QCOMPARE(oracles[0].quality, 1.0);
        for (const auto& point : points) {
            QVERIFY(point.quality < 1.0 || point.cost >= oracles[0].cost - 1e-12);
        }
        // q to infinity spends everything: the mean depth of the budgets rises with q.
        const auto budgets = providers.budgets(r, run, confidence(0.9), widgets::ExitCostKind::Layers, widgets::ExitQualityKind::Agreement);
        QCOMPARE(budgets.size(), std::size_t(39));
        QVERIFY(budgets.front().cost < 0.4 && budgets.back().cost > budgets.front().cost + 0.2);
    }

    void mapPointsTakeTheirExit()
    {
        const auto map = testing::moonsMap(5, 8);
        record::ExitRun run = testing::exitRun({.prompt = 1, .generated = 1, .layers = 5, .vocabulary = 3});
        run.subject = "trained-net";
        const auto exit = exit_rule_providers().decideMap(map, run, confidence(0.8));
        QCOMPARE(exit.size(), std::size_t(64));
        for (std::size_t point = 0; point < 64; ++point) {
            int expected = 1;
            while (expected < 5 && map.probability[static_cast<std::size_t>(expected - 1) * 64 + point] < 0.8F) {
                ++expected;
            }
            QCOMPARE(exit[point], expected);
        }
        QVERIFY(exit_rule_providers().decideMap(map, run, {.policy = "saturation", .values = {{"threshold", 0.9}}}).empty());
    }

    void exitsAllowedAreThoseOfTheChoice()
    {
        Fold fold({.prompt = 3, .generated = 50, .layers = 12});
        auto choice = confidence(0.5);
        choice.earliest = 3;
        choice.every = 4;  // 4 and 8
        fold.model.setChoice(choice);
        const auto& r = fold.model.readings();
        for (std::size_t row = 0; row < r.rows(); ++row) {
            int expected = 12;
            for (const int exit : {8, 4}) {
                expected = r.moment[row] >= 0 && r.probability[row * 12 + static_cast<std::size_t>(exit - 1)] >= 0.5F ? exit : expected;
            }
            QCOMPARE(fold.model.decided().exit[row], expected);
        }
        for (const auto& point : exit_rule_providers().sweep(r, *fold.model.run(), choice, widgets::ExitCostKind::Layers,
                                                             widgets::ExitQualityKind::Agreement)) {
            QCOMPARE(point.figures.histogram[0] + point.figures.histogram[6], std::int64_t{0});
        }
    }

    void withoutShadowsNothingIsCompared()
    {
        auto whole = testing::exitRecord({.prompt = 3, .generated = 40, .layers = 12, .threshold = 0.5, .shadow = false}, false);
        Fold fold({});
        widgets::CostPanel panel(&fold.model);
        fold.record.setRecord(whole);
        const auto agreement = [&] {
            for (const auto& row : panel.rows()) {
                if (row.label == QStringLiteral("same token as the full model")) {
                    return row.run;
                }
            }
            return QStringLiteral("missing");
        };
        const auto& seen = fold.model.recordedFigures();
        QVERIFY(seen.rows == 40 && std::isnan(seen.agreement) && std::isnan(seen.nll) && std::isnan(seen.fullNll));
        QCOMPARE(agreement(), QStringLiteral("–"));
        QVERIFY2(panel.note().contains(QStringLiteral("shadow")), qPrintable(panel.note()));
        // Settings that some token cannot be told for are no points.
        for (const auto& point : exit_rule_providers().sweep(fold.model.readings(), *fold.model.run(), confidence(0.5),
                                                             widgets::ExitCostKind::Layers, widgets::ExitQualityKind::Accuracy)) {
            QCOMPARE(point.figures.rows, std::int64_t{40});
        }
        widgets::ParetoView pareto(&fold.model);
        pareto.setSeries({{confidence(0.5), QStringLiteral("Confidence")}});
        QVERIFY(QTest::qWaitFor([&] { return pareto.isComplete(); }, 5000));
        QCOMPARE(pareto.state(), widgets::ViewState::Empty);
        QVERIFY2(pareto.summary().contains(QStringLiteral("shadow")), qPrintable(pareto.summary()));
        // The run's own comparison with the full model stands; with shadows the note goes.
        fold.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 40, .layers = 12, .threshold = 0.5, .shadow = false}));
        QCOMPARE(agreement(), QStringLiteral("97.5"));
        QVERIFY(panel.note().isEmpty());
        fold.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 40, .layers = 12, .threshold = 0.5}, false));
        QVERIFY(std::isfinite(fold.model.recordedFigures().agreement));
        QVERIFY(panel.note().isEmpty());
    }

    void samplesThatWereRightBeforeTheEndAreCounted()
    {
        // Label 1. Right throughout; right before and wrong at the end (twice); never right.
        const std::vector<std::vector<TokenId>> classes = {{0, 1, 1}, {1, 0, 0}, {0, 1, 2}, {0, 2, 0}};
        record::LayerReadings rows;
        rows.layers = 3;
        rows.resize(classes.size());
        for (std::size_t row = 0; row < classes.size(); ++row) {
            rows.moment[row] = rows.position[row] = static_cast<std::int32_t>(row);
            rows.next[row] = 1;
            rows.exit[row] = rows.known[row] = 3;
            for (std::size_t layer = 0; layer < 3; ++layer) {
                rows.top1[rows.cell(row, layer)] = rows.emits[rows.cell(row, layer)] = classes[row][layer];
            }
        }
        auto run = testing::exitRun({.prompt = 1, .generated = 4, .layers = 3, .vocabulary = 3});
        run.subject = "trained-net";
        QCOMPARE(exit_rule_providers().recorded(rows, run).overthinking, 0.5);
        rows.known[3] = 2;
        rows.exit[3] = 2;
        QVERIFY(std::isnan(exit_rule_providers().recorded(rows, run).overthinking));
    }
};

QTEST_MAIN(TestExitProviders)
#include "test_exit_providers.moc"
