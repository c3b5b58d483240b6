// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/landscape_fixture.h"
#include "widgets/landscape/contour_view.h"
#include "widgets/landscape/curve_view.h"
#include "widgets/landscape/landscape_inspector.h"
#include "widgets/landscape/line_view.h"
#include "widgets/landscape/surface_view.h"

#include <QElapsedTimer>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <optional>

using namespace timberline;
using namespace timberline::widgets;
using testing::Sample;

namespace {

double meanDifference(const QImage& a, const QImage& b)
{
    double sum = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QColor p = a.pixelColor(x, y);
            const QColor q = b.pixelColor(x, y);
            sum += std::abs(p.red() - q.red()) + std::abs(p.green() - q.green()) + std::abs(p.blue() - q.blue());
        }
    }
    return sum / (3.0 * a.width() * a.height());
}

}  // namespace

/// The record as it grows, the timeline, the shared cursor and the surface.
class TestLandscapeViews : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { testing::attachTheme(); }

    // --- The record as it grows, and the timeline ---

    void growingEqualsWhole()
    {
        const auto whole = testing::wholeLandscape(21);
        RecordModel grown;
        LandscapeModel growing(&grown);
        QSignalSpy changes(&growing, &LandscapeModel::gridChanged);
        for (const auto& event : whole->events) {
            grown.append({event});
        }
        RecordModel finished;
        LandscapeModel final(&finished);
        finished.setRecord(whole);
        QVERIFY(changes.count() > 5);
        QVERIFY(growing.grid()->loss == final.grid()->loss);
        QCOMPARE(growing.training().steps().size(), std::size_t{200});
        QCOMPARE(final.training().moments(), growing.training().moments());
        QCOMPARE(growing.curvatures().size(), final.curvatures().size());
        // Another record starts over.
        grown.clear();
        QVERIFY(growing.grid() == nullptr);
        QVERIFY(growing.training().steps().empty());
    }

    void theTimelineMovesPathAndCurves()
    {
        RecordModel records;
        LandscapeModel model(&records);
        records.setRecord(testing::wholeLandscape(21));
        CurveView curve(&model);
        const auto all = model.trajectoryLength();
        QCOMPARE(all, std::size_t{60});
        records.setShownRounds(91);
        // 91 moments: steps 0 to 90 are done. Snapshots stand at 0, 3, 6 ...: those up to 91.
        QCOMPARE(model.shownStep(), std::int64_t{91});
        QCOMPARE(model.trajectoryLength(), std::size_t{31});
        QVERIFY2(model.grid() != nullptr, "an anchored surface stays while only the path follows");
        // Curvature of the moment: the last one measured before, at step 80.
        QCOMPARE(model.hessian()->step, std::int64_t{80});
        // Choosing a step of the curve moves the timeline.
        curve.chooseDatum(49);
        QCOMPARE(records.shownRounds(), 50);
        QCOMPARE(curve.currentDatum(), 49);
        QTest::keyClick(&curve, Qt::Key_Right);
        QCOMPARE(records.shownRounds(), 51);
    }

    void followedSurfacesBelongToTheirMoments()
    {
        auto record = std::make_shared<record::Record>();
        record->events.push_back({testing::startedLandscape()});
        for (int k = 0; k < 3; ++k) {
            auto plane = testing::plane(11, 11);
            plane.id = k;
            plane.following = true;
            plane.center_step = 10 * k;
            testing::addSurface(
                *record, plane, [k](double a, double b) { return testing::bowl(a, b) + k; }, 10 * k);
        }
        RecordModel records;
        LandscapeModel model(&records);
        records.adoptRecord(record);
        QCOMPARE(model.grid()->plane.id, 2);
        records.setShownRounds(11);
        QCOMPARE(model.grid()->plane.id, 1);
        records.setShownRounds(10);
        QCOMPARE(model.grid()->plane.id, 0);
        model.choosePlane(2);
        QCOMPARE(model.grid()->plane.id, 2);
        model.choosePlane(-1);
        QCOMPARE(model.grid()->plane.id, 0);
    }

    // --- One cursor ---

    void theCursorIsShared()
    {
        Sample sample(testing::valley);
        ContourView contours(&sample.model);
        SurfaceView surface(&sample.model);
        LineView line(&sample.model);
        LandscapeInspector inspector(&sample.model);
        contours.resize(600, 500);
        surface.resize(600, 500);
        QCOMPARE(sample.model.cursorCell(), QPoint(25, 25));
        const auto map = contours.mapping(false, contours.size());
        QTest::mouseClick(&contours, Qt::LeftButton, {}, map.cellRect(40, 12).center().toPoint());
        QCOMPARE(sample.model.cursorCell(), QPoint(40, 12));
        QCOMPARE(line.currentDatum(), 40);
        const auto rows = inspector.rows();
        const auto value = [&](const QString& label) {
            const auto it = std::ranges::find_if(inspector.rows(), [&](const auto& row) { return row.first == label; });
            return it == inspector.rows().end() ? QString() : it->second;
        };
        // alpha 0.6, beta -0.52.
        QCOMPARE(value(QStringLiteral("training loss")), shortNumber(testing::valley(0.6, -0.52), 5) + QStringLiteral(" ± 0.01"));
        // Directions of length 2 at right angles; the parameters have length 8.
        QCOMPARE(value(QStringLiteral("distance")), shortNumber(2 * std::hypot(0.6, 0.52), 4));
        QCOMPARE(value(QStringLiteral("relative distance")),
                 QString::number(100 * 2 * std::hypot(0.6, 0.52) / 8, 'f', 1) + QStringLiteral(" %"));
        // A click on the surface where a cell is drawn chooses that cell.
        QTest::mouseClick(&surface, Qt::LeftButton, {}, surface.pixelOf({25, 6}).toPoint());
        QVERIFY2((sample.model.cursorCell() - QPoint(25, 6)).manhattanLength() <= 1,
                 qPrintable(QStringLiteral("%1,%2").arg(sample.model.cursorCell().x()).arg(sample.model.cursorCell().y())));
        // Hovering asks for the network under the mouse and gives it back.
        QSignalSpy probes(&sample.model, &LandscapeModel::probeChanged);
        sample.model.setHover(QPointF(0.25, -0.5));
        QCOMPARE(sample.model.probe(), QPointF(0.25, -0.5));
        sample.model.setHover(std::nullopt);
        QCOMPARE(sample.model.probe(), sample.model.cursor());
        QCOMPARE(probes.count(), 2);
    }

    void keysReachEveryCell_data()
    {
        QTest::addColumn<bool>("onSurface");
        QTest::addRow("in the contours") << false;
        QTest::addRow("on the surface") << true;
    }

    void keysReachEveryCell()
    {
        QFETCH(bool, onSurface);
        Sample sample(testing::valley, 21, 11);
        ContourView contours(&sample.model);
        SurfaceView surface(&sample.model);
        QWidget* view = onSurface ? static_cast<QWidget*>(&surface) : &contours;
        view->resize(500, 400);
        QCOMPARE(sample.model.cursorCell(), QPoint(10, 5));
        QTest::keyClick(view, Qt::Key_Right);
        QTest::keyClick(view, Qt::Key_Up);
        QTest::keyClick(view, Qt::Key_Up);
        QCOMPARE(sample.model.cursorCell(), QPoint(11, 7));
        QTest::keyClick(view, Qt::Key_Home);
        QCOMPARE(sample.model.cursorCell(), QPoint(0, 7));
        QTest::keyClick(view, Qt::Key_Left);
        QCOMPARE(sample.model.cursorCell(), QPoint(0, 7));
        QTest::keyClick(view, Qt::Key_End);
        QTest::keyClick(view, Qt::Key_PageDown);
        QCOMPARE(sample.model.cursorCell(), QPoint(20, 0));
        QTest::keyClick(view, Qt::Key_PageUp);
        QCOMPARE(sample.model.cursorCell(), QPoint(20, 10));
        const Camera before = surface.camera();
        QTest::keyClick(view, Qt::Key_Left, Qt::ShiftModifier);
        if (onSurface) {
            QVERIFY(surface.camera().azimuth < before.azimuth);
            QCOMPARE(sample.model.cursorCell(), QPoint(20, 10));
            QTest::keyClick(view, Qt::Key_Plus);
            QVERIFY(surface.camera().zoom > 1);
            QTest::keyClick(view, Qt::Key_0);
            QCOMPARE(surface.camera(), Camera{});
        } else {
            QCOMPARE(sample.model.cursorCell(), QPoint(10, 10));
        }
    }

    // --- The surface ---

    void draggingTurnsTheSurface()
    {
        Sample sample(testing::valley, 21, 21);
        SurfaceView surface(&sample.model);
        surface.resize(500, 400);
        const Camera before = surface.camera();
        QTest::mousePress(&surface, Qt::LeftButton, {}, {200, 200});
        QTest::mouseMove(&surface, {260, 220});
        QMouseEvent move(QEvent::MouseMove, QPointF(260, 220), QPointF(260, 220), Qt::NoButton, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&surface, &move);
        QTest::mouseRelease(&surface, Qt::LeftButton, {}, {260, 220});
        QVERIFY(surface.camera().azimuth > before.azimuth);
        QVERIFY(surface.camera().elevation > before.elevation);
        QCOMPARE(sample.model.cursorCell(), QPoint(10, 10));
        QTest::mouseDClick(&surface, Qt::LeftButton, {}, {200, 200});
        QCOMPARE(surface.camera(), Camera{});
    }

    void heightsAreLosses()
    {
        // From straight above every cell stands on its place of the plane; from the side higher losses stand higher.
        Sample sample(testing::bowl, 21, 21);
        SurfaceView surface(&sample.model);
        surface.resize(600, 600);
        surface.setCamera({.azimuth = 0, .elevation = M_PI / 2, .zoom = 1});
        const QPointF a = surface.pixelOf({0, 0});
        const QPointF b = surface.pixelOf({20, 0});
        const QPointF c = surface.pixelOf({0, 20});
        QVERIFY(std::abs(a.y() - b.y()) < 1e-6 && b.x() > a.x());
        QVERIFY(std::abs(a.x() - c.x()) < 1e-6 && c.y() < a.y());
        QVERIFY(std::abs((b.x() - a.x()) - (a.y() - c.y())) < 1e-6);
        surface.setCamera({.azimuth = 0, .elevation = 0.05, .zoom = 1});
        // Losses 2.5 at the corner, 0.5 at (0, -1), both on the near edge.
        QVERIFY(surface.pixelOf({0, 0}).y() < surface.pixelOf({10, 0}).y());
    }

    void vectorAndPixelsShowTheSameSurface_data()
    {
        QTest::addColumn<double>("azimuth");
        for (const double azimuth : {-0.6, 0.8, 2.4, -2.2}) {
            QTest::addRow("seen from %.1f rad", azimuth) << azimuth;
        }
    }

    void vectorAndPixelsShowTheSameSurface()
    {
        // Two independent ways of hiding what lies behind: a depth buffer, and polygons from back to front.
        QFETCH(double, azimuth);
        Sample sample(testing::valley, 31, 31);
        SurfaceView surface(&sample.model);
        surface.resize(500, 420);
        surface.setCamera({.azimuth = azimuth, .elevation = 0.5, .zoom = 1});
        QTemporaryDir folder;
        ExportOptions options;
        options.size = QSizeF(500, 420);
        const QString svg = folder.filePath(QStringLiteral("surface.svg"));
        QCOMPARE(exportView(surface, ExportFormat::Svg, svg, options), QString());
        QFile file(svg);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray content = file.readAll();
        QVERIFY2(!content.contains("<image"), "the surface must stay vector");
        QVERIFY(content.count("<path") + content.count("<polygon") > 30 * 30);
        QImage drawn(500, 420, QImage::Format_RGB32);
        drawn.fill(theme().background);
        {
            QPainter painter(&drawn);
            painter.setRenderHint(QPainter::Antialiasing);
            QSvgRenderer(content).render(&painter);
        }
        const QString png = folder.filePath(QStringLiteral("surface.png"));
        QCOMPARE(exportView(surface, ExportFormat::Png, png, options), QString());
        const QImage pixels = QImage(png).convertToFormat(QImage::Format_RGB32);
        const double difference = meanDifference(drawn, pixels);
        QVERIFY2(difference < 4, qPrintable(QString::number(difference)));
        // The measure tells a wrong picture: turned by half a radian it is far off.
        surface.setCamera({.azimuth = azimuth + 0.5, .elevation = 0.5, .zoom = 1});
        QCOMPARE(exportView(surface, ExportFormat::Png, png, options), QString());
        QVERIFY(meanDifference(drawn, QImage(png).convertToFormat(QImage::Format_RGB32)) > 2 * difference);
    }

    void frameTimesAreReported()
    {
        // Reported, not asserted as a speed: the machine decides. What is asserted is that a frame is no slideshow.
        Sample sample(testing::valley, 101, 101);
        SurfaceView surface(&sample.model);
        ContourView contours(&sample.model);
        const auto median = [](std::vector<double> times) {
            std::ranges::sort(times);
            return std::pair(times[times.size() / 2], times[times.size() * 95 / 100]);
        };
        for (const QSize size : {QSize(480, 400), QSize(900, 700)}) {
            surface.resize(size);
            contours.resize(size);
            QImage frame(size, QImage::Format_ARGB32_Premultiplied);
            std::vector<double> turning, walking, flat;
            for (int k = 0; k < 40; ++k) {
                surface.setCamera({.azimuth = 0.05 * k, .elevation = 0.55, .zoom = 1});
                QElapsedTimer timer;
                timer.start();
                surface.render(&frame);
                turning.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
            }
            for (int k = 0; k < 20; ++k) {
                sample.model.moveCursor(k % 2 == 0 ? 1 : -1, 0);
                QElapsedTimer timer;
                timer.start();
                surface.render(&frame);
                walking.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
                timer.restart();
                contours.render(&frame);
                flat.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
            }
            const auto [turn, turn95] = median(turning);
            const auto [walk, walk95] = median(walking);
            const auto [map, map95] = median(flat);
            qInfo("101 x 101 at %d x %d: surface turning %.1f ms (95%% %.1f), cursor %.1f ms (95%% %.1f), contours %.1f ms (95%% %.1f), "
                  "aim 16",
                  size.width(), size.height(), turn, turn95, walk, walk95, map, map95);
            QVERIFY(turn < 200 && walk < 200 && map < 200);
        }
    }
};

QTEST_MAIN(TestLandscapeViews)
#include "test_landscape_views.moc"
