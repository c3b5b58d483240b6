// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/inspector.h"

#include "widgets/draft/node_shapes.h"
#include "widgets/theme/theme.h"

#include <QLocale>
#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

using record::DrawKind;
using record::NodeState;

namespace {

QString number(float value, int digits)
{
    return std::isfinite(value) ? QLocale().toString(static_cast<double>(value), 'f', digits) : QString();
}

QLabel* quietLabel(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setProperty("quiet", true);
    label->setWordWrap(true);
    return label;
}

}  // namespace

Inspector::Inspector(RecordModel* model, SelectionModel* selection, QWidget* parent)
    : QWidget(parent), m_model(model), m_selection(selection)
{
    setObjectName(QStringLiteral("inspector"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 12, 12);
    layout->setSpacing(8);
    m_token = new QLabel(this);
    m_token->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_place = quietLabel(this);
    m_decision = new QLabel(this);
    m_decision->setWordWrap(true);
    m_decision->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_grid = new QWidget(this);
    m_gridLayout = new QGridLayout(m_grid);
    m_gridLayout->setContentsMargins(0, 0, 0, 0);
    m_gridLayout->setHorizontalSpacing(8);
    m_gridLayout->setVerticalSpacing(4);
    m_gridLayout->setColumnStretch(0, 1);
    m_lawNote = quietLabel(this);
    m_distribution = new DistributionView(model, this);
    layout->addWidget(m_token);
    layout->addWidget(m_place);
    layout->addWidget(m_decision);
    layout->addWidget(m_grid);
    layout->addWidget(m_lawNote);
    layout->addWidget(m_distribution);
    layout->addStretch(1);
    connect(m_selection, &SelectionModel::changed, this, &Inspector::refresh);
    connect(m_model, &RecordModel::changed, this, &Inspector::refresh);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &Inspector::refresh);
    refresh();
}

void Inspector::setLawProvider(LawProvider provider)
{
    m_provider = std::move(provider);
    refresh();
}

void Inspector::setPreviewSampling(std::optional<record::Sampling> sampling)
{
    m_preview = std::move(sampling);
    const auto& current = m_selection->current();
    if (const auto* round = m_model->round(current.round); round != nullptr && current.node >= 0) {
        refreshLaw(*round, current.node);
    }
}

QList<std::pair<QString, QString>> Inspector::rows() const
{
    return m_rows;
}

QString Inspector::decision() const
{
    return m_decision->text();
}

void Inspector::addRow(const QString& label, const QString& value, const QString& unit, const QString& help)
{
    if (value.isEmpty()) {
        return;
    }
    const int row = static_cast<int>(m_rows.size());
    auto* name = quietLabel(m_grid);
    name->setMinimumWidth(fontMetrics().averageCharWidth() * 14);
    name->setText(label);
    name->setToolTip(help);
    auto* shown = new QLabel(value, m_grid);
    shown->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    shown->setTextInteractionFlags(Qt::TextSelectableByMouse);
    shown->setToolTip(help);
    auto* unitLabel = quietLabel(m_grid);
    unitLabel->setWordWrap(false);
    unitLabel->setText(unit);
    m_gridLayout->addWidget(name, row, 0);
    m_gridLayout->addWidget(shown, row, 1);
    m_gridLayout->addWidget(unitLabel, row, 2);
    m_rows.append({label, unit.isEmpty() ? value : value + QLatin1Char(' ') + unit});
}

void Inspector::refresh()
{
    while (auto* item = m_gridLayout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_rows.clear();
    const auto& current = m_selection->current();
    const auto* round = m_model->round(current.round);
    if (round == nullptr || current.node < 0 || current.node >= static_cast<int>(round->nodes.size())) {
        m_token->setText(QString());
        m_place->setText(tr("Click a node of the tree or a token of the text. Arrow keys walk the tree."));
        m_decision->setText(QString());
        m_decision->hide();
        m_lawNote->hide();
        m_token->hide();
        m_distribution->clearLaw();
        m_distribution->hide();
        return;
    }
    m_token->show();
    m_lawNote->show();
    m_distribution->show();
    const auto& node = round->nodes[static_cast<std::size_t>(current.node)];
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(font().pointSizeF() * 1.6);
    m_token->setFont(fixed);
    m_token->setText(m_model->tokenLabel(node.token));
    m_place->setText(tr("%1 · round %2 · node %3 · depth %4 · id %5")
                         .arg(stateLabel(node.state))
                         .arg(round->index + 1)
                         .arg(current.node)
                         .arg(node.depth)
                         .arg(node.token));

    const bool point = node.parent >= 0 && round->nodes[static_cast<std::size_t>(node.parent)].child_kind == DrawKind::PointMass;
    addRow(tr("Target probability p"), number(node.p, 4), {},
           tr("Probability of this token under the target at its parent, after all sampling transforms."));
    addRow(point ? tr("Draft confidence q") : tr("Draft probability q"), number(node.q, 4), {},
           point ? tr("The draft's probability of this token. It chose the token but takes no part in the test: the child is a point mass.")
                 : tr("Probability of this token under the draft at its parent, after all sampling transforms."));
    addRow(tr("Ratio p/q"), std::isfinite(node.p) && node.q > 0 ? number(node.p / node.q, 3) : QString(), {},
           tr("Above 1 the target likes the token more than the draft does."));
    addRow(tr("Target at the test"), number(node.residual, 4), {},
           tr("p after the residual updates of the siblings that were rejected before."));
    addRow(tr("Threshold"), number(node.ratio, 4), {}, tr("The token is accepted when the draw lies below this number."));
    addRow(tr("Draw"), number(node.draw, 4), {}, tr("The uniform random number of this test. Greedy decoding needs none."));
    addRow(tr("Entropy after it"), number(node.entropy, 3), tr("nats"),
           tr("How undecided the target is about the next token, over the full vocabulary."));
    addRow(tr("Draft entropy after it"), number(node.draft_entropy, 3), tr("nats"), tr("How undecided the draft is about the next token."));
    addRow(tr("Overlap Σ min(p, q)"), number(node.overlap, 3), {},
           tr("The exact chance that one draw from the draft would be accepted here."));
    addRow(tr("Top-2 margin"), number(node.margin, 3), tr("logits"), tr("The target's best minus second-best logit after this token."));
    addRow(tr("Path score"), number(node.score, 3), tr("nats"), tr("Sum of log q along the path from the root."));

    QString decision;
    if (node.test_order >= 0) {
        const bool accepted = node.state == NodeState::Accepted;
        if (std::isfinite(node.draw)) {
            decision = accepted ? tr("Accepted: draw %1 < %2.").arg(number(node.draw, 3), number(node.ratio, 3))
                                : tr("Rejected: draw %1 ≥ %2.").arg(number(node.draw, 3), number(node.ratio, 3));
        } else if (node.ratio > 0 && node.ratio < 1) {
            // Not greedy: rules that decide a whole path at once, or by a threshold, draw no number for each token.
            const QString rule = QString::fromStdString(round->acceptance);
            decision = accepted ? tr("Accepted by the rule %1, which drew no number for this token.").arg(rule)
                                : tr("Rejected by the rule %1, which drew no number for this token.").arg(rule);
        } else {
            decision = accepted ? tr("Accepted: it is the target's most likely token.")
                                : tr("Rejected: the target's most likely token is another one.");
        }
        if (round->forced_node == current.node) {
            decision = tr("Accepted because it was forced.");
        }
    } else if (node.state == NodeState::Bonus) {
        decision = tr("Bonus: the whole path was accepted, so the target adds one token of its own.");
    } else if (node.state == NodeState::Correction) {
        decision = tr("Correction: no drafted token was accepted here, so the target speaks itself.");
    } else if (node.state == NodeState::NeverVerified) {
        decision = tr("Never verified: an ancestor was rejected or an earlier sibling accepted.");
    } else if (node.state == NodeState::Pruned) {
        decision = tr("Pruned: this candidate lost the re-ranking and was not sent to the target.");
    } else if (node.state == NodeState::Window) {
        decision = tr("Window: the target computed this guess for later rounds; it was not a candidate.");
    }
    m_decision->setVisible(!decision.isEmpty());
    m_decision->setText(decision);
    refreshLaw(*round, current.node);
}

void Inspector::refreshLaw(const record::Round& round, int node)
{
    if (!m_provider) {
        m_distribution->clearLaw();
        return;
    }
    const auto& inspected = round.nodes[static_cast<std::size_t>(node)];
    // A token is explained by the laws at its parent; the root's parent lies in an earlier round, so its own law is shown.
    const bool own = inspected.parent < 0;
    const int parent = own ? node : inspected.parent;
    const auto sampling = m_preview.value_or(record::sampling_at(m_model->record(), round.index));
    NodeLaw law = m_provider(m_model->record(), round, parent, own ? -1 : node, sampling);
    const QString where = own ? tr("What comes after this token") : tr("What stood to choose from at its parent");
    const QString stored = law.target.empty() ? tr("no laws kept") : law.full ? tr("full vocabulary") : tr("top tokens and remaining mass");
    m_lawNote->setText(tr("%1 (%2, temperature %3)").arg(where, stored).arg(sampling.temperature, 0, 'g', 3));
    m_distribution->setLaw(std::move(law), own ? -1 : inspected.token);
}

}  // namespace timberline::widgets
