// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/node_shapes.h"

#include "widgets/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <vector>

namespace timberline::widgets {

using record::NodeState;

void drawNodeShape(QPainter& painter, const QPointF& centre, double radius, NodeState state, const Theme& theme)
{
    const QColor color = theme.colorOf(state);
    const double line = std::max(1.0, radius * 0.3);
    painter.save();
    switch (state) {
    case NodeState::Accepted:
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(centre, radius, radius);
        break;
    case NodeState::Bonus:
    case NodeState::Correction: {
        const double r = radius * 1.2;
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawPolygon(QPolygonF({centre + QPointF(0, -r), centre + QPointF(r, 0), centre + QPointF(0, r), centre + QPointF(-r, 0)}));
        break;
    }
    case NodeState::Rejected: {
        const double r = radius - line / 2;
        const double d = r * 0.45;
        painter.setPen(QPen(color, line));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(centre, r, r);
        painter.drawLine(centre + QPointF(-d, -d), centre + QPointF(d, d));
        painter.drawLine(centre + QPointF(-d, d), centre + QPointF(d, -d));
        break;
    }
    case NodeState::NeverVerified:
        painter.setPen(QPen(color, line));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(centre, radius - line / 2, radius - line / 2);
        break;
    case NodeState::Pruned:
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(centre, radius * 0.45, radius * 0.45);
        break;
    case NodeState::Window:
        painter.setPen(QPen(color, line));
        painter.drawLine(centre - QPointF(radius * 0.7, 0), centre + QPointF(radius * 0.7, 0));
        break;
    case NodeState::Root:
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawRect(QRectF(centre - QPointF(radius, radius) * 0.85, QSizeF(radius, radius) * 1.7));
        break;
    }
    painter.restore();
}

QString stateLabel(NodeState state)
{
    const auto word = [](const char* text) { return QCoreApplication::translate("NodeState", text); };
    switch (state) {
    case NodeState::Root:
        return word(QT_TRANSLATE_NOOP("NodeState", "root"));
    case NodeState::Accepted:
        return word(QT_TRANSLATE_NOOP("NodeState", "accepted"));
    case NodeState::Rejected:
        return word(QT_TRANSLATE_NOOP("NodeState", "rejected"));
    case NodeState::NeverVerified:
        return word(QT_TRANSLATE_NOOP("NodeState", "never verified"));
    case NodeState::Pruned:
        return word(QT_TRANSLATE_NOOP("NodeState", "pruned"));
    case NodeState::Bonus:
        return word(QT_TRANSLATE_NOOP("NodeState", "bonus"));
    case NodeState::Correction:
        return word(QT_TRANSLATE_NOOP("NodeState", "correction"));
    case NodeState::Window:
        return word(QT_TRANSLATE_NOOP("NodeState", "window"));
    }
    return {};
}

const std::vector<NodeState>& legendStates()
{
    static const std::vector<NodeState> states = {NodeState::Accepted, NodeState::Bonus, NodeState::Rejected, NodeState::NeverVerified,
                                                  NodeState::Pruned};
    return states;
}

double drawNodeLegend(QPainter& painter, const QPointF& topLeft, const Theme& theme)
{
    const QFontMetricsF metrics(painter.font());
    const double middle = topLeft.y() + metrics.height() / 2;
    double x = topLeft.x();
    for (const NodeState state : legendStates()) {
        const double radius = metrics.height() * 0.3;
        drawNodeShape(painter, {x + radius, middle}, radius, state, theme);
        x += 2 * radius + 6;
        // Bonus and correction share shape and colour: one entry for both.
        const QString label = state == NodeState::Bonus
                                  ? stateLabel(NodeState::Bonus) + QStringLiteral(" / ") + stateLabel(NodeState::Correction)
                                  : stateLabel(state);
        painter.setPen(theme.quietInk);
        painter.drawText(QPointF(x, topLeft.y() + metrics.ascent()), label);
        x += metrics.horizontalAdvance(label) + 16;
    }
    return x - topLeft.x();
}

}  // namespace timberline::widgets
