// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/compare_table.h"

#include "widgets/draft/question_paint.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QHeaderView>
#include <QPainter>
#include <QSignalBlocker>
#include <QTableWidget>

#include <algorithm>
#include <numeric>

namespace timberline::widgets {

namespace {

constexpr double kMargin = 12;
constexpr double kGap = 20;  ///< between two columns

QFont boldOf(QFont font)
{
    font.setBold(true);
    return font;
}

}  // namespace

CompareTable::CompareTable(QWidget* parent)
    : View(QStringLiteral("draft-compare-table"), tr("Compared methods"), parent), m_table(new QTableWidget(this))
{
    m_table->setAccessibleName(title());
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    setFocusProxy(m_table);
    connect(m_table, &QTableWidget::currentCellChanged, this, [this](int row, int, int before) {
        if (row >= 0 && row != before) {
            Q_EMIT chosenChanged(row);
        }
    });
    connect(m_table, &QTableWidget::cellActivated, this, [this](int row) { Q_EMIT opened(row); });
    clear(tr("The numbers of the compared methods will stand here."));
}

void CompareTable::setCells(CompareCells cells)
{
    m_cells = std::move(cells);
    fill();
    refreshState();
    setAccessibleDescription(summary());
    update();
}

void CompareTable::clear(const QString& sentence)
{
    m_cells = {};
    fill();
    setEmpty(sentence);
    setAccessibleDescription(summary());
    m_table->hide();
    update();
}

void CompareTable::setRunning(bool on)
{
    m_running = on;
    refreshState();
}

void CompareTable::refreshState()
{
    m_table->setVisible(!m_cells.rows.empty());
    if (!m_cells.rows.empty()) {
        m_running ? setBusy() : setData();
    }
}

void CompareTable::choose(int row)
{
    if (row >= 0 && row < m_table->rowCount() && row != m_table->currentRow()) {
        const QSignalBlocker blocker(m_table);
        m_table->setCurrentCell(row, std::max(0, m_table->currentColumn()));
    }
}

void CompareTable::fill()
{
    const QSignalBlocker blocker(m_table);
    const int row = m_table->currentRow();
    const auto columns = static_cast<int>(m_cells.columns.size());
    m_table->clear();
    m_table->setColumnCount(columns);
    m_table->setRowCount(static_cast<int>(m_cells.rows.size()));
    for (int i = 0; i < columns; ++i) {
        const auto& column = m_cells.columns[static_cast<std::size_t>(i)];
        auto* item = new QTableWidgetItem(column.title);
        item->setToolTip(column.help);
        item->setTextAlignment((column.words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        m_table->setHorizontalHeaderItem(i, item);
    }
    for (int r = 0; r < m_table->rowCount(); ++r) {
        for (int c = 0; c < columns; ++c) {
            const auto& cell = m_cells.rows[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)];
            auto* item = new QTableWidgetItem(cell.text);
            item->setTextAlignment((m_cells.columns[static_cast<std::size_t>(c)].words ? Qt::AlignLeft : Qt::AlignRight) |
                                   Qt::AlignVCenter);
            item->setToolTip(cell.best ? cell.help + QLatin1Char('\n') + tr("The best of the compared methods.") : cell.help);
            if (cell.best) {
                item->setFont(boldOf(m_table->font()));
            }
            m_table->setItem(r, c, item);
        }
    }
    m_table->resizeColumnsToContents();
    m_table->resizeRowsToContents();
    if (columns > 0) {
        // A long name must not push every number out of sight; it stands whole in the tooltip.
        m_table->setColumnWidth(0, std::min(m_table->columnWidth(0), fontMetrics().averageCharWidth() * 34));
    }
    if (m_table->rowCount() > 0) {
        m_table->setCurrentCell(std::clamp(row, 0, m_table->rowCount() - 1), 0);
    }
}

QString CompareTable::summary() const
{
    if (m_cells.rows.empty()) {
        return stateText();
    }
    QStringList rows;
    for (const auto& row : m_cells.rows) {
        QStringList cells;
        for (std::size_t i = 1; i < row.size(); ++i) {
            if (!row[i].text.isEmpty()) {
                cells.append(m_cells.columns[i].title + QLatin1Char(' ') + row[i].text);
            }
        }
        rows.append(row.front().text + QStringLiteral(": ") + cells.join(QStringLiteral(", ")) + QLatin1Char('.'));
    }
    return rows.join(QLatin1Char(' '));
}

// --- painting for export ----------------------------------------------------------------------------------------------------------------

std::vector<double> CompareTable::widthsFor(const QFont& font) const
{
    const QFontMetricsF plain(font);
    const QFontMetricsF bold(boldOf(font));
    std::vector<double> out;
    for (std::size_t i = 0; i < m_cells.columns.size(); ++i) {
        double width = plain.horizontalAdvance(m_cells.columns[i].title);
        for (const auto& row : m_cells.rows) {
            width = std::max(width, (row[i].best ? bold : plain).horizontalAdvance(row[i].text));
        }
        out.push_back(std::ceil(width));
    }
    return out;
}

QSizeF CompareTable::contentSize() const
{
    const auto widths = widthsFor(font());
    const double line = std::ceil(QFontMetricsF(font()).height());
    return {std::max(320.0, std::accumulate(widths.begin(), widths.end(), 2 * kMargin + kGap * static_cast<double>(widths.size()))),
            std::max(80.0, 2 * kMargin + 1.6 * line * static_cast<double>(m_cells.rows.size() + 1))};
}

void CompareTable::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme) || m_cells.rows.empty()) {
        return;
    }
    painter.save();
    const QFont plain = painter.font();
    const auto widths = widthsFor(plain);
    const double row = 1.6 * std::ceil(QFontMetricsF(plain).height());
    const auto line = [&](double y, const auto& textOf, const auto& styleOf) {
        double x = kMargin;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            styleOf(i);
            painter.drawText(QRectF(x, y, widths[i] + 2, row),
                             (m_cells.columns[i].words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, textOf(i));
            x += widths[i] + kGap;
        }
    };
    line(
        kMargin, [&](std::size_t i) { return m_cells.columns[i].title; }, [&](std::size_t) { painter.setPen(theme.quietInk); });
    painter.setPen(QPen(theme.hairline, 1));
    painter.drawLine(QPointF(kMargin, kMargin + row), QPointF(size.width() - kMargin, kMargin + row));
    for (std::size_t r = 0; r < m_cells.rows.size(); ++r) {
        const auto& cells = m_cells.rows[r];
        line(
            kMargin + row * static_cast<double>(r + 1), [&](std::size_t i) { return cells[i].text; },
            [&](std::size_t i) {
                painter.setFont(cells[i].best ? boldOf(plain) : plain);
                painter.setPen(theme.ink);
            });
    }
    painter.restore();
}

void CompareTable::paintEvent(QPaintEvent*)
{
    if (m_cells.rows.empty()) {
        paintQuestionView(*this, hasFocus(), *this);
    }
}

void CompareTable::resizeEvent(QResizeEvent* event)
{
    m_table->setGeometry(rect());
    View::resizeEvent(event);
}

}  // namespace timberline::widgets
