// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_landscape.h"

#include "core/io/archive.h"

#include <QtTest>

#include <cstring>

using namespace timberline;
using namespace timberline::record;

class TestLandscapeFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void grid_csv_has_the_stable_columns();
    void trajectory_csv_has_its_columns();
    void npy_is_what_numpy_reads();
    void vtk_is_structured_points();
    void obj_holds_finite_quads();
    void a_line_is_written_too();
    void caption_names_what_matters();
};
/// design.md section 4: i,j,alpha,beta,loss,standard_error,level.
void TestLandscapeFiles::grid_csv_has_the_stable_columns()
{
    const auto text = lines(grid_csv(sample_grid()));
    QCOMPARE(text.size(), 7);
    QCOMPARE(text[0], QString("i,j,alpha,beta,loss,standard_error,level"));
    QCOMPARE(text[1], QString("0,0,-1,0,1,0.1,0"));
    QCOMPARE(text[2], QString("1,0,0,0,0.5,0.1,1"));
    QCOMPARE(text[5], QString("1,1,0,0.5,nan,0.1,1"));
    QCOMPARE(text[6], QString("2,1,1,0.5,inf,0.1,0"));
    QCOMPARE(lines(grid_csv(sample_grid(false))).size(), 5);  // cells not computed are left out
    const auto test = lines(grid_csv(sample_grid(), true));
    QCOMPARE(test[1], QString("0,0,-1,0,1.5,0.2,0"));
    auto without = sample_grid();
    without.test_loss.clear();
    QCOMPARE(lines(grid_csv(without, true)).size(), 1);
}

void TestLandscapeFiles::trajectory_csv_has_its_columns()
{
    const auto text = lines(trajectory_csv(sample_trajectory()));
    QCOMPARE(text, (QStringList{"step,x,y,residual,loss", "0,-0.5,1,4,0.7", "250,0.125,0.5,2,0.25", "500,0,0,0,0.125"}));
}

void TestLandscapeFiles::npy_is_what_numpy_reads()
{
    const auto bytes = grid_npy(sample_grid());
    QVERIFY(bytes.starts_with("\x93NUMPY"));
    QVERIFY(bytes.find("'descr': '<f8'") != std::string::npos && bytes.find("(2, 3)") != std::string::npos);
    const auto array = io::parse_npy(bytes, "grid.npy").value();
    QVERIFY(array.type == io::Array::Type::F64 && array.shape == (std::vector<std::int64_t>{2, 3}));
    double values[6];
    std::memcpy(values, array.bytes.data(), sizeof values);
    QVERIFY(same({values, values + 6}, {1, 0.5, 2, 3, kNaN, kInfinity}));
}

void TestLandscapeFiles::vtk_is_structured_points()
{
    const auto text = lines(grid_vtk(sample_grid()));
    QCOMPARE(text[0], QString("# vtk DataFile Version 3.0"));
    QVERIFY(text[1].size() < 256);
    QCOMPARE(text.mid(2, 5), (QStringList{"ASCII", "DATASET STRUCTURED_POINTS", "DIMENSIONS 3 2 1", "ORIGIN -1 0 0", "SPACING 1 0.5 1"}));
    QCOMPARE(text[7], QString("POINT_DATA 6"));
    QCOMPARE(text.mid(8, 8), (QStringList{"SCALARS loss double 1", "LOOKUP_TABLE default", "1", "0.5", "2", "3", "nan", "inf"}));
    QCOMPARE(text.size(), 8 + 3 * 8);
    QVERIFY(text.contains("SCALARS standard_error double 1") && text.contains("SCALARS level double 1"));
}

void TestLandscapeFiles::obj_holds_finite_quads()
{
    // Heights over the finite range 0.5 … 3 of the training surface; two of the six cells are not finite, so no quad is whole.
    const auto text = lines(grid_obj(sample_grid()));
    QVERIFY(text[0].startsWith("# Loss ce on two-moons"));
    QCOMPARE(text.filter(QRegularExpression("^v ")), (QStringList{"v -1 0.2 -1", "v 0 0 -1", "v 1 0.6 -1", "v -1 1 1"}));
    QVERIFY(text.filter(QRegularExpression("^f ")).isEmpty());
    auto whole = sample_grid();
    for (auto& loss : whole.loss) {
        loss = std::isfinite(loss) ? loss : 3;
    }
    const auto finite = lines(grid_obj(whole));
    QCOMPARE(finite.filter(QRegularExpression("^v ")).size(), 6);
    QCOMPARE(finite.filter(QRegularExpression("^f ")), (QStringList{"f 1 4 5 2", "f 2 5 6 3"}));
    whole.plane.clip = 1.75;  // the range becomes 0.5 … 1.75
    QVERIFY(lines(grid_obj(whole)).contains("v 1 1 -1"));
}

void TestLandscapeFiles::a_line_is_written_too()
{
    auto plane = sample_plane();
    plane.y = {};
    plane.y.kind = "none";
    plane.y.low = plane.y.high = 0;
    plane.y.points = 1;
    plane.test_samples = 0;
    LandscapeFold fold;
    fold.add(to_block(plane));
    LandscapeTile tile{.plane = 3, .level = 0, .i = {0, 1, 2}, .j = {0, 0, 0}, .loss = {3, 1, 2}, .standard_error = {0, 0, 0}};
    fold.add(to_block(tile));
    const auto& grid = fold.grids().front();
    QVERIFY(grid.line() && fold.refused() == 0);
    QCOMPARE(lines(grid_csv(grid))[3], QString("2,0,1,0,2,0,0"));
    QVERIFY(lines(grid_vtk(grid)).contains("DIMENSIONS 3 1 1"));
    QCOMPARE(lines(grid_obj(grid)).filter(QRegularExpression("^v ")).size(), 3);
    QVERIFY(caption(plane).find(" and pca") == std::string::npos);
}

void TestLandscapeFiles::caption_names_what_matters()
{
    const auto text = QString::fromStdString(caption(sample_plane()));
    for (const auto* part : {"ce", "two-moons", "seed 18446744073709551615", "filter normalisation", "component 2", "25%",
                             "400 training samples", "100 test samples", "seed 9", "step 500", "0.125",
                             "0.25 and 0.125 of the parameters' length", "batch norm statistics frozen", "fused avx2"}) {
        QVERIFY2(text.contains(part), part);
    }
}

QTEST_APPLESS_MAIN(TestLandscapeFiles)
#include "test_landscape_files.moc"
