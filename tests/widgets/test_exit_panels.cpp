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
#include "widgets/exits/threshold_certificate_view.h"
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

    void paretoSweepsWhileTheRunGrows()
    {
        Desk desk;
        std::size_t swept = 0;
        auto providers = simpleProviders();
        providers.sweep = [&swept](const record::LayerReadings& r, const record::ExitRun& run, const ExitChoice& choice, ExitCostKind cost,
                                   ExitQualityKind quality) {
            swept = r.rows();
            return simpleProviders().sweep(r, run, choice, cost, quality);
        };
        desk.model.setProviders(providers);
        ParetoView pareto(&desk.model);
        pareto.setSeries({{confidence(0.9), QStringLiteral("Confidence")}});
        QSignalSpy done(&pareto, &ParetoView::completed);
        const auto events = testing::exitEvents({.prompt = 2, .generated = 400, .layers = 6});
        desk.record.clear();
        desk.record.append({events.begin(), events.begin() + 4});
        std::size_t next = 4;
        // A token every 20 ms, as a run brings them: there must be a picture before it ends.
        for (; next < events.size() && done.isEmpty(); ++next) {
            desk.record.append({events[next]});
            QTest::qWait(20);
        }
        QVERIFY2(next < events.size(), "no sweep ended while the run grew");
        QVERIFY(pareto.state() == ViewState::Data && swept < desk.model.readings().rows() + 400);
        desk.record.append({events.begin() + static_cast<std::ptrdiff_t>(next), events.end()});
        QVERIFY(QTest::qWaitFor([&] { return swept == desk.model.readings().rows(); }, 5000));
        QCOMPARE(swept, std::size_t{401});
    }

    void paretoSweepsAgainForAnotherModeButNotForTheHandle()
    {
        Desk desk;
        std::vector<KvMode> modes;
        auto providers = simpleProviders();
        providers.oracles = [&modes](const record::LayerReadings&, const record::ExitRun&, KvMode mode, ExitCostKind, ExitQualityKind) {
            modes.push_back(mode);
            return std::vector<ExitCurvePoint>{};
        };
        desk.model.setProviders(providers);
        ParetoView pareto(&desk.model);
        pareto.setSeries({{confidence(0.9), QStringLiteral("Confidence")}});
        desk.record.setRecord(testing::exitRecord({.prompt = 2, .generated = 10, .layers = 6}));
        QVERIFY(QTest::qWaitFor([&] { return pareto.isComplete(); }, 2000));
        QCOMPARE(modes, (std::vector<KvMode>{KvMode::Propagate}));
        desk.model.setHandleValue(0.4);
        QTest::qWait(300);
        QCOMPARE(modes.size(), std::size_t{1});
        auto choice = desk.model.choice();
        choice.mode = KvMode::Defer;
        desk.model.setChoice(choice);
        QVERIFY(QTest::qWaitFor([&] { return modes.size() == 2; }, 2000));
        QVERIFY(modes.back() == KvMode::Defer);
        choice.policy = "margin";
        desk.model.setChoice(choice);
        QVERIFY(QTest::qWaitFor([&] { return modes.size() == 3; }, 2000));
    }

    void aCertificateIsReadFromItsGrid()
    {
        ThresholdCertificateView view;
        view.resize(800, 260);
        QCOMPARE(view.state(), ViewState::Empty);
        QVERIFY(!view.certifies());
        record::ThresholdCalibration all;
        all.policy = "saturation";
        all.lambda = 0.95;
        all.delta = 0.2;
        all.epsilon = 0.05;
        all.prompts = 20;
        all.exact = true;
        all.grid = {1, 0.95, 0.9, 0.85};
        all.loss = {0, 0, 0.05, 0};
        all.p = {0.0115, 0.0115, 0.0692, 1};
        all.tested = {1, 1, 1, 0};
        all.accepted = {1, 1, 0, 0};
        view.setCertificate(all);
        QCOMPARE(view.state(), ViewState::Data);
        QVERIFY(view.certifies());
        QVERIFY2(view.summary().contains(QStringLiteral("0.950")) && view.summary().contains(QStringLiteral("95.0 %")) &&
                     view.summary().contains(QStringLiteral("20.0 %")),
                 qPrintable(view.summary()));
        QCOMPARE(view.toCsv(), QByteArray("threshold,loss,p,tested,accepted\n1,0,0.0115,1,1\n0.95,0,0.0115,1,1\n0.9,0.05,0.0692,1,0\n"
                                          "0.85,,,0,0\n"));
        QVERIFY(svgOf(view).contains("p-value"));
        // The grid descends: Home is the lowest threshold that was tested, End is 1.
        QTest::keyClick(&view, Qt::Key_Home);
        QVERIFY2(view.accessibleDescription().contains(QStringLiteral("0.900")) &&
                     view.accessibleDescription().contains(QStringLiteral("failed")),
                 qPrintable(view.accessibleDescription()));
        QTest::keyClick(&view, Qt::Key_Left);
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("0.900")));
        QTest::keyClick(&view, Qt::Key_Right);
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("0.950")) &&
                view.accessibleDescription().contains(QStringLiteral("passed")));
        QVERIFY(view.stepText(3).contains(QStringLiteral("not tested")));
        all.lambda = 1;
        all.accepted = {0, 0, 0, 0};
        view.setCertificate(all);
        QVERIFY(!view.certifies());
        view.showError(QStringLiteral("It was refused."), QStringLiteral("Do this."));
        QCOMPARE(view.state(), ViewState::Error);
    }

    void nearlyNeverIsNotNever_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("three digits are enough") << 0.95 << "0.950";
        QTest::newRow("they would round to 1") << 0.9996 << "0.9996";
        QTest::newRow("still nearer") << 0.99999 << "0.99999";
        QTest::newRow("never") << 1.0 << "1.000 (never early)";
    }
    void nearlyNeverIsNotNever()
    {
        QFETCH(double, value);
        QFETCH(QString, text);
        QCOMPARE(handleText({.key = "threshold", .minimum = 0, .maximum = 1, .whole = false, .value = value}), text);
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
