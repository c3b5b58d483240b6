// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/training_recorder.h"
#include "core/run/training_returns.h"
#include "tests/training/training_testing.h"

using namespace timberline;
using namespace timberline::run;
using training_test::choices;

namespace {

training::TrainerState state_of(std::int64_t step)
{
    training::TrainerState state;
    state.step = step;
    state.parameters.assign(100, static_cast<float>(step));
    state.optimizer["velocity"].assign(100, 0.0F);  // 800 bytes together
    return state;
}

}  // namespace

/// What a run keeps of its way, in its record and to go back to.
class TestTrainingKeeping : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void states_fit_the_memory_data();
    void states_fit_the_memory();
    void going_back_finds_the_last_state_before();
    void a_resumed_run_keeps_the_steps_of_the_whole_one();
    void rows_stay_in_the_newest_looks();
    void dropped_snapshots_leave_the_record_fast();
};

void TestTrainingKeeping::states_fit_the_memory_data()
{
    QTest::addColumn<int>("bytes");
    QTest::addColumn<QList<int>>("steps");
    // 0, 10 ... 100 are kept in this order
    QTest::newRow("room for all") << 800 * 11 << QList<int>{0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
    QTest::newRow("room for two: the first and the newest") << 800 * 2 << QList<int>{0, 100};
    QTest::newRow("room for one: the newest") << 800 * 2 - 1 << QList<int>{100};
    QTest::newRow("room for none: the newest all the same") << 1 << QList<int>{100};
}

void TestTrainingKeeping::states_fit_the_memory()
{
    QFETCH(int, bytes);
    QFETCH(QList<int>, steps);
    ReturnStates states(static_cast<std::size_t>(bytes));
    for (int step = 0; step <= 100; step += 10) {
        states.keep(state_of(step));
    }
    QCOMPARE(states.steps(), std::vector<std::int64_t>(steps.begin(), steps.end()));
}

void TestTrainingKeeping::going_back_finds_the_last_state_before()
{
    ReturnStates states;
    QVERIFY(states.back_to(5) == nullptr);
    for (int step = 10; step <= 40; step += 10) {
        states.keep(state_of(step));
    }
    QVERIFY(states.back_to(9) == nullptr);
    QCOMPARE(states.steps().size(), std::size_t{4});
    QCOMPARE(states.back_to(1000)->step, 40);
    const auto* back = states.back_to(29);
    QVERIFY(back != nullptr);
    QCOMPARE(back->parameters.front(), 20.0F);
    QCOMPARE(states.steps(), (std::vector<std::int64_t>{10, 20}));  // later ones are another future's
    states.clear();
    QVERIFY(states.back_to(29) == nullptr);
}

void TestTrainingKeeping::a_resumed_run_keeps_the_steps_of_the_whole_one()
{
    for (const int stopped : {57, 60}) {
        ReturnStates whole(800 * 7), resumed(800 * 7);
        for (int step = 0; step <= 200; step += 10) {
            if (step > stopped && resumed.steps().empty()) {
                resumed.resume(whole.steps(), state_of(stopped));
                QCOMPARE(resumed.steps(), whole.steps());
                QCOMPARE(resumed.lost(stopped).value_or(-1), stopped == 60 ? -1 : 50);
            }
            whole.keep(state_of(step));
            if (!resumed.steps().empty()) {
                resumed.keep(state_of(step));
            }
        }
        QCOMPARE(resumed.steps(), whole.steps());
        QCOMPARE(resumed.lost(0).value_or(-1), 0);
        QVERIFY(!resumed.lost(-1) && !resumed.lost(200) && !whole.lost(0));
        QVERIFY(resumed.back_to(0) == nullptr);
        QCOMPARE(whole.back_to(0)->step, 0);
    }
}

void TestTrainingKeeping::rows_stay_in_the_newest_looks()
{
    const auto trainer = training_test::trainer(choices("two-moons", {{"samples", std::int64_t{50}}}, "sgd"), {});
    NullSink sink;
    TrainingRecorder recorder(sink, {});
    recorder.begin({}, setup_of(*trainer, "two-moons"));
    for (int i = 0; i < 103; ++i) {
        QVERIFY(recorder.look(*trainer, 0, {}).ok());
    }
    const auto record = recorder.finish({}, "");
    const auto looks = record::training_validations(*record);
    QCOMPARE(looks.size(), std::size_t{103});
    for (std::size_t i = 0; i < looks.size(); ++i) {
        const bool whole = i >= 3;
        QCOMPARE(looks[i].train_row_loss.size() + looks[i].row_loss.size(), std::size_t{whole ? 50U : 0U});
        QCOMPARE(looks[i].train_confidence.size() + looks[i].confidence.size(), std::size_t{whole ? 50U : 0U});
        QCOMPARE(looks[i].train_correct.size() + looks[i].correct.size(), std::size_t{whole ? 50U : 0U});
        QCOMPARE(looks[i].loss, looks.back().loss);
        QCOMPARE(looks[i].head_accuracy, looks.back().head_accuracy);
    }
}

void TestTrainingKeeping::dropped_snapshots_leave_the_record_fast()
{
    TrainingValues values;
    values.net = "quadratic";
    const auto trainer = training_test::trainer(choices("two-moons", {}, "sgd"), values);
    NullSink sink;
    TrainingRecorder recorder(sink, {});
    recorder.begin({}, setup_of(*trainer, ""));
    constexpr int kCount = 30'000;
    for (int i = 0; i < kCount; ++i) {
        (void)recorder.snapshot(*trainer, 10);
        if (i % 1000 == 0) {
            recorder.add(record::Note{std::to_string(i)});
        }
    }
    QElapsedTimer timer;
    timer.start();
    const auto record = recorder.finish({}, "");
    [[maybe_unused]] const auto elapsed = timer.elapsed();
    QVERIFY(record::training_snapshots(*record).size() <= 10);
    for (const auto* snapshot : record::training_snapshots(*record)) {
        QCOMPARE(record::training_snapshot_from(*snapshot)->parameters.size(), std::size_t{2});
    }
    std::vector<std::string> notes;
    for (const auto& event : record->events) {
        if (const auto* note = std::get_if<record::Note>(&event.payload)) {
            notes.push_back(note->text);
        }
    }
    QCOMPARE(notes.size(), std::size_t{kCount / 1000});
    QCOMPARE(notes.back(), "29000");
    QVERIFY(std::holds_alternative<record::RunFinished>(record->events.back().payload));
    QCOMPARE(record->events.size(), notes.size() + record::training_snapshots(*record).size() + 3);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY2(elapsed < 500, qPrintable(QString("%1 ms").arg(elapsed)));  // one erase a snapshot takes minutes
#endif
}

QTEST_APPLESS_MAIN(TestTrainingKeeping)
#include "test_training_keeping.moc"
