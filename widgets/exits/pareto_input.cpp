// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse, keyboard and tooltips of the cost-quality plot.
#include "widgets/exits/pareto_view.h"
#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

void ParetoView::laidOut(const QCustomPlot& plot) const
{
    m_axes = plot.axisRect()->rect();
    m_low = {plot.xAxis->range().lower, plot.yAxis->range().lower};
    m_high = {plot.xAxis->range().upper, plot.yAxis->range().upper};
}

int ParetoView::nearest(const QPointF& at) const
{
    int best = -1;
    double closest = 14;
    for (std::size_t i = 0; i < m_points.size() && !m_axes.isEmpty(); ++i) {
        const auto& point = m_points[i].point;
        const QPointF pixel(m_axes.left() + m_axes.width() * (point.cost - m_low.x()) / (m_high.x() - m_low.x()),
                            m_axes.bottom() - m_axes.height() * (point.quality - m_low.y()) / (m_high.y() - m_low.y()));
        const double distance = std::hypot(pixel.x() - at.x(), pixel.y() - at.y());
        if (distance < closest) {
            closest = distance;
            best = static_cast<int>(i);
        }
    }
    return best;
}

void ParetoView::take(int point)
{
    if (point < 0 || static_cast<std::size_t>(point) >= m_points.size()) {
        return;
    }
    const auto& entry = m_points[static_cast<std::size_t>(point)];
    if (entry.series >= 0) {
        Q_EMIT pointTaken(QString::fromStdString(entry.point.policy), QString::fromStdString(entry.point.key), entry.point.setting);
    }
}

bool ParetoView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return PlotView::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    const int point = nearest(help->pos());
    if (point >= 0) {
        QToolTip::showText(help->globalPos(), pointText(m_points[static_cast<std::size_t>(point)]), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

void ParetoView::mousePressEvent(QMouseEvent* event)
{
    take(nearest(event->position()));
}

void ParetoView::keyPressEvent(QKeyEvent* event)
{
    const int last = static_cast<int>(m_front.points.size()) - 1;
    const auto go = [&](int cursor) {
        m_cursor = std::clamp(cursor, 0, std::max(0, last));
        if (last >= 0) {
            setAccessibleDescription(pointText(m_points[m_front.points[static_cast<std::size_t>(m_cursor)]]));
        }
        update();
    };
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Down:
        go(m_cursor - 1);
        return;
    case Qt::Key_Right:
    case Qt::Key_Up:
        go(m_cursor + 1);
        return;
    case Qt::Key_Home:
        go(0);
        return;
    case Qt::Key_End:
        go(last);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (m_cursor >= 0 && m_cursor <= last) {
            take(static_cast<int>(m_front.points[static_cast<std::size_t>(m_cursor)]));
        }
        return;
    default:
        PlotView::keyPressEvent(event);
    }
}

void ParetoView::paintEvent(QPaintEvent* event)
{
    PlotView::paintEvent(event);
    if (hasFocus()) {
        QPainter painter(this);
        painter.setPen(QPen(timberline::widgets::theme().accent, 1));
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

}  // namespace timberline::widgets
