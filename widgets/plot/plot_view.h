// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include <memory>

class QCustomPlot;

namespace timberline::widgets {

/// A view whose picture is a QCustomPlot. Subclasses fill the plot in rebuild(); colours, fonts, axes and export are the same for all of
/// them.
class PlotView : public View
{
    Q_OBJECT
public:
    PlotView(const QString& id, const QString& title, QWidget* parent = nullptr);
    ~PlotView() override;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {480, 280}; }
    [[nodiscard]] QSize sizeHint() const override { return {320, 200}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 120}; }

    /// The data changed: draws again at the next paint, however often it is called before.
    void invalidate();

protected:
    /// Puts graphs into a fresh plot (axes cleared and themed already).
    virtual void rebuild(QCustomPlot& plot, const Theme& theme) const = 0;
    /// The plot was laid out and drawn: views whose pixels are looked up in keep what they need of the axes here. Also called for exports.
    virtual void laidOut(const QCustomPlot& plot) const;
    /// Puts the legend on a line of its own above the axes, where it can never cover data. Call at the end of rebuild().
    static void placeLegendAbove(QCustomPlot& plot);
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] std::unique_ptr<QCustomPlot> makePlot(const Theme& theme, const QFont& font, double height) const;
};

}  // namespace timberline::widgets
