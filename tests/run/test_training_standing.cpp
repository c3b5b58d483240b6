// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/run/training_bench_testing.h"

#include <set>

using namespace timberline;
using namespace timberline::run;
using namespace timberline::training_test;

namespace {

class CountingSink final : public ProgressSink
{
public:
    void on_event(const record::Event& event) override
    {
        if (const auto* block = std::get_if<record::Block>(&event.payload); block != nullptr && block->kind == record::kTrainingSteps) {
            const auto read = record::training_steps_from(*block);
            ascending = ascending && read->first_moment == steps;
            steps += static_cast<int>(read->steps.size());
        }
    }
    int steps = 0;
    bool ascending = true;  ///< no step was sent twice or left out
};

/// Stands still at these moments for no time, and looks how far the sink is.
class StandingControl final : public RunControl
{
public:
    StandingControl(std::set<int> moments, const CountingSink& sink) : moments_(std::move(moments)), sink_(sink) {}
    void wait_for_turn(std::int32_t moment, const CancelToken&, const std::function<void()>& before_waiting) override
    {
        if (moments_.contains(moment)) {
            if (before_waiting) {
                before_waiting();
            }
            seen[moment] = sink_.steps;
        }
    }
    std::map<int, int> seen;

private:
    std::set<int> moments_;
    const CountingSink& sink_;
};

}  // namespace

/// A long training run, whose steps come in blocks, that somebody pauses or takes step by step.
class TestTrainingStanding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void a_run_that_stands_still_has_sent_every_step_data();
    void a_run_that_stands_still_has_sent_every_step();

private:
    Runner m_runner;
};

void TestTrainingStanding::a_run_that_stands_still_has_sent_every_step_data()
{
    QTest::addColumn<QString>("bench");
    QTest::addColumn<QList<int>>("moments");
    // 2,000 steps in 400 blocks of 5; snapshots end a block, too, and most of them leave the record again.
    const QList<int> few = {0, 1, 2, 3, 4, 5, 12, 13, 14, 20, 21, 33, 64, 65, 700};
    QList<int> all;
    for (int moment = 0; moment < 2000; ++moment) {
        all << moment;
    }
    QTest::newRow("training, now and then") << "training" << few;
    QTest::newRow("training, step by step") << "training" << all;
    QTest::newRow("a landscape that follows its training") << "landscape" << all;
}

void TestTrainingStanding::a_run_that_stands_still_has_sent_every_step()
{
    QFETCH(QString, bench);
    QFETCH(QList<int>, moments);
    auto config = moons({{"steps", std::int64_t{2000}},
                         {"hidden", std::vector<std::int64_t>{4}},
                         {"validate_every", std::int64_t{0}},
                         {"snapshot_every", std::int64_t{32}},
                         {"snapshots_kept", std::int64_t{8}}});
    config.events = {change(13, "learning_rate", 0.05), change(33, "learning_rate", 0.02)};
    if (bench == "landscape") {
        config.bench = "landscape";
        for (const auto* key : {"nx", "ny", "follow_points"}) {
            config.settings[key] = std::int64_t{3};
        }
        config.settings["follow"] = true;
        config.settings["follow_every"] = std::int64_t{5};
    }
    const auto plain = m_runner.run(config);
    QCOMPARE(record::training_steps(*plain).size(), std::size_t{2000});
    CountingSink sink;
    StandingControl control({moments.begin(), moments.end()}, sink);
    const auto record = m_runner.engine().run(config, {}, sink, &control);
    QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
    QCOMPARE(control.seen.size(), static_cast<std::size_t>(moments.size()));
    for (const auto& [moment, steps] : control.seen) {
        QCOMPARE(steps, moment);
    }
    QVERIFY(sink.ascending);
    QCOMPARE(sink.steps, 2000);
    // Where it stood leaves no trace.
    std::string difference;
    QVERIFY2(record::equal_but_times(*plain, **record, &difference), difference.c_str());
}

QTEST_APPLESS_MAIN(TestTrainingStanding)
#include "test_training_standing.moc"
