// SPDX-License-Identifier: GPL-3.0-or-later
// Panes of the Attention bench. Questions and settings: attention_bench_settings.cpp.
#include "app/window/attention_bench.h"

#include "app/window/attention_questions.h"
#include "widgets/attention/attention_inspector.h"
#include "widgets/attention/attention_summary.h"
#include "widgets/attention/cell_view.h"
#include "widgets/attention/effect_view.h"
#include "widgets/attention/entropy_curve_view.h"
#include "widgets/attention/entropy_map_view.h"
#include "widgets/attention/flow_layout.h"
#include "widgets/attention/head_table_view.h"
#include "widgets/attention/head_view.h"
#include "widgets/attention/intervention_bar.h"
#include "widgets/attention/rollout_view.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace timberline::app {

using widgets::EntropyMapView;
using widgets::FlowLayout;
using widgets::HeadStatistic;
using widgets::HeadView;
using widgets::MapTiles;

namespace {

QLabel* heading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("section", true);
    return label;
}

QLabel* quiet(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("quiet", true);
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

QVBoxLayout* paneLayout(QWidget* pane)
{
    auto* layout = new QVBoxLayout(pane);
    layout->setContentsMargins(12, 8, 12, 0);
    layout->setSpacing(4);
    return layout;
}

}  // namespace

AttentionBench::AttentionBench(const BenchContext& context, QWidget* parent)
    : Bench(parent), m_context(context), m_attention(new widgets::AttentionModel(context.model, this)),
      m_questions(new AttentionQuestions(context, m_attention, this)), m_overview(new EntropyMapView(m_attention, context.selection, this)),
      m_head(new HeadView(m_attention, context.selection, this)),
      m_curve(new widgets::EntropyCurveView(m_attention, context.selection, this)),
      m_table(new widgets::HeadTableView(m_attention, context.selection, this)),
      m_effect(new widgets::EffectView(m_attention, context.selection, this)),
      m_rollout(new widgets::RolloutView(m_attention, context.selection, this)),
      m_bar(new widgets::InterventionBar(m_attention, context.selection, this)),
      m_inspector(new widgets::AttentionInspector(m_attention, context.selection, this)),
      m_summary(new widgets::AttentionSummary(m_attention, this))
{
    setObjectName(QStringLiteral("attention-bench"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* upper = new QSplitter(Qt::Horizontal, this);
    upper->setChildrenCollapsible(false);
    upper->addWidget(buildOverviewPane());
    upper->addWidget(buildHeadPane());
    upper->setStretchFactor(0, 1);
    upper->setStretchFactor(1, 1);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(upper);
    splitter->addWidget(buildLowerPane());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({460, 380});
    layout->addWidget(splitter);
    addActions(m_bar->undoActions());  // their keys work in the whole bench, also while the bar has nothing to show
    m_inspector->hide();
    m_summary->hide();
    connectQuestions();
    refreshTitle();
    syncSettings();
}

QWidget* AttentionBench::buildOverviewPane()
{
    auto* pane = new QWidget(this);
    auto* layout = paneLayout(pane);
    auto* head = new QWidget(pane);
    auto* row = new FlowLayout(head, 6);
    row->addWidget(heading(m_overview->title(), head));
    auto* statistic = new QComboBox(head);
    statistic->setObjectName(QStringLiteral("attention-statistic"));
    statistic->setAccessibleName(tr("Colour by"));
    statistic->setToolTip(tr("What the colour of a head means"));
    for (const auto one : widgets::allStatistics()) {
        const auto info = widgets::infoOf(one);
        statistic->addItem(info.label, static_cast<int>(one));
        statistic->setItemData(statistic->count() - 1, info.help, Qt::ToolTipRole);
    }
    auto* cells = new QComboBox(head);
    cells->setObjectName(QStringLiteral("attention-cells"));
    cells->setAccessibleName(tr("Cells show"));
    cells->setToolTip(tr("What a cell shows: the head's mean, the statistic along the text, or a thumbnail of its map"));
    cells->addItem(tr("along the text"), static_cast<int>(EntropyMapView::Cells::Auto));
    cells->addItem(tr("mean"), static_cast<int>(EntropyMapView::Cells::Mean));
    cells->addItem(tr("maps"), static_cast<int>(EntropyMapView::Cells::Maps));
    auto* fit = new QToolButton(head);
    fit->setText(tr("Fit"));
    fit->setToolTip(tr("Show every head (F); Ctrl and the wheel, + and − zoom"));
    fit->setFocusPolicy(Qt::TabFocus);
    auto* bits = checkButton(tr("bits"), tr("Entropies in bits instead of nats, here and in the legend; files keep nats"), head);
    bits->setObjectName(QStringLiteral("attention-bits"));
    row->addWidget(statistic);
    row->addWidget(cells);
    row->addWidget(bits);
    row->addWidget(fit);
    fit->hide();
    connect(m_overview, &EntropyMapView::zoomChanged, fit, [fit](double zoom) { fit->setVisible(zoom > 1); });
    m_state = quiet(QString(), head);
    row->addWidget(m_state);
    layout->addWidget(head);
    layout->addWidget(m_overview, 1);
    connect(statistic, &QComboBox::activated, m_overview,
            [this, statistic] { m_overview->setStatistic(static_cast<HeadStatistic>(statistic->currentData().toInt())); });
    connect(cells, &QComboBox::activated, m_overview,
            [this, cells] { m_overview->setCells(static_cast<EntropyMapView::Cells>(cells->currentData().toInt())); });
    connect(fit, &QToolButton::clicked, m_overview, [this] { m_overview->setZoom(1); });
    connect(bits, &QToolButton::toggled, m_overview,
            [this](bool on) { m_overview->setUnit(on ? widgets::EntropyUnit::Bits : widgets::EntropyUnit::Nats); });
    return pane;
}

QWidget* AttentionBench::buildHeadPane()
{
    auto* pane = new QWidget(this);
    auto* layout = paneLayout(pane);
    auto* head = new QWidget(pane);
    auto* row = new FlowLayout(head, 6);
    row->addWidget(heading(m_head->title(), head));
    auto* map = checkButton(tr("Map"), tr("Queries down, keys across, a cell a weight"), head);
    auto* lines = checkButton(tr("Lines"), tr("The text twice, joined by lines as strong as the weights"), head);
    auto* styles = new QButtonGroup(head);
    styles->addButton(map);
    styles->addButton(lines);
    map->setChecked(true);
    auto* root =
        checkButton(QStringLiteral("√"), tr("Colours by the square root of the weight, so that small ones can be told apart"), head);
    root->setChecked(m_head->root());
    root->setAccessibleName(tr("Square-root scale"));
    m_value = new QComboBox(head);
    m_value->setObjectName(QStringLiteral("attention-value"));
    m_value->setAccessibleName(tr("Weights shown"));
    m_value->setToolTip(tr("With edits: the edited weights, those of the unchanged model, or the difference"));
    m_value->addItem(tr("edited"), static_cast<int>(MapTiles::Value::Weight));
    m_value->addItem(tr("unchanged"), static_cast<int>(MapTiles::Value::Base));
    m_value->addItem(tr("difference"), static_cast<int>(MapTiles::Value::Difference));
    m_value->hide();
    row->addWidget(map);
    row->addWidget(lines);
    row->addWidget(root);
    row->addWidget(m_value);
    layout->addWidget(head);
    layout->addWidget(m_head, 1);
    connect(lines, &QToolButton::toggled, m_head,
            [this](bool on) { m_head->setStyle(on ? HeadView::Style::Arcs : HeadView::Style::Heat); });
    connect(root, &QToolButton::toggled, m_head, &HeadView::setRoot);
    connect(m_value, &QComboBox::activated, m_head,
            [this] { m_head->setValue(static_cast<MapTiles::Value>(m_value->currentData().toInt())); });
    return pane;
}

QWidget* AttentionBench::buildLowerPane()
{
    auto* pane = new QWidget(this);
    auto* layout = paneLayout(pane);
    layout->addWidget(m_bar);
    m_tabs = new QTabWidget(pane);
    m_tabs->setObjectName(QStringLiteral("attention-tabs"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_table, m_table->title());
    m_tabs->addTab(m_curve, m_curve->title());
    m_tabs->addTab(m_effect, m_effect->title());
    m_tabs->addTab(buildRolloutPage(), m_rollout->title());
    layout->addWidget(m_tabs, 1);
    return pane;
}

QWidget* AttentionBench::buildRolloutPage()
{
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(4);
    auto* controls = new QWidget(page);
    auto* row = new FlowLayout(controls, 6);
    const auto number = [&](const QString& name, const QString& help, double value, double most) {
        auto* box = new QDoubleSpinBox(controls);
        box->setRange(0, most);
        box->setSingleStep(0.05);
        box->setDecimals(2);
        box->setValue(value);
        box->setKeyboardTracking(false);
        box->setAccessibleName(name);
        box->setToolTip(help);
        row->addWidget(quiet(name, controls));
        row->addWidget(box);
        connect(box, &QDoubleSpinBox::valueChanged, m_rollout, &widgets::RolloutView::forget);
        return box;
    };
    m_residual = number(tr("Residual"), tr("Share of the residual path: 0 shows the bare maps, 1 the identity"), 0.5, 1);
    row->addWidget(quiet(tr("Heads"), controls));
    m_reduce = new QComboBox(controls);
    m_reduce->setAccessibleName(tr("Heads"));
    m_reduce->setToolTip(tr("How the heads of a layer become one map"));
    m_reduce->addItem(tr("mean"), QStringLiteral("mean"));
    m_reduce->addItem(tr("largest"), QStringLiteral("max"));
    m_reduce->addItem(tr("smallest"), QStringLiteral("min"));
    row->addWidget(m_reduce);
    m_discard = number(tr("Discard"), tr("Share of each row's smallest weights that is left out"), 0, 0.95);
    connect(m_reduce, &QComboBox::activated, m_rollout, &widgets::RolloutView::forget);
    layout->addWidget(controls);
    layout->addWidget(m_rollout, 1);
    return page;
}

QList<widgets::View*> AttentionBench::views() const
{
    return {m_overview, m_head, m_table, m_curve, m_effect, m_rollout, m_inspector->cell()};
}

QWidget* AttentionBench::inspector()
{
    m_inspector->show();
    return m_inspector;
}

QWidget* AttentionBench::summary()
{
    m_summary->show();
    return m_summary;
}

void AttentionBench::selectSomething()
{
    const auto& now = m_context.selection->current();
    if (m_attention->empty() || (now.layer >= 0 && now.head >= 0 && m_head->query() >= 0)) {
        return;
    }
    // A head that does something: the one that looks most at what followed earlier occurrences, else the sharpest.
    widgets::Selected chosen = now;
    double best = -1;
    for (int layer = 0; layer < m_attention->layers(); ++layer) {
        for (int head = 0; head < m_attention->heads(); ++head) {
            const double induction = m_attention->statistic(HeadStatistic::Induction, layer, head);
            const double sharp = 1 - m_attention->statistic(HeadStatistic::NormalisedEntropy, layer, head);
            const double score = induction > 0.1 ? 1 + induction : sharp;
            if (score > best) {
                best = score;
                chosen.layer = layer;
                chosen.head = head;
            }
        }
    }
    chosen.token = m_attention->positions() - 1;
    m_rollout->setEager(true);
    m_context.selection->select(chosen);
    m_head->selectCell(chosen.token, std::max(0, chosen.token - 1));
}

void AttentionBench::showMenu(int layer, int head, const QPoint& at)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_bar->fillMenu(menu, layer, head);
    menu->popup(at);
}

void AttentionBench::refreshTitle()
{
    const auto activity = m_context.session->activity();
    m_state->setText(activity == RunSession::Activity::Running  ? tr("running, %n tokens", nullptr, m_attention->positions())
                     : activity == RunSession::Activity::Paused ? tr("paused, %n tokens", nullptr, m_attention->positions())
                                                                : QString());
    m_state->setVisible(!m_state->text().isEmpty());
    m_state->parentWidget()->updateGeometry();
}

}  // namespace timberline::app
