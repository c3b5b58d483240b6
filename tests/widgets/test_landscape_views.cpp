// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/landscape_samples.h"
#include "widgets/landscape/contour_view.h"
#include "widgets/landscape/curve_view.h"
#include "widgets/landscape/decision_map_view.h"
#include "widgets/landscape/hessian_view.h"
#include "widgets/landscape/landscape_inspector.h"
#include "widgets/landscape/line_view.h"
#include "widgets/landscape/loss_histogram_view.h"
#include "widgets/landscape/painted_points.h"
#include "widgets/landscape/stability_view.h"
#include "widgets/landscape/surface_view.h"
#include "widgets/theme/theme.h"

#include <QElapsedTimer>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

using namespace timberline;
using namespace timberline::widgets;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The model with a surface of this height.
struct Sample {
    RecordModel records;
    LandscapeModel model{&records};
    explicit Sample(const testing::Height& height, std::int32_t nx = 51, std::int32_t ny = 51, std::size_t levels = 3,
                    const testing::Height& test = {}, double error = 0.01, double clip = 0)
    {
        auto record = std::make_shared<record::Record>();
        record->events.push_back({testing::startedLandscape()});
        auto plane = testing::plane(nx, ny);
        plane.test_samples = test ? 100 : 0;
        plane.clip = clip;
        testing::addSurface(*record, plane, height, -1, test, levels, error);
        records.adoptRecord(record);
    }
};

QColor pixelAt(View& view, QPointF at)
{
    QImage image(view.size(), QImage::Format_RGB32);
    view.render(&image);
    return image.pixelColor(at.toPoint());
}

std::vector<double> numbersOf(const QByteArray& line, char separator)
{
    std::vector<double> out;
    for (const auto& cell : line.split(separator)) {
        out.push_back(cell.trimmed().toDouble());
    }
    return out;
}

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

class TestLandscapeViews : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        ThemeManager::instance().attach(qApp);
        ThemeManager::instance().setTheme(QStringLiteral("light"));
    }

    // --- Contour lines
    // --------------------------------------------------------------------------------------------------------------------

    void contourOfASlopeIsAStraightLine()
    {
        // z = 2 i + 1 is linear, so marching squares are exact: level 6 lies at i = 2.5 in every row.
        std::vector<double> z;
        for (int j = 0; j < 5; ++j) {
            for (int i = 0; i < 7; ++i) {
                z.push_back(2.0 * i + 1);
            }
        }
        const auto lines = contourLines(z, 7, 5, 6);
        QCOMPARE(lines.size(), std::size_t{1});
        QVERIFY(!lines[0].closed);
        QCOMPARE(lines[0].points.size(), std::size_t{5});
        for (const QPointF& point : lines[0].points) {
            QVERIFY(std::abs(point.x() - 2.5) < 1e-12);
        }
    }

    void contourOfABowlIsACircle_data()
    {
        QTest::addColumn<double>("radius");
        QTest::addRow("a small circle") << 3.3;
        QTest::addRow("a circle that nearly fills the lattice") << 9.4;
    }

    void contourOfABowlIsACircle()
    {
        QFETCH(double, radius);
        std::vector<double> z;
        for (int j = 0; j < 21; ++j) {
            for (int i = 0; i < 21; ++i) {
                z.push_back((i - 10) * (i - 10) + (j - 10) * (j - 10));
            }
        }
        const auto lines = contourLines(z, 21, 21, radius * radius);
        QCOMPARE(lines.size(), std::size_t{1});
        QVERIFY(lines[0].closed);
        double around = 0;
        for (std::size_t k = 0; k < lines[0].points.size(); ++k) {
            const QPointF p = lines[0].points[k] - QPointF(10, 10);
            // Linear interpolation of x^2 over an edge of length 1 is off by at most 1/4, so r^2 is off by at most 1/4.
            QVERIFY(std::abs(p.x() * p.x() + p.y() * p.y() - radius * radius) <= 0.25 + 1e-9);
            if (k > 0) {
                const QPointF q = lines[0].points[k - 1] - QPointF(10, 10);
                around += std::hypot(p.x() - q.x(), p.y() - q.y());
            }
        }
        QVERIFY2(std::abs(around / (2 * M_PI * radius) - 1) < 0.02, qPrintable(QString::number(around)));
    }

    void saddlesArePartedByTheMean()
    {
        // Corners 1, 0, 1, 0 around the square: mean 1/2. Below it the high corners are joined, above it the low ones are.
        const std::vector<double> z = {1, 0, 0, 1};
        const auto below = contourLines(z, 2, 2, 0.4);
        QCOMPARE(below.size(), std::size_t{2});
        const auto above = contourLines(z, 2, 2, 0.6);
        QCOMPARE(above.size(), std::size_t{2});
        // The crossings of 0.4 lie at 0.6 of each edge from its high corner. Joined high corners (0,0) and (1,1): one line cuts off (1,0),
        // the other (0,1).
        const auto cutsOff = [](const ContourLine& line, QPointF corner) {
            return std::ranges::all_of(line.points,
                                       [&](const QPointF& p) { return std::abs(p.x() - corner.x()) + std::abs(p.y() - corner.y()) < 0.5; });
        };
        QVERIFY(std::ranges::any_of(below, [&](const auto& line) { return cutsOff(line, {1, 0}); }));
        QVERIFY(std::ranges::any_of(below, [&](const auto& line) { return cutsOff(line, {0, 1}); }));
        QVERIFY(std::ranges::any_of(above, [&](const auto& line) { return cutsOff(line, {0, 0}); }));
        QVERIFY(std::ranges::any_of(above, [&](const auto& line) { return cutsOff(line, {1, 1}); }));
    }

    void linesStopAtHoles()
    {
        std::vector<double> z;
        for (int j = 0; j < 9; ++j) {
            for (int i = 0; i < 9; ++i) {
                z.push_back(i == 4 && j == 4 ? kNaN : static_cast<double>(i));
            }
        }
        const auto lines = contourLines(z, 9, 9, 3.5);
        QCOMPARE(lines.size(), std::size_t{2});
        for (const auto& line : lines) {
            for (const QPointF& p : line.points) {
                QVERIFY(std::abs(p.x() - 3.5) < 1e-12);
                QVERIFY2(p.y() <= 3 || p.y() >= 5, "a line runs through squares with a corner that is not a number");
            }
        }
        QVERIFY(contourLines({}, 0, 0, 1).empty());
        QVERIFY(contourLines(z, 9, 9, 100).empty());
    }

    // --- Scales
    // ---------------------------------------------------------------------------------------------------------------------------

    void positionsAreTheFormulas_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("position");
        const auto mode = [](HeightMode m) { return static_cast<int>(m); };
        // Range 0.01 .. 1.
        QTest::addRow("linear: the middle") << mode(HeightMode::Loss) << 0.505 << 0.5;
        QTest::addRow("logarithmic: the geometric mean") << mode(HeightMode::LogLoss) << 0.1 << 0.5;
        QTest::addRow("logarithmic: below the range") << mode(HeightMode::LogLoss) << 0.001 << 0.0;
        // log10(L - Lmin + 1e-4 range) runs from log10(0.99e-4) to log10(0.99 + 0.99e-4).
        QTest::addRow("above the minimum: a tenth of the range")
            << mode(HeightMode::LogAboveMinimum) << 0.01 + 0.099
            << (std::log10(0.099 + 0.99e-4) - std::log10(0.99e-4)) / (std::log10(0.99 + 0.99e-4) - std::log10(0.99e-4));
    }

    void positionsAreTheFormulas()
    {
        QFETCH(int, mode);
        QFETCH(double, value);
        QFETCH(double, position);
        const LossScale scale(static_cast<HeightMode>(mode), 0.01, 1);
        QVERIFY(std::abs(scale.position(value) - position) < 1e-12);
        QVERIFY(std::isnan(scale.position(kNaN)));
        QVERIFY(std::isnan(scale.position(kInfinity)));
        for (const double p : {0.0, 0.3, 1.0}) {
            QVERIFY(std::abs(scale.position(scale.value(p)) - p) < 1e-9);
        }
        const auto levels = scale.levels();
        QVERIFY(levels.size() >= 8 && levels.size() <= 20);
        QVERIFY(std::ranges::is_sorted(levels));
    }

    void levelsHaveEqualSteps()
    {
        const auto linear = LossScale(HeightMode::Loss, 0, 10).levels();
        for (std::size_t k = 1; k < linear.size(); ++k) {
            QVERIFY(std::abs((linear[k] - linear[k - 1]) - 0.5) < 1e-12);
        }
        const auto ratios = LossScale(HeightMode::LogLoss, 0.01, 1e4).levels(15);
        QCOMPARE(ratios.size(), std::size_t{15});
        for (std::size_t k = 1; k < ratios.size(); ++k) {
            // Six decades in sixteen steps.
            QVERIFY(std::abs(ratios[k] / ratios[k - 1] - std::pow(10.0, 6.0 / 16)) < 1e-9);
        }
    }

    void oneScaleForTrainingAndTest()
    {
        // Training spans 0..2.5, test 1..3.5: the scale must span both, and one loss has one colour on both maps.
        Sample sample(testing::bowl, 21, 21, 3, [](double a, double b) { return testing::bowl(a, b) + 1; });
        QCOMPARE(sample.model.scale().low(), 0.0);
        QCOMPARE(sample.model.scale().high(), 3.5);
        ContourView view(&sample.model);
        view.resize(1000, 500);
        view.setNoiseHatching(false);
        const auto train = view.mapping(false, view.size());
        const auto test = view.mapping(true, view.size());
        QVERIFY(!train.area().isNull() && !test.area().isNull());
        QVERIFY(!train.area().intersects(test.area()));
        // Training (1, 0): 2. Test (0.5, 1): 0.5 + 0.5 + 1 = 2. In cells of 0.1: column 20, row 10 and column 15, row 20.
        sample.model.setCursorCell({3, 3});
        const auto inside = [](const QRectF& cell) {
            return QPointF(cell.center().x() + cell.width() * 0.3, cell.center().y() + cell.height() * 0.3);
        };
        const QColor expected = cividis(2 / 3.5);
        for (const QPointF at : {inside(train.cellRect(20, 10)), inside(test.cellRect(15, 20))}) {
            const QColor seen = pixelAt(view, at);
            // Colours are looked up in 256 steps.
            QVERIFY2(std::abs(seen.red() - expected.red()) <= 2 && std::abs(seen.green() - expected.green()) <= 2 &&
                         std::abs(seen.blue() - expected.blue()) <= 2,
                     qPrintable(seen.name()));
        }
    }

    void clippingChangesColoursOnly()
    {
        Sample sample([](double a, double) { return 1 + 1e6 * a * a; }, 21, 21, 3, {}, 0.01, 10);
        QVERIFY(sample.model.scale().clipped());
        QCOMPARE(sample.model.scale().high(), 10.0);
        QCOMPARE(sample.model.scale().position(1e6), 1.0);
        ContourView view(&sample.model);
        QVERIFY2(view.toCsv().contains("1000001"), "exports keep the values");
    }

    // --- Cells
    // ----------------------------------------------------------------------------------------------------------------------------

    void coarseLevelsShowAsTheyRefine()
    {
        const auto slope = [](double a, double b) { return 3 + a - 2 * b; };
        Sample sample(slope, 51, 41, 1);
        const auto& field = sample.model.field(false);
        // Strides 10 of 51 and 41 points: 6 x 5 cells.
        QCOMPARE(field.computed, 30);
        QCOMPARE(field.interpolated, 51 * 41 - 30);
        // Between computed cells a linear height is met exactly.
        for (int j = 0; j < field.ny; ++j) {
            for (int i = 0; i < field.nx; ++i) {
                QVERIFY(std::abs(field.value[field.index(i, j)] - slope(-1 + i * 0.04, -1 + j * 0.05)) < 1e-12);
            }
        }
        ContourView view(&sample.model);
        QCOMPARE(view.state(), ViewState::Partial);
        QVERIFY(view.stateText().contains(QStringLiteral("30")));
        // Exports hold what was computed, never what was guessed.
        QCOMPARE(view.toCsv().count('\n'), 31);
    }

    void cellsWithoutNeighboursStayBlank()
    {
        RecordModel records;
        LandscapeModel model(&records);
        const auto plane = testing::plane(21, 21);
        auto one = testing::tile(plane, 0, testing::bowl);
        for (auto* list : {&one.i, &one.j}) {
            list->resize(1);
        }
        one.loss.resize(1);
        one.standard_error.resize(1);
        records.append({testing::event(record::to_block(plane), -1), testing::event(record::to_block(one), -1)});
        QCOMPARE(model.field(false).computed, 1);
        QCOMPARE(model.field(false).interpolated, 0);
        ContourView view(&model);
        view.resize(600, 500);
        const auto map = view.mapping(false, view.size());
        QCOMPARE(pixelAt(view, map.cellRect(5, 3).center() + QPointF(2, 2)), theme().background);
    }

    void notFiniteCellsAreDrawnAsSuch()
    {
        Sample sample([](double a, double b) { return a > 0.5 ? (b > 0 ? kNaN : kInfinity) : testing::bowl(a, b); }, 21, 21);
        const auto& field = sample.model.field(false);
        // Columns 0.6 to 1.0 in steps of 0.1: 5 columns of 21.
        QCOMPARE(field.notFinite, 5 * 21);
        ContourView view(&sample.model);
        view.resize(700, 600);
        QVERIFY(view.summary().contains(QStringLiteral("105")));
        const auto map = view.mapping(false, view.size());
        QImage image(view.size(), QImage::Format_RGB32);
        view.render(&image);
        int hatched = 0;
        const QRectF area = map.cellRect(17, 2).united(map.cellRect(20, 5));
        for (int y = static_cast<int>(area.top()) + 2; y < area.bottom() - 2; ++y) {
            for (int x = static_cast<int>(area.left()) + 2; x < area.right() - 2; ++x) {
                hatched += image.pixelColor(x, y) == theme().rejected ? 1 : 0;
            }
        }
        QVERIFY2(hatched > 30, qPrintable(QString::number(hatched)));
        for (const auto& [level, lines] : view.contours(false)) {
            for (const auto& line : lines) {
                for (const QPointF& p : line.points) {
                    QVERIFY(p.x() <= 15 + 1e-9);
                }
            }
        }
        SurfaceView surface(&sample.model);
        surface.resize(600, 500);
        (void)surface.grab();
        QVERIFY(view.toCsv().contains("nan") && view.toCsv().contains("inf"));
    }

    void noiseIsHatchedWhereContoursAreCloser()
    {
        // Linear levels of 0..2.5 stand 0.2 or less apart; errors of 0.5 drown them everywhere, errors of 0.001 nowhere.
        Sample loud(testing::bowl, 21, 21, 3, {}, 0.5);
        QCOMPARE(loud.model.field(false).noisyCells, 21 * 21);
        Sample quiet(testing::bowl, 21, 21, 3, {}, 0.001);
        QCOMPARE(quiet.model.field(false).noisyCells, 0);
        ContourView with(&loud.model);
        with.resize(600, 500);
        const QImage hatched = with.grab().toImage();
        with.setNoiseHatching(false);
        QVERIFY(with.grab().toImage() != hatched);
    }

    void degenerateAxesDoNotCrash_data()
    {
        QTest::addColumn<int>("nx");
        QTest::addColumn<int>("ny");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addRow("one cell") << 1 << 1 << 0.0 << 0.0;
        QTest::addRow("limits of 0") << 11 << 5 << 0.0 << 0.0;
        QTest::addRow("more columns than rows") << 31 << 3 << -1.0 << 1.0;
        QTest::addRow("one row") << 31 << 1 << -1.0 << 1.0;
        QTest::addRow("limits the wrong way round") << 11 << 11 << 1.0 << -1.0;
    }

    void degenerateAxesDoNotCrash()
    {
        QFETCH(int, nx);
        QFETCH(int, ny);
        QFETCH(double, low);
        QFETCH(double, high);
        RecordModel records;
        LandscapeModel model(&records);
        auto record = std::make_shared<record::Record>();
        auto plane = testing::plane(nx, ny);
        plane.x.low = low;
        plane.x.high = high;
        testing::addSurface(*record, plane, testing::bowl);
        records.adoptRecord(record);
        ContourView contours(&model);
        SurfaceView surface(&model);
        LineView line(&model);
        LandscapeInspector inspector(&model);
        for (View* view : {static_cast<View*>(&contours), static_cast<View*>(&surface), static_cast<View*>(&line)}) {
            view->resize(400, 300);
            QVERIFY(!view->grab().isNull());
            QTest::keyClick(view, Qt::Key_Right);
            QTest::keyClick(view, Qt::Key_End);
            QVERIFY(!view->summary().isEmpty());
        }
        const QPoint cell = model.cursorCell();
        QVERIFY(cell.x() >= 0 && cell.x() < nx && cell.y() >= 0 && cell.y() < ny);
    }

    // --- The record as it grows, and the timeline ----------------------------------------------------------------------------------------

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

    // --- One cursor
    // -----------------------------------------------------------------------------------------------------------------------

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

    // --- The surface
    // ----------------------------------------------------------------------------------------------------------------------

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

    // --- Lines, curves, curvature, losses
    // -------------------------------------------------------------------------------------------------

    void barriersAreTheFormula_data()
    {
        QTest::addColumn<double>("ridge");
        QTest::addColumn<double>("expected");
        // L = 1 + 0.5 a + ridge * 4 a (1 - a) on [0, 1]: maximum at a = 1/2 + 1/(16 ridge) for large ridges.
        QTest::addRow("a ridge between two networks") << 1.0 << 1 + 0.5 * 0.5625 + 4 * 0.5625 * 0.4375 - 1.5;
        QTest::addRow("no ridge on a slope") << 0.0 << 0.0;
        QTest::addRow("none in a valley either") << -0.3 << 0.0;
    }

    void barriersAreTheFormula()
    {
        QFETCH(double, ridge);
        QFETCH(double, expected);
        auto line = testing::plane(33, 1);
        line.x.kind = "to-point";
        line.x.low = -0.5;
        line.x.high = 1.5;
        line.y = {};
        line.y.kind = "none";
        line.y.low = line.y.high = 0;
        line.y.points = 1;
        line.strides = {1};
        auto record = std::make_shared<record::Record>();
        testing::addSurface(
            *record, line, [ridge](double a, double) { return 1 + 0.5 * a + ridge * 4 * a * (1 - a); }, -1, {}, 1);
        RecordModel records;
        LandscapeModel model(&records);
        records.adoptRecord(record);
        const auto barrier = barrierOf(*model.grid(), false);
        QVERIFY(barrier.has_value());
        QVERIFY2(std::abs(barrier->height - expected) < 1e-12, qPrintable(QString::number(barrier->height)));
        LineView view(&model);
        QCOMPARE(view.state(), ViewState::Data);
        QCOMPARE(view.datumCount(), 33);
        view.resize(400, 300);
        QVERIFY(!view.grab().isNull());
        // Planes of other kinds have no second network to speak of.
        Sample random(testing::bowl, 11, 11);
        QVERIFY(!barrierOf(*random.model.grid(), false));
        ContourView contours(&model);
        QCOMPARE(contours.state(), ViewState::Empty);
    }

    void stabilityFollowsTheLearningRate_data()
    {
        QTest::addColumn<double>("learningRate");
        QTest::addColumn<double>("momentum");
        QTest::addColumn<int>("verdict");
        const auto word = [](StabilityView::Verdict v) { return static_cast<int>(v); };
        // f = 0.5 (4 x^2 + y^2): curvature 4, limit 2 / lr.
        QTest::addRow("0.49 converges") << 0.49 << 0.0 << word(StabilityView::Verdict::Stable);
        QTest::addRow("0.5 is the edge") << 0.5 << 0.0 << word(StabilityView::Verdict::Edge);
        QTest::addRow("0.52 diverges") << 0.52 << 0.0 << word(StabilityView::Verdict::Unstable);
        QTest::addRow("momentum 0.9 stretches the limit to 0.95") << 0.9 << 0.9 << word(StabilityView::Verdict::Stable);
        QTest::addRow("and beyond it diverges") << 1.0 << 0.9 << word(StabilityView::Verdict::Unstable);
    }

    void stabilityFollowsTheLearningRate()
    {
        QFETCH(double, learningRate);
        QFETCH(double, momentum);
        QFETCH(int, verdict);
        RecordModel records;
        LandscapeModel model(&records);
        auto record = std::make_shared<record::Record>();
        // Measured at another rate: the slider moves the limit before the next measurement.
        record->events.push_back(testing::event(record::to_block(testing::curvature(10, 4, 0.1, momentum)), 10));
        records.adoptRecord(record);
        StabilityView view(&model);
        QCOMPARE(view.verdict(), StabilityView::Verdict::Stable);
        model.setLearningRate(learningRate);
        QVERIFY(std::abs(model.stabilityLimit() - 2 * (1 + momentum) / learningRate) < 1e-9);
        QCOMPARE(static_cast<int>(view.verdict()), verdict);
        view.resize(400, 260);
        QVERIFY(!view.grab().isNull());
    }

    void histogramsCountEverySampleOnce()
    {
        std::vector<double> train;
        for (int k = 0; k < 99; ++k) {
            train.push_back(k / 99.0);
        }
        train.push_back(50);  // an outlier must not squeeze the rest into one bin
        train.push_back(kNaN);
        std::vector<std::uint8_t> flipped(train.size(), 0);
        flipped[0] = flipped[99] = 1;
        const auto histogram = lossHistogram(train, {0.5, 0.25, kInfinity}, flipped, 10);
        const auto sum = [](const std::vector<int>& counts) { return std::accumulate(counts.begin(), counts.end(), 0); };
        QCOMPARE(histogram.memberCount, 98);
        QCOMPARE(sum(histogram.members), 98);
        QCOMPARE(sum(histogram.flipped), 2);
        QCOMPARE(histogram.flipped.back(), 1);
        QCOMPARE(sum(histogram.heldOut), 2);
        QCOMPARE(histogram.notFinite, 2);
        QVERIFY(histogram.overflow);
        QVERIFY(histogram.low + 10 * histogram.width < 2);
        QCOMPARE(lossHistogram({}, {}, {}).memberCount, 0);
        QCOMPARE(lossHistogram({1, 1, 1}, {}, {}).memberCount, 3);
    }

    void thinnedCurvesKeepTheirExtremes()
    {
        std::vector<record::TrainingStep> steps(50000);
        for (std::size_t k = 0; k < steps.size(); ++k) {
            steps[k].loss = 1;
        }
        steps[12345].loss = 9;
        steps[33333].loss = -3;
        steps[40000].loss = std::numeric_limits<float>::quiet_NaN();
        const auto kept = CurveView::thinned(steps, 500);
        QVERIFY(kept.size() <= 1000);
        QVERIFY(std::ranges::is_sorted(kept));
        for (const std::size_t k : {std::size_t{12345}, std::size_t{33333}, std::size_t{40000}}) {
            QVERIFY(std::ranges::binary_search(kept, k));
        }
    }

    // --- Points painted with the mouse ---------------------------------------------------------------------------------------------------

    void paintedPointsBecomeValues()
    {
        PointsCanvas canvas;
        canvas.resize(300, 300);
        QSignalSpy strokes(&canvas, &PointsCanvas::valuesChanged);
        QTest::mouseClick(&canvas, Qt::LeftButton, {}, canvas.toPixel({0.5, -0.5}).toPoint());
        QCOMPARE(strokes.count(), 1);
        const auto values = canvas.values();
        QCOMPARE(values.size(), std::size_t{3});
        QVERIFY(std::abs(values[0] - 0.5) < 0.01 && std::abs(values[1] + 0.5) < 0.01);
        QCOMPARE(values[2], 0.0);
        // Keys: class 3 at the brush, moved to the left and up.
        QTest::keyClick(&canvas, Qt::Key_3);
        QTest::keyClick(&canvas, Qt::Key_Left);
        QTest::keyClick(&canvas, Qt::Key_Up);
        QTest::keyClick(&canvas, Qt::Key_Space);
        QCOMPARE(canvas.pointCount(), 2);
        QVERIFY(std::abs(canvas.values()[3] - 0.45) < 0.01 && std::abs(canvas.values()[4] + 0.45) < 0.01);
        QCOMPARE(canvas.values()[5], 3.0);
        QTest::keyClick(&canvas, Qt::Key_Delete);
        QCOMPARE(canvas.pointCount(), 1);  // the rubber reaches 0.07; the other point lies 0.0707 away
        canvas.undo();
        QCOMPARE(canvas.pointCount(), 2);
        QTest::keyClick(&canvas, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(canvas.pointCount(), 1);
        QTest::mouseClick(&canvas, Qt::RightButton, {}, canvas.toPixel({0.5, -0.5}).toPoint());
        QCOMPARE(canvas.pointCount(), 0);
        // Only whole, finite points of known classes are taken over.
        canvas.setValues({0.1, 0.2, 1, 5, 5, 0, 0, 0, 0.5, 0.3, 0.3, 12, kNaN, 0, 0, -1, 1, 9, 0.7});
        QCOMPARE(canvas.values(), (std::vector<double>{0.1, 0.2, 1, -1, 1, 9}));
    }

    // --- Exports
    // --------------------------------------------------------------------------------------------------------------------------

    void exportsHoldTheSurface()
    {
        Sample sample([](double a, double b) { return b == 1 ? kNaN : testing::bowl(a, b); }, 5, 3, 3, testing::bowl);
        ContourView view(&sample.model);
        QTemporaryDir folder;
        const auto written = [&](const QString& suffix) {
            const QString path = folder.filePath(QStringLiteral("grid.") + suffix);
            const QString problem = exportView(view, suffix, path, {});
            if (!problem.isEmpty()) {
                qWarning("%s", qPrintable(problem));
            }
            QFile file(path);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const auto expected = [](int i, int j) { return j == 2 ? kNaN : testing::bowl(-1 + 0.5 * i, -1.0 + j); };
        // CSV.
        const auto lines = written(QStringLiteral("csv")).split('\n');
        QCOMPARE(lines[0], QByteArray("i,j,alpha,beta,loss,standard_error,level"));
        QCOMPARE(lines.size(), 5 * 3 + 2);
        for (int k = 0; k < 10; ++k) {
            const auto cells = numbersOf(lines[k + 1], ',');
            QVERIFY(std::abs(cells[4] - expected(k % 5, k / 5)) < 1e-9);
            QCOMPARE(cells[2], -1 + 0.5 * (k % 5));
        }
        QVERIFY(lines[11].contains("nan"));
        // NPY 1.0: magic, header of a dict, then 15 doubles, row after row.
        const QByteArray npy = written(QStringLiteral("npy"));
        QVERIFY(npy.startsWith("\x93NUMPY\x01"));
        const int header = static_cast<unsigned char>(npy[8]) + 256 * static_cast<unsigned char>(npy[9]);
        QVERIFY(npy.mid(10, header).contains("'<f8'") && npy.mid(10, header).contains("(3, 5)"));
        QCOMPARE(npy.size(), 10 + header + 15 * 8);
        for (int k = 0; k < 15; ++k) {
            double value = 0;
            std::memcpy(&value, npy.constData() + 10 + header + 8 * k, 8);
            QVERIFY(k < 10 ? std::abs(value - expected(k % 5, k / 5)) < 1e-12 : std::isnan(value));
        }
        // VTK.
        const auto vtk = written(QStringLiteral("vtk")).split('\n');
        QVERIFY(vtk[0].startsWith("# vtk DataFile"));
        QVERIFY(vtk.contains("DIMENSIONS 5 3 1") && vtk.contains("POINT_DATA 15"));
        const auto loss = vtk.indexOf("SCALARS loss double 1");
        QVERIFY(loss > 0);
        for (int k = 0; k < 10; ++k) {
            QVERIFY(std::abs(vtk[loss + 2 + k].toDouble() - expected(k % 5, k / 5)) < 1e-9);
        }
        // OBJ: ten finite vertices, four squares between the two finite rows.
        const auto obj = written(QStringLiteral("obj")).split('\n');
        QCOMPARE(std::ranges::count_if(obj, [](const QByteArray& line) { return line.startsWith("v "); }), 10);
        QCOMPARE(std::ranges::count_if(obj, [](const QByteArray& line) { return line.startsWith("f "); }), 4);
        for (const auto& line : obj) {
            if (line.startsWith("f ")) {
                for (const double vertex : numbersOf(line.mid(2), ' ')) {
                    QVERIFY(vertex >= 1 && vertex <= 10);
                }
            }
        }
        // The test surface is finite everywhere.
        QVERIFY(!written(QStringLiteral("test.csv")).contains("nan"));
        QVERIFY(!exportView(view, QStringLiteral("xyz"), folder.filePath(QStringLiteral("x")), {}).isEmpty());
    }

    void everyViewExportsEverything()
    {
        RecordModel records;
        LandscapeModel model(&records);
        records.setRecord(testing::wholeLandscape(21));
        ContourView contours(&model);
        SurfaceView surface(&model);
        LineView line(&model);
        CurveView curve(&model);
        StabilityView stability(&model);
        HessianView hessian(&model);
        LossHistogramView losses(&model);
        DecisionMapView decisions;
        decisions.setMap(testing::decisions());
        QTemporaryDir folder;
        for (const View* view :
             std::initializer_list<const View*>{&contours, &surface, &line, &curve, &stability, &hessian, &losses, &decisions}) {
            QCOMPARE(view->state(), ViewState::Data);
            for (const auto format : {ExportFormat::Png, ExportFormat::Svg, ExportFormat::Pdf, ExportFormat::Csv, ExportFormat::Json}) {
                const QString path = folder.filePath(view->id() + QLatin1Char('.') + suffixOf(format));
                QCOMPARE(exportView(*view, format, path, {}), QString());
                QVERIFY(QFileInfo(path).size() > 20);
            }
            QFile svg(folder.filePath(view->id() + QStringLiteral(".svg")));
            QVERIFY(svg.open(QIODevice::ReadOnly));
            QVERIFY2(svg.readAll().contains("<text"), qPrintable(view->id()));
            QVERIFY(view->toCsv().count('\n') > 1);
            QVERIFY(!view->summary().isEmpty());
        }
    }

    // --- States
    // ---------------------------------------------------------------------------------------------------------------------------

    void viewsSayWhatIsMissing()
    {
        RecordModel records;
        LandscapeModel model(&records);
        ContourView contours(&model);
        SurfaceView surface(&model);
        LineView line(&model);
        CurveView curve(&model);
        StabilityView stability(&model);
        HessianView hessian(&model);
        LossHistogramView losses(&model);
        DecisionMapView decisions;
        for (const View* view :
             std::initializer_list<const View*>{&contours, &surface, &line, &curve, &stability, &hessian, &losses, &decisions}) {
            QCOMPARE(view->state(), ViewState::Empty);
            QVERIFY(!view->stateText().isEmpty());
        }
        const auto plane = testing::plane(21, 21);
        records.append({testing::event(record::to_block(plane), -1)});
        QCOMPARE(contours.state(), ViewState::Busy);
        QCOMPARE(surface.state(), ViewState::Busy);
        records.append({testing::event(record::to_block(testing::tile(plane, 0, testing::bowl)), -1)});
        QCOMPARE(contours.state(), ViewState::Partial);
        records.append({testing::event(record::to_block(testing::tile(plane, 1, testing::bowl)), -1)});
        records.append({testing::event(record::to_block(testing::tile(plane, 2, testing::bowl)), -1)});
        QCOMPARE(contours.state(), ViewState::Data);
        QCOMPARE(surface.state(), ViewState::Data);
        // A map that answers nothing, and one whose sizes do not agree.
        decisions.setProblem(QStringLiteral("This network takes 784 inputs."), QStringLiteral("Choose data of two inputs."));
        QCOMPARE(decisions.state(), ViewState::Error);
        auto broken = testing::decisions();
        broken.value.pop_back();
        decisions.setMap(broken);
        QCOMPARE(decisions.state(), ViewState::Empty);
    }

    void damagedLandscapesAreErrors()
    {
        auto block = record::to_block(testing::plane(21, 21));
        block.numbers["x_points"] = -5;
        RecordModel records;
        LandscapeModel model(&records);
        ContourView contours(&model);
        LandscapeSummary summary(&model);
        records.append({testing::event(block, -1)});
        QCOMPARE(contours.state(), ViewState::Error);
        QVERIFY2(contours.stateText().contains(QStringLiteral("x_points")), qPrintable(contours.stateText()));
        contours.resize(400, 300);
        QVERIFY(!contours.grab().isNull());
    }

    // --- Pictures to look at
    // --------------------------------------------------------------------------------------------------------------

    void pictures()
    {
        const QString folder = qEnvironmentVariable("TIMBERLINE_PICTURES");
        if (folder.isEmpty()) {
            QSKIP("set TIMBERLINE_PICTURES to a folder to save pictures of every view");
        }
        for (const auto& id : {QStringLiteral("light"), QStringLiteral("dark")}) {
            ThemeManager::instance().setTheme(id);
            RecordModel records;
            LandscapeModel model(&records);
            records.setRecord(testing::wholeLandscape(51));
            ContourView contours(&model);
            SurfaceView surface(&model);
            LineView line(&model);
            CurveView curve(&model);
            StabilityView stability(&model);
            HessianView hessian(&model);
            LossHistogramView losses(&model);
            DecisionMapView decisions;
            decisions.setMap(testing::decisions());
            PaintedPoints points;
            points.setValues({-0.6, -0.6, 0, -0.4, -0.5, 0, 0.6, 0.6, 1, 0.4, 0.5, 1, -0.6, 0.6, 2, 0.6, -0.6, 3});
            LandscapeInspector inspector(&model);
            LandscapeSummary summary(&model);
            model.setCursorCell({34, 20});
            const auto save = [&](QWidget& widget, const QString& name, const QSize& size) {
                widget.resize(size);
                QVERIFY(widget.grab().save(folder + QLatin1Char('/') + name + QLatin1Char('-') + id + QStringLiteral(".png")));
            };
            save(contours, QStringLiteral("contours-both"), {900, 460});
            model.setSurfaces(ShownSurfaces::Train);
            save(contours, QStringLiteral("contours"), {560, 460});
            save(contours, QStringLiteral("contours-small"), {360, 320});
            save(surface, QStringLiteral("surface"), {560, 460});
            save(surface, QStringLiteral("surface-small"), {340, 300});
            model.setMode(HeightMode::LogLoss);
            save(contours, QStringLiteral("contours-log"), {560, 460});
            model.setMode(HeightMode::Loss);
            model.setSurfaces(ShownSurfaces::Both);
            save(line, QStringLiteral("line"), {420, 260});
            save(curve, QStringLiteral("curve"), {560, 240});
            save(curve, QStringLiteral("curve-small"), {330, 190});
            model.setLearningRate(0.028);
            save(stability, QStringLiteral("stability"), {480, 280});
            save(hessian, QStringLiteral("hessian"), {480, 260});
            save(losses, QStringLiteral("losses"), {480, 260});
            save(decisions, QStringLiteral("decisions"), {420, 320});
            save(points, QStringLiteral("points"), {300, 300});
            save(inspector, QStringLiteral("inspector"), {330, 560});
            save(summary, QStringLiteral("summary"), {330, 480});
            Sample rough([](double a, double b) { return a > 0.62 && b > 0.4 ? kNaN : testing::valley(a, b); }, 51, 51, 2, {}, 0.16, 2.0);
            ContourView broken(&rough.model);
            SurfaceView brokenSurface(&rough.model);
            save(broken, QStringLiteral("partial"), {560, 460});
            save(brokenSurface, QStringLiteral("partial-surface"), {560, 460});
            RecordModel none;
            LandscapeModel empty(&none);
            ContourView nothing(&empty);
            save(nothing, QStringLiteral("empty"), {560, 300});
        }
        ThemeManager::instance().setTheme(QStringLiteral("light"));
    }
};

QTEST_MAIN(TestLandscapeViews)
#include "test_landscape_views.moc"
