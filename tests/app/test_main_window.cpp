// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/window_helpers.h"

#include "app/window/draft_bench.h"
#include "app/window/error_banner.h"
#include "app/window/export_dialog.h"
#include "app/window/setup_panel.h"
#include "app/window/tensor_dialog.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "widgets/draft/inspector.h"
#include "widgets/draft/text_view.h"
#include "widgets/draft/tree_view.h"
#include "widgets/panels/method_card.h"
#include "widgets/panels/parameter_editor.h"
#include "widgets/panels/parameter_panel.h"
#include "widgets/panels/timeline.h"

#include <QAbstractItemModelTester>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QToolButton>

using namespace timberline;

class TestMainWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_window = testing::openWindow();
        m_window->open(testing::sample("fairy-tale-tree"));
        QVERIFY(testing::settle(*m_window));
        QVERIFY2(m_window->lastError().isEmpty(), qPrintable(m_window->lastError()));
    }

    void cleanup() { m_window.reset(); }

    void typeAPromptAndRun()
    {
        m_window->setup()->promptEdit()->setPlainText(QStringLiteral("The old king"));
        run();
        const auto* started = m_window->model()->started();
        QVERIFY(started != nullptr);
        QVERIFY(m_window->draftBench()->text()->text().startsWith(QStringLiteral("The old king")));
        QVERIFY(m_window->model()->roundCount() > 3);
        // Greedy speculative decoding says what plain decoding says, and the window measured it.
        const auto* baseline = record::last_baseline(m_window->model()->record());
        QVERIFY(baseline != nullptr);
        QVERIFY(baseline->identical);
        // Short runs are timed thrice without recording; a slow machine compares the live run once.
        QVERIFY(baseline->repeats == 3 || baseline->repeats == 1);
    }

    void stepBackAndForward()
    {
        run();
        auto* model = m_window->model();
        const int rounds = model->roundCount();
        const auto whole = m_window->draftBench()->text()->text();
        QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::ControlModifier);
        QCOMPARE(model->shownRounds(), rounds - 1);
        QVERIFY(whole.startsWith(m_window->draftBench()->text()->text()));
        QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(model->shownRounds(), rounds);
        QCOMPARE(m_window->draftBench()->text()->text(), whole);
    }

    void pauseStepAndGoOn()
    {
        auto* session = m_window->session();
        session->step();
        QVERIFY(QTest::qWaitFor([&] { return m_window->model()->roundCount() == 1; }, 30000));
        QCOMPARE(session->activity(), app::RunSession::Activity::Paused);
        session->step();
        QVERIFY(QTest::qWaitFor([&] { return m_window->model()->roundCount() == 2; }, 10000));
        session->resume();
        QVERIFY(testing::settle(*m_window));
        QVERIFY(m_window->model()->roundCount() > 2);
    }

    void aLiveChangeIsMarkedAndReplayable()
    {
        auto* session = m_window->session();
        session->step();
        QVERIFY(QTest::qWaitFor([&] { return m_window->model()->roundCount() == 1; }, 30000));
        auto* panel = m_window->setup()->methodPanel();
        panel->editor("draft_length")->findChild<QSpinBox*>()->setValue(2);
        QVERIFY(panel->isPending("draft_length"));
        session->resume();
        QVERIFY(testing::settle(*m_window));
        QVERIFY(!panel->isPending("draft_length"));
        const auto changes = record::changes(m_window->model()->record());
        QVERIFY(!changes.empty());
        QCOMPARE(changes.front()->key, std::string("draft_length"));
        QCOMPARE(changes.front()->new_value, std::string("2"));
        // The saved config carries the change: running it again gives the same record.
        QTemporaryDir folder;
        const QString config = folder.filePath(QStringLiteral("again.json"));
        QVERIFY(m_window->saveConfig(config));
        const auto first = record::generated_ids(m_window->model()->record());
        const auto rounds = m_window->model()->roundCount();
        m_window->setRunOpened(true);
        m_window->open(config);
        QVERIFY(testing::settle(*m_window));
        QCOMPARE(record::generated_ids(m_window->model()->record()), first);
        QCOMPARE(m_window->model()->roundCount(), rounds);
    }

    void aControllersValuesAreShownAndALossyOneIsNamed()
    {
        m_window->setRunOpened(false);
        m_window->openSample(QStringLiteral("fairy-tale-entropy-adaptive"));
        auto* panel = m_window->setup()->controllerPanel();
        QTRY_VERIFY_WITH_TIMEOUT(panel->editor("threshold") != nullptr, 20000);
        const auto card = m_window->setup()->findChild<widgets::MethodCard*>();
        QVERIFY(card->text().contains(QStringLiteral("≈ Lossy")));
        panel->editor("window")->findChild<QSpinBox*>()->setValue(7);
        QCOMPARE(std::get<std::int64_t>(m_window->session()->config().controller.values.at("window")), 7);
        m_window->openSample(QStringLiteral("fairy-tale-chain"));
        QTRY_VERIFY_WITH_TIMEOUT(!card->text().contains(QStringLiteral("≈ Lossy")), 20000);
        QVERIFY(!panel->isVisibleTo(m_window->setup()));  // a fixed length has nothing to set
        m_window->setRunOpened(true);
    }

    void aLogOfAnotherProgramOpensAsARecordAndSaysWhatItHolds()
    {
        m_window->open(QStringLiteral(TIMBERLINE_FIXTURES "/imports/vllm_detailed.json"));
        QTRY_COMPARE_WITH_TIMEOUT(m_window->model()->roundCount(), 5, 10000);
        const auto* banner = m_window->findChild<app::ErrorBanner*>();
        QVERIFY(banner->isVisibleTo(m_window.get()));
        QVERIFY(banner->text().contains(QStringLiteral("vllm")));
        // Nothing can be measured or forked from it, and both say so.
        QSignalSpy refused(m_window->session(), &app::RunSession::failed);
        m_window->session()->measure(3);
        QCOMPARE(refused.count(), 1);
        m_window->open(QStringLiteral(TIMBERLINE_FIXTURES "/imports/llama_speculative.log"));
        QTRY_COMPARE_WITH_TIMEOUT(m_window->model()->roundCount(), 0, 10000);
        QVERIFY(banner->text().contains(QStringLiteral("338 / 556")));
    }

    void forkShowsBothFutures()
    {
        run();
        const auto before = record::generated_ids(m_window->model()->record());
        int forcedRound = -1;
        int forcedNode = -1;
        for (const auto* round : record::rounds(m_window->model()->record())) {
            for (std::size_t i = 1; i < round->nodes.size() && forcedNode < 0; ++i) {
                if (round->nodes[i].state == record::NodeState::Rejected) {
                    forcedRound = round->index;
                    forcedNode = static_cast<int>(i);
                }
            }
        }
        QVERIFY(forcedNode > 0);
        m_window->session()->force(forcedRound, forcedNode);
        QVERIFY(testing::settle(*m_window));
        QVERIFY2(m_window->lastError().isEmpty(), qPrintable(m_window->lastError()));
        QVERIFY(m_window->session()->hasOther());
        const auto after = record::generated_ids(m_window->model()->record());
        QVERIFY(after != before);
        const auto* round = m_window->model()->round(forcedRound);
        QCOMPARE(round->nodes[static_cast<std::size_t>(forcedNode)].state, record::NodeState::Accepted);
        auto* other = m_window->findChild<widgets::TextView*>(QStringLiteral("other-text"));
        QVERIFY(other != nullptr && other->isVisible());
        QVERIFY(other->text() != m_window->draftBench()->text()->text());
        if (const QString folder = qEnvironmentVariable("TIMBERLINE_PICTURES"); !folder.isEmpty()) {
            // The README's picture of a fork is taken here, because only a user's click makes two futures.
            auto selected = m_window->selection()->current();
            selected.round = forcedRound;
            selected.node = forcedNode;
            m_window->selection()->select(selected);
            for (const char* theme : {"light", "dark"}) {
                widgets::ThemeManager::instance().setTheme(QLatin1String(theme));
                m_window->resize(1440, 960);
                QTest::qWait(300);
                QVERIFY(m_window->grab().save(QDir(folder).filePath(QStringLiteral("draft-fork-%1.png").arg(QLatin1String(theme)))));
            }
            widgets::ThemeManager::instance().setTheme(QStringLiteral("light"));
        }
        m_window->session()->swapFutures();
        QCOMPARE(record::generated_ids(m_window->model()->record()), before);
        m_window->session()->dropOther();
        QVERIFY(!other->isVisible());
    }

    void aRecordOpensWithoutItsModel()
    {
        run();
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("run.tlrun"));
        QVERIFY(m_window->saveRecord(path));
        const auto ids = record::generated_ids(m_window->model()->record());
        m_window->model()->clear();
        m_window->open(path);
        QVERIFY(testing::settle(*m_window));
        QCOMPARE(record::generated_ids(m_window->model()->record()), ids);
        // The inspector works from the record alone.
        m_window->selection()->select({.round = 0, .node = 1});
        QVERIFY(!m_window->inspector()->distribution()->rows().empty());
    }

    void exportsEveryView()
    {
        run();
        QTemporaryDir folder;
        QVERIFY(m_window->exportAll(folder.path(), {QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf"),
                                                    QStringLiteral("csv"), QStringLiteral("json")}));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), m_window->draftBench()->views().size() * 5);
        // A picture is its own recipe: opening it brings the config back.
        const auto prompt = m_window->session()->config().prompt;
        m_window->session()->setPrompt(QStringLiteral("something else"));
        m_window->open(folder.filePath(QStringLiteral("draft-tree.png")));
        QVERIFY2(m_window->lastError().isEmpty(), qPrintable(m_window->lastError()));
        QCOMPARE(m_window->session()->config().prompt, prompt);
        m_window->session()->setPrompt(QStringLiteral("something else"));
        m_window->open(folder.filePath(QStringLiteral("draft-tree.svg")));
        QCOMPARE(m_window->session()->config().prompt, prompt);
        QVERIFY(m_window->commandLine().startsWith(QStringLiteral("timberline-cli ")));
        app::ExportDialog dialog(m_window->draftBench()->views(), m_window->manifest());
        dialog.setPath(folder.filePath(QStringLiteral("one.png")));
        QCOMPARE(dialog.write(), QString());
        QVERIFY(QFileInfo::exists(folder.filePath(QStringLiteral("one.png"))));
    }

    void wrongFilesAreRefusedAndNothingIsLost_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("name");
        QTest::addRow("text") << QByteArray("hello") << QStringLiteral("hello.txt");
        QTest::addRow("broken JSON") << QByteArray("{\"timberline\": 1,") << QStringLiteral("config.json");
        QTest::addRow("unknown key") << QByteArray("{\"timberline\": 1, \"bench\": \"draft\", \"promt\": \"x\"}")
                                     << QStringLiteral("config.json");
        QTest::addRow("bench of a later version")
            << QByteArray("{\"timberline\": 99, \"bench\": \"draft\"}") << QStringLiteral("config.json");
        QTest::addRow("truncated record") << QByteArray("PK\x03\x04 broken") << QStringLiteral("run.tlrun");
        QTest::addRow("empty file") << QByteArray() << QStringLiteral("empty.json");
        QTest::addRow("folder that is no model") << QByteArray() << QString();
        QTest::addRow("missing file") << QByteArray("!") << QString();
    }

    void wrongFilesAreRefusedAndNothingIsLost()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, name);
        run();
        const auto ids = record::generated_ids(m_window->model()->record());
        const auto config = run::to_text(m_window->session()->config());
        QTemporaryDir folder;
        QString path = folder.path();
        if (!name.isEmpty()) {
            path = folder.filePath(name);
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(content);
        } else if (!content.isEmpty()) {
            path = folder.filePath(QStringLiteral("nowhere.json"));
        }
        m_window->open(path);
        QVERIFY(testing::settle(*m_window));
        QVERIFY(!m_window->lastError().isEmpty());
        QVERIFY2(m_window->lastError().contains(QChar('\n')), "an error says what to do next");
        QCOMPARE(record::generated_ids(m_window->model()->record()), ids);
        QCOMPARE(run::to_text(m_window->session()->config()), config);
    }

    void anotherModelFolderCanBeOpened()
    {
        m_window->open(QStringLiteral(TIMBERLINE_FIXTURES "/llama-gqa"));
        QVERIFY(testing::settle(*m_window));
        QVERIFY2(m_window->lastError().isEmpty(), qPrintable(m_window->lastError()));
        // Its tokenizer differs from the draft's, so the draft is dropped, and plain decoding chosen.
        QVERIFY(m_window->session()->config().draft_model.empty());
        QCOMPARE(m_window->session()->config().drafter.id, std::string("plain"));
        run();
        QCOMPARE(m_window->model()->started()->model_name, std::string("llama-gqa"));
    }

    void cancelAnswersSoon()
    {
        m_window->session()->edit("max_new_tokens", std::int64_t{400});
        m_window->session()->run();
        QVERIFY(QTest::qWaitFor([&] { return m_window->model()->roundCount() > 0; }, 30000));
        QElapsedTimer timer;
        timer.start();
        m_window->session()->stop();
        QVERIFY(QTest::qWaitFor([&] { return m_window->session()->activity() == app::RunSession::Activity::Idle; }, 5000));
        qInfo("cancelled after %lld ms", static_cast<long long>(timer.elapsed()));
        QVERIFY(timer.elapsed() < 1000);
    }

    void tensorsCanBeBrowsed()
    {
        app::TensorDialog dialog(m_window->jobs(), QStringLiteral("bundled:tale"));
        QAbstractItemModelTester tester(dialog.tensors(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(QTest::qWaitFor([&] { return dialog.tensors()->rowCount() > 0; }, 10000));
        // 12 layers of 9 tensors, the embedding and the final norm.
        QCOMPARE(dialog.tensors()->rowCount(), 12 * 9 + 2);
        run::TensorSummary summary;
        summary.maximum = 2;
        dialog.tensors()->setSummary(dialog.tensors()->tensor(3)->name, summary);
        QCOMPARE(dialog.tensors()->index(3, app::TensorModel::Maximum).data().toString(), QStringLiteral("2"));
    }

    void stateFileSaysWhatIsShown()
    {
        run();
        const auto state = QJsonDocument::fromJson(m_window->stateJson()).object();
        QCOMPARE(state.value(QStringLiteral("bench")).toString(), QStringLiteral("draft"));
        QCOMPARE(state.value(QStringLiteral("rounds")).toInt(), m_window->model()->roundCount());
        QVERIFY(state.value(QStringLiteral("nodes")).toInt() > 10);
        QVERIFY(state.value(QStringLiteral("tokens")).toInt() > 10);
    }

private:
    void run()
    {
        m_window->session()->run();
        QVERIFY(testing::settle(*m_window));
        QVERIFY2(m_window->lastError().isEmpty(), qPrintable(m_window->lastError()));
    }

    std::unique_ptr<app::MainWindow> m_window;
};

QTEST_MAIN(TestMainWindow)
#include "test_main_window.moc"
