// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/exit_desk.h"
#include "widgets/exits/calibration_view.h"
#include "widgets/exits/cost_panel.h"
#include "widgets/exits/decision_maps_view.h"
#include "widgets/exits/depth_histogram_view.h"
#include "widgets/exits/exit_channel.h"
#include "widgets/exits/exit_inspector.h"
#include "widgets/exits/layer_map_view.h"
#include "widgets/exits/pareto_view.h"
#include "widgets/exits/threshold_bar.h"
#include "widgets/theme/theme.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace timberline;
using namespace timberline::widgets;
using record::KvMode;
using testing::confidence;
using testing::Desk;
using testing::simpleProviders;
using testing::svgOf;

class TestExitPanels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().attach(qApp); }

    void sliderMovesTheThreshold()
    {
        Desk desk;
        ThresholdBar bar(&desk.model);
        bar.show();
        desk.record.setRecord(testing::exitRecord({.prompt = 2, .generated = 10, .layers = 6}));
        auto* slider = bar.slider();
        QCOMPARE(slider->value(), 900);
        QTest::keyClick(slider, Qt::Key_Left);
        QVERIFY(std::abs(desk.model.handle().value - 0.89) < 1e-9);
        QTest::keyClick(slider, Qt::Key_PageDown);
        QVERIFY(std::abs(desk.model.handle().value - 0.84) < 1e-9);
        QTest::keyClick(slider, Qt::Key_End);
        QCOMPARE(desk.model.handle().value, 1.0);
        QVERIFY(handleText(desk.model.handle()).contains(QStringLiteral("never")));
        QTest::keyClick(slider, Qt::Key_Home);
        QCOMPARE(desk.model.handle().value, 0.0);
        QTest::mouseClick(slider, Qt::LeftButton, {}, QPoint(slider->width() / 2, slider->height() - 8));
        QVERIFY(std::abs(desk.model.handle().value - 0.5) < 0.02);
        bar.stepBy(2);
        QVERIFY(std::abs(desk.model.handle().value - 0.52) < 0.02);
        QCOMPARE(slider->accessibleName(), QStringLiteral("Threshold"));
    }

    void inspectorExplainsTheDecision()
    {
        Desk desk;
        ExitInspector inspector(&desk.model, &desk.selection);
        desk.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 20, .layers = 8}));
        QVERIFY(inspector.rows().isEmpty());
        const auto& r = desk.model.readings();
        std::size_t row = 2;
        while (r.exit[row] == 8 || r.exit[row] == 1) {
            ++row;
        }
        Selected selected;
        selected.token = r.position[row];
        selected.layer = r.exit[row] - 1;
        desk.selection.select(selected);
        const auto at = [&](int layer) {
            return exitNumber(static_cast<double>(r.probability[r.cell(row, static_cast<std::size_t>(layer))]));
        };
        QCOMPARE(inspector.decision(), QStringLiteral("Exits: score %1 ≥ 0.900.").arg(at(selected.layer)));
        const auto rows = inspector.rows();
        const auto entropy =
            std::find_if(rows.begin(), rows.end(), [](const auto& line) { return line.first == QLatin1String("Entropy"); });
        QVERIFY(entropy != rows.end());
        QCOMPARE(entropy->second, QStringLiteral("%1 nats").arg(
                                      exitNumber(static_cast<double>(r.entropy[r.cell(row, static_cast<std::size_t>(selected.layer))]))));
        selected.layer -= 1;
        desk.selection.select(selected);
        QCOMPARE(inspector.decision(), QStringLiteral("Goes on: score %1 < 0.900.").arg(at(selected.layer)));
        selected.layer = 7;
        desk.selection.select(selected);
        QCOMPARE(inspector.decision(), QStringLiteral("Not run: the token left at layer %1.").arg(r.exit[row]));
        selected.token = 0;
        desk.selection.select(selected);
        QVERIFY(inspector.decision().contains(QStringLiteral("prompt")));
        const auto candidates = inspector.candidates()->toCsv().split('\n');
        QCOMPARE(candidates.size(), 1 + 5 + 1);
        QCOMPARE(inspector.profile()->toCsv().split('\n').size(), 1 + 8 + 1);
    }

    void costPanelSaysWhatEachNumberIs()
    {
        Desk desk;
        CostPanel panel(&desk.model);
        desk.record.setRecord(testing::exitRecord({.prompt = 2, .generated = 20, .layers = 12}));
        const auto value = [&](const QString& label) {
            const auto rows = panel.rows();
            const auto it = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.label == label; });
            return it == rows.end() ? std::pair(QStringLiteral("missing"), QString()) : std::pair(it->run, it->tried);
        };
        QCOMPARE(value(QStringLiteral("tokens counted")).first, QStringLiteral("20"));
        QCOMPARE(value(QStringLiteral("same token as the full model")).first, QStringLiteral("97.5"));
        QCOMPARE(value(QStringLiteral("surprise at the exits (NLL)")).first, QStringLiteral("0.310"));
        QCOMPARE(value(QStringLiteral("the same with every layer")).first, QStringLiteral("2.500"));
        QVERIFY(value(QStringLiteral("mean exit depth")).second.isEmpty());
        QVERIFY(panel.note().isEmpty());
        const auto& r = desk.model.readings();
        double total = 0;
        for (std::size_t row = 0; row < r.rows(); ++row) {
            total += r.moment[row] >= 0 ? r.block_ms[row] + r.lens_ms[row] + r.kv_ms[row] : 0;
        }
        QCOMPARE(value(QStringLiteral("time a token, measured")).first, QString::number(total / 20, 'f', 3));
        desk.model.setHandleValue(0.4);
        QCOMPARE(value(QStringLiteral("time a token, measured")).second, QStringLiteral("–"));
        QVERIFY(!value(QStringLiteral("mean exit depth")).second.isEmpty());
        QVERIFY(panel.note().contains(QStringLiteral("approximation")));
        auto exact = desk.model.choice();
        exact.mode = KvMode::Defer;
        desk.model.setChoice(exact);
        QVERIFY(!panel.note().contains(QStringLiteral("approximation")));
    }

    // --- plots ---

    void paretoComesInPartsAndPointsAreTaken()
    {
        Desk desk;
        ParetoView pareto(&desk.model);
        pareto.resize(480, 280);
        pareto.setSeries({{confidence(0.9), QStringLiteral("Confidence")}});
        QCOMPARE(pareto.state(), ViewState::Empty);
        QSignalSpy done(&pareto, &ParetoView::completed);
        desk.record.setRecord(testing::exitRecord({.prompt = 2, .generated = 10, .layers = 6}));
        QCOMPARE(pareto.state(), ViewState::Busy);
        QVERIFY(done.wait(2000));
        QCOMPARE(pareto.state(), ViewState::Data);
        QCOMPARE(pareto.points().size(), std::size_t(4));
        QSignalSpy taken(&pareto, &ParetoView::pointTaken);
        QTest::keyClick(&pareto, Qt::Key_End);
        QTest::keyClick(&pareto, Qt::Key_Left);
        QTest::keyClick(&pareto, Qt::Key_Return);
        QCOMPARE(taken.size(), 1);
        QCOMPARE(taken[0][0].toString(), QStringLiteral("confidence"));
        QVERIFY(std::abs(taken[0][2].toDouble() - 0.6) < 1e-9);
        pareto.setBudget(0.55);
        QVERIFY(pareto.bestWithinBudget() != nullptr);
        QCOMPARE(pareto.bestWithinBudget()->cost, 0.5);
        QCOMPARE(pareto.toCsv().split('\n').size(), 1 + 4 + 1);
        QVERIFY(svgOf(pareto).contains("Confidence"));
        desk.record.clear();
        QCOMPARE(pareto.state(), ViewState::Empty);
    }

    void calibrationIsComputedWhenLookedAt()
    {
        Desk desk;
        int calls = 0;
        auto providers = simpleProviders();
        providers.reliability = [&calls, inner = providers.reliability](const record::LayerReadings& r, std::size_t layer, bool final) {
            ++calls;
            return inner(r, layer, final);
        };
        desk.model.setProviders(providers);
        CalibrationView view(&desk.model, &desk.selection);
        desk.record.append(testing::exitEvents({.prompt = 2, .generated = 10, .layers = 6}));
        QCOMPARE(calls, 0);
        QCOMPARE(view.state(), ViewState::Data);
        QCOMPARE(view.toCsv().split('\n').size(), 1 + 6 * 10 + 1);
        QCOMPARE(calls, 6);
        Selected selected;
        selected.layer = 2;
        desk.selection.select(selected);
        QTest::keyClick(&view, Qt::Key_Up);
        QCOMPARE(desk.selection.current().layer, 3);
        QVERIFY(view.summary().contains(QStringLiteral("Layer 4")));
        QVERIFY(view.summary().contains(QStringLiteral("0.087")) || view.summary().contains(QStringLiteral("0.088")));  // 0.35 / 4
        QVERIFY(svgOf(view).contains("calibration error"));
    }

    void depthHistogramCountsExits()
    {
        Desk desk;
        DepthHistogramView view(&desk.model);
        desk.record.setRecord(testing::exitRecord({.prompt = 2, .generated = 10, .layers = 6}));
        int total = 0;
        const auto lines = view.toCsv().split('\n');
        QCOMPARE(lines.size(), 1 + 6 + 1);
        for (int i = 1; i <= 6; ++i) {
            const auto expected = std::count_if(desk.model.readings().exit.begin() + 1, desk.model.readings().exit.end(),
                                                [i](int exit) { return exit == i; });
            QCOMPARE(lines[i].split(',')[1].toInt(), static_cast<int>(expected));
            total += lines[i].split(',')[1].toInt();
        }
        QCOMPARE(total, 10);
    }

    void decisionMapsShareACursor()
    {
        Desk desk;
        DecisionMapsView view(&desk.model, &desk.selection);
        view.resize(700, 400);
        QCOMPARE(view.state(), ViewState::Empty);
        desk.record.setRecord(testing::netRecord());
        view.setMap(testing::moonsMap(5, 16));
        QCOMPARE(view.state(), ViewState::Data);
        QTest::keyClick(&view, Qt::Key_Right);
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("exit 5")));
        // The middle cell of -1.5 … 2.5 in 16 columns lies at 0.625.
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("0.625")));
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("takes exit 2")));
        QCOMPARE(view.toCsv().split('\n').size(), 1 + 5 * 16 * 16 + 1);
        QTest::mouseClick(&view, Qt::LeftButton, {}, QPoint(60, 60));
        QCOMPARE(desk.selection.current().layer, 0);
        QVERIFY(svgOf(view).contains("exit 1"));
        view.showError(QStringLiteral("It failed."), QStringLiteral("Try again."));
        QCOMPARE(view.state(), ViewState::Error);
    }

    void trainedNetsUseTheirClasses()
    {
        Desk desk;
        LayerMapView map(&desk.model, &desk.selection);
        desk.record.setRecord(testing::netRecord());
        QVERIFY(desk.model.isTrainedNet());
        QCOMPARE(desk.model.label(0), QStringLiteral("left moon"));
        QCOMPARE(desk.model.label(17), QStringLiteral("17"));
        QVERIFY(map.cellText(3, 2).startsWith(QStringLiteral("Exit 3, sample 3 of class")));
        QVERIFY(!map.cellText(3, 2).contains(QStringLiteral("keys and values")));
        QVERIFY(svgOf(map).contains(">class<"));
    }

    /// Pictures for the eye: TIMBERLINE_PICTURES names a folder.
    void pictures()
    {
        const QString folder = qEnvironmentVariable("TIMBERLINE_PICTURES");
        if (folder.isEmpty()) {
            QSKIP("TIMBERLINE_PICTURES is not set");
        }
        for (const char* name : {"light", "dark"}) {
            ThemeManager::instance().setTheme(QLatin1String(name));
            Desk desk;
            LayerMapView map(&desk.model, &desk.selection);
            DecisionMapsView maps(&desk.model, &desk.selection);
            desk.record.setRecord(testing::netRecord());
            maps.setMap(testing::moonsMap());
            maps.resize(900, 420);
            map.resize(900, 320);
            maps.grab().save(folder + QStringLiteral("/maps-%1.png").arg(QLatin1String(name)));
            map.grab().save(folder + QStringLiteral("/net-%1.png").arg(QLatin1String(name)));
            desk.record.setRecord(testing::exitRecord({.prompt = 4, .generated = 300, .layers = 24}));
            map.setChannel(ExitChannel::Entropy);
            map.fit();
            map.grab().save(folder + QStringLiteral("/fit-%1.png").arg(QLatin1String(name)));
        }
        ThemeManager::instance().setTheme(QStringLiteral("light"));
    }
};

QTEST_MAIN(TestExitPanels)
#include "test_exit_panels.moc"
