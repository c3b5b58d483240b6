// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/draft_bench.h"

#include "app/window/compare_pane.h"
#include "app/window/compare_trees.h"
#include "app/window/draft_bench_panes.h"
#include "app/window/heads_pane.h"
#include "app/window/law_provider.h"
#include "app/window/sweep_pane.h"
#include "core/record/folds.h"
#include "widgets/draft/acceptance_plot.h"
#include "widgets/draft/certificate_view.h"
#include "widgets/draft/compare_view.h"
#include "widgets/draft/controller_view.h"
#include "widgets/draft/first_tokens_view.h"
#include "widgets/draft/head_training_view.h"
#include "widgets/draft/inspector.h"
#include "widgets/draft/lanes_view.h"
#include "widgets/draft/run_summary.h"
#include "widgets/draft/text_view.h"
#include "widgets/draft/tree_diff_view.h"
#include "widgets/draft/tree_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace timberline::app {

using widgets::TextView;
using widgets::TreeView;

namespace {

QLabel* heading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("section", true);
    return label;
}

QToolButton* checkButton(const QString& text, const QString& help, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setToolTip(help);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

QScrollArea* scrolled(TextView* view, QWidget* parent)
{
    auto* area = new QScrollArea(parent);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(view);
    area->setMinimumHeight(44);  // two lines: the window fits 800 pixels
    QObject::connect(view, &TextView::selectedRectChanged, area,
                     [area](const QRect& rect) { area->ensureVisible(rect.center().x(), rect.center().y(), 20, 40); });
    return area;
}

/// A pane with its title above it.
QWidget* titled(const QString& title, QWidget* content, QWidget* parent)
{
    auto* pane = new QWidget(parent);
    auto* layout = new QVBoxLayout(pane);
    layout->setContentsMargins(12, 4, 12, 4);
    layout->setSpacing(4);
    layout->addWidget(heading(title, pane));
    layout->addWidget(content, 1);
    return pane;
}

}  // namespace

DraftBench::DraftBench(const BenchContext& context, widgets::RecordModel* other, QWidget* parent)
    : Bench(parent), m_session(context.session), m_questions(new DraftQuestions(context, this)), m_model(context.model), m_other(other),
      m_selection(context.selection), m_otherSelection(new widgets::SelectionModel(this)), m_tree(new TreeView(m_model, m_selection, this)),
      m_otherTree(new TreeView(other, m_otherSelection, this)), m_text(new TextView(m_model, m_selection, this)),
      m_otherText(new TextView(other, m_otherSelection, this)), m_acceptance(new widgets::AcceptancePlot(m_model, this)),
      m_times(new widgets::TimePlot(m_model, this)), m_lanes(new widgets::LanesView(m_model, m_selection, this)),
      m_controller(new widgets::ControllerView(m_model, m_selection, this)),
      m_inspector(new widgets::Inspector(m_model, m_selection, this)), m_summary(new widgets::RunSummary(m_model, this)),
      m_compare(new ComparePane(context, this)), m_breakEven(new BreakEvenPane(context, this)),
      m_hindsight(new widgets::HindsightView(m_model, m_selection, hindsight_bars, this)),
      m_layers(new LayersPane(context, m_questions, this)), m_exactness(new ExactnessPane(context, m_questions, this)),
      m_sweep(new SweepPane(context, this)), m_heads(new HeadsPane(context, this)), m_tabs(new QTabWidget(this)),
      m_timePages(new QStackedWidget(this)), m_round(new QLabel(this)), m_busy(new QLabel(this))
{
    m_inspector->setLawProvider(law_at);
    m_tree->setBoundsProvider([this](int round) {
        const auto* bar = m_hindsight->barOf(round);
        return bar == nullptr ? widgets::RoundBounds{} : widgets::RoundBounds{bar->bestNodes, bar->longestNodes};
    });
    m_otherTree->setObjectName(QStringLiteral("other-tree"));
    m_otherText->setObjectName(QStringLiteral("other-text"));
    connect(m_hindsight, &widgets::HindsightView::refolded, m_tree, qOverload<>(&QWidget::update));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildTreePane());
    splitter->addWidget(buildTabs());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({460, 380});
    layout->addWidget(splitter);
    connect(m_model, &widgets::RecordModel::shownChanged, this, &DraftBench::refreshTitle);
    connect(m_session, &RunSession::activityChanged, this, &DraftBench::refreshTitle);
    // The text follows the newest words, as the tree follows the newest round.
    for (auto* area : findChildren<QScrollArea*>()) {
        connect(area->verticalScrollBar(), &QScrollBar::rangeChanged, area, [this, bar = area->verticalScrollBar()] {
            if (m_model->following() && m_session->activity() != RunSession::Activity::Idle) {
                bar->setValue(bar->maximum());
            }
        });
    }
    connect(m_session, &RunSession::othersChanged, this, &DraftBench::refreshOther);
    connect(m_tree, &TreeView::forceRequested, m_session, &RunSession::force);
    connect(m_tree, &TreeView::forkRequested, m_session, &RunSession::forkAt);
    connect(m_session, &RunSession::measuringChanged, this, [this] { m_summary->setMeasuring(m_session->measuring()); });
    connect(m_summary, &widgets::RunSummary::measureRequested, this, [this] { m_session->measure(5); });
    connect(m_session, &RunSession::activityChanged, this, [this] {
        if (m_session->activity() == RunSession::Activity::Running) {
            m_inspector->setPreviewSampling(std::nullopt);
        }
    });
    refreshTitle();
    refreshOther();
}

QWidget* DraftBench::buildTreePane()
{
    auto* pane = new QWidget(this);
    auto* layout = new QVBoxLayout(pane);
    layout->setContentsMargins(12, 8, 12, 0);
    layout->setSpacing(4);
    auto* bar = new QHBoxLayout;
    bar->addWidget(heading(tr("Draft tree"), pane));
    m_busy->setProperty("quiet", true);
    bar->addWidget(m_busy);
    bar->addStretch(1);
    m_single = checkButton(tr("One round"), tr("Show the round of the timeline alone, instead of all rounds as one long tree"), pane);
    m_bounds = checkButton(tr("Bounds"),
                           tr("Outline what hindsight would have kept in this round: the best tree of as many nodes by the drafter's "
                              "probabilities, and the longest path of the text among the candidates"),
                           pane);
    m_pruned = checkButton(tr("Pruned"), tr("Show candidates that the drafter dropped before verification"), pane);
    m_follow = checkButton(tr("Follow"), tr("Keep the newest round in view"), pane);
    m_follow->setChecked(true);
    auto* fit = new QToolButton(pane);
    fit->setText(tr("Fit"));
    fit->setToolTip(tr("Show the whole tree (F)"));
    fit->setFocusPolicy(Qt::TabFocus);
    bar->addWidget(m_bounds);
    bar->addWidget(m_pruned);
    bar->addWidget(m_single);
    bar->addWidget(m_follow);
    bar->addWidget(fit);
    m_round->setProperty("quiet", true);
    m_round->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("round 000 / 000")));
    m_round->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    bar->addWidget(m_round);
    layout->addLayout(bar);
    auto* trees = new QSplitter(Qt::Vertical, pane);
    trees->setChildrenCollapsible(false);
    trees->addWidget(m_tree);
    m_otherPane = new QWidget(trees);
    auto* otherLayout = new QVBoxLayout(m_otherPane);
    otherLayout->setContentsMargins(0, 4, 0, 0);
    otherLayout->setSpacing(4);
    auto* otherBar = new QHBoxLayout;
    m_otherTitle = heading(QString(), m_otherPane);
    auto* swap = new QToolButton(m_otherPane);
    swap->setText(tr("Swap"));
    swap->setToolTip(tr("Put the other future above"));
    auto* close = new QToolButton(m_otherPane);
    close->setText(tr("Close"));
    close->setToolTip(tr("Keep only the future above"));
    otherBar->addWidget(m_otherTitle, 1);
    otherBar->addWidget(swap);
    otherBar->addWidget(close);
    otherLayout->addLayout(otherBar);
    otherLayout->addWidget(m_otherTree, 1);
    trees->addWidget(m_otherPane);
    trees->setStretchFactor(0, 1);
    trees->setStretchFactor(1, 1);
    layout->addWidget(trees, 1);
    connect(m_single, &QToolButton::toggled, this, [this](bool on) {
        const auto arrangement = on ? TreeView::Arrangement::SingleRound : TreeView::Arrangement::Stacked;
        m_tree->setArrangement(arrangement);
        m_otherTree->setArrangement(arrangement);
    });
    connect(m_bounds, &QToolButton::toggled, m_tree, &TreeView::setShowBounds);
    connect(m_pruned, &QToolButton::toggled, this, [this](bool on) {
        m_tree->setShowPruned(on);
        m_otherTree->setShowPruned(on);
    });
    connect(m_tree, &TreeView::showPrunedChanged, m_pruned, &QToolButton::setChecked);
    connect(m_follow, &QToolButton::toggled, m_tree, &TreeView::setFollow);
    connect(m_tree, &TreeView::followChanged, m_follow, &QToolButton::setChecked);
    connect(fit, &QToolButton::clicked, this, [this] {
        m_tree->setFollow(false);
        m_tree->fit();
        m_otherTree->fit();
    });
    connect(swap, &QToolButton::clicked, m_session, &RunSession::swapFutures);
    connect(close, &QToolButton::clicked, m_session, &RunSession::dropOther);
    return pane;
}

QWidget* DraftBench::buildTabs()
{
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(buildRunTab(), tr("Run"));
    m_tabs->addTab(m_compare, tr("Compare"));
    m_tabs->addTab(m_sweep, tr("Sweep"));
    m_tabs->addTab(m_breakEven, tr("Break-even"));
    m_tabs->addTab(m_hindsight, m_hindsight->title());
    m_tabs->addTab(m_layers, tr("Layers"));
    m_tabs->addTab(m_exactness, tr("Exactness"));
    m_tabs->addTab(m_heads, tr("Heads"));
    const QString help[] = {tr("The text, acceptance by depth and the time of each round"),
                            tr("Several methods on the same prompt and seed"),
                            tr("The set-up over lists and ranges of one or two hyperparameters"),
                            tr("Where drafting pays on this machine"),
                            tr("How much longer each round could have been: mend the drafter or the shape of the tree?"),
                            tr("Every layer of the model as its drafter"),
                            tr("Does the method keep the target's law?"),
                            tr("Trains draft heads for this model")};
    for (int i = 0; i < m_tabs->count(); ++i) {
        m_tabs->setTabToolTip(i, help[i]);
    }
    return m_tabs;
}

QWidget* DraftBench::buildRunTab()
{
    auto* lower = new QSplitter(Qt::Vertical, this);
    lower->setChildrenCollapsible(false);
    auto* texts = new QSplitter(Qt::Horizontal, lower);
    texts->setChildrenCollapsible(false);
    texts->addWidget(titled(tr("Text"), scrolled(m_text, texts), texts));
    m_otherTextPane = titled(tr("The other future's text"), scrolled(m_otherText, texts), texts);
    texts->addWidget(m_otherTextPane);
    lower->addWidget(texts);
    auto* plots = new QSplitter(Qt::Horizontal, lower);
    plots->setChildrenCollapsible(false);
    plots->addWidget(titled(m_acceptance->title(), m_acceptance, plots));
    m_timePages->addWidget(titled(m_times->title(), m_times, m_timePages));
    m_timePages->addWidget(titled(m_lanes->title(), m_lanes, m_timePages));
    m_timePages->addWidget(titled(m_controller->title(), m_controller, m_timePages));
    plots->addWidget(m_timePages);
    connect(m_lanes, &widgets::LanesView::hasLanesChanged, this, &DraftBench::refreshTimes);
    connect(m_model, &widgets::RecordModel::changed, this, &DraftBench::refreshTimes);
    refreshTimes();
    lower->addWidget(plots);
    lower->setStretchFactor(0, 2);
    lower->setStretchFactor(1, 3);
    lower->setSizes({120, 220});
    return lower;
}

QList<widgets::View*> DraftBench::views() const
{
    return {m_tree,
            m_text,
            m_acceptance,
            m_times,
            m_lanes,
            m_controller,
            m_compare->clockView(),
            m_compare->table(),
            m_compare->trees()->view(),
            m_sweep->view(),
            m_breakEven->view(),
            m_hindsight,
            m_layers->view(),
            m_exactness->certificate(),
            m_exactness->firstTokens(),
            m_heads->view()};
}

void DraftBench::fill(const widgets::View& view)
{
    if (&view == m_compare->clockView() || &view == m_compare->table() || &view == m_compare->trees()->view()) {
        m_compare->fill();
    } else if (&view == m_layers->view()) {
        m_layers->ask();
    } else if (&view == m_sweep->view()) {
        m_sweep->ask();
    } else if (&view == m_exactness->certificate()) {
        m_exactness->enumerate();
    } else if (&view == m_exactness->firstTokens()) {
        m_exactness->drawTokens();
    } else if (&view == m_heads->view()) {
        m_heads->fill();
    }
}

void DraftBench::showSweep(run::Sweep sweep)
{
    m_tabs->setCurrentWidget(m_sweep);
    m_sweep->showSweep(std::move(sweep));
}

QWidget* DraftBench::inspector()
{
    return m_inspector;
}

QWidget* DraftBench::summary()
{
    return m_summary;
}

void DraftBench::selectSomething()
{
    // Something is selected, so that the inspector shows what it can do: the last rejected node, else an accepted one.
    if (m_selection->current().node >= 0) {
        return;
    }
    widgets::Selected chosen;
    for (const auto* round : record::rounds(m_model->record())) {
        for (std::size_t i = 1; i < round->nodes.size(); ++i) {
            const auto state = round->nodes[i].state;
            if (state == record::NodeState::Rejected || (state == record::NodeState::Accepted && chosen.node < 0)) {
                chosen.round = round->index;
                chosen.node = static_cast<int>(i);
            }
        }
    }
    m_selection->select(chosen);
}

void DraftBench::refreshTitle()
{
    const int count = m_model->roundCount();
    m_round->setText(count > 0 ? tr("round %1 / %2").arg(m_model->shownRounds()).arg(count) : QString());
    m_busy->setText(m_session->activity() == RunSession::Activity::Running  ? tr("running")
                    : m_session->activity() == RunSession::Activity::Paused ? tr("paused")
                                                                            : QString());
}

void DraftBench::refreshTimes()
{
    // Where draft and target worked at once, or a controller changed the text's law, that is what is to be seen. A run that has not written
    // anything keeps what was there.
    if (m_model->roundCount() > 0) {
        m_timePages->setCurrentIndex(m_lanes->hasLanes() ? 1 : m_controller->hasStory() ? 2 : 0);
    }
}

void DraftBench::refreshOther()
{
    m_otherPane->setVisible(m_session->hasOther());
    m_otherTextPane->setVisible(m_session->hasOther());
    m_otherTitle->setText(m_session->otherTitle());
}

}  // namespace timberline::app
