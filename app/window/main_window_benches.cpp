// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/bench_list.h"
#include "app/window/bench_setup.h"
#include "app/window/draft_bench.h"
#include "app/window/heads_pane.h"
#include "app/window/main_window.h"
#include "app/window/setup_panel.h"
#include "core/record/folds.h"
#include "widgets/draft/inspector.h"
#include "widgets/shared/view.h"

#include <QActionGroup>
#include <QDockWidget>
#include <QEvent>
#include <QFileDialog>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>

#include <algorithm>

/// The part of the window that knows its benches: what each of them puts into centre, docks and timeline.
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

void MainWindow::buildBenches()
{
    m_draft = new DraftBench({m_session, m_model, m_selection, m_jobs}, m_other, m_centre);
    m_setup = new SetupPanel(m_session, m_jobs, this);
    connect(m_setup, &SetupPanel::samplingEdited, this,
            [this](const record::Sampling& sampling) { m_draft->nodeInspector()->setPreviewSampling(sampling); });
    m_slots.push_back({.id = QStringLiteral("draft"),
                       .page = m_draft,
                       .session = m_session,
                       .model = m_model,
                       .setup = scrolling(m_setup),
                       .inspector = scrolling(m_draft->inspector()),
                       .summary = scrolling(m_draft->summary()),
                       .moments = widgets::Timeline::Moments::Rounds});
    m_centre->addWidget(m_draft);
    addBench(QStringLiteral("exits"), widgets::Timeline::Moments::Tokens);
    addBench(QStringLiteral("attention"), widgets::Timeline::Moments::Tokens);
    addBench(QStringLiteral("landscape"), widgets::Timeline::Moments::Steps);
}

void MainWindow::addBench(const QString& id, widgets::Timeline::Moments moments)
{
    Slot slot{.id = id, .model = new widgets::RecordModel(this), .moments = moments};
    slot.session = new RunSession(m_jobs, slot.model, nullptr, id.toStdString(), this);
    slot.page = make_bench(id, {slot.session, slot.model, m_selection, m_jobs}, m_centre);
    auto* setup = new BenchSetup(slot.session, m_jobs, this);
    connect(setup, &BenchSetup::browseModelRequested, this, [this] {
        const QString path = QFileDialog::getExistingDirectory(this, tr("Choose a model folder"));
        if (!path.isEmpty()) {
            open(path);
        }
    });
    connect(setup, &BenchSetup::draftTextRequested, this, [this, session = slot.session] { readDraftText(session); });
    slot.setup = scrolling(setup);
    slot.inspector = scrolling(slot.page->inspector());
    slot.summary = scrolling(slot.page->summary());
    m_centre->addWidget(slot.page);
    m_slots.push_back(slot);
}

QWidget* MainWindow::scrolling(QWidget* content)
{
    auto* area = new FittedScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(content);
    area->hide();
    return area;
}

QDockWidget* MainWindow::makeDock(const QString& id, const QString& title, Qt::DockWidgetArea area)
{
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(id);
    dock->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable);
    addDockWidget(area, dock);
    m_docks.append(dock);
    return dock;
}

void MainWindow::buildDocks()
{
    m_setupDock = makeDock(QStringLiteral("dock-setup"), tr("Set-up"), Qt::LeftDockWidgetArea);
    m_inspectorDock = makeDock(QStringLiteral("dock-inspector"), tr("Inspector"), Qt::RightDockWidgetArea);
    m_summaryDock = makeDock(QStringLiteral("dock-run"), tr("This run"), Qt::RightDockWidgetArea);
    auto* timeline = makeDock(QStringLiteral("dock-timeline"), tr("Timeline"), Qt::BottomDockWidgetArea);
    m_timeline = new widgets::Timeline(m_model, m_selection, this);
    timeline->setWidget(m_timeline);
    // The timeline names itself; a title bar would only take a line from the data.
    timeline->setTitleBarWidget(new QWidget(timeline));
    showDocks();
    const int em = fontMetrics().averageCharWidth();
    resizeDocks({m_setupDock, m_inspectorDock}, {em * 50, em * 46}, Qt::Horizontal);
    resizeDocks({m_inspectorDock, m_summaryDock}, {620, 260}, Qt::Vertical);
}

void MainWindow::showDocks()
{
    const auto put = [this](QDockWidget* dock, QWidget* content) {
        if (auto* old = dock->widget(); old != nullptr && old != content) {
            old->hide();
            old->setParent(this);  // kept for the next time its bench comes to the front
        }
        dock->setWidget(content);
        content->show();
    };
    const Slot& slot = current();
    put(m_setupDock, slot.setup);
    put(m_inspectorDock, slot.inspector);
    put(m_summaryDock, slot.summary);
    for (auto* action : std::as_const(m_draftActions)) {
        action->setEnabled(slot.id == QLatin1String("draft"));
    }
    m_timeline->setModel(slot.model, slot.moments);
    m_timeline->setActivity(slot.session->activity());
}

int MainWindow::indexOf(const QString& id) const
{
    const QString wanted = id == QLatin1String("training") ? QStringLiteral("landscape") : id;
    const auto it = std::ranges::find(m_slots, wanted, &Slot::id);
    return it == m_slots.end() ? -1 : static_cast<int>(it - m_slots.begin());
}

RunSession* MainWindow::sessionOf(const QString& id) const
{
    const int index = indexOf(id);
    return index < 0 ? nullptr : m_slots[static_cast<std::size_t>(index)].session;
}

Bench* MainWindow::benchOf(const QString& id) const
{
    const int index = indexOf(id);
    return index < 0 ? nullptr : m_slots[static_cast<std::size_t>(index)].page;
}

widgets::Inspector* MainWindow::inspector() const
{
    return m_draft->nodeInspector();
}

void MainWindow::showBench(const QString& id)
{
    const int index = indexOf(id);
    if (index < 0) {
        return;
    }
    m_benches->actions().at(index)->setChecked(true);
    if (index != m_front) {
        m_front = index;
        m_centre->setCurrentIndex(index);
        showDocks();
        refreshTitle();
    }
}

std::vector<RunSession*> MainWindow::sessions() const
{
    std::vector<RunSession*> out;
    for (const auto& slot : m_slots) {
        out.push_back(slot.session);
    }
    out.push_back(m_draft->heads()->session());
    return out;
}

bool MainWindow::showHeads(const Opened& opened)
{
    const auto* config = std::get_if<OpenedConfig>(&opened);
    const auto* record = std::get_if<OpenedRecord>(&opened);
    const auto* started = record != nullptr ? record::run_started(*record->record) : nullptr;
    if (config != nullptr && config->config.bench == "heads") {
        m_draft->heads()->openConfig(config->config);
    } else if (started != nullptr && started->bench == "heads") {
        m_draft->heads()->openRecord(record->record);
    } else {
        return false;
    }
    showBench(QStringLiteral("draft"));
    m_draft->tabs()->setCurrentWidget(m_draft->heads());
    return true;
}

bool MainWindow::showView(const QString& id, bool fill)
{
    const auto views = currentBench()->views();
    const auto it = std::ranges::find_if(views, [&id](const widgets::View* view) { return view->id() == id; });
    if (it == views.end()) {
        return false;
    }
    for (QWidget* inner = *it; inner != nullptr && inner != currentBench(); inner = inner->parentWidget()) {
        // Between a tab's page and its tabs stands the stack that holds the pages.
        auto* stack = inner->parentWidget();
        if (auto* tabs = stack != nullptr ? qobject_cast<QTabWidget*>(stack->parentWidget()) : nullptr; tabs != nullptr) {
            tabs->setCurrentWidget(inner);
        }
    }
    if (fill) {
        currentBench()->fill(**it);
    }
    return true;
}

QStringList MainWindow::viewIds() const
{
    QStringList out;
    for (const auto* view : currentBench()->views()) {
        out.append(view->id());
    }
    return out;
}

QString MainWindow::bench() const
{
    return current().id;
}

void MainWindow::shareInput(const RunSession* from)
{
    const auto reads_text = [](const RunSession* session) {
        const auto* spec = run::find_bench(session->bench());
        return spec == nullptr || spec->needs_model;
    };
    if (!reads_text(from)) {
        return;
    }
    for (const auto& slot : m_slots) {
        if (slot.session == from || !reads_text(slot.session) || slot.session->activity() != RunSession::Activity::Idle) {
            continue;
        }
        const auto& config = from->config();
        // A draft model belongs to the Draft bench alone; the other benches keep theirs, which is none.
        slot.session->setModels(QString::fromStdString(config.model), QString::fromStdString(slot.session->config().draft_model));
        if (config.prompt && !slot.session->config().ids) {
            slot.session->setPrompt(QString::fromStdString(*config.prompt));
        }
    }
    if (from != m_session) {
        checkDraftPair();
    }
}

void MainWindow::checkDraftPair()
{
    const auto& config = m_session->config();
    if (config.draft_model.empty() || m_jobs->methods() == nullptr) {
        return;
    }
    m_jobs->submit(QStringLiteral("draft-pair"), [this, model = config.model, draft = config.draft_model](const JobContext& job) {
        job.deliver([this, model, pair = job.engine.check_pair(model, draft)] {
            if (!pair.ok() && m_session->config().model == model) {
                dropDraft(pair.error());
            }
        });
    });
}

void MainWindow::dropDraft(const Error& reason)
{
    m_session->setModels(QString::fromStdString(m_session->config().model), QString());
    m_session->choose("drafter", "plain");
    statusBar()->showMessage(tr("%1 The draft model was set to none.").arg(QString::fromStdString(reason.message)), 10000);
}

void MainWindow::readDraftText(RunSession* into)
{
    std::vector<TokenId> ids;
    for (const auto& token : record::committed_tokens(m_model->record(), m_model->shownRounds())) {
        ids.push_back(token.token);
    }
    if (ids.empty()) {
        statusBar()->showMessage(tr("The Draft bench has no run yet: run it first."), 6000);
        return;
    }
    into->setIds(ids);
}

}  // namespace timberline::app
