// SPDX-License-Identifier: GPL-3.0-or-later
// Comparing methods in the Draft bench: the pane with an engine that answers from hand-made records, then once with the real one.
#include "app/jobs/engine_loader.h"
#include "app/window/compare_pane.h"
#include "app/window/compare_trees.h"
#include "core/record/folds.h"
#include "core/record/tree_diff.h"
#include "tests/app/compare_desk.h"
#include "widgets/draft/compare_view.h"
#include "widgets/draft/tree_diff_view.h"
#include "widgets/theme/theme.h"

#include <QComboBox>
#include <QImage>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QTabWidget>
#include <QTableWidget>
#include <QTest>
#include <QToolButton>

using namespace timberline;
using namespace timberline::app;
using timberline::testing::CompareDesk;
using timberline::testing::CompareEngine;
using widgets::ViewState;

class TestComparePane : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("TIMBERLINE_CORE", QByteArray(TIMBERLINE_BINARY_FOLDER) + "/../lib/libtimberline_core.so");
        widgets::ThemeManager::instance().setReduceMotion(true);
        widgets::ThemeManager::instance().setTheme(QStringLiteral("light"));
        widgets::ThemeManager::instance().attach(qApp);
    }

    void withoutEntriesTheSetUpMeetsPlainDecoding()
    {
        CompareDesk desk;
        auto& pane = *desk.pane;
        QCOMPARE(pane.clockView()->state(), ViewState::Empty);
        QCOMPARE(pane.table()->state(), ViewState::Empty);
        QCOMPARE(pane.trees()->view()->state(), ViewState::Empty);
        desk.press(pane.runButton());
        QVERIFY(pane.running());
        QCOMPARE(pane.clockView()->state(), ViewState::Busy);
        QVERIFY(!pane.addButton()->isEnabled());
        QVERIFY(desk.settle());
        QCOMPARE(pane.entries().size(), std::size_t{2});
        QCOMPARE(pane.entries()[0].label, std::string("Chain"));
        QVERIFY(pane.runs()[1].plain);
        QCOMPARE(pane.table()->table()->item(0, 0)->toolTip(), QStringLiteral("Chain · Fixed · Exact"));
        // The table: speed-up as measured, baseline 1, the best bold.
        QCOMPARE(pane.table()->state(), ViewState::Data);
        QCOMPARE(desk.cell(0, 1), QStringLiteral("1.60"));
        QCOMPARE(desk.cell(1, 1), QStringLiteral("1.00"));
        QCOMPARE(desk.cell(0, 2), QStringLiteral("1.50"));  // three tokens in two passes
        QCOMPARE(desk.cell(1, 2), QStringLiteral("1.00"));
        QCOMPARE(desk.cell(0, 3), QStringLiteral("2.50"));  // 1000 / 400
        QCOMPARE(desk.cell(0, 4), QStringLiteral("1.00"));  // three milliseconds for three tokens
        QCOMPARE(desk.cell(0, 7), QStringLiteral("12.0"));
        QCOMPARE(desk.cell(0, 10), QStringLiteral("✓ as plain"));
        QCOMPARE(desk.cell(0, 11), QStringLiteral("0.50 (2)"));  // one of two first drafts
        auto* table = pane.table()->table();
        QVERIFY(table->item(0, 1)->font().bold() && !table->item(1, 1)->font().bold());
        QVERIFY(table->item(0, 1)->textAlignment() & Qt::AlignRight);
        QVERIFY(table->item(0, 1)->toolTip().contains(QStringLiteral("Faster than plain decoding every time")));
        QVERIFY(pane.table()->toCsv().startsWith("method,accepted_per_pass,"));
        QCOMPARE(pane.table()->toCsv().count('\n'), 3);
        // One row is chosen everywhere.
        pane.clockView()->choose(1);
        QCOMPARE(table->currentRow(), 1);
        table->selectRow(0);
        QCOMPARE(pane.clockView()->chosen(), 0);
    }

    void setUpsAreAddedNamedAndRemoved()
    {
        CompareDesk desk;
        auto& pane = *desk.pane;
        desk.press(pane.addButton());
        QCOMPARE(pane.entries().size(), std::size_t{1});
        QVERIFY(!pane.runButton()->isEnabled());
        QVERIFY(pane.note()->text().contains(QStringLiteral("needs two")));
        pane.addSetup();  // is there already
        QCOMPARE(pane.entries().size(), std::size_t{1});
        QVERIFY(desk.session.edit("draft_length", std::int64_t{6}).isEmpty());
        pane.addSetup();
        QCOMPARE(pane.entries().size(), std::size_t{2});
        QCOMPARE(pane.entries()[1].label, std::string("Chain · draft_length=6"));
        QVERIFY(pane.runButton()->isEnabled());
        // The menu has every drafter; one whose heads are for another model says so.
        Q_EMIT pane.methodMenu()->aboutToShow();
        QHash<QString, QAction*> actions;
        for (auto* action : pane.methodMenu()->actions()) {
            actions[action->text()] = action;
        }
        QVERIFY(actions[QStringLiteral("Plain")]->isEnabled() && actions[QStringLiteral("Medusa")]->isEnabled());
        QVERIFY(!actions[QStringLiteral("Elsewhere")]->isEnabled());
        QVERIFY(actions[QStringLiteral("Elsewhere")]->toolTip().contains(QStringLiteral("needs trained heads")));
        actions[QStringLiteral("Medusa")]->trigger();
        QCOMPARE(pane.entries().size(), std::size_t{3});
        QCOMPARE(pane.entries()[2].config.heads, std::string("bundled:heads"));
        QCOMPARE(pane.clockView()->chosen(), 2);
        pane.clockView()->choose(0);
        desk.press(pane.removeButton());
        QCOMPARE(pane.entries().size(), std::size_t{2});
        QCOMPARE(pane.entries()[0].label, std::string("Chain"));  // no longer two of them
        pane.removeChosen();
        pane.removeChosen();
        QCOMPARE(pane.clockView()->state(), ViewState::Empty);
    }

    void anEarlierPromptIsSaid()
    {
        CompareDesk desk;
        auto& pane = *desk.pane;
        pane.addSetup();
        pane.addPlain();
        pane.runAll();
        QVERIFY(desk.settle());
        QVERIFY(pane.note()->text().isEmpty() && !pane.rebaseButton()->isVisible());
        desk.session.setPrompt(QStringLiteral("Twice upon a time"));
        QVERIFY(pane.note()->text().contains(QStringLiteral("earlier prompt")));
        // What is added now joins the comparison's prompt.
        pane.addMethod("endless");
        QCOMPARE(*pane.entries()[2].config.prompt, std::string("Once upon a time"));
        QVERIFY(pane.rebaseButton()->isVisible());
        desk.press(pane.rebaseButton());
        QVERIFY(pane.note()->text().isEmpty());
        for (const auto& entry : pane.entries()) {
            QCOMPARE(*entry.config.prompt, std::string("Twice upon a time"));
        }
        QVERIFY(pane.runs()[0].record == nullptr);  // those numbers were the other prompt's
        QVERIFY(desk.session.edit("seed", std::int64_t{7}).isEmpty());
        QVERIFY2(pane.note()->text().contains(QStringLiteral("seed")), qPrintable(pane.note()->text()));
    }

    void aMethodThatFailsLeavesTheOthers()
    {
        CompareDesk desk;
        auto& pane = *desk.pane;
        pane.addMethod("medusa");
        pane.addPlain();
        pane.runAll();
        QVERIFY(desk.settle());
        QVERIFY(pane.runs()[0].error && pane.runs()[1].record != nullptr);
        QCOMPARE(pane.clockView()->state(), ViewState::Partial);
        QVERIFY(pane.clockView()->summary().contains(QStringLiteral("the heads are not there")));
        QCOMPARE(desk.cell(0, 10), QStringLiteral("failed"));
        QCOMPARE(desk.cell(0, 1), QStringLiteral("–"));
        QVERIFY(!pane.table()->table()->item(1, 1)->font().bold());  // best of one is nothing
    }

    void aComparisonCanBeStopped()
    {
        CompareDesk desk;
        auto& pane = *desk.pane;
        pane.addPlain();
        pane.addMethod("endless");
        pane.runAll();
        QVERIFY(QTest::qWaitFor([&] { return pane.runs()[0].record != nullptr; }, 10000));
        QVERIFY(QTest::qWaitFor([&] { return pane.clockView()->summary().contains(QStringLiteral("not run yet")); }, 10000));
        QElapsedTimer timer;
        timer.start();
        desk.press(pane.runButton());
        QVERIFY(!pane.running());
        QVERIFY(desk.settle());
        QVERIFY(timer.elapsed() < 2000);
        QVERIFY(pane.runs()[0].record != nullptr && pane.runs()[1].record == nullptr);  // what was through is kept
    }

    void theClockIsOneForAllLanes()
    {
        CompareDesk desk;
        auto& pane = *desk.pane;
        pane.runAll();
        QVERIFY(desk.settle());
        auto& clock = *pane.clockView();
        QCOMPARE(clock.end(), 12.5);
        QCOMPARE(clock.totalOf(0), 12.0);
        QCOMPARE(clock.clock(), 12.5);
        QCOMPARE(clock.tokensAt(0, 12.5), 3);
        QCOMPARE(clock.tokensAt(0, 4.99), 0);
        QCOMPARE(clock.tokensAt(0, 5), 2);
        QCOMPARE(clock.tokensAt(1, 4), 1);
        QCOMPARE(clock.tailAt(0, 5), QStringLiteral("ab"));
        QCOMPARE(clock.tailAt(1, 12.5), QStringLiteral("abc"));
        // Left and Right go through the moments at which any lane commits: 0 4 5 8 12 12.5.
        QTest::keyClick(&clock, Qt::Key_Home);
        QCOMPARE(clock.clock(), 0.0);
        for (const double moment : {4.0, 5.0, 8.0, 12.0, 12.5, 12.5}) {
            QTest::keyClick(&clock, Qt::Key_Right);
            QCOMPARE(clock.clock(), moment);
        }
        QTest::keyClick(&clock, Qt::Key_Left);
        QCOMPARE(clock.clock(), 12.0);
        clock.setClock(6);
        QTest::keyClick(&clock, Qt::Key_Left);
        QCOMPARE(clock.clock(), 5.0);
        QVERIFY(clock.accessibleDescription().contains(QStringLiteral("2 of 3")));
        QTest::keyClick(&clock, Qt::Key_Left, Qt::ControlModifier);
        QCOMPARE(clock.clock(), 0.0);
        QTest::keyClick(&clock, Qt::Key_Down);
        QCOMPARE(clock.chosen(), 1);
        // It runs and stops by itself.
        clock.setPace(1);
        QTest::keyClick(&clock, Qt::Key_Space);
        QVERIFY(clock.playing());
        QVERIFY(QTest::qWaitFor([&] { return !clock.playing(); }, 5000));
        QCOMPARE(clock.clock(), 12.5);
        QCOMPARE(clock.toCsv().count('\n'), 1 + 2 + 3);
        QVERIFY(clock.toCsv().contains("\"Chain\",1,5,2,4,1,12,1,3\n"));
    }

    void treesAreLaidOverEachOther()
    {
        CompareDesk desk;
        auto& pane = *desk.pane;
        pane.runAll();
        QVERIFY(desk.settle());
        auto& trees = *pane.trees();
        pane.tabs()->setCurrentWidget(&trees);
        QCOMPARE(trees.boxA()->currentIndex(), 0);
        QCOMPARE(trees.boxB()->currentIndex(), 1);
        QCOMPARE(trees.position(), 2);
        QCOMPARE(trees.view()->state(), ViewState::Data);
        QCOMPARE(trees.view()->diff().counts.both, 1);
        QCOMPARE(trees.view()->diff().counts.only_a, 1);
        QCOMPARE(trees.table()->rowCount(), 2);
        QCOMPARE(trees.table()->item(0, 2)->text(), QStringLiteral("A and B"));
        QCOMPARE(trees.table()->item(1, 2)->text(), QStringLiteral("A"));
        // Three tokens by both; what the chain drafted and was refused it has alone.
        QVERIFY2(trees.wholeLabel()->text().contains(QStringLiteral("3 tokens in both, 1 only in A, 0 only in B")),
                 qPrintable(trees.wholeLabel()->text()));
        QVERIFY(trees.wholeLabel()->text().contains(QStringLiteral("The same text.")));
        QVERIFY(!trees.previousButton()->isEnabled());
        desk.press(trees.nextButton());
        QCOMPARE(trees.position(), 3);
        QCOMPARE(trees.view()->diff().before_a, 2);  // the chain's first round goes on
        QTest::keyClick(trees.view(), Qt::Key_PageDown);
        QCOMPARE(trees.position(), 4);
        QVERIFY(!trees.nextButton()->isEnabled());
        QCOMPARE(trees.view()->diff().counts, (record::DiffCounts{.both = 1, .only_a = 1, .only_b = 0, .states = 1}));
        // Keys walk the picture, the table goes along, and back.
        QTest::keyClick(trees.view(), Qt::Key_Right);
        const int first = trees.view()->cursor();
        QVERIFY(first > 0);
        QCOMPARE(trees.table()->currentRow(), first - 1);
        QTest::keyClick(trees.view(), Qt::Key_Down);
        QVERIFY(trees.view()->cursor() > 0 && trees.view()->cursor() != first);
        trees.table()->setCurrentCell(first - 1, 0);
        QCOMPARE(trees.view()->cursor(), first);
        QCOMPARE(trees.view()->nodeAt(trees.view()->boxOf(first).center()), first);
        // The window's round leads: opened in the bench, its first round is at position 2.
        pane.showEntry(0);
        QCOMPARE(desk.record.roundCount(), 2);
        QCOMPARE(trees.position(), 4);
        desk.record.setShownRounds(1);
        QCOMPARE(trees.position(), 2);
        trees.boxB()->setCurrentIndex(0);  // against itself
        QCOMPARE(trees.view()->diff().counts.only_a + trees.view()->diff().counts.only_b, 0);
    }

    void everyViewSpeaksAndPaints()
    {
        CompareDesk desk;
        for (int i = 0; i < 2; ++i) {
            for (auto* view : QList<widgets::View*>{desk.pane->clockView(), desk.pane->table(), desk.pane->trees()->view()}) {
                QVERIFY(desk.bench->views().contains(view));
                QVERIFY2(!view->summary().isEmpty() && view->toCsv().contains('\n'), qPrintable(view->id()));
                QImage image(view->contentSize().toSize(), QImage::Format_ARGB32_Premultiplied);
                image.fill(Qt::white);
                const QImage before = image;
                QPainter painter(&image);
                view->paintContent(painter, image.size(), widgets::theme());
                painter.end();
                QVERIFY2(image != before, qPrintable(view->id()));
            }
            desk.bench->fill(*desk.pane->table());
            QVERIFY(desk.settle());
        }
        QCOMPARE(CompareEngine::runs.load() > 0, true);
    }

    /// Pictures for the eye: TIMBERLINE_PICTURES names a folder.
    void pictures()
    {
        const QString folder = qEnvironmentVariable("TIMBERLINE_PICTURES");
        if (folder.isEmpty()) {
            QSKIP("TIMBERLINE_PICTURES is not set");
        }
        CompareDesk desk(load_engine);
        auto& pane = *desk.pane;
        QVERIFY(desk.session.edit("max_new_tokens", std::int64_t{64}).isEmpty());
        for (const char* id : {"draft-model-chain", "draft-model-tree", "prompt-lookup", "medusa", "plain"}) {
            pane.addMethod(id);
        }
        desk.pane->clockView()->choose(1);
        for (const char* theme : {"light", "dark"}) {
            widgets::ThemeManager::instance().setTheme(QLatin1String(theme));
            for (const QSize size : {QSize(612, 676), QSize(1230, 930)}) {
                desk.bench->resize(size);
                const auto save = [&](const char* name) {
                    QTest::qWait(50);
                    desk.bench->grab().save(
                        QStringLiteral("%1/%2-%3-%4.png").arg(folder, QLatin1String(name), QLatin1String(theme)).arg(size.width()));
                };
                pane.tabs()->setCurrentIndex(0);
                save("before");
                pane.fill();
                QVERIFY(desk.settle());
                pane.clockView()->setClock(60);
                save("clock");
                pane.tabs()->setCurrentIndex(1);
                save("table");
                pane.tabs()->setCurrentIndex(2);
                pane.trees()->goTo(20);
                save("trees");
            }
        }
        for (auto* view : QList<widgets::View*>{pane.clockView(), pane.table(), pane.trees()->view()}) {
            QVERIFY(widgets::exportView(*view, QStringLiteral("svg"), folder + QLatin1Char('/') + view->id() + QStringLiteral(".svg"), {})
                        .isEmpty());
            QVERIFY(widgets::exportView(*view, QStringLiteral("png"), folder + QLatin1Char('/') + view->id() + QStringLiteral(".png"), {})
                        .isEmpty());
        }
        widgets::ThemeManager::instance().setTheme(QStringLiteral("light"));
    }

    /// The bundled pair: what the table says is what the records fold to.
    void theRealPairIsCompared()
    {
        CompareDesk desk(load_engine);
        auto& pane = *desk.pane;
        pane.addSetup();
        pane.addMethod("prompt-lookup");
        pane.addPlain();
        desk.press(pane.runButton());
        QVERIFY(desk.settle());
        QCOMPARE(pane.table()->table()->rowCount(), 3);
        for (int row = 0; row < 3; ++row) {
            const auto& run = pane.runs()[static_cast<std::size_t>(row)];
            QVERIFY2(!run.error, run.error ? run.error->message.c_str() : "");
            QVERIFY(run.record != nullptr && run.measured && run.measured->repeats == 5);
            QCOMPARE(desk.cell(row, 2), QLocale().toString(*record::accepted_per_pass(*run.record), 'f', 2));
            QCOMPARE(desk.cell(row, 8).toInt(), static_cast<int>(record::generated_ids(*run.record).size()));
            QVERIFY(desk.cell(row, 10).startsWith(QChar(0x2713)));
        }
        QCOMPARE(desk.cell(2, 1), QStringLiteral("1.00"));
        QVERIFY(pane.trees()->view()->diff().counts.both > 0);
        pane.showEntry(1);
        QCOMPARE(desk.session.config().drafter.id, std::string("prompt-lookup"));
        QVERIFY(pane.note()->text().isEmpty());  // the same prompt and seed
    }
};

QTEST_MAIN(TestComparePane)
#include "test_compare_pane.moc"
