// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/bench.h"
#include "app/window/landscape_bench.h"
#include "tests/app/window_helpers.h"
#include "widgets/landscape/decision_map_view.h"
#include "widgets/landscape/painted_points.h"
#include "widgets/landscape/stability_view.h"

#include <QComboBox>
#include <QFile>
#include <QSlider>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

using namespace timberline;
using namespace timberline::app;
using widgets::ViewState;

/// The Landscape bench in the real window, with the real engine.
class TestLandscapeBench : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_window = testing::openWindow();
        QVERIFY(testing::settle(*m_window));
        m_window->showBench(QStringLiteral("landscape"));
        m_bench = qobject_cast<LandscapeBench*>(m_window->benchOf(QStringLiteral("landscape")));
        QVERIFY(m_bench != nullptr);
    }
    void cleanup() { m_window.reset(); }

    void fitsBesideItsDocks()
    {
        qInfo("smallest centre: Landscape %d x %d, Exits %d, Attention %d, Draft %d", m_bench->minimumSizeHint().width(),
              m_bench->minimumSizeHint().height(), m_window->benchOf(QStringLiteral("exits"))->minimumSizeHint().width(),
              m_window->benchOf(QStringLiteral("attention"))->minimumSizeHint().width(),
              m_window->benchOf(QStringLiteral("draft"))->minimumSizeHint().width());
        // 1280 wide less rail, set-up and inspector leaves 600.
        QVERIFY2(m_bench->minimumSizeHint().width() <= 600, qPrintable(QString::number(m_bench->minimumSizeHint().width())));
        QVERIFY2(m_bench->minimumSizeHint().height() <= 560, qPrintable(QString::number(m_bench->minimumSizeHint().height())));
    }

    void runsAndShowsEverything()
    {
        run(QStringLiteral(R"({"timberline": 1, "bench": "landscape", "method": {"data_set": {"id": "two-moons"}},
            "landscape": {"steps": 60, "hidden": [8], "nx": 21, "ny": 15}})"));
        const auto* grid = m_bench->model()->grid();
        QVERIFY(grid != nullptr);
        QCOMPARE(grid->nx(), 21);
        QCOMPARE(grid->ny(), 15);
        QCOMPARE(view("landscape-contours")->state(), ViewState::Data);
        QCOMPARE(view("landscape-surface")->state(), ViewState::Data);
        QCOMPARE(view("training-curve")->state(), ViewState::Data);
        QCOMPARE(m_bench->model()->shownStep(), std::int64_t{60});
        // The network under the cursor arrives by itself, and the loss it states is the surface's at that cell.
        QTRY_VERIFY_WITH_TIMEOUT(m_bench->decisions()->map().has_value(), 20000);
        m_bench->model()->setCursorCell({4, 11});
        const auto cell = grid->index(4, 11);
        QTRY_VERIFY_WITH_TIMEOUT(std::abs(m_bench->decisions()->map()->alpha - grid->plane.x.at(4)) < 1e-9 &&
                                     std::abs(m_bench->decisions()->map()->beta - grid->plane.y.at(11)) < 1e-9,
                                 20000);
        QVERIFY2(std::abs(m_bench->decisions()->map()->loss - grid->loss[cell]) < 1e-5,
                 qPrintable(QStringLiteral("%1 and %2").arg(m_bench->decisions()->map()->loss).arg(grid->loss[cell])));
        // Losses of the samples there, too.
        auto* tabs = m_bench->findChild<QTabWidget*>(QStringLiteral("landscape-right-tabs"));
        tabs->setCurrentIndex(2);
        QTRY_VERIFY_WITH_TIMEOUT(view("landscape-sample-losses")->summary().contains(QStringLiteral("α")), 20000);
    }

    void otherPlanesWithoutTrainingAgain()
    {
        run(QStringLiteral(R"({"timberline": 1, "bench": "landscape", "method": {"data_set": {"id": "two-moons"}},
            "landscape": {"steps": 60, "hidden": [8], "nx": 11, "ny": 11}})"));
        const auto events = m_window->currentModel()->record().events.size();
        auto* planes = m_bench->findChild<QComboBox*>(QStringLiteral("landscape-plane"));
        for (const auto& [kind, expected] : {std::pair("pca", "pca"), std::pair("hessian", "hessian"), std::pair("line", "to-point")}) {
            m_bench->computePlane(QString::fromLatin1(kind));
            QVERIFY(QTest::qWaitFor([this] { return !m_bench->computing(); }, 30000));
            QCOMPARE(m_window->lastError(), QString());
            const auto* grid = m_bench->model()->grid();
            QCOMPARE(QString::fromStdString(grid->plane.x.kind), QString::fromLatin1(expected));
            QCOMPARE(grid->known(), static_cast<std::int64_t>(grid->level.size()));
            QVERIFY(grid->plane.id >= widgets::kFirstAnswer);
        }
        // Lines are drawn as curves, in the place of the maps.
        QVERIFY(m_bench->model()->grid()->line());
        QVERIFY(!view("landscape-surface")->isVisible());
        QCOMPARE(planes->count(), 4);
        QCOMPARE(m_window->currentModel()->record().events.size(), events);
        m_bench->model()->choosePlane(-1);
        QCOMPARE(QString::fromStdString(m_bench->model()->grid()->plane.x.kind), QStringLiteral("random"));
        QVERIFY(view("landscape-surface")->isVisible());
    }

    void theCancelButtonUnlocksTheBench_data()
    {
        QTest::addColumn<bool>("curvature");
        QTest::addColumn<bool>("queued");
        QTest::newRow("curvature, under way") << true << false;
        QTest::newRow("curvature, behind another job") << true << true;
        QTest::newRow("a plane, under way") << false << false;
        QTest::newRow("a plane, behind another job") << false << true;
    }

    void theCancelButtonUnlocksTheBench()
    {
        QFETCH(bool, curvature);
        QFETCH(bool, queued);
        run(QStringLiteral(R"({"timberline": 1, "bench": "landscape", "method": {"data_set": {"id": "two-moons"}},
            "landscape": {"steps": 20, "hidden": [8], "nx": 11, "ny": 11}})"));
        auto* button = m_bench->findChild<QToolButton*>(QStringLiteral("landscape-cancel"));
        QVERIFY(!button->isVisible());
        std::atomic<bool> release = !queued, begun = false;
        m_window->jobs()->submit(QStringLiteral("blocker"), [&](const JobContext&) {
            begun = true;
            while (!release) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        });
        QVERIFY(QTest::qWaitFor([&] { return begun.load(); }, 20000));
        if (curvature) {
            m_bench->computeCurvature();
        } else {
            m_bench->computePlane(QStringLiteral("hessian"));
        }
        QVERIFY(m_bench->computing() && button->isVisible());
        QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(!m_bench->computing() && !button->isVisible());
        QVERIFY(m_bench->findChild<QToolButton*>(QStringLiteral("landscape-compute"))->isEnabled());
        release = true;
        QVERIFY(testing::settle(*m_window));
        // Everything can be asked again.
        m_bench->computeCurvature();
        QVERIFY(QTest::qWaitFor([this] { return !m_bench->computing(); }, 30000));
        QVERIFY(m_bench->model()->hessian() != nullptr);
        QCOMPARE(m_window->lastError(), QString());
    }

    void aCancelledPlaneGoesOn()
    {
        run(QStringLiteral(
            R"({"timberline": 1, "bench": "landscape", "method": {"data_set": {"id": "two-moons", "values": {"samples": 600}}},
            "landscape": {"steps": 20, "hidden": [64, 64], "nx": 161, "ny": 161}})"));
        const auto grid = [this] { return m_bench->model()->fold().grid(widgets::kFirstAnswer); };
        const auto cells = std::int64_t{161 * 161};
        m_bench->computePlane(QStringLiteral("random"));
        QVERIFY(QTest::qWaitFor([&] { return grid() != nullptr && std::ranges::count(grid()->level, 1) > 0; }, 30000));
        const auto coarse = grid()->known();
        QTest::qWait(120);  // some tiles of the last level
        m_bench->cancelComputing();
        QVERIFY(testing::settle(*m_window));
        const auto known = grid()->known();
        QVERIFY2(known > coarse && known < cells, qPrintable(QStringLiteral("%1 of %2").arg(known).arg(cells)));
        const auto seed = grid()->plane.x.seed;
        m_bench->computePlane(QStringLiteral("random"));
        QVERIFY(QTest::qWaitFor([this] { return !m_bench->computing(); }, 30000));
        QCOMPARE(grid()->known(), cells);
        QCOMPARE(grid()->plane.x.seed, seed);
        QVERIFY(m_bench->model()->fold().grid(widgets::kFirstAnswer + 1) == nullptr);
        QVERIFY(!grid()->trajectory.step.empty());
        QCOMPARE(m_window->lastError(), QString());
    }

    void theSliderMovesTheLimitOfStability()
    {
        // f = 0.5 (4 x^2 + y^2): curvature 4, plain gradient descent, limit 2 / lr.
        run(QStringLiteral(
            R"({"timberline": 1, "bench": "landscape", "method": {"optimizer": {"id": "sgd", "values": {"momentum": 0, "weight_decay": 0}}},
            "landscape": {"net": "quadratic", "curvature": [4, 1], "learning_rate": 0.1, "steps": 20, "nx": 11, "ny": 11}})"));
        m_bench->computeCurvature();
        QVERIFY(QTest::qWaitFor([this] { return !m_bench->computing(); }, 30000));
        const auto* curvature = m_bench->model()->hessian();
        QVERIFY(curvature != nullptr);
        QVERIFY2(std::abs(curvature->eigenvalues.front() - 4) < 0.04, qPrintable(QString::number(curvature->eigenvalues.front())));
        QVERIFY(std::abs(m_bench->model()->stabilityLimit() - 20) < 1e-3);
        QCOMPARE(m_bench->stability()->verdict(), widgets::StabilityView::Verdict::Stable);
        auto* slider = m_bench->findChild<QSlider*>(QStringLiteral("landscape-learning-rate"));
        // 10^-0.28 = 0.525: beyond 0.5.
        slider->setValue(-28);
        QCOMPARE(m_bench->stability()->verdict(), widgets::StabilityView::Verdict::Unstable);
        QVERIFY(std::abs(std::get<double>(m_window->currentSession()->config().settings.at("learning_rate")) - 0.525) < 1e-9);
        slider->setValue(-40);
        QCOMPARE(m_bench->stability()->verdict(), widgets::StabilityView::Verdict::Stable);
    }

    void paintedPointsAreTheDataSet()
    {
        auto* session = m_window->currentSession();
        session->choose("data_set", "painted-points");
        auto* canvas = m_bench->points()->canvas();
        const int before = canvas->pointCount();
        QVERIFY2(before > 0, "the data set's own points stand on the canvas");
        QTest::keyClick(canvas, Qt::Key_Space);
        QCOMPARE(canvas->pointCount(), before + 1);
        const auto points = std::get<std::vector<double>>(session->config().methods.at("data_set").values.at("points"));
        QCOMPARE(points.size(), static_cast<std::size_t>(3 * (before + 1)));
    }

    void networksOfManyInputsHaveNoDecisionMap()
    {
        run(QStringLiteral(R"({"timberline": 1, "bench": "landscape", "method": {"data_set": {"id": "digits", "values": {"samples": 200}}},
            "landscape": {"steps": 10, "hidden": [8], "nx": 5, "ny": 5}})"));
        QTRY_COMPARE_WITH_TIMEOUT(m_bench->decisions()->state(), ViewState::Error, 20000);
        QVERIFY(m_bench->decisions()->stateText().contains(QStringLiteral("two inputs")));
    }

private:
    widgets::View* view(const char* id)
    {
        for (auto* one : m_bench->views()) {
            if (one->id() == QLatin1String(id)) {
                return one;
            }
        }
        qFatal("no view %s", id);
    }

    void run(const QString& config)
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("config.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(config.toUtf8());
        file.close();
        m_window->open(path);
        QVERIFY(testing::settle(*m_window));
        QCOMPARE(m_window->lastError(), QString());
        m_window->currentSession()->run();
        QVERIFY(testing::settle(*m_window));
        QCOMPARE(m_window->lastError(), QString());
    }

    std::unique_ptr<MainWindow> m_window;
    LandscapeBench* m_bench = nullptr;
};

QTEST_MAIN(TestLandscapeBench)
#include "test_landscape_bench.moc"
