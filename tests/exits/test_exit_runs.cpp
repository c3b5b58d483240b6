// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of the Exits bench from their configs: what is asked wrongly is refused by name, what is odd gives an honest picture. Small networks
// with exits.
#include "core/base/files.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "core/record/layer_readings.h"
#include "core/rules/exit_curves.h"
#include "core/run/engine.h"
#include "core/run/exits_net.h"
#include "core/training/net_spec.h"
#include "tests/model/model_folder_edits.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace timberline;
using record::ExitFold;

namespace {

/// Keeps the notes and can raise a cancel after some events.
class Watcher final : public ProgressSink
{
public:
    void on_event(const record::Event& event) override
    {
        const auto* block = std::get_if<record::Block>(&event.payload);
        rows += block != nullptr && block->kind == record::kLayerReadingsBlock ? 1 : 0;
        if (cancel_after >= 0 && rows > cancel_after) {
            cancel.cancel();
        }
    }
    void on_note(const std::string& note) override { notes.push_back(note); }
    std::vector<std::string> notes;
    int rows = 0, cancel_after = -1;
    CancelToken cancel;
};

}  // namespace

class TestExitRuns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_engine = run::make_engine(); }

    void bad_configs_are_refused_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* inside, const char* says) {
            QTest::newRow(name) << QString(R"({"timberline": 1, "bench": "exits", %1})").arg(inside) << QString(says);
        };
        row("an unknown mode of keys and values", R"("exits": {"kv_mode": "propagat"})", "propagate");
        row("an unknown policy", R"("method": {"policy": {"id": "confidense"}})", "confidence");
        row("an unknown setting", R"("exits": {"kv": "copy"})", "kv");
        row("a threshold above one", R"("method": {"policy": {"id": "confidence", "values": {"threshold": 1.5}}})", "threshold");
        row("a patience of none", R"("method": {"policy": {"id": "patience", "values": {"patience": 0}}})", "patience");
        row("a layer before the first", R"("method": {"policy": {"id": "fixed-layer", "values": {"layer": 0}}})", "layer");
        row("an exit before the first layer", R"("exits": {"earliest": 0})", "earliest");
        row("a policy of another family", R"("method": {"policy": {"id": "plain"}})", "plain");
        row("no candidates", R"("exits": {"candidates": 0})", "candidates");
        row("a lens without its file", R"("exits": {"lens": "tuned"})", "lens_path");
        row("a lens file that is not there", R"("exits": {"lens": "tuned", "lens_path": "/nowhere/lens.safetensors"})",
            "/nowhere/lens.safetensors");
        row("a model that is not there", R"("model": "/nowhere/model")", "/nowhere/model");
        row("a token outside the vocabulary", R"("ids": [0, 99999])", "99999");
        row("a network that is not there", R"("exits": {"subject": "trained-net", "net": "/nowhere/net.safetensors"})",
            "/nowhere/net.safetensors");
        row("a training config that is not there", R"("exits": {"subject": "trained-net", "net": "/nowhere/net.json"})",
            "/nowhere/net.json");
    }
    void bad_configs_are_refused()
    {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto json = parse_json(text.toStdString(), "test");
        QVERIFY(json.ok());
        const auto config = run::parse_config(*json, m_engine->methods(), "test");
        NullSink sink;
        Error error;
        if (!config) {
            error = config.error();
        } else {
            const auto record = m_engine->run(*config, {}, sink);
            QVERIFY(!record.ok());
            error = record.error();
        }
        QVERIFY2(QString::fromStdString(error.message + " " + error.hint).contains(says), (error.message + " | " + error.hint).c_str());
    }

    void a_threshold_that_nothing_reaches()
    {
        const auto fold = run(R"("max_new_tokens": 8, "method": {"policy": {"id": "confidence", "values": {"threshold": 0.9999999}}})");
        QCOMPARE(fold.summary()->mean_depth, 12.0);
        QVERIFY(std::ranges::all_of(fold.readings().exit, [](int exit) { return exit == 12; }));
        // It looked at every layer in vain, and that is charged.
        QCOMPARE(fold.readings().heads.back(), 11);
        QVERIFY(fold.summary()->flop_fraction > 1);
    }

    void an_empty_prompt_begins_with_the_first_token()
    {
        const auto fold = run(R"("prompt": "", "max_new_tokens": 6)");
        QCOMPARE(fold.readings().rows(), std::size_t{6});
        QCOMPARE(fold.readings().token[0], 0);  // BOS
        QCOMPARE(fold.readings().moment[0], 0);
    }

    void a_one_layer_model()
    {
        QTemporaryDir parent;
        const auto folder = model_folders::copy_fixture(parent);
        model_folders::set_config(folder, "num_hidden_layers", 1);
        for (const char* mode : {"propagate", "copy", "defer", "mask", "oracle"}) {
            auto config = parse(R"("ids": [1, 2, 3], "max_new_tokens": 5)");
            config.model = folder.string();
            config.settings["kv_mode"] = std::string(mode);
            const auto fold = run(config);
            QCOMPARE(fold.run()->layers, 1);
            QVERIFY(std::ranges::all_of(fold.readings().exit, [](int exit) { return exit == 1; }));
            QCOMPARE(fold.summary()->agreement, 1.0);
            QCOMPARE(fold.readings().kl_final[0], 0.0F);
        }
    }

    void a_prompt_that_fills_the_context()
    {
        std::vector<TokenId> ids(512, 5);
        auto config = parse(R"("max_new_tokens": 4, "exits": {"measure_full": false})");
        config.ids = ids;
        const auto fold = run(config, "context");
        QCOMPARE(fold.readings().rows(), std::size_t{512});  // read, although nothing can follow
        QCOMPARE(fold.readings().moment.back(), -1);
        QCOMPARE(fold.summary()->tokens, 0);
        config.ids->resize(510);
        QCOMPARE(run(config, "context").summary()->tokens, 2);
        config.ids->assign(513, 5);
        NullSink sink;
        QVERIFY(!m_engine->run(config, {}, sink).ok());
    }

    void a_cancelled_run_keeps_what_it_has()
    {
        const auto config = parse(R"("max_new_tokens": 200)");
        Watcher watcher;
        watcher.cancel_after = 10;
        const auto record = m_engine->run(config, watcher.cancel, watcher);
        QVERIFY(record.ok());
        QCOMPARE(record::run_finished(**record)->reason, std::string("cancelled"));
        const auto fold = ExitFold::of(**record);
        QVERIFY(fold.readings().rows() >= 10 && fold.readings().rows() < 30);
        QVERIFY(fold.summary().has_value());
        QVERIFY(std::isnan(fold.summary()->agreement));
        const CancelToken early;
        early.cancel();
        NullSink sink;
        QVERIFY(m_engine->run(config, early, sink).error().code == ErrorCode::Cancelled);
    }

    void a_record_survives_its_file()
    {
        const auto config = parse(
            R"("max_new_tokens": 6, "exits": {"kv_mode": "defer"}, "method": {"policy": {"id": "confidence", "values": {"threshold": 0.3}}})");
        NullSink sink;
        const auto record = m_engine->run(config, {}, sink);
        QTemporaryDir folder;
        const auto path = folder.filePath("run.tlrun").toStdString();
        QVERIFY(record::save(**record, path).ok());
        const auto loaded = record::load(path);
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message.c_str());
        std::string difference;
        QVERIFY2(record::equal_but_times(**record, **loaded, &difference), difference.c_str());
        QCOMPARE(record::readings_csv(**record), record::readings_csv(**loaded));
    }

    void settings_of_the_whole_run_do_not_change_midway()
    {
        auto config = parse(R"("max_new_tokens": 4)");
        config.events = {{.round = 2, .set = {{"exits.kv_mode", std::string("copy")}}, .choose = {}, .force_node = {}}};
        NullSink sink;
        const auto record = m_engine->run(config, {}, sink);
        QVERIFY(!record.ok());
        QVERIFY(QString::fromStdString(record.error().message).contains("restart"));
    }

    // --- small networks
    void a_small_network_with_exits()
    {
        auto config = parse(
            R"("exits": {"subject": "trained-net", "samples": 300}, "method": {"policy": {"id": "confidence", "values": {"threshold": 0.95}}})");
        NullSink sink;
        const auto record = m_engine->run(config, {}, sink);
        QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
        const auto fold = ExitFold::of(**record);
        const auto& r = fold.readings();
        QCOMPARE(fold.run()->subject, std::string("trained-net"));
        QCOMPARE(r.layers, 4);
        QVERIFY(r.rows() > 0 && r.rows() <= 300);
        // Every policy reaches 97 % of the full accuracy at 70 % of the FLOPs or less on some setting (test index 12).
        std::vector<record::LayerCount> counts(4);
        for (std::size_t row = 0; row < r.rows(); ++row) {
            record::count_row(r, row, counts);
        }
        const double full = static_cast<double>(counts.back().right) / static_cast<double>(r.rows());
        QVERIFY2(full > .9, qPrintable(QString::number(full)));
        const Values any = {{"threshold", .5}, {"patience", std::int64_t{1}}, {"layer", std::int64_t{1}}};
        for (const char* policy : {"confidence", "margin", "entropy", "patience"}) {
            const auto points = rules::sweep_exits(r, std::vector<rules::SweptPolicy>{{policy, any}}, *fold.run(), fold.run()->kv_mode,
                                                   rules::ExitCost::Flops, rules::ExitQuality::Accuracy);
            QVERIFY2(std::ranges::any_of(points, [&](const auto& p) { return p.quality >= .97 * full && p.cost <= .7; }), policy);
        }
        // Deciding again from the readings is what the run decided: exact.
        const auto rule = rules::ExitRule::make("confidence", config.methods.at("policy").values, *fold.run());
        QCOMPARE(rules::decide_exits(r, *rule, *fold.run())->exit, r.exit);
        QVERIFY(!rules::first_stale_row(r, *rules::decide_exits(r, *rule, *fold.run()), *fold.run(), fold.run()->kv_mode));
        // Two moons lie in a plane: the record holds the decision map of every exit.
        const auto map = std::ranges::find_if((*record)->events, [](const auto& event) {
            const auto* block = std::get_if<record::Block>(&event.payload);
            return block != nullptr && block->kind == record::kExitMapBlock;
        });
        QVERIFY(map != (*record)->events.end());
        const auto read = record::exit_decision_map_from(std::get<record::Block>(map->payload));
        QVERIFY(read.ok() && read->layers == 4 && read->nx == 64);
        QVERIFY(!read->points_x.empty());
    }

    void the_decision_map_is_the_network()
    {
        auto config = parse(R"("exits": {"subject": "trained-net", "samples": 100000})");
        const auto fold = run(config);
        const auto& r = fold.readings();
        NullSink sink;
        run::BenchQuery query{.what = "decision-map", .arguments = {{"nx", 2}, {"ny", 2}}, .record = {}};
        const auto answer = m_engine->query(config, query, {}, sink);
        QVERIFY2(answer.ok(), answer.ok() ? "" : answer.error().message.c_str());
        const auto map = *record::exit_decision_map_from(*answer);
        QVERIFY(map.nx == 2 && map.ny == 2);
        // A map whose first cell has a sample at its centre says there what the readings say about that sample.
        const auto points = map.points_x.size();
        QVERIFY(points > 0);
        std::size_t checked = 0;
        for (std::size_t row = 0; row < r.rows() && checked < 5; ++row) {
            const auto at = static_cast<std::size_t>(r.position[row]);
            if (at >= points) {
                continue;
            }
            ++checked;
            // Two columns of width 2, four rows of height 0.5.
            const auto x = static_cast<double>(map.points_x[at]), y = static_cast<double>(map.points_y[at]);
            query.arguments = {{"nx", 2}, {"ny", 4}, {"x_low", x - 1}, {"x_high", x + 3}, {"y_low", y - 0.25}, {"y_high", y + 1.75}};
            const auto first = *record::exit_decision_map_from(*m_engine->query(config, query, {}, sink));
            for (std::size_t layer = 0; layer < static_cast<std::size_t>(r.layers); ++layer) {
                QCOMPARE(first.choice[layer * 8], r.top1[r.cell(row, layer)]);
                QVERIFY(std::abs(first.probability[layer * 8] - r.probability[r.cell(row, layer)]) < 1e-5F);
            }
        }
        QVERIFY(checked > 0);
    }

    void costs_of_convolutions_halve_each_side_for_itself_data()
    {
        using Sizes = std::vector<std::int64_t>;
        QTest::addColumn<Sizes>("input");
        QTest::addColumn<Sizes>("pixels");  // at each block, then at the head
        QTest::newRow("28 x 28: 14, 7, 3") << Sizes{1, 28, 28} << Sizes{28 * 28, 14 * 14, 7 * 7, 3 * 3};
        QTest::newRow("17 x 9: 8 x 4, 4 x 2, 2 x 1") << Sizes{1, 17, 9} << Sizes{17 * 9, 8 * 4, 4 * 2, 2 * 1};
    }
    void costs_of_convolutions_halve_each_side_for_itself()
    {
        QFETCH(std::vector<std::int64_t>, input);
        QFETCH(std::vector<std::int64_t>, pixels);
        training::NetSpec spec;
        spec.kind = training::NetKind::Cnn;
        spec.input = input;
        spec.hidden = {4, 8, 16};
        spec.outputs = 10;
        spec.exits = true;
        record::ExitRun facts;
        facts.layers = 3;
        run::fill_net_costs(facts, spec);
        const auto at = [&](std::size_t i) { return static_cast<double>(pixels[i]); };
        QCOMPARE(facts.block_flops, (std::vector<double>{2 * 9 * 1 * 4 * at(0), 2 * 9 * 4 * 8 * at(1), 2 * 9 * 8 * 16 * at(2)}));
        QCOMPARE(facts.head_flops, (std::vector<double>{2 * 4 * 10, 2 * 8 * 10, 2 * 16 * at(3) * 10}));
        // As many numbers reach the head as its weights expect.
        const auto layout = training::layout_of(spec);
        QVERIFY2(layout.ok(), layout.ok() ? "" : layout.error().message.c_str());
        QCOMPARE(facts.head_flops.back(), 2 * static_cast<double>(layout->find("layers.3.weight")->elements));
    }

    void questions_that_cannot_be_answered_data()
    {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QString>("says");
        const QString net = R"("exits": {"subject": "trained-net"})";
        QTest::newRow("a map of a language model") << R"("max_new_tokens": 1)"
                                                   << "decision-map"
                                                   << "{}"
                                                   << "trained-net";
        QTest::newRow("a map of one column") << net << "decision-map"
                                             << R"({"nx": 1})"
                                             << "nx";
        QTest::newRow("a map inside out") << net << "decision-map"
                                          << R"({"x_low": 2, "x_high": 1})"
                                          << "x_low";
        QTest::newRow("an unknown argument") << net << "decision-map"
                                             << R"({"width": 4})"
                                             << "width";
        QTest::newRow("no question") << net << "decide"
                                     << "{}"
                                     << "decide";
        QTest::newRow("a calibration without prompts") << R"("exits": {"kv_mode": "defer"})"
                                                       << "calibrate"
                                                       << "{}"
                                                       << "prompts";
        QTest::newRow("a calibration of nothing") << R"("exits": {"kv_mode": "defer"})"
                                                  << "calibrate"
                                                  << R"({"prompts": [3]})"
                                                  << "prompts[0]";
        QTest::newRow("a calibration without exact keys") << R"("max_new_tokens": 1)"
                                                          << "calibrate"
                                                          << R"({"prompts": ["a"]})"
                                                          << "propagate";
        QTest::newRow("a calibration of a small network") << R"("exits": {"subject": "trained-net", "kv_mode": "defer"})"
                                                          << "calibrate"
                                                          << R"({"prompts": ["a"]})"
                                                          << "language-model";
        QTest::newRow("a calibration without a threshold") << R"("exits": {"kv_mode": "defer"}, "method": {"policy": {"id": "patience"}})"
                                                           << "calibrate"
                                                           << R"({"prompts": ["a"]})"
                                                           << "threshold";
    }
    void questions_that_cannot_be_answered()
    {
        QFETCH(QString, config);
        QFETCH(QString, what);
        QFETCH(QString, arguments);
        QFETCH(QString, says);
        NullSink sink;
        const auto answer =
            m_engine->query(parse(config.toUtf8().constData()),
                            {.what = what.toStdString(), .arguments = Json::parse(arguments.toStdString()), .record = {}}, {}, sink);
        QVERIFY(!answer.ok());
        QVERIFY2(QString::fromStdString(answer.error().message).contains(says), answer.error().message.c_str());
    }

    void a_checkpoint_of_the_training_bench()
    {
        QTemporaryDir folder;
        const auto path = folder.filePath("net.safetensors").toStdString();
        Json training = {{"timberline", 1}, {"bench", "training"}, {"seed", 4}};
        training["method"] = {{"data_set", {{"id", "rings"}}}, {"optimizer", {{"id", "adamw"}}}};
        training["training"] = {
            {"hidden", {16, 16, 16}}, {"exits", true}, {"steps", 60}, {"learning_rate", .01}, {"checkpoint_path", path}};
        const auto config = run::parse_config(training, m_engine->methods(), "test");
        QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
        NullSink sink;
        QVERIFY(m_engine->run(*config, {}, sink).ok());
        auto exits = parse(R"("exits": {"subject": "trained-net"})");
        exits.settings["net"] = path;
        const auto from_checkpoint = run(exits);
        QCOMPARE(from_checkpoint.run()->layers, 3);
        // The same network from its config.
        const auto json = folder.filePath("net.json").toStdString();
        training["training"].erase("checkpoint_path");
        QVERIFY(write_file(json, training.dump()).ok());
        exits.settings["net"] = json;
        QCOMPARE(run(exits).readings().probability, from_checkpoint.readings().probability);
        // Damaged.
        const auto content = *read_file(path);
        QVERIFY(write_file(path, std::string_view(content).substr(0, content.size() / 2)).ok());
        exits.settings["net"] = path;
        const auto damaged = m_engine->run(exits, {}, sink);
        QVERIFY(!damaged.ok());
        QVERIFY2(QString::fromStdString(damaged.error().message).contains("net.safetensors"), damaged.error().message.c_str());
    }

    void networks_that_sort_nothing_are_refused()
    {
        QTemporaryDir folder;
        const auto json = folder.filePath("net.json").toStdString();
        NullSink sink;
        auto exits = parse(R"("exits": {"subject": "trained-net"})");
        exits.settings["net"] = json;
        QVERIFY(write_file(json, std::string_view(R"({"timberline": 1, "bench": "training",
            "method": {"data_set": {"id": "regression-curves"}, "loss": {"id": "mse"}}, "training": {"steps": 2}})"))
                    .ok());
        const auto regression = m_engine->run(exits, {}, sink);
        QVERIFY(!regression.ok());
        QVERIFY2(QString::fromStdString(regression.error().message).contains("classes"), regression.error().message.c_str());
        QVERIFY(write_file(json, std::string_view(R"({"timberline": 1, "bench": "exits"})")).ok());
        QVERIFY(QString::fromStdString(m_engine->run(exits, {}, sink).error().message).contains("training"));
    }

    void a_network_without_exits_runs_whole()
    {
        QTemporaryDir folder;
        const auto json = folder.filePath("net.json").toStdString();
        QVERIFY(write_file(json, std::string_view(R"({"timberline": 1, "bench": "training", "training": {"steps": 5}})")).ok());
        auto exits = parse(R"("exits": {"subject": "trained-net"})");
        exits.settings["net"] = json;
        Watcher watcher;
        const auto record = m_engine->run(exits, {}, watcher);
        QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
        QCOMPARE(ExitFold::of(**record).run()->layers, 1);
        QVERIFY(!watcher.notes.empty());
    }

private:
    run::Config parse(const char* inside)
    {
        const auto json = parse_json(std::string(R"({"timberline": 1, "bench": "exits", )") + inside + "}", "test");
        auto config = json ? run::parse_config(*json, m_engine->methods(), "test") : Result<run::Config>(json.error());
        if (!config) {
            qFatal("%s", config.error().message.c_str());
        }
        config->ignore_eos = true;
        if (!config->prompt && !config->ids) {
            config->prompt = "Once upon a time";
        }
        return *config;
    }

    ExitFold run(const run::Config& config, const std::string& reason = "length")
    {
        NullSink sink;
        const auto record = m_engine->run(config, {}, sink);
        if (!record) {
            qFatal("%s", record.error().message.c_str());
        }
        if (record::run_finished(**record)->reason != reason) {
            qFatal("%s %s", record::run_finished(**record)->reason.c_str(), record::run_finished(**record)->message.c_str());
        }
        return ExitFold::of(**record);
    }
    ExitFold run(const char* inside) { return run(parse(inside)); }

    std::unique_ptr<run::Engine> m_engine;
};

QTEST_APPLESS_MAIN(TestExitRuns)
#include "test_exit_runs.moc"
