// SPDX-License-Identifier: GPL-3.0-or-later
// The bench that trains draft heads, through the engine, on a fixture model: what it records and writes, going on after an interruption,
// live changes, refusals.
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/decoding/heads/head_folder.h"
#include "core/io/safetensors.h"
#include "core/model/language_model.h"
#include "core/record/folds.h"
#include "core/record/head_curve.h"
#include "core/run/engine.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace timberline;
using namespace timberline::run;

namespace {

const std::string kTarget = std::string(TIMBERLINE_FIXTURES) + "/llama-gqa";

Config heads_config(const std::string& family, const Values& settings = {})
{
    Config config;
    config.bench = "heads";
    config.model = kTarget;
    config.threads = 1;
    config.methods["head"] = {family, {}};
    config.methods["schedule"] = {"warm-up", {{"warmup_steps", std::int64_t{2}}, {"then", std::string("cosine")}}};
    config.settings = {{"tokens", std::int64_t{500}},
                       {"length", std::int64_t{16}},
                       {"opening", std::int64_t{4}},
                       {"steps", std::int64_t{8}},
                       {"batch", std::int64_t{6}},
                       {"held_out", 0.2},
                       {"measure_every", std::int64_t{4}},
                       {"looked_sequences", std::int64_t{4}},
                       {"prompts_measured", std::int64_t{2}},
                       {"acceptance_tokens", std::int64_t{8}}};
    for (const auto& [key, value] : settings) {
        config.settings[key] = value;
    }
    return config;
}

class Control final : public RunControl
{
public:
    std::map<std::int32_t, std::vector<ConfigEvent>> script;
    std::int32_t cancel_at = -1;
    CancelToken cancel;
    std::vector<ConfigEvent> take_changes(std::int32_t moment) override
    {
        if (moment == cancel_at) {
            cancel.cancel();
        }
        const auto it = script.find(moment);
        return it == script.end() ? std::vector<ConfigEvent>{} : it->second;
    }
};

ConfigEvent change(std::int32_t step, const std::string& key, ParameterValue value)
{
    ConfigEvent event;
    event.round = step;
    event.set[key] = std::move(value);
    return event;
}

std::string ended(const record::Record& record)
{
    const auto* finished = record::run_finished(record);
    return finished == nullptr ? "no end" : finished->reason + finished->message;
}

}  // namespace

class TestHeadsBench : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_engine = make_engine(); }
    void a_run_trains_measures_and_writes_heads_data();
    void a_run_trains_measures_and_writes_heads();
    void the_same_config_gives_the_same_record();
    void a_run_that_was_cut_off_goes_on_bit_for_bit();
    void a_live_learning_rate_is_recorded_and_replayed();
    void a_checkpoint_of_another_config_is_refused_data();
    void a_checkpoint_of_another_config_is_refused();
    void a_checkpoint_of_other_weights_or_text_is_refused();
    void damaged_checkpoints_are_refused();
    void text_comes_from_a_file();
    void wrong_settings_are_refused();

private:
    Result<record::RecordPtr> run(const Config& config, Control* control = nullptr)
    {
        NullSink sink;
        return m_engine->run(config, control == nullptr ? CancelToken{} : control->cancel, sink, control);
    }
    std::unique_ptr<Engine> m_engine;
};

void TestHeadsBench::a_run_trains_measures_and_writes_heads_data()
{
    QTest::addColumn<QString>("family");
    QTest::addRow("medusa") << "medusa";
    QTest::addRow("hydra") << "hydra";
    QTest::addRow("koala on medusa heads") << "koala-medusa";
}

void TestHeadsBench::a_run_trains_measures_and_writes_heads()
{
    QFETCH(const QString, family);
    const QTemporaryDir folder;
    const auto out = folder.path().toStdString() + "/heads";
    const auto config = heads_config(family.toStdString(), {{"out_folder", out}, {"keep", std::string("last")}});
    const auto record = run(config);
    QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
    QCOMPARE(ended(**record), std::string("length"));
    const auto curve = record::head_curve(**record);
    QCOMPARE(curve.setup.family, family.toStdString());
    QVERIFY(curve.setup.text_tokens >= 500);
    QCOMPARE(curve.steps.size(), std::size_t{8});
    QCOMPARE(curve.looks.size(), std::size_t{3});  // before the first step, in the middle, at the end
    QCOMPARE(curve.acceptances.size(), std::size_t{3});
    for (const auto& measured : curve.acceptances) {
        QVERIFY(measured.accepted_per_pass >= 1);
        QCOMPARE(measured.prompt_accepted.size(), std::size_t{2});
        QVERIFY(measured.kept);
    }
    // Warm-up of two steps, then a cosine: closed form.
    QVERIFY(std::abs(curve.steps[0].learning_rate - 0.5F * curve.steps[1].learning_rate) < 1e-9F);
    QVERIFY(curve.steps[7].learning_rate < curve.steps[2].learning_rate);

    const auto model = model::load_language_model(kTarget, "cpu");
    const auto heads = decoding::open_head_folder(out, {family.toStdString()}, (*model)->folder);
    QVERIFY2(heads.ok(), heads.ok() ? "" : heads.error().message.c_str());
    QCOMPARE((*heads)->accepted_per_pass, curve.acceptances.back().accepted_per_pass);
    QCOMPARE((*heads)->text_tokens, curve.setup.text_tokens);
    // The folder says how it was made, and nothing about this machine.
    const auto again = parse_config((*heads)->training, m_engine->methods(), "training");
    QVERIFY2(again.ok(), again.ok() ? "" : again.error().message.c_str());
    QVERIFY((*heads)->training.dump().find(folder.path().toStdString()) == std::string::npos);

    // The heads draft in the Draft bench, and the text stays the target's.
    Config draft;
    draft.model = kTarget;
    draft.ids = std::vector<TokenId>{1, 7, 30, 12};
    draft.max_new_tokens = 12;
    const auto plain = run(draft);
    draft.drafter = {family.toStdString(), {}};
    draft.heads = out;
    const auto drafted = run(draft);
    QVERIFY2(drafted.ok(), drafted.ok() ? "" : drafted.error().message.c_str());
    QVERIFY(record::generated_ids(**drafted) == record::generated_ids(**plain));
    // The record says which heads it was run with.
    const auto file = io::SafetensorsFile::open_file(out + "/model.safetensors");
    QCOMPARE(record::run_started(**drafted)->heads_hash, file->content_hash());
    QCOMPARE(record::run_started(**plain)->heads_hash, std::string());
}

void TestHeadsBench::the_same_config_gives_the_same_record()
{
    const auto config = heads_config("koala-medusa");
    const auto first = run(config), second = run(config);
    QVERIFY(first.ok() && second.ok());
    QCOMPARE(record::state_hash(**first), record::state_hash(**second));
}

void TestHeadsBench::a_run_that_was_cut_off_goes_on_bit_for_bit()
{
    const QTemporaryDir folder;
    const auto base = folder.path().toStdString();
    const auto whole_config = heads_config("hydra", {{"checkpoint_path", base + "/whole.safetensors"}, {"out_folder", base + "/whole"}});
    QVERIFY(run(whole_config).ok());
    auto config = heads_config("hydra", {{"checkpoint_path", base + "/cut.safetensors"}, {"out_folder", base + "/cut"}});
    Control control;
    control.cancel_at = 5;
    control.script[2] = {change(2, "checkpoint_every", std::int64_t{1000})};  // changes nothing that is learnt
    const auto cut = run(config, &control);
    QVERIFY(cut.ok());
    QCOMPARE(ended(**cut), std::string("cancelled"));
    QCOMPARE(record::head_curve(**cut).steps.size(), std::size_t{5});
    config.settings["resume_from"] = base + "/cut.safetensors";
    const auto resumed = run(config);
    QVERIFY2(resumed.ok(), resumed.ok() ? "" : resumed.error().message.c_str());
    QCOMPARE(record::head_curve(**resumed).steps.size(), std::size_t{8});
    QCOMPARE(std::ranges::count_if((*resumed)->events,
                                   [](const record::Event& event) {
                                       const auto* changed = std::get_if<record::ParameterChanged>(&event.payload);
                                       return changed != nullptr && changed->round == 2 && changed->key == "checkpoint_every" &&
                                              changed->new_value == "1000";
                                   }),
             std::ptrdiff_t{1});                                 // what happened before is told again
    QCOMPARE(record::head_curve(**resumed).setup.text_ms, 0.0);  // the text was kept beside the checkpoint

    const auto tensors = [](const std::string& file) {
        std::map<std::string, std::vector<float>> out;
        const auto opened = io::SafetensorsFile::open_file(file);
        for (const auto& [name, view] : opened->tensors()) {
            if (name != "curve.steps") {  // holds wall times
                out[name].resize(static_cast<std::size_t>(view.elements()));
                io::to_float32(view, out[name].data());
            }
        }
        return out;
    };
    const auto expected = tensors(base + "/whole.safetensors");
    QVERIFY(expected.size() > 20);
    QVERIFY(tensors(base + "/cut.safetensors") == expected);
    QVERIFY(read_file(base + "/cut/model.safetensors").value() == read_file(base + "/whole/model.safetensors").value());

    // More steps asked for where a training ended: it goes on.
    config.events = {change(8, "steps", std::int64_t{11})};
    const auto longer = run(config);
    QVERIFY2(longer.ok(), longer.ok() ? "" : longer.error().message.c_str());
    QCOMPARE(record::head_curve(**longer).steps.size(), std::size_t{11});
}

void TestHeadsBench::a_live_learning_rate_is_recorded_and_replayed()
{
    const auto config = heads_config("medusa", {{"measure_every", std::int64_t{0}}});
    Control control;
    control.script[3] = {change(3, "learning_rate", 1e-4)};
    control.script[4] = {change(4, "tokens", std::int64_t{900})};  // cannot change during a run
    const auto live = run(config, &control);
    QVERIFY(live.ok());
    const auto steps = record::head_curve(**live).steps;
    QCOMPARE(steps.size(), std::size_t{8});
    QVERIFY(steps[3].learning_rate < 0.2F * steps[2].learning_rate);
    const auto* started = record::run_started(**live);
    const auto replayed_config = parse_config(parse_json(started->config_json, "record").value(), m_engine->methods(), "record");
    QVERIFY(replayed_config.ok());
    const auto replayed = run(*replayed_config);
    QVERIFY(replayed.ok());
    const auto again = record::head_curve(**replayed).steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        QCOMPARE(again[i].loss, steps[i].loss);
    }
}

void TestHeadsBench::a_checkpoint_of_another_config_is_refused_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::addRow("another head") << "method.head.id"
                                  << "hydra";
    QTest::addRow("another number of heads") << "method.head.values.heads"
                                             << "2";
    QTest::addRow("another optimizer") << "method.optimizer.id"
                                       << "sgd";
    QTest::addRow("another seed") << "seed"
                                  << "9";
    QTest::addRow("other text") << "heads.tokens"
                                << "600";
}

void TestHeadsBench::a_checkpoint_of_another_config_is_refused()
{
    QFETCH(const QString, key);
    QFETCH(const QString, value);
    const QTemporaryDir folder;
    const auto file = folder.path().toStdString() + "/c.safetensors";
    const Values quick = {
        {"checkpoint_path", file}, {"steps", std::int64_t{2}}, {"measure_every", std::int64_t{0}}, {"prompts_measured", std::int64_t{0}}};
    QVERIFY(run(heads_config("medusa", quick)).ok());
    auto config = complete(heads_config("medusa", quick), m_engine->methods()).value();
    config.settings["resume_from"] = file;
    QVERIFY(run(config).ok());
    const auto changed = set_by_path(config, m_engine->methods(), key.toStdString(), value.toStdString());
    QVERIFY2(changed.ok(), changed.ok() ? "" : changed.error().message.c_str());
    const auto refused = run(config);
    QVERIFY(!refused.ok());
    QVERIFY2(QString::fromStdString(refused.error().message).contains("another"), refused.error().message.c_str());
}

/// Names stay, contents change: only the hashes in the checkpoint tell.
void TestHeadsBench::a_checkpoint_of_other_weights_or_text_is_refused()
{
    const QTemporaryDir folder;
    const auto base = folder.path().toStdString();
    const auto file = base + "/c.safetensors", text = base + "/text.txt";
    std::filesystem::copy(kTarget, base + "/target");
    const auto write_text = [&](const std::string& word) {
        std::ofstream out(text);
        for (int i = 0; i < 40; ++i) {
            out << "The " << word << " fox number " << i << " jumps over the lazy dog.\n";
        }
    };
    write_text("quick");
    auto config = heads_config("medusa", {{"text", std::string("file")},
                                          {"text_file", text},
                                          {"checkpoint_path", file},
                                          {"steps", std::int64_t{2}},
                                          {"measure_every", std::int64_t{0}},
                                          {"prompts_measured", std::int64_t{0}}});
    config.model = base + "/target";
    QVERIFY(run(config).ok());
    config.settings["resume_from"] = file;
    const auto same = run(config);
    QVERIFY2(same.ok(), same.ok() ? "" : same.error().message.c_str());
    write_text("brown");
    const auto other_text = run(config);
    QVERIFY(!other_text.ok());
    QVERIFY2(QString::fromStdString(other_text.error().message).contains("another text"), other_text.error().message.c_str());
    write_text("quick");
    QVERIFY(run(config).ok());
    auto weights = read_file(base + "/target/model.safetensors").value();
    weights[weights.size() - 2] = static_cast<char>(weights[weights.size() - 2] ^ 1);
    std::ofstream(base + "/target/model.safetensors", std::ios::binary) << weights;
    const auto other_weights = run(config);
    QVERIFY(!other_weights.ok());
    QVERIFY2(QString::fromStdString(other_weights.error().message).contains("other weights"), other_weights.error().message.c_str());
}

void TestHeadsBench::damaged_checkpoints_are_refused()
{
    const QTemporaryDir folder;
    const auto file = folder.path().toStdString() + "/c.safetensors";
    const Values quick = {
        {"checkpoint_path", file}, {"steps", std::int64_t{2}}, {"measure_every", std::int64_t{0}}, {"prompts_measured", std::int64_t{0}}};
    QVERIFY(run(heads_config("medusa", quick)).ok());
    auto config = heads_config("medusa", quick);
    config.settings["resume_from"] = file;
    const auto content = read_file(file).value();
    for (const std::string word : {"head-checkpoint", "\"step\":", "curve.steps", "model.heads.0", "optimizer.0", "looks"}) {
        auto damaged = content;
        const auto at = damaged.find(word);
        QVERIFY2(at != std::string::npos, word.c_str());
        damaged[at + word.size() / 2] = 'X';
        std::ofstream(file, std::ios::binary) << damaged;
        QVERIFY2(!run(config).ok(), word.c_str());
    }
    for (const std::size_t length : {std::size_t{0}, std::size_t{7}, content.size() / 2, content.size() - 1}) {
        std::ofstream(file, std::ios::binary) << content.substr(0, length);
        QVERIFY(!run(config).ok());
    }
}

void TestHeadsBench::text_comes_from_a_file()
{
    const QTemporaryDir folder;
    const auto file = folder.path().toStdString() + "/text.txt";
    {
        std::ofstream out(file);
        for (int i = 0; i < 60; ++i) {
            out << "The quick fox number " << i << " jumps over the lazy dog and runs home.\n\n";
        }
    }
    const auto record = run(heads_config("medusa", {{"text", std::string("file")}, {"text_file", file}, {"steps", std::int64_t{2}}}));
    QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
    QCOMPARE(ended(**record), std::string("length"));
    QVERIFY(record::head_curve(**record).setup.train_sequences > 20);
    const auto none = run(heads_config("medusa", {{"text", std::string("file")}}));
    QVERIFY(!none.ok());
    const auto lost = run(heads_config("medusa", {{"text", std::string("file")}, {"text_file", std::string("/nowhere.txt")}}));
    QVERIFY(!lost.ok());
}

void TestHeadsBench::wrong_settings_are_refused()
{
    for (const auto& [key, value] :
         std::map<std::string, ParameterValue>{{"steps", std::int64_t{0}}, {"held_out", 0.9}, {"stepps", std::int64_t{4}}}) {
        QVERIFY2(!run(heads_config("medusa", {{key, value}})).ok(), key.c_str());
    }
    auto unknown = heads_config("medusa");
    unknown.methods["head"].id = "medussa";
    const auto refused = run(unknown);
    QVERIFY(!refused.ok());
    QVERIFY(QString::fromStdString(refused.error().hint).contains("medusa"));
}

QTEST_APPLESS_MAIN(TestHeadsBench)
#include "test_heads_bench.moc"
