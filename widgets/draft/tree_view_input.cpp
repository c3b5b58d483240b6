// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse, wheel, keyboard and context menu of the tree view.
#include "widgets/draft/tree_view.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

void TreeView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    if (m_userMoved) {
        return;
    }
    if (m_follow && m_arrangement == Arrangement::Stacked) {
        followNewest();
    } else {
        fit();
    }
}

void TreeView::mousePressEvent(QMouseEvent* event)
{
    m_pressedAt = event->position();
    m_lastPosition = m_pressedAt;
    m_dragging = false;
}

void TreeView::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & (Qt::LeftButton | Qt::MiddleButton)) {
        if (!m_dragging && (event->position() - m_pressedAt).manhattanLength() > 4) {
            m_dragging = true;
            setCursor(Qt::ClosedHandCursor);
            m_userMoved = true;
            setFollow(false);
        }
        if (m_dragging) {
            m_mapping.offset += event->position() - m_lastPosition;
            m_lastPosition = event->position();
            update();
        }
        return;
    }
    const int hovered = nodeAt(event->position());
    if (hovered != m_hovered) {
        m_hovered = hovered;
        Selected selected;
        if (hovered >= 0) {
            selected.round = m_layout.nodes[static_cast<std::size_t>(hovered)].round;
            selected.node = m_layout.nodes[static_cast<std::size_t>(hovered)].node;
        }
        m_selection->hover(selected);
        update();
    }
}

void TreeView::mouseReleaseEvent(QMouseEvent* event)
{
    unsetCursor();
    if (!m_dragging && event->button() == Qt::LeftButton) {
        selectPlaced(nodeAt(event->position()));
    }
    m_dragging = false;
}

void TreeView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (nodeAt(event->position()) < 0) {
        fit();
    }
}

void TreeView::wheelEvent(QWheelEvent* event)
{
    if (event->modifiers() & Qt::ShiftModifier) {
        const QPoint delta = event->angleDelta();
        m_mapping.offset += QPointF(delta.x() != 0 ? delta.x() : delta.y(), 0);
        m_userMoved = true;
        setFollow(false);
        update();
    } else {
        const double step = event->modifiers() & Qt::ControlModifier ? 1.05 : 1.2;
        zoomBy(std::pow(step, event->angleDelta().y() / 120.0), event->position());
    }
    event->accept();
}

void TreeView::keyPressEvent(QKeyEvent* event)
{
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) {
        View::keyPressEvent(event);
        return;
    }
    const int current = selectedPlaced();
    // Children of the selected node in drawing order; the committed one first.
    const auto childrenOf = [this](int parent) {
        std::vector<int> out;
        for (std::size_t i = 0; i < m_layout.nodes.size(); ++i) {
            if (m_layout.nodes[i].parent == parent) {
                out.push_back(static_cast<int>(i));
            }
        }
        std::stable_sort(out.begin(), out.end(), [this](int a, int b) {
            return m_layout.nodes[static_cast<std::size_t>(a)].y < m_layout.nodes[static_cast<std::size_t>(b)].y;
        });
        return out;
    };
    switch (event->key()) {
    case Qt::Key_Left:
        selectPlaced(current < 0 ? 0 : m_layout.nodes[static_cast<std::size_t>(current)].parent);
        return;
    case Qt::Key_Right: {
        if (current < 0) {
            selectPlaced(m_layout.nodes.empty() ? -1 : 0);
            return;
        }
        const auto children = childrenOf(current);
        const auto onPath =
            std::find_if(children.begin(), children.end(), [this](int i) { return m_layout.nodes[static_cast<std::size_t>(i)].onPath; });
        selectPlaced(children.empty() ? -1 : onPath != children.end() ? *onPath : children.front());
        return;
    }
    case Qt::Key_Up:
    case Qt::Key_Down: {
        if (current < 0) {
            selectPlaced(m_layout.nodes.empty() ? -1 : 0);
            return;
        }
        const auto siblings = childrenOf(m_layout.nodes[static_cast<std::size_t>(current)].parent);
        const auto at = std::find(siblings.begin(), siblings.end(), current);
        if (event->key() == Qt::Key_Up && at != siblings.begin() && at != siblings.end()) {
            selectPlaced(*std::prev(at));
        } else if (event->key() == Qt::Key_Down && at != siblings.end() && std::next(at) != siblings.end()) {
            selectPlaced(*std::next(at));
        }
        return;
    }
    case Qt::Key_Home:
        selectPlaced(m_layout.nodes.empty() ? -1 : 0);
        return;
    case Qt::Key_End:
        selectPlaced(static_cast<int>(m_layout.nodes.size()) - 1);
        return;
    case Qt::Key_F:
        fit();
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomBy(1.2, rect().center());
        return;
    case Qt::Key_Minus:
        zoomBy(1 / 1.2, rect().center());
        return;
    case Qt::Key_Menu: {
        QContextMenuEvent menu(QContextMenuEvent::Keyboard, rect().center(), mapToGlobal(rect().center()));
        contextMenuEvent(&menu);
        return;
    }
    default:
        View::keyPressEvent(event);
    }
}

void TreeView::leaveEvent(QEvent* event)
{
    m_hovered = -1;
    m_selection->hover({});
    update();
    View::leaveEvent(event);
}

void TreeView::focusInEvent(QFocusEvent* event)
{
    View::focusInEvent(event);
    update();
}

void TreeView::contextMenuEvent(QContextMenuEvent* event)
{
    if (event->reason() == QContextMenuEvent::Mouse) {
        selectPlaced(nodeAt(event->pos()));
    }
    QMenu menu(this);
    const int placed = selectedPlaced();
    if (placed >= 0) {
        const PlacedNode node = m_layout.nodes[static_cast<std::size_t>(placed)];
        auto* force = menu.addAction(tr("Accept this token instead and see both futures"));
        force->setEnabled(node.state == record::NodeState::Rejected || node.state == record::NodeState::NeverVerified);
        connect(force, &QAction::triggered, this, [this, node] { Q_EMIT forceRequested(node.round, node.node); });
        auto* fork = menu.addAction(tr("Fork from round %1").arg(node.round + 1));
        connect(fork, &QAction::triggered, this, [this, node] { Q_EMIT forkRequested(node.round); });
        menu.addSeparator();
    }
    connect(menu.addAction(tr("Fit the whole tree")), &QAction::triggered, this, &TreeView::fit);
    auto* pruned = menu.addAction(tr("Show pruned candidates"));
    pruned->setCheckable(true);
    pruned->setChecked(m_options.showPruned);
    connect(pruned, &QAction::toggled, this, &TreeView::setShowPruned);
    menu.exec(event->globalPos());
}

}  // namespace timberline::widgets
