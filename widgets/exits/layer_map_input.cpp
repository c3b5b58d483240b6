// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse, wheel, keyboard and tooltips of the exit map.
#include "widgets/exits/layer_map_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kMargin = 12;
}

bool LayerMapView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return View::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    const auto layout = mapLayout();
    const QPointF at = QPointF(help->pos()) - QPointF(kMargin, 0);
    const int column = layout.columnAt(at.x());
    const int layer = layout.layerAt(at.y());
    QString text;
    if (m_model->rows() > 0 && column >= 0 && layer >= 0) {
        text = cellText(column, layer);
    } else if (m_model->rows() > 0 && column >= 0 && (layout.tokens | layout.depths | layout.header).contains(at)) {
        text = columnText(column);
    } else if (m_model->rows() > 0 && layer >= 0 && (at.x() < layout.cells.left() || layout.strip.contains(at))) {
        text = rowText(layer);
    }
    if (text.isEmpty()) {
        QToolTip::hideText();
        event->ignore();
    } else {
        QToolTip::showText(help->globalPos(), text, this);
    }
    return true;
}

void LayerMapView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    refreshScrollBar();
    if (m_follow && m_bar->isEnabled()) {
        m_bar->setValue(m_bar->maximum());
    }
}

void LayerMapView::mousePressEvent(QMouseEvent* event)
{
    m_pressedAt = event->position();
    m_lastPosition = m_pressedAt;
    m_dragging = false;
}

void LayerMapView::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & (Qt::LeftButton | Qt::MiddleButton)) {
        m_dragging = m_dragging || (event->position() - m_pressedAt).manhattanLength() > 4;
        if (m_dragging) {
            setCursor(Qt::ClosedHandCursor);
            const QPointF by = m_lastPosition - event->position();
            m_lastPosition = event->position();
            scrollBy({by.x(), -by.y()});
        }
        return;
    }
    const auto layout = mapLayout();
    const QPointF at = event->position() - QPointF(kMargin, 0);
    int row = layout.columnAt(at.x());
    int layer = layout.layerAt(at.y());
    if (at.y() > layout.depths.bottom() || at.y() < layout.header.top()) {
        row = -1;
    }
    if (row < 0 && at.x() > layout.cells.left() && !layout.strip.contains(at)) {
        layer = -1;
    }
    if (row != m_hoveredRow || layer != m_hoveredLayer) {
        m_hoveredRow = row;
        m_hoveredLayer = layer;
        Selected hovered;
        hovered.token = m_model->positionOf(row);
        hovered.layer = layer;
        m_selection->hover(hovered);
        update();
    }
}

void LayerMapView::mouseReleaseEvent(QMouseEvent* event)
{
    unsetCursor();
    if (!m_dragging && event->button() == Qt::LeftButton) {
        const auto layout = mapLayout();
        const QPointF at = event->position() - QPointF(kMargin, 0);
        const int row = layout.columnAt(at.x());
        const int layer = layout.layerAt(at.y());
        if (row >= 0 && layer >= 0) {
            selectCell(row, layer);
        } else if (row >= 0 && at.y() <= layout.depths.bottom() && at.y() >= layout.header.top()) {
            // A click on the column's labels goes to its exit.
            selectCell(row, std::max(0, m_model->exitOf(static_cast<std::size_t>(row)) - 1));
        } else if (layer >= 0 && selectedRow() >= 0) {
            selectCell(selectedRow(), layer);
        }
    }
    m_dragging = false;
}

void LayerMapView::wheelEvent(QWheelEvent* event)
{
    const QPoint delta = event->angleDelta();
    if (event->modifiers() & Qt::ControlModifier) {
        zoomBy(std::pow(1.2, delta.y() / 120.0), event->position().x());
    } else {
        const bool tall = mapLayout().furthestScroll().y() > 0.5 && !(event->modifiers() & Qt::ShiftModifier);
        scrollBy(tall ? QPointF(-delta.x(), delta.y()) : QPointF(-(delta.x() != 0 ? delta.x() : delta.y()), 0));
    }
    event->accept();
}

void LayerMapView::keyPressEvent(QKeyEvent* event)
{
    const int rows = static_cast<int>(m_model->rows());
    const int layers = static_cast<int>(m_model->layers());
    const auto modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if (rows == 0 || layers == 0 || (modifiers & (Qt::ControlModifier | Qt::AltModifier))) {
        View::keyPressEvent(event);
        return;
    }
    if (modifiers == Qt::ShiftModifier && (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)) {
        Q_EMIT thresholdStepRequested(event->key() == Qt::Key_Up ? 1 : -1);
        return;
    }
    const bool none = selectedRow() < 0;
    const int row = none ? std::clamp(mapLayout().visibleColumns().first, 0, rows - 1) : selectedRow();
    const int exit = std::max(0, m_model->exitOf(static_cast<std::size_t>(row)) - 1);
    const int layer = selectedLayer() < 0 ? exit : selectedLayer();
    const auto go = [&](int newRow, int newLayer) {
        // The first key only shows where the cursor is.
        selectCell(none ? row : std::clamp(newRow, 0, rows - 1), none ? layer : std::clamp(newLayer, 0, layers - 1));
    };
    switch (event->key()) {
    case Qt::Key_Left:
        go(row - 1, layer);
        return;
    case Qt::Key_Right:
        go(row + 1, layer);
        return;
    case Qt::Key_Up:
        go(row, layer + 1);
        return;
    case Qt::Key_Down:
        go(row, layer - 1);
        return;
    case Qt::Key_PageUp:
        go(row - 10, layer);
        return;
    case Qt::Key_PageDown:
        go(row + 10, layer);
        return;
    case Qt::Key_Home:
        selectCell(0, layer);
        return;
    case Qt::Key_End:
        selectCell(rows - 1, layer);
        return;
    case Qt::Key_E:
        selectCell(row, exit);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomBy(1.25, width() / 2.0);
        return;
    case Qt::Key_Minus:
        zoomBy(1 / 1.25, width() / 2.0);
        return;
    case Qt::Key_F:
        fit();
        return;
    case Qt::Key_0:
        resetZoom();
        return;
    default:
        View::keyPressEvent(event);
    }
}

void LayerMapView::leaveEvent(QEvent* event)
{
    m_hoveredRow = -1;
    m_hoveredLayer = -1;
    m_selection->hover({});
    update();
    View::leaveEvent(event);
}

void LayerMapView::focusInEvent(QFocusEvent* event)
{
    View::focusInEvent(event);
    update();
}

void LayerMapView::focusOutEvent(QFocusEvent* event)
{
    View::focusOutEvent(event);
    update();
}

}  // namespace timberline::widgets
