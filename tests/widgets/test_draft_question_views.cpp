// SPDX-License-Identifier: GPL-3.0-or-later
// The question views of the Draft bench on hand-made data: numbers, words, states, keys, CSV.
#include "tests/widgets/draft_question_samples.h"
#include "widgets/draft/break_even_view.h"
#include "widgets/draft/certificate_view.h"
#include "widgets/draft/first_tokens_view.h"
#include "widgets/draft/hindsight_view.h"
#include "widgets/draft/layer_drafts_view.h"
#include "widgets/theme/theme.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <limits>

using namespace timberline;
using namespace timberline::widgets;

namespace {

/// A machine on which a draft pass takes 1 ms, verifying n tokens 9 + n ms, a plain token 10 ms.
std::optional<BreakEvenFacts> tenToOne(const record::Record& record, int until)
{
    if (record::rounds(record, until).front()->verify_ms <= 0) {
        return std::nullopt;
    }
    BreakEvenFacts out;
    out.draftEachMs = 1;
    out.verifyBaseMs = 9;
    out.verifyEachMs = 1;
    out.rounds = 2;
    out.plainMs = 10;
    out.plainMeasured = record::last_baseline(record) != nullptr;
    out.tokens = 1.75;
    out.length = 2;
    out.width = 1;
    out.acceptance = 0.5;
    out.speedup = [](double length, double width, double acceptance) {
        const double pass = 1 - std::pow(1 - acceptance, width);
        double tokens = 1;
        for (int i = 1; i <= static_cast<int>(length); ++i) {
            tokens += std::pow(pass, i);
        }
        return 10 * tokens / (length + 10 + length * width);
    };
    out.predicted = out.speedup(2, 1, 0.5);
    out.measured = out.plainMeasured ? 1.2 : 0;
    return out;
}

std::shared_ptr<record::Record> measured()
{
    auto out = std::make_shared<record::Record>(*testing::twoRounds());
    record::BaselineMeasured baseline;
    baseline.tokens_per_second = 100;
    baseline.speedup = 1.2;
    out->events.push_back({baseline});
    return out;
}

/// Bars of one round after the other, 4 nodes each.
std::vector<HindsightBar> bars(const std::vector<double>& committed, const std::vector<double>& best, const std::vector<double>& longest)
{
    std::vector<HindsightBar> out;
    for (std::size_t i = 0; i < committed.size(); ++i) {
        out.push_back({.round = static_cast<int>(i),
                       .budget = 4,
                       .committed = committed[i],
                       .bestCommitted = best[i],
                       .longest = longest[i],
                       .bestNodes = {1},
                       .longestNodes = {1, 3}});
    }
    return out;
}

record::RecordPtr rounds(int count)
{
    return testing::manyNodes(count, 2, 2);
}

}  // namespace

class TestDraftQuestionViews : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        ThemeManager::instance().setReduceMotion(true);
        ThemeManager::instance().setTheme(QStringLiteral("light"));
        ThemeManager::instance().attach(qApp);
    }

    void theMapHoldsTheSpeedUps()
    {
        RecordModel model;
        BreakEvenView view(&model, tenToOne);
        model.setRecord(measured());
        QCOMPARE(view.state(), ViewState::Empty);  // nobody has looked yet
        QVERIFY(!view.summary().isEmpty());
        QCOMPARE(view.state(), ViewState::Data);
        QCOMPARE(view.longest(), 8);
        // Length 1, acceptance 0.5: 10 * 1.5 / 12. Length 4, acceptance 0.8: 10 * 3.3616 / 18.
        QCOMPARE(view.valueAt(1, 10), 1.25);
        QVERIFY(std::abs(view.valueAt(4, 16) - 33.616 / 18) < 1e-12);
        QVERIFY(std::isnan(view.valueAt(0, 1)) && std::isnan(view.valueAt(9, 1)) && std::isnan(view.valueAt(1, 21)));
        // Length 1 pays where 10 (1 + a) >= 12.
        QVERIFY(std::abs(view.breakEven(1) - 0.2) < 1e-9);
        // At acceptance 1 and length L: 10 (1 + L) / (10 + 2 L), greatest for the longest.
        QCOMPARE(view.bestLength(1), 8);
        QCOMPARE(view.bestLength(0), 1);
        view.setWidth(2);
        // Two siblings pass with 1 - 0.25: 10 * 1.75 / (1 + 10 + 2).
        QVERIFY(std::abs(view.valueAt(1, 10) - 17.5 / 13) < 1e-12);
        view.setWidth(0);
        QCOMPARE(view.valueAt(1, 10), 1.25);
        const auto lines = view.toCsv().split('\n');
        QCOMPARE(lines.size(), qsizetype{1 + 8 * 21 + 1});
        QCOMPARE(lines[1 + 10], QByteArray("1,1,0.5,1.25,0.2"));
        const auto json = QString::fromUtf8(view.toJson());
        QVERIFY(json.contains(QStringLiteral("\"plain_ms\": 10")));
    }

    void theMapSpeaksInWords()
    {
        RecordModel model;
        BreakEvenView view(&model, tenToOne);
        model.setRecord(measured());
        const QString text = view.summary();
        // 10 * 1.75 / 14 = 1.25 predicted, 1.2 measured: 4.2 % more.
        for (const char* part : {"1.25× predicted", "1.20× measured", "+4.2 %", "k passes: 0.00 + 1.000 k ms",
                                 "n tokens: 9.00 + 1.000 n ms", "10.00 ms, measured"}) {
            QVERIFY2(text.contains(QString::fromUtf8(part)), qPrintable(text));
        }
        QVERIFY(view.cellText(1, 10).contains(QStringLiteral("20.0 %")));
    }

    void statesOfTheMap()
    {
        RecordModel model;
        BreakEvenView view(&model, tenToOne);
        QVERIFY(view.summary().contains(QStringLiteral("Press Run")));
        model.setRecord(testing::twoRounds());
        QVERIFY(view.summary().contains(QStringLiteral("Measure speed-up")));
        QCOMPARE(view.state(), ViewState::Partial);
        auto trace = std::make_shared<record::Record>(*testing::twoRounds());
        for (auto& event : trace->events) {
            if (auto* round = std::get_if<record::Round>(&event.payload)) {
                round->verify_ms = round->draft_ms = 0;
            }
        }
        model.setRecord(trace);
        QVERIFY(view.summary().contains(QStringLiteral("imported trace")));
        QCOMPARE(view.state(), ViewState::Empty);
        QCOMPARE(view.toCsv().count('\n'), 1);
    }

    void keysWalkTheMap()
    {
        RecordModel model;
        BreakEvenView view(&model, tenToOne);
        model.setRecord(measured());
        view.resize(600, 260);
        view.show();
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(view.cursor(), (QPair<int, int>(2, 10)));  // where the run worked
        QTest::keyClick(&view, Qt::Key_Right);
        QTest::keyClick(&view, Qt::Key_Up);
        QCOMPARE(view.cursor(), (QPair<int, int>(3, 11)));
        QTest::keyClick(&view, Qt::Key_PageUp);
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(view.cursor(), (QPair<int, int>(8, 16)));
        QTest::keyClick(&view, Qt::Key_Right);
        QTest::keyClick(&view, Qt::Key_Home);
        QTest::keyClick(&view, Qt::Key_Left);
        QCOMPARE(view.cursor(), (QPair<int, int>(1, 16)));
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("80 %")));
    }

    void hindsightAdvises_data()
    {
        QTest::addColumn<QList<double>>("committed");
        QTest::addColumn<QList<double>>("best");
        QTest::addColumn<QList<double>>("longest");
        QTest::addColumn<int>("advice");
        const auto row = [](const char* name, const QList<double>& committed, const QList<double>& best, const QList<double>& longest,
                            HindsightAdvice advice) { QTest::newRow(name) << committed << best << longest << static_cast<int>(advice); };
        const QList<double> twos(8, 2);
        const QList<double> threes(8, 3);
        const QList<double> once{2, 2, 3, 2, 2, 2, 2, 2};
        row("the best tree is longer in every round: the shape", twos, threes, threes, HindsightAdvice::Shape);
        row("only hindsight finds the longer path: the ratings", twos, twos, threes, HindsightAdvice::Rating);
        row("no longer path anywhere: the drafter", twos, twos, twos, HindsightAdvice::Drafter);
        row("a longer path in one round: nothing is sure", twos, twos, once, HindsightAdvice::None);
        row("a better tree in one round: nothing is sure", twos, once, threes, HindsightAdvice::None);
        row("everything was accepted: nothing to mend", QList<double>(8, 5), QList<double>(8, 5), QList<double>(8, 5),
            HindsightAdvice::None);
        row("four rounds are too few", QList<double>(4, 2), QList<double>(4, 4), QList<double>(4, 4), HindsightAdvice::None);
    }

    void hindsightAdvises()
    {
        QFETCH(QList<double>, committed);
        QFETCH(QList<double>, best);
        QFETCH(QList<double>, longest);
        QFETCH(int, advice);
        const auto listed = [](const QList<double>& values) { return std::vector<double>(values.begin(), values.end()); };
        const auto means = hindsightMeans(bars(listed(committed), listed(best), listed(longest)));
        QCOMPARE(static_cast<int>(means.advice), advice);
        QCOMPARE(means.rounds, static_cast<int>(committed.size()));
    }

    void hindsightCounts()
    {
        // Gaps 0, 1, 2: mean 1, variance 1, error of the mean 1 / sqrt 3. Budget 4: five tokens would be everything.
        const auto means = hindsightMeans(bars({1, 2, 3}, {1, 3, 2}, {1, 3, 5}));
        QCOMPARE(means.committed, 2.0);
        QCOMPARE(means.longest, 3.0);
        QCOMPARE(means.gap, 1.0);
        QVERIFY(std::abs(means.gapError - 1 / std::sqrt(3.0)) < 1e-12);
        QCOMPARE(means.bestGap, 0.0);
        QCOMPARE(means.kept, 2);
        QCOMPARE(means.missing, 2);
    }

    void selectingARoundGoesThere()
    {
        RecordModel model;
        SelectionModel selection;
        HindsightView view(&model, &selection, [](const record::Record& record, int) {
            const auto n = record::rounds(record).size();
            return bars(std::vector<double>(n, 2), std::vector<double>(n, 4), std::vector<double>(n, 4));
        });
        QVERIFY(view.summary().contains(QStringLiteral("Press Run")));
        model.setRecord(rounds(10));
        view.resize(600, 240);
        view.show();
        QCOMPARE(view.state(), ViewState::Data);
        QVERIFY2(view.summary().contains(QStringLiteral("Mend the shape")), qPrintable(view.summary()));
        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(model.shownRounds(), 1);
        QCOMPARE(selection.current().round, 0);
        QTest::keyClick(&view, Qt::Key_Right);
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(model.shownRounds(), 3);
        QTest::keyClick(&view, Qt::Key_Left);
        QCOMPARE(model.shownRounds(), 2);
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(model.shownRounds(), 10);
        // All rounds stay, whatever moment is looked at.
        model.setShownRounds(4);
        QCOMPARE(view.bars().size(), std::size_t{10});
        QCOMPARE(view.toCsv().count('\n'), 11);
        QVERIFY(view.barOf(3) != nullptr && view.barOf(10) == nullptr);
        QVERIFY(view.barText(*view.barOf(3)).contains(QStringLiteral("round 4, 4 drafted tokens: 2 committed")));
        QVERIFY(!view.grab().toImage().isNull());
    }

    void layersAreWalkedAndChosen()
    {
        LayerDraftsView view;
        view.resize(600, 240);
        view.show();
        QCOMPARE(view.state(), ViewState::Empty);
        view.setAnswer(testing::threeLayers());
        QCOMPARE(view.state(), ViewState::Data);
        QCOMPARE(view.valueAt(2, 3), 2.25);
        view.setValue(LayerDraftValue::Cost);
        QCOMPARE(view.valueAt(1, 2), 0.9);
        view.setValue(LayerDraftValue::Acceptance);
        QCOMPARE(view.valueAt(2, 1), 0.6);
        QVERIFY(std::isnan(view.valueAt(3, 1)) && std::isnan(view.valueAt(1, 4)));
        QSignalSpy chosen(&view, &LayerDraftsView::cellChosen);
        QTest::keyClick(&view, Qt::Key_B);
        QCOMPARE(view.cursor(), (QPair<int, int>(1, 2)));
        QTest::keyClick(&view, Qt::Key_Up);
        QTest::keyClick(&view, Qt::Key_Right);
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.cursor(), (QPair<int, int>(2, 3)));
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0], (QVariantList{2, 3}));
        QTest::mouseClick(&view, Qt::LeftButton, {}, view.middleOf(1, 1).toPoint());
        QCOMPARE(chosen.size(), 2);
        QCOMPARE(chosen[1], (QVariantList{1, 1}));
        const auto lines = view.toCsv().split('\n');
        QCOMPARE(lines.size(), qsizetype{8});
        QCOMPARE(lines[2], QByteArray("1,2,1.75,0.375,0.9,1"));
        QVERIFY(view.summary().contains(QStringLiteral("exit layer 1, length 2")));
        view.showWaiting();
        QTest::mouseClick(&view, Qt::LeftButton, {}, view.middleOf(1, 1).toPoint());
        QCOMPARE(chosen.size(), 2);  // nothing runs while it waits
        view.showError(QStringLiteral("no"), QStringLiteral("do"));
        QCOMPARE(view.state(), ViewState::Error);
        QCOMPARE(view.toCsv().count('\n'), 1);
    }

    void noLayerMayPay()
    {
        LayerDraftsView view;
        auto answer = testing::threeLayers();
        answer.cost = {1.1, 1.05, 1.2, 1.3, 1.4, 1.5};
        view.setAnswer(answer);
        QVERIFY(view.summary().contains(QStringLiteral("No layer pays")));
    }

    void worldsAreTalliedAndWalked()
    {
        CertificateView view;
        view.resize(500, 240);
        view.show();
        QCOMPARE(view.state(), ViewState::Empty);
        view.setAnswer(testing::exactRule(), QStringLiteral("Exact test"), {});
        const auto tally = view.tally();
        QCOMPARE(tally.promised, 2);
        QCOMPARE(tally.passed, 2);
        QCOMPARE(tally.lossy, 1);
        QVERIFY(std::abs(tally.worstLossy - 0.1) < 1e-12);
        QVERIFY(view.verdict().contains(QStringLiteral("2 of 2")));
        QVERIFY2(view.summary().contains(QStringLiteral("promises nothing (lossy)")), qPrintable(view.summary()));
        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(view.chosen(), 0);
        QTest::keyClick(&view, Qt::Key_Down);
        QCOMPARE(view.chosen(), 1);
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(view.chosen(), 2);
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("lossy")));
        QTest::keyClick(&view, Qt::Key_Left);
        QCOMPARE(view.chosen(), 1);
        const auto lines = view.toCsv().split('\n');
        QCOMPARE(lines.size(), qsizetype{1 + 3 * 2 + 1});
        QCOMPARE(lines[5], QByteArray("3,exact,with-replacement,\"1\",0,0,0.1,1.5,a,0.5,0.6"));
    }

    void aWrongRuleIsFlagged()
    {
        CertificateView view;
        view.resize(500, 240);
        view.setAnswer(testing::luckyDraw(), QStringLiteral("Exact test"), QStringLiteral("Accepts by luck."));
        QVERIFY(view.verdict().contains(QStringLiteral("Flagged")));
        QVERIFY2(view.summary().contains(QStringLiteral("(0.750 ; 0.250)")) && view.summary().contains(QStringLiteral("(0.500 ; 0.500)")),
                 qPrintable(view.summary()));
        // A rule in use that broke its promise is called by its name.
        view.setAnswer(testing::luckyDraw(), QStringLiteral("Exact test"), {});
        QVERIFY(view.verdict().contains(QStringLiteral("0 of 1")));
    }

    void firstTokensAreJudged()
    {
        FirstTokensView view([](int token) { return QStringLiteral("t%1").arg(token); });
        view.resize(500, 240);
        view.show();
        view.setAnswer(testing::fairTokens());
        QVERIFY(!view.flagged());
        QVERIFY2(view.summary().contains(QStringLiteral("p = 0.77")), qPrintable(view.summary()));
        QCOMPARE(view.toCsv().split('\n')[1], QByteArray("1,\"t1\",510,0.51,0.5"));
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(view.cursor(), 2);
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("“t4”: 200 of 1000 draws (0.2000), target 0.2000")));
        auto wrong = testing::fairTokens();
        wrong.p_value = 1e-5;
        view.setAnswer(wrong);
        QVERIFY(view.flagged() && view.verdict().contains(QStringLiteral("Does not follow")));
        wrong.lossless = false;
        view.setAnswer(wrong);
        QVERIFY(view.verdict().contains(QStringLiteral("Lossy, as declared")));
        auto greedy = testing::fairTokens();
        greedy.greedy = true;
        view.setAnswer(greedy);
        QVERIFY(view.verdict().contains(QStringLiteral("likeliest")));
        view.showWaiting();
        QCOMPARE(view.state(), ViewState::Busy);
        view.clear();
        QCOMPARE(view.state(), ViewState::Empty);
    }

    /// Pictures are vectors with text, at any size.
    void viewsAreExported()
    {
        LayerDraftsView layers;
        layers.setAnswer(testing::threeLayers());
        CertificateView worlds;
        worlds.setAnswer(testing::exactRule(), QStringLiteral("Exact test"), {});
        const QString folder = QDir::tempPath();
        for (View* view : std::initializer_list<View*>{&layers, &worlds}) {
            for (const char* suffix : {"svg", "png"}) {
                const QString path = QStringLiteral("%1/%2-test.%3").arg(folder, view->id(), QLatin1String(suffix));
                QCOMPARE(exportView(*view, QLatin1String(suffix), path, {}), QString());
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly) && file.size() > 1000);
                QVERIFY(QLatin1String(suffix) != QLatin1String("svg") || file.readAll().contains("<text"));
                file.remove();
            }
        }
    }
};

QTEST_MAIN(TestDraftQuestionViews)
#include "test_draft_question_views.moc"
