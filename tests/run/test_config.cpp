// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/catalog.h"
#include "core/run/config.h"
#include "core/run/config_live.h"

#include <QtTest/QtTest>

using namespace timberline;
using namespace timberline::run;

namespace {

const MethodRegistry& registry()
{
    static const MethodRegistry methods = make_catalog();
    return methods;
}

Result<Config> parse(const std::string& text)
{
    auto json = parse_json(text, "test.json");
    if (!json) {
        return json.error();
    }
    return parse_config(*json, registry(), "test.json");
}

/// The example of design.md section 4 with keys of this version's methods.
const char* const kExample =
    R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft", "prompt": "Once upon a time",
 "seed": 1, "max_new_tokens": 128, "sampling": {"temperature": 0, "top_k": 0, "top_p": 1, "order": "hf"},
 "method": {"drafter": {"id": "draft-model-tree", "values": {"draft_length": 5}}, "controller": {"id": "fixed"}, "acceptance": {"id": "exact"},
            "heads": "bundled:tale-heads/eagle"},
 "events": [{"at": {"round": 3}, "set": {"draft_length": 6}}, {"at": {"round": 5}, "force": {"node": 2}}]})";

std::string must(const Result<Config>& config)
{
    return config.ok() ? std::string() : config.error().message;
}

}  // namespace

class TestConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_the_design_example();
    void fills_every_default();
    void chooses_the_chain_when_a_draft_model_is_given();
    void short_form_data();
    void short_form();
    void round_trip_data();
    void round_trip();
    void only_the_draft_bench_keeps_a_draft_model();
    void keeps_all_64_bits_of_the_seed();
    void sorts_events_by_round();
    void sets_and_gets_by_path_data();
    void sets_and_gets_by_path();
    void refuses_unknown_paths();
    void another_drafter_brings_its_own_values();
    void prompt_and_ids_replace_each_other();
    void command_line_reproduces_the_config();
    void command_line_quotes_for_the_shell();
    void command_line_with_events_runs_the_file();
    void declarations_cover_the_settings();
    void event_changes_are_reported();
    void a_refused_event_changes_nothing();
};

void TestConfig::reads_the_design_example()
{
    const auto config = parse(kExample);
    QVERIFY2(config.ok(), must(config).c_str());
    QCOMPARE(config->model, std::string("bundled:tale"));
    QCOMPARE(config->draft_model, std::string("bundled:tale-draft"));
    QCOMPARE(config->prompt.value(), std::string("Once upon a time"));
    QCOMPARE(config->seed, std::uint64_t{1});
    QCOMPARE(config->max_new_tokens, std::int64_t{128});
    QCOMPARE(config->sampling.temperature, 0.0);
    QCOMPARE(config->drafter.id, std::string("draft-model-tree"));
    QVERIFY(config->drafter.values.at("draft_length") == ParameterValue(std::int64_t{5}));
    QCOMPARE(config->heads, std::string("bundled:tale-heads/eagle"));
    QCOMPARE(config->events.size(), std::size_t{2});
    QCOMPARE(config->events[0].round, 3);
    QVERIFY(config->events[0].set.at("draft_length") == ParameterValue(std::int64_t{6}));
    QVERIFY(config->events[1].force_node == 2);
}

void TestConfig::fills_every_default()
{
    const auto config = parse(R"({"timberline": 1, "bench": "draft"})");
    QVERIFY2(config.ok(), must(config).c_str());
    QCOMPARE(config->model, std::string("bundled:tale"));
    QVERIFY(!config->prompt && !config->ids);
    QCOMPARE(config->max_new_tokens, std::int64_t{128});
    QCOMPARE(config->threads, std::int64_t{0});
    QCOMPARE(config->device, std::string("auto"));
    QVERIFY(config->sampling == record::Sampling{});
    QCOMPARE(config->drafter.id, std::string("plain"));
    QCOMPARE(config->controller.id, std::string("fixed"));
    QCOMPARE(config->acceptance.id, std::string("exact"));
    QCOMPARE(config->record.laws, std::string("auto"));
    QVERIFY(config->costs.is_null());
}

void TestConfig::chooses_the_chain_when_a_draft_model_is_given()
{
    const auto config = parse(R"({"timberline": 1, "bench": "draft", "draft_model": "bundled:tale-draft"})");
    QVERIFY2(config.ok(), must(config).c_str());
    QCOMPARE(config->drafter.id, std::string("draft-model-chain"));
    QVERIFY(config->drafter.values.contains("draft_length"));  // complete: defaults are written out
}

void TestConfig::short_form_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("drafter");
    QTest::addColumn<QString>("acceptance");
    QTest::newRow("a drafter brings its partners") << R"({"id": "draft-model-tree"})"
                                                   << "draft-model-tree"
                                                   << "exact";
    QTest::newRow("an acceptance rule takes the default drafter") << R"({"id": "sample-and-compare"})"
                                                                  << "draft-model-chain"
                                                                  << "sample-and-compare";
    QTest::newRow("a controller takes the default drafter") << R"({"id": "fixed"})"
                                                            << "draft-model-chain"
                                                            << "exact";
    QTest::newRow("values belong to the named method") << R"({"id": "draft-model-tree", "values": {"total_nodes": 9}})"
                                                       << "draft-model-tree"
                                                       << "exact";
    QTest::newRow("long form with only an acceptance rule") << R"({"acceptance": {"id": "sample-and-compare"}})"
                                                            << "draft-model-chain"
                                                            << "sample-and-compare";
}

void TestConfig::short_form()
{
    QFETCH(QString, method);
    QFETCH(QString, drafter);
    QFETCH(QString, acceptance);
    const auto config =
        parse(R"({"timberline": 1, "bench": "draft", "draft_model": "bundled:tale-draft", "method": )" + method.toStdString() + "}");
    QVERIFY2(config.ok(), must(config).c_str());
    QCOMPARE(QString::fromStdString(config->drafter.id), drafter);
    QCOMPARE(QString::fromStdString(config->acceptance.id), acceptance);
    if (method.contains("total_nodes")) {
        QVERIFY(config->drafter.values.at("total_nodes") == ParameterValue(std::int64_t{9}));
    }
}

void TestConfig::round_trip_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("the design's example") << kExample;
    QTest::newRow("nothing but the header") << R"({"timberline": 1, "bench": "draft"})";
    QTest::newRow("ids instead of a prompt") << R"({"timberline": 1, "bench": "draft", "ids": [0, 1902, 331]})";
    QTest::newRow("an empty list of ids") << R"({"timberline": 1, "bench": "draft", "ids": []})";
    QTest::newRow("an empty prompt") << R"({"timberline": 1, "bench": "draft", "prompt": ""})";
    QTest::newRow("a prompt in several scripts, with control characters")
        << R"({"timberline": 1, "bench": "draft", "prompt": "Grüße 東京 🙂 \u0000\n\"x\""})";
    QTest::newRow("every run setting")
        << R"({"timberline": 1, "bench": "draft", "seed": 12345678901234567890, "max_new_tokens": 7, "ignore_eos": true, "threads": 2, "device": "cpu"})";
    QTest::newRow("every sampling transform")
        << R"({"timberline": 1, "bench": "draft", "sampling": {"temperature": 0.7, "top_k": 40, "top_p": 0.95, "min_p": 0.05, "typical_p": 0.9,
            "repetition_penalty": 1.1, "presence_penalty": -0.5, "frequency_penalty": 0.25, "no_repeat_ngram": 3, "penalty_last_n": 64, "order": "llamacpp"}})";
    QTest::newRow("a custom order") << R"({"timberline": 1, "bench": "draft", "sampling": {"order": "top-k,temperature"}})";
    QTest::newRow("record settings and costs")
        << R"({"timberline": 1, "bench": "draft", "record": {"laws": "top", "top": 8}, "costs": {"draft_ms": 0.5, "verify_ms": [1, 2.5, 4]}})";
    QTest::newRow("an event that chooses and sets")
        << R"({"timberline": 1, "bench": "draft", "draft_model": "bundled:tale-draft", "events": [
            {"at": {"round": 2}, "choose": {"drafter": "draft-model-tree", "acceptance": "sample-and-compare"}, "set": {"branching": [2, 1], "sampling.temperature": 1}}]})";
    for (const char* bench : {"exits", "attention", "training", "landscape"}) {
        QTest::addRow("nothing but the header of %s", bench) << QString(R"({"timberline": 1, "bench": "%1"})").arg(QLatin1String(bench));
    }
    QTest::newRow("exits with a policy and an event at a token")
        << R"({"timberline": 1, "bench": "exits", "ids": [0, 7], "method": {"policy": {"id": "entropy", "values": {"threshold": 0.3}}},
            "exits": {"kv_mode": "defer"}, "events": [{"at": {"token": 2}, "set": {"threshold": 0.5}}]})";
    QTest::newRow("training with another optimizer from a step on")
        << R"({"timberline": 1, "bench": "training", "method": {"optimizer": {"id": "adamw"}}, "training": {"hidden": [8], "learning_rate": 0.01},
            "events": [{"at": {"step": 5}, "set": {"learning_rate": 0.001}}]})";
}

void TestConfig::only_the_draft_bench_keeps_a_draft_model()
{
    // The window's benches share their model; a draft model that came along must not make a saved config unreadable.
    for (const char* bench : {"exits", "attention", "training", "landscape"}) {
        Config config;
        config.bench = bench;
        config.draft_model = "bundled:tale-draft";
        QVERIFY(!to_json(config).contains("draft_model"));
        const auto completed = complete(config, registry());
        QVERIFY2(completed.ok(), must(completed).c_str());
        QVERIFY(completed->draft_model.empty());
        QVERIFY(parse(to_json(*completed).dump()).ok());
    }
}

void TestConfig::round_trip()
{
    QFETCH(QString, text);
    const auto config = parse(text.toStdString());
    QVERIFY2(config.ok(), must(config).c_str());
    const auto again = parse(to_json(*config).dump());
    QVERIFY2(again.ok(), must(again).c_str());
    QVERIFY(*again == *config);
    const auto from_text = parse(to_text(*config));
    QVERIFY2(from_text.ok(), must(from_text).c_str());
    QVERIFY(*from_text == *config);
    QVERIFY(to_text(*config).ends_with("}\n"));
}

void TestConfig::keeps_all_64_bits_of_the_seed()
{
    const auto config = parse(R"({"timberline": 1, "bench": "draft", "seed": 18446744073709551615})");
    QVERIFY2(config.ok(), must(config).c_str());
    QCOMPARE(config->seed, std::uint64_t{18446744073709551615ULL});
    QCOMPARE(QString::fromStdString(*get_by_path(*config, "seed")), QString("18446744073709551615"));
}

void TestConfig::sorts_events_by_round()
{
    const auto config = parse(R"({"timberline": 1, "bench": "draft", "events": [{"at": {"round": 9}, "force": {"node": 1}},
        {"at": {"round": 2}, "set": {"sampling.temperature": 1}}, {"at": {"round": 9}, "set": {"sampling.top_k": 4}}]})");
    QVERIFY2(config.ok(), must(config).c_str());
    QCOMPARE(config->events[0].round, 2);
    QVERIFY(config->events[1].force_node.has_value());  // events of one round keep their order
    QVERIFY(config->events[2].set.contains("sampling.top_k"));
}

void TestConfig::sets_and_gets_by_path_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("read_back");
    QTest::newRow("a bare key is a hyperparameter of the drafter") << "draft_length"
                                                                   << "7"
                                                                   << "7";
    QTest::newRow("the long path of a hyperparameter") << "method.drafter.values.draft_length"
                                                       << "3"
                                                       << "3";
    QTest::newRow("a sampling transform") << "sampling.temperature"
                                          << "0.5"
                                          << "0.5";
    QTest::newRow("a list of tokens") << "ids"
                                      << "0,5,7"
                                      << "0,5,7";
    QTest::newRow("the seed") << "seed"
                              << "99"
                              << "99";
    QTest::newRow("a switch") << "ignore_eos"
                              << "true"
                              << "true";
    QTest::newRow("a choice") << "device"
                              << "cpu"
                              << "cpu";
    QTest::newRow("a record setting") << "record.laws"
                                      << "top"
                                      << "top";
    QTest::newRow("another method") << "method.acceptance.id"
                                    << "sample-and-compare"
                                    << "sample-and-compare";
    QTest::newRow("the number of tokens") << "max_new_tokens"
                                          << "5"
                                          << "5";
    QTest::newRow("the model") << "model"
                               << "some/folder"
                               << "some/folder";
    QTest::newRow("the prompt") << "prompt"
                                << "Hello, world"
                                << "Hello, world";
}

void TestConfig::sets_and_gets_by_path()
{
    QFETCH(QString, key);
    QFETCH(QString, value);
    QFETCH(QString, read_back);
    auto config = parse(R"({"timberline": 1, "bench": "draft", "draft_model": "bundled:tale-draft"})");
    QVERIFY2(config.ok(), must(config).c_str());
    const auto done = set_by_path(*config, registry(), key.toStdString(), value.toStdString());
    QVERIFY2(done.ok(), done.ok() ? "" : done.error().message.c_str());
    const auto got = get_by_path(*config, key.toStdString());
    QVERIFY(got.has_value());
    QCOMPARE(QString::fromStdString(*got), read_back);
}

void TestConfig::refuses_unknown_paths()
{
    auto config = parse(R"({"timberline": 1, "bench": "draft", "draft_model": "bundled:tale-draft"})");
    QVERIFY(config.ok());
    const auto before = *config;
    const auto typo = set_by_path(*config, registry(), "draft_lenght", "3");
    QVERIFY(!typo.ok());
    QVERIFY2(typo.error().hint.find("draft_length") != std::string::npos, typo.error().hint.c_str());
    QVERIFY(!set_by_path(*config, registry(), "draft_length", "17").ok());
    QVERIFY(!set_by_path(*config, registry(), "sampling.temperature", "-1").ok());
    QVERIFY(!set_by_path(*config, registry(), "seed", "-1").ok());
    QVERIFY(!set_by_path(*config, registry(), "ids", "1,,2").ok());
    QVERIFY(!set_by_path(*config, registry(), "method.drafter.id", "plane").ok());
    QVERIFY(*config == before);  // a refused change leaves the config as it was
    QVERIFY(!get_by_path(*config, "no.such.key"));
    // What a file of a bench must not hold, a flag must not set.
    const std::pair<const char*, const char*> refused[] = {
        {"exits", "record.laws"},    {"exits", "draft_model"},   {"attention", "heads"}, {"training", "sampling.temperature"},
        {"training", "model"},       {"training", "prompt"},     {"training", "ids"},    {"landscape", "max_new_tokens"},
        {"landscape", "ignore_eos"}, {"attention", "record.top"}};
    for (const auto& [bench, key] : refused) {
        Config of_bench;
        of_bench.bench = bench;
        QVERIFY(set_by_path(of_bench, registry(), key, "1").ok() == false);
        QVERIFY(!get_by_path(of_bench, "record.laws").has_value());
    }
}

void TestConfig::another_drafter_brings_its_own_values()
{
    auto config = parse(kExample);
    QVERIFY(config.ok());
    config->events.clear();
    QVERIFY(set_by_path(*config, registry(), "method.drafter.id", "plain").ok());
    QVERIFY(config->drafter.values.empty());
}

void TestConfig::prompt_and_ids_replace_each_other()
{
    auto config = parse(R"({"timberline": 1, "bench": "draft", "prompt": "x"})");
    QVERIFY(config.ok());
    QVERIFY(set_by_path(*config, registry(), "ids", "1,2").ok());
    QVERIFY(!config->prompt && config->ids == std::vector<TokenId>({1, 2}));
    QVERIFY(set_by_path(*config, registry(), "prompt", "y").ok());
    QVERIFY(config->prompt == "y" && !config->ids);
}

void TestConfig::command_line_reproduces_the_config()
{
    const auto config =
        parse(R"({"timberline": 1, "bench": "draft", "draft_model": "bundled:tale-draft", "prompt": "Once", "seed": 4, "max_new_tokens": 9,
        "ignore_eos": true, "sampling": {"temperature": 0.8, "top_k": 5}, "method": {"id": "draft-model-tree", "values": {"branching": [2, 1]}}})");
    QVERIFY2(config.ok(), must(config).c_str());
    const auto line = command_line(*config, "unused.json");
    for (const auto* part : {"timberline-cli generate --model bundled:tale", "--draft bundled:tale-draft", "--method draft-model-tree",
                             "--controller fixed", "--acceptance exact", "--set branching=2,1", "--set sampling.top_k=5", "--prompt Once",
                             "--max-new-tokens 9", "--temperature 0.8", "--seed 4", "--ignore-eos"}) {
        QVERIFY2(line.find(part) != std::string::npos, (line + " lacks " + part).c_str());
    }
}

void TestConfig::command_line_quotes_for_the_shell()
{
    Config config;
    config.prompt = "it's $HOME; rm -rf *";
    const auto line = command_line(config, "");
    QVERIFY2(line.find(R"(--prompt 'it'\''s $HOME; rm -rf *')") != std::string::npos, line.c_str());
}

void TestConfig::command_line_with_events_runs_the_file()
{
    const auto config = parse(kExample);
    QVERIFY(config.ok());
    QCOMPARE(QString::fromStdString(command_line(*config, "my run.json")), QString("timberline-cli run 'my run.json' --out run"));
}

void TestConfig::declarations_cover_the_settings()
{
    const auto sampling = sampling_declarations();
    QCOMPARE(sampling.size(), std::size_t{11});
    auto all = sampling;
    const auto more = run_declarations();
    all.insert(all.end(), more.begin(), more.end());
    const auto config = parse(R"({"timberline": 1, "bench": "draft"})");
    QVERIFY(config.ok());
    for (const auto& declaration : all) {
        QVERIFY2(!declaration.label.empty() && !declaration.help.empty(), declaration.key.c_str());
        QVERIFY2(check_value(declaration, declaration.default_value).ok(), declaration.key.c_str());
        const auto value = get_by_path(*config, declaration.key);
        QVERIFY2(value.has_value(), declaration.key.c_str());
        QCOMPARE(QString::fromStdString(*value), QString::fromStdString(timberline::to_text(declaration.default_value)));
    }
}

void TestConfig::event_changes_are_reported()
{
    auto config = parse(R"({"timberline": 1, "bench": "draft", "draft_model": "bundled:tale-draft"})");
    QVERIFY(config.ok());
    auto settings = live_settings(*config);
    ConfigEvent event;
    event.round = 4;
    event.set = {{"draft_length", std::int64_t{6}}, {"sampling.temperature", std::int64_t{1}}};
    const auto changes = apply_event(settings, event, registry(), "live");
    QVERIFY2(changes.ok(), changes.ok() ? "" : changes.error().message.c_str());
    QCOMPARE(changes->size(), std::size_t{2});
    QCOMPARE(QString::fromStdString((*changes)[0].key), QString("draft_length"));
    QCOMPARE(QString::fromStdString((*changes)[0].old_value), QString("4"));
    QCOMPARE(QString::fromStdString((*changes)[0].new_value), QString("6"));
    QCOMPARE((*changes)[0].round, 4);
    QCOMPARE(settings.sampling.temperature, 1.0);
    QVERIFY(std::holds_alternative<double>(event.set.at("sampling.temperature")));  // written to the config as declared
    const auto same = apply_event(settings, event, registry(), "live");
    QVERIFY(same.ok() && same->empty());
}

void TestConfig::a_refused_event_changes_nothing()
{
    auto config = parse(R"({"timberline": 1, "bench": "draft", "draft_model": "bundled:tale-draft"})");
    QVERIFY(config.ok());
    auto settings = live_settings(*config);
    const auto before = settings;
    ConfigEvent event;
    event.choose = {{"drafter", "plain"}};
    event.set = {{"draft_length", std::int64_t{6}}};  // plain has no draft length
    QVERIFY(!apply_event(settings, event, registry(), "live").ok());
    QVERIFY(settings == before);
}

QTEST_APPLESS_MAIN(TestConfig)
#include "test_config.moc"
