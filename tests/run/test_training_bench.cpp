// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/codec.h"
#include "core/run/training_values.h"
#include "core/training/exit_weights.h"
#include "core/training/label_noise.h"
#include "tests/run/training_bench_testing.h"

#include <cmath>
#include <thread>

using namespace timberline;
using namespace timberline::run;
using namespace timberline::training_test;

class TestTrainingBench : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_runner = std::make_unique<training_test::Runner>(); }
    void the_same_config_gives_the_same_record();
    void the_record_holds_what_views_need();
    void the_sink_sees_what_the_record_holds();
    void a_live_change_equals_a_scheduled_one();
    void a_scheduled_change_equals_a_run_so_configured();
    void a_wrong_tweak_is_refused_and_training_goes_on();
    void a_loss_that_does_not_fit_leaves_no_trace_data();
    void a_loss_that_does_not_fit_leaves_no_trace();
    void another_optimizer_starts_anew();
    void going_back_repeats_the_steps();
    void going_back_behind_another_base_goes_on();
    void labels_that_teach_the_wrong_classes_are_told_data();
    void labels_that_teach_the_wrong_classes_are_told();
    void cancel_answers_within_100_ms_data();
    void cancel_answers_within_100_ms();
    void the_bowl_converges_and_diverges_as_real_runs();
    void a_run_that_diverges_says_so();
    void snapshots_are_thinned();
    void large_snapshots_are_fewer();
    void choices_of_the_settings_exist_in_the_core();
    void every_setting_can_be_read();

private:
    record::RecordPtr run(const Config& config, RunControl* control = nullptr) { return m_runner->run(config, control); }
    std::unique_ptr<training_test::Runner> m_runner;
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
    const auto record = m_runner->engine().run(moons(), {}, sink);
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
    QCOMPARE(losses(*run(m_runner->config_of(*live))), losses(*live));
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
    QCOMPARE(m_runner->notes.size(), std::size_t{3});
    QCOMPARE(losses(*record), losses(*run(moons())));
}

void TestTrainingBench::a_loss_that_does_not_fit_leaves_no_trace_data()
{
    QTest::addColumn<QString>("data_set");
    QTest::addColumn<QString>("loss");
    QTest::addColumn<QString>("unfit");
    QTest::newRow("a loss for numbers on classes") << "two-moons"
                                                   << "ce"
                                                   << "mse";
    QTest::newRow("a loss for classes on numbers") << "regression-curves"
                                                   << "mse"
                                                   << "ce";
}

void TestTrainingBench::a_loss_that_does_not_fit_leaves_no_trace()
{
    QFETCH(QString, data_set);
    QFETCH(QString, loss);
    QFETCH(QString, unfit);
    const auto file = m_folder.filePath("loss.safetensors").toStdString();
    auto config = moons({{"checkpoint_path", file}});
    config.methods["data_set"] = {data_set.toStdString(), {}};
    config.methods["loss"] = {loss.toStdString(), {}};
    ConfigEvent other_loss;
    other_loss.round = 30;
    other_loss.choose["loss"] = unfit.toStdString();
    ScriptedControl control;
    control.script[30] = {other_loss};
    const auto record = run(config, &control);
    QCOMPARE(m_runner->notes.size(), std::size_t{1});
    QVERIFY2(QString::fromStdString(m_runner->notes[0]).contains("the loss wants"), m_runner->notes[0].c_str());
    QCOMPARE(record::run_finished(*record)->reason, "length");
    QVERIFY(record::changes(*record).empty());
    QVERIFY(m_runner->config_of(*record).events.empty());
    // Nor is it in the checkpoint, from which training goes on with the loss it has.
    config.settings["resume_from"] = file;
    config.settings["steps"] = std::int64_t{70};
    const auto resumed = run(config);
    QCOMPARE(record::training_steps(*resumed).size(), std::size_t{70});
    QCOMPARE(m_runner->config_of(*resumed).methods.at("loss").id, loss.toStdString());
    // As a planned event it is an error.
    config.settings["resume_from"] = std::string{};
    config.events = {other_loss};
    const auto planned = run(config);
    QCOMPARE(record::run_finished(*planned)->reason, "error");
    QVERIFY(QString::fromStdString(record::run_finished(*planned)->message).contains("the loss wants"));
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

/// SAM on SGD and SAM on AdamW have one id and other states.
void TestTrainingBench::going_back_behind_another_base_goes_on()
{
    auto config = moons();
    config.methods["optimizer"] = {"sam", {}};
    config.events = {change(30, "base", std::string("adamw"))};
    const auto plain = run(config);
    config.events.push_back(change(45, "return_to_step", std::int64_t{20}));
    const auto record = run(config);
    QCOMPARE(record::run_finished(*record)->reason, "length");
    QCOMPARE(m_runner->notes.size(), std::size_t{1});
    QVERIFY2(QString::fromStdString(m_runner->notes[0]).contains("training goes on where it is"), m_runner->notes[0].c_str());
    QCOMPARE(losses(*record), losses(*plain));
}

void TestTrainingBench::labels_that_teach_the_wrong_classes_are_told_data()
{
    QTest::addColumn<QString>("noise");
    QTest::addColumn<double>("rate");
    QTest::addColumn<bool>("told");
    // losses.md P07 on two classes: (C-1)/C = 0.5
    QTest::newRow("at the limit") << "symmetric-other" << 0.5 << false;
    QTest::newRow("above the limit") << "symmetric-other" << 0.6 << true;
    QTest::newRow("no noise") << "none" << 0.6 << false;
    // 1 - 0.9 + 0.9 / 2 = 0.55 of the labels stay
    QTest::newRow("the true class may be drawn again") << "symmetric-any" << 0.9 << false;
}

void TestTrainingBench::labels_that_teach_the_wrong_classes_are_told()
{
    QFETCH(QString, noise);
    QFETCH(double, rate);
    QFETCH(bool, told);
    const auto record = run(moons({{"label_noise", noise.toStdString()}, {"label_noise_rate", rate}, {"steps", std::int64_t{2}}}));
    QCOMPARE(m_runner->notes.size(), std::size_t{told ? 1U : 0U});
    if (told) {
        QVERIFY2(QString::fromStdString(m_runner->notes[0]).contains("above 0.5 the true one of 2"), m_runner->notes[0].c_str());
        const auto* note = std::get_if<record::Note>(&record->events[2].payload);
        QVERIFY(note != nullptr && note->text == m_runner->notes[0]);
    }
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
    const auto record = m_runner->engine().run(config, cancel, sink);
    [[maybe_unused]] const auto answered = since.elapsed();
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
    QCOMPARE(m_runner->notes.size(), std::size_t{1});
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

void TestTrainingBench::large_snapshots_are_fewer()
{
    const auto record = run(moons({{"hidden", std::vector<std::int64_t>{2000, 1000}},
                                   {"steps", std::int64_t{12}},
                                   {"batch_size", std::int64_t{1}},
                                   {"snapshot_every", std::int64_t{1}},
                                   {"validate_every", std::int64_t{0}}}));
    // 2 * 2000 + 2000 + 2000 * 1000 + 1000 + 1000 * 2 + 2 = 2,009,002 numbers of 4 bytes: 8 of them fit into 64 MiB, of 13
    const auto snapshots = record::training_snapshots(*record);
    QVERIFY2(snapshots.size() <= 8 && snapshots.size() >= 5, qPrintable(QString::number(snapshots.size())));
    QCOMPARE(snapshots.front()->moment, -1);
    QCOMPARE(snapshots.back()->moment, 11);
    QCOMPARE(record::training_snapshot_from(*snapshots[1])->parameters.size(), std::size_t{2'009'002});
    QCOMPARE(m_runner->notes.size(), std::size_t{1});
    QVERIFY2(QString::fromStdString(m_runner->notes[0]).startsWith("8 snapshots of 2009002 numbers"), m_runner->notes[0].c_str());
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
