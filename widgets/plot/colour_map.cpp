// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/colour_map.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::widgets {

namespace {

/// Nine anchors of the published viridis map.
QColor viridis(double t)
{
    static const std::array<QColor, 9> anchors = {QColor(68, 1, 84),    QColor(71, 44, 122),  QColor(59, 81, 139),
                                                  QColor(44, 113, 142), QColor(33, 144, 141), QColor(39, 173, 129),
                                                  QColor(92, 200, 99),  QColor(170, 220, 50), QColor(253, 231, 37)};
    const double position = std::clamp(t, 0.0, 1.0) * (anchors.size() - 1);
    const auto low = static_cast<std::size_t>(std::min(position, static_cast<double>(anchors.size() - 2)));
    return mix(anchors[low], anchors[low + 1], position - static_cast<double>(low));
}

}  // namespace

ColourMap ColourMap::sequential(Kind kind)
{
    ColourMap out;
    out.m_kind = kind == Kind::Viridis ? Kind::Viridis : Kind::Cividis;
    for (std::size_t i = 0; i < out.m_table.size(); ++i) {
        const double t = static_cast<double>(i) / 255;
        out.m_table[i] = (out.m_kind == Kind::Viridis ? viridis(t) : cividis(t)).rgba();
    }
    return out;
}

ColourMap ColourMap::diverging(const Theme& theme)
{
    ColourMap out;
    out.m_kind = Kind::Diverging;
    // The middle is the paper: what did not change recedes. The arms end in the categories' blue and vermilion.
    const QColor middle = theme.isDark() ? mix(theme.background, theme.ink, 0.06) : QColor(Qt::white);
    const QColor blue(0x00, 0x72, 0xB2);
    const QColor vermilion(0xD5, 0x5E, 0x00);
    for (std::size_t i = 0; i < out.m_table.size(); ++i) {
        const double signedPosition = (static_cast<double>(i) - 127.5) / 127.5;
        const QColor end =
            signedPosition < 0 ? (theme.isDark() ? blue.lighter(135) : blue) : (theme.isDark() ? vermilion.lighter(115) : vermilion);
        // Linear: noise stays quiet and small changes stay visible.
        out.m_table[i] = mix(middle, end, std::abs(signedPosition)).rgba();
    }
    return out;
}

QRgb ColourMap::rgb(double t) const
{
    if (std::isnan(t)) {
        return 0;
    }
    return m_table[static_cast<std::size_t>(std::lround(std::clamp(t, 0.0, 1.0) * 255))];
}

double ColourScale::position(double value) const
{
    if (std::isnan(value)) {
        return value;
    }
    if (std::isinf(value)) {
        return value > 0 ? 1 : 0;
    }
    return high > low ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 0;
}

ColourScale ColourScale::centred(double extent, const Theme& theme)
{
    const double reach = std::isfinite(extent) && extent > 0 ? extent : 1;
    return {.map = ColourMap::diverging(theme), .low = -reach, .high = reach};
}

double niceCeiling(double value)
{
    if (!std::isfinite(value) || value <= 0) {
        return 1;
    }
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 2.5, 5.0}) {
        if (value <= step * power * (1 + 1e-12)) {
            return step * power;
        }
    }
    return 10 * power;
}

QColor inkOn(QRgb fill)
{
    // Relative luminance by the sRGB curve, approximated by a square: far cheaper
    // than the exact power, and the choice is the same but for fills on which both inks read equally well.
    const auto linear = [](int channel) { return channel * channel / 65025.0; };
    const double luminance = 0.2126 * linear(qRed(fill)) + 0.7152 * linear(qGreen(fill)) + 0.0722 * linear(qBlue(fill));
    return luminance > 0.2 ? QColor(0x10, 0x12, 0x14) : QColor(0xFF, 0xFF, 0xFF);
}

void drawUndefined(QPainter& painter, const QRectF& cell, const Theme& theme)
{
    painter.fillRect(cell, mix(theme.background, theme.panel, 0.6));
    painter.fillRect(cell, QBrush(mix(theme.hairline, theme.quietInk, 0.35), Qt::BDiagPattern));
}

void drawValueCell(QPainter& painter, const QRectF& cell, double value, const ColourScale& scale, const Theme& theme)
{
    if (std::isnan(value)) {
        drawUndefined(painter, cell, theme);
        return;
    }
    const QRgb fill = scale.rgb(value);
    painter.fillRect(cell, QColor::fromRgba(fill));
    if (std::isinf(value)) {
        painter.fillRect(cell, QBrush(inkOn(fill), Qt::DiagCrossPattern));
    } else if (scale.map.kind() == ColourMap::Kind::Diverging && value < 0 && scale.position(value) < 0.45) {
        QColor dots = inkOn(fill);
        dots.setAlphaF(0.45F);
        painter.fillRect(cell, QBrush(dots, Qt::Dense7Pattern));
    }
}

void drawColourBar(QPainter& painter, const QRectF& bar, const ColourMap& map, const Theme& theme)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    // Sixty-four bands: finer than the eye tells apart at this size, and light in
    // a vector file.
    constexpr int kBands = 64;
    for (int i = 0; i < kBands; ++i) {
        const double left = bar.left() + bar.width() * i / kBands;
        const double right = bar.left() + bar.width() * (i + 1) / kBands;
        painter.fillRect(QRectF(left, bar.top(), right - left + 0.5, bar.height()), map.color((i + 0.5) / kBands));
    }
    if (map.kind() == ColourMap::Kind::Diverging) {
        QColor dots = theme.isDark() ? QColor(Qt::white) : QColor(Qt::black);
        dots.setAlphaF(0.45F);
        painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * 0.45, bar.height()), QBrush(dots, Qt::Dense7Pattern));
    }
    painter.setPen(QPen(theme.hairline, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar);
    painter.restore();
}

double colourLegendHeight(const QFont& font)
{
    return std::ceil(QFontMetricsF(font).height() + 4);
}

double drawColourLegend(QPainter& painter, const QPointF& topLeft, double width, const ColourScale& scale, const ColourLegend& legend,
                        const Theme& theme)
{
    const QFontMetricsF metrics(painter.font());
    const double height = colourLegendHeight(painter.font());
    double x = topLeft.x();
    const auto text = [&](const QString& words, const QColor& color) {
        const double advance = metrics.horizontalAdvance(words);
        painter.setPen(color);
        painter.drawText(QRectF(x, topLeft.y(), advance + 2, height), Qt::AlignLeft | Qt::AlignVCenter, words);
        x += advance + 6;
    };
    painter.save();
    text(legend.unit.isEmpty() ? legend.label : legend.label + QStringLiteral(" (") + legend.unit + QLatin1Char(')'), theme.ink);
    const QString low = QString::number(scale.low, 'f', legend.digits);
    const QString high = QString::number(scale.high, 'f', legend.digits);
    text(low, theme.quietInk);
    const double ends = metrics.horizontalAdvance(high) + 12;
    const double swatch = legend.undefinedText.isEmpty() ? 0 : metrics.horizontalAdvance(legend.undefinedText) + 32;
    const double bar = std::clamp(topLeft.x() + width - x - ends - swatch, 48.0, 160.0);
    drawColourBar(painter, QRectF(x, topLeft.y() + height * 0.22, bar, height * 0.56), scale.map, theme);
    if (scale.map.kind() == ColourMap::Kind::Diverging) {
        painter.setPen(QPen(theme.ink, 1));
        painter.drawLine(QPointF(x + bar / 2, topLeft.y() + height * 0.1), QPointF(x + bar / 2, topLeft.y() + height * 0.9));
    }
    x += bar + 6;
    text(high, theme.quietInk);
    if (!legend.undefinedText.isEmpty()) {
        x += 8;
        drawUndefined(painter, QRectF(x, topLeft.y() + height * 0.22, 16, height * 0.56), theme);
        painter.setPen(QPen(theme.hairline, 1));
        painter.drawRect(QRectF(x, topLeft.y() + height * 0.22, 16, height * 0.56));
        x += 20;
        text(legend.undefinedText, theme.quietInk);
    }
    painter.restore();
    return x;
}

}  // namespace timberline::widgets
