// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"

#include "app/jobs/engine_loader.h"
#include "app/project/settings.h"
#include "app/window/draft_bench.h"
#include "app/window/error_banner.h"
#include "app/window/heads_pane.h"
#include "app/window/setup_panel.h"
#include "core/base/files.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "widgets/draft/inspector.h"
#include "widgets/draft/text_view.h"
#include "widgets/draft/tree_view.h"
#include "widgets/panels/timeline.h"
#include "widgets/theme/theme.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMimeData>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace timberline::app {

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent), m_jobs(new JobHost(load_engine, this)), m_model(new widgets::RecordModel(this)),
      m_other(new widgets::RecordModel(this)), m_selection(new widgets::SelectionModel(this)),
      m_session(new RunSession(m_jobs, m_model, m_other, "draft", this))
{
    setObjectName(QStringLiteral("main-window"));
    setAcceptDrops(true);
    setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowTabbedDocks);
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    buildRail();
    buildCentre();
    buildBenches();
    buildDocks();
    buildMenus();
    connectSession();
    statusBar()->setSizeGripEnabled(false);
    statusBar()->showMessage(tr("Loading the engine…"));
    m_defaultLayout = saveState();
    refreshTitle();
}

MainWindow::~MainWindow()
{
    // The worker goes first: nothing may be delivered to views that are being taken down.
    delete m_jobs;
}

void MainWindow::buildCentre()
{
    auto* holder = new QWidget(this);
    auto* layout = new QVBoxLayout(holder);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_banner = new ErrorBanner(holder);
    layout->addWidget(m_banner);
    m_centre = new QStackedWidget(holder);
    layout->addWidget(m_centre, 1);
    setCentralWidget(holder);
}

void MainWindow::connectSession()
{
    connect(m_jobs, &JobHost::engineLoaded, this, [this] {
        statusBar()->showMessage(tr("Ready."), 4000);
        for (const auto& slot : m_slots) {
            slot.session->setConfig(slot.session->config());
        }
        if (!m_waitingPath.isEmpty()) {
            openNow(std::exchange(m_waitingPath, {}));
        } else {
            // The models load while the user reads; the first press of Run then starts at once.
            m_jobs->submit(QStringLiteral("preload"),
                           [config = m_session->config()](const JobContext& job) { (void)job.engine.preload(config, job.cancel); });
        }
    });
    connect(m_jobs, &JobHost::engineFailed, this, [this](const QString& message, const QString& hint) {
        m_engineFailed = true;
        statusBar()->clearMessage();
        showError(message, hint);
    });
    connect(m_jobs, &JobHost::noteArrived, this, [this](const QString& note) { statusBar()->showMessage(note, 8000); });
    for (auto* session : sessions()) {
        connect(session, &RunSession::failed, this, &MainWindow::showError);
        connect(session, &RunSession::activityChanged, this, [this, session] {
            if (session == currentSession()) {
                m_timeline->setActivity(session->activity());
            }
            if (session->activity() == RunSession::Activity::Running) {
                m_banner->hide();
                // One worker computes: a run that goes on elsewhere comes first (a paused one lets others pass).
                for (const auto* other : sessions()) {
                    if (other != session && other->activity() == RunSession::Activity::Running) {
                        statusBar()->showMessage(other == m_draft->heads()->session()
                                                     ? tr("Waits until the training of draft heads has ended or is paused.")
                                                     : tr("Waits until the run on another bench has ended."),
                                                 8000);
                    }
                }
            }
        });
    }
    for (const auto& slot : m_slots) {
        connect(slot.session, &RunSession::inputChanged, this, [this, session = slot.session] { shareInput(session); });
        connect(slot.model, &widgets::RecordModel::changed, this, &MainWindow::refreshTitle);
    }
    using widgets::Timeline;
    connect(m_timeline, &Timeline::runRequested, this, [this] { currentSession()->run(); });
    connect(m_timeline, &Timeline::pauseRequested, this, [this] { currentSession()->pause(); });
    connect(m_timeline, &Timeline::resumeRequested, this, [this] { currentSession()->resume(); });
    connect(m_timeline, &Timeline::stepRequested, this, [this] { currentSession()->step(); });
    connect(m_timeline, &Timeline::stopRequested, this, [this] { currentSession()->stop(); });
    connect(m_timeline, &Timeline::speedChanged, this, [this](double rate) {
        for (const auto& slot : m_slots) {
            slot.session->setRate(rate);
        }
    });
}

void MainWindow::refreshTitle()
{
    const auto* started = currentModel()->started();
    setWindowTitle(started != nullptr ? QStringLiteral("%1 – Timberline").arg(QString::fromStdString(started->model_name))
                                      : QStringLiteral("Timberline"));
}

void MainWindow::open(const QString& path)
{
    if (m_jobs->methods() == nullptr && !m_engineFailed) {
        m_waitingPath = path;
        return;
    }
    openNow(path);
}

void MainWindow::showImportNotes(const record::Record& record)
{
    const auto* started = record::run_started(record);
    if (started == nullptr || !started->config_json.empty()) {
        return;
    }
    QStringList notes;
    for (const auto& event : record.events) {
        if (const auto* note = std::get_if<record::Note>(&event.payload)) {
            notes << QString::fromStdString(note->text);
        }
    }
    if (!notes.isEmpty()) {
        m_banner->show(notes.first(), notes.last());  // what the log is, and what it does not hold
    }
}

void MainWindow::openNow(const QString& path)
{
    static const MethodRegistry none;
    auto opened = open_path(path, m_jobs->methods() != nullptr ? *m_jobs->methods() : none);
    if (!opened.ok()) {
        showError(QString::fromStdString(opened.error().message), QString::fromStdString(opened.error().hint));
        return;
    }
    m_banner->hide();
    m_lastError.clear();
    Settings::addRecentFile(path);
    const bool heads = showHeads(opened.value());
    if (heads) {
        // trained in a tab of the Draft bench; opening trains nothing, not even unattended: it takes minutes
    } else if (const auto* config = std::get_if<OpenedConfig>(&opened.value())) {
        showBench(QString::fromStdString(config->config.bench));
        currentSession()->setConfig(config->config);
        if (m_runOpened) {
            // A config may carry scheduled changes and forks: it runs exactly as written.
            currentSession()->runAsWritten();
        }
    } else if (const auto* record = std::get_if<OpenedRecord>(&opened.value())) {
        if (const auto* started = record::run_started(*record->record); started != nullptr) {
            showBench(QString::fromStdString(started->bench));
        }
        currentSession()->showRecord(record->record);
        showImportNotes(*record->record);
    } else if (auto* sweep = std::get_if<OpenedSweep>(&opened.value())) {
        showBench(QStringLiteral("draft"));
        m_draft->showSweep(std::move(sweep->sweep));
    } else if (const auto* model = std::get_if<OpenedModel>(&opened.value())) {
        // Asked before it is taken: a folder that cannot be used must not replace the one that works.
        m_jobs->submit(QStringLiteral("open-model"), [this, folder = model->folder](const JobContext& job) {
            auto info = job.engine.model_info(folder.toStdString());
            const auto pair = info.ok() ? job.engine.check_pair(folder.toStdString(), m_session->config().draft_model) : Status{};
            job.deliver([this, folder, info = std::move(info), pair] {
                if (!info.ok()) {
                    showError(QString::fromStdString(info.error().message), QString::fromStdString(info.error().hint));
                    return;
                }
                m_session->setModels(folder, QString::fromStdString(m_session->config().draft_model));
                if (!pair.ok()) {
                    dropDraft(pair.error());
                }
                if (m_runOpened) {
                    if (bench() == QLatin1String("landscape")) {
                        showBench(QStringLiteral("draft"));  // a language model has nothing to do there
                    }
                    currentSession()->run();
                }
            });
        });
    }
}

void MainWindow::openSample(const QString& id)
{
    const QDir samples(QString::fromStdString((resource_folder() / "samples").string()));
    open(samples.filePath(id + QStringLiteral(".json")));
}

bool MainWindow::settled() const
{
    return (m_engineFailed || m_jobs->engineReady()) && m_waitingPath.isEmpty() && std::ranges::all_of(sessions(), &RunSession::settled);
}

void MainWindow::showError(const QString& message, const QString& hint)
{
    m_lastError = hint.isEmpty() ? message : message + QLatin1Char('\n') + hint;
    m_banner->show(message, hint);
}

QByteArray MainWindow::stateJson() const
{
    QJsonArray views;
    for (const auto* view : currentBench()->views()) {
        views.append(QJsonObject{{QStringLiteral("id"), view->id()},
                                 {QStringLiteral("title"), view->title()},
                                 {QStringLiteral("state"), widgets::nameOf(view->state())},
                                 {QStringLiteral("visible"), view->isVisible()},
                                 {QStringLiteral("summary"), view->summary()}});
    }
    qsizetype nodes = 0;
    const auto* model = currentModel();
    for (const auto* round : record::rounds(model->record(), model->shownRounds())) {
        nodes += static_cast<qsizetype>(round->nodes.size());
    }
    const auto* started = model->started();
    const bool moments_are_tokens = bench() != QLatin1String("draft") && started != nullptr && started->vocabulary > 0;
    const auto tokens = moments_are_tokens ? static_cast<std::size_t>(model->shownRounds())
                                           : record::generated_ids(model->record(), model->shownRounds()).size();
    const QJsonObject state{{QStringLiteral("bench"), bench()},
                            {QStringLiteral("size"), QJsonArray{width(), height()}},
                            {QStringLiteral("theme"), widgets::theme().id},
                            {QStringLiteral("rounds"), model->shownRounds()},
                            {QStringLiteral("nodes"), nodes},
                            {QStringLiteral("tokens"), static_cast<qsizetype>(tokens)},
                            {QStringLiteral("error"), m_lastError},
                            {QStringLiteral("views"), views}};
    return QJsonDocument(state).toJson();
}

QString MainWindow::manifest() const
{
    const auto* started = currentModel()->started();
    return QString::fromStdString(started != nullptr ? started->config_json : run::to_text(currentSession()->config()));
}

QString MainWindow::commandLine() const
{
    return QString::fromStdString(run::command_line(currentSession()->config(), "config.json"));
}

bool MainWindow::saveRecord(const QString& path)
{
    const auto saved = record::save(currentModel()->record(), path.toStdString());
    if (!saved.ok()) {
        showError(QString::fromStdString(saved.error().message), QString::fromStdString(saved.error().hint));
    }
    return saved.ok();
}

bool MainWindow::saveConfig(const QString& path)
{
    const auto saved = write_file(path.toStdString(), std::string_view(manifest().toStdString()));
    if (!saved.ok()) {
        showError(QString::fromStdString(saved.error().message), QString::fromStdString(saved.error().hint));
    }
    return saved.ok();
}

bool MainWindow::exportAll(const QString& folder, const QStringList& formats)
{
    const QStringList common{QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf"), QStringLiteral("csv"),
                             QStringLiteral("json")};
    if (!QDir().mkpath(folder)) {
        showError(tr("The folder %1 cannot be made.").arg(folder), tr("Choose a folder that you may write to."));
        return false;
    }
    for (auto* view : currentBench()->views()) {
        // A view may offer formats of its own beside the common ones: a surface as NPY, VTK, OBJ.
        for (const auto& suffix : common + view->extraFormats()) {
            const bool own = !common.contains(suffix);
            if (!formats.contains(suffix) || (own && view->toFormat(suffix).isEmpty())) {
                continue;  // a plane that was not computed has no surface file
            }
            widgets::ExportOptions options;
            options.scale = 2;
            options.manifest = manifest();
            const QString path = QDir(folder).filePath(view->id() + QLatin1Char('.') + suffix);
            if (const QString problem = exportView(*view, suffix, path, options); !problem.isEmpty()) {
                showError(problem, {});
                return false;
            }
        }
    }
    return true;
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const auto urls = event->mimeData()->urls();
    if (!urls.isEmpty()) {
        open(urls.front().toLocalFile());
        event->acceptProposedAction();
    }
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    Settings::saveLayout(saveGeometry(), saveState());
    for (auto* session : sessions()) {
        session->stop();
    }
    QMainWindow::closeEvent(event);
}

bool MainWindow::event(QEvent* event)
{
    const bool handled = QMainWindow::event(event);
    if (event->type() == QEvent::Paint) {
        // The window stands: now the engine may load.
        QTimer::singleShot(0, m_jobs, &JobHost::start);
    }
    return handled;
}

void MainWindow::resetLayout()
{
    restoreState(m_defaultLayout);
}

}  // namespace timberline::app
