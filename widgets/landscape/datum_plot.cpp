// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/datum_plot.h"

#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

DatumPlot::DatumPlot(const QString& id, const QString& title, QWidget* parent) : PlotView(id, title, parent)
{
    setFocusPolicy(Qt::StrongFocus);
}

void DatumPlot::chooseDatum(int datum)
{
    const int held = datumCount() == 0 ? -1 : std::clamp(datum, 0, datumCount() - 1);
    if (held != m_current) {
        m_current = held;
        invalidate();
    }
}

void DatumPlot::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    m_paintWidth = size.width();
    PlotView::paintContent(painter, size, theme);
}

void DatumPlot::placeLegend(QCustomPlot& plot) const
{
    placeLegendAbove(plot);
    plot.xAxis->ticker()->setTickCount(std::clamp(static_cast<int>(m_paintWidth / 90), 2, 6));
    const QFontMetricsF metrics(plot.legend->font());
    double widest = 1;
    for (int k = 0; k < plot.legend->itemCount(); ++k) {
        if (auto* item = qobject_cast<QCPPlottableLegendItem*>(plot.legend->item(k))) {
            widest = std::max(widest, metrics.horizontalAdvance(item->plottable()->name()) + 34);
        }
    }
    // Columns are equally wide, so the widest name decides how many there are.
    plot.legend->setWrap(std::max(1, static_cast<int>((m_paintWidth - 12) / widest)));
    plot.legend->setFillOrder(QCPLayoutGrid::foColumnsFirst, true);
    plot.legend->setMargins(QMargins(8, 2, 4, 0));
}

void DatumPlot::laidOut(const QCustomPlot& plot) const
{
    if (!m_painting) {
        return;  // an export of another size
    }
    m_axes.clear();
    for (const auto* rect : plot.axisRects()) {
        m_axes.push_back(QRectF(rect->rect()).translated(plotOffset()));
    }
    m_low = plot.xAxis->range().lower;
    m_high = plot.xAxis->range().upper;
    m_logarithmic = plot.xAxis->scaleType() == QCPAxis::stLogarithmic;
}

int DatumPlot::datumAt(QPointF pixel) const
{
    const int count = datumCount();
    const auto axes =
        std::ranges::find_if(m_axes, [&](const QRectF& rect) { return rect.width() > 0 && rect.adjusted(-4, -4, 4, 4).contains(pixel); });
    if (count == 0 || axes == m_axes.end()) {
        return -1;
    }
    const double share = std::clamp((pixel.x() - axes->left()) / axes->width(), 0.0, 1.0);
    const double x = m_logarithmic && m_low > 0 ? m_low * std::pow(m_high / m_low, share) : m_low + share * (m_high - m_low);
    int low = 0;
    int high = count - 1;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (datumX(middle) < x) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 && std::abs(datumX(low - 1) - x) < std::abs(datumX(low) - x) ? low - 1 : low;
}

void DatumPlot::paintEvent(QPaintEvent* event)
{
    m_painting = true;
    PlotView::paintEvent(event);
    m_painting = false;
    if (hasFocus()) {
        QPainter painter(this);
        painter.setPen(QPen(timberline::widgets::theme().accent, 1));
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void DatumPlot::mousePressEvent(QMouseEvent* event)
{
    if (const int datum = datumAt(event->position()); datum >= 0 && event->button() == Qt::LeftButton) {
        chooseDatum(datum);
        return;
    }
    PlotView::mousePressEvent(event);
}

void DatumPlot::mouseMoveEvent(QMouseEvent* event)
{
    if (const int datum = datumAt(event->position()); datum >= 0 && (event->buttons() & Qt::LeftButton) != 0) {
        chooseDatum(datum);
    }
}

void DatumPlot::keyPressEvent(QKeyEvent* event)
{
    const int count = datumCount();
    const int current = currentDatum();
    const int page = std::max(1, count / 10);
    const int step = (event->modifiers() & Qt::ShiftModifier) != 0 ? page : 1;
    int wanted = current;
    switch (event->key()) {
    case Qt::Key_Left:
        wanted = current < 0 ? count - 1 : current - step;
        break;
    case Qt::Key_Right:
        wanted = current < 0 ? 0 : current + step;
        break;
    case Qt::Key_PageDown:
        wanted = current - page;
        break;
    case Qt::Key_PageUp:
        wanted = current + page;
        break;
    case Qt::Key_Home:
        wanted = 0;
        break;
    case Qt::Key_End:
        wanted = count - 1;
        break;
    default:
        PlotView::keyPressEvent(event);
        return;
    }
    if (count > 0) {
        chooseDatum(std::clamp(wanted, 0, count - 1));
    }
}

bool DatumPlot::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        if (const int datum = datumAt(help->pos()); datum >= 0) {
            QToolTip::showText(help->globalPos(), datumText(datum), this);
            return true;
        }
    }
    return PlotView::event(event);
}

void DatumPlot::drawCursor(QCustomPlot& plot, const Theme& theme) const
{
    const int current = currentDatum();
    if (current < 0 || current >= datumCount()) {
        return;
    }
    auto* line = new QCPItemStraightLine(&plot);
    const double x = datumX(current);
    line->point1->setCoords(x, plot.yAxis->range().lower);
    line->point2->setCoords(x, plot.yAxis->range().upper);
    line->setPen(QPen(theme.accent, 1.5));
}

}  // namespace timberline::widgets
