// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/checkpoint.h"
#include "tests/run/training_bench_testing.h"

#include <algorithm>

using namespace timberline;
using namespace timberline::run;
using namespace timberline::training_test;

namespace {

/// Changes of hyperparameters as text, with the number of steps that the record holds before them.
QStringList marks(const record::Record& record)
{
    QStringList out;
    std::size_t steps = 0;
    for (const auto& event : record.events) {
        const auto* block = std::get_if<record::Block>(&event.payload);
        if (block != nullptr && block->kind == record::kTrainingSteps) {
            steps += record::training_steps_from(*block)->steps.size();
        }
        if (const auto* change = std::get_if<record::ParameterChanged>(&event.payload)) {
            out << QString("after %1: %2 %3 -> %4, %5")
                       .arg(steps)
                       .arg(QString::fromStdString(change->key), QString::fromStdString(change->old_value),
                            QString::fromStdString(change->new_value))
                       .arg(change->round);
        }
    }
    return out;
}

std::size_t probes(const record::Record& record)
{
    return static_cast<std::size_t>(std::ranges::count_if(record.events, [](const auto& event) {
        const auto* block = std::get_if<record::Block>(&event.payload);
        return block != nullptr && !block->kind.starts_with("training-");
    }));
}

}  // namespace

class TestTrainingResume : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_runner = std::make_unique<Runner>(); }
    void a_resumed_run_equals_a_whole_one_data();
    void a_resumed_run_equals_a_whole_one();
    void a_change_that_the_cancel_met_is_made_on_resuming();
    void going_back_after_a_checkpoint_data();
    void going_back_after_a_checkpoint();
    void going_back_live_behind_the_checkpoint_is_refused();
    void the_probe_is_the_new_config_s();
    void a_longer_plan_is_an_event_at_the_checkpoint();
    void a_checkpoint_of_another_config_is_refused_data();
    void a_checkpoint_of_another_config_is_refused();

private:
    record::RecordPtr run(const Config& config, RunControl* control = nullptr) { return m_runner->run(config, control); }
    [[nodiscard]] std::string path(const QString& name) const { return m_folder.filePath(name + ".safetensors").toStdString(); }
    /// Trains until step `moment` is about to begin and leaves the checkpoint of the cancel.
    void stop_before(std::int32_t moment, Config config, const std::string& file)
    {
        config.settings["checkpoint_path"] = file;
        (void)m_runner->run_until(moment, config);
    }
    std::unique_ptr<Runner> m_runner;
    QTemporaryDir m_folder;
};

void TestTrainingResume::a_resumed_run_equals_a_whole_one_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<bool>("killed");
    for (const auto* method : {"sgd", "adamw", "sam"}) {
        QTest::newRow(qPrintable(QString("%1, killed in step 37: the last checkpoint is that of step 30").arg(method))) << method << true;
        QTest::newRow(qPrintable(QString("%1, cancelled before step 37: a cancel saves").arg(method))) << method << false;
    }
}

void TestTrainingResume::a_resumed_run_equals_a_whole_one()
{
    QFETCH(QString, method);
    QFETCH(bool, killed);
    const auto file = path("resumed"), copy = path("copy");
    QFile::remove(QString::fromStdString(copy));
    const auto with = [&](Values more) {
        auto config = moons(std::move(more));
        config.methods["optimizer"] = {method.toStdString(), {}};
        config.methods["schedule"] = {"cosine", {}};
        config.events = {change(10, "learning_rate", 0.02), change(20, "weight_decay", 0.001), change(20, "learning_rate", 0.03),
                         change(50, "learning_rate", 0.005)};
        return config;
    };
    const auto whole = run(with({}));
    // What a kill would leave: the file as it is before the cancel saves.
    const auto leave = [&] { QVERIFY(QFile::copy(QString::fromStdString(file), QString::fromStdString(copy))); };
    (void)m_runner->run_until(37, with({{"checkpoint_path", file}, {"checkpoint_every", std::int64_t{10}}}), leave);
    const auto from = killed ? copy : file;
    QCOMPARE(training::load_checkpoint(from)->state.step, killed ? 30 : 37);
    const auto resumed = run(with({{"checkpoint_path", from}, {"resume_from", from}}));
    QCOMPARE(losses(*resumed), losses(*whole));
    QCOMPARE(last_parameters(*resumed), last_parameters(*whole));
    QCOMPARE(QString::fromStdString(record::curve_csv(*resumed)), QString::fromStdString(record::curve_csv(*whole)));
    QCOMPARE(marks(*whole).size(), 4);
    QCOMPARE(marks(*resumed), marks(*whole));
    // What the record says reproduces the whole run, without the checkpoint.
    auto kept = m_runner->config_of(*resumed);
    kept.settings["checkpoint_path"] = std::string{};
    QCOMPARE(losses(*run(kept)), losses(*whole));
}

/// The checkpoint is that of the moment before the step's changes, else they would be made on another optimizer's state.
void TestTrainingResume::a_change_that_the_cancel_met_is_made_on_resuming()
{
    const auto file = path("met");
    auto config = moons();
    ConfigEvent event;
    event.round = 37;
    event.choose["optimizer"] = "adamw";
    config.events = {event};
    stop_before(37, config, file);
    const auto whole = run(config);
    config.settings["resume_from"] = file;
    const auto resumed = run(config);
    QCOMPARE(losses(*resumed), losses(*whole));
    QCOMPARE(marks(*resumed), marks(*whole));
}

void TestTrainingResume::going_back_after_a_checkpoint_data()
{
    QTest::addColumn<int>("stopped");
    QTest::addColumn<int>("step");
    QTest::addColumn<QString>("refused");
    // States are kept at steps 0, 10, 20 ...; the event is at step 55.
    QTest::newRow("to a state of after the checkpoint") << 37 << 45 << "";
    QTest::newRow("to the state of the checkpoint") << 40 << 45 << "";
    QTest::newRow("to a step before the checkpoint") << 37 << 20 << "before it starts";
    QTest::newRow("to a step after it, whose state is one before it") << 37 << 38 << "at the event";
}

void TestTrainingResume::going_back_after_a_checkpoint()
{
    QFETCH(int, stopped);
    QFETCH(int, step);
    QFETCH(QString, refused);
    const auto file = path("back");
    auto config = moons();
    config.events = {change(55, "return_to_step", std::int64_t{step})};
    stop_before(stopped, config, file);
    const auto whole = run(config);
    config.settings["resume_from"] = file;
    NullSink sink;
    const auto resumed = m_runner->engine().run(config, {}, sink);
    if (refused == "before it starts") {
        QVERIFY(!resumed.ok());
        QVERIFY2(QString::fromStdString(resumed.error().message).contains("before the checkpoint"), resumed.error().message.c_str());
        QVERIFY(!resumed.error().hint.empty());
        return;
    }
    QVERIFY2(resumed.ok(), resumed.ok() ? "" : resumed.error().message.c_str());
    const auto last = *record::run_finished(**resumed);
    if (refused.isEmpty()) {
        QCOMPARE(last.reason, "length");
        QCOMPARE(losses(*whole).size(), std::size_t{75});  // 55, and 20 from step 40 on
        QCOMPARE(losses(**resumed), losses(*whole));
    } else {
        QCOMPARE(last.reason, "error");
        QVERIFY2(QString::fromStdString(last.message).contains("before the checkpoint"), last.message.c_str());
        QCOMPARE(losses(**resumed).size(), std::size_t{55});
    }
}

void TestTrainingResume::going_back_live_behind_the_checkpoint_is_refused()
{
    const auto file = path("live");
    stop_before(37, moons(), file);
    ScriptedControl control;
    control.script[45] = {change(45, "return_to_step", std::int64_t{20})};
    const auto record = run(moons({{"resume_from", file}}), &control);
    QCOMPARE(m_runner->notes.size(), std::size_t{1});
    QVERIFY2(QString::fromStdString(m_runner->notes[0]).contains("before the checkpoint"), m_runner->notes[0].c_str());
    QCOMPARE(losses(*record), losses(*run(moons())));
    QVERIFY(m_runner->config_of(*record).events.empty());  // or the config would give another run
}

void TestTrainingResume::the_probe_is_the_new_config_s()
{
    const auto file = path("probe");
    auto with = moons({{"checkpoint_path", file}}), without = with;
    with.methods["probe"] = {"reliability", {}};
    for (const bool added : {true, false}) {
        (void)run(added ? without : with);
        auto config = added ? with : without;
        config.settings["resume_from"] = file;
        const auto record = run(config);
        QCOMPARE(probes(*record), std::size_t{added ? 1U : 0U});
        QCOMPARE(m_runner->config_of(*record).methods.contains("probe"), added);
    }
}

void TestTrainingResume::a_longer_plan_is_an_event_at_the_checkpoint()
{
    const auto file = m_folder.filePath("plan.safetensors").toStdString();
    (void)run(moons({{"checkpoint_path", file}}));
    const auto longer = run(moons({{"resume_from", file}, {"steps", std::int64_t{90}}, {"learning_rate", 0.01}}));
    const auto steps = record::training_steps(*longer);
    QCOMPARE(steps.size(), std::size_t{90});
    QCOMPARE(steps[59].learning_rate, 0.1F);
    QCOMPARE(steps[60].learning_rate, 0.01F);
    const auto kept = m_runner->config_of(*longer);
    QCOMPARE(kept.events.size(), std::size_t{1});
    QCOMPARE(kept.events[0].round, 60);
}

void TestTrainingResume::a_checkpoint_of_another_config_is_refused_data()
{
    QTest::addColumn<QString>("part");
    for (const auto* part : {"hidden", "seed", "data set", "label_noise", "no such file", "damaged file"}) {
        QTest::newRow(part) << part;
    }
}

void TestTrainingResume::a_checkpoint_of_another_config_is_refused()
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
    const auto refused = m_runner->engine().run(config, {}, sink);
    QVERIFY(!refused.ok());
    QVERIFY2(QString::fromStdString(refused.error().message).contains(expected), refused.error().message.c_str());
    QVERIFY(!refused.error().hint.empty());
}

QTEST_APPLESS_MAIN(TestTrainingResume)
#include "test_training_resume.moc"
