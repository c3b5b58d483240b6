// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_inspector.h"

#include "widgets/attention/cell_view.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

QLabel* quietLabel(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setProperty("quiet", true);
    label->setWordWrap(true);
    return label;
}

}  // namespace

AttentionInspector::AttentionInspector(AttentionModel* model, SelectionModel* selection, QWidget* parent)
    : QWidget(parent), m_model(model), m_selection(selection), m_title(new QLabel(this)), m_place(quietLabel(this)),
      m_grid(new QWidget(this)), m_gridLayout(new QGridLayout(m_grid)), m_cellTitle(new QLabel(this)), m_cell(new CellView(model, this))
{
    setObjectName(QStringLiteral("attention-inspector"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 12, 12);
    layout->setSpacing(8);
    QFont large = font();
    large.setPointSizeF(font().pointSizeF() * 1.25);
    m_title->setFont(large);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_gridLayout->setContentsMargins(0, 0, 0, 0);
    m_gridLayout->setHorizontalSpacing(8);
    m_gridLayout->setVerticalSpacing(4);
    m_gridLayout->setColumnStretch(0, 1);
    m_cellTitle->setProperty("section", true);
    m_cellTitle->setWordWrap(true);
    layout->addWidget(m_title);
    layout->addWidget(m_place);
    layout->addWidget(m_cellTitle);
    layout->addWidget(m_cell);
    layout->addWidget(m_grid);
    layout->addStretch(1);
    connect(m_selection, &SelectionModel::changed, this, &AttentionInspector::refresh);
    connect(m_model, &AttentionModel::changed, this, &AttentionInspector::refresh);
    connect(m_model, &AttentionModel::effectChanged, this, &AttentionInspector::refresh);
    connect(m_model, &AttentionModel::marksChanged, this, &AttentionInspector::refresh);
    refresh();
}

void AttentionInspector::setKey(int key)
{
    m_key = key;
    refresh();
}

void AttentionInspector::showLines()
{
    const bool same = m_lines.size() == m_shownLines.size() &&
                      std::equal(m_lines.begin(), m_lines.end(), m_shownLines.begin(),
                                 [](const Line& a, const Line& b) { return a.title == b.title && a.help == b.help; });
    // Labels are made anew only when another set of lines is shown: numbers
    // change at every token and every click.
    if (!same) {
        while (auto* item = m_gridLayout->takeAt(0)) {
            delete item->widget();
            delete item;
        }
        m_names.clear();
        m_values.clear();
        for (int row = 0; row < m_lines.size(); ++row) {
            auto* name = new QLabel(m_grid);
            name->setProperty(m_lines[row].title ? "section" : "quiet", true);
            name->setWordWrap(true);
            name->setMinimumWidth(fontMetrics().averageCharWidth() * 14);
            name->setToolTip(m_lines[row].help);
            QLabel* value = nullptr;
            if (!m_lines[row].title) {
                value = new QLabel(m_grid);
                value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
                value->setTextInteractionFlags(Qt::TextSelectableByMouse);
                value->setToolTip(m_lines[row].help);
                m_gridLayout->addWidget(value, row, 1);
            }
            m_gridLayout->addWidget(name, row, 0, 1, m_lines[row].title ? 2 : 1);
            m_names.append(name);
            m_values.append(value);
        }
    }
    m_rows.clear();
    for (int row = 0; row < m_lines.size(); ++row) {
        m_names[row]->setText(m_lines[row].label);
        if (m_values[row] != nullptr) {
            m_values[row]->setText(m_lines[row].value);
            m_rows.append({m_lines[row].label, m_lines[row].value});
        }
    }
    m_shownLines = m_lines;
}

void AttentionInspector::collectHead(int layer, int head)
{
    addTitle(tr("Over %n rows", nullptr, m_model->validRows(layer, head)));
    for (const auto statistic : allStatistics()) {
        const double value = m_model->statistic(statistic, layer, head);
        const auto info = infoOf(statistic);
        if (!info.fromEdit || !std::isnan(value)) {
            addRow(info.label, valueText(statistic, value), info.help);
        }
    }
}

void AttentionInspector::collectRow(int layer, int head, int position)
{
    addTitle(tr("Row of position %1 “%2”").arg(position).arg(m_model->tokenLabel(position)));
    for (const auto statistic : allStatistics()) {
        const auto info = infoOf(statistic);
        if (info.perRow) {
            addRow(info.label, valueText(statistic, m_model->rowValue(statistic, layer, head, position)), info.help);
        }
    }
    const auto [rows, row] = m_model->place(position);
    const auto at = static_cast<std::size_t>(row);
    const auto nats = [](float value, const QString& unit) { return numberText(static_cast<double>(value), 3) + QLatin1Char(' ') + unit; };
    addRow(tr("Visible keys"), QString::number(rows->visible[rows->at(layer, head, row)]), tr("Positions that this row can attend to."));
    addRow(tr("Surprisal of the token"), nats(rows->surprisal[at], tr("nats")), tr("-ln of the chance that the model gave this token."));
    addRow(tr("Entropy of the next token"), nats(rows->next_entropy[at], tr("nats")),
           tr("How undecided the model is after this position."));
    addRow(tr("Varentropy of the next token"), nats(rows->next_varentropy[at], tr("nats²")),
           tr("Variance of the surprisal under the model's own law."));
    addRow(tr("Top-2 margin"), nats(rows->next_margin[at], tr("logits")), tr("The likeliest token's logit minus the second's."));
}

void AttentionInspector::refresh()
{
    m_lines.clear();
    const auto& now = m_selection->current();
    const bool head = now.layer >= 0 && now.layer < m_model->layers() && now.head >= 0 && now.head < m_model->heads();
    const bool token = now.token >= 0 && now.token < m_model->positions();
    m_cellTitle->setVisible(head && token && m_key >= 0);
    m_cell->setVisible(head && token && m_key >= 0);
    m_title->setVisible(head);
    if (!head) {
        m_place->setText(tr("Click a head of the overview, a row of the table or a "
                            "cell of the map. Arrow keys walk them."));
        showLines();
        return;
    }
    m_title->setText(tr("Layer %1 · head %2").arg(now.layer).arg(now.head));
    QStringList facts;
    if (m_model->groupSize() > 1) {
        const int kv = now.head / m_model->groupSize();
        facts.append(tr("shares keys and values %1 with heads %2 to %3")
                         .arg(kv)
                         .arg(kv * m_model->groupSize())
                         .arg((kv + 1) * m_model->groupSize() - 1));
    }
    if (const auto* setup = m_model->setup(); setup != nullptr) {
        facts.append(tr("attends by %1").arg(QString::fromStdString(setup->variant)));
        const auto layer = static_cast<std::size_t>(now.layer);
        if (layer < setup->window.size() && setup->window[layer] > 0) {
            facts.append(tr("sees the last %1 positions").arg(setup->window[layer]));
        }
    }
    if (const auto mark = m_model->mark(now.layer, now.head); mark.changed()) {
        facts.append(tr("edited: %1").arg(mark.sign()));
    }
    m_place->setText(facts.join(QStringLiteral(" · ")));
    if (token) {
        collectRow(now.layer, now.head, now.token);
    }
    collectHead(now.layer, now.head);
    if (token && m_key >= 0) {
        m_cellTitle->setText(tr("Query %1 “%2” → key %3 “%4”")
                                 .arg(now.token)
                                 .arg(m_model->tokenLabel(now.token))
                                 .arg(m_key)
                                 .arg(m_model->tokenLabel(m_key)));
    }
    showLines();
}

}  // namespace timberline::widgets
