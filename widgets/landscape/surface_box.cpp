// SPDX-License-Identifier: GPL-3.0-or-later
// The box that the surface stands in: floor, axes, and the places where the loss is not finite.
#include "widgets/landscape/surface_view.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace timberline::widgets {

void SurfaceView::paintFloor(QPainter& painter, const Projection& projection, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const auto& plane = m_model->grid()->plane;
    const std::array<BoxPoint, 4> corners = {{{-1, -1, 0}, {1, -1, 0}, {1, 1, 0}, {-1, 1, 0}}};
    QPolygonF floor;
    for (const auto& corner : corners) {
        floor.append(projection.toPixel(corner));
    }
    painter.setPen(QPen(theme.hairline, 1));
    painter.setBrush(mix(theme.background, theme.panel, 0.7));
    painter.drawPolygon(floor);
    // Ticks on the two edges nearer to the viewer.
    const double nearY = -projection.fartherY();
    const double nearX = -projection.fartherX();
    const auto label = [&](const BoxPoint& at, const BoxPoint& outward, const QString& text, const QColor& color) {
        const QPointF p = projection.toPixel(at);
        QPointF away = projection.toPixel(outward) - projection.toPixel(at);
        const double length = std::max(1e-6, std::hypot(away.x(), away.y()));
        away /= length;
        const QSizeF box(metrics.horizontalAdvance(text) + 4, metrics.height());
        const QPointF middle = p + QPointF(away.x() * (6 + box.width() / 2), away.y() * (4 + box.height() / 2));
        painter.setPen(color);
        painter.drawText(QRectF(middle.x() - box.width() / 2, middle.y() - box.height() / 2, box.width(), box.height()), Qt::AlignCenter,
                         text);
    };
    const auto edge = [&](const record::LandscapeAxis& axis, bool vertical) {
        if (axis.high == axis.low) {
            return;
        }
        for (const double tick : roundTicks(std::min(axis.low, axis.high), std::max(axis.low, axis.high), 4)) {
            const double at = 2 * (tick - axis.low) / (axis.high - axis.low) - 1;
            const BoxPoint point = vertical ? BoxPoint{nearX, at, 0} : BoxPoint{at, nearY, 0};
            const BoxPoint out = vertical ? BoxPoint{nearX * 1.3, at, 0} : BoxPoint{at, nearY * 1.3, 0};
            painter.setPen(QPen(theme.hairline, 1));
            painter.drawLine(projection.toPixel(point),
                             projection.toPixel(vertical ? BoxPoint{nearX * 1.03, at, 0} : BoxPoint{at, nearY * 1.03, 0}));
            label(point, out, shortNumber(tick, 3), theme.quietInk);
        }
        const QString name = vertical ? QStringLiteral("β") : QStringLiteral("α");
        const BoxPoint middle = vertical ? BoxPoint{nearX * 1.24, 0.25, 0} : BoxPoint{0.25, nearY * 1.24, 0};
        label(middle, vertical ? BoxPoint{nearX * 1.4, 0.25, 0} : BoxPoint{0.25, nearY * 1.4, 0}, name, theme.ink);
    };
    edge(plane.x, false);
    edge(plane.y, true);
    paintVerticalAxis(painter, projection, theme);
}

void SurfaceView::paintVerticalAxis(QPainter& painter, const Projection& projection, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    // At the corner that lies leftmost on screen, where the surface never covers it.
    BoxPoint corner{-1, -1, 0};
    double leftmost = std::numeric_limits<double>::infinity();
    for (const double x : {-1.0, 1.0}) {
        for (const double y : {-1.0, 1.0}) {
            if (const double at = projection.toPixel({x, y, 0}).x(); at < leftmost) {
                leftmost = at;
                corner = {x, y, 0};
            }
        }
    }
    const QPointF foot = projection.toPixel(corner);
    const QPointF head = projection.toPixel({corner.x, corner.y, 1});
    if (std::abs(foot.y() - head.y()) < 3 * metrics.height()) {
        return;
    }
    painter.setPen(QPen(theme.hairline, 1));
    painter.drawLine(foot, head);
    const auto& scale = m_model->scale();
    for (const double tick : scale.ticks(4)) {
        const QPointF at = projection.toPixel({corner.x, corner.y, scale.position(tick)});
        painter.setPen(QPen(theme.hairline, 1));
        painter.drawLine(at, at - QPointF(4, 0));
        painter.setPen(theme.quietInk);
        const QString text = shortNumber(tick, 3);
        const double width = metrics.horizontalAdvance(text) + 2;
        painter.drawText(QRectF(at.x() - 7 - width, at.y() - metrics.height() / 2, width, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, text);
    }
}

void SurfaceView::paintNotFinite(QPainter& painter, const Projection& projection, const Theme& theme) const
{
    const auto& field = m_model->field(testShown());
    if (field.notFinite == 0) {
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(QBrush(theme.rejected, Qt::DiagCrossPattern));
    const double w = 1.0 / std::max(1, field.nx - 1);
    const double h = 1.0 / std::max(1, field.ny - 1);
    for (int j = 0; j < field.ny; ++j) {
        for (int i = 0; i < field.nx;) {
            if (field.state[field.index(i, j)] != CellState::NotFinite) {
                ++i;
                continue;
            }
            const int from = i;
            while (i < field.nx && field.state[field.index(i, j)] == CellState::NotFinite) {
                ++i;
            }
            const double x0 = std::max(-1.0, 2 * from * w - 1 - w);
            const double x1 = std::min(1.0, 2 * (i - 1) * w - 1 + w);
            const double y0 = std::max(-1.0, 2 * j * h - 1 - h);
            const double y1 = std::min(1.0, 2 * j * h - 1 + h);
            painter.drawPolygon(QPolygonF({projection.toPixel({x0, y0, 0}), projection.toPixel({x1, y0, 0}),
                                           projection.toPixel({x1, y1, 0}), projection.toPixel({x0, y1, 0})}));
        }
    }
}

}  // namespace timberline::widgets
