// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/landscape_grid.h"

#include <QMarginsF>
#include <QPointF>
#include <QRectF>
#include <QString>

class QFont;
class QPainter;

namespace timberline::widgets {

struct Theme;

/// From points of a plane to pixels. Every cell has the same share of the area and stands in its middle, β upwards; an axis whose limits
/// are equal, or that has one point, still has a width.
class PlaneMapping
{
public:
    PlaneMapping() = default;
    PlaneMapping(const record::LandscapePlane& plane, const QRectF& area);

    [[nodiscard]] const QRectF& area() const { return m_area; }
    /// @param cell fractional (i, j)
    [[nodiscard]] QPointF cellToPixel(QPointF cell) const;
    [[nodiscard]] QPointF pixelToCell(QPointF pixel) const;
    [[nodiscard]] QPointF toPixel(QPointF point) const { return cellToPixel(pointToCell(point)); }
    [[nodiscard]] QPointF fromPixel(QPointF pixel) const { return cellToPoint(pixelToCell(pixel)); }
    [[nodiscard]] QPointF pointToCell(QPointF point) const;
    [[nodiscard]] QPointF cellToPoint(QPointF cell) const;
    [[nodiscard]] QRectF cellRect(int i, int j) const;
    /// Ends of what the area shows, half a cell beyond the outermost cells.
    [[nodiscard]] double edge(bool vertical, bool high) const;

private:
    QRectF m_area;
    int m_nx = 1, m_ny = 1;
    double m_xLow = 0, m_xStep = 0, m_yLow = 0, m_yStep = 0;
};

/// Room that ticks, their labels and the titles take around an area.
[[nodiscard]] QMarginsF axisMargins(const QFont& font);
/// What stands along one axis.
struct AxisLabels {
    QString title, shortTitle;  ///< the short one where the other has no room
    bool shown = true;          ///< false: ticks alone, the neighbouring map has the labels
};
/// Frame, ticks, labels and titles.
void drawPlaneAxes(QPainter& painter, const PlaneMapping& mapping, const AxisLabels& across, const AxisLabels& up, const Theme& theme);

}  // namespace timberline::widgets
