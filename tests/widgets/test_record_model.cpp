// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/training_curve.h"
#include "widgets/shared/record_model.h"

#include <QtTest/QtTest>

using namespace timberline;
using widgets::RecordModel;

namespace {

record::Event steps(std::int32_t first, std::size_t count)
{
    return {record::to_block(record::TrainingSteps{.first_moment = first, .steps = std::vector<record::TrainingStep>(count)})};
}

}  // namespace

/// How many moments a growing record has.
class TestRecordModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aBlockOfStepsIsAsManyMoments()
    {
        RecordModel model;
        model.append({{record::RunStarted{}}, {record::to_block(record::TrainingValidation{})}});  // a look before the first step
        QCOMPARE(model.roundCount(), 0);
        model.append({steps(0, 3)});
        QCOMPARE(model.roundCount(), 3);
        QCOMPARE(model.shownRounds(), 3);
        model.append({steps(3, 1), steps(4, 100)});
        QCOMPARE(model.roundCount(), 104);
        model.setShownRounds(60);
        model.append({steps(104, 5)});
        QCOMPARE(model.roundCount(), 109);
        QCOMPARE(model.shownRounds(), 60);  // somebody looks at it
    }

    void aFinishedRecordCountsTheSame()
    {
        auto record = std::make_shared<record::Record>();
        record->events = {{record::RunStarted{}}, steps(0, 40), steps(40, 2), {record::RunFinished{}}};
        RecordModel model;
        model.adoptRecord(record);
        QCOMPARE(model.roundCount(), 42);
        QVERIFY(model.shows(std::get<record::Block>(record->events[2].payload)));
        model.setShownRounds(40);
        QVERIFY(!model.shows(std::get<record::Block>(record->events[2].payload)));
        QVERIFY(model.shows(std::get<record::Block>(record->events[1].payload)));
    }
};

QTEST_APPLESS_MAIN(TestRecordModel)
#include "test_record_model.moc"
