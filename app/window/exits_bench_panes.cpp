// SPDX-License-Identifier: GPL-3.0-or-later
// What the Exits bench looks like: its panes and what their controls do.
#include "app/window/exits_bench.h"

#include "widgets/exits/calibration_view.h"
#include "widgets/exits/decision_maps_view.h"
#include "widgets/exits/depth_histogram_view.h"
#include "widgets/exits/exit_channel.h"
#include "widgets/exits/layer_map_view.h"
#include "widgets/exits/pareto_view.h"
#include "widgets/exits/threshold_bar.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace timberline::app {

namespace {

QLabel* heading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("section", true);
    return label;
}

QToolButton* toolButton(const QString& text, const QString& help, bool checkable, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setToolTip(help);
    button->setCheckable(checkable);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

QComboBox* chooser(const QString& name, const QString& help, QWidget* parent)
{
    auto* box = new QComboBox(parent);
    box->setAccessibleName(name);
    box->setToolTip(help);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    box->setMinimumContentsLength(8);
    return box;
}

QHBoxLayout* barIn(QVBoxLayout* layout)
{
    auto* bar = new QHBoxLayout;
    bar->setSpacing(6);
    layout->addLayout(bar);
    return bar;
}

}  // namespace

QWidget* ExitsBench::buildMapPane()
{
    auto* pane = new QWidget(this);
    auto* layout = new QVBoxLayout(pane);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(4);
    auto* bar = barIn(layout);
    bar->setContentsMargins(12, 0, 12, 0);
    bar->addWidget(heading(m_map->title(), pane));
    m_busy->setProperty("quiet", true);
    bar->addWidget(m_busy);
    bar->addStretch(1);
    m_policy = chooser(tr("Policy"), tr("The policy that is tried out on the readings of this run"), pane);
    m_channel = chooser(tr("Colour"), tr("What the cells are coloured by"), pane);
    for (const auto channel : widgets::kExitChannels) {
        m_channel->addItem(widgets::titleOf(channel), static_cast<int>(channel));
        m_channel->setItemData(m_channel->count() - 1, widgets::helpOf(channel), Qt::ToolTipRole);
        // In a narrow window the policy's chooser gives way: its name stands in the map's caption too.
        const auto length = static_cast<int>(m_channel->itemText(m_channel->count() - 1).size());
        m_channel->setMinimumContentsLength(std::max(m_channel->minimumContentsLength(), length * 3 / 4));
    }
    m_sources = toolButton(tr("KV"), tr("Frame cells by where later tokens get their keys and values"), true, pane);
    m_sources->setChecked(true);
    m_follow = toolButton(tr("Follow"), tr("Keep the newest token in view"), true, pane);
    m_follow->setChecked(true);
    auto* fit = toolButton(tr("Fit"), tr("Show all tokens at once (F); 0 goes back to reading size"), false, pane);
    for (QWidget* part : std::initializer_list<QWidget*>{m_policy, m_channel, m_sources, m_follow, fit}) {
        bar->addWidget(part);
    }
    m_position->setProperty("quiet", true);
    m_position->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    bar->addWidget(m_position);
    connect(fit, &QToolButton::clicked, m_map, &widgets::LayerMapView::fit);
    auto* deciding = barIn(layout);
    deciding->setContentsMargins(12, 0, 12, 0);
    deciding->addWidget(m_threshold, 1);
    m_certify->setToolTip(
        tr("Certifies a threshold of this policy on prompts of yours: how low it may be so that early texts seldom differ from "
           "the full model's (Learn then Test)"));
    deciding->addWidget(m_certify);
    deciding->addWidget(m_rerun);
    layout->addWidget(m_map, 1);
    return pane;
}

QWidget* ExitsBench::buildLowerPane()
{
    m_lower = new QSplitter(Qt::Horizontal, this);
    m_lower->setChildrenCollapsible(false);
    m_paretoPane = buildParetoPane();
    m_lower->addWidget(buildTabs());
    m_tabs->insertTab(0, m_paretoPane, m_pareto->title());
    m_tabs->setCurrentIndex(0);
    m_paretoTitle->hide();
    m_paretoBar->insertWidget(0, m_spending);
    return m_lower;
}

void ExitsBench::arrange()
{
    // Two plots beside each other need room for their legends; in a narrow window cost and quality become the first tab.
    const bool beside = width() >= 118 * fontMetrics().averageCharWidth();
    m_position->setVisible(beside);  // the timeline says it too
    if (beside == m_beside) {
        return;
    }
    m_beside = beside;
    if (beside) {
        m_tabs->removeTab(m_tabs->indexOf(m_paretoPane));
        m_lower->insertWidget(0, m_paretoPane);
        qobject_cast<QVBoxLayout*>(m_paretoPane->layout())->addWidget(m_spending, 0, Qt::AlignLeft);
        m_lower->setSizes({width() / 2, width() / 2});
        m_paretoPane->show();
    } else {
        m_tabs->insertTab(0, m_paretoPane, m_pareto->title());
        m_tabs->setCurrentIndex(0);
        m_paretoBar->insertWidget(0, m_spending);
    }
    m_paretoTitle->setVisible(beside);
}

void ExitsBench::resizeEvent(QResizeEvent* event)
{
    Bench::resizeEvent(event);
    arrange();
}

QWidget* ExitsBench::buildParetoPane()
{
    auto* pane = new QWidget(this);
    auto* layout = new QVBoxLayout(pane);
    layout->setContentsMargins(12, 4, 12, 4);
    layout->setSpacing(4);
    auto* bar = barIn(layout);
    m_paretoBar = bar;
    m_paretoTitle = heading(m_pareto->title(), pane);
    bar->addWidget(m_paretoTitle);
    bar->addStretch(1);
    auto* cost = chooser(tr("Cost"), tr("What the horizontal axis counts"), pane);
    cost->addItem(tr("FLOPs"), static_cast<int>(widgets::ExitCostKind::Flops));
    cost->addItem(tr("Layers"), static_cast<int>(widgets::ExitCostKind::Layers));
    auto* quality = chooser(tr("Quality"), tr("What the vertical axis shows"), pane);
    quality->addItem(tr("Agreement"), static_cast<int>(widgets::ExitQualityKind::Agreement));
    quality->addItem(tr("Accuracy"), static_cast<int>(widgets::ExitQualityKind::Accuracy));
    quality->addItem(tr("Likelihood"), static_cast<int>(widgets::ExitQualityKind::LogLikelihood));
    for (auto* box : {cost, quality}) {
        box->setMinimumContentsLength(6);
        bar->addWidget(box);
    }
    layout->addWidget(m_pareto, 1);
    m_spending = new QWidget(pane);
    auto* spending = new QHBoxLayout(m_spending);
    spending->setContentsMargins(0, 0, 0, 0);
    spending->setSpacing(6);
    auto* label = new QLabel(tr("Budget"), pane);
    m_budget = new QDoubleSpinBox(pane);
    m_budget->setRange(1, 100);
    m_budget->setDecimals(0);
    m_budget->setSingleStep(5);
    m_budget->setValue(100);
    m_budget->setSuffix(QStringLiteral(" %"));
    m_budget->setToolTip(tr("The most that a token may cost on average, as a share of the full model; 100 % = no budget"));
    m_budget->setAccessibleName(label->text());
    label->setBuddy(m_budget);
    m_useBudget = toolButton(tr("Try the best within it"), tr("Tries out the policy and setting with the best quality within the budget"),
                             false, pane);
    spending->addWidget(label);
    spending->addWidget(m_budget);
    spending->addWidget(m_useBudget);
    connect(cost, &QComboBox::currentIndexChanged, this,
            [this, cost] { m_pareto->setCost(static_cast<widgets::ExitCostKind>(cost->currentData().toInt())); });
    connect(quality, &QComboBox::currentIndexChanged, this,
            [this, quality] { m_pareto->setQuality(static_cast<widgets::ExitQualityKind>(quality->currentData().toInt())); });
    connect(m_budget, &QDoubleSpinBox::valueChanged, this, [this](double percent) { m_pareto->setBudget(percent / 100); });
    connect(m_useBudget, &QToolButton::clicked, this, [this] {
        if (const auto* best = m_pareto->bestWithinBudget()) {
            takePoint(QString::fromStdString(best->policy), QString::fromStdString(best->key), best->setting);
        }
    });
    return pane;
}

QWidget* ExitsBench::buildTabs()
{
    m_tabs = new QTabWidget(this);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_depth, m_depth->title());
    auto* calibration = new QWidget(m_tabs);
    auto* layout = new QVBoxLayout(calibration);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    m_against = chooser(tr("Right means"), tr("What a layer's likeliest token is compared with"), calibration);
    m_against->addItem(tr("right = what the last layer says"), true);
    m_against->addItem(tr("right = what follows, or the class"), false);
    layout->addWidget(m_calibration, 1);
    layout->addWidget(m_against, 0, Qt::AlignLeft);
    connect(m_against, &QComboBox::currentIndexChanged, this,
            [this] { m_calibration->setAgainstFinal(m_against->currentData().toBool()); });
    m_tabs->addTab(calibration, tr("Calibration"));
    m_tabs->addTab(m_decisions, m_decisions->title());
    return m_tabs;
}

}  // namespace timberline::app
