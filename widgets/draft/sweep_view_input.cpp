// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/question_paint.h"
#include "widgets/draft/sweep_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>

/// Mouse and keys of the sweep.
namespace timberline::widgets {

int SweepView::cellAt(const QPointF& position) const
{
    if (!m_data) {
        return -1;
    }
    const Grid grid = gridOf(size(), font());
    if (!grid.cells.contains(position) || grid.column <= 0 || grid.row <= 0) {
        return -1;
    }
    const int column = std::clamp(static_cast<int>((position.x() - grid.cells.left()) / grid.column), 0, columns() - 1);
    const int row = std::clamp(static_cast<int>((grid.cells.bottom() - position.y()) / grid.row), 0, rows() - 1);
    return cellOf(column, row);
}

QPointF SweepView::middleOf(int cell) const
{
    return m_data ? rectOf(gridOf(size(), font()), cell).center() : QPointF();
}

void SweepView::moveTo(int cell)
{
    m_cursor = cell;
    setAccessibleDescription(summary());
    update();
    Q_EMIT cursorMoved();
}

bool SweepView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int cell = cellAt(help->pos());
        const QString text = cell >= 0 ? cellText(cell) : words().join(QLatin1Char('\n'));
        text.isEmpty() ? QToolTip::hideText() : QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return View::event(event);
}

void SweepView::paintEvent(QPaintEvent*)
{
    paintQuestionView(*this, hasFocus(), *this);
}

void SweepView::mouseReleaseEvent(QMouseEvent* event)
{
    const int cell = event->button() == Qt::LeftButton ? cellAt(event->position()) : -1;
    if (cell >= 0) {
        moveTo(cell);
        Q_EMIT cellChosen(cell);
    }
}

void SweepView::keyPressEvent(QKeyEvent* event)
{
    if (!m_data) {
        View::keyPressEvent(event);
        return;
    }
    const int start = m_cursor >= 0 ? m_cursor : std::max(0, best());  // the first key begins at the best point
    int column = start / rows();
    int row = start % rows();
    const bool corner = (event->modifiers() & Qt::ControlModifier) != 0;
    switch (event->key()) {
    case Qt::Key_Left:
        --column;
        break;
    case Qt::Key_Right:
        ++column;
        break;
    case Qt::Key_Up:
        ++row;
        break;
    case Qt::Key_Down:
        --row;
        break;
    case Qt::Key_Home:
        column = 0;
        row = corner ? rows() - 1 : row;
        break;
    case Qt::Key_End:
        column = columns() - 1;
        row = corner ? 0 : row;
        break;
    case Qt::Key_B:
        column = std::max(0, best()) / rows();
        row = std::max(0, best()) % rows();
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        moveTo(start);
        Q_EMIT cellChosen(start);
        return;
    default:
        View::keyPressEvent(event);
        return;
    }
    moveTo(m_cursor < 0 && event->key() != Qt::Key_B ? start
                                                     : cellOf(std::clamp(column, 0, columns() - 1), std::clamp(row, 0, rows() - 1)));
    QToolTip::showText(mapToGlobal(middleOf(m_cursor).toPoint()), cellText(m_cursor), this);
}

}  // namespace timberline::widgets
