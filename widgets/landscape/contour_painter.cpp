// SPDX-License-Identifier: GPL-3.0-or-later
// How the contour view is laid out and its cells and lines are painted; contour_overlays.cpp paints what lies over them and beside them,
// contour_view.cpp holds what it listens to.
#include "widgets/landscape/contour_view.h"
#include "widgets/landscape/plane_text.h"
#include "widgets/plot/colour_map.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QPaintEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kSide = 4;
constexpr double kBarWidth = 14;
constexpr double kWholeCaption = 560;  ///< height from which the caption stands there whole
constexpr double kPale = 0.5;          ///< of an interpolated cell's colour

bool paintsPixels(const QPainter& painter)
{
    const auto type = painter.paintEngine()->type();
    return type == QPaintEngine::Raster || type == QPaintEngine::OpenGL || type == QPaintEngine::OpenGL2;
}

QColor cellColor(const SurfaceField& field, std::size_t k, const ColourMap& map, const Theme& theme)
{
    const QColor full = map.color(field.height[k]);
    return field.state[k] == CellState::Interpolated ? mix(theme.background, full, kPale) : full;
}

/// Rectangles over runs of cells in a row for which `wanted` holds.
template <typename Wanted>
QPainterPath runsOf(const PlaneMapping& mapping, const SurfaceField& field, const Wanted& wanted)
{
    QPainterPath path;
    for (int j = 0; j < field.ny; ++j) {
        for (int i = 0; i < field.nx;) {
            if (!wanted(field.index(i, j))) {
                ++i;
                continue;
            }
            const int from = i;
            while (i < field.nx && wanted(field.index(i, j))) {
                ++i;
            }
            path.addRect(mapping.cellRect(from, j).united(mapping.cellRect(i - 1, j)));
        }
    }
    return path;
}

QPolygonF pixels(const ContourLine& line, const PlaneMapping& mapping)
{
    QPolygonF out;
    out.reserve(static_cast<qsizetype>(line.points.size()));
    for (const QPointF& point : line.points) {
        out.append(mapping.cellToPixel(point));
    }
    return out;
}

double lengthOf(const QPolygonF& line)
{
    double length = 0;
    for (qsizetype k = 1; k < line.size(); ++k) {
        length += std::hypot(line[k].x() - line[k - 1].x(), line[k].y() - line[k - 1].y());
    }
    return length;
}

/// A label on the middle of a line, on a chip of the line's own colour, unless it would cover another one.
void labelLine(QPainter& painter, const QPolygonF& line, const QRectF& area, const QString& text, const QColor& chip,
               std::vector<QRectF>& taken)
{
    const QFontMetricsF metrics(painter.font());
    const QSizeF size(metrics.horizontalAdvance(text) + 6, metrics.height() - 2);
    for (const double share : {0.5, 0.25, 0.75, 0.35, 0.65}) {
        const QPointF at = line[static_cast<qsizetype>(share * static_cast<double>(line.size() - 1))];
        const QRectF box(at.x() - size.width() / 2, at.y() - size.height() / 2, size.width(), size.height());
        if (!area.adjusted(2, 2, -2, -2).contains(box) ||
            std::ranges::any_of(taken, [&](const QRectF& other) { return other.intersects(box); })) {
            continue;
        }
        painter.setPen(Qt::NoPen);
        painter.setBrush(chip);
        painter.drawRoundedRect(box, 3, 3);
        painter.setPen(inkOn(chip.rgb()));
        painter.drawText(box, Qt::AlignCenter, text);
        taken.push_back(box);
        return;
    }
}

}  // namespace

ContourView::Layout ContourView::layoutFor(const QSizeF& size) const
{
    Layout out;
    const QFontMetricsF metrics(font());
    const double line = metrics.height();
    const auto* grid = m_model->grid();
    double bottom = size.height() - kSide;
    if (grid != nullptr && size.height() > 10 * line) {
        const double width = size.width() - 4 * kSide;
        const double wanted = metrics.boundingRect(QRectF(0, 0, width, 1e4), Qt::TextWordWrap, PlaneText::caption(grid->plane)).height();
        // In a pane two lines; the inspector and the tooltip hold the rest. A picture on its own says everything.
        const double most = size.height() >= kWholeCaption ? wanted : 2 * line;
        const double height = std::ceil(std::min(wanted, most));
        out.caption = QRectF(2 * kSide, bottom - height, width, height);
        bottom -= height + 4;
    }
    if (grid != nullptr && size.height() > 14 * line) {
        out.legend = QRectF(2 * kSide, bottom - line - 2, size.width() - 4 * kSide, line + 2);
        bottom -= line + 6;
    }
    const double barRoom = kBarWidth + metrics.horizontalAdvance(QStringLiteral("−0.0000")) + 10;
    const double top = kSide + line + 4;
    placeMaps(out, QRectF(kSide, top, size.width() - barRoom - 2 * kSide, bottom - top));
    const QRectF& first = out.maps[0].isNull() ? out.maps[1] : out.maps[0];
    const QRectF& last = out.maps[1].isNull() ? out.maps[0] : out.maps[1];
    out.bar = QRectF(size.width() - barRoom - kSide + 4, first.top(), kBarWidth, last.bottom() - first.top());
    return out;
}

void ContourView::placeMaps(Layout& layout, const QRectF& room) const
{
    const auto margins = axisMargins(font());
    const auto shown = m_model->surfaces();
    const QRectF inner = room.marginsRemoved(margins);
    if (shown != ShownSurfaces::Both) {
        layout.maps[shown == ShownSurfaces::Test ? 1 : 0] = inner;
        return;
    }
    // Side by side or one above the other, whichever leaves larger maps. They share the labels of the axis between them.
    const double gapAcross = margins.right() + 12;
    const double gapDown = QFontMetricsF(font()).height() + 10;
    const QSizeF across((inner.width() - gapAcross) / 2, inner.height());
    const QSizeF down(inner.width(), (inner.height() - gapDown) / 2);
    layout.stacked = std::min(down.width(), down.height()) > std::min(across.width(), across.height());
    const QSizeF each = layout.stacked ? down : across;
    layout.maps[0] = QRectF(inner.topLeft(), each);
    layout.maps[1] =
        QRectF(inner.topLeft() + (layout.stacked ? QPointF(0, each.height() + gapDown) : QPointF(each.width() + gapAcross, 0)), each);
}

void ContourView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    const auto* grid = m_model->grid();
    if (state() == ViewState::Empty || state() == ViewState::Error || grid == nullptr) {
        (void)paintState(painter, QRectF(QPointF(0, 0), size), theme);
        return;
    }
    painter.save();
    painter.setFont(font());
    const auto layout = layoutFor(size);
    const QFontMetricsF metrics(font());
    for (const bool test : {false, true}) {
        const QRectF area = layout.maps[test ? 1 : 0];
        if (area.width() < 20 || area.height() < 20) {
            continue;
        }
        const PlaneMapping map(grid->plane, area);
        paintMap(painter, map, test, layout, theme);
        painter.setPen(theme.ink);
        const QString title = PlaneText::surfaceName(test);
        painter.drawText(QRectF(area.left(), area.top() - metrics.height() - 3, area.width(), metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, title);
        if (state() == ViewState::Partial && !(test && layout.stacked)) {
            painter.setPen(theme.quietInk);
            const double left = area.left() + metrics.horizontalAdvance(title) + 12;
            painter.drawText(QRectF(left, area.top() - metrics.height() - 3, area.right() - left, metrics.height()),
                             Qt::AlignRight | Qt::AlignVCenter,
                             metrics.elidedText(PlaneText::progress(*grid), Qt::ElideRight, area.right() - left));
        }
    }
    paintBar(painter, layout.bar, theme);
    if (!layout.legend.isNull()) {
        paintLegend(painter, layout.legend, theme);
    }
    if (!layout.caption.isNull()) {
        painter.setPen(theme.quietInk);
        const QString text = PlaneText::caption(grid->plane);
        const double lines = std::round(layout.caption.height() / metrics.height());
        const bool whole =
            metrics.boundingRect(QRectF(0, 0, layout.caption.width(), 1e4), Qt::TextWordWrap, text).height() <= layout.caption.height() + 1;
        painter.drawText(layout.caption, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                         whole ? text : metrics.elidedText(text, Qt::ElideRight, layout.caption.width() * (lines - 0.15)));
    }
    painter.restore();
}

void ContourView::paintMap(QPainter& painter, const PlaneMapping& mapping, bool test, const Layout& layout, const Theme& theme) const
{
    const auto& field = m_model->field(test);
    const auto& plane = m_model->grid()->plane;
    painter.save();
    painter.setClipRect(mapping.area());
    paintCells(painter, mapping, field, theme);
    paintHatching(painter, mapping, field, theme);
    paintContours(painter, mapping, test, theme);
    paintEllipses(painter, mapping, theme);
    paintTrajectory(painter, mapping, theme);
    paintMarks(painter, mapping, theme);
    painter.restore();
    const bool both = m_model->surfaces() == ShownSurfaces::Both;
    AxisLabels across{PlaneText::axisTitle(plane, false), PlaneText::shortAxisTitle(plane, false), !(both && layout.stacked && !test)};
    AxisLabels up{PlaneText::axisTitle(plane, true), PlaneText::shortAxisTitle(plane, true), !(both && !layout.stacked && test)};
    drawPlaneAxes(painter, mapping, across, up, theme);
}

void ContourView::paintCells(QPainter& painter, const PlaneMapping& mapping, const SurfaceField& field, const Theme& theme) const
{
    const auto map = ColourMap::sequential();
    const bool test = &field != &m_model->field(false);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (paintsPixels(painter)) {
        auto& kept = cache(test, theme);
        if (kept.image.isNull()) {
            QImage image(field.nx, field.ny, QImage::Format_ARGB32_Premultiplied);
            for (int j = 0; j < field.ny; ++j) {
                auto* row = reinterpret_cast<QRgb*>(image.scanLine(field.ny - 1 - j));
                for (int i = 0; i < field.nx; ++i) {
                    const auto k = field.index(i, j);
                    row[i] = std::isnan(field.height[k]) ? 0 : cellColor(field, k, map, theme).rgb();
                }
            }
            kept.image = image;
        }
        painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
        painter.drawImage(mapping.area(), kept.image);
    } else {
        // A vector file takes rectangles, each a little larger than its cell: viewers would leave hairlines between them.
        for (int j = 0; j < field.ny; ++j) {
            for (int i = 0; i < field.nx; ++i) {
                const auto k = field.index(i, j);
                if (!std::isnan(field.height[k])) {
                    painter.fillRect(mapping.cellRect(i, j).adjusted(0, -0.3, 0.3, 0), cellColor(field, k, map, theme));
                }
            }
        }
    }
    painter.restore();
}

void ContourView::paintHatching(QPainter& painter, const PlaneMapping& mapping, const SurfaceField& field, const Theme& theme) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (field.notFinite > 0) {
        const auto path = runsOf(mapping, field, [&](std::size_t k) { return field.state[k] == CellState::NotFinite; });
        painter.fillPath(path, mix(theme.background, theme.panel, 0.6));
        painter.fillPath(path, QBrush(theme.rejected, Qt::DiagCrossPattern));
    }
    if (m_hatchNoise && field.noisyCells > 0) {
        const auto path = runsOf(mapping, field, [&](std::size_t k) { return field.noisy[k] != 0; });
        painter.fillPath(path, QBrush(QColor(0, 0, 0, 110), Qt::BDiagPattern));
        painter.translate(1, 0);
        painter.fillPath(path, QBrush(QColor(255, 255, 255, 110), Qt::BDiagPattern));
    }
    painter.restore();
}

void ContourView::paintContours(QPainter& painter, const PlaneMapping& mapping, bool test, const Theme& theme) const
{
    const auto& scale = m_model->scale();
    const auto map = ColourMap::sequential();
    std::vector<QRectF> taken;
    const QRectF area = mapping.area();
    const bool labels = area.width() > 180;
    const bool few = contours(test).size() < 10;
    std::size_t number = 0;
    struct Label {
        QPolygonF line;
        QString text;
        QColor chip;
    };
    std::vector<Label> wanted;
    for (const auto& [level, lines] : contours(test)) {
        const QColor under = map.color(scale.position(level));
        QColor pen = inkOn(under.rgb());
        pen.setAlphaF(0.6F);
        painter.setPen(QPen(pen, 1));
        painter.setBrush(Qt::NoBrush);
        QPolygonF longest;
        double reach = 0;
        for (const auto& line : lines) {
            const QPolygonF polyline = pixels(line, mapping);
            painter.drawPolyline(polyline);
            if (const double length = lengthOf(polyline); length > reach) {
                reach = length;
                longest = polyline;
            }
        }
        if (labels && (number % 3 == 1 || few) && reach > 110) {
            wanted.push_back({longest, shortNumber(level, 3), mix(under, inkOn(under.rgb()), 0.12)});
        }
        ++number;
    }
    for (const auto& label : wanted) {
        labelLine(painter, label.line, area, label.text, label.chip, taken);
    }
    (void)theme;
}

}  // namespace timberline::widgets
