// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/plane_axes.h"

#include "widgets/landscape/loss_scale.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kTick = 4;

double stepOf(const record::LandscapeAxis& axis)
{
    return axis.points > 1 ? (axis.high - axis.low) / (axis.points - 1) : 0;
}
}  // namespace

PlaneMapping::PlaneMapping(const record::LandscapePlane& plane, const QRectF& area)
    : m_area(area), m_nx(std::max(1, plane.x.points)), m_ny(std::max(1, plane.y.points)), m_xLow(plane.x.low), m_xStep(stepOf(plane.x)),
      m_yLow(plane.y.low), m_yStep(stepOf(plane.y))
{}

QPointF PlaneMapping::cellToPixel(QPointF cell) const
{
    return {m_area.left() + (cell.x() + 0.5) / m_nx * m_area.width(), m_area.bottom() - (cell.y() + 0.5) / m_ny * m_area.height()};
}

QPointF PlaneMapping::pixelToCell(QPointF pixel) const
{
    return {(pixel.x() - m_area.left()) / m_area.width() * m_nx - 0.5, (m_area.bottom() - pixel.y()) / m_area.height() * m_ny - 0.5};
}

QPointF PlaneMapping::pointToCell(QPointF point) const
{
    return {m_xStep != 0 ? (point.x() - m_xLow) / m_xStep : (m_nx - 1) / 2.0,
            m_yStep != 0 ? (point.y() - m_yLow) / m_yStep : (m_ny - 1) / 2.0};
}

QPointF PlaneMapping::cellToPoint(QPointF cell) const
{
    return {m_xLow + cell.x() * m_xStep, m_yLow + cell.y() * m_yStep};
}

QRectF PlaneMapping::cellRect(int i, int j) const
{
    const double w = m_area.width() / m_nx;
    const double h = m_area.height() / m_ny;
    return {m_area.left() + i * w, m_area.bottom() - (j + 1) * h, w, h};
}

double PlaneMapping::edge(bool vertical, bool high) const
{
    const double low = vertical ? m_yLow : m_xLow;
    const double step = vertical ? m_yStep : m_xStep;
    const int points = vertical ? m_ny : m_nx;
    return low + (high ? points - 0.5 : -0.5) * step;
}

QMarginsF axisMargins(const QFont& font)
{
    const QFontMetricsF metrics(font);
    const double labels = metrics.horizontalAdvance(QStringLiteral("−0.00"));
    return {std::ceil(metrics.height() + labels + kTick + 8), std::ceil(metrics.height() / 2), std::ceil(labels / 2),
            std::ceil(2 * metrics.height() + kTick + 4)};
}

void drawPlaneAxes(QPainter& painter, const PlaneMapping& mapping, const AxisLabels& across, const AxisLabels& up, const Theme& theme)
{
    const QRectF area = mapping.area();
    const QFontMetricsF metrics(painter.font());
    const auto margins = axisMargins(painter.font());
    painter.save();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.hairline, 1));
    painter.drawRect(area);
    const double widest = metrics.horizontalAdvance(QStringLiteral("−0.000")) + 16;
    const auto ticks = [](double a, double b, int most) {
        auto out = roundTicks(std::min(a, b), std::max(a, b), most);
        if (out.empty()) {
            out.push_back((a + b) / 2);
        }
        return out;
    };
    for (const double tick :
         ticks(mapping.edge(false, false), mapping.edge(false, true), std::clamp(static_cast<int>(area.width() / widest), 2, 8))) {
        const double x = mapping.toPixel({tick, 0}).x();
        painter.setPen(QPen(theme.hairline, 1));
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + kTick));
        if (!across.shown) {
            continue;
        }
        painter.setPen(theme.quietInk);
        const QString text = shortNumber(tick, 3);
        const double width = metrics.horizontalAdvance(text) + 2;
        painter.drawText(QRectF(x - width / 2, area.bottom() + kTick, width, metrics.height()), Qt::AlignCenter, text);
    }
    for (const double tick : ticks(mapping.edge(true, false), mapping.edge(true, true),
                                   std::clamp(static_cast<int>(area.height() / (3 * metrics.height())), 2, 8))) {
        const double y = mapping.toPixel({0, tick}).y();
        painter.setPen(QPen(theme.hairline, 1));
        painter.drawLine(QPointF(area.left() - kTick, y), QPointF(area.left(), y));
        if (!up.shown) {
            continue;
        }
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(area.left() - margins.left(), y - metrics.height() / 2, margins.left() - kTick - 3, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, shortNumber(tick, 3));
    }
    painter.setPen(theme.quietInk);
    const auto fitted = [&metrics](const AxisLabels& labels, double room) {
        return metrics.horizontalAdvance(labels.title) <= room ? labels.title
                                                               : metrics.elidedText(labels.shortTitle, Qt::ElideMiddle, room);
    };
    if (across.shown) {
        // Titles may run over the labels' width on both sides: there is nothing else in their line.
        const double room = area.width() + margins.left() * 0.6 + margins.right();
        painter.drawText(QRectF(area.center().x() - room / 2, area.bottom() + kTick + metrics.height() + 2, room, metrics.height()),
                         Qt::AlignCenter, fitted(across, room));
    }
    if (up.shown) {
        painter.translate(area.left() - margins.left() + metrics.height() / 2, area.center().y());
        painter.rotate(-90);
        painter.drawText(QRectF(-area.height() / 2, -metrics.height() / 2, area.height(), metrics.height()), Qt::AlignCenter,
                         fitted(up, area.height()));
    }
    painter.restore();
}

}  // namespace timberline::widgets
