// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "core/record/training_curve.h"
#include "core/run/engine.h"
#include "core/run/training_values.h"
#include "core/training/exit_weights.h"
#include "core/training/label_noise.h"

#include <QtTest/QtTest>

#include <atomic>
#include <cmath>
#include <thread>

using namespace timberline;
using namespace timberline::run;

namespace {

class KeepingSink final : public ProgressSink
{
public:
    void on_event(const record::Event& event) override
    {
        ++events;
        steps += std::holds_alternative<record::Block>(event.payload) ? 1 : 0;
    }
    void on_note(const std::string& text) override { notes.push_back(text); }
    std::atomic<int> events = 0, steps = 0;
    std::vector<std::string> notes;
};

/// Hands out prepared changes at their steps.
class ScriptedControl final : public RunControl
{
public:
    std::map<std::int32_t, std::vector<ConfigEvent>> script;
    std::vector<ConfigEvent> take_changes(std::int32_t moment) override
    {
        const auto it = script.find(moment);
        return it == script.end() ? std::vector<ConfigEvent>{} : it->second;
    }
};

Config moons(Values settings = {})
{
    Config config;
    config.bench = "training";
    config.methods["data_set"] = {"two-moons", {{"samples", std::int64_t{80}}}};
    config.settings = {{"steps", std::int64_t{60}}, {"validate_every", std::int64_t{20}}, {"snapshot_every", std::int64_t{10}}};
    for (auto& [key, value] : settings) {
        config.settings[key] = std::move(value);
    }
    return config;
}

ConfigEvent change(std::int32_t step, const std::string& key, ParameterValue value)
{
    ConfigEvent event;
    event.round = step;
    event.set[key] = std::move(value);
    return event;
}

std::vector<float> losses(const record::Record& record)
{
    std::vector<float> out;
    for (const auto& step : record::training_steps(record)) {
        out.push_back(step.loss);
    }
    return out;
}

std::vector<float> last_parameters(const record::Record& record)
{
    const auto snapshots = record::training_snapshots(record);
    return snapshots.empty() ? std::vector<float>{} : record::training_snapshot_from(*snapshots.back())->parameters;
}

}  // namespace

class TestTrainingBench : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_engine = make_engine(); }
    void the_same_config_gives_the_same_record();
    void the_record_holds_what_views_need();
    void the_sink_sees_what_the_record_holds();
    void a_live_change_equals_a_scheduled_one();
    void a_scheduled_change_equals_a_run_so_configured();
    void a_wrong_tweak_is_refused_and_training_goes_on();
    void another_optimizer_starts_anew();
    void going_back_repeats_the_steps();
    void a_resumed_run_equals_a_whole_one();
    void a_longer_plan_is_an_event_at_the_checkpoint();
    void a_checkpoint_of_another_config_is_refused_data();
    void a_checkpoint_of_another_config_is_refused();
    void cancel_answers_within_100_ms_data();
    void cancel_answers_within_100_ms();
    void the_bowl_converges_and_diverges_as_real_runs();
    void a_run_that_diverges_says_so();
    void snapshots_are_thinned();
    void choices_of_the_settings_exist_in_the_core();
    void every_setting_can_be_read();

private:
    record::RecordPtr run(const Config& config, RunControl* control = nullptr)
    {
        KeepingSink sink;
        const auto done = m_engine->run(config, {}, sink, control);
        m_notes = sink.notes;
        if (!done.ok()) {
            qFatal("%s", done.error().message.c_str());
        }
        return *done;
    }
    std::unique_ptr<Engine> m_engine;
    std::vector<std::string> m_notes;
    QTemporaryDir m_folder;
};

void TestTrainingBench::the_same_config_gives_the_same_record()
{
    const auto one = run(moons()), two = run(moons());
    std::string difference;
    QVERIFY2(record::equal_but_times(*one, *two, &difference), difference.c_str());
    auto config = moons();
    config.seed = 2;
    QVERIFY(losses(*run(config)).front() != losses(*one).front());
}

void TestTrainingBench::the_record_holds_what_views_need()
{
    const auto record = run(moons({{"label_noise", std::string("symmetric-other")}}));
    QCOMPARE(record::run_started(*record)->bench, "training");
    QCOMPARE(record::run_finished(*record)->reason, "length");
    const auto steps = record::training_steps(*record);
    QCOMPARE(steps.size(), std::size_t{60});
    for (std::size_t i = 0; i < steps.size(); ++i) {
        QCOMPARE(steps[i].step, static_cast<int>(i));
    }
    const auto looks = record::training_validations(*record);
    QCOMPARE(looks.size(), std::size_t{4});  // before the first step, after 20, 40, 60
    const std::vector<int> at = {0, 20, 40, 60};
    for (std::size_t i = 0; i < looks.size(); ++i) {
        QCOMPARE(looks[i].step, at[i]);
        QCOMPARE(looks[i].moment, at[i] - 1);
        QCOMPARE(looks[i].train_row_loss.size() + looks[i].row_loss.size(), std::size_t{80});
        QCOMPARE(looks[i].confidence.size(), looks[i].row_loss.size());
    }
    QCOMPARE(record::training_snapshots(*record).size(), std::size_t{7});
    const auto* block = std::get_if<record::Block>(&record->events[1].payload);
    QVERIFY(block != nullptr);
    const auto setup = record::training_setup_from(*block);
    QVERIFY2(setup.ok(), setup.ok() ? "" : setup.error().message.c_str());
    QCOMPARE(setup->parameters, 2 * 16 + 16 + 256 + 16 + 32 + 2);
    QCOMPARE(setup->inputs.size(), std::size_t{160});
    QCOMPARE(setup->flipped.size(), std::size_t{80});
    QVERIFY(std::ranges::count(setup->flipped, 1) > 10);
    QCOMPARE(setup->lower_bound, 0.0);
}

void TestTrainingBench::the_sink_sees_what_the_record_holds()
{
    KeepingSink sink;
    const auto record = m_engine->run(moons(), {}, sink);
    QVERIFY(record.ok());
    QCOMPARE(sink.events.load(), static_cast<int>((*record)->events.size()));
}

void TestTrainingBench::a_live_change_equals_a_scheduled_one()
{
    ScriptedControl control;
    control.script[25] = {change(25, "learning_rate", 0.01), change(25, "momentum", 0.5)};
    const auto live = run(moons(), &control);
    auto config = moons();
    config.events = {change(25, "learning_rate", 0.01), change(25, "momentum", 0.5)};
    const auto scheduled = run(config);
    QCOMPARE(losses(*live), losses(*scheduled));
    QCOMPARE(record::changes(*live).size(), std::size_t{2});
    QCOMPARE(record::changes(*live).front()->round, 25);
    // The config that the record keeps replays it.
    const auto json = parse_json(record::run_started(*live)->config_json, "the record");
    QVERIFY(json.ok());
    const auto kept = parse_config(*json, m_engine->methods(), "the record");
    QVERIFY2(kept.ok(), kept.ok() ? "" : kept.error().message.c_str());
    QCOMPARE(losses(*run(*kept)), losses(*live));
}

void TestTrainingBench::a_scheduled_change_equals_a_run_so_configured()
{
    auto config = moons();
    config.events = {change(0, "learning_rate", 0.03)};
    const auto changed = run(config), configured = run(moons({{"learning_rate", 0.03}}));
    QCOMPARE(losses(*changed), losses(*configured));
    QVERIFY(losses(*changed) != losses(*run(moons())));
    // Before its step a change has no effect, from its step on it has.
    config.events = {change(30, "learning_rate", 0.03)};
    const auto late = losses(*run(config)), plain = losses(*run(moons()));
    QVERIFY(std::equal(late.begin(), late.begin() + 31, plain.begin()));
    QVERIFY(late[31] != plain[31]);
}

void TestTrainingBench::a_wrong_tweak_is_refused_and_training_goes_on()
{
    ScriptedControl control;
    ConfigEvent other_data;
    other_data.choose["data_set"] = "spirals";
    control.script[5] = {change(5, "learning_rate", -1.0), change(5, "hidden", std::vector<std::int64_t>{8}), other_data};
    const auto record = run(moons(), &control);
    QCOMPARE(m_notes.size(), std::size_t{3});
    QCOMPARE(losses(*record), losses(*run(moons())));
}

void TestTrainingBench::another_optimizer_starts_anew()
{
    auto config = moons();
    ConfigEvent event;
    event.round = 30;
    event.choose["optimizer"] = "adamw";
    event.set["learning_rate"] = 0.003;
    config.events = {event};
    const auto record = run(config);
    QCOMPARE(record::training_steps(*record).size(), std::size_t{60});
    const auto plain = losses(*run(moons())), changed = losses(*record);
    QVERIFY(std::equal(plain.begin(), plain.begin() + 31, changed.begin()));
    QVERIFY(plain[31] != changed[31]);
    // Adam's first step moves every parameter that has a gradient by the rate (and AdamW shrinks weights by rate times 0.01 beside): the
    // length is the rate times the root of a count of at most 354, where units that are off have none.
    const auto step = record::training_steps(*record)[30];
    const double moved = std::pow(static_cast<double>(step.update_norm) / 0.003, 2);
    QVERIFY2(moved > 170 && moved < 358, qPrintable(QString::number(moved)));
}

void TestTrainingBench::going_back_repeats_the_steps()
{
    auto config = moons();
    config.events = {change(45, "return_to_step", std::int64_t{20})};
    const auto record = run(config);
    const auto steps = record::training_steps(*record);
    QCOMPARE(steps.size(), std::size_t{85});  // 45, and 40 from step 20 on
    const auto plain = losses(*run(moons()));
    for (std::size_t i = 45; i < steps.size(); ++i) {
        QCOMPARE(steps[i].step, static_cast<int>(i) - 25);
        QCOMPARE(steps[i].loss, plain[i - 25]);
    }
    QCOMPARE(last_parameters(*record), last_parameters(*run(moons())));
}

void TestTrainingBench::a_resumed_run_equals_a_whole_one()
{
    for (const auto* method : {"sgd", "adamw", "sam"}) {
        const auto file = m_folder.filePath(QString("%1.safetensors").arg(method)).toStdString();
        const auto with = [&](Values more) {
            auto config = moons(std::move(more));
            config.methods["optimizer"] = {method, {}};
            config.methods["schedule"] = {"cosine", {}};
            config.events = {change(10, "learning_rate", 0.02), change(50, "learning_rate", 0.005)};
            return config;
        };
        const auto whole = run(with({}));
        // Killed at step 37, between two validations: the plan is the same, the last checkpoint is that of step 30.
        class Killer final : public RunControl
        {
        public:
            explicit Killer(CancelToken token) : token_(std::move(token)) {}
            void wait_for_turn(std::int32_t moment, const CancelToken&) override
            {
                if (moment == 37) {
                    token_.cancel();
                }
            }

        private:
            CancelToken token_;
        };
        const CancelToken cancel;
        Killer killer(cancel);
        NullSink sink;
        const auto broken = m_engine->run(with({{"checkpoint_path", file}, {"checkpoint_every", std::int64_t{10}}}), cancel, sink, &killer);
        QVERIFY(broken.ok());
        QCOMPARE(record::run_finished(**broken)->reason, "cancelled");
        const auto resumed = run(with({{"checkpoint_path", file}, {"resume_from", file}}));
        QCOMPARE(losses(*resumed), losses(*whole));
        QCOMPARE(last_parameters(*resumed), last_parameters(*whole));
        QCOMPARE(QString::fromStdString(record::curve_csv(*resumed)), QString::fromStdString(record::curve_csv(*whole)));
        // What the record says reproduces the whole run, without the checkpoint.
        const auto json = parse_json(record::run_started(*resumed)->config_json, "the record");
        auto kept = parse_config(*json, m_engine->methods(), "the record");
        QVERIFY(kept.ok());
        kept->settings["checkpoint_path"] = std::string{};
        QCOMPARE(losses(*run(*kept)), losses(*whole));
    }
}

void TestTrainingBench::a_longer_plan_is_an_event_at_the_checkpoint()
{
    const auto file = m_folder.filePath("plan.safetensors").toStdString();
    (void)run(moons({{"checkpoint_path", file}}));
    const auto longer = run(moons({{"resume_from", file}, {"steps", std::int64_t{90}}, {"learning_rate", 0.01}}));
    const auto steps = record::training_steps(*longer);
    QCOMPARE(steps.size(), std::size_t{90});
    QCOMPARE(steps[59].learning_rate, 0.1F);
    QCOMPARE(steps[60].learning_rate, 0.01F);
    const auto json = parse_json(record::run_started(*longer)->config_json, "the record");
    const auto kept = parse_config(*json, m_engine->methods(), "the record");
    QVERIFY(kept.ok());
    QCOMPARE(kept->events.size(), std::size_t{1});
    QCOMPARE(kept->events[0].round, 60);
}

void TestTrainingBench::a_checkpoint_of_another_config_is_refused_data()
{
    QTest::addColumn<QString>("part");
    for (const auto* part : {"hidden", "seed", "data set", "label_noise", "no such file", "damaged file"}) {
        QTest::newRow(part) << part;
    }
}

void TestTrainingBench::a_checkpoint_of_another_config_is_refused()
{
    QFETCH(QString, part);
    const auto file = m_folder.filePath("other.safetensors").toStdString();
    (void)run(moons({{"checkpoint_path", file}, {"steps", std::int64_t{5}}}));
    auto config = moons({{"resume_from", file}});
    QString expected = part;
    if (part == "hidden") {
        config.settings["hidden"] = std::vector<std::int64_t>{8};
    } else if (part == "seed") {
        config.seed = 9;
    } else if (part == "data set") {
        config.methods["data_set"] = {"spirals", {}};
    } else if (part == "label_noise") {
        config.settings["label_noise"] = std::string("pair");
    } else if (part == "no such file") {
        config.settings["resume_from"] = file + ".gone";
        expected = "other.safetensors.gone";
    } else {
        QFile damaged(QString::fromStdString(file));
        QVERIFY(damaged.resize(damaged.size() / 2));
        expected = "other.safetensors";
    }
    NullSink sink;
    const auto refused = m_engine->run(config, {}, sink);
    QVERIFY(!refused.ok());
    QVERIFY2(QString::fromStdString(refused.error().message).contains(expected), refused.error().message.c_str());
    QVERIFY(!refused.error().hint.empty());
}

void TestTrainingBench::cancel_answers_within_100_ms_data()
{
    QTest::addColumn<QString>("net");
    QTest::newRow("a perceptron on points") << "mlp";
    QTest::newRow("a convolutional network on digits") << "cnn";
}

void TestTrainingBench::cancel_answers_within_100_ms()
{
    QFETCH(QString, net);
    auto config = moons({{"steps", std::int64_t{10'000'000}}, {"net", net.toStdString()}});
    if (net == "cnn") {
        config.methods["data_set"] = {"digits", {{"samples", std::int64_t{1000}}, {"size", std::string("28")}}};
        config.settings["hidden"] = std::vector<std::int64_t>{8, 16};
        config.settings["validate_every"] = std::int64_t{1};  // looks must be cancelled too
    }
    const CancelToken cancel;
    KeepingSink sink;
    QElapsedTimer since;
    std::thread stopper([&] {
        while (sink.steps.load() < 3) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        since.start();
        cancel.cancel();
    });
    const auto record = m_engine->run(config, cancel, sink);
    const auto answered = since.elapsed();
    stopper.join();
    QVERIFY(record.ok());
    QCOMPARE(record::run_finished(**record)->reason, "cancelled");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY2(answered <= 100, qPrintable(QString("%1 ms").arg(answered)));
#endif
}

void TestTrainingBench::the_bowl_converges_and_diverges_as_real_runs()
{
    const auto bowl = [&](double rate) {
        auto config = moons({{"net", std::string("quadratic")},
                             {"curvature", std::vector<double>{4, 1}},
                             {"learning_rate", rate},
                             {"steps", std::int64_t{300}}});
        config.methods["optimizer"] = {"sgd", {{"momentum", 0.0}, {"weight_decay", 0.0}}};
        return run(config);
    };
    const auto falling = losses(*bowl(0.49)), rising = losses(*bowl(0.51));
    QCOMPARE(falling.front(), 2.5F);
    QVERIFY(falling.back() < 1e-6F);
    QVERIFY(rising.back() > 1e9F);
}

void TestTrainingBench::a_run_that_diverges_says_so()
{
    const auto stopped = run(moons({{"learning_rate", 100.0}, {"activation", std::string("identity")}, {"steps", std::int64_t{400}}}));
    QCOMPARE(record::run_finished(*stopped)->reason, "diverged");
    QCOMPARE(m_notes.size(), std::size_t{1});
    const auto count = record::training_steps(*stopped).size();
    QVERIFY(count < 400);
    QVERIFY(!std::isfinite(record::training_validations(*stopped).back().loss));
    const auto on = run(moons({{"learning_rate", 100.0},
                               {"activation", std::string("identity")},
                               {"steps", std::int64_t{400}},
                               {"when_diverged", std::string("go-on")}}));
    QCOMPARE(record::training_steps(*on).size(), std::size_t{400});
    QVERIFY(QString::fromStdString(record::curve_csv(*on)).contains("nan"));
    const auto file = m_folder.filePath("diverged.tlrun").toStdString();
    QVERIFY(record::save(*on, file).ok());
    QVERIFY(record::load(file).ok());
}

void TestTrainingBench::snapshots_are_thinned()
{
    const auto record = run(moons({{"snapshot_every", std::int64_t{1}}, {"snapshots_kept", std::int64_t{10}}}));
    const auto snapshots = record::training_snapshots(*record);
    QVERIFY(snapshots.size() <= 10 && snapshots.size() >= 6);
    QCOMPARE(snapshots.front()->moment, -1);
    QCOMPARE(snapshots.back()->moment, 59);
    for (const auto* snapshot : snapshots) {
        QCOMPARE(record::training_snapshot_from(*snapshot)->parameters.size(), std::size_t{354});
    }
    QVERIFY(record::training_snapshots(*run(moons({{"snapshots_kept", std::int64_t{0}}}))).empty());
}

/// The config's declarations live in a library without the core: their words must be the core's.
void TestTrainingBench::choices_of_the_settings_exist_in_the_core()
{
    const auto declared = [](const std::string& key) {
        for (const auto& setting : training_declarations()) {
            if (setting.key == key) {
                return setting.choices;
            }
        }
        return std::vector<std::string>{};
    };
    QCOMPARE(declared("label_noise"), training::label_noise_kinds());
    QCOMPARE(declared("exit_weights"), training::exit_weight_schemes());
}

void TestTrainingBench::every_setting_can_be_read()
{
    std::set<std::string> keys;
    for (const auto& setting : training_declarations()) {
        QVERIFY2(keys.insert(setting.key).second, setting.key.c_str());
        QVERIFY2(check_value(setting, setting.default_value).ok(), setting.key.c_str());
        QVERIFY2(!setting.label.empty() && setting.help.size() >= 10, setting.key.c_str());
        QCOMPARE(setting.choices.size(), setting.choice_labels.size());
    }
}

QTEST_APPLESS_MAIN(TestTrainingBench)
#include "test_training_bench.moc"
