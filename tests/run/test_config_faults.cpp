// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/catalog.h"
#include "core/run/config.h"

#include <QtTest/QtTest>

using namespace timberline;
using namespace timberline::run;

/// Broken configs: each row says what the message must name (key path, value, expectation) and what the hint must offer.
class TestConfigFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void broken_configs_are_named_data();
    void broken_configs_are_named();
    void broken_text_is_named_data();
    void broken_text_is_named();
    void missing_file_is_named();
    void every_truncation_is_an_error();
};

namespace {

const MethodRegistry& registry()
{
    static const MethodRegistry methods = make_catalog();
    return methods;
}

/// A config with a draft model and the given members.
QString with(const QString& members)
{
    return R"({"timberline": 1, "bench": "draft", "draft_model": "bundled:tale-draft", )" + members + "}";
}

}  // namespace

void TestConfigFaults::broken_configs_are_named_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("message");
    QTest::addColumn<QString>("hint");
    QTest::addColumn<int>("code");
    const int invalid = static_cast<int>(ErrorCode::InvalidArgument);
    const int missing = static_cast<int>(ErrorCode::NotFound);
    const int unsupported = static_cast<int>(ErrorCode::Unsupported);
    const auto row = [](const char* name, const QString& text, const QStringList& message, const QString& hint, int code) {
        QTest::newRow(name) << text << message << hint << code;
    };

    row("a list instead of an object", "[1, 2]", {"c.json", "[1,2]", "object"}, "", invalid);
    row("no version", R"({"bench": "draft"})", {"timberline", "missing"}, "\"timberline\": 1", invalid);
    row("the version as text", R"({"timberline": "1", "bench": "draft"})", {"timberline", "\"1\"", "expected"}, "", invalid);
    row("version zero", R"({"timberline": 0, "bench": "draft"})", {"timberline", "0"}, "", invalid);
    row("a newer version", R"({"timberline": 2, "bench": "draft"})", {"timberline", "2", "version 1"}, "Update", unsupported);
    row("no bench", R"({"timberline": 1})", {"bench", "missing"}, "draft", invalid);
    row("a misspelled bench", R"({"timberline": 1, "bench": "drafts"})", {"bench", "drafts"}, "draft", invalid);
    const auto on = [](const char* bench, const char* members) {
        return QString(R"({"timberline": 1, "bench": "%1", %2})").arg(QLatin1String(bench), QLatin1String(members));
    };
    row("exits: a misspelled policy", on("exits", R"("method": {"policy": {"id": "confidense"}})"), {"policy", "confidense"}, "confidence",
        missing);
    row("exits: a place that the bench has not", on("exits", R"("method": {"drafter": {"id": "plain"}})"), {"method", "drafter"}, "",
        invalid);
    row("exits: a method of another family in short form", on("exits", R"("method": {"id": "softmax"})"), {"softmax", "confidence"}, "",
        invalid);
    row("exits: a threshold out of range", on("exits", R"("method": {"policy": {"id": "confidence", "values": {"threshold": 2}}})"),
        {"threshold", "2", "0 to 1"}, "", invalid);
    row("exits: a misspelled setting", on("exits", R"("exits": {"kv_mod": "copy"})"), {"exits", "kv_mod"}, "kv_mode", invalid);
    row("exits: a misspelled choice", on("exits", R"("exits": {"kv_mode": "copi"})"), {"kv_mode", "copi"}, "copy", invalid);
    row("exits: settings that are a list", on("exits", R"("exits": [1])"), {"exits", "object"}, "", invalid);
    row("exits: a draft model, which nothing reads", on("exits", R"("draft_model": "bundled:tale-draft")"), {"draft_model"}, "", invalid);
    row("attention: a sink of no tokens", on("attention", R"("attention": {"sink_tokens": 0})"), {"sink_tokens", "0"}, "", invalid);
    row("attention: an event at a round", on("attention", R"("events": [{"at": {"round": 1}, "set": {"edits": "ablate 0.0"}}])"),
        {"at", "round"}, "", invalid);
    row("training: a model, which nothing reads", on("training", R"("model": "bundled:tale")"), {"model"}, "", invalid);
    row("training: a learning rate below zero", on("training", R"("training": {"learning_rate": -1})"), {"learning_rate", "-1"}, "",
        invalid);
    row("training: another bench's section", on("training", R"("exits": {})"), {"exits"}, "", invalid);
    row("training: a change of what cannot change while it runs",
        on("training", R"("events": [{"at": {"step": 3}, "set": {"hidden": [4]}}])"), {"hidden", "restart"}, "", invalid);
    row("training: another data set while it runs", on("training", R"("events": [{"at": {"step": 3}, "choose": {"data_set": "spirals"}}])"),
        {"choose.data_set", "cannot change"}, "", invalid);
    row("training: a sampling value, where nothing is sampled",
        on("training", R"("events": [{"at": {"step": 3}, "set": {"sampling.temperature": 1}}])"), {"sampling.temperature", "at a step"}, "",
        invalid);
    row("training: a forced node, where there are no trees", on("training", R"("events": [{"at": {"step": 3}, "force": {"node": 1}}])"),
        {"force", "Draft"}, "", invalid);
    row("landscape: an axis of an unknown kind", on("landscape", R"("landscape": {"x_kind": "sideways"})"), {"sideways"}, "", invalid);
    row("a misspelled key", with(R"("sede": 1)"), {"sede"}, "seed", invalid);
    row("a misspelled draft model key", with(R"("draftmodel": "x")"), {"draftmodel"}, "draft_model", invalid);
    row("a model that is a number", with(R"("model": 3)"), {"model", "3", "text"}, "", invalid);
    row("an empty model", with(R"("model": "")"), {"model", "empty"}, "bundled:tale", invalid);
    row("prompt and ids", with(R"("prompt": "x", "ids": [1])"), {"prompt", "ids"}, "Remove one", invalid);
    row("a prompt that is a list", with(R"("prompt": ["x"])"), {"prompt", "text"}, "", invalid);
    row("ids that are a text", with(R"("ids": "1,2")"), {"ids", "list"}, "", invalid);
    row("a negative id", with(R"("ids": [0, -1])"), {"ids[1]", "-1", "token id"}, "", invalid);
    row("an id that is no whole number", with(R"("ids": [0.5])"), {"ids[0]", "0.5"}, "", invalid);
    row("an id above 31 bits", with(R"("ids": [4294967296])"), {"ids[0]", "4294967296"}, "", invalid);
    row("a negative seed", with(R"("seed": -1)"), {"seed", "-1"}, "", invalid);
    row("a seed with a fraction", with(R"("seed": 1.5)"), {"seed", "1.5"}, "", invalid);
    row("no new tokens", with(R"("max_new_tokens": 0)"), {"max_new_tokens", "0", "from 1"}, "", invalid);
    row("new tokens as text", with(R"("max_new_tokens": "many")"), {"max_new_tokens", "many"}, "", invalid);
    row("ignore_eos as a number", with(R"("ignore_eos": 1)"), {"ignore_eos", "1", "true or false"}, "", invalid);
    row("a thousand threads", with(R"("threads": 1000)"), {"threads", "1000", "256"}, "", invalid);
    row("an unknown device", with(R"("device": "cuba")"), {"device", "cuba", "cpu"}, "cuda", invalid);
    row("sampling as a number", with(R"("sampling": 1)"), {"sampling", "object"}, "", invalid);
    row("a misspelled transform", with(R"("sampling": {"temprature": 1})"), {"sampling", "temprature"}, "temperature", invalid);
    row("a negative temperature", with(R"("sampling": {"temperature": -0.5})"), {"sampling", "temperature", "-0.5", "0"}, "", invalid);
    row("top_p of zero", with(R"("sampling": {"top_p": 0})"), {"sampling", "top_p", "0"}, "", invalid);
    row("top_p above one", with(R"("sampling": {"top_p": 1.5})"), {"sampling", "top_p", "1.5", "1"}, "", invalid);
    row("top_k with a fraction", with(R"("sampling": {"top_k": 2.5})"), {"sampling", "top_k", "2.5"}, "", invalid);
    row("min_p above one", with(R"("sampling": {"min_p": 2})"), {"sampling", "min_p", "2"}, "", invalid);
    row("a repetition penalty of zero", with(R"("sampling": {"repetition_penalty": 0})"), {"sampling", "repetition_penalty"}, "", invalid);
    row("a misspelled transform in the order", with(R"("sampling": {"order": "top-k,temprature"})"), {"order", "temprature", "temperature"},
        "", invalid);
    row("a transform twice in the order", with(R"("sampling": {"order": "top-k,top-k"})"), {"order", "top-k", "twice"}, "", invalid);
    row("a method that is a text", with(R"("method": "plain")"), {"method", "object"}, "", invalid);
    row("a misspelled short form", with(R"("method": {"id": "draft-model-tre"})"), {"method", "draft-model-tre"}, "draft-model-tree",
        invalid);
    row("a misspelled role", with(R"("method": {"draftor": {"id": "plain"}})"), {"method", "draftor"}, "drafter", invalid);
    row("short form and long form mixed", with(R"("method": {"id": "plain", "drafter": {"id": "plain"}})"), {"method", "drafter"}, "",
        invalid);
    row("a role without an id", with(R"("method": {"drafter": {"values": {}}})"), {"method.drafter", "id", "missing"}, "methods", invalid);
    row("a misspelled drafter", with(R"("method": {"drafter": {"id": "draft-model-chian"}})"), {"method.drafter", "draft-model-chian"},
        "draft-model-chain", missing);
    row("an acceptance rule as a controller", with(R"("method": {"controller": {"id": "exact"}})"), {"method.controller", "exact"},
        "acceptance rule", missing);
    row("a misspelled hyperparameter", with(R"("method": {"id": "draft-model-chain", "values": {"draft_lenght": 3}})"),
        {"method.drafter", "draft_lenght"}, "draft_length", invalid);
    row("a hyperparameter out of range", with(R"("method": {"id": "draft-model-chain", "values": {"draft_length": 17}})"),
        {"method.drafter", "draft_length", "17", "16"}, "", invalid);
    row("a hyperparameter of the wrong type", with(R"("method": {"id": "draft-model-chain", "values": {"draft_length": "four"}})"),
        {"method.drafter", "draft_length", "four"}, "", invalid);
    row("a misspelled choice", with(R"("method": {"id": "draft-model-tree", "values": {"shape": "dynamik"}})"),
        {"method.drafter", "shape", "dynamik"}, "dynamic", invalid);
    row("a list with a wrong element", with(R"("method": {"id": "draft-model-tree", "values": {"branching": [3, 9]}})"),
        {"method.drafter", "branching", "8"}, "", invalid);
    row("an object as a value", with(R"("method": {"id": "draft-model-chain", "values": {"draft_length": {}}})"),
        {"method", "draft_length"}, "", invalid);
    row("values that are a list", with(R"("method": {"id": "draft-model-chain", "values": [1]})"), {"method", "values", "object"}, "",
        invalid);
    row("heads that are a number", with(R"("method": {"heads": 1})"), {"method", "heads", "text"}, "", invalid);
    row("costs that are a list", with(R"("costs": [1])"), {"costs", "object"}, "", invalid);
    row("a negative cost", with(R"("costs": {"draft_ms": -1})"), {"costs", "-1", "negative"}, "", invalid);
    row("a cost that is a text", with(R"("costs": {"draft_ms": "fast"})"), {"costs", "fast"}, "", invalid);
    row("a misspelled law", with(R"("record": {"laws": "ful"})"), {"record", "laws", "ful"}, "full", invalid);
    row("a top of zero", with(R"("record": {"top": 0})"), {"record", "top", "0"}, "", invalid);
    row("a misspelled record key", with(R"("record": {"low": "full"})"), {"record", "low"}, "laws", invalid);
    row("events that are an object", with(R"("events": {})"), {"events", "list"}, "", invalid);
    row("an event without a time", with(R"("events": [{"set": {"draft_length": 1}}])"), {"events[0]", "at", "missing"}, "", invalid);
    row("an event without a round", with(R"("events": [{"at": {}, "set": {"draft_length": 1}}])"), {"events[0].at", "round", "missing"}, "",
        invalid);
    row("an event at a step", with(R"("events": [{"at": {"ruond": 3}, "set": {"draft_length": 1}}])"), {"events[0].at", "ruond"}, "round",
        invalid);
    row("a negative round", with(R"("events": [{"at": {"round": -3}, "set": {"draft_length": 1}}])"), {"events[0].at", "round", "-3"}, "",
        invalid);
    row("an event that does nothing", with(R"("events": [{"at": {"round": 3}}])"), {"events[0]", "nothing"}, "", invalid);
    row("a misspelled event key", with(R"("events": [{"at": {"round": 3}, "sett": {"draft_length": 1}}])"), {"events[0]", "sett"}, "set",
        invalid);
    row("an event with an unknown hyperparameter", with(R"("events": [{"at": {"round": 3}, "set": {"draft_lenght": 1}}])"),
        {"events[0]", "draft_lenght"}, "draft_length", invalid);
    row("an event out of range", with(R"("events": [{"at": {"round": 3}, "set": {"draft_length": 99}}])"),
        {"events[0]", "draft_length", "99", "16"}, "", invalid);
    row("an event that changes the model", with(R"("events": [{"at": {"round": 3}, "set": {"model": "x"}}])"), {"events[0]", "model"}, "",
        invalid);
    row("an event with a wrong temperature", with(R"("events": [{"at": {"round": 3}, "set": {"sampling.temperature": -1}}])"),
        {"events[0]", "temperature", "-1"}, "", invalid);
    row("an event for a method chosen away",
        with(R"("events": [{"at": {"round": 1}, "choose": {"drafter": "plain"}}, {"at": {"round": 2}, "set": {"draft_length": 2}}])"),
        {"events[1]", "draft_length"}, "", invalid);
    row("an event that chooses an unknown method", with(R"("events": [{"at": {"round": 1}, "choose": {"drafter": "plane"}}])"),
        {"events[0]", "plane"}, "plain", missing);
    row("an event that chooses an unknown role", with(R"("events": [{"at": {"round": 1}, "choose": {"draftor": "plain"}}])"),
        {"events[0]", "draftor"}, "drafter", invalid);
    row("a forced root", with(R"("events": [{"at": {"round": 1}, "force": {"node": 0}}])"), {"events[0].force", "node", "0"}, "", invalid);
    row("a force without a node", with(R"("events": [{"at": {"round": 1}, "force": {}}])"), {"events[0].force", "node", "missing"}, "",
        invalid);
}

void TestConfigFaults::broken_configs_are_named()
{
    QFETCH(QString, text);
    QFETCH(QStringList, message);
    QFETCH(QString, hint);
    QFETCH(int, code);
    const auto json = parse_json(text.toStdString(), "c.json");
    QVERIFY2(json.ok(), "the row itself must be JSON");
    const auto config = parse_config(*json, registry(), "c.json");
    QVERIFY(!config.ok());
    const auto& error = config.error();
    const auto said = QString::fromStdString(error.message);
    QVERIFY2(said.startsWith("c.json"), qPrintable(said));
    for (const auto& part : message) {
        QVERIFY2(said.contains(part), qPrintable("message \"" + said + "\" lacks \"" + part + "\""));
    }
    const auto advice = QString::fromStdString(error.hint);
    QVERIFY2(hint.isEmpty() || advice.contains(hint), qPrintable("hint \"" + advice + "\" lacks \"" + hint + "\"; message: " + said));
    QVERIFY2(!said.contains('\n'), "one sentence is one line");
    QCOMPARE(static_cast<int>(error.code), code);
}

void TestConfigFaults::broken_text_is_named_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("part");
    QTest::newRow("an empty file") << QByteArray("") << "JSON";
    QTest::newRow("a missing brace") << QByteArray(R"({"timberline": 1, "bench": "draft")") << "line 1";
    QTest::newRow("a trailing comma on line 2") << QByteArray("{\"timberline\": 1,\n \"bench\": \"draft\",}") << "line 2";
    QTest::newRow("a key twice") << QByteArray(R"({"timberline": 1, "bench": "draft", "seed": 1, "seed": 2})") << "seed";
    QTest::newRow("bytes that are not UTF-8") << QByteArray("{\"timberline\": 1, \"bench\": \"\xff\"}") << "JSON";
    QTest::newRow("deep nesting") << QByteArray(100000, '[') << "JSON";
}

void TestConfigFaults::broken_text_is_named()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, part);
    QTemporaryDir folder;
    QFile file(folder.filePath("broken.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    const auto config = read_config(file.fileName().toStdString(), registry());
    QVERIFY(!config.ok());
    const auto said = QString::fromStdString(config.error().message);
    QVERIFY2(said.contains("broken.json") && said.contains(part), qPrintable(said));
    QCOMPARE(config.error().code, ErrorCode::BadFile);
}

void TestConfigFaults::missing_file_is_named()
{
    const auto config = read_config("/no/such/config.json", registry());
    QVERIFY(!config.ok());
    QCOMPARE(config.error().code, ErrorCode::NotFound);
    QVERIFY(config.error().message.find("/no/such/config.json") != std::string::npos);
}

void TestConfigFaults::every_truncation_is_an_error()
{
    const std::string whole =
        R"({"timberline": 1, "bench": "draft", "ids": [0, 1902], "sampling": {"temperature": 0.5}, "events": [{"at": {"round": 3}, "force": {"node": 2}}]})";
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto json = parse_json(whole.substr(0, length), "cut.json");
        QVERIFY2(!json.ok(), whole.substr(0, length).c_str());
    }
    QVERIFY(parse_config(*parse_json(whole, "cut.json"), registry(), "cut.json").ok());
}

QTEST_APPLESS_MAIN(TestConfigFaults)
#include "test_config_faults.moc"
