// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_summary.h"

#include <QGridLayout>
#include <QLabel>

#include <cmath>

namespace timberline::widgets {

AttentionSummary::AttentionSummary(AttentionModel* model, QWidget* parent)
    : QWidget(parent), m_model(model), m_layout(new QGridLayout(this)), m_note(new QLabel(this))
{
    setObjectName(QStringLiteral("attention-summary"));
    m_layout->setContentsMargins(12, 4, 12, 12);
    m_layout->setHorizontalSpacing(8);
    m_layout->setVerticalSpacing(4);
    m_layout->setColumnStretch(0, 1);
    m_text = addRow(tr("Text"), tr("Tokens shown: the prompt and what has been generated."));
    m_shape = addRow(tr("Heads"), tr("Layers times query heads, and key and value heads where they are shared."));
    m_variant = addRow(tr("Attends by"), tr("The method of all heads that no edit changes."));
    m_edits = addRow(tr("Edits"), tr("Changes of heads in force."));
    m_perplexity = addRow(tr("Perplexity"), tr("e to the mean surprisal of the text from its second token on."));
    m_entropy = addRow(tr("Mean normalised entropy"), tr("Over all heads: 0 = every row looks at one key, 1 = at all keys alike."));
    m_sinks = addRow(tr("Sink heads"), tr("Share of the heads whose mean weight on the first tokens exceeds 0.3."));
    m_note->setProperty("quiet", true);
    m_note->setWordWrap(true);
    m_layout->addWidget(m_note, m_layout->rowCount(), 0, 1, 2);
    m_layout->setRowStretch(m_layout->rowCount(), 1);
    connect(m_model, &AttentionModel::changed, this, &AttentionSummary::refresh);
    refresh();
}

QLabel* AttentionSummary::addRow(const QString& label, const QString& help)
{
    const int row = static_cast<int>(m_rows.size());
    auto* name = new QLabel(label, this);
    name->setProperty("quiet", true);
    name->setToolTip(help);
    auto* value = new QLabel(this);
    value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    value->setWordWrap(true);
    value->setToolTip(help);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_layout->addWidget(name, row, 0);
    m_layout->addWidget(value, row, 1);
    m_rows.emplaceBack(name, value);
    return value;
}

QList<std::pair<QString, QString>> AttentionSummary::rows() const
{
    QList<std::pair<QString, QString>> out;
    for (const auto& [name, value] : m_rows) {
        out.append({name->text(), value->text()});
    }
    return out;
}

void AttentionSummary::refresh()
{
    const auto* setup = m_model->setup();
    const bool any = !m_model->empty() && setup != nullptr;
    for (const auto& [name, value] : m_rows) {
        name->setVisible(any);
        value->setVisible(any);
    }
    if (!any) {
        m_note->setText(tr("Numbers of the run will stand here."));
        return;
    }
    m_text->setText(tr("%n tokens", nullptr, m_model->positions()));
    m_shape->setText(m_model->groupSize() > 1 ? tr("%1 × %2, kv %3").arg(m_model->layers()).arg(m_model->heads()).arg(m_model->kvHeads())
                                              : tr("%1 × %2").arg(m_model->layers()).arg(m_model->heads()));
    m_variant->setText(QString::fromStdString(setup->variant));
    QStringList edits;
    for (const auto& edit : setup->edits) {
        edits.append(QString::fromStdString(edit));
    }
    m_edits->setText(edits.isEmpty() ? tr("none") : edits.join(QLatin1Char('\n')));
    m_perplexity->setText(numberText(m_model->perplexity(), 2));
    double sum = 0;
    int count = 0;
    for (int layer = 0; layer < m_model->layers(); ++layer) {
        for (int head = 0; head < m_model->heads(); ++head) {
            const double value = m_model->statistic(HeadStatistic::NormalisedEntropy, layer, head);
            if (std::isfinite(value)) {
                sum += value;
                ++count;
            }
        }
    }
    m_entropy->setText(numberText(count > 0 ? sum / count : std::nan(""), 3));
    m_sinks->setText(QStringLiteral("%1 %").arg(numberText(100 * m_model->sinkRate(), 0)));
    m_note->setText(setup->what_if ? tr("What-if: the model was not trained for this attention.") : QString());
}

}  // namespace timberline::widgets
