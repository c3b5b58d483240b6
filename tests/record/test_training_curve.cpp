// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/codec.h"
#include "core/record/training_curve.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace timberline;
using namespace timberline::record;

namespace {

TrainingSteps three_steps()
{
    TrainingSteps out{.first_moment = 4, .steps = {}};
    for (int i = 0; i < 3; ++i) {
        out.steps.push_back({.step = 10 + i,
                             .epoch = 2,
                             .loss = 1.0F / static_cast<float>(i + 3),
                             .accuracy = 0.5F,
                             .learning_rate = 0.1F,
                             .passes = 22 + 2 * i});
    }
    out.steps[1].accuracy = std::nanf("");
    out.steps[2].loss = std::numeric_limits<float>::infinity();
    return out;
}

TrainingValidation a_look()
{
    TrainingValidation out;
    out.moment = 5;
    out.step = 12;
    out.train_loss = 0.1;
    out.loss = 0.1 + 1e-12;  // needs all digits of a double
    out.accuracy = out.train_accuracy = 0.75;
    out.head_loss = {0.3F, 0.2F};
    out.head_accuracy = {0.5F, 0.75F};
    out.train_row_loss = {1, 2};
    out.row_loss = {3, 4, 5};
    out.confidence = {0.6F, 0.7F, 0.8F};
    out.correct = {1, 0, 1};
    out.layers = 2;
    out.head_entropy = {1, 2, 3, 4};
    return out;
}

TrainingSetup a_setup()
{
    TrainingSetup out;
    out.net = "{}";
    out.data_set = "two-moons";
    out.task = "classification";
    out.parameters = 9;
    out.samples = 2;
    out.train = 1;
    out.outputs = 2;
    out.steps = 100;
    out.sample_shape = {2};
    out.inputs = {1, 2, 3, 4};
    out.labels = {0, 1};
    out.flipped = {0, 1};
    return out;
}

Block step_block()
{
    return to_block(three_steps());
}

}  // namespace

class TestTrainingCurve : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blocks_keep_everything();
    void a_saved_record_gives_the_same_curve();
    void damaged_blocks_are_refused_data();
    void damaged_blocks_are_refused();
    void a_block_ends_with_its_last_step_data();
    void a_block_ends_with_its_last_step();
    void the_curve_is_written_as_csv();
    void thinning_keeps_first_last_and_the_newer_half_data();
    void thinning_keeps_first_last_and_the_newer_half();
};

void TestTrainingCurve::blocks_keep_everything()
{
    const auto steps = training_steps_from(step_block());
    QVERIFY(steps.ok());
    QCOMPARE(steps->first_moment, 4);
    QCOMPARE(steps->steps.size(), std::size_t{3});
    QCOMPARE(steps->steps[0].step, 10);
    QCOMPARE(steps->steps[0].loss, 1.0F / 3);
    QCOMPARE(steps->steps[2].passes, 26);
    QVERIFY(std::isnan(steps->steps[1].accuracy));
    QVERIFY(std::isinf(steps->steps[2].loss));

    const auto look = training_validation_from(to_block(a_look()));
    QVERIFY(look.ok());
    QCOMPARE(look->moment, 5);
    QCOMPARE(look->step, 12);
    QVERIFY(look->loss == 0.1 + 1e-12);
    QCOMPARE(look->row_loss, (std::vector<float>{3, 4, 5}));
    QCOMPARE(look->correct, (std::vector<std::int32_t>{1, 0, 1}));
    QCOMPARE(look->head_entropy, (std::vector<float>{1, 2, 3, 4}));
    QVERIFY(look->train_confidence.empty());

    const auto setup = training_setup_from(to_block(a_setup()));
    QVERIFY(setup.ok());
    QCOMPARE(setup->task, "classification");
    QCOMPARE(setup->inputs, (std::vector<float>{1, 2, 3, 4}));
    QCOMPARE(setup->flipped, (std::vector<std::int32_t>{0, 1}));
    QVERIFY(std::isnan(setup->lower_bound));

    const TrainingSnapshot kept{.moment = 3, .step = 4, .loss = 0.25, .parameters = {1, 2, 3}, .buffers = {}};
    const auto snapshot = training_snapshot_from(to_block(kept));
    QVERIFY(snapshot.ok());
    QCOMPARE(snapshot->parameters, kept.parameters);
    QVERIFY(snapshot->buffers.empty());
}

void TestTrainingCurve::a_saved_record_gives_the_same_curve()
{
    Record record;
    RunStarted started;
    started.bench = "training";
    record.events.push_back({std::move(started)});
    record.events.push_back({step_block()});
    record.events.push_back({to_block(a_look())});
    QTemporaryDir folder;
    const auto file = folder.filePath("a.tlrun").toStdString();
    QVERIFY(save(record, file).ok());
    const auto read = load(file);
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(curve_csv(**read), curve_csv(record));
    QCOMPARE(training_validations(**read).at(0).loss, 0.1 + 1e-12);
}

void TestTrainingCurve::damaged_blocks_are_refused_data()
{
    QTest::addColumn<int>("damage");
    QTest::newRow("steps: the table is missing") << 0;
    QTest::newRow("steps: another number of columns") << 1;
    QTest::newRow("steps: fewer values than the shape says") << 2;
    QTest::newRow("steps: a negative step number") << 3;
    QTest::newRow("steps: a step number that is not one") << 4;
    QTest::newRow("steps: times of another length") << 5;
    QTest::newRow("steps: no moment") << 6;
    QTest::newRow("look: the loss is missing") << 7;
    QTest::newRow("look: confidences for other rows") << 8;
    QTest::newRow("look: entropies that do not fill the layers") << 9;
    QTest::newRow("setup: more for training than there are") << 10;
    QTest::newRow("setup: inputs of another size") << 11;
    QTest::newRow("setup: a shape of 0") << 12;
    QTest::newRow("setup: 10^300 samples") << 13;
    QTest::newRow("snapshot: parameters of another type") << 14;
    QTest::newRow("snapshot: half a step") << 15;
}

void TestTrainingCurve::damaged_blocks_are_refused()
{
    QFETCH(int, damage);
    auto steps = step_block(), look = to_block(a_look()), setup = to_block(a_setup());
    auto snapshot = to_block(TrainingSnapshot{.moment = 3, .step = 4, .loss = 0.25, .parameters = {1, 2, 3}, .buffers = {}});
    QVERIFY(training_steps_from(steps).ok() && training_validation_from(look).ok() && training_setup_from(setup).ok());
    auto& table = steps.arrays["steps"];
    auto& values = std::get<std::vector<double>>(table.values);
    switch (damage) {
    case 0:
        steps.arrays.erase("steps");
        break;
    case 1:
        table.shape = {11, 3};
        break;
    case 2:
        steps.arrays["elapsed_ms"].shape = {2};
        break;
    case 3:
        values[0] = -1;
        break;
    case 4:
        values[0] = std::nan("");
        break;
    case 5:
        steps.arrays["elapsed_ms"] = {.shape = {1}, .values = std::vector<float>{0}};
        break;
    case 6:
        steps.moment = -1;
        break;
    case 7:
        look.numbers.erase("loss");
        break;
    case 8:
        look.arrays["confidence"] = {.shape = {2}, .values = std::vector<float>{0, 0}};
        break;
    case 9:
        look.numbers["layers"] = 3;
        break;
    case 10:
        setup.numbers["train"] = 3;
        break;
    case 11:
        setup.arrays["inputs"] = {.shape = {3}, .values = std::vector<float>{0, 0, 0}};
        break;
    case 12:
        setup.arrays["sample_shape"] = {.shape = {1}, .values = std::vector<double>{0}};
        break;
    case 13:
        setup.numbers["samples"] = 1e300;
        break;
    case 14:
        snapshot.arrays["parameters"] = {.shape = {1}, .values = std::vector<double>{0}};
        break;
    case 15:
        snapshot.numbers["step"] = 0.5;
        break;
    default:
        break;
    }
    const bool all = training_steps_from(steps).ok() && training_validation_from(look).ok() && training_setup_from(setup).ok() &&
                     training_snapshot_from(snapshot).ok();
    QVERIFY(!all);
}

void TestTrainingCurve::a_block_ends_with_its_last_step_data()
{
    QTest::addColumn<Block>("block");
    QTest::addColumn<int>("moment");
    const auto with = [](std::int32_t first, std::size_t count) {
        return to_block(TrainingSteps{.first_moment = first, .steps = std::vector<TrainingStep>(count)});
    };
    QTest::newRow("one step") << with(7, 1) << 7;
    QTest::newRow("five steps: 7, 8, 9, 10, 11") << with(7, 5) << 11;
    QTest::newRow("no step") << with(7, 0) << 7;
    QTest::newRow("before the first step") << to_block(TrainingValidation{}) << -1;
    QTest::newRow("at the end of what a moment can be")
        << with(std::numeric_limits<std::int32_t>::max() - 1, 3) << std::numeric_limits<std::int32_t>::max() - 1;
    auto damaged = with(7, 5);
    damaged.arrays["steps"].shape = {9, 9};
    QTest::newRow("a table of another shape") << damaged << 7;
    damaged.arrays.clear();
    QTest::newRow("no table") << damaged << 7;
}

void TestTrainingCurve::a_block_ends_with_its_last_step()
{
    QFETCH(Block, block);
    QFETCH(int, moment);
    QCOMPARE(last_moment(block), moment);
}

void TestTrainingCurve::the_curve_is_written_as_csv()
{
    Record record;
    record.events.push_back({step_block()});
    record.events.push_back({to_block(a_look())});  // moment 5: after the second step of the block
    const QStringList lines = QString::fromStdString(curve_csv(record)).split('\n');
    QCOMPARE(lines.at(0), "step,train_loss,val_loss,lr");
    QCOMPARE(lines.at(1), "10,0.333333343,,0.100000001");
    QCOMPARE(lines.at(2), "11,0.25,0.1,0.100000001");
    QCOMPARE(lines.at(3), "12,inf,,0.100000001");
    QCOMPARE(lines.size(), 5);
}

void TestTrainingCurve::thinning_keeps_first_last_and_the_newer_half_data()
{
    QTest::addColumn<QList<int>>("before");
    QTest::addColumn<int>("most");
    QTest::addColumn<QList<int>>("after");
    QTest::newRow("nothing while there is room") << QList<int>{0, 1, 2, 3} << 4 << QList<int>{0, 1, 2, 3};
    QTest::newRow("one too many") << QList<int>{0, 1, 2, 3, 4} << 4 << QList<int>{0, 2, 3, 4};
    QTest::newRow("every second one of the older half") << QList<int>{0, 1, 2, 3, 4, 5, 6, 7, 8} << 8 << QList<int>{0, 2, 4, 5, 6, 7, 8};
    QTest::newRow("two are never thinned") << QList<int>{0, 9} << 1 << QList<int>{0, 9};
}

void TestTrainingCurve::thinning_keeps_first_last_and_the_newer_half()
{
    QFETCH(QList<int>, before);
    QFETCH(int, most);
    QFETCH(QList<int>, after);
    std::vector<std::size_t> indices(before.begin(), before.end());
    QCOMPARE(thin_snapshots(indices, static_cast<std::size_t>(most)), before != after);
    QCOMPARE(indices, std::vector<std::size_t>(after.begin(), after.end()));
}

QTEST_APPLESS_MAIN(TestTrainingCurve)
#include "test_training_curve.moc"
