// SPDX-License-Identifier: GPL-3.0-or-later
// What controllers that change the text's law did: numbers by hand, what a file may hold, keys, pictures.
#include "widgets/draft/controller_view.h"

#include "core/record/folds.h"
#include "widgets/theme/theme.h"

#include <QPainter>
#include <QtTest/QtTest>

#include <cmath>
#include <limits>
#include <map>
#include <string>

using namespace timberline;
using namespace timberline::widgets;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

record::Round roundWith(int index, std::map<std::string, double> statistics)
{
    record::Round round;
    round.index = index;
    round.nodes.resize(2);
    round.nodes[0].state = record::NodeState::Root;
    round.nodes[1].state = record::NodeState::Bonus;
    round.nodes[1].parent = 0;
    round.nodes[1].token = 10 + index;
    round.path = {0};
    round.next = 10 + index;
    round.next_node = 1;
    round.kept = 1;
    round.statistics = std::move(statistics);
    return round;
}

record::Round switched(int index, bool large, double entropy, double mean)
{
    return roundWith(index, {{"entropy_bits", entropy},
                             {"mean_entropy_bits", mean},
                             {"model", large ? 1.0 : 0.0},
                             {"threshold_bits", 1},
                             {"catch_up_tokens", large ? 2 : 0}});
}

record::Round guided(int index, std::vector<double> weights, double effective)
{
    std::map<std::string, double> statistics = {{"chosen", 2}, {"effective_candidates", effective}, {"reward", 1.5}};
    for (std::size_t i = 0; i < weights.size(); ++i) {
        statistics["weight_0" + std::to_string(i + 1)] = weights[i];
        statistics["value_0" + std::to_string(i + 1)] = static_cast<double>(i);
    }
    return roundWith(index, std::move(statistics));
}

std::shared_ptr<record::Record> recordOf(std::vector<record::Round> rounds)
{
    auto out = std::make_shared<record::Record>();
    record::RunStarted started;
    started.vocabulary = 64;
    started.prompt = {0};
    out->events.push_back({started});
    for (auto& round : rounds) {
        out->events.push_back({std::move(round)});
    }
    return out;
}

/// Four tokens, small, large, large, small: two switches, half of them the small model's.
std::shared_ptr<record::Record> fourTokens()
{
    return recordOf({switched(0, false, 0.5, 0.5), switched(1, true, 3, 1.75), switched(2, true, 2, 1.83), switched(3, false, 0.1, 0.9)});
}

class TestControllerView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void switchingIsCounted()
    {
        RecordModel model;
        SelectionModel selection;
        ControllerView view(&model, &selection);
        QVERIFY(!view.hasStory());
        QCOMPARE(view.state(), ViewState::Empty);
        model.setRecord(fourTokens());
        QVERIFY(view.hasStory());
        QCOMPARE(view.tokens().size(), std::size_t{4});
        QVERIFY2(view.words()[0].contains(QStringLiteral("50 % of 4 tokens; 2 switch")), qPrintable(view.words()[0]));
        QVERIFY(!switchingCost(model.record()));
        const auto lines = view.toCsv().trimmed().split('\n');
        QCOMPARE(lines.size(), 5);
        QCOMPARE(lines[2], QByteArray("1,large,3,1.75,1,2"));
    }

    /// Of the large model's own text the second and the fourth token are others.
    void theCostIsCountedPositionByPosition()
    {
        auto record = fourTokens();
        const auto ids = record::generated_ids(*record);
        QCOMPARE(ids.size(), std::size_t{4});
        record::BaselineMeasured baseline;
        baseline.ids = {ids[0], 60, ids[2], 61, 62};
        record->events.push_back({baseline});
        const auto cost = switchingCost(*record);
        QVERIFY(cost.has_value());
        QCOMPARE(cost->compared, 4);
        QCOMPARE(cost->different, 2);
        QCOMPARE(cost->first, 1);
        baseline.ids = ids;
        record->events.back() = {baseline};
        QCOMPARE(switchingCost(*record)->first, -1);
    }

    void aRoundShowsItsTiltedLaw()
    {
        RecordModel model;
        SelectionModel selection;
        ControllerView view(&model, &selection);
        model.setRecord(recordOf({guided(0, {0.25, 0.25, 0.5}, 2.667), guided(1, {0, 1, 0}, 1)}));
        QCOMPARE(view.guided().size(), std::size_t{2});
        QCOMPARE(view.guided()[0].weights, (std::vector<double>{0.25, 0.25, 0.5}));
        QCOMPARE(view.guided()[0].chosen, 1);
        QVERIFY(view.words().join(' ').contains(QStringLiteral("Below 2")));
        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(model.shownRounds(), 1);
        QCOMPARE(selection.current().round, 0);
        QVERIFY(view.words()[0].contains(QStringLiteral("candidate 2 of 3")));
        QVERIFY(!view.words().join(' ').contains(QStringLiteral("Below 2")));
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(model.shownRounds(), 2);
        QCOMPARE(view.toCsv().trimmed().split('\n').size(), 7);
    }

    void whatIsMissingOrNotANumberIsNoStory()
    {
        auto round = switched(0, true, 1, 1);
        round.statistics["mean_entropy_bits"] = kNan;
        QVERIFY(!switchedTokenOf(round));
        round.statistics.erase("mean_entropy_bits");
        QVERIFY(!switchedTokenOf(round));
        auto other = guided(0, {0.5, 0.5}, 2);
        other.statistics["weight_01"] = 7;
        QVERIFY(!guidedRoundOf(other));
        other = guided(0, {0.5, 0.5}, 2);
        other.statistics["chosen"] = 1e300;
        QVERIFY(guidedRoundOf(other).has_value());
        QCOMPARE(guidedRoundOf(other)->chosen, -1);
        RecordModel model;
        SelectionModel selection;
        ControllerView view(&model, &selection);
        model.setRecord(recordOf({roundWith(0, {})}));
        QVERIFY(!view.hasStory());
        QCOMPARE(view.state(), ViewState::Empty);
    }

    void itPaintsAtEverySize()
    {
        RecordModel model;
        SelectionModel selection;
        ControllerView view(&model, &selection);
        std::vector<record::Round> rounds;
        for (int i = 0; i < 3000; ++i) {
            rounds.push_back(switched(i, i % 3 == 0, 1 + std::sin(i), 1));
        }
        for (const auto& record : {recordOf(std::move(rounds)), recordOf({guided(0, {0.2, 0.8}, 1.47)})}) {
            model.setRecord(record);
            for (const QSize size : {QSize(1, 1), QSize(160, 120), QSize(860, 320)}) {
                QImage image(size, QImage::Format_ARGB32_Premultiplied);
                image.fill(Qt::white);
                QPainter painter(&image);
                view.paintContent(painter, size, theme());
                painter.end();
                QImage blank(size, image.format());
                blank.fill(Qt::white);
                QVERIFY(size.width() < 860 || (image != blank && !view.summary().isEmpty()));
            }
        }
    }
};

}  // namespace

QTEST_MAIN(TestControllerView)
#include "test_controller_view.moc"
