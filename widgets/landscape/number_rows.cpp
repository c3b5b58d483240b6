// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/number_rows.h"

#include <QGridLayout>
#include <QLabel>

#include <algorithm>

namespace timberline::widgets {

NumberRows::NumberRows(QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(8);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(0, 1);
}

void NumberRows::begin()
{
    m_rows.clear();
}

void NumberRows::add(const QString& label, const QString& value, const QString& unit, const QString& help)
{
    if (value.isEmpty()) {
        return;
    }
    const int row = static_cast<int>(m_rows.size());
    while (m_labels.size() < 3 * (row + 1)) {
        auto* created = new QLabel(this);
        const int column = static_cast<int>(m_labels.size() % 3);
        created->setProperty("quiet", column != 1);
        created->setWordWrap(column == 0);
        if (column == 1) {
            created->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            created->setTextInteractionFlags(Qt::TextSelectableByMouse);
        }
        m_grid->addWidget(created, row, column);
        m_labels.append(created);
    }
    const QString texts[] = {label, value, unit};
    // Labels wrap between words only, so their column is at least as wide as the longest word.
    int widest = fontMetrics().averageCharWidth() * 14;
    for (const QString& word : label.split(QLatin1Char(' '))) {
        widest = std::max(widest, fontMetrics().horizontalAdvance(word) + 2);
    }
    m_labels[3 * row]->setMinimumWidth(widest);
    for (int column = 0; column < 3; ++column) {
        auto* shown = m_labels[3 * row + column];
        shown->setText(texts[column]);
        shown->setToolTip(help);
        shown->show();
    }
    m_rows.append({label, unit.isEmpty() ? value : value + QLatin1Char(' ') + unit});
}

void NumberRows::finish()
{
    for (qsizetype k = 3 * m_rows.size(); k < m_labels.size(); ++k) {
        m_labels[k]->hide();
    }
}

}  // namespace timberline::widgets
