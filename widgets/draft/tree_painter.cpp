// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/node_shapes.h"
#include "widgets/draft/tree_view.h"
#include "widgets/theme/theme.h"

#include <QCoreApplication>
#include <QFontDatabase>
#include <QPainter>
#include <QPainterPath>

#include <array>
#include <cmath>
#include <unordered_set>

namespace timberline::widgets {

using record::NodeState;

namespace {

constexpr double kLabelZoom = 0.55;  // below, labels cannot be read
constexpr double kShapeZoom = 0.30;  // below, shapes cannot be told apart
constexpr double kMarkRadius = 6;    // at zoom 1
constexpr double kFoldPixels = 3;    // marks closer than this fold into one

/// Nodes whose column lies in view, one column of margin for edges that enter from the left.
std::vector<std::int32_t> visibleNodesOf(const TreePaintRequest& request)
{
    const auto topLeft = request.mapping.toTree({0, 0});
    const auto bottomRight = request.mapping.toTree({request.size.width(), request.size.height()});
    const auto [begin, end] = request.layout->columnRange(static_cast<float>(topLeft.x() - 1.5), static_cast<float>(bottomRight.x() + 1.5));
    std::vector<std::int32_t> out;
    out.reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
        const auto index = request.layout->byColumn[i];
        const auto& node = request.layout->nodes[static_cast<std::size_t>(index)];
        const double parentY =
            node.parent >= 0 ? static_cast<double>(request.layout->nodes[static_cast<std::size_t>(node.parent)].y) : node.y;
        if (std::max<double>(node.y, parentY) >= topLeft.y() - 1 && std::min<double>(node.y, parentY) <= bottomRight.y() + 1) {
            out.push_back(index);
        }
    }
    return out;
}

double probabilityOf(const PlacedNode& node)
{
    return std::isfinite(node.q) ? std::clamp<double>(node.q, 0, 1) : 1;
}

QPointF edgeStart(const TreePaintRequest& request, const PlacedNode& parent, double labelWidth)
{
    const QPointF mark = request.mapping.toPixel(parent.x, parent.y);
    return mark + QPointF(request.mapping.zoom * kMarkRadius + labelWidth, 0);
}

QColor edgeColor(const PlacedNode& node, const Theme& theme)
{
    return mix(theme.background, node.onPath ? theme.colorOf(node.state) : theme.neverVerified, node.onPath ? 0.9 : 0.55);
}

/// Small trees: one curve an edge, from the end of the parent's label to the child's mark.
void paintEdges(QPainter& painter, const TreePaintRequest& request, const std::vector<std::int32_t>& visible,
                const std::vector<double>& labelWidth, const Theme& theme)
{
    for (const auto index : visible) {
        const auto& node = request.layout->nodes[static_cast<std::size_t>(index)];
        if (node.parent < 0) {
            continue;
        }
        const auto& parent = request.layout->nodes[static_cast<std::size_t>(node.parent)];
        const QPointF to = request.mapping.toPixel(node.x, node.y) - QPointF(request.mapping.zoom * kMarkRadius + 2, 0);
        const bool sameRow = std::abs(node.y - parent.y) < 0.5F;
        const double down = node.y > parent.y ? 1 : -1;
        const QPointF below = request.mapping.toPixel(parent.x, parent.y) + QPointF(0, down * (request.mapping.zoom * kMarkRadius + 1));
        const QPointF from = sameRow ? edgeStart(request, parent, labelWidth[static_cast<std::size_t>(node.parent)]) : below;
        QPen pen(edgeColor(node, theme), std::max(1.0, request.mapping.zoom * (0.8 + 4.2 * probabilityOf(node))));
        pen.setCapStyle(Qt::FlatCap);
        if (node.state == NodeState::NeverVerified || node.state == NodeState::Pruned) {
            pen.setStyle(node.state == NodeState::Pruned ? Qt::DotLine : Qt::SolidLine);
        }
        painter.setPen(pen);
        if (sameRow) {
            if (to.x() > from.x() + 1) {
                painter.drawLine(from, to);
            }
        } else {
            // Away from the parent's mark, then right: branches of one parent share the trunk and never cross labels.
            QPainterPath path(from);
            const double turn = std::min(10.0 * request.mapping.zoom, std::abs(to.y() - from.y()));
            path.lineTo(from.x(), to.y() - down * turn);
            path.quadTo(QPointF(from.x(), to.y()), QPointF(from.x() + turn, to.y()));
            path.lineTo(to);
            painter.setBrush(Qt::NoBrush);
            painter.drawPath(path);
        }
    }
}

void paintLabel(QPainter& painter, const TreePaintRequest& request, const PlacedNode& node, const QString& text, double width,
                const Theme& theme)
{
    const QPointF mark = request.mapping.toPixel(node.x, node.y);
    const double zoom = request.mapping.zoom;
    // Ink is probability: the likelier, the darker; never fainter than the quiet ink allows.
    const double ink = std::isfinite(node.p) ? std::sqrt(std::clamp<double>(node.p, 0, 1)) : 1;
    const bool faint = node.state == NodeState::Pruned || node.state == NodeState::NeverVerified;
    painter.setPen(faint ? theme.quietInk : mix(theme.quietInk, theme.ink, node.onPath ? 1.0 : ink));
    const QRectF box(mark.x() + zoom * (kMarkRadius + 4), mark.y() - zoom * 12, width, zoom * 24);
    painter.drawText(box, Qt::AlignVCenter | Qt::AlignLeft, text);
}

/// Large trees: straight edges in a few batches, marks as small squares, coincident ones folded.
void paintOverview(QPainter& painter, const TreePaintRequest& request, const std::vector<std::int32_t>& visible, const Theme& theme)
{
    std::array<std::vector<QLineF>, 2> lines;
    std::array<std::vector<QRectF>, record::kNodeStates> marks;
    std::unordered_set<std::uint64_t> taken;
    taken.reserve(visible.size());
    const double side = std::clamp(request.mapping.zoom * 2 * kMarkRadius, 2.0, 6.0);
    for (const auto index : visible) {
        const auto& node = request.layout->nodes[static_cast<std::size_t>(index)];
        const QPointF at = request.mapping.toPixel(node.x, node.y);
        const auto cellX = static_cast<std::uint32_t>(static_cast<std::int32_t>(std::floor(at.x() / kFoldPixels)));
        const auto cellY = static_cast<std::uint32_t>(static_cast<std::int32_t>(std::floor(at.y() / kFoldPixels)));
        const std::uint64_t cell = (static_cast<std::uint64_t>(cellX) << 32) | cellY;
        if (!taken.insert(cell).second && !node.onPath) {
            continue;
        }
        marks[static_cast<std::size_t>(node.state)].emplace_back(at.x() - side / 2, at.y() - side / 2, side, side);
        if (node.parent >= 0) {
            const auto& parent = request.layout->nodes[static_cast<std::size_t>(node.parent)];
            const QPointF from = request.mapping.toPixel(parent.x, parent.y);
            auto& list = lines[node.onPath ? 1 : 0];
            if (std::abs(from.y() - at.y()) > 1) {
                list.emplace_back(from.x(), from.y(), from.x(), at.y());
            }
            list.emplace_back(from.x(), at.y(), at.x(), at.y());
        }
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(mix(theme.background, theme.neverVerified, 0.5), 0));
    painter.drawLines(lines[0].data(), static_cast<int>(lines[0].size()));
    painter.setPen(QPen(theme.accepted, 0));
    painter.drawLines(lines[1].data(), static_cast<int>(lines[1].size()));
    painter.setPen(Qt::NoPen);
    for (int state = 0; state < record::kNodeStates; ++state) {
        const auto& list = marks[static_cast<std::size_t>(state)];
        painter.setBrush(theme.colorOf(static_cast<NodeState>(state)));
        painter.drawRects(list.data(), static_cast<int>(list.size()));
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
}

void paintHalo(QPainter& painter, const TreePaintRequest& request, int index, double width, const QColor& color)
{
    if (index < 0 || index >= static_cast<int>(request.layout->nodes.size())) {
        return;
    }
    const auto& node = request.layout->nodes[static_cast<std::size_t>(index)];
    const double radius = std::max(6.0, request.mapping.zoom * (kMarkRadius + 3));
    painter.setPen(QPen(color, width));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(request.mapping.toPixel(node.x, node.y), radius, radius);
}

/// Frames around the nodes of the two hindsight bounds: dashed for the best tree, solid and wider for the longest path; their key stands
/// in the upper left corner.
void paintBounds(QPainter& painter, const TreePaintRequest& request, const Theme& theme)
{
    const auto& bounds = request.bounds;
    if (bounds.best.empty() && bounds.longest.empty()) {
        return;
    }
    const auto frames = [&](const std::vector<std::int32_t>& nodes, const QPen& pen, double radius) {
        painter.setPen(pen);
        for (const auto node : nodes) {
            if (const auto placed = request.layout->find(request.lastShownRound, node); placed >= 0) {
                const auto& at = request.layout->nodes[static_cast<std::size_t>(placed)];
                const QPointF centre = request.mapping.toPixel(at.x, at.y);
                painter.drawRect(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius));
            }
        }
    };
    const double radius = std::max(4.0, request.mapping.zoom * (kMarkRadius + 2));
    const QPen dashed(theme.ink, 1, Qt::DashLine);
    const QPen solid(theme.ink, 1.5);
    painter.setBrush(Qt::NoBrush);
    frames(bounds.best, dashed, radius);
    frames(bounds.longest, solid, radius + 3);
    const QFontMetricsF metrics(painter.font());
    const double side = std::round(metrics.height() * 0.6);
    double x = 12;
    const auto entry = [&](const QString& text, const QPen& pen) {
        const double width = side + 6 + metrics.horizontalAdvance(text);
        painter.fillRect(QRectF(x - 4, 2, width + 8, metrics.height() + 4), theme.background);
        painter.setPen(pen);
        painter.drawRect(QRectF(x, 4 + (metrics.height() - side) / 2, side, side));
        painter.setPen(theme.quietInk);
        painter.drawText(QPointF(x + side + 6, 4 + metrics.ascent()), text);
        x += width + 16;
    };
    entry(QCoreApplication::translate("TreeView", "best tree by the drafter"), dashed);
    entry(QCoreApplication::translate("TreeView", "longest path of the text"), solid);
}

}  // namespace

void paintTree(QPainter& painter, const TreePaintRequest& request, const Theme& theme)
{
    const auto visible = visibleNodesOf(request);
    const double zoom = request.mapping.zoom;
    if (zoom < kShapeZoom) {
        paintOverview(painter, request, visible, theme);
    } else {
        std::vector<double> labelWidth(request.layout->nodes.size(), 0);
        std::vector<QString> labels(request.layout->nodes.size());
        QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
        font.setPointSizeF(std::max(1.0, painter.font().pointSizeF() * zoom));
        const QFont before = painter.font();
        if (zoom >= kLabelZoom) {
            painter.setFont(font);
            const QFontMetricsF metrics(font);
            const double room = zoom * (request.mapping.columnWidth - 2 * kMarkRadius - 14);
            const auto measure = [&](std::size_t i) {
                if (labels[i].isNull()) {
                    labels[i] = metrics.elidedText(request.model->tokenLabel(request.layout->nodes[i].token), Qt::ElideMiddle, room);
                    labelWidth[i] = metrics.horizontalAdvance(labels[i]) + zoom * 8;
                }
            };
            for (const auto index : visible) {
                measure(static_cast<std::size_t>(index));
                const auto parent = request.layout->nodes[static_cast<std::size_t>(index)].parent;
                if (parent >= 0) {
                    measure(static_cast<std::size_t>(parent));
                }
            }
        }
        paintEdges(painter, request, visible, labelWidth, theme);
        for (const auto index : visible) {
            const auto& node = request.layout->nodes[static_cast<std::size_t>(index)];
            drawNodeShape(painter, request.mapping.toPixel(node.x, node.y), zoom * kMarkRadius, node.state, theme);
            if (zoom >= kLabelZoom) {
                paintLabel(painter, request, node, labels[static_cast<std::size_t>(index)], labelWidth[static_cast<std::size_t>(index)],
                           theme);
            }
        }
        painter.setFont(before);
    }
    paintBounds(painter, request, theme);
    paintHalo(painter, request, request.hovered, 1, mix(theme.accent, theme.background, 0.2));
    paintHalo(painter, request, request.selected, 2, theme.accent);
}

}  // namespace timberline::widgets
