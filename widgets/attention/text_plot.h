// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/colour_map.h"
#include "widgets/theme/theme.h"

#include <QPainter>
#include <QPen>
#include <QRectF>
#include <QString>

#include <vector>

namespace timberline::widgets {

/// Axes of a plot along the text: positions across, values up. Light enough to
/// be drawn at every mouse move, with any number of positions.
struct TextPlot {
    QRectF area;  ///< inside the axes
    int positions = 1;
    double low = 0, high = 1;
    bool named = true;  ///< there is room for the name of the positions

    /// Room for labels around `outer`, given the widest y label.
    [[nodiscard]] static TextPlot inside(const QRectF& outer, int positions, double high, const QFont& font, bool withXLabel);
    [[nodiscard]] double x(double position) const { return area.left() + (position + 0.5) * area.width() / positions; }
    [[nodiscard]] double y(double value) const;
    /// Position under a pixel, -1 outside.
    [[nodiscard]] int positionAt(const QPointF& point) const;

    void drawAxes(QPainter& painter, const QString& yLabel, const QString& xLabel, const Theme& theme) const;
    /// Values by position; NaN breaks the line. Where several positions share a
    /// pixel their least and largest are joined.
    void drawCurve(QPainter& painter, const std::vector<double>& values, const QPen& pen) const;
    /// Bars from 0; infinite ones reach the top and are crossed. Where several
    /// share a pixel the tallest is drawn.
    void drawBars(QPainter& painter, const std::vector<double>& values, const QColor& color) const;
    /// More positions than pixels.
    void drawDense(QPainter& painter, const std::vector<double>& values, int count, const QPen& pen) const;
    /// A line over the whole height.
    void drawMark(QPainter& painter, int position, const QPen& pen) const;
};

/// The legend with what fits: in a narrow view the hatched swatch goes first, then the end of the label.
[[nodiscard]] ColourLegend fittedLegend(ColourLegend legend, const ColourScale& scale, const QFont& font, double width);

/// A legend entry: a piece of line and its name.  @return the x after it.
double drawLineKey(QPainter& painter, const QPointF& at, const QPen& pen, const QString& name, const Theme& theme);

}  // namespace timberline::widgets
