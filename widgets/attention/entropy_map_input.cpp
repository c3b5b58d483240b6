// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse, wheel and keys of the overview of the heads.
#include "widgets/attention/entropy_map_view.h"
#include "widgets/theme/theme.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

void EntropyMapView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!paintState(painter, rect(), colors)) {
        paintGrid(painter, screenGrid(), size(), colors, true);
    }
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

std::pair<int, int> EntropyMapView::headAt(const QPointF& position) const
{
    const Grid grid = screenGrid();
    if (m_model->empty() || !grid.area.contains(position)) {
        return {-1, -1};
    }
    const int head = static_cast<int>(std::floor((position.x() - grid.origin.x()) / grid.cellWidth));
    const int layer = static_cast<int>(std::floor((position.y() - grid.origin.y()) / grid.cellHeight));
    return head >= 0 && head < m_model->heads() && layer >= 0 && layer < m_model->layers() ? std::pair{layer, head} : std::pair{-1, -1};
}

void EntropyMapView::selectHead(int layer, int head)
{
    if (layer < 0 || head < 0) {
        return;
    }
    Selected selected = m_selection->current();
    selected.layer = layer;
    selected.head = head;
    m_selection->select(selected);
    bringIntoSight(layer, head);
}

void EntropyMapView::bringIntoSight(int layer, int head)
{
    const Grid grid = screenGrid();
    const QRectF cell = grid.cell(layer, head);
    QPointF delta;
    delta.setX(cell.left() < grid.area.left() ? cell.left() - grid.area.left() : std::max(0.0, cell.right() - grid.area.right()));
    delta.setY(cell.top() < grid.area.top() ? cell.top() - grid.area.top() : std::max(0.0, cell.bottom() - grid.area.bottom()));
    moveBy(-delta);
}

void EntropyMapView::moveBy(const QPointF& delta)
{
    const Grid before = screenGrid();
    m_offset = before.area.topLeft() - before.origin - delta;
    const Grid after = screenGrid();
    m_offset = after.area.topLeft() - after.origin;  // as far as there is something to see
    update();
}

void EntropyMapView::setZoom(double zoom)
{
    const double bounded = std::clamp(zoom, 1.0, 16.0);
    const Grid before = screenGrid();
    // The middle of what is seen stays where it is.
    const QPointF middle = before.area.center() - before.origin;
    const double factor = bounded / m_zoom;
    m_zoom = bounded;
    m_offset = middle * factor - (before.area.center() - before.area.topLeft());
    moveBy({});
    Q_EMIT zoomChanged(m_zoom);
}

void EntropyMapView::mousePressEvent(QMouseEvent* event)
{
    m_pressed = m_last = event->position();
    m_dragging = false;
}

void EntropyMapView::mouseMoveEvent(QMouseEvent* event)
{
    if ((event->buttons() & (Qt::LeftButton | Qt::MiddleButton)) != 0 && m_zoom > 1) {
        m_dragging = m_dragging || (event->position() - m_pressed).manhattanLength() > 4;
        if (m_dragging) {
            moveBy(event->position() - m_last);
            m_last = event->position();
        }
        return;
    }
    const auto hovered = headAt(event->position());
    if (hovered != m_hovered) {
        m_hovered = hovered;
        Selected over;
        over.layer = hovered.first;
        over.head = hovered.second;
        m_selection->hover(over);
        update();
    }
}

void EntropyMapView::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_dragging && event->button() == Qt::LeftButton) {
        const auto [layer, head] = headAt(event->position());
        selectHead(layer, head);
    }
    m_dragging = false;
}

void EntropyMapView::wheelEvent(QWheelEvent* event)
{
    const double steps = event->angleDelta().y() / 120.0;
    if ((event->modifiers() & Qt::ControlModifier) != 0) {
        setZoom(m_zoom * std::pow(1.25, steps));
    } else if (m_zoom > 1) {
        moveBy(QPointF(event->angleDelta()) / 3);
    } else {
        event->ignore();
        return;
    }
    event->accept();
}

void EntropyMapView::leaveEvent(QEvent* event)
{
    m_hovered = {-1, -1};
    m_selection->hover({});
    update();
    View::leaveEvent(event);
}

void EntropyMapView::keyPressEvent(QKeyEvent* event)
{
    if (m_model->empty()) {
        View::keyPressEvent(event);
        return;
    }
    const auto& selected = m_selection->current();
    int layer = std::clamp(selected.layer, 0, m_model->layers() - 1);
    int head = std::clamp(selected.head, 0, m_model->heads() - 1);
    const bool none = selected.layer < 0 || selected.head < 0;
    const bool whole = (event->modifiers() & Qt::ControlModifier) != 0;
    switch (event->key()) {
    case Qt::Key_Left:
        head -= none ? 0 : 1;
        break;
    case Qt::Key_Right:
        head += none ? 0 : 1;
        break;
    case Qt::Key_Up:
        layer -= none ? 0 : 1;
        break;
    case Qt::Key_Down:
        layer += none ? 0 : 1;
        break;
    case Qt::Key_Home:
        head = 0;
        layer = whole ? 0 : layer;
        break;
    case Qt::Key_End:
        head = m_model->heads() - 1;
        layer = whole ? m_model->layers() - 1 : layer;
        break;
    case Qt::Key_Plus:
        setZoom(m_zoom * 1.25);
        return;
    case Qt::Key_Minus:
        setZoom(m_zoom / 1.25);
        return;
    case Qt::Key_F:
    case Qt::Key_0:
        setZoom(1);
        return;
    default:
        View::keyPressEvent(event);
        return;
    }
    selectHead(std::clamp(layer, 0, m_model->layers() - 1), std::clamp(head, 0, m_model->heads() - 1));
}

void EntropyMapView::contextMenuEvent(QContextMenuEvent* event)
{
    auto [layer, head] = headAt(event->pos());
    if (event->reason() == QContextMenuEvent::Keyboard) {
        layer = m_selection->current().layer;
        head = m_selection->current().head;
    }
    if (layer < 0 || head < 0 || m_model->empty()) {
        return;
    }
    selectHead(layer, head);
    const QPoint at =
        event->reason() == QContextMenuEvent::Keyboard ? mapToGlobal(cellRect(layer, head).center().toPoint()) : event->globalPos();
    Q_EMIT menuRequested(layer, head, at);
}

bool EntropyMapView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto [layer, head] = headAt(help->pos());
        if (layer >= 0) {
            QToolTip::showText(help->globalPos(), cellText(layer, head), this, screenGrid().cell(layer, head).toAlignedRect());
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return View::event(event);
}

}  // namespace timberline::widgets
