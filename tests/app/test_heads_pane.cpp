// SPDX-License-Identifier: GPL-3.0-or-later
// Draft heads trained from the window, with the real engine on a fixture model: live points, pause, live changes, stop, resume, closing
// the window, the heads in use; configs and records of such trainings opened.
#include "app/window/draft_bench.h"
#include "app/window/heads_chooser.h"
#include "app/window/heads_pane.h"
#include "app/window/heads_setup.h"
#include "app/window/setup_panel.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "tests/app/window_helpers.h"
#include "widgets/draft/head_training_view.h"
#include "widgets/panels/parameter_panel.h"

#include <QComboBox>
#include <QFile>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QToolButton>

using namespace timberline;
using app::RunSession;
using Activity = app::RunSession::Activity;
using testing::openWindow;
using testing::sample;
using testing::settle;

namespace {

const QString kTarget = QStringLiteral(TIMBERLINE_FIXTURES "/llama-gqa");
constexpr std::int64_t kEndless = 1'000'000;

class TestHeadsPane : public QObject
{
    Q_OBJECT

    std::unique_ptr<app::MainWindow> m_window;
    QTemporaryDir m_folder;

    app::HeadsPane& pane() const { return *m_window->draftBench()->heads(); }
    /// A training of the fixture model that goes on until it is stopped.
    void setUpSmall()
    {
        m_window->session()->setModels(kTarget, {});
        m_window->session()->choose("drafter", "plain");
        pane().setParentFolder(m_folder.path());
        auto config = pane().session()->config();
        config.model = kTarget.toStdString();
        config.threads = 1;
        config.settings = {{"tokens", std::int64_t{500}},
                           {"length", std::int64_t{16}},
                           {"opening", std::int64_t{4}},
                           {"steps", kEndless},
                           {"batch", std::int64_t{6}},
                           {"held_out", 0.2},
                           {"measure_every", std::int64_t{10}},
                           {"looked_sequences", std::int64_t{4}},
                           {"prompts_measured", std::int64_t{2}},
                           {"acceptance_tokens", std::int64_t{8}}};
        pane().session()->setConfig(config);
    }
    bool waitForSteps(int steps) const
    {
        return QTest::qWaitFor([&] { return pane().view()->datumCount() >= steps; }, 60000);
    }
    bool stop()
    {
        pane().stopButton()->click();
        return settle(*m_window);
    }
    std::int64_t steps() const { return std::get<std::int64_t>(pane().session()->config().settings.at("steps")); }

private Q_SLOTS:
    void initTestCase()
    {
        m_window = openWindow();
        QVERIFY(settle(*m_window));
    }

    void headsAreTrainedPausedChangedStoppedResumedAndUsed()
    {
        setUpSmall();
        auto* view = pane().view();
        QVERIFY(pane().trainButton()->isEnabled() && !pane().stopButton()->isEnabled() && !pane().useButton()->isEnabled());
        pane().trainButton()->click();
        QCOMPARE(pane().session()->activity(), Activity::Running);
        // The text has a progress of its own before the first step.
        Q_EMIT m_window->jobs()->progressArrived(0.3, QStringLiteral("writing text"));
        QVERIFY(pane().progress()->isVisibleTo(&pane()));
        QCOMPARE(pane().progress()->format(), QStringLiteral("Writing text: 150 of 500 tokens"));
        QCOMPARE(view->state(), widgets::ViewState::Busy);
        QVERIFY(waitForSteps(25));
        QVERIFY(!pane().progress()->isVisibleTo(&pane()));
        QVERIFY(QTest::qWaitFor([&] { return view->fold().acceptances().size() >= 3; }, 60000));
        QVERIFY(view->fold().acceptances().back().accepted_per_pass >= 1);
        QVERIFY(view->numbersText().contains(QStringLiteral("left")));

        // Paused: nothing more is computed, and other work passes.
        pane().pauseButton()->click();
        QCOMPARE(pane().session()->activity(), Activity::Paused);
        m_window->session()->setPrompt(QStringLiteral("one two"));
        m_window->session()->run();
        QVERIFY(QTest::qWaitFor([&] { return m_window->session()->activity() == Activity::Idle; }, 60000));
        QVERIFY(m_window->model()->roundCount() > 0);
        const int held = view->datumCount();
        QTest::qWait(60);
        QCOMPARE(view->datumCount(), held);

        // Changed while it goes on.
        QCOMPARE(pane().session()->edit("learning_rate", 0.001), QString());
        QVERIFY(pane().setup()->mainPanel()->isPending("learning_rate"));
        pane().pauseButton()->click();
        QVERIFY(QTest::qWaitFor([&] { return !view->fold().changes().empty(); }, 60000));
        QCOMPARE(QString::fromStdString(view->fold().changes().front().to), QStringLiteral("0.001"));
        QVERIFY(waitForSteps(held + 10));
        QVERIFY(!pane().setup()->mainPanel()->isPending("learning_rate"));

        QVERIFY(stop());
        QCOMPARE(view->state(), widgets::ViewState::Partial);
        QCOMPARE(pane().headsFolder(), m_folder.filePath(QStringLiteral("medusa")));
        const QString checkpoint = app::checkpoint_in(pane().headsFolder());
        QVERIFY(QFile::exists(checkpoint));
        QVERIFY(pane().noteText().contains(QStringLiteral("Resume")));
        QCOMPARE(app::checkpoints_below(m_folder.path()), QStringList{checkpoint});
        const int before = static_cast<int>(view->fold().steps().size());

        // On from the checkpoint; fewer steps are asked for on the way, so that it ends.
        pane().resumeFrom(checkpoint);
        QCOMPARE(pane().session()->activity(), Activity::Running);
        QVERIFY(waitForSteps(before + 5));
        QCOMPARE(QString::fromStdString(view->fold().changes().front().to), QStringLiteral("0.001"));
        QCOMPARE(pane().session()->edit("steps", std::int64_t{view->datumCount() + 60}), QString());
        QVERIFY(settle(*m_window));
        QCOMPARE(view->state(), widgets::ViewState::Data);
        QCOMPARE(static_cast<std::int64_t>(view->fold().steps().size()), steps());
        QCOMPARE(std::get<std::string>(pane().session()->config().settings.at("resume_from")), std::string());
        QVERIFY2(m_window->lastError().isEmpty(), qPrintable(m_window->lastError()));

        const auto ended = app::read_heads_checkpoint(checkpoint, *m_window->jobs()->methods());
        QVERIFY2(ended.ok(), ended.ok() ? "" : ended.error().message.c_str());
        QCOMPARE(ended->steps, steps());
        QCOMPARE(ended->step, steps());
        // A training whose steps are all done begins again only when more are asked for.
        pane().resumeFrom(checkpoint);
        QCOMPARE(pane().session()->activity(), Activity::Idle);
        QVERIFY(pane().noteText().contains(QStringLiteral("Raise")));
        QCOMPARE(std::get<double>(pane().session()->config().settings.at("learning_rate")), 0.001);  // as it was changed
        const auto done = steps();
        QCOMPARE(pane().session()->edit("steps", done + 15), QString());
        pane().trainButton()->click();
        QVERIFY(settle(*m_window));
        QCOMPARE(static_cast<std::int64_t>(view->fold().steps().size()), done + 15);
        QCOMPARE(view->state(), widgets::ViewState::Data);

        QVERIFY(pane().useButton()->isEnabled());
        pane().useButton()->click();
        const auto& config = m_window->session()->config();
        QCOMPARE(config.drafter.id, std::string("medusa"));
        QCOMPARE(config.controller.id, std::string("fixed"));
        QCOMPARE(config.heads, pane().headsFolder().toStdString());
        QVERIFY(!m_window->setup()->headsChooser()->isHidden());
        m_window->session()->run();
        QVERIFY(settle(*m_window));
        QVERIFY2(m_window->lastError().isEmpty(), qPrintable(m_window->lastError()));
        QCOMPARE(record::rounds(m_window->model()->record()).front()->drafter, std::string("medusa"));
        QCOMPARE(m_window->model()->started()->heads_hash.size(), std::size_t{16});
    }

    void everyTrainingGetsAFolderOfItsOwn()
    {
        setUpSmall();
        pane().trainButton()->click();
        QVERIFY(waitForSteps(5));
        QVERIFY(stop());
        QCOMPARE(pane().headsFolder(), m_folder.filePath(QStringLiteral("medusa-2")));
        pane().resumeButton()->menu()->aboutToShow();
        QStringList entries;
        for (const auto* action : pane().resumeButton()->menu()->actions()) {
            entries << action->text();
        }
        QCOMPARE(entries.size(), qsizetype{4});  // two checkpoints, a line, another file
        QVERIFY2(entries[1].startsWith(QStringLiteral("medusa-2: step ")), qPrintable(entries[1]));
    }

    /// An opened config may name a folder with finished heads: they stay as they are.
    void aTrainingWritesOverNoHeads()
    {
        const QString finished = m_folder.filePath(QStringLiteral("medusa"));
        const auto bytes = [&finished] {
            QFile file(QDir(finished).filePath(QStringLiteral("model.safetensors")));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const QByteArray before = bytes();
        QVERIFY(!before.isEmpty());
        setUpSmall();
        auto config = pane().session()->config();
        config.settings["out_folder"] = finished.toStdString();
        config.settings["checkpoint_path"] = app::checkpoint_in(finished).toStdString();
        pane().openConfig(config);
        pane().trainButton()->click();
        QVERIFY(waitForSteps(2));
        QVERIFY(stop());
        QVERIFY(pane().headsFolder() != finished);
        QCOMPARE(bytes(), before);
        QVERIFY(QDir(pane().headsFolder()).removeRecursively());
    }

    void aFolderThatCannotBeMadeIsSaidBeforeAnythingIsWritten()
    {
        setUpSmall();
        QFile file(m_folder.filePath(QStringLiteral("a file")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        pane().setParentFolder(file.fileName());
        pane().trainButton()->click();
        QCOMPARE(pane().session()->activity(), app::RunSession::Activity::Idle);
        QVERIFY2(m_window->lastError().contains(QStringLiteral("cannot be written")), qPrintable(m_window->lastError()));
        pane().setParentFolder(m_folder.path());
    }

    void headsOfAnotherModelAreRefusedWithAReason()
    {
        auto* session = m_window->session();
        session->setModels(QStringLiteral("bundled:tale"), {});
        QCOMPARE(session->choose("drafter", "plain"), QString());
        QCOMPARE(session->choose("drafter", "medusa"), QString());
        QCOMPARE(session->edit("heads", m_folder.filePath(QStringLiteral("medusa")).toStdString()), QString());
        session->run();
        QVERIFY(settle(*m_window));
        QVERIFY2(m_window->lastError().contains(QStringLiteral("heads were trained for")), qPrintable(m_window->lastError()));
    }

    void closingTheWindowKeepsACheckpoint()
    {
        setUpSmall();
        pane().trainButton()->click();
        QVERIFY(waitForSteps(12));
        const QString checkpoint = app::checkpoint_in(pane().headsFolder());
        const QString record = m_folder.filePath(QStringLiteral("training.tlrun"));
        QVERIFY(!QFile::exists(checkpoint));  // one every ten seconds: not yet
        const int seen = static_cast<int>(pane().view()->fold().steps().size());
        m_window->close();
        m_window.reset();
        QVERIFY(QFile::exists(checkpoint));
        m_window = openWindow();
        QVERIFY(settle(*m_window));
        const auto left = app::read_heads_checkpoint(checkpoint, *m_window->jobs()->methods());
        QVERIFY2(left.ok(), left.ok() ? "" : left.error().message.c_str());
        QVERIFY(left->step >= seen);
        QCOMPARE(left->steps, kEndless);
        pane().resumeFrom(checkpoint);
        QVERIFY(waitForSteps(static_cast<int>(left->step) + 3));
        QCOMPARE(pane().headsFolder(), m_folder.filePath(QStringLiteral("medusa-3")));
        QVERIFY(stop());
        QVERIFY(record::save(pane().model()->record(), record.toStdString()).ok());
    }

    void aSavedTrainingIsShownAgain()
    {
        const QString file = m_folder.filePath(QStringLiteral("training.tlrun"));
        const auto csv = pane().view()->toCsv();
        pane().model()->clear();
        m_window->showBench(QStringLiteral("landscape"));
        m_window->open(file);
        QVERIFY(settle(*m_window));
        QCOMPARE(m_window->bench(), QStringLiteral("draft"));
        QCOMPARE(m_window->draftBench()->tabs()->currentWidget(), &pane());
        QCOMPARE(pane().view()->toCsv(), csv);
        QCOMPARE(pane().headsFolder(), m_folder.filePath(QStringLiteral("medusa-3")));
        QVERIFY(pane().useButton()->isEnabled());
        QCOMPARE(std::get<std::string>(pane().session()->config().settings.at("out_folder")), std::string());
        QVERIFY2(m_window->lastError().isEmpty(), qPrintable(m_window->lastError()));
        // A file that is no checkpoint is refused.
        pane().resumeFrom(file);
        QVERIFY(!m_window->lastError().isEmpty());
        QCOMPARE(pane().session()->activity(), Activity::Idle);
    }

    void aConfigOpensInTheTabAndTrainsNothing()
    {
        m_window->setRunOpened(true);
        m_window->open(sample("train-chimera"));
        QVERIFY(settle(*m_window));
        m_window->setRunOpened(false);
        QCOMPARE(m_window->bench(), QStringLiteral("draft"));
        QCOMPARE(m_window->draftBench()->tabs()->currentWidget(), &pane());
        QCOMPARE(pane().setup()->headBox()->currentData().toString(), QStringLiteral("chimera"));
        QVERIFY(pane().setup()->mainPanel()->values().at("steps") == ParameterValue(steps()));
        QVERIFY(steps() > 100);
        QCOMPARE(pane().view()->state(), widgets::ViewState::Empty);
        QCOMPARE(m_window->session()->config().model, std::string("bundled:tale"));
        QCOMPARE(m_window->session()->config().bench, std::string("draft"));
        // A text from a file asks for the file.
        QVERIFY(pane().setup()->mainPanel()->editor("text_file") == nullptr);
        QCOMPARE(pane().session()->edit("text", std::string("file")), QString());
        QVERIFY(QTest::qWaitFor([&] { return pane().setup()->mainPanel()->editor("text_file") != nullptr; }, 5000));
        pane().trainButton()->click();
        QVERIFY(settle(*m_window));
        QCOMPARE(pane().view()->state(), widgets::ViewState::Error);
        QVERIFY2(m_window->lastError().contains(QStringLiteral("text_file")), qPrintable(m_window->lastError()));
    }

    void methodsThatDraftWithHeadsGetSome()
    {
        auto* session = m_window->session();
        auto* box = m_window->setup()->methodBox();
        auto* chooser = m_window->setup()->headsChooser();
        session->choose("drafter", "plain");
        QVERIFY(chooser->isHidden());
        for (const char* id : {"hydra", "eesd"}) {
            box->setCurrentIndex(box->findData(QLatin1String(id)));
            Q_EMIT box->activated(box->currentIndex());
            QVERIFY(!chooser->isHidden());
            QCOMPARE(session->config().heads, std::string("bundled:tale-heads/") + id);
            QVERIFY(chooser->box()->currentText().contains(QLatin1String(id)));
        }
        QVERIFY(app::bundled_heads().size() >= 7);
        session->choose("drafter", "plain");
        QVERIFY(chooser->isHidden());
        // A controller may ask for heads by a value.
        QCOMPARE(session->choose("controller", "value-guided"), QString());
        QVERIFY(chooser->isHidden());
        QCOMPARE(session->edit("estimator", std::string("value-net")), QString());
        QVERIFY(!chooser->isHidden());
        session->choose("controller", "fixed");
        QVERIFY(chooser->isHidden());
    }

    void aPictureHasATrainingOfItsOwn()
    {
        run::Config fresh;
        fresh.bench = "heads";
        fresh.model = kTarget.toStdString();
        pane().openConfig(fresh);
        QVERIFY(settle(*m_window));
        QCOMPARE(pane().view()->state(), widgets::ViewState::Empty);
        QVERIFY(m_window->showView(QStringLiteral("head-training"), true));
        QVERIFY(settle(*m_window));
        QCOMPARE(pane().view()->state(), widgets::ViewState::Data);
        QVERIFY(pane().headsFolder().isEmpty());
    }

    void theTabFitsASmallWindow()
    {
        // With everything that it can show.
        pane().progress()->show();
        m_window->resize(1280, 800);
        for (const bool more : {false, true}) {
            pane().setup()->moreButton()->setChecked(more);
            QTest::qWait(50);
            const QSize least = m_window->minimumSizeHint();
            QVERIFY2(least.width() <= 1280 && least.height() <= 800,
                     qPrintable(QStringLiteral("%1 x %2").arg(least.width()).arg(least.height())));
            QCOMPARE(m_window->size(), QSize(1280, 800));
        }
    }
};

}  // namespace

QTEST_MAIN(TestHeadsPane)
#include "test_heads_pane.moc"
