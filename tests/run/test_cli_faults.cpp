// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QtTest>

#include <QProcess>

/// Wrong calls and damaged folders: exit code 2, nothing on stdout, one line that names what is wrong, then a hint.
class TestCliFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void wrong_calls_data();
    void wrong_calls();

private:
    QString damaged(const QString& name, const QString& fixture, const std::function<void(const QDir&)>& damage);
    QString file(const QString& name, const QByteArray& content);
    QTemporaryDir m_folder;
};

namespace {

void rewrite(const QDir& folder, const QString& name, const std::function<QByteArray(QByteArray)>& change)
{
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::ReadOnly)) {
        return;
    }
    const auto content = change(file.readAll());
    file.close();
    if (file.open(QIODevice::WriteOnly | QIODevice::Truncate)) {
        file.write(content);
    }
}

/// A safetensors file whose header length says `length`.
QByteArray with_header_length(QByteArray bytes, quint64 length)
{
    for (int i = 0; i < 8; ++i) {
        bytes[i] = static_cast<char>((length >> (8 * i)) & 0xFF);
    }
    return bytes;
}

const QString kFixtures = TIMBERLINE_FIXTURES "/";

}  // namespace

void TestCliFaults::initTestCase()
{
    QVERIFY(m_folder.isValid());
}

QString TestCliFaults::file(const QString& name, const QByteArray& content)
{
    QFile out(m_folder.filePath(name));
    if (out.open(QIODevice::WriteOnly)) {
        out.write(content);
    }
    return out.fileName();
}

QString TestCliFaults::damaged(const QString& name, const QString& fixture, const std::function<void(const QDir&)>& damage)
{
    QDir root(m_folder.path());
    root.mkpath(name);
    const QDir source(kFixtures + fixture);
    const QDir out(root.filePath(name));
    for (const auto& entry : source.entryList(QDir::Files)) {
        QFile::copy(source.filePath(entry), out.filePath(entry));
    }
    damage(out);
    return out.path();
}

void TestCliFaults::wrong_calls_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QStringList>("message");
    QTest::addColumn<QString>("hint");
    const auto row = [](const char* name, const QStringList& arguments, const QStringList& message, const QString& hint = {}) {
        QTest::newRow(name) << arguments << message << hint;
    };
    const auto generate = [](const QStringList& more) { return QStringList{"generate"} + more; };
    const QStringList tale = {"generate", "--model", "bundled:tale"};
    const auto sample = QString(TIMBERLINE_SOURCE_FOLDER "/resources/samples/fairy-tale-chain.json");
    const auto out = m_folder.filePath("out");
    const auto gpt2 = kFixtures + "gpt2";

    row("no command", {}, {"no command"}, "--help");
    row("a misspelled command", {"genrate"}, {"genrate"}, "generate");
    row("a group without its command", {"model"}, {"model", "model info"});
    row("a misspelled command of a group", {"model", "inof"}, {"inof"}, "model info");
    row("a misspelled option", tale + QStringList{"--promt", "x"}, {"--promt"}, "--prompt");
    row("an option without its value", tale + QStringList{"--prompt"}, {"--prompt", "no value"});
    row("a switch with a value", tale + QStringList{"--prompt", "x", "--json=yes"}, {"--json", "yes"});
    row("an option twice", tale + QStringList{"--prompt", "x", "--prompt", "y"}, {"--prompt", "twice"});
    row("an argument too many", tale + QStringList{"--prompt", "x", "extra"}, {"extra"});
    row("a short option", tale + QStringList{"-p", "x"}, {"-p"});
    row("generate without a model", generate({"--prompt", "x"}), {"--model"}, "bundled:tale");
    row("generate without a prompt", tale, {"--prompt", "--ids"});
    row("a prompt and ids", tale + QStringList{"--prompt", "x", "--ids", "1"}, {"--prompt", "--ids"});
    row("a misspelled method", tale + QStringList{"--prompt", "x", "--method", "plian"}, {"plian"}, "plain");
    row("a misspelled controller", tale + QStringList{"--prompt", "x", "--controller", "fixd"}, {"fixd"}, "fixed");
    row("a misspelled acceptance rule", tale + QStringList{"--prompt", "x", "--acceptance", "exakt"}, {"exakt"}, "exact");
    row("a misspelled hyperparameter", tale + QStringList{"--prompt", "x", "--draft", "bundled:tale-draft", "--set", "draft_lenght=2"},
        {"draft_lenght"}, "draft_length");
    row("a hyperparameter out of range", tale + QStringList{"--prompt", "x", "--draft", "bundled:tale-draft", "--set", "draft_length=99"},
        {"draft_length", "99", "16"});
    row("a set without a value", tale + QStringList{"--prompt", "x", "--set", "draft_length"}, {"--set", "draft_length", "KEY=VALUE"});
    row("a negative temperature", tale + QStringList{"--prompt", "x", "--temperature", "-1"}, {"temperature", "-1"});
    row("a temperature that is a word", tale + QStringList{"--prompt", "x", "--temperature", "warm"}, {"temperature", "warm"});
    row("no new tokens", tale + QStringList{"--prompt", "x", "--max-new-tokens", "0"}, {"max", "0", "1"});
    row("a negative seed", tale + QStringList{"--prompt", "x", "--seed", "-3"}, {"seed", "-3"});
    row("ids that are words", tale + QStringList{"--ids", "a,b"}, {"--ids", "a,b"});
    row("an id outside the vocabulary", tale + QStringList{"--ids", "0,4096"}, {"4096", "4095"});
    row("a negative id", tale + QStringList{"--ids", "0,-1"}, {"--ids"});
    row("a draft method without a draft model", tale + QStringList{"--prompt", "x", "--method", "draft-model-chain"}, {"draft model"},
        "--draft");
    row("a draft model with other tokens", tale + QStringList{"--prompt", "x", "--draft", kFixtures + "llama-gqa"}, {"llama-gqa"});
    row("a prompt longer than the context", {"generate", "--model", gpt2, "--ids", QString("1") + QString(",1").repeated(256)},
        {"257", "256"}, "Shorten");
    row("a model folder that does not exist", generate({"--model", "no/such/folder", "--prompt", "x"}), {"no/such/folder"});
    row("a bundled model that does not exist", generate({"--model", "bundled:tail", "--prompt", "x"}), {"tail"});
    row("a file instead of a folder", generate({"--model", gpt2 + "/config.json", "--prompt", "x"}), {"config.json"});
    row("an empty folder", generate({"--model", damaged("empty", "nothing", [](const QDir&) {}), "--ids", "1"}), {"config.json"});
    row("a damaged tokenizer, even with ids",
        generate({"--model",
                  damaged("tokenizer", "gpt2",
                          [](const QDir& d) { rewrite(d, "tokenizer.json", [](QByteArray b) { return b.left(b.size() / 2); }); }),
                  "--ids", "1,2"}),
        {"tokenizer.json"});
    row("a damaged config.json",
        generate({"--model",
                  damaged("config", "gpt2", [](const QDir& d) { rewrite(d, "config.json", [](QByteArray b) { return b.left(40); }); }),
                  "--ids", "1"}),
        {"config.json"});
    row("an unknown architecture",
        {"model", "info",
         damaged("architecture", "gpt2",
                 [](const QDir& d) {
                     rewrite(d, "config.json", [](QByteArray b) {
                         return b.replace("GPT2LMHeadModel", "ElephantForCausalLM").replace("\"gpt2\"", "\"elephant\"");
                     });
                 })},
        {"lephant"});
    row("truncated weights",
        generate({"--model",
                  damaged("truncated", "gpt2",
                          [](const QDir& d) { rewrite(d, "model.safetensors", [](QByteArray b) { return b.left(b.size() / 2); }); }),
                  "--ids", "1"}),
        {"model.safetensors"});
    row("a header longer than the file",
        {"model", "info",
         damaged("header", "gpt2",
                 [](const QDir& d) { rewrite(d, "model.safetensors", [](QByteArray b) { return with_header_length(b, 1ULL << 40); }); })},
        {"model.safetensors"});
    row("a header length of all ones",
        {"model", "info",
         damaged("ones", "gpt2",
                 [](const QDir& d) { rewrite(d, "model.safetensors", [](QByteArray b) { return with_header_length(b, ~0ULL); }); })},
        {"model.safetensors"});
    row("a missing tensor",
        generate({"--model",
                  damaged("missing", "llama-gqa",
                          [](const QDir& d) {
                              rewrite(d, "model.safetensors",
                                      [](QByteArray b) { return b.replace("model.norm.weight", "model.gone.weight"); });
                          }),
                  "--ids", "1"}),
        {"model.norm.weight"});
    row("weights of another shape",
        generate({"--model",
                  damaged("shape", "gpt2",
                          [](const QDir& d) {
                              rewrite(d, "config.json",
                                      [](QByteArray b) { return b.replace("\"n_positions\": 256", "\"n_positions\": 257"); });
                          }),
                  "--ids", "1"}),
        {"257"});
    row("missing weights",
        generate({"--model", damaged("weightless", "gpt2", [](const QDir& d) { QFile::remove(d.filePath("model.safetensors")); }), "--ids",
                  "1"}),
        {"safetensors"});
    row("logits without ids", {"model", "logits", gpt2, "--out", out}, {"--ids"});
    row("logits of an id outside the vocabulary", {"model", "logits", gpt2, "--ids", "640", "--out", out + ".npz"}, {"640", "639"});
    row("logits of too long a prompt",
        {"model", "logits", gpt2, "--ids", QString("1") + QString(",1").repeated(256), "--out", out + ".npz"}, {"257", "256"});
    row("logits into a folder that does not exist", {"model", "logits", gpt2, "--ids", "1", "--out", "/no/such/folder/x.npz"},
        {"/no/such/folder"});
    row("tokenize without a text", {"model", "tokenize", "bundled:tale"}, {"--text-file", "--texts"});
    row("tokenize a file that does not exist", {"model", "tokenize", "bundled:tale", "--text-file", "/no/such/file"}, {"/no/such/file"});
    row("tokenize a list that is none", {"model", "tokenize", "bundled:tale", "--texts", file("object.json", "{}")},
        {"object.json", "list"});
    row("tokenize a list of numbers", {"model", "tokenize", "bundled:tale", "--texts", file("numbers.json", "[1]")},
        {"numbers.json", "element 0"});
    row("detokenize without ids", {"model", "detokenize", "bundled:tale"}, {"--ids"});
    row("run without a config", {"run", "--out", out}, {"CONFIG.json"});
    row("run without a folder", {"run", sample}, {"--out"});
    row("run a config that does not exist", {"run", "no.json", "--out", out}, {"no.json"});
    row("run a config that is no JSON", {"run", file("broken.json", "{"), "--out", out}, {"broken.json", "line 1"});
    row("run a config with a misspelled key", {"run", file("typo.json", R"({"timberline": 1, "bench": "draft", "sede": 1})"), "--out", out},
        {"typo.json", "sede"}, "seed");
    row("run into a file", {"run", sample, "--out", sample}, {"fairy-tale-chain.json"});
    row("run a config and an example", {"run", sample, "--example", "plain", "--out", out}, {"--example"});
    row("run an example that does not exist", {"run", "--example", "plane", "--out", out}, {"plane"}, "plain");
    row("list a family that does not exist", {"methods", "draftr"}, {"draftr"}, "drafter");
    row("sweep without values", {"sweep", sample}, {"--vary"});
    row("sweep a misspelled key", {"sweep", sample, "--vary", "draft_lenght=1,2"}, {"draft_lenght"}, "draft_length");
    row("sweep a range that runs backwards", {"sweep", sample, "--vary", "draft_length=5:1:1"}, {"5:1:1"});
    row("sweep a range without a step", {"sweep", sample, "--vary", "draft_length=1:5:0"}, {"1:5:0", "step"});
    row("sweep a factor of one", {"sweep", sample, "--vary", "draft_length=1:5:*1"}, {"factor"});
    row("sweep with an empty value", {"sweep", sample, "--vary", "draft_length=1,,2"}, {"empty"});
    row("sweep too many values", {"sweep", sample, "--vary", "seed=1:1000000:1"}, {"10,000"});
    row("sweep out of range, before anything runs", {"sweep", sample, "--vary", "draft_length=1,99"}, {"draft_length", "99"});
    row("sweep in an unknown format", {"sweep", sample, "--vary", "draft_length=1", "--format", "jsno"}, {"jsno"}, "json");
    row("a benchmark that does not exist", {"bench", "plan"}, {"plan"}, "plain");
    row("train a config of another bench", {"train", sample, "--out", out}, {"expected \"training\""}, "timberline-cli run");
    row("train without a folder", {"train", sample}, {"--out"});
    row("landscape of a config of another bench", {"landscape", sample, "--out", out}, {"expected \"landscape\""}, "timberline-cli run");
    row("landscape without a folder", {"landscape", sample}, {"--out"});
    const auto landscape = file("landscape.json", R"({"timberline": 1, "bench": "landscape", "landscape": {"steps": 5, "nx": 3, "ny": 3}})");
    row("landscape from a file that does not exist", {"landscape", landscape, "--from", "nowhere.tlrun", "--out", out}, {"nowhere.tlrun"});
    row("landscape from a damaged checkpoint", {"landscape", landscape, "--from", file("damaged.safetensors", "12345678"), "--out", out}, {"damaged.safetensors"});
    row("landscape with an unknown axis", {"landscape", landscape, "--set", "x_kind=pac", "--out", out}, {"x_kind", "pac"}, "pca");
    row("landscape with no points", {"landscape", landscape, "--set", "nx=0", "--out", out}, {"nx", "0"});
}

void TestCliFaults::wrong_calls()
{
    QFETCH(QStringList, arguments);
    QFETCH(QStringList, message);
    QFETCH(QString, hint);
    QProcess process;
    process.start(TIMBERLINE_BINARY_FOLDER "/timberline-cli", arguments);
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    const auto error = QString::fromUtf8(process.readAllStandardError());
    QVERIFY2(process.exitCode() == 2, qPrintable(QString::number(process.exitCode()) + ": " + error));
    QVERIFY(process.readAllStandardOutput().isEmpty());
    auto lines = error.split('\n', Qt::SkipEmptyParts);
    lines.erase(std::remove_if(lines.begin(), lines.end(), [](const QString& line) { return line.startsWith("note: "); }), lines.end());
    QVERIFY2(!lines.isEmpty() && lines.size() <= 2, qPrintable(error));
    QVERIFY2(lines[0].startsWith("error: "), qPrintable(error));
    for (const auto& part : message) {
        QVERIFY2(lines[0].contains(part), qPrintable("\"" + lines[0] + "\" lacks \"" + part + "\""));
    }
    QVERIFY2(lines.size() == 2 && lines[1].startsWith("hint: "), qPrintable("no hint: " + error));
    QVERIFY2(hint.isEmpty() || lines[1].contains(hint), qPrintable("\"" + lines[1] + "\" lacks \"" + hint + "\""));
}

QTEST_GUILESS_MAIN(TestCliFaults)
#include "test_cli_faults.moc"
