// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/landscape_fixture.h"
#include "widgets/landscape/contour_view.h"
#include "widgets/landscape/landscape_inspector.h"
#include "widgets/landscape/line_view.h"
#include "widgets/landscape/surface_view.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace timberline;
using namespace timberline::widgets;
using testing::kInfinity;
using testing::kNaN;
using testing::pixelAt;
using testing::Sample;

/// Contour lines, scales and cells: closed forms, and what is drawn where nothing is known.
class TestLandscapeContours : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { testing::attachTheme(); }

    // --- Contour lines ---

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

    // --- Scales ---

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

    // --- Cells ---

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

    void accuracyIsDrawnOnlyWhereThereIsALoss()
    {
        record::LandscapeGrid grid;
        grid.plane = testing::plane(3, 1);
        grid.plane.y.kind = "none";
        grid.level = {0, 0, 0};
        grid.loss = {0.5, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()};
        grid.standard_error = {0, 0, 0};
        grid.accuracy = {0.75, 0.5, 0.5};
        const auto field = surfaceField(grid, LossScale(HeightMode::Accuracy, 0, 1), false);
        QCOMPARE(field.state[0], CellState::Computed);
        QCOMPARE(field.state[1], CellState::NotFinite);
        QCOMPARE(field.state[2], CellState::NotFinite);
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
};

QTEST_MAIN(TestLandscapeContours)
#include "test_landscape_contours.moc"
