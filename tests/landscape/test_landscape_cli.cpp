// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/archive.h"

#include <QtTest>

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

class TestLandscapeCli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writes_every_file();
    void draws_a_record_again();
};

namespace {

QByteArray content(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

struct Call {
    int code = -1;
    QByteArray out, error;
};

Call call(const QStringList& arguments)
{
    QProcess process;
    process.start(TIMBERLINE_BINARY_FOLDER "/timberline-cli", arguments);
    process.waitForFinished(120000);
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

QString config(const QTemporaryDir& folder)
{
    const auto path = folder.filePath("landscape.json");
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) {
        file.write(R"({"timberline": 1, "bench": "landscape", "method": {"data_set": {"id": "two-moons", "values": {"samples": 100}}},
                       "landscape": {"steps": 20, "nx": 6, "ny": 4, "spectrum": true}})");
    }
    return path;
}

}  // namespace

void TestLandscapeCli::writes_every_file()
{
    const QTemporaryDir folder;
    const auto out = folder.filePath("out");
    const auto done = call({"landscape", config(folder), "--out", out, "--set", "nx=7", "--set", "landscape.x_seed=4", "--json"});
    QVERIFY2(done.code == 0, done.error.constData());
    const auto numbers = QJsonDocument::fromJson(done.out).object();
    QCOMPARE(numbers["cells"].toInt(), 28);
    QCOMPARE(numbers["not_finite"].toInt(), 0);
    QVERIFY(numbers["center_loss"].toDouble() > 0 && numbers["highest_loss"].toDouble() > numbers["lowest_loss"].toDouble());
    QVERIFY(numbers["lambda_max"].toDouble() > 0 && numbers["stability_limit"].toDouble() > 0);
    QVERIFY(numbers["caption"].toString().contains("seed 4"));
    for (const auto* name : {"record.tlrun", "config.json", "data/trajectory.csv", "data/curve.csv", "data/grid_test.csv"}) {
        QVERIFY2(!content(out + "/" + name).isEmpty(), name);
    }
    const auto grid = content(out + "/data/grid.csv").trimmed().split('\n');
    QCOMPARE(grid.size(), 29);
    QCOMPARE(grid[0], QByteArray("i,j,alpha,beta,loss,standard_error,level"));
    for (const QString stem : {"/data/grid", "/data/grid_test"}) {
        const auto npy = content(out + stem + ".npy").toStdString();
        QVERIFY(timberline::io::parse_npy(npy, "grid.npy").value().shape == (std::vector<std::int64_t>{4, 7}));
        QVERIFY(content(out + stem + ".vtk").contains("DIMENSIONS 7 4 1"));
        QCOMPARE(content(out + stem + ".obj").count("\nf "), 18);  // 6 x 3 quads
    }
}

void TestLandscapeCli::draws_a_record_again()
{
    const QTemporaryDir folder;
    const auto first = folder.filePath("first"), second = folder.filePath("second");
    QCOMPARE(call({"landscape", config(folder), "--out", first}).code, 0);
    const auto again = call({"landscape", config(folder), "--from", first + "/record.tlrun", "--out", second});
    QVERIFY2(again.code == 0, again.error.constData());
    QCOMPARE(content(second + "/data/grid.csv"), content(first + "/data/grid.csv"));
    QCOMPARE(content(second + "/data/trajectory.csv"), content(first + "/data/trajectory.csv"));
    // The written config reproduces it as well.
    const auto third = folder.filePath("third");
    QCOMPARE(call({"run", first + "/config.json", "--out", third}).code, 0);
    QCOMPARE(content(third + "/data/grid.csv"), content(first + "/data/grid.csv"));
}

QTEST_APPLESS_MAIN(TestLandscapeCli)
#include "test_landscape_cli.moc"
