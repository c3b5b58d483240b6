// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/tree_diff_paint.h"

#include "widgets/draft/node_shapes.h"
#include "widgets/draft/question_paint.h"
#include "widgets/draft/tree_diff_view.h"
#include "widgets/theme/theme.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

using record::DiffSide;

QFont treeDiffFont(const QFont& like)
{
    QFont out = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    out.setPointSizeF(like.pointSizeF() > 0 ? like.pointSizeF() : out.pointSizeF());
    return out;
}

namespace {

QPen outlineOf(DiffSide side, const Theme& theme)
{
    return side == DiffSide::OnlyA ? QPen(theme.ink, 1.5) : QPen(theme.accent, 1.5, Qt::DashLine);
}

void paintBox(QPainter& painter, const QRectF& box, DiffSide side, const Theme& theme)
{
    if (side == DiffSide::Both) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(mix(theme.background, theme.ink, 0.13));
    } else {
        painter.setPen(outlineOf(side, theme));
        painter.setBrush(Qt::NoBrush);
    }
    painter.drawRoundedRect(box, 4, 4);
}

}  // namespace

void TreeDiffView::paintLegend(QPainter& painter, double width, const Scale& scale, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    double x = kTreeDiffMargin;
    const QString onlyA = tr("only A");
    const QString onlyB = tr("only B");
    const QString colon = QStringLiteral(": ");
    const double room =
        (width - 2 * kTreeDiffMargin - 3 * (line + 24) - metrics.horizontalAdvance(tr("both") + onlyA + onlyB + colon + colon)) / 2;
    // The names stand above the picture as well: here they stay short, as a part of it may be all that is seen.
    const double longest = std::min(room, 20 * metrics.averageCharWidth());
    const auto named = [&](const QString& letter, const QString& name) {
        return room < 8 * metrics.averageCharWidth() ? letter : letter + colon + metrics.elidedText(name, Qt::ElideMiddle, longest);
    };
    const auto entry = [&](DiffSide side, const QString& text) {
        paintBox(painter, QRectF(x + 1, 4 + line * 0.2, line, line * 0.6), side, theme);
        x += line + 7;
        painter.setPen(theme.quietInk);
        painter.drawText(QPointF(x, 4 + metrics.ascent()), text);
        x += metrics.horizontalAdvance(text) + 16;
    };
    entry(DiffSide::Both, tr("both"));
    entry(DiffSide::OnlyA, named(onlyA, m_nameA));
    entry(DiffSide::OnlyB, named(onlyB, m_nameB));
    // Of the states only those that occur; where A and B differ, two marks stand in one box.
    x = kTreeDiffMargin;
    const double top = scale.top - line - 6;
    const double radius = line * 0.3;
    for (const auto state : {record::NodeState::Accepted, record::NodeState::Bonus, record::NodeState::Correction,
                             record::NodeState::Rejected, record::NodeState::NeverVerified}) {
        const auto is = [&](const record::NodeReading& of) { return of.present() && of.state == state; };
        if (std::none_of(m_diff.nodes.begin(), m_diff.nodes.end(),
                         [&](const record::DiffNode& node) { return is(node.a) || is(node.b); })) {
            continue;
        }
        drawNodeShape(painter, {x + radius, top + line / 2}, radius, state, theme);
        x += 2 * radius + 5;
        painter.setPen(theme.quietInk);
        painter.drawText(QPointF(x, top + metrics.ascent()), stateLabel(state));
        x += metrics.horizontalAdvance(stateLabel(state)) + 14;
    }
}

void TreeDiffView::paintEdges(QPainter& painter, const Scale& scale, const Theme& theme) const
{
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 1; i < m_diff.nodes.size(); ++i) {
        const auto& node = m_diff.nodes[i];
        const QRectF parent = boxOf(node.parent, scale, painter.font());
        const QRectF child = boxOf(static_cast<int>(i), scale, painter.font());
        QPen pen = node.side() == DiffSide::Both ? QPen(theme.neverVerified, 2) : outlineOf(node.side(), theme);
        pen.setWidthF(node.side() == DiffSide::Both ? 2 : 1);
        painter.setPen(pen);
        if (std::abs(parent.center().y() - child.center().y()) < 1) {
            painter.drawLine(QPointF(parent.right() + 2, parent.center().y()), QPointF(child.left() - 2, child.center().y()));
        } else {
            const double trunk = parent.left() + scale.line * 0.6;
            QPainterPath path(QPointF(trunk, child.center().y() > parent.center().y() ? parent.bottom() + 1 : parent.top() - 1));
            path.lineTo(trunk, child.center().y());
            path.lineTo(child.left() - 2, child.center().y());
            painter.drawPath(path);
        }
    }
}

void TreeDiffView::paintNode(QPainter& painter, int node, const Scale& scale, const Theme& theme) const
{
    const auto& at = m_diff.nodes[static_cast<std::size_t>(node)];
    const QRectF box = boxOf(node, scale, painter.font());
    painter.fillRect(box, theme.background);
    paintBox(painter, box, at.side(), theme);
    const double radius = scale.line * 0.32;
    double x = box.left() + kTreeDiffPad + radius;
    const auto mark = [&](const record::NodeReading& of) {
        drawNodeShape(painter, {x, box.center().y()}, radius, node == 0 ? record::NodeState::Root : of.state, theme);
        x += scale.line * 0.9;
    };
    if (marksOf(node) == 2 && node > 0) {
        mark(at.a);
        mark(at.b);
    } else {
        mark(at.a.present() ? at.a : at.b);
    }
    const bool text = at.a.in_text || at.b.in_text;
    painter.setPen(text ? theme.ink : theme.quietInk);
    const QFont before = painter.font();
    painter.setFont(treeDiffFont(before));
    painter.drawText(QRectF(x - radius + 2, box.top(), box.right() - x + radius, box.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     labelOf(node));
    painter.setFont(before);
    if (node == m_cursor) {
        painter.setPen(QPen(theme.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 6, 6);
    }
}

void TreeDiffView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme) || m_diff.nodes.empty()) {
        return;
    }
    painter.save();
    const auto scale = scaleFor(painter.font());
    paintLegend(painter, size.width(), scale, theme);
    paintEdges(painter, scale, theme);
    for (int i = 0; i < static_cast<int>(m_diff.nodes.size()); ++i) {
        paintNode(painter, i, scale, theme);
    }
    painter.restore();
}

void TreeDiffView::paintEvent(QPaintEvent*)
{
    paintQuestionView(*this, hasFocus(), *this);
}

}  // namespace timberline::widgets
