// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse, wheel and keys of the large view of one head.
#include "widgets/attention/head_view.h"
#include "widgets/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

void HeadView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    paintView(painter, size(), colors, true);
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

HeadView::Point HeadView::pointAt(const QPointF& position) const
{
    Point out;
    if (m_layer < 0 || m_model->empty()) {
        return out;
    }
    const auto inText = [this](double index) { return index >= 0 && index < m_model->positions() ? static_cast<int>(index) : -1; };
    if (m_style == Style::Arcs) {
        const Arcs arcs = arcsFor(size(), font(), m_firstLine);
        if (position.y() < arcs.top || position.y() >= arcs.bottom) {
            return out;
        }
        const int token = inText(arcs.first + std::floor((position.y() - arcs.top) / arcs.line));
        if (token >= 0 && token < arcs.first + arcs.shown) {
            out.query = position.x() < arcs.column ? token : -1;
            out.key = position.x() >= arcs.right ? token : -1;
        }
        return out;
    }
    const Heat heat = heatFor(size(), font(), m_zoom, m_offset);
    const int key = inText(std::floor((position.x() - heat.origin.x()) / heat.cell));
    const int query = inText(std::floor((position.y() - heat.origin.y()) / heat.cell));
    const bool inRows = position.y() >= heat.area.top() && position.y() < heat.area.bottom();
    const bool inColumns = position.x() >= heat.area.left() && position.x() < heat.area.right();
    if (inRows && inColumns) {
        return query >= 0 && key >= 0 ? Point{query, key} : out;
    }
    if (inRows && position.x() < heat.left) {
        out.query = query;
    } else if (inColumns && position.y() >= captionHeight(font()) && position.y() < heat.top) {
        out.key = key;
    }
    return out;
}

void HeadView::moveBy(const QPointF& delta)
{
    const Heat before = heatFor(size(), font(), m_zoom, m_offset);
    const Heat after = heatFor(size(), font(), m_zoom, before.area.topLeft() - before.origin - delta);
    m_offset = after.area.topLeft() - after.origin;
    update();
}

void HeadView::setZoom(double zoom)
{
    const Heat before = heatFor(size(), font(), m_zoom, m_offset);
    const double most = std::max(1.0, QFontMetricsF(font()).height() * 2.2 * m_zoom / before.cell);
    const double bounded = std::clamp(zoom, 1.0, most);
    const QPointF middle = before.area.center() - before.origin;
    const double factor = bounded / m_zoom;
    m_zoom = bounded;
    m_offset = middle * factor - (before.area.center() - before.area.topLeft());
    moveBy({});
}

void HeadView::bringIntoSight()
{
    const int row = query();
    if (row < 0) {
        return;
    }
    if (m_style == Style::Arcs) {
        const Arcs arcs = arcsFor(size(), font(), m_firstLine);
        if (row < arcs.first) {
            m_firstLine = row;
        } else if (row >= arcs.first + arcs.shown) {
            m_firstLine = row - arcs.shown + 1;
        }
        return;
    }
    if (m_zoom <= 1) {
        return;
    }
    const Heat heat = heatFor(size(), font(), m_zoom, m_offset);
    const QRectF cell = heat.rect(row, std::max(0, m_key));
    QPointF delta;
    delta.setX(cell.left() < heat.area.left() ? cell.left() - heat.area.left() : std::max(0.0, cell.right() - heat.area.right()));
    delta.setY(cell.top() < heat.area.top() ? cell.top() - heat.area.top() : std::max(0.0, cell.bottom() - heat.area.bottom()));
    moveBy(-delta);
}

void HeadView::mousePressEvent(QMouseEvent* event)
{
    m_pressed = m_last = event->position();
    m_dragging = false;
}

void HeadView::mouseMoveEvent(QMouseEvent* event)
{
    if ((event->buttons() & (Qt::LeftButton | Qt::MiddleButton)) != 0) {
        m_dragging = m_dragging || (event->position() - m_pressed).manhattanLength() > 4;
        if (m_dragging && m_style == Style::Heat) {
            moveBy(event->position() - m_last);
            m_last = event->position();
        }
        return;
    }
    const Point hovered = pointAt(event->position());
    if (hovered == m_hovered) {
        return;
    }
    m_hovered = hovered;
    Selected over;
    over.layer = m_layer;
    over.head = m_head;
    over.token = hovered.query >= 0 ? hovered.query : hovered.key;
    m_selection->hover(hovered == Point{} ? Selected{} : over);
    update();
}

void HeadView::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_dragging && event->button() == Qt::LeftButton) {
        const Point point = pointAt(event->position());
        if (point.query >= 0) {
            selectCell(point.query, point.key >= 0 ? point.key : std::max(0, m_key));
        } else if (point.key >= 0 && query() >= 0) {
            selectCell(std::max(query(), point.key), point.key);
        }
    }
    m_dragging = false;
}

void HeadView::wheelEvent(QWheelEvent* event)
{
    const double steps = event->angleDelta().y() / 120.0;
    if (m_style == Style::Arcs) {
        const Arcs arcs = arcsFor(size(), font(), m_firstLine);
        m_firstLine = arcsFor(size(), font(), arcs.first - static_cast<int>(std::lround(steps * 3))).first;
        update();
    } else if ((event->modifiers() & Qt::ControlModifier) != 0) {
        setZoom(m_zoom * std::pow(1.25, steps));
    } else if (m_zoom > 1) {
        moveBy(QPointF(event->angleDelta()) / 3);
    } else {
        event->ignore();
        return;
    }
    event->accept();
}

void HeadView::leaveEvent(QEvent* event)
{
    m_hovered = {};
    m_selection->hover({});
    update();
    View::leaveEvent(event);
}

void HeadView::keyPressEvent(QKeyEvent* event)
{
    if (m_layer < 0 || m_model->empty()) {
        View::keyPressEvent(event);
        return;
    }
    const bool none = query() < 0;
    int row = none ? 0 : query();
    int column = std::max(0, m_key);
    const bool whole = (event->modifiers() & Qt::ControlModifier) != 0;
    const int last = m_model->positions() - 1;
    switch (event->key()) {
    case Qt::Key_Up:
        row -= none ? 0 : 1;
        break;
    case Qt::Key_Down:
        row += none ? 0 : 1;
        break;
    case Qt::Key_Left:
        column -= none ? 0 : 1;
        break;
    case Qt::Key_Right:
        column += none ? 0 : 1;
        break;
    case Qt::Key_PageUp:
        row -= 10;
        break;
    case Qt::Key_PageDown:
        row += 10;
        break;
    case Qt::Key_Home:
        row = whole ? 0 : row;
        column = 0;
        break;
    case Qt::Key_End:
        row = whole ? last : row;
        column = last;
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
    row = std::clamp(row, 0, last);
    selectCell(row, std::clamp(column, 0, row));
}

bool HeadView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const Point point = pointAt(help->pos());
        if (point == Point{}) {
            QToolTip::hideText();
        } else {
            QToolTip::showText(help->globalPos(), cellText(point.query, point.key), this);
        }
        return true;
    }
    return View::event(event);
}

}  // namespace timberline::widgets
