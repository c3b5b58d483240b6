// SPDX-License-Identifier: GPL-3.0-or-later
// Two lanes on one axis: sums by hand, what a file may hold, keys, mouse, pictures.
#include "widgets/draft/lanes_view.h"

#include "tests/widgets/draft_samples.h"
#include "widgets/theme/theme.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QtTest/QtTest>

#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

using namespace timberline;
using namespace timberline::widgets;

namespace {

record::Round withLanes(int index, LaneBlock draft, LaneBlock target, bool post, int discarded = 0, bool simulated = false)
{
    record::Round round = testing::firstRound();
    round.index = index;
    round.statistics = {
        {"mode", post ? 1 : 0},       {"draft_t0_ms", draft.begin}, {"draft_t1_ms", draft.end},         {"verify_t0_ms", target.begin},
        {"verify_t1_ms", target.end}, {"discarded", discarded},     {"carried", discarded > 0 ? 0 : 3}, {"simulated", simulated ? 1 : 0}};
    round.draft_passes = 4;
    round.target_tokens = post ? 4 : 1;
    return round;
}

std::shared_ptr<record::Record> recordOf(std::vector<record::Round> rounds)
{
    auto out = std::make_shared<record::Record>();
    record::RunStarted started;
    started.vocabulary = 8;
    started.prompt = {0};
    out->events.push_back({started});
    for (auto& round : rounds) {
        out->events.push_back({std::move(round)});
    }
    return out;
}

/// Spans 4, 4 and 6 ms, the third after a round of another controller.
std::shared_ptr<record::Record> threeRounds()
{
    auto plain = testing::firstRound();
    plain.index = 2;
    return recordOf({withLanes(0, {0, 2}, {0, 4}, false), withLanes(1, {5, 8}, {5, 9}, true, 4), plain,
                     withLanes(3, {10, 16}, {10, 14}, true, 0, true)});
}

/// A run of `count` rounds like those of the bundled pair: .8 ms of target, .2 ms of draft, every fourth block revoked.
std::shared_ptr<record::Record> longRun(int count, bool simulated = false)
{
    std::vector<record::Round> rounds;
    for (int i = 0; i < count; ++i) {
        const double begin = i * 1.05;
        const double target = 0.75 + 0.1 * std::sin(i);
        rounds.push_back(
            withLanes(i, {begin, begin + 0.2 + 0.15 * (i % 3)}, {begin + 0.01, begin + target}, i % 4 != 0, i % 4 == 3 ? 4 : 0, simulated));
    }
    return recordOf(std::move(rounds));
}

bool near(double a, double b)
{
    return std::abs(a - b) < 1e-9;
}

}  // namespace

class TestLanesView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sumsOfThreeRounds()
    {
        const Lanes lanes = lanesOf(*threeRounds());
        QCOMPARE(lanes.rounds.size(), std::size_t{3});
        QCOMPARE(lanes.others, 1);
        const LaneTotals& all = lanes.totals(4);
        QVERIFY(near(all.span, 14) && near(all.draft, 11) && near(all.target, 12) && near(all.overlap, 9) && near(all.shorter, 9));
        QVERIFY(near(all.draftIdle(), 3.0 / 14) && near(all.targetIdle(), 2.0 / 14));
        QVERIFY(near(all.overlapShare(), 9.0 / 14) && near(all.hiddenShare(), 1));
        QCOMPARE(all.discarded, 4);
        QCOMPARE(all.simulated, 1);
        const LaneTotals& first = lanes.totals(1);
        QVERIFY(near(first.span, 4) && near(first.draftIdle(), 0.5) && near(first.targetIdle(), 0));
        QCOMPARE(lanes.totals(0).rounds, 0);
        QVERIFY(std::isnan(lanes.totals(0).draftIdle()));
        QCOMPARE(lanes.entryOf(2), std::size_t{2});
        QCOMPARE(lanes.entryOf(4), std::size_t{3});
        QVERIFY(near(lanes.end(), 16));
    }

    void columnsOfFourMilliseconds()
    {
        const auto columns = laneColumns(lanesOf(*threeRounds()), 0, 16, 4);
        QCOMPARE(columns.size(), std::size_t{4});
        const std::vector<LaneColumn> expected = {{.draft = .5, .discarded = 0, .target = 1, .overlap = .5},
                                                  {.draft = .75, .discarded = .75, .target = .75, .overlap = .75},
                                                  {.draft = .5, .discarded = 0, .target = .75, .overlap = .5},
                                                  {.draft = 1, .discarded = 0, .target = .5, .overlap = .5}};
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QVERIFY2(near(columns[i].draft, expected[i].draft) && near(columns[i].discarded, expected[i].discarded) &&
                         near(columns[i].target, expected[i].target) && near(columns[i].overlap, expected[i].overlap),
                     qPrintable(QString::number(i)));
        }
        // Begins inside a round.
        QVERIFY(near(laneColumns(lanesOf(*threeRounds()), 6, 2, 1)[0].draft, 1));
        QVERIFY(laneColumns(lanesOf(*threeRounds()), 0, 0, 4)[0].draft == 0);
        QVERIFY(laneColumns({}, 0, 1, 0).empty());
    }

    void damagedTimesAreLeftOut_data()
    {
        QTest::addColumn<double>("begin");
        QTest::addColumn<double>("end");
        QTest::newRow("not a number") << std::numeric_limits<double>::quiet_NaN() << 2.0;
        QTest::newRow("without an end") << 1.0 << std::numeric_limits<double>::infinity();
        QTest::newRow("backwards") << 3.0 << 2.0;
        QTest::newRow("before the run") << -1.0 << 2.0;
        QTest::newRow("thirty years") << 1.0 << 1e13;
    }
    void damagedTimesAreLeftOut()
    {
        QFETCH(double, begin);
        QFETCH(double, end);
        const auto record = recordOf({withLanes(0, {begin, end}, {1, 2}, true), withLanes(1, {4, 5}, {4, 6}, true),
                                      withLanes(2, {1, 2}, {1, 3}, true), withLanes(3, {7, 7}, {7, 9}, false)});
        const Lanes lanes = lanesOf(*record);
        QCOMPARE(lanes.rounds.size(), std::size_t{2});  // round 2 begins before round 1 did
        QCOMPARE(lanes.others, 2);
        QVERIFY(near(lanes.totals(4).span, 4));  // in round 3 the draft did nothing
        RecordModel model;
        SelectionModel selection;
        LanesView view(&model, &selection);
        model.setRecord(record);
        view.resize(500, 180);
        QVERIFY(!view.grab().toImage().isNull());
    }

    void onlyTwoLanesMakeAPicture()
    {
        RecordModel model;
        SelectionModel selection;
        LanesView view(&model, &selection);
        QSignalSpy found(&view, &LanesView::hasLanesChanged);
        QVERIFY(!view.hasLanes());
        QVERIFY(view.summary().contains(QStringLiteral("PEARL")));
        model.setRecord(recordOf({testing::firstRound()}));
        QVERIFY(!view.hasLanes());
        QVERIFY(view.summary().contains(QStringLiteral("took turns")));
        QCOMPARE(view.state(), ViewState::Empty);
        model.setRecord(threeRounds());
        QVERIFY(view.hasLanes());
        QCOMPARE(found.size(), 1);
        QVERIFY2(view.summary().contains(QStringLiteral("9.000 ms of 14.0 ms, 64 %")), qPrintable(view.summary()));
        QVERIFY(view.summary().contains(QStringLiteral("in part simulated")));
        QVERIFY(view.summary().contains(QStringLiteral("draft 21 %, target 14 %")));
        QCOMPARE(view.state(), ViewState::Data);
        model.clear();
        QVERIFY(!view.hasLanes());
        QCOMPARE(found.size(), 2);
        QCOMPARE(view.toCsv().count('\n'), 1);
    }

    void aRunThatGrowsIsFollowed()
    {
        RecordModel model;
        SelectionModel selection;
        LanesView view(&model, &selection);
        view.resize(500, 200);
        const auto whole = longRun(300);
        model.append({whole->events.begin(), whole->events.begin() + 101});
        QVERIFY(view.hasLanes());
        QCOMPARE(view.lanes().rounds.size(), std::size_t{100});
        QVERIFY(near(view.window().end, view.lanes().end()));
        model.append({whole->events.begin() + 101, whole->events.end()});
        QCOMPARE(view.lanes().rounds.size(), std::size_t{300});
        QVERIFY(near(view.window().end, view.lanes().end()));
        model.setShownRounds(150);
        const LaneBlock window = view.window();
        const LaneRound& shown = view.lanes().rounds[149];
        QVERIFY(window.begin < shown.begin() && window.end > shown.end());
    }

    void roundsAreWalkedAndChosen()
    {
        RecordModel model;
        SelectionModel selection;
        LanesView view(&model, &selection);
        model.setRecord(threeRounds());
        view.resize(640, 220);
        view.show();
        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(model.shownRounds(), 1);
        QCOMPARE(selection.current().round, 0);
        QTest::keyClick(&view, Qt::Key_Right);
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(selection.current().round, 3);  // round 2 has no lanes
        QTest::keyClick(&view, Qt::Key_Left);
        QCOMPARE(selection.current().round, 1);
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(model.shownRounds(), 4);
        QTest::mouseClick(&view, Qt::LeftButton, {}, view.middleOf(1, true).toPoint());
        QCOMPARE(selection.current().round, 1);
        QTest::mouseClick(&view, Qt::LeftButton, {}, view.middleOf(0, false).toPoint());
        QCOMPARE(selection.current().round, 0);
        QCOMPARE(view.toCsv().count('\n'), 2);  // the header and what is shown
        model.setShownRounds(4);
        const auto lines = view.toCsv().split('\n');
        QCOMPARE(lines[1], QByteArray("0,pre,0,0,2,0,4,2,4,1,0,3"));
        QCOMPARE(lines[2], QByteArray("1,post,0,5,8,5,9,3,4,4,4,0"));
        QCOMPARE(lines[3], QByteArray("3,post,1,10,16,10,14,4,4,4,0,3"));
        const QString text = view.roundText(view.lanes().rounds[1]);
        QVERIFY2(text.contains(QStringLiteral("Round 2, POST")) &&
                     text.contains(QStringLiteral("Draft: 3.000 ms, from 5.000 to 8.000 ms")) &&
                     text.contains(QStringLiteral("4 drafted token(s) revoked")) && text.contains(QStringLiteral("both at once: 3.000 ms")),
                 qPrintable(text));
        QVERIFY(view.roundText(view.lanes().rounds[2]).contains(QStringLiteral("simulated")));
    }

    void zoomingAndMoving()
    {
        RecordModel model;
        SelectionModel selection;
        LanesView view(&model, &selection);
        model.setRecord(longRun(200));
        view.resize(640, 220);
        view.show();
        const double total = view.lanes().end();
        const auto width = [&view] { return view.window().length(); };
        const double usual = width();
        QVERIFY(usual < total / 2);
        QTest::keyClick(&view, Qt::Key_Plus);
        QVERIFY(near(width(), usual / 1.5));
        QTest::keyClick(&view, Qt::Key_Minus);
        QTest::keyClick(&view, Qt::Key_0);
        QVERIFY(near(width(), total) && near(view.window().begin, 0));
        QTest::keyClick(&view, Qt::Key_Minus);
        QVERIFY(near(width(), total));  // no further than the run
        QTest::keyClick(&view, Qt::Key_F);
        QVERIFY(near(width(), usual) && near(view.window().end, total));
        QTest::keyClick(&view, Qt::Key_PageUp);
        QVERIFY(near(view.window().end, total - usual));
        // The round that the keys go to comes into view.
        QTest::keyClick(&view, Qt::Key_Home);
        QVERIFY(near(view.window().begin, 0));
        for (int i = 0; i < 120; ++i) {
            QTest::keyClick(&view, Qt::Key_Right);
            const LaneRound& round = view.lanes().rounds[static_cast<std::size_t>(model.shownRounds() - 1)];
            QVERIFY(view.window().begin <= round.begin() + 1e-9 && view.window().end >= round.end() - 1e-9);
        }
        QCOMPARE(model.shownRounds(), 121);
    }

    void longRunsPaintFast()
    {
        RecordModel model;
        SelectionModel selection;
        LanesView view(&model, &selection);
#ifdef TIMBERLINE_SANITIZED
        const int count = 500;
#else
        const int count = 20000;
#endif
        model.setRecord(longRun(count));
        view.resize(900, 240);
        view.show();
        QTest::keyClick(&view, Qt::Key_0);
        (void)view.grab();
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 5; ++i) {
            (void)view.grab();
        }
        const double ms = static_cast<double>(timer.elapsed()) / 5;
        qInfo("%d rounds, whole run: %.1f ms a picture", count, ms);
#ifndef TIMBERLINE_SANITIZED
        QVERIFY2(ms < 100, qPrintable(QString::number(ms)));
#endif
    }

    void pictures()
    {
        const QString folder = qEnvironmentVariable("TIMBERLINE_PICTURES");
        for (const char* name : {"light", "dark", "high-contrast"}) {
            ThemeManager::instance().setTheme(QString::fromLatin1(name));
            for (const auto& [label, run, size] : {std::tuple{"real", longRun(60), QSize(640, 200)},
                                                   {"small", longRun(60), QSize(330, 140)},
                                                   {"simulated", longRun(60, true), QSize(860, 260)},
                                                   {"long", longRun(5000), QSize(640, 200)}}) {
                RecordModel model;
                SelectionModel selection;
                LanesView view(&model, &selection);
                model.setRecord(run);
                view.resize(size);
                view.show();
                QTest::keyClick(&view, QLatin1String(label) == QLatin1String("long") ? Qt::Key_0 : Qt::Key_F);
                const QImage image = view.grab().toImage();
                // Something was painted in the middle of a block of the last round: not the background.
                const auto& last = view.lanes().rounds.back();
                const QPointF at = view.middleOf(last.round, false);
                if (QLatin1String(label) != QLatin1String("long")) {
                    QVERIFY(image.pixelColor(at.toPoint() + QPoint(0, 9)) != theme().background);
                }
                if (!folder.isEmpty()) {
                    QVERIFY(image.save(
                        QStringLiteral("%1/lanes-%2-%3.png").arg(folder, QString::fromLatin1(label), QString::fromLatin1(name))));
                }
            }
        }
        ThemeManager::instance().setTheme(QStringLiteral("light"));
    }
};

QTEST_MAIN(TestLanesView)
#include "test_lanes_view.moc"
