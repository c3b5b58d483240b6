// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/landscape_fixture.h"
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

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace timberline;
using namespace timberline::widgets;
using testing::kNaN;
using testing::Sample;

namespace {

std::vector<double> numbersOf(const QByteArray& line, char separator)
{
    std::vector<double> out;
    for (const auto& cell : line.split(separator)) {
        out.push_back(cell.trimmed().toDouble());
    }
    return out;
}

}  // namespace

/// Exports parsed back, states, and pictures to look at.
class TestLandscapeExports : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { testing::attachTheme(); }

    // --- Exports ---

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

    // --- States ---

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

    // --- Pictures to look at ---

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

QTEST_MAIN(TestLandscapeExports)
#include "test_landscape_exports.moc"
