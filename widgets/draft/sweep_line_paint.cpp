// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/sweep_view.h"
#include "widgets/plot/colour_map.h"

#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

/// The sweep over one hyperparameter: medians with quartile bars, joined; plain decoding as a line of its own.
namespace timberline::widgets {

namespace {

struct Ticks {
    double low = 0, high = 1, step = 1;
    int digits = 0;
};

/// Ends of the vertical axis on round numbers around the values.
Ticks ticksFor(double low, double high, int most)
{
    Ticks out;
    out.step = niceCeiling(std::max(high - low, 1e-6) / std::max(most, 2));
    out.low = std::floor(low / out.step + 1e-9) * out.step;
    out.high = std::ceil(high / out.step - 1e-9) * out.step;
    if (out.high <= out.low) {
        out.high = out.low + out.step;
    }
    for (double rest = out.step; out.digits < 4 && std::abs(rest - std::round(rest)) > 1e-6; rest *= 10) {
        ++out.digits;
    }
    return out;
}

struct Bar {
    double low, high;
};

Bar barOf(const SweepCell& cell, SweepMetric metric)
{
    return metric == SweepMetric::SpeedUp ? Bar{cell.speedUpLow, cell.speedUpHigh}
           : metric == SweepMetric::Rate  ? Bar{cell.rateLow, cell.rateHigh}
                                          : Bar{SweepCell::kNone, SweepCell::kNone};
}

Ticks ticksOf(const SweepData& data, SweepMetric metric, const std::vector<double>& values, int most)
{
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    const auto include = [&](double value) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    };
    for (std::size_t i = 0; i < values.size(); ++i) {
        include(values[i]);
        const auto [from, to] = barOf(data.cells[i], metric);
        include(from);
        include(to);
        if (metric == SweepMetric::Rate) {
            include(data.cells[i].plainRate);
        }
    }
    if (metric == SweepMetric::SpeedUp || metric == SweepMetric::Accepted) {
        include(1);
    } else if (metric == SweepMetric::Acceptance) {
        include(0);
        include(1);
    }
    if (!(low <= high)) {
        low = 0;
        high = 1;
    }
    if (high - low < 0.02 * std::abs(high)) {
        low -= 0.01 * std::abs(high);  // nearly one value: noise must not fill the plot
        high += 0.01 * std::abs(high);
    }
    return ticksFor(low, high, most);
}

}  // namespace

void SweepView::paintLine(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    std::vector<double> values;
    for (int cell = 0; cell < static_cast<int>(m_data->cells.size()); ++cell) {
        values.push_back(valueOf(cell));
    }
    const auto ticks = ticksOf(*m_data, m_metric, values, static_cast<int>(grid.cells.height() / 28));
    const auto y = [&](double value) { return grid.cells.bottom() - (value - ticks.low) / (ticks.high - ticks.low) * grid.cells.height(); };
    const int count = static_cast<int>(std::clamp(std::round((ticks.high - ticks.low) / ticks.step), 0.0, 100.0));
    for (int i = 0; i <= count; ++i) {
        const double tick = ticks.low + i * ticks.step;
        painter.setPen(QPen(theme.hairline, 1, tick > ticks.low ? Qt::DotLine : Qt::SolidLine));
        painter.drawLine(QPointF(grid.cells.left(), y(tick)), QPointF(grid.cells.right(), y(tick)));
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(grid.legend.left(), y(tick) - line / 2, grid.cells.left() - grid.legend.left() - 6, line),
                         Qt::AlignRight | Qt::AlignVCenter,
                         QLocale().toString(tick, 'f', ticks.digits) +
                             (m_metric == SweepMetric::SpeedUp ? QStringLiteral("×") : QString()));
    }
    if (m_metric == SweepMetric::SpeedUp) {
        QColor hatch = theme.ink;
        hatch.setAlphaF(0.14F);
        painter.fillRect(QRectF(grid.cells.left(), y(1), grid.cells.width(), std::max(0.0, grid.cells.bottom() - y(1))),
                         QBrush(hatch, Qt::BDiagPattern));
        painter.setPen(QPen(theme.ink, 1.5, Qt::DashLine));
        painter.drawLine(QPointF(grid.cells.left(), y(1)), QPointF(grid.cells.right(), y(1)));
    }
    for (int cell = 0; cell < static_cast<int>(m_data->cells.size()); ++cell) {
        if (!m_data->cells[static_cast<std::size_t>(cell)].refused.isEmpty()) {
            paintRefused(painter, rectOf(grid, cell).adjusted(2, 0, -2, 0), theme);
        }
    }
    painter.setBrush(Qt::NoBrush);
    if (m_inUse >= 0) {
        painter.setPen(QPen(theme.ink, 1, Qt::DashLine));
        painter.drawRect(rectOf(grid, m_inUse).adjusted(3, 1, -3, -1));
    }
    if (m_cursor >= 0) {
        painter.setPen(QPen(theme.accent, 2));
        painter.drawRect(rectOf(grid, m_cursor).adjusted(1, 0, -1, 0));
    }
    paintPoints(painter, grid, y, theme);
}

void SweepView::paintPoints(QPainter& painter, const Grid& grid, const std::function<double(double)>& y, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    const int points = static_cast<int>(m_data->cells.size());
    const auto x = [&](int cell) { return rectOf(grid, cell).center().x(); };
    const auto joined = [&](auto&& valueAt, const QPen& pen) {
        QPainterPath path;
        bool open = false;
        for (int cell = 0; cell < points; ++cell) {
            const double value = valueAt(cell);
            if (std::isfinite(value)) {
                const QPointF at(x(cell), y(value));
                open ? path.lineTo(at) : path.moveTo(at);
            }
            open = std::isfinite(value);
        }
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(path);
    };
    if (m_metric == SweepMetric::Rate) {
        joined([this](int cell) { return m_data->cells[static_cast<std::size_t>(cell)].plainRate; }, QPen(theme.ink, 1.5, Qt::DashLine));
    }
    joined([this](int cell) { return valueOf(cell); }, QPen(theme.accepted, 2));
    const double radius = std::clamp(grid.column * 0.12, 2.0, 4.5);
    const bool numbers = grid.column >= metrics.horizontalAdvance(shown(range().second)) + 6;
    const int first = best();
    for (int cell = 0; cell < points; ++cell) {
        const double value = valueOf(cell);
        if (!std::isfinite(value)) {
            continue;
        }
        const QPointF at(x(cell), y(value));
        paintPoint(painter, cell, at, radius, y, theme);
        if (cell == first) {
            paintStar(painter, at, 2.2 * radius, theme);
        }
        if (numbers) {
            const double high = barOf(m_data->cells[static_cast<std::size_t>(cell)], m_metric).high;
            const double above = std::min(at.y() - (cell == first ? 2.2 : 1.0) * radius, std::isfinite(high) ? y(high) : at.y()) - line - 1;
            painter.setPen(cell == first ? theme.ink : theme.quietInk);
            painter.drawText(
                QRectF(at.x() - grid.column / 2, above >= grid.cells.top() - 4 ? above : at.y() + 2.2 * radius + 2, grid.column, line),
                Qt::AlignCenter, shown(value));
        }
    }
}

void SweepView::paintPoint(QPainter& painter, int cell, const QPointF& at, double radius, const std::function<double(double)>& y,
                           const Theme& theme) const
{
    if (const auto [low, high] = barOf(m_data->cells[static_cast<std::size_t>(cell)], m_metric); high > low) {
        painter.setPen(QPen(theme.accepted, 1.5));
        // The ratio of the medians may lie outside the quartiles of the pairs; the stem says that they belong together.
        painter.drawLine(QPointF(at.x(), std::max(y(low), at.y())), QPointF(at.x(), std::min(y(high), at.y())));
        for (const double end : {low, high}) {
            painter.drawLine(QPointF(at.x() - 1.3 * radius, y(end)), QPointF(at.x() + 1.3 * radius, y(end)));
        }
    }
    painter.setPen(QPen(theme.background, 1.5));
    painter.setBrush(theme.accepted);
    painter.drawEllipse(at, radius, radius);
}

}  // namespace timberline::widgets
