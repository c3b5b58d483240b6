// SPDX-License-Identifier: GPL-3.0-or-later
// The four benches in one window: one timeline, one selection, one exporter, set-up panels from declarations.
#include "tests/app/window_helpers.h"

#include "app/window/bench.h"
#include "app/window/bench_setup.h"
#include "core/record/folds.h"
#include "widgets/panels/parameter_panel.h"
#include "widgets/panels/timeline.h"
#include "widgets/shared/view.h"

#include <QComboBox>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSlider>
#include <QTemporaryDir>

using namespace timberline;

class TestBenches : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_window = testing::openWindow();
        m_window->setRunOpened(true);
        QVERIFY(testing::settle(*m_window));
    }
    void cleanupTestCase() { m_window.reset(); }

    void aSampleRunsOnItsBench_data()
    {
        QTest::addColumn<QString>("sample");
        QTest::addColumn<QString>("bench");
        QTest::addColumn<QString>("word");
        QTest::addColumn<int>("atLeast");
        QTest::newRow("draft") << "fairy-tale-chain"
                               << "draft"
                               << "round" << 4;
        QTest::newRow("exits") << "fairy-tale-exits"
                               << "exits"
                               << "token" << 3;
        QTest::newRow("attention") << "fairy-tale-attention"
                                   << "attention"
                                   << "token" << 3;
        QTest::newRow("landscape") << "two-moons-landscape"
                                   << "landscape"
                                   << "step" << 5;
        QTest::newRow("training, which the landscape bench shows") << "spirals-training"
                                                                   << "landscape"
                                                                   << "step" << 2;
    }
    void aSampleRunsOnItsBench()
    {
        QFETCH(QString, sample);
        QFETCH(QString, bench);
        QFETCH(QString, word);
        QFETCH(int, atLeast);
        m_window->openSample(sample);
        QVERIFY(testing::settle(*m_window));
        QVERIFY2(m_window->lastError().isEmpty(), qPrintable(m_window->lastError()));
        QCOMPARE(m_window->bench(), bench);
        auto* model = m_window->currentModel();
        QVERIFY(model->roundCount() > 5);
        // The one timeline shows this bench's moments and scrubs them.
        QVERIFY(m_window->timeline()->findChild<QLabel*>() != nullptr);
        const auto labels = m_window->timeline()->findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) { return label->text().startsWith(word); }));
        m_window->timeline()->findChild<QSlider*>(QStringLiteral("scrub"))->setValue(3);
        QCOMPARE(model->shownRounds(), 3);
        m_window->timeline()->toEnd();
        QCOMPARE(model->shownRounds(), model->roundCount());
        // Every view has an accessible text, and most of them data.
        const auto views = m_window->currentBench()->views();
        QVERIFY(views.size() >= 4);
        qsizetype withData = 0;
        for (const auto* view : views) {
            QTRY_VERIFY2(!view->summary().isEmpty(), qPrintable(view->id()));  // some are worked out a little later
            withData += view->state() == widgets::ViewState::Data || view->state() == widgets::ViewState::Partial ? 1 : 0;
        }
        // Others wait for something to be selected, edited or asked for, and say so.
        QVERIFY2(withData >= atLeast, qPrintable(QString::number(withData)));
        const auto state = QJsonDocument::fromJson(m_window->stateJson()).object();
        QCOMPARE(state.value(QStringLiteral("bench")).toString(), bench);
        QCOMPARE(state.value(QStringLiteral("views")).toArray().size(), views.size());
    }

    void aSavedConfigOfEveryBenchOpensAgain_data()
    {
        QTest::addColumn<QString>("bench");
        for (const char* bench : {"draft", "exits", "attention", "landscape"}) {
            QTest::newRow(bench) << QString(bench);
        }
    }
    void aSavedConfigOfEveryBenchOpensAgain()
    {
        QFETCH(QString, bench);
        m_window->showBench(bench);
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("config.json"));
        QVERIFY(m_window->saveConfig(path));  // of the run that the window shows, with everything the window shares
        const auto read = run::read_config(path.toStdString(), *m_window->jobs()->methods());
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    }

    void oneExporterWritesEveryBench_data()
    {
        QTest::addColumn<QString>("bench");
        for (const char* bench : {"draft", "exits", "attention", "landscape"}) {
            QTest::newRow(bench) << QString(bench);
        }
    }
    void oneExporterWritesEveryBench()
    {
        QFETCH(QString, bench);
        m_window->showBench(bench);
        if (bench == QLatin1String("landscape")) {
            m_window->openSample(QStringLiteral("two-moons-landscape"));  // the training before it computed no plane
            QVERIFY(testing::settle(*m_window));
        }
        QTemporaryDir folder;
        QVERIFY(m_window->exportAll(folder.path(),
                                    {QStringLiteral("svg"), QStringLiteral("csv"), QStringLiteral("json"), QStringLiteral("npy")}));
        QCOMPARE(!QDir(folder.path()).entryList({QStringLiteral("*.npy")}).isEmpty(), bench == QLatin1String("landscape"));
        for (const auto* view : m_window->currentBench()->views()) {
            const QDir written(folder.path());
            QVERIFY2(QFileInfo(written.filePath(view->id() + QStringLiteral(".svg"))).size() > 200, qPrintable(view->id()));
            QVERIFY2(written.exists(view->id() + QStringLiteral(".csv")), qPrintable(view->id()));
        }
    }

    void aTokenSelectedAnywhereIsSelectedEverywhere()
    {
        // What a bench shows of a selected token is in its pictures and its inspector: another token must change them on every bench.
        const auto looks = [&](const QString& bench, int token) {
            m_window->showBench(bench);
            auto selected = m_window->selection()->current();
            selected.token = token;
            selected.layer = 3;  // the Attention bench shows a token in the rows of a head
            selected.head = 1;
            m_window->selection()->select(selected);
            QTest::qWait(50);
            QList<QImage> pictures;
            for (auto* view : m_window->currentBench()->views()) {
                if (view->isVisible()) {
                    pictures << view->grab().toImage();
                }
            }
            return pictures;
        };
        for (const char* bench : {"draft", "exits", "attention"}) {
            const auto of_five = looks(QLatin1String(bench), 5);
            const auto of_nine = looks(QLatin1String(bench), 9);
            QVERIFY(!of_five.isEmpty());
            QVERIFY2(of_five != of_nine, bench);
            QCOMPARE(m_window->selection()->current().token, 9);
        }
    }

    void aPausedRunLetsOtherBenchesCompute()
    {
        m_window->openSample(QStringLiteral("two-moons-landscape"));
        QVERIFY(testing::settle(*m_window));
        m_window->setRunOpened(false);
        auto* training = m_window->sessionOf(QStringLiteral("landscape"));
        training->step();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->currentModel()->roundCount() >= 1, 20000);
        QCOMPARE(training->activity(), app::RunSession::Activity::Paused);
        m_window->showBench(QStringLiteral("draft"));
        m_window->session()->run();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session()->activity() == app::RunSession::Activity::Idle, 30000);
        QVERIFY(m_window->model()->roundCount() > 3);
        QCOMPARE(training->activity(), app::RunSession::Activity::Paused);
        training->stop();
        QTRY_COMPARE_WITH_TIMEOUT(training->activity(), app::RunSession::Activity::Idle, 20000);
        m_window->setRunOpened(true);
    }

    void everyPressOfStepMovesALongTraining()
    {
        m_window->openSample(QStringLiteral("two-moons-landscape"));
        QVERIFY(testing::settle(*m_window));
        m_window->setRunOpened(false);
        auto* training = m_window->sessionOf(QStringLiteral("landscape"));
        QVERIFY(training->edit("steps", std::int64_t{40'000}).isEmpty());  // events of 100 steps
        auto* model = m_window->currentModel();
        for (int pressed = 1; pressed <= 4; ++pressed) {
            training->step();
            QTRY_COMPARE_WITH_TIMEOUT(model->roundCount(), pressed, 20000);
            QCOMPARE(model->shownRounds(), pressed);
        }
        training->stop();
        QTRY_COMPARE_WITH_TIMEOUT(training->activity(), app::RunSession::Activity::Idle, 20000);
        QCOMPARE(model->roundCount(), 4);
        // Paused out of full speed, too, the timeline stands at the newest step.
        training->run();
        QTRY_VERIFY_WITH_TIMEOUT(model->roundCount() > 200, 20000);
        training->pause();
        QTest::qWait(200);
        const int paused = model->roundCount();
        training->step();
        QTRY_COMPARE_WITH_TIMEOUT(model->roundCount(), paused + 1, 20000);
        training->stop();
        QTRY_COMPARE_WITH_TIMEOUT(training->activity(), app::RunSession::Activity::Idle, 20000);
        QCOMPARE(model->roundCount(), paused + 1);
        m_window->setRunOpened(true);
    }

    void aRunThatWaitsCanBeTakenBack()
    {
        m_window->showBench(QStringLiteral("landscape"));
        auto* first = m_window->sessionOf(QStringLiteral("landscape"));
        auto* second = m_window->sessionOf(QStringLiteral("exits"));
        first->run();
        second->run();
        second->stop();  // before it began
        QTRY_COMPARE_WITH_TIMEOUT(second->activity(), app::RunSession::Activity::Idle, 20000);
        first->stop();
        QVERIFY(testing::settle(*m_window));
    }

    void aRecordOpenedDuringARunStaysOpen()
    {
        m_window->openSample(QStringLiteral("fairy-tale-chain"));
        QVERIFY(testing::settle(*m_window));
        const auto kept = m_window->model()->snapshot();
        const auto ids = record::generated_ids(*kept);
        m_window->session()->setPrompt(QStringLiteral("The old king"));
        m_window->session()->run();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->model()->roundCount() >= 1, 20000);
        m_window->session()->showRecord(kept);
        QVERIFY(testing::settle(*m_window));
        QTest::qWait(100);
        QCOMPARE(record::generated_ids(m_window->model()->record()), ids);
    }

    void aTrainingConfigShowsItsOwnSettings()
    {
        m_window->openSample(QStringLiteral("spirals-training"));
        QVERIFY(testing::settle(*m_window));
        auto* setup = m_window->findChild<app::BenchSetup*>(QStringLiteral("setup-landscape"));
        QCOMPARE(setup->settingsPanel()->declarations().size(), run::find_bench("training")->settings.size());
        QCOMPARE(m_window->session()->config().model, std::string("bundled:tale"));
        m_window->openSample(QStringLiteral("two-moons-landscape"));
        QVERIFY(testing::settle(*m_window));
        QCOMPARE(setup->settingsPanel()->declarations().size(), run::find_bench("landscape")->settings.size());
    }

    void benchesThatReadTextShareModelAndPrompt()
    {
        m_window->session()->setPrompt(QStringLiteral("The old king"));
        QCOMPARE(m_window->sessionOf(QStringLiteral("exits"))->config().prompt, std::string("The old king"));
        QCOMPARE(m_window->sessionOf(QStringLiteral("attention"))->config().prompt, std::string("The old king"));
        m_window->sessionOf(QStringLiteral("attention"))->setPrompt(QStringLiteral("A fox"));
        QCOMPARE(m_window->session()->config().prompt, std::string("A fox"));
        QCOMPARE(m_window->sessionOf(QStringLiteral("exits"))->config().prompt, std::string("A fox"));
    }

    void theDraftRunsTextIsReadElsewhere()
    {
        m_window->openSample(QStringLiteral("fairy-tale-chain"));
        QVERIFY(testing::settle(*m_window));
        std::vector<TokenId> expected;
        for (const auto& token : record::committed_tokens(m_window->model()->record())) {
            expected.push_back(token.token);
        }
        m_window->showBench(QStringLiteral("attention"));
        auto* setup = m_window->findChild<app::BenchSetup*>(QStringLiteral("setup-attention"));
        QVERIFY(setup != nullptr);
        Q_EMIT setup->draftTextRequested();
        auto* session = m_window->sessionOf(QStringLiteral("attention"));
        QVERIFY(session->config().ids.has_value());
        QCOMPARE(*session->config().ids, expected);
        QVERIFY(session->edit("max_new_tokens", std::int64_t{2}).isEmpty());
        session->run();
        QVERIFY(testing::settle(*m_window));
        QVERIFY2(m_window->lastError().isEmpty(), qPrintable(m_window->lastError()));
        QCOMPARE(m_window->currentModel()->started()->prompt, expected);
    }

    void everyPlaceOfABenchHasAChooserAndItsHyperparameters_data()
    {
        QTest::addColumn<QString>("bench");
        QTest::newRow("exits") << "exits";
        QTest::newRow("attention") << "attention";
        QTest::newRow("landscape") << "landscape";
    }
    void everyPlaceOfABenchHasAChooserAndItsHyperparameters()
    {
        QFETCH(QString, bench);
        auto* setup = m_window->findChild<app::BenchSetup*>(QStringLiteral("setup-") + bench);
        QVERIFY(setup != nullptr);
        const auto* methods = m_window->jobs()->methods();
        for (const auto& role : run::find_bench(bench.toStdString())->roles) {
            auto* box = setup->roleBox(role.name);
            QVERIFY(box != nullptr);
            QCOMPARE(box->count(), static_cast<int>(methods->family(role.family).size()) + (role.default_id.empty() ? 1 : 0));
            for (const auto* entry : methods->family(role.family)) {
                QVERIFY(m_window->sessionOf(bench)->choose(role.name, entry->info.id).isEmpty());
                QCOMPARE(setup->rolePanel(role.name)->declarations().size(), entry->info.hyperparameters.size());
            }
        }
    }

    void aLearningRateChangedWhileTrainingIsAMarkOnTheTimeline()
    {
        m_window->openSample(QStringLiteral("two-moons-landscape"));
        QVERIFY(testing::settle(*m_window));
        m_window->setRunOpened(false);
        auto* session = m_window->sessionOf(QStringLiteral("landscape"));
        session->step();  // one step, then it waits
        QTRY_VERIFY_WITH_TIMEOUT(m_window->currentModel()->roundCount() >= 1, 20000);
        QVERIFY(session->edit("learning_rate", 0.01).isEmpty());
        session->resume();
        QVERIFY(testing::settle(*m_window));
        const auto changes = record::changes(m_window->currentModel()->record());
        QVERIFY(std::any_of(changes.begin(), changes.end(), [](const auto* change) {
            return change->key.find("learning_rate") != std::string::npos && change->new_value == "0.01" && change->round >= 1;
        }));
    }

private:
    std::unique_ptr<app::MainWindow> m_window;
};

QTEST_MAIN(TestBenches)
#include "test_benches.moc"
