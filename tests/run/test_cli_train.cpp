// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/run/cli_call.h"

#include <QtTest/QtTest>

#include <csignal>

namespace {

QByteArray file(const QString& path)
{
    QFile in(path);
    return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray("cannot read " + path.toUtf8());
}

QByteArray moons(const QByteArray& settings)
{
    return R"({"timberline": 1, "bench": "training", "seed": 3, "method": {"data_set": {"id": "two-moons", "values": {"samples": 100}}}, "training": {)" +
           settings + "}}";
}

}  // namespace

class TestCliTrain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void training_writes_its_files();
    void run_writes_the_same_curve();
    void a_killed_run_resumes_bit_for_bit();
    void sweeps_print_closing_numbers();
    void faults_are_named_data();
    void faults_are_named();

private:
    QString written(const QString& name, const QByteArray& content)
    {
        const auto path = m_folder.filePath(name);
        QFile out(path);
        if (!out.open(QIODevice::WriteOnly)) {
            qFatal("cannot write");
        }
        out.write(content);
        return path;
    }
    QTemporaryDir m_folder;
};

void TestCliTrain::training_writes_its_files()
{
    const auto config = written("a.json", moons(R"("steps": 50)"));
    const auto out = m_folder.filePath("a");
    const auto done = call({"train", config, "--out", out, "--json"});
    QVERIFY2(done.code == 0, done.err.constData());
    const auto numbers = json(done.out).object();
    QCOMPARE(numbers["steps"].toInt(), 50);
    QCOMPARE(numbers["reason"].toString(), "length");
    QVERIFY(numbers["val_accuracy"].toDouble() > 0.7);
    for (const auto* name : {"record.tlrun", "config.json", "checkpoint.safetensors", "data/curve.csv"}) {
        QVERIFY2(QFile::exists(out + "/" + name), name);
    }
    const auto lines = file(out + "/data/curve.csv").trimmed().split('\n');
    QCOMPARE(lines.size(), 51);
    QCOMPARE(lines[0], "step,train_loss,val_loss,lr");
    QVERIFY(lines[1].startsWith("0,"));
    QVERIFY(lines[25].split(',').at(2) != "");  // validated after 25 steps
    QVERIFY(lines[24].split(',').at(2) == "");
}

void TestCliTrain::run_writes_the_same_curve()
{
    const auto config = written("b.json", moons(R"("steps": 40)"));
    QCOMPARE(call({"train", config, "--out", m_folder.filePath("b1")}).code, 0);
    const auto run = call({"run", config, "--out", m_folder.filePath("b2")});
    QVERIFY2(run.code == 0, run.err.constData());
    QVERIFY(run.out.contains("val_loss "));
    QCOMPARE(file(m_folder.filePath("b2") + "/data/curve.csv"), file(m_folder.filePath("b1") + "/data/curve.csv"));
    // --set reaches hyperparameters of the optimizer and settings of the bench.
    QCOMPARE(call({"run", config, "--out", m_folder.filePath("b3"), "--set", "learning_rate=0.03", "--set", "momentum=0.5"}).code, 0);
    QVERIFY(file(m_folder.filePath("b3") + "/data/curve.csv").contains(",0.0299999993\n"));
}

void TestCliTrain::a_killed_run_resumes_bit_for_bit()
{
    // Long enough to be killed in the middle, with checkpoints often enough to find one.
    const auto config =
        written("c.json", moons(R"("steps": 60000, "checkpoint_every": 2000, "validate_every": 5000, "snapshots_kept": 5)"));
    const auto whole = m_folder.filePath("whole"), killed = m_folder.filePath("killed");
    QProcess process;
    process.start(TIMBERLINE_BINARY_FOLDER "/timberline-cli", {"train", config, "--out", killed});
    QVERIFY(process.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(killed + "/checkpoint.safetensors"), 30000);
    process.kill();
    process.waitForFinished();
    QVERIFY2(!QFile::exists(killed + "/data/curve.csv"), "the run ended before it was killed: the test shows nothing");
    const auto resumed = call({"train", config, "--out", killed, "--resume"});
    QVERIFY2(resumed.code == 0, resumed.err.constData());
    const auto straight = call({"train", config, "--out", whole});
    QVERIFY2(straight.code == 0, straight.err.constData());
    QCOMPARE(file(killed + "/data/curve.csv"), file(whole + "/data/curve.csv"));
}

void TestCliTrain::sweeps_print_closing_numbers()
{
    const auto config = written("d.json", moons(R"("steps": 30)"));
    const auto done = call({"sweep", config, "--vary", "learning_rate=0.01,0.1", "--vary", "momentum=0,0.9", "--format", "json"});
    QVERIFY2(done.code == 0, done.err.constData());
    const auto rows = json(done.out).array();
    QCOMPARE(rows.size(), 4);
    for (const auto& row : rows) {
        const auto cells = row.toObject();
        QCOMPARE(cells["steps"].toInt(), 30);
        QVERIFY(cells["train_loss"].toDouble() > 0 && cells["val_loss"].toDouble() > 0);
        QVERIFY(cells["val_accuracy"].toDouble() <= 1);
        QVERIFY(!cells.contains("accepted_per_pass"));
    }
    QVERIFY(rows[0].toObject()["train_loss"] != rows[3].toObject()["train_loss"]);
}

void TestCliTrain::faults_are_named_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QStringList>("more");
    QTest::addColumn<QString>("part");
    const QStringList none;
    QTest::newRow("a setting that does not exist") << moons(R"("step": 5)") << none << "steps";
    QTest::newRow("a rate of 0") << moons(R"("learning_rate": 0)") << none << "learning_rate";
    QTest::newRow("a network that does not exist") << moons(R"("net": "resnet")") << none << "mlp";
    QTest::newRow("an image network on points") << moons(R"("net": "cnn")") << none << "a cnn reads images";
    QTest::newRow("a width of 0") << moons(R"("hidden": [0])") << none << "hidden";
    QTest::newRow("nothing to resume") << moons(R"("steps": 5)") << QStringList{"--resume"} << "checkpoint.safetensors";
    QTest::newRow("another bench") << QByteArray(R"({"timberline": 1, "bench": "draft"})") << none << "expected \"training\"";
    QTest::newRow("an optimizer that does not exist")
        << QByteArray(R"({"timberline": 1, "bench": "training", "method": {"optimizer": {"id": "sgdd"}}})") << none << "sgd";
}

void TestCliTrain::faults_are_named()
{
    QFETCH(QByteArray, config);
    QFETCH(QStringList, more);
    QFETCH(QString, part);
    const auto done = call(QStringList{"train", written("e.json", config), "--out", m_folder.filePath("e")} + more);
    QCOMPARE(done.code, 2);
    QVERIFY2(QString::fromUtf8(done.err).contains(part), done.err.constData());
    QCOMPARE(done.err.trimmed().split('\n').size(), 2);  // one line, then the hint
    QVERIFY(done.out.isEmpty());
}

QTEST_GUILESS_MAIN(TestCliTrain)
#include "test_cli_train.moc"
