// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/text_plot.h"

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

/// A step of 1, 2 or 5 times a power of ten that gives at most `most` ticks.
double tickStep(double range, int most)
{
    const double rough = range / std::max(1, most);
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (rough <= step * power * (1 + 1e-9)) {
            return step * power;
        }
    }
    return 10 * power;
}

QString tickText(double value, double step)
{
    const int digits = step >= 1 ? 0 : std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
    return QString::number(value, 'f', digits);
}

}  // namespace

TextPlot TextPlot::inside(const QRectF& outer, int positions, double high, const QFont& font, bool withXLabel)
{
    const QFontMetricsF metrics(font);
    TextPlot plot;
    plot.named = withXLabel;
    plot.positions = std::max(1, positions);
    plot.high = std::isfinite(high) && high > 0 ? high : 1;
    const double left = metrics.horizontalAdvance(QStringLiteral("00.00")) + metrics.height() + 8;
    const double bottom = metrics.height() * (withXLabel ? 2.0 : 1.0) + 6;
    plot.area = outer.adjusted(left, metrics.height() * 0.6, -10, -bottom);
    plot.area.setWidth(std::max(8.0, plot.area.width()));
    plot.area.setHeight(std::max(8.0, plot.area.height()));
    return plot;
}

double TextPlot::y(double value) const
{
    const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
    return area.bottom() - share * area.height();
}

int TextPlot::positionAt(const QPointF& point) const
{
    if (point.x() < area.left() || point.x() >= area.right() || point.y() < area.top() - 8 || point.y() > area.bottom() + 8) {
        return -1;
    }
    return std::clamp(static_cast<int>((point.x() - area.left()) / area.width() * positions), 0, positions - 1);
}

void TextPlot::drawAxes(QPainter& painter, const QString& yLabel, const QString& xLabel, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    const int most = std::max(1, static_cast<int>(area.height() / (metrics.height() * 1.8)));
    const double step = tickStep(high - low, std::min(5, most));
    for (double value = std::ceil(low / step) * step; value <= high + step * 1e-6; value += step) {
        painter.setPen(QPen(theme.hairline, 1, Qt::DotLine));
        painter.drawLine(QPointF(area.left(), y(value)), QPointF(area.right(), y(value)));
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(area.left() - 80, y(value) - metrics.height() / 2, 74, metrics.height()), Qt::AlignRight | Qt::AlignVCenter,
                         tickText(value, step));
    }
    painter.setPen(QPen(theme.hairline, 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.setPen(theme.quietInk);
    const int mostX = std::max(1, static_cast<int>(area.width() / (metrics.horizontalAdvance(QStringLiteral("0000")) + 24)));
    const int stepX = std::max(1, static_cast<int>(tickStep(positions, mostX)));
    for (int position = 0; position < positions; position += stepX) {
        painter.drawText(QRectF(x(position) - 40, area.bottom() + 3, 80, metrics.height()), Qt::AlignCenter, QString::number(position));
    }
    if (named && !xLabel.isEmpty()) {
        painter.drawText(QRectF(area.left(), area.bottom() + 3 + metrics.height(), area.width(), metrics.height()), Qt::AlignCenter,
                         xLabel);
    }
    // Upright beside the axis; left out where the axis is shorter than the words.
    if (metrics.horizontalAdvance(yLabel) <= area.height() + 2 * metrics.height()) {
        painter.translate(area.left() - metrics.horizontalAdvance(QStringLiteral("00.00")) - metrics.height() - 6, area.center().y());
        painter.rotate(-90);
        painter.drawText(QRectF(-200, 0, 400, metrics.height()), Qt::AlignCenter, yLabel);
    }
    painter.restore();
}

void TextPlot::drawCurve(QPainter& painter, const std::vector<double>& values, const QPen& pen) const
{
    painter.save();
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    const int count = std::min(positions, static_cast<int>(values.size()));
    if (positions > area.width()) {
        drawDense(painter, values, count, pen);
        painter.restore();
        return;
    }
    // In pieces: stroking one long jagged line costs far more than its parts.
    constexpr qsizetype kPiece = 48;
    QPolygonF line;
    const auto finish = [&] {
        if (line.size() > 1) {
            painter.drawPolyline(line);
        } else if (line.size() == 1) {
            painter.drawPoint(line.front());
        }
        line.clear();
    };
    for (int i = 0; i < count; ++i) {
        const double value = values[static_cast<std::size_t>(i)];
        if (std::isnan(value)) {
            finish();
            continue;
        }
        const QPointF point(x(i), y(value));
        line.append(point);
        if (line.size() >= kPiece) {
            finish();
            line.append(point);
        }
    }
    finish();
    painter.restore();
}

void TextPlot::drawDense(QPainter& painter, const std::vector<double>& values, int count, const QPen& pen) const
{
    // One upright stroke a pixel from the least to the largest value under it, joined to its neighbour: plain lines without smoothing.
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(pen.color(), 1));
    const int pixels = std::max(1, static_cast<int>(area.width()));
    QList<QLineF> strokes;
    QList<QPointF> dots;
    double lastLeast = std::nan("");
    double lastMost = lastLeast;
    for (int pixel = 0; pixel < pixels; ++pixel) {
        const int begin = static_cast<int>(static_cast<qint64>(pixel) * positions / pixels);
        const int end = static_cast<int>(static_cast<qint64>(pixel + 1) * positions / pixels);
        double least = std::nan("");
        double most = least;
        for (int i = begin; i < std::min(end, count); ++i) {
            const double value = values[static_cast<std::size_t>(i)];
            least = std::isnan(least) || value < least ? value : least;
            most = std::isnan(most) || value > most ? value : most;
        }
        if (!std::isnan(least)) {
            const double bottom = y(std::isnan(lastMost) ? least : std::min(least, lastMost));
            const double top = y(std::isnan(lastLeast) ? most : std::max(most, lastLeast));
            const double at = area.left() + pixel;
            if (bottom - top < 1) {
                dots.append({at, top});
            } else {
                strokes.append(QLineF(at, bottom, at, top));
            }
        }
        lastLeast = least;
        lastMost = most;
    }
    painter.drawLines(strokes);
    painter.drawPoints(dots.data(), static_cast<int>(dots.size()));
}

void TextPlot::drawBars(QPainter& painter, const std::vector<double>& values, const QColor& color) const
{
    const int count = std::min(positions, static_cast<int>(values.size()));
    const int bars = std::min(positions, std::max(1, static_cast<int>(area.width())));
    const double width = area.width() / bars;
    for (int bar = 0; bar < bars; ++bar) {
        const int begin = static_cast<int>(static_cast<qint64>(bar) * positions / bars);
        const int end = static_cast<int>(static_cast<qint64>(bar + 1) * positions / bars);
        double tallest = std::nan("");
        for (int i = begin; i < std::min(end, count); ++i) {
            const double value = values[static_cast<std::size_t>(i)];
            tallest = std::isnan(tallest) || value > tallest ? value : tallest;
        }
        if (std::isnan(tallest)) {
            continue;
        }
        const double top = std::isinf(tallest) ? area.top() : y(tallest);
        const double gap = width >= 4 ? 1 : 0;
        const QRectF rect(area.left() + bar * width + gap / 2, top, width - gap, area.bottom() - top);
        painter.fillRect(rect, color);
        if (std::isinf(tallest)) {
            painter.fillRect(rect, QBrush(Qt::black, Qt::DiagCrossPattern));
        }
    }
}

void TextPlot::drawMark(QPainter& painter, int position, const QPen& pen) const
{
    if (position >= 0 && position < positions) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(pen);
        painter.drawLine(QPointF(x(position), area.top()), QPointF(x(position), area.bottom()));
        painter.restore();
    }
}

ColourLegend fittedLegend(ColourLegend legend, const ColourScale& scale, const QFont& font, double width)
{
    const QFontMetricsF metrics(font);
    const auto label = [&] { return legend.unit.isEmpty() ? legend.label : QStringLiteral("%1 (%2)").arg(legend.label, legend.unit); };
    // The bar of 48 pixels, its two ends, and the gaps between.
    const double bar = 48 + 36 + metrics.horizontalAdvance(QString::number(scale.low, 'f', legend.digits)) +
                       metrics.horizontalAdvance(QString::number(scale.high, 'f', legend.digits));
    const double swatch = legend.undefinedText.isEmpty() ? 0 : metrics.horizontalAdvance(legend.undefinedText) + 32;
    if (metrics.horizontalAdvance(label()) + bar + swatch > width) {
        legend.undefinedText.clear();
    }
    if (metrics.horizontalAdvance(label()) + bar > width) {
        legend.label = metrics.elidedText(label(), Qt::ElideRight, std::max(20.0, width - bar));
        legend.unit.clear();
    }
    return legend;
}

double drawLineKey(QPainter& painter, const QPointF& at, const QPen& pen, const QString& name, const Theme& theme)
{
    const QFontMetricsF metrics(painter.font());
    painter.save();
    painter.setPen(pen);
    painter.drawLine(QPointF(at.x(), at.y() + metrics.height() / 2), QPointF(at.x() + 20, at.y() + metrics.height() / 2));
    painter.setPen(theme.quietInk);
    const double width = metrics.horizontalAdvance(name);
    painter.drawText(QRectF(at.x() + 26, at.y(), width + 2, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter, name);
    painter.restore();
    return at.x() + 26 + width + 14;
}

}  // namespace timberline::widgets
