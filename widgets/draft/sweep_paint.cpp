// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/question_paint.h"
#include "widgets/draft/sweep_view.h"
#include "widgets/plot/colour_map.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numbers>

/// How the sweep looks: legend, axes and the heat map. The line of a single hyperparameter is in sweep_line_paint.cpp.
namespace timberline::widgets {

namespace {

constexpr double kMargin = 12;

/// Diverging around 1 on a logarithmic scale for speed-ups: twice as fast and half as fast are equally far from plain decoding.
ColourScale scaleOf(SweepMetric metric, double low, double high, const Theme& theme)
{
    if (metric == SweepMetric::SpeedUp) {
        return ColourScale::centred(std::max(std::log2(high), -std::log2(low)), theme);
    }
    return {.map = ColourMap::sequential(), .low = low, .high = high};
}

double placeOf(SweepMetric metric, double value)
{
    return metric == SweepMetric::SpeedUp ? std::log2(std::max(value, 1e-9)) : value;
}

}  // namespace

QPair<double, double> SweepView::range() const
{
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (int cell = 0; m_data && cell < static_cast<int>(m_data->cells.size()); ++cell) {
        const double value = valueOf(cell);
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    if (!(low <= high)) {
        low = high = 1;
    }
    switch (m_metric) {
    case SweepMetric::SpeedUp: {
        // The same reach on both sides, in steps that stay while points arrive.
        double reach = 1.25;
        while (reach < 64 && (high > reach || low < 1 / reach)) {
            reach = reach < 2 ? reach + 0.25 : reach * 1.5;
        }
        return {1 / reach, reach};
    }
    case SweepMetric::Accepted:
        return {1, std::max(2.0, std::ceil(high))};
    case SweepMetric::Acceptance:
        return {0, 1};
    case SweepMetric::Rate:
        break;
    }
    const double step = niceCeiling(std::max(high - low, high * 0.02) / 4);
    low = std::floor(low / step) * step;
    high = std::ceil(high / step) * step;
    return {low, high > low ? high : low + step};
}

SweepView::Grid SweepView::gridOf(const QSizeF& size, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    const auto parts = besides(QRectF(kMargin, 4, size.width() - 2 * kMargin, size.height() - 8), font);
    Grid out;
    out.words = parts.words;
    out.legend = QRectF(parts.picture.left(), parts.picture.top(), parts.picture.width(), colourLegendHeight(font));
    double widest = metrics.horizontalAdvance(shown(range().second)) + 4;
    if (m_data && m_data->axes.size() > 1) {
        widest = line;  // the axis's own name, upright
        for (const auto& value : m_data->axes[1].values) {
            widest = std::max(widest, line + 4 + metrics.horizontalAdvance(value));
        }
    }
    const double left = std::min(widest + 8, parts.picture.width() * 0.35);
    out.cells = QRectF(parts.picture.left() + left, out.legend.bottom() + 6, parts.picture.width() - left,
                       parts.picture.bottom() - 2 * line - out.legend.bottom() - 10);
    if (m_data) {
        out.column = std::min(out.cells.width() / columns(), m_data->axes.size() > 1 ? 9 * line : out.cells.width());
        out.row = m_data->axes.size() > 1 ? std::min(out.cells.height() / rows(), 5 * line) : out.cells.height();
        out.cells.setWidth(out.column * columns());
        out.cells.setHeight(out.row * rows());
    }
    return out;
}

QRectF SweepView::rectOf(const Grid& grid, int cell) const
{
    const int column = cell / rows();
    const int row = cell % rows();
    return {grid.cells.left() + column * grid.column, grid.cells.bottom() - (row + 1) * grid.row, grid.column, grid.row};
}

void SweepView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    // Partial is said in words: hatching the whole picture would look like its hatched cells.
    if (!m_data) {
        paintState(painter, QRectF(QPointF(0, 0), size), theme);
        return;
    }
    painter.save();
    const Grid grid = gridOf(size, painter.font());
    paintLegend(painter, grid, theme);
    if (grid.row >= 1 && (grid.column >= 1 || m_data->axes.size() == 1) && grid.cells.height() > 12) {
        m_data->axes.size() > 1 ? paintMap(painter, grid, theme) : paintLine(painter, grid, theme);
        paintHorizontalAxis(painter, grid, theme);
    }
    drawWords(painter, grid.words, words(), theme);
    painter.restore();
}

void SweepView::paintLegend(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double height = grid.legend.height();
    double x = grid.legend.left();
    const auto fits = [&](double width) { return x + width <= grid.legend.right(); };
    const auto text = [&](const QString& words, const QColor& color) {
        painter.setPen(color);
        painter.drawText(QRectF(x, grid.legend.top(), metrics.horizontalAdvance(words) + 4, height), Qt::AlignLeft | Qt::AlignVCenter,
                         words);
        x += metrics.horizontalAdvance(words) + 6;
    };
    const auto swatch = [&](const QString& words, auto&& paint) {
        if (fits(height + 12 + metrics.horizontalAdvance(words))) {
            x += 6;
            paint(QRectF(x, grid.legend.top() + height * 0.22, height * 0.8, height * 0.56));
            x += height * 0.8 + 4;
            text(words, theme.quietInk);
        }
    };
    const auto [low, high] = range();
    text(titleOf(m_metric), theme.ink);
    if (m_data->axes.size() > 1) {
        text(shown(low), theme.quietInk);
        const auto scale = scaleOf(m_metric, low, high, theme);
        const double bar = std::clamp(grid.legend.right() - x - metrics.horizontalAdvance(shown(high)) - 12, 24.0, 120.0);
        const QRectF box(x, grid.legend.top() + height * 0.22, bar, height * 0.56);
        for (int i = 0; i < 64; ++i) {
            painter.fillRect(QRectF(box.left() + box.width() * i / 64, box.top(), box.width() / 64 + 0.5, box.height()),
                             scale.map.color((i + 0.5) / 64));
        }
        QColor hatch = theme.ink;
        hatch.setAlphaF(0.4F);
        if (m_metric == SweepMetric::SpeedUp) {
            painter.fillRect(QRectF(box.left(), box.top(), box.width() / 2, box.height()), QBrush(hatch, Qt::BDiagPattern));
            painter.setPen(QPen(theme.ink, 1.5));
            painter.drawLine(QPointF(box.center().x(), box.top() - 2), QPointF(box.center().x(), box.bottom() + 2));
        }
        painter.setPen(QPen(theme.hairline, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box);
        x = box.right() + 6;
        text(shown(high), theme.quietInk);
    }
    if (fits(metrics.horizontalAdvance(unitOf(m_metric)) + 2)) {
        text(unitOf(m_metric), theme.quietInk);
    }
    if (best() >= 0) {
        swatch(tr("best"), [&](const QRectF& box) { paintStar(painter, box.center(), box.height() * 0.6, theme); });
    }
    if (m_metric == SweepMetric::SpeedUp) {
        swatch(tr("slower"), [&](const QRectF& box) {
            QColor hatch = theme.ink;
            hatch.setAlphaF(0.4F);
            painter.fillRect(box, QBrush(hatch, Qt::BDiagPattern));
            painter.setPen(QPen(theme.hairline, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(box);
        });
    }
    if (std::ranges::any_of(m_data->cells, [](const SweepCell& cell) { return !cell.refused.isEmpty(); })) {
        swatch(tr("could not run"), [&](const QRectF& box) { paintRefused(painter, box, theme); });
    }
    if (m_inUse >= 0) {
        swatch(tr("set up now"), [&](const QRectF& box) {
            painter.setPen(QPen(theme.ink, 1, Qt::DashLine));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(box);
        });
    }
}

void SweepView::paintHorizontalAxis(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    const auto& axis = m_data->axes[0];
    double widest = 0;
    for (const auto& value : axis.values) {
        widest = std::max(widest, metrics.horizontalAdvance(value));
    }
    // Names that are too long are elided; numbers are left out in between instead.
    const bool few = axis.values.size() <= 4;
    const int step = few ? 1 : std::max(1, static_cast<int>(std::ceil((widest + 8) / grid.column)));
    painter.setPen(theme.quietInk);
    for (int column = 0; column < columns(); column += step) {
        const double middle = grid.cells.left() + (column + 0.5) * grid.column;
        const double room = std::max(few ? grid.column - 4 : step * grid.column, metrics.horizontalAdvance(QStringLiteral("00")));
        painter.drawText(QRectF(middle - room / 2, grid.cells.bottom() + 2, room, line), Qt::AlignCenter,
                         metrics.elidedText(axis.values[column], Qt::ElideMiddle, room));
    }
    const QString name = axis.unit.isEmpty() ? axis.label : tr("%1 (%2)").arg(axis.label, axis.unit);
    const double centre = grid.cells.center().x();
    const double wide = std::max(grid.cells.width(), metrics.horizontalAdvance(name) + 4);
    painter.drawText(QRectF(std::max(centre - wide / 2, grid.legend.left()), grid.cells.bottom() + 2 + line, wide, line), Qt::AlignCenter,
                     name);
}

void SweepView::paintMap(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    const int points = static_cast<int>(m_data->cells.size());
    const auto [low, high] = range();
    const auto scale = scaleOf(m_metric, low, high, theme);
    for (int cell = 0; cell < points; ++cell) {
        paintCell(painter, rectOf(grid, cell).adjusted(0.5, 0.5, -0.5, -0.5), cell, scale, theme);
    }
    if (m_metric == SweepMetric::SpeedUp) {
        paintContour(painter, grid, theme);
    }
    const auto frame = [&](int cell, const QPen& pen, double inset) {
        if (cell >= 0) {
            const QRectF box = rectOf(grid, cell).adjusted(inset, inset, -inset, -inset);
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme.background, pen.widthF() + 2));
            painter.drawRect(box);
            painter.setPen(pen);
            painter.drawRect(box);
        }
    };
    frame(m_inUse, QPen(theme.ink, 1, Qt::DashLine), grid.row < 2 * painter.fontMetrics().height() ? 1 : 3);  // not through the digits
    if (const int first = best(); first >= 0) {
        const QRectF box = rectOf(grid, first);
        const double radius = std::clamp(std::min(box.width(), box.height()) * 0.22, 3.0, 8.0);
        const bool roomy = box.height() > 4 * radius;
        frame(first, QPen(theme.ink, 2), 1);
        paintStar(painter, QPointF(box.right() - radius - 4, roomy ? box.top() + radius + 4 : box.center().y()), radius, theme);
    }
    frame(m_cursor, QPen(theme.accent, 2), -1);
    paintRowLabels(painter, grid, theme);
}

void SweepView::paintCell(QPainter& painter, const QRectF& cell, int index, const ColourScale& scale, const Theme& theme) const
{
    const auto& at = m_data->cells[static_cast<std::size_t>(index)];
    const double value = valueOf(index);
    if (!at.refused.isEmpty()) {
        paintRefused(painter, cell, theme);
        return;
    }
    if (!std::isfinite(value)) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.hairline, 1, Qt::DotLine));
        painter.drawRect(cell.adjusted(1, 1, -1, -1));
        return;
    }
    const QRgb fill = scale.rgb(placeOf(m_metric, value));
    painter.fillRect(cell, QColor::fromRgba(fill));
    if (m_metric == SweepMetric::SpeedUp && value < 1) {
        QColor hatch = inkOn(fill);
        hatch.setAlphaF(0.4F);
        painter.fillRect(cell, QBrush(hatch, Qt::BDiagPattern));
    }
    const QFontMetricsF metrics(painter.font());
    const QString number = shown(value);
    const double width = metrics.horizontalAdvance(number);
    if (cell.width() >= width + 6 && cell.height() >= metrics.ascent() + 2) {
        const QRectF patch(cell.center().x() - width / 2 - 2, cell.center().y() - metrics.ascent() / 2 - 1, width + 4,
                           metrics.ascent() + 3);
        painter.fillRect(patch, QColor::fromRgba(fill));  // the hatching stops at the digits
        painter.setPen(inkOn(fill));
        painter.drawText(cell, Qt::AlignCenter, number);
    }
}

void SweepView::paintStar(QPainter& painter, const QPointF& centre, double radius, const Theme& theme)
{
    // Five points, so that the best is found without colour.
    QPainterPath shape;
    for (int i = 0; i < 10; ++i) {
        const double angle = std::numbers::pi * (i / 5.0 - 0.5);
        const double reach = i % 2 == 0 ? radius : radius * 0.45;
        const QPointF at(centre.x() + reach * std::cos(angle), centre.y() + reach * std::sin(angle));
        i == 0 ? shape.moveTo(at) : shape.lineTo(at);
    }
    shape.closeSubpath();
    painter.setPen(QPen(theme.background, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(shape);
    painter.fillPath(shape, theme.ink);
}

void SweepView::paintRefused(QPainter& painter, const QRectF& cell, const Theme& theme) const
{
    drawUndefined(painter, cell, theme);
    const double arm = std::min({cell.width() * 0.3, cell.height() * 0.3, 10.0});
    const QPointF middle = cell.center();
    const auto cross = [&](const QPen& pen) {
        painter.setPen(pen);
        painter.drawLine(middle - QPointF(arm, arm), middle + QPointF(arm, arm));
        painter.drawLine(middle - QPointF(arm, -arm), middle + QPointF(arm, -arm));
    };
    cross(QPen(theme.background, 4));
    cross(QPen(theme.quietInk, 2));
}

void SweepView::paintContour(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    // Between neighbours of which one is slower than plain decoding and the other is not.
    QPainterPath path;
    const auto parts = [this](int a, int b) {
        return std::isfinite(valueOf(a)) && std::isfinite(valueOf(b)) && (valueOf(a) < 1) != (valueOf(b) < 1);
    };
    for (int column = 0; column < columns(); ++column) {
        for (int row = 0; row < rows(); ++row) {
            const QRectF cell = rectOf(grid, cellOf(column, row));
            if (column + 1 < columns() && parts(cellOf(column, row), cellOf(column + 1, row))) {
                path.moveTo(cell.topRight());
                path.lineTo(cell.bottomRight());
            }
            if (row + 1 < rows() && parts(cellOf(column, row), cellOf(column, row + 1))) {
                path.moveTo(cell.topLeft());
                path.lineTo(cell.topRight());
            }
        }
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.background, 5));
    painter.drawPath(path);
    painter.setPen(QPen(theme.ink, 2.5));
    painter.drawPath(path);
}

void SweepView::paintRowLabels(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    const auto& axis = m_data->axes[1];
    painter.setPen(theme.quietInk);
    const int step = std::max(1, static_cast<int>(std::ceil(line / grid.row)));
    const double left = grid.legend.left() + line + 2;
    for (int row = 0; row < rows(); row += step) {
        const QRectF cell = rectOf(grid, cellOf(0, row));
        painter.drawText(QRectF(left, cell.center().y() - line / 2, grid.cells.left() - 6 - left, line), Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(axis.values[row], Qt::ElideMiddle, grid.cells.left() - 6 - left));
    }
    const QString name = axis.unit.isEmpty() ? axis.label : tr("%1 (%2)").arg(axis.label, axis.unit);
    const double room = grid.cells.height() + 2 * line;
    painter.save();
    painter.translate(grid.legend.left() + line / 2, grid.cells.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-room / 2, -line / 2, room, line), Qt::AlignCenter, metrics.elidedText(name, Qt::ElideRight, room));
    painter.restore();
}

}  // namespace timberline::widgets
