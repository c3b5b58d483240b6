// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plot_view.h"

#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <QPainter>
#include <QPicture>

namespace timberline::widgets {

PlotView::PlotView(const QString& id, const QString& title, QWidget* parent) : View(id, title, parent) {}

PlotView::~PlotView() = default;

void PlotView::laidOut(const QCustomPlot&) const {}

void PlotView::invalidate()
{
    setAccessibleDescription(summary());
    update();
}

std::unique_ptr<QCustomPlot> PlotView::makePlot(const Theme& theme, const QFont& font, double height) const
{
    // The plot is a drawing engine here, never shown itself: one code path for screen and export.
    auto plot = std::make_unique<QCustomPlot>();
    plot->setBackground(Qt::NoBrush);
    plot->setFont(font);
    for (auto* axis : {plot->xAxis, plot->yAxis, plot->xAxis2, plot->yAxis2}) {
        axis->setBasePen(QPen(theme.hairline, 1));
        axis->setTickPen(QPen(theme.hairline, 1));
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelColor(theme.quietInk);
        axis->setLabelColor(theme.quietInk);
        axis->setTickLabelFont(font);
        axis->setLabelFont(font);
        axis->setTickLengthIn(0);
        axis->setTickLengthOut(4);
        axis->grid()->setPen(QPen(theme.hairline, 1, Qt::DotLine));
        axis->grid()->setZeroLinePen(QPen(theme.hairline, 1));
        // A low plot has room for few labels.
        axis->ticker()->setTickCount(axis->orientation() == Qt::Vertical && height < 12 * QFontMetricsF(font).height() ? 2 : 4);
    }
    plot->xAxis->grid()->setVisible(false);
    plot->legend->setBrush(Qt::NoBrush);
    plot->legend->setBorderPen(Qt::NoPen);
    plot->legend->setTextColor(theme.quietInk);
    plot->legend->setFont(font);
    rebuild(*plot, theme);
    return plot;
}

void PlotView::placeLegendAbove(QCustomPlot& plot)
{
    plot.legend->setVisible(true);
    plot.legend->setFillOrder(QCPLegend::foColumnsFirst);
    plot.legend->setWrap(0);
    plot.legend->setMargins(QMargins(0, 0, 0, 0));
    plot.legend->setIconSize(18, 10);
    plot.legend->setIconTextPadding(4);
    plot.legend->setColumnSpacing(6);
    plot.plotLayout()->insertRow(0);
    plot.plotLayout()->addElement(0, 0, plot.legend);
    plot.plotLayout()->setRowStretchFactor(0, 0.001);
    plot.plotLayout()->setRowSpacing(0);
}

void PlotView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        return;
    }
    const auto plot = makePlot(theme, painter.font(), size.height());
    // Through a picture, so that any painter (image, SVG, PDF) receives vector commands and text stays text.
    QPicture picture;
    {
        QCPPainter recorder;
        recorder.begin(&picture);
        recorder.setMode(QCPPainter::pmVectorized);
        recorder.setMode(QCPPainter::pmNoCaching);
        plot->toPainter(&recorder, static_cast<int>(size.width()), static_cast<int>(size.height()));
        recorder.end();
    }
    laidOut(*plot);
    painter.save();
    painter.drawPicture(0, 0, picture);
    painter.restore();
}

void PlotView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    paintContent(painter, size(), colors);
}

}  // namespace timberline::widgets
