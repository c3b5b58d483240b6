// SPDX-License-Identifier: GPL-3.0-or-later
// What lies over the contours and beside them: ellipses of curvature, the path, centre and cursor, colour bar, legend.
#include "widgets/landscape/contour_view.h"
#include "widgets/landscape/plane_text.h"
#include "widgets/plot/colour_map.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr int kMostDots = 40;
constexpr double kPale = 0.5;  ///< of an interpolated cell's colour

void drawOutlined(QPainter& painter, const QPainterPath& path, const QColor& color, double width)
{
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0x10, 0x12, 0x14, 200), width + 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(path);
    painter.setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(path);
}

}  // namespace

QColor pathColor(double share, const Theme&)
{
    return mix(QColor(0xFF, 0xFF, 0xFF), QColor(0xE0, 0x5A, 0x00), std::clamp(share, 0.0, 1.0));
}

void ContourView::paintEllipses(QPainter& painter, const PlaneMapping& mapping, const Theme& theme) const
{
    const auto& plane = m_model->grid()->plane;
    if (plane.x.kind != "hessian" || plane.y.kind != "hessian" || !(plane.x.eigenvalue > 0) || !(plane.y.eigenvalue > 0)) {
        return;
    }
    // Where the quadratic model with these curvatures rises by one amount; beside it the bowl that gradient descent just still descends
    // into.
    const double reachX = std::max(std::abs(plane.x.low), std::abs(plane.x.high)) * plane.x.norm;
    const double reachY = std::max(std::abs(plane.y.low), std::abs(plane.y.high)) * plane.y.norm;
    const double rise = 0.5 * std::min(plane.x.eigenvalue * reachX * reachX, plane.y.eigenvalue * reachY * reachY) * 0.36;
    const auto draw = [&](double curvatureX, double curvatureY, const QPen& pen) {
        if (!(rise > 0) || plane.x.norm <= 0 || plane.y.norm <= 0) {
            return;
        }
        const double a = std::sqrt(2 * rise / curvatureX) / plane.x.norm;
        const double b = std::sqrt(2 * rise / curvatureY) / plane.y.norm;
        const QPointF middle = mapping.toPixel({0, 0});
        const QPointF corner = mapping.toPixel({a, b});
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(QColor(0x10, 0x12, 0x14, 170), pen.widthF() + 2));
        painter.drawEllipse(middle, std::abs(corner.x() - middle.x()), std::abs(corner.y() - middle.y()));
        painter.setPen(pen);
        painter.drawEllipse(middle, std::abs(corner.x() - middle.x()), std::abs(corner.y() - middle.y()));
    };
    draw(plane.x.eigenvalue, plane.y.eigenvalue, QPen(Qt::white, 1.5));
    const double limit = m_model->stabilityLimit();
    if (limit > 0 && std::isfinite(limit)) {
        draw(limit, limit, QPen(theme.accent, 1.5, Qt::DashLine));
    }
}

void ContourView::paintTrajectory(QPainter& painter, const PlaneMapping& mapping, const Theme& theme) const
{
    const auto& grid = *m_model->grid();
    const auto& path = grid.trajectory;
    const auto count = m_model->trajectoryLength();
    if (count == 0) {
        return;
    }
    const auto at = [&](std::size_t k) { return mapping.toPixel({path.x[k], path.y[k]}); };
    const auto finite = [&](std::size_t k) { return std::isfinite(path.x[k]) && std::isfinite(path.y[k]); };
    const double first = path.step.front();
    const double span = std::max(1.0, static_cast<double>(path.step.back()) - first);
    const auto share = [&](std::size_t k) { return (path.step[k] - first) / span; };
    const auto every = std::max<std::size_t>(1, (count + kMostDots - 1) / kMostDots);
    // Distance to the plane, upwards on the vertical axis' scale.
    const double unit = grid.plane.y.norm > 0 ? std::abs(mapping.toPixel({0, 1}).y() - mapping.toPixel({0, 0}).y()) / grid.plane.y.norm : 0;
    for (std::size_t k = 0; k < count; k += 3 * every) {
        const double whisker = path.residual[k] * unit;
        if (finite(k) && std::isfinite(whisker) && whisker > 2) {
            const QPointF foot = at(k);
            const QPointF head = foot - QPointF(0, whisker);
            painter.setPen(QPen(QColor(0x10, 0x12, 0x14, 120), 3));
            painter.drawLine(foot, head);
            painter.setPen(QPen(pathColor(share(k), theme), 1));
            painter.drawLine(foot, head);
            painter.drawLine(head - QPointF(3, 0), head + QPointF(3, 0));
        }
    }
    painter.setPen(QPen(QColor(0x10, 0x12, 0x14, 200), 4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    for (std::size_t k = 1; k < count; ++k) {
        if (finite(k) && finite(k - 1)) {
            painter.drawLine(at(k - 1), at(k));
        }
    }
    for (std::size_t k = 1; k < count; ++k) {
        if (finite(k) && finite(k - 1)) {
            painter.setPen(QPen(pathColor(share(k), theme), 2, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(at(k - 1), at(k));
        }
    }
    painter.setPen(QPen(QColor(0x10, 0x12, 0x14, 200), 1));
    for (std::size_t k = 0; k < count; k += every) {
        if (finite(k)) {
            painter.setBrush(pathColor(share(k), theme));
            painter.drawEllipse(at(k), 3, 3);
        }
    }
    if (const auto last = count - 1; finite(last)) {
        const QPointF p = at(last);
        painter.setBrush(pathColor(share(last), theme));
        painter.drawPolygon(QPolygonF({p + QPointF(0, -6), p + QPointF(6, 0), p + QPointF(0, 6), p + QPointF(-6, 0)}));
    }
}

void ContourView::paintMarks(QPainter& painter, const PlaneMapping& mapping, const Theme& theme) const
{
    const QPointF centre = mapping.toPixel({0, 0});
    QPainterPath cross;
    cross.addEllipse(centre, 5, 5);
    for (const QPointF arm : {QPointF(9, 0), QPointF(0, 9)}) {
        cross.moveTo(centre - arm);
        cross.lineTo(centre - arm * 0.4);
        cross.moveTo(centre + arm * 0.4);
        cross.lineTo(centre + arm);
    }
    drawOutlined(painter, cross, Qt::white, 1.5);
    const QPointF cursor = mapping.toPixel(m_model->cursor());
    QPainterPath hair;
    hair.moveTo(mapping.area().left(), cursor.y());
    hair.lineTo(cursor.x() - 8, cursor.y());
    hair.moveTo(cursor.x() + 8, cursor.y());
    hair.lineTo(mapping.area().right(), cursor.y());
    hair.moveTo(cursor.x(), mapping.area().top());
    hair.lineTo(cursor.x(), cursor.y() - 8);
    hair.moveTo(cursor.x(), cursor.y() + 8);
    hair.lineTo(cursor.x(), mapping.area().bottom());
    painter.setPen(QPen(QColor(0x10, 0x12, 0x14, 110), 3));
    painter.drawPath(hair);
    painter.setPen(QPen(theme.accent, 1));
    painter.drawPath(hair);
    QPainterPath ring;
    ring.addEllipse(cursor, 8, 8);
    drawOutlined(painter, ring, theme.accent, 2);
}

void ContourView::paintBar(QPainter& painter, const QRectF& bar, const Theme& theme) const
{
    if (bar.height() < 20) {
        return;
    }
    const auto& scale = m_model->scale();
    const QFontMetricsF metrics(painter.font());
    painter.save();
    painter.translate(bar.left(), bar.bottom());
    painter.rotate(-90);
    drawColourBar(painter, QRectF(0, 0, bar.height(), bar.width()), ColourMap::sequential(), theme);
    painter.restore();
    for (const double tick : scale.ticks(std::clamp(static_cast<int>(bar.height() / (2.2 * metrics.height())), 2, 8))) {
        const double y = bar.bottom() - scale.position(tick) * bar.height();
        painter.setPen(QPen(theme.hairline, 1));
        painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y));
        painter.setPen(theme.quietInk);
        const QString text = scale.mode() == HeightMode::Accuracy ? tr("%1 %").arg(100 * tick, 0, 'g', 3) : shortNumber(tick, 3);
        painter.drawText(QPointF(bar.right() + 6, y + metrics.ascent() / 2 - 1), text);
    }
    if (scale.clipped()) {
        // The arrow says that values go on above the bar's end.
        painter.setPen(Qt::NoPen);
        painter.setBrush(cividis(1));
        painter.drawPolygon(
            QPolygonF({bar.topLeft() - QPointF(0, 1), bar.topRight() - QPointF(0, 1), QPointF(bar.center().x(), bar.top() - 8)}));
    }
    painter.setPen(theme.quietInk);
    const QString title = PlaneText::quantity(scale.mode());
    painter.save();
    const double right = bar.right() + metrics.horizontalAdvance(QStringLiteral("−0.0000")) + 10;
    painter.drawText(QRectF(bar.left() - 200, bar.top() - metrics.height() - 8, right - bar.left() + 196, metrics.height()),
                     Qt::AlignRight | Qt::AlignVCenter, title);
    painter.restore();
}

void ContourView::paintLegend(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    double x = area.left();
    int notFinite = 0;
    int interpolated = 0;
    int noisy = 0;
    for (const bool test : {false, true}) {
        if (!layoutFor({1000, 1000}).maps[test ? 1 : 0].isNull()) {
            notFinite += m_model->field(test).notFinite;
            interpolated += m_model->field(test).interpolated;
            noisy += m_model->field(test).noisyCells;
        }
    }
    const auto entry = [&](const QString& text, double swatch, const auto& draw) {
        const double width = swatch + 4 + metrics.horizontalAdvance(text) + 14;
        if (x + width - 14 > area.right()) {
            return;
        }
        painter.save();
        painter.setBrush(Qt::NoBrush);  // whatever was filled last
        draw(QRectF(x, area.top() + area.height() * 0.18, swatch, area.height() * 0.64));
        painter.restore();
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(x + swatch + 4, area.top(), width, area.height()), Qt::AlignLeft | Qt::AlignVCenter, text);
        x += width;
    };
    const auto& path = m_model->grid()->trajectory;
    if (notFinite > 0) {
        entry(tr("NaN or infinite (%1)").arg(notFinite), 16,
              [&](const QRectF& box) { painter.fillRect(box, QBrush(theme.rejected, Qt::DiagCrossPattern)); });
    }
    if (m_hatchNoise && noisy > 0) {
        entry(tr("contours closer than the standard error"), 16, [&](const QRectF& box) {
            painter.fillRect(box, cividis(0.45));
            painter.fillRect(box, QBrush(QColor(0, 0, 0, 160), Qt::BDiagPattern));
        });
    }
    if (interpolated > 0) {
        entry(tr("between computed cells"), 16,
              [&](const QRectF& box) { painter.fillRect(box, mix(theme.background, cividis(0.6), kPale)); });
    }
    if (!path.step.empty()) {
        entry(tr("path, steps %1 to %2").arg(path.step.front()).arg(path.step.back()), 36, [&](const QRectF& box) {
            for (int k = 0; k < 12; ++k) {
                painter.fillRect(QRectF(box.left() + box.width() * k / 12, box.center().y() - 2, box.width() / 12 + 0.5, 4),
                                 pathColor(k / 11.0, theme));
            }
            painter.setPen(QPen(theme.quietInk, 1));
            painter.drawRect(QRectF(box.left(), box.center().y() - 2.5, box.width(), 5));
        });
        if (std::ranges::any_of(path.residual, [](double r) { return r > 1e-9; })) {
            entry(tr("distance to the plane"), 10, [&](const QRectF& box) {
                painter.setPen(QPen(theme.quietInk, 1));
                painter.drawLine(QPointF(box.center().x(), box.top()), QPointF(box.center().x(), box.bottom()));
                painter.drawLine(QPointF(box.center().x() - 3, box.top()), QPointF(box.center().x() + 3, box.top()));
                painter.setBrush(theme.quietInk);
                painter.drawEllipse(QPointF(box.center().x(), box.bottom()), 2.5, 2.5);
            });
        }
    }
    entry(tr("centre"), 14, [&](const QRectF& box) {
        painter.setPen(QPen(theme.quietInk, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(box.center(), 3.5, 3.5);
        painter.drawLine(box.center() - QPointF(7, 0), box.center() - QPointF(2, 0));
        painter.drawLine(box.center() + QPointF(2, 0), box.center() + QPointF(7, 0));
    });
    const auto& plane = m_model->grid()->plane;
    if (plane.x.kind == "hessian" && plane.y.kind == "hessian") {
        entry(tr("curvature"), 14, [&](const QRectF& box) {
            painter.setPen(QPen(theme.quietInk, 1.5));
            painter.drawEllipse(box.center(), 6, 4);
        });
        entry(tr("limit of stability"), 14, [&](const QRectF& box) {
            painter.setPen(QPen(theme.accent, 1.5, Qt::DashLine));
            painter.drawEllipse(box.center(), 6, 5);
        });
    }
    if (m_model->scale().clipped()) {
        entry(tr("colour ends at %1").arg(shortNumber(m_model->scale().high(), 3)), 10, [&](const QRectF& box) {
            painter.setPen(QPen(theme.hairline, 1));
            painter.setBrush(cividis(1));
            painter.drawPolygon(QPolygonF({box.bottomLeft(), box.bottomRight(), QPointF(box.center().x(), box.top())}));
        });
    }
}

}  // namespace timberline::widgets
