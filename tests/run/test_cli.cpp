// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli_call.h"

#include <QtTest/QtTest>

#include <QProcess>

#include <csignal>
#include <sys/types.h>

/// The command line program as scripts see it: output, files and exit codes.
class TestCli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void help_and_version_data();
    void help_and_version();
    void methods_as_json();
    void methods_as_text_and_examples();
    void generate_as_json();
    void generate_tree_as_json();
    void generate_as_text();
    void generate_is_repeatable_and_follows_its_seed();
    void draft_is_ignored_with_a_note();
    void ignore_eos_goes_on();
    void run_writes_everything();
    void run_takes_sets_and_examples();
    void run_with_plots();
    void sweep_formats();
    void selftest_passes();
    void bench_lists_its_entries();
    void interrupt_ends_the_run();
    void copied_command_reproduces_the_text();
};

void TestCli::help_and_version_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("part");
    QTest::newRow("help") << QStringList{"--help"} << "Commands:";
    QTest::newRow("version") << QStringList{"--version"} << "timberline-cli 0.";
    for (const auto* name : {"run", "methods", "model info", "model logits", "model tokenize", "model detokenize", "generate", "sweep",
                             "train", "landscape", "bench", "selftest"}) {
        const auto words = QString(name).split(' ');
        QTest::newRow(qPrintable(QString("help of ") + name)) << words + QStringList{"--help"} << QString("Usage: timberline-cli ") + name;
        QTest::newRow(qPrintable(QString("version of ") + name)) << words + QStringList{"--version"} << "timberline-cli 0.";
    }
    QTest::newRow("help of the group") << QStringList{"model", "--help"} << "model info";
    QTest::newRow("help behind other arguments") << QStringList{"generate", "--model", "x", "--help"} << "Usage: timberline-cli generate";
}

void TestCli::help_and_version()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, part);
    const auto result = call(arguments);
    QCOMPARE(result.code, 0);
    QVERIFY2(result.out.contains(part.toUtf8()), result.out.constData());
    QVERIFY(result.err.isEmpty());
}

void TestCli::methods_as_json()
{
    const auto result = call({"methods", "--json"});
    QCOMPARE(result.code, 0);
    QVERIFY(result.err.isEmpty());
    const auto methods = json(result.out)["methods"].toArray();
    QVERIFY(methods.size() >= 6);
    bool chain = false;
    for (const auto& value : methods) {
        const auto method = value.toObject();
        for (const auto* key :
             {"id", "family", "title", "summary", "source", "sources", "lossless", "lossy_when", "requires", "hyperparameters"}) {
            QVERIFY2(method.contains(key), key);
        }
        const auto sources = method["sources"].toArray();
        QVERIFY(sources.isEmpty() ? method["source"].isNull() : method["source"] == sources[0]);
        for (const auto& h : method["hyperparameters"].toArray()) {
            for (const auto* key : {"key", "type", "unit", "min", "max", "default", "effect", "help"}) {
                QVERIFY2(h.toObject().contains(key), key);
            }
        }
        if (method["id"] == "draft-model-chain") {
            chain = true;
            QCOMPARE(method["lossless"].toBool(), true);
            const auto length = method["hyperparameters"].toArray()[0].toObject();
            QCOMPARE(length["key"].toString(), QString("draft_length"));
            QCOMPARE(length["type"].toString(), QString("int"));
            QCOMPARE(length["min"].toInt(-1), 0);
            QCOMPARE(length["max"].toInt(), 16);
            QCOMPARE(length["default"].toInt(), 4);
            QCOMPARE(length["effect"].toString(), QString("next-round"));
        }
    }
    QVERIFY(chain);
    const auto drafters = json(call({"methods", "drafter", "--json"}).out)["methods"].toArray();
    QCOMPARE(drafters.size(), std::count_if(methods.begin(), methods.end(), [](const QJsonValue& method) {
                 return method.toObject()["family"].toString() == QLatin1String("drafter");
             }));
    QVERIFY(drafters.size() >= 15 && drafters.size() < methods.size());
    QCOMPARE(json(call({"methods", "plain", "--json"}).out)["methods"].toArray().size(), 1);
}

void TestCli::methods_as_text_and_examples()
{
    const auto list = call({"methods"});
    QCOMPARE(list.code, 0);
    QVERIFY(list.out.contains("draft-model-tree") && list.out.contains("lossless"));
    const auto card = call({"methods", "draft-model-chain"});
    QVERIFY(card.out.contains("2211.17192") && card.out.contains("draft_length"));
    const auto example = call({"methods", "draft-model-chain", "--example"});
    QCOMPARE(json(example.out)["timberline"].toInt(), 1);
}

void TestCli::generate_as_json()
{
    const auto result = call({"generate", "--model", "bundled:tale", "--draft", "bundled:tale-draft", "--set", "draft_length=4", "--prompt",
                              "Once upon a time", "--max-new-tokens", "64", "--temperature", "0", "--seed", "1", "--ignore-eos", "--json"});
    QVERIFY2(result.code == 0, result.err.constData());
    QVERIFY2(result.err.isEmpty(), result.err.constData());
    const auto out = json(result.out).object();
    QCOMPARE(out.keys().size(), 5);
    QFile file(fixture("reference.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto reference = json(file.readAll())["prompts"][0];
    QCOMPARE(out["ids"].toArray(), reference["greedy_new"].toArray());
    QCOMPARE(out["text"].toString(), reference["text"].toString());
    const auto rounds = out["rounds"].toArray();
    QCOMPARE(rounds.size(), reference["draft4_proposals"].toArray().size());
    for (int i = 0; i + 1 < rounds.size(); ++i) {  // the token limit may cut the last
        const auto round = rounds[i].toObject();
        QCOMPARE(round["proposed"].toArray(), reference["draft4_proposals"][i].toArray());
        QCOMPARE(round["accepted"].toInt(), reference["draft4_accepted"][i].toInt());
        QCOMPARE(round["parents"].toArray(), QJsonArray({-1, 0, 1, 2}));
        for (const auto* key : {"draft_ms", "verify_ms", "overhead_ms"}) {
            QVERIFY(round[key].toDouble(-1) >= 0);
        }
    }
    QVERIFY(out["accepted_per_pass"].toDouble() > 2);
    QVERIFY(out["tokens_per_s"].toDouble() > 0);
}

void TestCli::generate_tree_as_json()
{
    const auto result = call({"generate", "--model", "bundled:tale", "--draft", "bundled:tale-draft", "--method", "draft-model-tree",
                              "--ids", "0,1902,331", "--max-new-tokens", "24", "--json"});
    QVERIFY2(result.code == 0, result.err.constData());
    bool branches = false;
    for (const auto& value : json(result.out)["rounds"].toArray()) {
        const auto round = value.toObject();
        const auto parents = round["parents"].toArray();
        QCOMPARE(parents.size(), round["proposed"].toArray().size());
        for (int i = 0; i < parents.size(); ++i) {
            QVERIFY(parents[i].toInt(-2) >= -1 && parents[i].toInt() < i);
            branches = branches || (i > 0 && parents[i].toInt() != i - 1);
        }
    }
    QVERIFY2(branches, "a tree has siblings");
}

void TestCli::generate_as_text()
{
    const auto result = call({"generate", "--model", "bundled:tale", "--prompt", "Once upon a time", "--max-new-tokens", "8"});
    QCOMPARE(result.code, 0);
    QVERIFY2(result.out.startsWith(" there lived a king"), result.out.constData());
}

void TestCli::generate_is_repeatable_and_follows_its_seed()
{
    const auto with_seed = [](const QString& seed) {
        return json(call({"generate", "--model", "bundled:tale", "--prompt", "Once", "--max-new-tokens", "24", "--temperature", "1",
                          "--seed", seed, "--json"})
                        .out)["ids"]
            .toArray();
    };
    const auto one = with_seed("5");
    QVERIFY(!one.isEmpty());
    QCOMPARE(with_seed("5"), one);
    QVERIFY(with_seed("6") != one);
}

void TestCli::draft_is_ignored_with_a_note()
{
    const auto result = call({"generate", "--model", "bundled:tale", "--draft", "bundled:tale-draft", "--method", "plain", "--prompt", "x",
                              "--max-new-tokens", "2", "--json"});
    QCOMPARE(result.code, 0);
    QVERIFY2(result.err.startsWith("note: ") && result.err.contains("tale-draft"), result.err.constData());
    QVERIFY(json(result.out).isObject());  // stdout holds only the JSON
}

void TestCli::ignore_eos_goes_on()
{
    // Id 0 ends texts of the bundled model; a prompt that stands after one starts a new text and may end at once.
    const auto stop = call({"generate", "--model", "bundled:tale", "--prompt", "Once upon a time", "--max-new-tokens", "300", "--json"});
    const auto go_on =
        call({"generate", "--model", "bundled:tale", "--prompt", "Once upon a time", "--max-new-tokens", "300", "--ignore-eos", "--json"});
    QCOMPARE(stop.code, 0);
    QCOMPARE(json(go_on.out)["ids"].toArray().size(), 300);
    const auto stopped = json(stop.out)["ids"].toArray();
    const auto zero = json(go_on.out)["ids"].toArray().toVariantList().indexOf(QVariant(0));
    QCOMPARE(stopped.size(), zero < 0 ? 300 : static_cast<int>(zero) + 1);
}

void TestCli::run_writes_everything()
{
    QTemporaryDir folder;
    const auto sample = QString(TIMBERLINE_SOURCE_FOLDER "/resources/samples/fairy-tale-chain.json");
    const auto out = folder.filePath("run");
    const auto result = call({"run", sample, "--out", out, "--set", "max_new_tokens=24"});
    QVERIFY2(result.code == 0, result.err.constData());
    QVERIFY(result.out.contains("accepted_per_pass ") && result.out.contains("tokens_per_s ") && result.out.contains("text "));
    for (const auto* name : {"record.tlrun", "config.json", "data/rounds.csv", "data/nodes.csv"}) {
        QVERIFY2(QFileInfo(out + "/" + name).size() > 0, name);
    }
    QFile config(out + "/config.json");
    QVERIFY(config.open(QIODevice::ReadOnly));
    QCOMPARE(json(config.readAll())["max_new_tokens"].toInt(), 24);
    QFile rounds(out + "/data/rounds.csv");
    QVERIFY(rounds.open(QIODevice::ReadOnly));
    QCOMPARE(rounds.readLine().trimmed(), QByteArray("round,n_before,drafted,accepted,next,draft_ms,verify_ms,overhead_ms"));
    QFile nodes(out + "/data/nodes.csv");
    QVERIFY(nodes.open(QIODevice::ReadOnly));
    QCOMPARE(nodes.readLine().trimmed(), QByteArray("round,node,parent,token,p,q,u,state,entropy_nats"));
    // The written config reproduces the run.
    const auto again = call({"run", out + "/config.json", "--out", folder.filePath("again")});
    QVERIFY2(again.code == 0, again.err.constData());
    QFile repeated(folder.filePath("again/data/nodes.csv"));
    QVERIFY(repeated.open(QIODevice::ReadOnly));
    nodes.seek(0);
    QCOMPARE(repeated.readAll(), nodes.readAll());
}

void TestCli::run_takes_sets_and_examples()
{
    QTemporaryDir folder;
    const auto result = call({"run", "--example", "draft-model-tree", "--out", folder.filePath("tree"), "--set", "total_nodes=5"});
    QVERIFY2(result.code == 0, result.err.constData());
    QFile config(folder.filePath("tree/config.json"));
    QVERIFY(config.open(QIODevice::ReadOnly));
    QCOMPARE(json(config.readAll())["method"]["drafter"]["values"]["total_nodes"].toInt(), 5);
}

void TestCli::run_with_plots()
{
    QTemporaryDir folder;
    const auto result = call({"run", "--example", "plain", "--out", folder.filePath("plots"), "--plots"});
    QVERIFY2(result.code == 0, result.err.constData());
    if (QFileInfo::exists(TIMBERLINE_BINARY_FOLDER "/timberline")) {
        QVERIFY(!QDir(folder.filePath("plots/plots")).entryList(QDir::Files).isEmpty());
    } else {
        QVERIFY2(result.err.contains("timberline"), result.err.constData());
    }
}

void TestCli::sweep_formats()
{
    const auto sample = QString(TIMBERLINE_SOURCE_FOLDER "/resources/samples/fairy-tale-chain.json");
    const QStringList common = {
        "sweep", sample, "--set", "max_new_tokens=12", "--vary", "draft_length=1:5:2", "--vary", "sampling.temperature=0,1"};
    const auto rows = json(call(common + QStringList{"--format", "json"}).out).array();
    QCOMPARE(rows.size(), 6);
    QCOMPARE(rows[0]["draft_length"].toInt(), 1);
    QCOMPARE(rows[5]["draft_length"].toInt(), 5);
    QCOMPARE(rows[0]["text_hash"], rows[2]["text_hash"]);  // greedy text does not depend on the draft length
    QVERIFY(rows[0]["text_hash"] != rows[1]["text_hash"]);
    QVERIFY(rows[0]["accepted_per_pass"].toDouble() >= 1);
    QVERIFY(rows[0]["tokens_per_s"].toDouble() > 0);
    const QStringList one = {"sweep", sample, "--set", "max_new_tokens=4", "--vary", "draft_length=1:4:*2"};
    const auto markdown = call(one).out.split('\n');
    QCOMPARE(markdown.size(), 6);  // header, rule, three rows, final newline
    QVERIFY(markdown[0].startsWith("| draft_length | accepted_per_pass |"));
    const auto csv = call(one + QStringList{"--format", "csv"}).out.split('\n');
    QCOMPARE(csv.size(), 5);
    QVERIFY(csv[0].startsWith("draft_length,accepted_per_pass,"));
    QVERIFY(csv[3].startsWith("4,"));
    const auto lines = call(one + QStringList{"--format", "jsonl", "--repeats", "2"}).out.trimmed().split('\n');
    QCOMPARE(lines.size(), 3);
    QCOMPARE(json(lines[2])["draft_length"].toInt(), 4);
    QCOMPARE(json(lines[2])["repeats"].toInt(), 2);
}

constexpr qint64 kSelftestLimit = 60000;  // the promise to users

void TestCli::selftest_passes()
{
#ifdef TIMBERLINE_SANITIZED
    QSKIP("instrumented code takes minutes for it, and each of its checks has a test of its own");
#endif
    QElapsedTimer timer;
    timer.start();
    const auto result = call({"selftest"});
    QVERIFY2(result.code == 0, result.out.constData());
    QVERIFY(timer.elapsed() < kSelftestLimit);
    const auto lines = result.out.trimmed().split('\n');
    QCOMPARE(lines.size(), 9);
    QVERIFY2(lines.last().startsWith("8 of 8 checks passed"), lines.last().constData());
}

void TestCli::bench_lists_its_entries()
{
    const auto result = call({"bench", "tokenizer", "--json"});
    QVERIFY2(result.code == 0, result.err.constData());
    const auto results = json(result.out)["results"].toArray();
    QCOMPARE(results.size(), 1);
    QVERIFY(results[0]["value"].toDouble() > 0 && results[0]["ratio"].toDouble() > 0 && results[0]["baseline"]["value"].toDouble() > 0);
    QVERIFY(results[0]["repeats"].toInt() >= 5);
}

void TestCli::interrupt_ends_the_run()
{
    QTemporaryDir folder;
    QProcess process;
    process.start(TIMBERLINE_BINARY_FOLDER "/timberline-cli",
                  {"sweep", TIMBERLINE_SOURCE_FOLDER "/resources/samples/fairy-tale-plain.json", "--set", "max_new_tokens=400", "--set",
                   "ignore_eos=true", "--vary", "seed=1:500:1", "--json"});
    QVERIFY(process.waitForStarted());
    QTest::qWait(3000);
    QCOMPARE(process.state(), QProcess::Running);
    QElapsedTimer timer;
    timer.start();
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(5000));
    qInfo("ended %lld ms after SIGINT", timer.elapsed());
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 1);
    QVERIFY(process.readAllStandardError().contains("cancelled"));
    QVERIFY(process.readAllStandardOutput().isEmpty());
}

void TestCli::copied_command_reproduces_the_text()
{
    // The flags that "copy as command" writes, as a shell would split them.
    const auto result = call({"generate",
                              "--model",
                              "bundled:tale",
                              "--draft",
                              "bundled:tale-draft",
                              "--method",
                              "draft-model-chain",
                              "--controller",
                              "fixed",
                              "--acceptance",
                              "exact",
                              "--set",
                              "draft_length=4",
                              "--set",
                              "draft_temperature=-1",
                              "--set",
                              "draft_top_k=0",
                              "--prompt",
                              "Once upon a time",
                              "--max-new-tokens",
                              "16",
                              "--temperature",
                              "0",
                              "--seed",
                              "1",
                              "--json"});
    QVERIFY2(result.code == 0, result.err.constData());
    QCOMPARE(json(result.out)["ids"].toArray().size(), 16);
}

QTEST_GUILESS_MAIN(TestCli)
#include "test_cli.moc"
