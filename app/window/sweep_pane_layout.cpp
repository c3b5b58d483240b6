// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/sweep_pane.h"
#include "widgets/panels/parameter_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>

#include <algorithm>

/// The two rows of controls above the sweep's picture.
namespace timberline::app {

using widgets::SweepMetric;

namespace {

constexpr int kUsualRepeats = 3;
constexpr int kMostRepeats = 99;

/// Long names of hyperparameters must not widen the window.
void makeNarrow(QComboBox* box)
{
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(9);
}

}  // namespace

void SweepPane::buildBars(QHBoxLayout* upper, QHBoxLayout* lower)
{
    for (auto* bar : {upper, lower}) {
        bar->setContentsMargins(12, 0, 12, 0);
        bar->setSpacing(6);
    }
    for (std::size_t i = 0; i < m_axes.size(); ++i) {
        auto& axis = m_axes[i];
        auto* label = new QLabel(i == 0 ? tr("Vary") : tr("and"), this);
        axis.key = new QComboBox(this);
        makeNarrow(axis.key);
        axis.values = new QLineEdit(this);
        label->setBuddy(axis.key);
        axis.key->setAccessibleName(i == 0 ? tr("First hyperparameter") : tr("Second hyperparameter"));
        axis.key->setToolTip(i == 0 ? tr("The hyperparameter along the horizontal axis")
                                    : tr("The hyperparameter along the vertical axis"));
        axis.values->setAccessibleName(i == 0 ? tr("Values of the first hyperparameter") : tr("Values of the second hyperparameter"));
        axis.values->setToolTip(tr("A list such as 1,2,4, a range from:to:step such as 1:8:1, or from:to:*factor such as 1:64:*2"));
        axis.values->setMinimumWidth(fontMetrics().averageCharWidth() * 10);
        upper->addWidget(label);
        upper->addWidget(axis.key, 3);
        upper->addWidget(axis.values, 2);
        connect(axis.key, &QComboBox::currentIndexChanged, this, [this, &axis] {
            if (!m_refreshing) {
                axis.chosen = true;
                axis.typed = false;
                suggest(axis);
                refresh();
            }
        });
        connect(axis.values, &QLineEdit::textEdited, this, [this, &axis] {
            axis.typed = true;
            refresh();
        });
        connect(axis.values, &QLineEdit::returnPressed, this, [this] {
            if (!m_running) {
                start();
            }
        });
    }
    auto* repeats = new QLabel(tr("Repeats"), this);
    repeats->setBuddy(m_repeats);
    m_repeats->setRange(1, kMostRepeats);
    m_repeats->setValue(kUsualRepeats);
    m_repeats->setAccessibleName(repeats->text());
    m_repeats->setToolTip(tr("Timed runs of each point, in turns with as many of plain decoding; the marks are their medians"));
    m_note->setProperty("quiet", true);
    m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_note->installEventFilter(this);
    makeNarrow(m_metric);
    m_metric->setAccessibleName(tr("Shown value"));
    m_metric->setToolTip(tr("What the picture shows"));
    for (const auto metric : {SweepMetric::SpeedUp, SweepMetric::Accepted, SweepMetric::Acceptance, SweepMetric::Rate}) {
        m_metric->addItem(widgets::titleOf(metric), static_cast<int>(metric));
    }
    m_use->setToolTip(tr("Puts the values of the point with the cursor into the set-up"));
    lower->addWidget(repeats);
    lower->addWidget(m_repeats);
    lower->addWidget(m_note, 1);
    lower->addWidget(m_metric);
    lower->addWidget(m_use);
    lower->addWidget(m_start);
}

void SweepPane::refreshKeys()
{
    const auto* methods = m_context.jobs->methods();
    if (methods != nullptr) {
        m_refreshing = true;
        m_choices = sweep_choices(m_context.session->config(), *methods);
        for (std::size_t i = 0; i < m_axes.size(); ++i) {
            auto& axis = m_axes[i];
            const QString before = axis.key->currentData().toString();
            axis.key->clear();
            if (i > 0) {
                axis.key->addItem(tr("nothing else"), QString());
            }
            for (const auto& choice : m_choices) {
                axis.key->addItem(widgets::coreText(choice.declaration.label), QString::fromStdString(choice.key));
                axis.key->setItemData(axis.key->count() - 1, widgets::coreText(choice.declaration.help), Qt::ToolTipRole);
            }
            // Until the user has chosen, the drafter's own length is what one asks about first.
            const int kept = axis.chosen ? axis.key->findData(before) : -1;
            const int usual = i == 0 ? axis.key->findData(QStringLiteral("draft_length")) : 0;
            axis.key->setCurrentIndex(kept >= 0 ? kept : std::max(usual, 0));
            if (kept < 0 || !axis.typed) {
                axis.typed = false;
                suggest(axis);
            }
        }
        m_refreshing = false;
    }
    refresh();
    refreshInUse();
}

}  // namespace timberline::app
