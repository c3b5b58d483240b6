// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"

#include "app/jobs/engine_loader.h"
#include "app/project/settings.h"
#include "app/window/bench_page.h"
#include "app/window/draft_bench.h"
#include "app/window/error_banner.h"
#include "app/window/law_provider.h"
#include "app/window/setup_panel.h"
#include "core/base/files.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "widgets/draft/inspector.h"
#include "widgets/draft/run_summary.h"
#include "widgets/draft/text_view.h"
#include "widgets/draft/tree_view.h"
#include "widgets/panels/timeline.h"
#include "widgets/theme/theme.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace timberline::app {

namespace {

/// Scrolls up and down only, so it is never narrower than its content can be: nothing is cut off at the side.
class FittedScrollArea : public QScrollArea
{
public:
    using QScrollArea::QScrollArea;
    [[nodiscard]] QSize minimumSizeHint() const override
    {
        const int content = widget() != nullptr ? widget()->minimumSizeHint().width() : 0;
        return {content + verticalScrollBar()->sizeHint().width() + 2, 80};
    }
    [[nodiscard]] QSize sizeHint() const override { return {minimumSizeHint().width(), QScrollArea::sizeHint().height()}; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (watched == widget() && event->type() == QEvent::LayoutRequest) {
            setMinimumWidth(minimumSizeHint().width());
            updateGeometry();
        }
        return QScrollArea::eventFilter(watched, event);
    }
};

}  // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent), m_jobs(new JobHost(load_engine, this)), m_model(new widgets::RecordModel(this)),
      m_other(new widgets::RecordModel(this)), m_selection(new widgets::SelectionModel(this)),
      m_session(new RunSession(m_jobs, m_model, m_other, this))
{
    setObjectName(QStringLiteral("main-window"));
    setAcceptDrops(true);
    setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowTabbedDocks);
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    buildRail();
    buildCentre();
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
    m_draft = new DraftBench(m_session, m_model, m_other, m_selection, m_centre);
    m_centre->addWidget(m_draft);
    const std::pair<QString, QString> later[] = {
        {tr("Exits"), tr("This bench will show which layer could have answered: the reading of every layer for every token, the exit "
                         "staircase of a policy, "
                         "and what leaving early saves and costs. This version does not have it yet.")},
        {tr("Attention"),
         tr("This bench will show where each head looks: entropy of every head over the text, sinks, distances and the pattern of a chosen "
            "head, with interventions. This version does not have it yet.")},
        {tr("Landscape"),
         tr("This bench will show the loss around a network's weights as contour and surface, with the path of training on it. "
            "This version does not have it yet.")}};
    for (const auto& [title, sentence] : later) {
        auto* page = new BenchPage(title, sentence, m_centre);
        connect(page, &BenchPage::goToDraft, this, [this] { showBench(QStringLiteral("draft")); });
        m_centre->addWidget(page);
    }
    setCentralWidget(holder);
}

QDockWidget* MainWindow::makeDock(const QString& id, const QString& title, QWidget* content, Qt::DockWidgetArea area, bool scroll)
{
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(id);
    dock->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable);
    if (scroll) {
        auto* scrollArea = new FittedScrollArea(dock);
        scrollArea->setWidgetResizable(true);
        scrollArea->setFrameShape(QFrame::NoFrame);
        scrollArea->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        scrollArea->setWidget(content);
        dock->setWidget(scrollArea);
    } else {
        dock->setWidget(content);
    }
    addDockWidget(area, dock);
    m_docks.append(dock);
    return dock;
}

void MainWindow::buildDocks()
{
    m_setup = new SetupPanel(m_session, m_jobs, this);
    m_inspector = new widgets::Inspector(m_model, m_selection, this);
    m_inspector->setLawProvider(law_at);
    m_summary = new widgets::RunSummary(m_model, this);
    m_timeline = new widgets::Timeline(m_model, m_selection, this);
    auto* setup = makeDock(QStringLiteral("dock-setup"), tr("Set-up"), m_setup, Qt::LeftDockWidgetArea, true);
    auto* inspector = makeDock(QStringLiteral("dock-inspector"), tr("Inspector"), m_inspector, Qt::RightDockWidgetArea, true);
    auto* summary = makeDock(QStringLiteral("dock-run"), tr("This run"), m_summary, Qt::RightDockWidgetArea, true);
    auto* timeline = makeDock(QStringLiteral("dock-timeline"), tr("Timeline"), m_timeline, Qt::BottomDockWidgetArea, false);
    // The timeline names itself; a title bar would only take a line from the data.
    timeline->setTitleBarWidget(new QWidget(timeline));
    const int em = fontMetrics().averageCharWidth();
    resizeDocks({setup, inspector}, {em * 50, em * 46}, Qt::Horizontal);
    resizeDocks({inspector, summary}, {620, 260}, Qt::Vertical);
    connect(m_setup, &SetupPanel::samplingEdited, this,
            [this](const record::Sampling& sampling) { m_inspector->setPreviewSampling(sampling); });
}

void MainWindow::connectSession()
{
    connect(m_jobs, &JobHost::engineLoaded, this, [this] {
        statusBar()->showMessage(tr("Ready."), 4000);
        m_session->setConfig(m_session->config());
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
    connect(m_session, &RunSession::failed, this, &MainWindow::showError);
    connect(m_session, &RunSession::activityChanged, this, [this] {
        m_timeline->setActivity(m_session->activity());
        if (m_session->activity() == RunSession::Activity::Running) {
            m_banner->hide();
            m_inspector->setPreviewSampling(std::nullopt);
        }
    });
    connect(m_session, &RunSession::measuringChanged, this, [this] { m_summary->setMeasuring(m_session->measuring()); });
    connect(m_summary, &widgets::RunSummary::measureRequested, this, [this] { m_session->measure(5); });
    connect(m_timeline, &widgets::Timeline::runRequested, m_session, &RunSession::run);
    connect(m_timeline, &widgets::Timeline::pauseRequested, m_session, &RunSession::pause);
    connect(m_timeline, &widgets::Timeline::resumeRequested, m_session, &RunSession::resume);
    connect(m_timeline, &widgets::Timeline::stepRequested, m_session, &RunSession::step);
    connect(m_timeline, &widgets::Timeline::stopRequested, m_session, &RunSession::stop);
    connect(m_timeline, &widgets::Timeline::speedChanged, m_session, &RunSession::setRate);
    connect(m_model, &widgets::RecordModel::changed, this, &MainWindow::refreshTitle);
}

void MainWindow::refreshTitle()
{
    const auto* started = m_model->started();
    setWindowTitle(started != nullptr ? QStringLiteral("%1 – Timberline").arg(QString::fromStdString(started->model_name))
                                      : QStringLiteral("Timberline"));
}

void MainWindow::showBench(const QString& id)
{
    const QStringList ids = {QStringLiteral("draft"), QStringLiteral("exits"), QStringLiteral("attention"), QStringLiteral("landscape")};
    const auto index = static_cast<int>(ids.indexOf(id));
    if (index >= 0) {
        m_centre->setCurrentIndex(index);
        m_benches->actions().at(index)->setChecked(true);
    }
}

QString MainWindow::bench() const
{
    const QStringList ids = {QStringLiteral("draft"), QStringLiteral("exits"), QStringLiteral("attention"), QStringLiteral("landscape")};
    return ids.at(m_centre->currentIndex());
}

void MainWindow::open(const QString& path)
{
    if (m_jobs->methods() == nullptr && !m_engineFailed) {
        m_waitingPath = path;
        return;
    }
    openNow(path);
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
    if (const auto* config = std::get_if<OpenedConfig>(&opened.value())) {
        m_session->setConfig(config->config);
        if (m_runOpened) {
            // A config may carry scheduled changes and forks: it runs exactly as written.
            m_session->runAsWritten();
        }
    } else if (const auto* record = std::get_if<OpenedRecord>(&opened.value())) {
        m_session->showRecord(record->record);
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
                m_session->setModels(folder, pair.ok() ? QString::fromStdString(m_session->config().draft_model) : QString());
                if (!pair.ok()) {
                    m_session->choose("drafter", "plain");
                    statusBar()->showMessage(tr("%1 The draft model was set to none.").arg(QString::fromStdString(pair.error().message)),
                                             10000);
                }
                if (m_runOpened) {
                    m_session->run();
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
    return (m_engineFailed || m_jobs->engineReady()) && m_waitingPath.isEmpty() && m_session->settled();
}

void MainWindow::showError(const QString& message, const QString& hint)
{
    m_lastError = hint.isEmpty() ? message : message + QLatin1Char('\n') + hint;
    m_banner->show(message, hint);
}

QByteArray MainWindow::stateJson() const
{
    QJsonArray views;
    for (const auto* view : m_draft->views()) {
        views.append(QJsonObject{{QStringLiteral("id"), view->id()},
                                 {QStringLiteral("title"), view->title()},
                                 {QStringLiteral("state"), widgets::nameOf(view->state())},
                                 {QStringLiteral("visible"), view->isVisible()},
                                 {QStringLiteral("summary"), view->summary()}});
    }
    qsizetype nodes = 0;
    for (const auto* round : record::rounds(m_model->record(), m_model->shownRounds())) {
        nodes += static_cast<qsizetype>(round->nodes.size());
    }
    const auto tokens = record::generated_ids(m_model->record(), m_model->shownRounds()).size();
    const QJsonObject state{{QStringLiteral("bench"), bench()},
                            {QStringLiteral("size"), QJsonArray{width(), height()}},
                            {QStringLiteral("theme"), widgets::theme().id},
                            {QStringLiteral("rounds"), m_model->shownRounds()},
                            {QStringLiteral("nodes"), nodes},
                            {QStringLiteral("tokens"), static_cast<qsizetype>(tokens)},
                            {QStringLiteral("error"), m_lastError},
                            {QStringLiteral("views"), views}};
    return QJsonDocument(state).toJson();
}

QString MainWindow::manifest() const
{
    const auto* started = m_model->started();
    return started != nullptr ? QString::fromStdString(started->config_json) : QString::fromStdString(run::to_text(m_session->config()));
}

QString MainWindow::commandLine() const
{
    return QString::fromStdString(run::command_line(m_session->config(), "config.json"));
}

bool MainWindow::saveRecord(const QString& path)
{
    const auto saved = record::save(m_model->record(), path.toStdString());
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
    using widgets::ExportFormat;
    if (!QDir().mkpath(folder)) {
        showError(tr("The folder %1 cannot be made.").arg(folder), tr("Choose a folder that you may write to."));
        return false;
    }
    for (auto* view : m_draft->views()) {
        for (const auto format : {ExportFormat::Png, ExportFormat::Svg, ExportFormat::Pdf, ExportFormat::Csv, ExportFormat::Json}) {
            if (!formats.contains(widgets::suffixOf(format))) {
                continue;
            }
            widgets::ExportOptions options;
            options.scale = 2;
            options.manifest = manifest();
            const QString path = QDir(folder).filePath(view->id() + QLatin1Char('.') + widgets::suffixOf(format));
            if (const QString problem = exportView(*view, format, path, options); !problem.isEmpty()) {
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
    m_session->stop();
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
