// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/project/settings.h"
#include "app/window/draft_bench.h"
#include "app/window/export_dialog.h"
#include "app/window/main_window.h"
#include "app/window/setup_panel.h"
#include "app/window/tensor_dialog.h"
#include "core/base/files.h"
#include "widgets/draft/tree_view.h"
#include "widgets/panels/timeline.h"
#include "widgets/theme/theme.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QMenuBar>
#include <QMessageBox>
#include <QStatusBar>
#include <QToolBar>

namespace timberline::app {

void MainWindow::buildRail()
{
    auto* rail = new QToolBar(tr("Benches"), this);
    rail->setObjectName(QStringLiteral("rail"));
    rail->setMovable(false);
    rail->setFloatable(false);
    rail->setToolButtonStyle(Qt::ToolButtonTextOnly);
    addToolBar(Qt::LeftToolBarArea, rail);
    m_benches = new QActionGroup(this);
    const std::tuple<QString, QString, QString> benches[] = {{QStringLiteral("draft"), tr("Draft"), tr("Draft acceptance trees")},
                                                             {QStringLiteral("exits"), tr("Exits"), tr("Per-layer exit decisions")},
                                                             {QStringLiteral("attention"), tr("Attention"), tr("Attention entropy")},
                                                             {QStringLiteral("landscape"), tr("Landscape"), tr("Loss landscapes")}};
    int number = 1;
    for (const auto& [id, title, help] : benches) {
        auto* action = rail->addAction(title);
        action->setCheckable(true);
        action->setShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg(number)));
        action->setToolTip(QStringLiteral("%1 (%2)").arg(help, action->shortcut().toString(QKeySequence::NativeText)));
        action->setData(id);
        m_benches->addAction(action);
        connect(action, &QAction::triggered, this, [this, bench = id] { showBench(bench); });
        ++number;
    }
    m_benches->actions().front()->setChecked(true);
}

void MainWindow::buildMenus()
{
    buildFileMenu();
    buildRunMenu();
    buildViewMenu();
    auto* help = menuBar()->addMenu(tr("&Help"));
    connect(help->addAction(tr("About Timberline")), &QAction::triggered, this, [this] {
        const auto text = version();
        QMessageBox::about(
            this, tr("About Timberline"),
            tr("Timberline %1\nAn explorer for how language models decode and train.\nFree software under the GNU GPL, version 3 or later.")
                .arg(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()))));
    });
}

void MainWindow::openDialog(bool folder)
{
    const QString path = folder ? QFileDialog::getExistingDirectory(this, tr("Open a model folder"))
                                : QFileDialog::getOpenFileName(this, tr("Open"), {},
                                                               tr("Configs, records, exported pictures and other programs' logs (*.json "
                                                                  "*.tlrun *.png *.svg *.jsonl *.log);;All files (*)"));
    if (!path.isEmpty()) {
        open(path);
    }
}

void MainWindow::buildFileMenu()
{
    auto* file = menuBar()->addMenu(tr("&File"));
    auto* openFile = file->addAction(tr("&Open…"), QKeySequence::Open, this, [this] { openDialog(false); });
    openFile->setStatusTip(tr("A config, a record, a picture exported by Timberline, or a log of Spec-Bench, vLLM or llama.cpp"));
    file->addAction(tr("Open a &model folder…"), this, [this] { openDialog(true); });
    auto* samples = file->addMenu(tr("Open a &sample"));
    const QDir folder(QString::fromStdString((resource_folder() / "samples").string()));
    for (const auto& entry : folder.entryInfoList({QStringLiteral("*.json")}, QDir::Files, QDir::Name)) {
        samples->addAction(entry.completeBaseName(), this, [this, path = entry.absoluteFilePath()] { open(path); });
    }
    auto* recent = file->addMenu(tr("&Recent"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] {
        recent->clear();
        for (const auto& path : Settings::recentFiles()) {
            recent->addAction(path, this, [this, path] { open(path); });
        }
        recent->setEnabled(true);
    });
    file->addSeparator();
    file->addAction(tr("Save the &record…"), QKeySequence::Save, this, [this] {
        const QString path =
            QFileDialog::getSaveFileName(this, tr("Save the record"), QStringLiteral("run.tlrun"), tr("Records (*.tlrun)"));
        if (!path.isEmpty()) {
            saveRecord(path);
        }
    });
    file->addAction(tr("Save the &config…"), this, [this] {
        const QString path =
            QFileDialog::getSaveFileName(this, tr("Save the config"), QStringLiteral("config.json"), tr("Configs (*.json)"));
        if (!path.isEmpty()) {
            saveConfig(path);
        }
    });
    file->addAction(tr("&Export a view…"), QKeySequence(QStringLiteral("Ctrl+E")), this,
                    [this] { ExportDialog(currentBench()->views(), manifest(), this).exec(); });
    file->addAction(tr("Export &all views…"), this, [this] {
        const QString chosen = QFileDialog::getExistingDirectory(this, tr("Export all views into a folder"));
        if (!chosen.isEmpty() && exportAll(chosen, {QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf"),
                                                    QStringLiteral("csv"), QStringLiteral("json")})) {
            statusBar()->showMessage(tr("Exported into %1.").arg(chosen), 6000);
        }
    });
    file->addAction(tr("Copy as command &line"), QKeySequence(QStringLiteral("Ctrl+Shift+C")), this, [this] {
        QApplication::clipboard()->setText(commandLine());
        statusBar()->showMessage(tr("The command line is on the clipboard."), 4000);
    });
    file->addSeparator();
    file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
    connect(m_setup, &SetupPanel::browseModelRequested, this, [this](bool draft) {
        const QString path =
            QFileDialog::getExistingDirectory(this, draft ? tr("Choose a draft model folder") : tr("Choose a model folder"));
        if (path.isEmpty()) {
            return;
        }
        if (draft) {
            m_session->setModels(QString::fromStdString(m_session->config().model), path);
        } else {
            open(path);
        }
    });
    connect(m_setup, &SetupPanel::tensorsRequested, this, [this] {
        auto* dialog = new TensorDialog(m_jobs, QString::fromStdString(m_session->config().model), this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->show();
    });
}

void MainWindow::buildRunMenu()
{
    auto* menu = menuBar()->addMenu(tr("&Run"));
    menu->addAction(tr("Run, pause, go on"), QKeySequence(Qt::Key_Space), m_timeline, &widgets::Timeline::toggle);
    menu->addAction(tr("One round forward"), QKeySequence(QStringLiteral("Ctrl+Right")), m_timeline, &widgets::Timeline::step);
    menu->addAction(tr("One round back"), QKeySequence(QStringLiteral("Ctrl+Left")), m_timeline, &widgets::Timeline::back);
    menu->addAction(tr("To the first round"), QKeySequence(QStringLiteral("Ctrl+Home")), m_timeline, &widgets::Timeline::toStart);
    menu->addAction(tr("To the newest round"), QKeySequence(QStringLiteral("Ctrl+End")), m_timeline, &widgets::Timeline::toEnd);
    menu->addSeparator();
    menu->addAction(tr("Run anew"), QKeySequence(QStringLiteral("Ctrl+R")), this, [this] { currentSession()->run(); });
    menu->addAction(tr("Stop"), QKeySequence(Qt::Key_Escape), this, [this] { currentSession()->stop(); });
    menu->addSeparator();
    // Forks and speed-ups are the Draft bench's: showDocks() disables these where another bench is in front.
    m_draftActions << menu->addAction(tr("Accept the selected token instead"), QKeySequence(QStringLiteral("Ctrl+Return")), this, [this] {
        const auto& current = m_selection->current();
        if (current.round >= 0 && current.node > 0) {
            m_session->force(current.round, current.node);
        }
    });
    m_draftActions << menu->addAction(tr("Fork from the selected round"), QKeySequence(QStringLiteral("Ctrl+Shift+F")), this, [this] {
        const auto& current = m_selection->current();
        m_session->forkAt(current.round >= 0 ? current.round : std::max(0, m_model->shownRounds() - 1));
    });
    m_draftActions << menu->addAction(tr("Swap the futures"), m_session, &RunSession::swapFutures);
    menu->addSeparator();
    m_draftActions << menu->addAction(tr("Measure speed-up"), this, [this] { m_session->measure(5); });
    const std::pair<QString, QString> questions[] = {{tr("Where does drafting pay?"), QStringLiteral("draft-break-even")},
                                                     {tr("What would hindsight have kept?"), QStringLiteral("draft-hindsight")},
                                                     {tr("Which layer drafts best?"), QStringLiteral("draft-layers")},
                                                     {tr("Is the acceptance rule exact?"), QStringLiteral("draft-certificate")},
                                                     {tr("Do first tokens follow the law?"), QStringLiteral("draft-first-tokens")}};
    for (const auto& [text, view] : questions) {
        m_draftActions << menu->addAction(text, this, [this, id = view] { showView(id, true); });
    }
    menu->addSeparator();
    // What is chosen there first is not asked at once.
    const std::pair<QString, QString> desks[] = {{tr("Compare methods"), QStringLiteral("draft-compare")},
                                                 {tr("Sweep over values"), QStringLiteral("draft-sweep")},
                                                 {tr("Train draft heads"), QStringLiteral("head-training")}};
    for (const auto& [text, view] : desks) {
        m_draftActions << menu->addAction(text, this, [this, id = view] { showView(id, false); });
    }
}

void MainWindow::buildViewMenu()
{
    auto* view = menuBar()->addMenu(tr("&View"));
    auto* themes = view->addMenu(tr("&Theme"));
    auto* group = new QActionGroup(this);
    const std::pair<QString, QString> choices[] = {{QStringLiteral("system"), tr("As the system")},
                                                   {QStringLiteral("light"), tr("Light")},
                                                   {QStringLiteral("dark"), tr("Dark")},
                                                   {QStringLiteral("high-contrast"), tr("High contrast")}};
    for (const auto& [id, title] : choices) {
        auto* action = themes->addAction(title);
        action->setCheckable(true);
        action->setChecked(widgets::ThemeManager::instance().choice() == id);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [theme = id] {
            widgets::ThemeManager::instance().setTheme(theme);
            Settings::setTheme(theme);
        });
    }
    auto* languages = view->addMenu(tr("&Language"));
    const std::pair<QString, QString> names[] = {{QString(), tr("As the system")},
                                                 {QStringLiteral("en"), QStringLiteral("English")},
                                                 {QStringLiteral("de"), QStringLiteral("Deutsch")}};
    for (const auto& [code, title] : names) {
        connect(languages->addAction(title), &QAction::triggered, this, [this, language = code] {
            Settings::setLanguage(language);
            statusBar()->showMessage(tr("The language changes at the next start."), 6000);
        });
    }
    view->addSeparator();
    for (auto* dock : std::as_const(m_docks)) {
        view->addAction(dock->toggleViewAction());
    }
    view->addAction(tr("Centre alone"), QKeySequence(Qt::Key_F11), this, [this] {
        const bool anyShown = std::any_of(m_docks.begin(), m_docks.end(), [](const QDockWidget* dock) { return dock->isVisible(); });
        for (auto* dock : std::as_const(m_docks)) {
            dock->setVisible(!anyShown);
        }
    });
    view->addAction(tr("Reset the layout"), this, &MainWindow::resetLayout);
    view->addSeparator();
    m_draftActions << view->addAction(tr("Fit the tree"), this, [this] {
        m_draft->tree()->setFollow(false);
        m_draft->tree()->fit();
    });
}

}  // namespace timberline::app
