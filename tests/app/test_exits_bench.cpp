// SPDX-License-Identifier: GPL-3.0-or-later
// The Exits bench with the real arithmetic of core/rules and an engine that answers from samples.
#include "app/window/exit_calibrate_dialog.h"
#include "tests/app/exits_bench_testing.h"
#include "widgets/exits/decision_maps_view.h"
#include "widgets/exits/layer_map_view.h"
#include "widgets/exits/pareto_view.h"
#include "widgets/exits/threshold_bar.h"
#include "widgets/exits/threshold_certificate_view.h"
#include "widgets/theme/theme.h"

#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>

#include <algorithm>

using namespace timberline;
using namespace timberline::app;
using record::KvMode;
using testing::certificate;
using testing::confidence;
using testing::SampleEngine;
using testing::Window;

namespace {

/// A net's record that holds this map.
std::shared_ptr<record::Record> withMap(record::Block map)
{
    auto out = std::make_shared<record::Record>(*testing::netRecord());
    out->events.insert(out->events.end() - 1, record::Event{std::move(map)});
    return out;
}

std::size_t mapsAsked()
{
    const std::lock_guard lock(SampleEngine::mutex);
    return static_cast<std::size_t>(
        std::ranges::count_if(SampleEngine::asked, [](const auto& query) { return query.what == "decision-map"; }));
}

}  // namespace

class TestExitsBench : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        widgets::ThemeManager::instance().setReduceMotion(true);
        widgets::ThemeManager::instance().attach(qApp);
    }

    void rerunWritesTheThresholdAndRuns()
    {
        Window window;
        auto& bench = *window.bench;
        bench.resize(900, 700);
        QCOMPARE(bench.policyBox()->count(), 5);
        window.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 20, .layers = 6}));
        bench.model()->setChoice(confidence(0.9));
        SampleEngine::ran.clear();
        bench.threshold()->slider()->setValue(550);
        QVERIFY(bench.model()->differsFromRun());
        QVERIFY(bench.rerunButton()->isEnabled());
        const auto before = window.session.config();
        QTest::mouseClick(bench.rerunButton(), Qt::LeftButton);
        QVERIFY(QTest::qWaitFor(
            [] {
                const std::lock_guard lock(SampleEngine::mutex);
                return !SampleEngine::ran.empty();
            },
            5000));
        QVERIFY(QTest::qWaitFor([&] { return window.session.settled(); }, 5000));
        const auto& ran = SampleEngine::ran.front();
        QVERIFY(ran.methods.contains("policy"));
        QCOMPARE(ran.methods.at("policy").id, std::string("confidence"));
        QCOMPARE(std::get<double>(ran.methods.at("policy").values.at("threshold")), 0.55);
        QVERIFY(before != window.session.config());
        QCOMPARE(bench.model()->handle().value, 0.55);
    }

    void trainedNetAsksForItsDecisionMaps()
    {
        Window window;
        QSignalSpy state(window.bench->views().at(4), &widgets::View::stateChanged);
        window.record.setRecord(testing::netRecord());
        auto* maps = dynamic_cast<widgets::DecisionMapsView*>(window.bench->views().at(4));
        QVERIFY(maps != nullptr);
        QVERIFY(QTest::qWaitFor([&] { return maps->hasMap(); }, 5000));
        window.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 20, .layers = 6}));
        QVERIFY(!maps->hasMap());
    }

    void aRecordedDecisionMapIsShownAtOnce()
    {
        Window window;
        auto* maps = dynamic_cast<widgets::DecisionMapsView*>(window.bench->views().at(4));
        const auto asked = mapsAsked();
        window.record.setRecord(withMap(record::to_block(testing::moonsMap(5, 8))));
        QVERIFY(maps->hasMap());
        QCOMPARE(maps->toCsv().split('\n').size(), 1 + 5 * 8 * 8 + 1);
        QTest::qWait(50);
        QCOMPARE(mapsAsked(), asked);
        // A damaged one is asked for; the sample engine draws 12 x 12.
        auto damaged = record::to_block(testing::moonsMap(5, 8));
        damaged.arrays.erase("choice");
        window.record.setRecord(withMap(std::move(damaged)));
        QVERIFY(!maps->hasMap());
        QVERIFY(QTest::qWaitFor([&] { return maps->hasMap(); }, 5000));
        QCOMPARE(mapsAsked(), asked + 1);
        QCOMPARE(maps->toCsv().split('\n').size(), 1 + 5 * 12 * 12 + 1);
        // A run that goes on brings its map with its last blocks.
        auto growing = withMap(record::to_block(testing::moonsMap(5, 8)));
        const std::vector<record::Event> end(growing->events.end() - 2, growing->events.end());
        growing->events.resize(growing->events.size() - 2);
        window.record.adoptRecord(growing);
        QVERIFY(!maps->hasMap());
        window.record.append(end);
        QVERIFY(maps->hasMap());
        QCOMPARE(mapsAsked(), asked + 1);
    }

    void exitsAllowedAreThoseOfTheSession()
    {
        Window window;
        auto config = window.session.config();
        config.methods["policy"] = {"confidence", {{"threshold", 0.5}}};
        config.settings["earliest"] = std::int64_t{3};
        config.settings["every"] = std::int64_t{4};
        window.session.setConfig(config);
        QCOMPARE(window.bench->model()->choice().earliest, 3);
        QCOMPARE(window.bench->model()->choice().every, 4);
        const int margin = window.bench->policyBox()->findData(QStringLiteral("margin"));
        window.bench->policyBox()->setCurrentIndex(margin);
        Q_EMIT window.bench->policyBox()->activated(margin);
        QCOMPARE(window.bench->model()->choice().policy, std::string("margin"));
        QCOMPARE(window.bench->model()->choice().earliest, 3);
    }

    void aThresholdIsCertifiedOnPrompts()
    {
        Window window;
        auto& bench = *window.bench;
        bench.resize(900, 700);
        bench.show();
        window.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 20, .layers = 6}));
        bench.model()->setChoice(confidence(0.7, KvMode::Defer));
        auto* button = bench.calibrateButton();
        QVERIFY(button->isEnabled() && (button->focusPolicy() & Qt::TabFocus) != 0);
        QTest::keyClick(button, Qt::Key_Space);
        auto* dialog = bench.calibrateDialog();
        QVERIFY(dialog->isVisible());
        dialog->promptEdit()->setPlainText(QStringLiteral("The king\n\n  A boy \nOne day"));
        // 0.95^59 is the first power at or below 0.05.
        const auto labels = dialog->findChildren<QLabel*>();
        QVERIFY(std::ranges::any_of(labels, [](const QLabel* label) { return label->text().contains(QStringLiteral("at least 59")); }));
        {
            const std::lock_guard lock(SampleEngine::mutex);
            SampleEngine::asked.clear();
            SampleEngine::asked_with.clear();
            SampleEngine::certificate = certificate(0.95);
        }
        QVERIFY(!dialog->takeButton()->isEnabled());
        QTest::keyClick(dialog->startButton(), Qt::Key_Space);
        QVERIFY(QTest::qWaitFor([&] { return dialog->view()->certificate().has_value(); }, 5000));
        {
            const std::lock_guard lock(SampleEngine::mutex);
            QCOMPARE(SampleEngine::asked.size(), std::size_t{1});
            const auto& arguments = SampleEngine::asked[0].arguments;
            QCOMPARE(arguments.at("prompts").get<std::vector<std::string>>(), (std::vector<std::string>{"The king", "A boy", "One day"}));
            QVERIFY(std::abs(arguments.at("delta").get<double>() - 0.05) < 1e-12 &&
                    std::abs(arguments.at("epsilon").get<double>() - 0.05) < 1e-12);
            QCOMPARE(SampleEngine::asked_with[0].methods.at("policy").id, std::string("confidence"));
        }
        QVERIFY(dialog->note().contains(QStringLiteral("0.950")));
        QTest::keyClick(dialog->takeButton(), Qt::Key_Space);
        QCOMPARE(bench.model()->choice().policy, std::string("confidence"));
        QCOMPARE(bench.model()->handle().value, 0.95);
        // Nothing below 1 passed: nothing to take.
        const auto ask = [&](Result<record::ThresholdCalibration> answer) {
            {
                const std::lock_guard lock(SampleEngine::mutex);
                SampleEngine::certificate = std::move(answer);
            }
            const QString before = dialog->startButton()->text();
            QTest::keyClick(dialog->startButton(), Qt::Key_Space);
            return dialog->startButton()->text() != before &&
                   QTest::qWaitFor([&] { return dialog->startButton()->text() == before; }, 5000);
        };
        QVERIFY(ask(certificate(1)));
        QVERIFY(!dialog->takeButton()->isEnabled());
        QVERIFY(dialog->note().contains(QStringLiteral("No threshold below 1")));
        // A refusal stands where the picture would.
        QVERIFY(ask(make_error(ErrorCode::InvalidArgument, "kv_mode is propagate", "set them to defer or oracle")));
        QCOMPARE(dialog->view()->state(), widgets::ViewState::Error);
        QVERIFY2(dialog->view()->summary().contains(QStringLiteral("kv_mode is propagate")), qPrintable(dialog->view()->summary()));
        QVERIFY(!dialog->takeButton()->isEnabled());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(!dialog->isVisible());
    }

    void everyViewSpeaks()
    {
        Window window;
        window.bench->resize(900, 700);
        window.bench->show();
        for (auto* view : window.bench->views()) {
            QVERIFY2(!view->summary().isEmpty(), qPrintable(view->id()));
        }
        window.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 20, .layers = 6}));
        window.bench->selectSomething();
        QVERIFY(window.selection.current().token >= 0 && window.selection.current().layer >= 0);
        QVERIFY(QTest::qWaitFor([&] { return window.bench->pareto()->isComplete(); }, 5000));
        QStringList ids;
        for (auto* view : window.bench->views()) {
            QVERIFY2(!view->summary().isEmpty() && view->toCsv().contains('\n'), qPrintable(view->id()));
            QVERIFY(!ids.contains(view->id()));
            ids.append(view->id());
        }
    }

    /// Pictures for the eye: TIMBERLINE_PICTURES names a folder.
    void pictures()
    {
        const QString folder = qEnvironmentVariable("TIMBERLINE_PICTURES");
        if (folder.isEmpty()) {
            QSKIP("TIMBERLINE_PICTURES is not set");
        }
        for (const char* theme : {"light", "dark"}) {
            widgets::ThemeManager::instance().setTheme(QLatin1String(theme));
            for (const QSize size : {QSize(640, 640), QSize(1000, 860)}) {
                Window window;
                window.bench->resize(size);
                window.bench->show();
                window.record.setRecord(testing::exitRecord({.prompt = 5, .generated = 60, .layers = 12}));
                window.bench->model()->setChoice(confidence(0.9));
                window.bench->selectSomething();
                QVERIFY(QTest::qWaitFor([&] { return window.bench->pareto()->isComplete(); }, 5000));
                const auto save = [&](const char* name) {
                    window.bench->grab().save(
                        QStringLiteral("%1/bench-%2-%3-%4.png").arg(folder, QLatin1String(name), QLatin1String(theme)).arg(size.width()));
                };
                save("run");
                window.bench->model()->setHandleValue(0.6);
                save("tried");
                auto* dialog = window.bench->calibrateDialog();
                dialog->promptEdit()->setPlainText(QStringLiteral("The king\nA boy\nOne day"));
                dialog->view()->setCertificate(certificate(0.95));
                dialog->resize(size.width(), 560);
                dialog->grab().save(QStringLiteral("%1/calibrate-%2-%3.png").arg(folder, QLatin1String(theme)).arg(size.width()));
                auto* inspector = window.bench->inspector();
                inspector->resize(300, 760);
                inspector->setStyleSheet(QString());
                inspector->grab().save(QStringLiteral("%1/inspector-%2.png").arg(folder, QLatin1String(theme)));
                auto* cost = window.bench->summary();
                cost->resize(300, 320);
                cost->grab().save(QStringLiteral("%1/cost-%2.png").arg(folder, QLatin1String(theme)));
            }
        }
        widgets::ThemeManager::instance().setTheme(QStringLiteral("light"));
    }
};

QTEST_MAIN(TestExitsBench)
#include "test_exits_bench.moc"
