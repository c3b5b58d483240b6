// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/run/cli_call.h"

#include <QtTest/QtTest>

#include <cmath>
#include <map>

namespace {

const QByteArray kText = R"("model": "bundled:tale", "prompt": "Once upon a time", "seed": 1, "max_new_tokens": 16)";

QByteArray bench(const char* name, const QByteArray& more)
{
    return QByteArray(R"({"timberline": 1, "bench": ")") + name + R"(", )" + more + "}";
}

QByteArray exits()
{
    return bench("exits", kText + R"(, "method": {"policy": {"id": "confidence", "values": {"threshold": 0.6}}})");
}

QByteArray trained_net()
{
    return bench(
        "exits",
        R"("method": {"policy": {"id": "confidence", "values": {"threshold": 0.9}}}, "exits": {"subject": "trained-net", "samples": 50})");
}

QByteArray attention()
{
    return bench("attention", kText);
}

QByteArray landscape()
{
    return bench("landscape", R"("method": {"data_set": {"id": "two-moons", "values": {"samples": 100}}},
                                 "landscape": {"steps": 20, "nx": 6, "ny": 4, "spectrum": true, "follow": true, "follow_every": 10})");
}

QByteArray training()
{
    return bench("training", R"("method": {"data_set": {"id": "two-moons", "values": {"samples": 100}}}, "training": {"steps": 20})");
}

/// What `run` prints: a name and a value a line.
std::map<QString, QString> printed(const QByteArray& out)
{
    std::map<QString, QString> numbers;
    for (const auto& line : QString::fromUtf8(out).trimmed().split('\n')) {
        numbers[line.section(' ', 0, 0)] = line.section(' ', 1);
    }
    return numbers;
}

/// The columns of a CSV file that `run` wrote, by their names.
std::map<QString, std::vector<double>> columns(const QString& path)
{
    std::map<QString, std::vector<double>> out;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return out;
    }
    const auto names = QString::fromUtf8(file.readLine()).trimmed().split(',');
    while (!file.atEnd()) {
        const auto cells = QString::fromUtf8(file.readLine()).trimmed().split(',');
        for (int i = 0; i < names.size(); ++i) {
            out[names[i]].push_back(cells[i].toDouble());
        }
    }
    return out;
}

bool near(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

/// 64-bit FNV-1a over the little-endian bytes of the ids (Fowler, Noll and Vo), written anew.
QString hash_of(const QJsonArray& ids)
{
    quint64 hash = 0xcbf29ce484222325;
    for (const auto& id : ids) {
        auto rest = static_cast<quint32>(id.toInt());
        for (int byte = 0; byte < 4; ++byte, rest /= 256) {
            hash = (hash ^ (rest % 256)) * 0x100000001b3;
        }
    }
    return QString("%1").arg(hash, 16, 16, QChar('0'));
}

}  // namespace

/// What `sweep` measures on each bench, held against single runs and against the files that they write.
class TestCliSweep : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rows_are_single_runs_data();
    void rows_are_single_runs();
    void formats_hold_the_same_numbers_data();
    void formats_hold_the_same_numbers();
    void exits_are_those_of_the_readings();
    void attention_is_that_of_the_rows();
    void landscape_is_that_of_the_surface();
    void hashes_are_of_the_written_text();
    void drafting_is_held_against_plain_decoding();
    void a_model_that_is_missing_loses_only_its_point();

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
    /// Rows of a sweep as JSON; empty when it failed.
    QJsonArray rows(const QByteArray& config, const QStringList& more)
    {
        const auto done = call(QStringList{"sweep", written("rows.json", config), "--format", "json"} + more);
        if (done.code != 0) {
            qWarning("%s", done.err.constData());
            return {};
        }
        return json(done.out).array();
    }
    QTemporaryDir m_folder;
};

void TestCliSweep::rows_are_single_runs_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QStringList>("values");
    QTest::addColumn<QStringList>("varies");  // numbers that must differ between the two rows
    QTest::addColumn<QStringList>("measured");
    QTest::addColumn<QStringList>("timed");
    QTest::addColumn<QStringList>("absent");
    const QStringList exit_numbers = {"tokens", "mean_depth", "layer_fraction", "flop_fraction", "agreement", "nll", "full_nll"};
    const QStringList exit_times = {"token_ms", "full_token_ms"};
    QTest::newRow("exits: a threshold decides how deep tokens go")
        << exits() << "threshold" << QStringList{"0.3", "0.9"} << QStringList{"mean_depth", "layer_fraction", "flop_fraction", "text_hash"}
        << exit_numbers + QStringList{"text_hash"} << exit_times << QStringList{};
    QTest::newRow("exits of a trained network: samples, no text, no times")
        << trained_net() << "threshold" << QStringList{"0.6", "0.999"} << QStringList{"mean_depth", "flop_fraction", "nll"} << exit_numbers
        << QStringList{} << exit_times + QStringList{"text_hash"};
    QTest::newRow("attention: the seed of a sampled text")
        << bench("attention", kText + R"(, "sampling": {"temperature": 1})") << "seed" << QStringList{"1", "2"}
        << QStringList{"normalised_entropy", "perplexity", "text_hash"}
        << QStringList{"positions", "tokens", "normalised_entropy", "sink_rate", "perplexity", "text_hash"} << QStringList{"total_ms"}
        << QStringList{};
    const QStringList surface = {"center_loss", "lowest_loss", "highest_loss", "cells", "not_finite", "cosine"};
    const QStringList curvature = {"lambda_max", "stability_limit", "trace", "trace_error"};
    QTest::newRow("landscape: the grid decides how many cells there are")
        << landscape() << "nx" << QStringList{"5", "7"} << QStringList{"cells"} << surface + curvature + QStringList{"surfaces_followed"}
        << QStringList{"waited_share", "total_ms"} << QStringList{};
    QTest::newRow("landscape: curvature that was not measured keeps its columns")
        << bench("landscape", R"("landscape": {"steps": 10, "nx": 3, "ny": 3, "curvature_every": 0})") << "learning_rate"
        << QStringList{"0.01", "0.1"} << QStringList{"center_loss"} << surface << QStringList{"total_ms"}
        << curvature + QStringList{"surfaces_followed", "waited_share"};
    QTest::newRow("training: the rate decides how far it comes")
        << training() << "learning_rate" << QStringList{"0.01", "0.1"} << QStringList{"train_loss", "val_loss"}
        << QStringList{"steps", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "reason"} << QStringList{"steps_per_s"}
        << QStringList{};
}

void TestCliSweep::rows_are_single_runs()
{
    QFETCH(QByteArray, config);
    QFETCH(QString, key);
    QFETCH(QStringList, values);
    QFETCH(QStringList, varies);
    QFETCH(QStringList, measured);
    QFETCH(QStringList, timed);
    QFETCH(QStringList, absent);
    const auto swept = rows(config, {"--vary", key + "=" + values.join(',')});
    QCOMPARE(swept.size(), values.size());
    for (int i = 0; i < values.size(); ++i) {
        const auto row = swept[i].toObject();
        QCOMPARE(row[key].toDouble(), values[i].toDouble());
        QCOMPARE(row["repeats"].toInt(), 1);
        const auto path = written("single.json", config);
        const auto run = call({"run", path, "--set", key + "=" + values[i], "--out", m_folder.filePath("single")});
        QVERIFY2(run.code == 0, run.err.constData());
        const auto single = printed(run.out);
        QCOMPARE(static_cast<int>(single.size()), measured.size() + timed.size() + absent.size());
        QCOMPARE(row.size(), static_cast<int>(single.size()) + 2);  // and the varied key and the repeats
        for (const auto& [name, text] : single) {
            const auto value = row[name];
            if (absent.contains(name)) {
                QVERIFY2(value.isNull() && text == "-", qPrintable(name));
            } else if (timed.contains(name)) {
                QVERIFY2(value.toDouble(-1) >= 0 && text.toDouble() >= 0, qPrintable(name));
            } else if (value.isString()) {
                QCOMPARE(value.toString(), text);
            } else {
                QVERIFY2(value.isDouble() && near(value.toDouble(), text.toDouble(), 1e-5), qPrintable(name + " " + text));
            }
        }
    }
    for (const auto& name : varies) {
        QVERIFY2(swept[0].toObject()[name] != swept[1].toObject()[name], qPrintable(name));
    }
}

void TestCliSweep::formats_hold_the_same_numbers_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QString>("vary");
    QTest::addColumn<QString>("header");
    QTest::newRow("exits") << exits() << "threshold=0.3,0.9"
                           << "threshold,tokens,mean_depth,layer_fraction,flop_fraction,agreement,nll,full_nll,token_ms,full_token_ms,text_"
                              "hash,repeats";
    QTest::newRow("attention") << attention() << "seed=1,2"
                               << "seed,positions,tokens,normalised_entropy,sink_rate,perplexity,total_ms,text_hash,repeats";
    QTest::newRow("landscape") << landscape() << "nx=3,5"
                               << "nx,center_loss,lowest_loss,highest_loss,cells,not_finite,cosine,lambda_max,stability_limit,trace,trace_"
                                  "error,surfaces_followed,waited_share,total_ms,repeats";
}

void TestCliSweep::formats_hold_the_same_numbers()
{
    QFETCH(QByteArray, config);
    QFETCH(QString, vary);
    QFETCH(QString, header);
    const auto names = header.split(',');
    const auto path = written("formats.json", config);
    // Two repeats: what is no wall time is the same in each, and wall times are their medians.
    const QStringList common = {"sweep", path, "--vary", vary, "--repeats", "2", "--warm-up", "0", "--format"};
    const auto exact = json(call(common + QStringList{"json"}).out).array();
    QCOMPARE(exact.size(), 2);
    const auto lines = call(common + QStringList{"jsonl"}).out.trimmed().split('\n');
    const auto csv = QString::fromUtf8(call(common + QStringList{"csv"}).out).trimmed().split('\n');
    const auto markdown = QString::fromUtf8(call(common + QStringList{"md"}).out).trimmed().split('\n');
    QCOMPARE(lines.size(), 2);
    QCOMPARE(csv.size(), 3);
    QCOMPARE(csv[0], header);
    QCOMPARE(markdown.size(), 4);
    QCOMPARE(markdown[0], "| " + names.join(" | ") + " |");
    for (int row = 0; row < 2; ++row) {
        const auto object = exact[row].toObject();
        const auto line = json(lines[row]).object();
        const auto csv_cells = csv[row + 1].split(',');
        const auto markdown_cells = markdown[row + 2].mid(2).chopped(2).split(" | ");
        QCOMPARE(object.size(), names.size());
        QCOMPARE(line.size(), names.size());
        QCOMPARE(csv_cells.size(), names.size());
        QCOMPARE(markdown_cells.size(), names.size());
        QCOMPARE(object["repeats"].toInt(), 2);
        for (int i = 0; i < names.size(); ++i) {
            const auto value = object[names[i]];
            if (names[i].endsWith("_ms") || names[i] == "waited_share") {
                QVERIFY2(csv_cells[i].toDouble() >= 0 && !csv_cells[i].isEmpty(), qPrintable(names[i]));
            } else if (value.isString()) {
                QCOMPARE(line[names[i]].toString(), value.toString());
                QCOMPARE(csv_cells[i], value.toString());
                QCOMPARE(markdown_cells[i], value.toString());
            } else {
                QVERIFY2(value.isDouble(), qPrintable(names[i]));
                QCOMPARE(line[names[i]].toDouble(), value.toDouble());
                QCOMPARE(csv_cells[i].toDouble(), value.toDouble());
                QVERIFY2(near(markdown_cells[i].toDouble(), value.toDouble(), 1e-4), qPrintable(names[i]));
            }
        }
    }
}

void TestCliSweep::exits_are_those_of_the_readings()
{
    const auto row = rows(exits(), {"--vary", "threshold=0.6"})[0].toObject();
    const auto out = m_folder.filePath("readings");
    QCOMPARE(call({"run", written("readings.json", exits()), "--out", out}).code, 0);
    auto cells = columns(out + "/data/readings.csv");
    QVERIFY(!cells["layer"].empty());
    const double layers = *std::max_element(cells["layer"].begin(), cells["layer"].end());
    const double end = *std::max_element(cells["position"].begin(), cells["position"].end()) + 1;
    double depth = 0, found = 0;
    for (std::size_t i = 0; i < cells["layer"].size(); ++i) {
        if (cells["exit"][i] > 0 && cells["position"][i] >= end - 16) {  // the last 16 rows wrote the 16 tokens
            depth += cells["layer"][i];
            ++found;
        }
    }
    QCOMPARE(found, 16.0);
    QCOMPARE(row["tokens"].toInt(), 16);
    QVERIFY(near(row["mean_depth"].toDouble(), depth / 16, 1e-9));
    QVERIFY(near(row["layer_fraction"].toDouble(), depth / 16 / layers, 1e-9));
    QVERIFY(row["flop_fraction"].toDouble() > 0 && row["agreement"].toDouble() >= 0 && row["agreement"].toDouble() <= 1);
    QVERIFY(depth / 16 < layers);  // some tokens leave: the test shows something
}

void TestCliSweep::attention_is_that_of_the_rows()
{
    const auto row = rows(attention(), {"--vary", "seed=1"})[0].toObject();
    const auto out = m_folder.filePath("rows");
    QCOMPARE(call({"run", written("rows.json", attention()), "--out", out}).code, 0);
    auto cells = columns(out + "/data/heads.csv");
    QVERIFY(!cells["layer"].empty());
    // Means over the valid rows of each head, then over the heads (methods' definitions: entropy / ln visible; a sink holds over 0.3).
    std::map<std::pair<double, double>, std::array<double, 4>> heads;
    for (std::size_t i = 0; i < cells["layer"].size(); ++i) {
        auto& head = heads[{cells["layer"][i], cells["head"][i]}];
        if (cells["visible"][i] >= 2) {
            head[0] += cells["entropy_nats"][i] / std::log(cells["visible"][i]);
            head[1] += 1;
            head[2] += cells["sink"][i];
            head[3] += 1;
        }
    }
    double normalised = 0, sinks = 0;
    for (const auto& [place, head] : heads) {
        normalised += head[0] / head[1] / static_cast<double>(heads.size());
        sinks += head[2] / head[3] > 0.3 ? 1 : 0;
    }
    QVERIFY(near(row["normalised_entropy"].toDouble(), normalised, 1e-5));
    QCOMPARE(row["sink_rate"].toDouble(), sinks / static_cast<double>(heads.size()));
    QCOMPARE(row["positions"].toDouble(), *std::max_element(cells["position"].begin(), cells["position"].end()) + 1);
    QCOMPARE(row["tokens"].toInt(), 16);
    QVERIFY(row["perplexity"].toDouble() > 1);
}

void TestCliSweep::landscape_is_that_of_the_surface()
{
    const auto row = rows(landscape(), {"--vary", "ny=5"})[0].toObject();
    const auto out = m_folder.filePath("surface");
    const auto done = call({"landscape", written("surface.json", landscape()), "--set", "ny=5", "--out", out, "--json"});
    QVERIFY2(done.code == 0, done.err.constData());
    const auto numbers = json(done.out).object();
    QVERIFY(numbers["caption"].toString().contains("two-moons"));
    for (const auto& name : numbers.keys()) {
        if (name != "caption" && name != "waited_share" && !name.endsWith("_ms")) {
            QVERIFY2(row.contains(name) && row[name] == numbers[name], qPrintable(name));
        }
    }
    double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
    for (const auto* name : {"/data/grid.csv", "/data/grid_test.csv"}) {  // one scale for both
        auto cells = columns(out + name);
        QCOMPARE(cells["loss"].size(), std::size_t{30});
        for (const double loss : cells["loss"]) {
            lowest = std::min(lowest, loss);
            highest = std::max(highest, loss);
        }
    }
    QCOMPARE(row["cells"].toInt(), 30);
    QVERIFY(near(row["lowest_loss"].toDouble(), lowest, 1e-8));
    QVERIFY(near(row["highest_loss"].toDouble(), highest, 1e-8));
}

void TestCliSweep::hashes_are_of_the_written_text()
{
    const auto plain = call(
        {"generate", "--model", "bundled:tale", "--method", "plain", "--prompt", "Once upon a time", "--max-new-tokens", "16", "--json"});
    QVERIFY2(plain.code == 0, plain.err.constData());
    const auto ids = json(plain.out)["ids"].toArray();
    QCOMPARE(ids.size(), 16);
    // Greedy text of the full model, whichever bench writes it.
    const auto draft = rows(bench("draft", kText + R"(, "method": {"drafter": {"id": "plain"}})"), {"--vary", "seed=1"});
    QCOMPARE(draft[0].toObject()["text_hash"].toString(), hash_of(ids));
    const auto full = rows(exits(), {"--vary", "exits.decode=full,early-exit", "--set", "threshold=0.3"});
    QCOMPARE(full[0].toObject()["text_hash"].toString(), hash_of(ids));
    QVERIFY(full[1].toObject()["text_hash"].toString() != hash_of(ids));
    QCOMPARE(full[0].toObject()["agreement"].toDouble(), 1.0);
    const auto attended = rows(attention(), {"--vary", "seed=1"});
    QCOMPARE(attended[0].toObject()["text_hash"].toString(), hash_of(ids));
}

void TestCliSweep::drafting_is_held_against_plain_decoding()
{
    const auto path = written("chain.json", bench("draft", kText + R"(, "draft_model": "bundled:tale-draft")"));
    const QStringList header = {"draft_length", "accepted_per_pass",  "mean_acceptance",  "rounds",           "tokens",
                                "tokens_per_s", "tokens_per_s_mean",  "tokens_per_s_std", "tokens_per_s_iqr", "repeats",
                                "text_hash",    "plain_tokens_per_s", "speed_up",         "speed_up_iqr"};
    const auto out = m_folder.filePath("swept");
    const auto done = call({"sweep", path, "--vary", "draft_length=1,3", "--repeats", "3", "--format", "csv", "--out", out});
    QVERIFY2(done.code == 0, done.err.constData());
    QCOMPARE(QString::fromUtf8(done.out).split('\n')[0].split(','), header);
    QFile table(out + "/sweep.csv");
    QVERIFY(table.open(QIODevice::ReadOnly));
    QCOMPARE(table.readAll(), done.out);
    QFile file(out + "/sweep.json");
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto swept = json(file.readAll()).object();
    QCOMPARE(swept["config"].toObject()["prompt"].toString(), QString("Once upon a time"));
    QCOMPARE(swept["varied"].toArray()[0].toObject()["key"].toString(), QString("draft_length"));
    QVERIFY(swept["threads"].toInt() >= 1 && !swept["versions"].toObject()["model_hash"].toString().isEmpty());
    const auto middle = [](const QJsonArray& three) {
        std::vector<double> sorted;
        for (const auto& value : three) {
            sorted.push_back(value.toDouble());
        }
        std::sort(sorted.begin(), sorted.end());
        return sorted[1];
    };
    for (int i = 0; i < 2; ++i) {
        const auto row = swept["rows"].toArray()[i].toObject();
        const auto timing = swept["timings"].toArray()[i].toObject();
        QCOMPARE(timing["tokens_per_s"].toArray().size(), 3);
        QCOMPARE(timing["plain_tokens_per_s"].toArray().size(), 3);
        QCOMPARE(row["tokens_per_s"].toDouble(), middle(timing["tokens_per_s"].toArray()));
        QCOMPARE(row["plain_tokens_per_s"].toDouble(), middle(timing["plain_tokens_per_s"].toArray()));
        QVERIFY(near(row["speed_up"].toDouble(), row["tokens_per_s"].toDouble() / row["plain_tokens_per_s"].toDouble(), 1e-12));
    }
    const auto without = rows(bench("draft", kText), {"--vary", "seed=1", "--no-plain"})[0].toObject();
    QVERIFY(without["speed_up"].isNull() && without["plain_tokens_per_s"].isNull() && without["tokens_per_s"].toDouble() > 0);
}

void TestCliSweep::a_model_that_is_missing_loses_only_its_point()
{
    const auto path = written("models.json", bench("draft", kText));
    const auto done = call({"sweep", path, "--vary", "model=bundled:absent,bundled:tale", "--json"});
    QVERIFY2(done.code == 0, done.err.constData());
    QVERIFY2(done.err.contains("1 of 2 points"), done.err.constData());
    const auto two = json(done.out).array();
    QVERIFY(two[0].toObject()["error"].toString().contains("absent") && two[0].toObject()["tokens_per_s"].isNull());
    QVERIFY(two[1].toObject()["error"].isNull() && two[1].toObject()["tokens_per_s"].toDouble() > 0);
    const auto none = call({"sweep", path, "--vary", "model=bundled:absent"});
    QCOMPARE(none.code, 2);
    QVERIFY(none.out.isEmpty() && none.err.contains("absent"));
}

QTEST_GUILESS_MAIN(TestCliSweep)
#include "test_cli_sweep.moc"
