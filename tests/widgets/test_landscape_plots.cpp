// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/landscape_fixture.h"
#include "widgets/landscape/contour_view.h"
#include "widgets/landscape/curve_view.h"
#include "widgets/landscape/line_view.h"
#include "widgets/landscape/loss_histogram_view.h"
#include "widgets/landscape/painted_points.h"
#include "widgets/landscape/stability_view.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace timberline;
using namespace timberline::widgets;
using testing::kInfinity;
using testing::kNaN;
using testing::Sample;

/// Lines, curves, curvature, losses of samples, painted points.
class TestLandscapePlots : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { testing::attachTheme(); }

    // --- Lines, curves, curvature, losses ---

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

    // --- Points painted with the mouse ---

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
};

QTEST_MAIN(TestLandscapePlots)
#include "test_landscape_plots.moc"
