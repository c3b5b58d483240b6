// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_view.h"

#include <vector>

namespace timberline::widgets {

/// A plot whose data lie one after another along x: arrow keys, Home and End walk them, a press chooses the nearest, hovering tells its
/// numbers.
class DatumPlot : public PlotView
{
    Q_OBJECT
public:
    DatumPlot(const QString& id, const QString& title, QWidget* parent = nullptr);

    [[nodiscard]] virtual int datumCount() const = 0;
    [[nodiscard]] virtual double datumX(int datum) const = 0;             ///< ascending
    [[nodiscard]] virtual QString datumText(int datum) const = 0;         ///< every number of it, with units
    [[nodiscard]] virtual int currentDatum() const { return m_current; }  ///< -1 = none
    virtual void chooseDatum(int datum);
    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    /// Nearest datum to a pixel of the view as it was painted last; -1 outside the axes or when there is none.
    [[nodiscard]] int datumAt(QPointF pixel) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    void laidOut(const QCustomPlot& plot) const override;
    /// A line in the accent at the current datum. Call in rebuild() once the axes have their ranges.
    void drawCursor(QCustomPlot& plot, const Theme& theme) const;
    /// The legend above the axes in as many rows as its names need. Call at the end of rebuild().
    void placeLegend(QCustomPlot& plot) const;
    /// Offset of the plot inside the view, for views that paint something above it.
    [[nodiscard]] virtual QPointF plotOffset() const { return {}; }

private:
    int m_current = -1;
    mutable bool m_painting = false;
    mutable double m_paintWidth = 480;
    mutable std::vector<QRectF> m_axes;  ///< pixels of the plot; several plots share one x axis
    mutable double m_low = 0, m_high = 1;
    mutable bool m_logarithmic = false;
};

}  // namespace timberline::widgets
