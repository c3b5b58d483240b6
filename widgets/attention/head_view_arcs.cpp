// SPDX-License-Identifier: GPL-3.0-or-later
// The map of one head as lines between two columns of tokens.
#include "widgets/attention/head_view.h"
#include "widgets/theme/theme.h"

#include <QFontDatabase>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kLeastWeight = 0.02;  ///< thinner lines would only be haze
}

HeadView::Arcs HeadView::arcsFor(const QSizeF& size, const QFont& font, int first) const
{
    const QFontMetricsF metrics(font);
    Arcs arcs;
    arcs.line = std::ceil(metrics.height() * 1.3);
    arcs.top = captionHeight(font) + 2;
    arcs.bottom = size.height() - colourLegendHeight(font) - 8;
    arcs.column = std::min(size.width() * 0.4, metrics.averageCharWidth() * 24);
    arcs.right = size.width() - arcs.column;
    const int positions = m_model->positions();
    const int fits = std::max(1, static_cast<int>((arcs.bottom - arcs.top) / arcs.line));
    arcs.first = std::clamp(first, 0, std::max(0, positions - fits));
    arcs.shown = std::min(fits, positions - arcs.first);
    return arcs;
}

void HeadView::paintArcs(QPainter& painter, const Arcs& arcs, const QSizeF& size, const Theme& theme, bool interactive) const
{
    const Point lit = interactive ? active() : Point{};
    painter.save();
    painter.setClipRect(QRectF(0, arcs.top, size.width(), arcs.bottom - arcs.top));
    paintLines(painter, arcs, arcs.column + 4, arcs.right - 4, theme, lit);
    paintColumn(painter, arcs, QRectF(0, arcs.top, arcs.column, arcs.bottom - arcs.top), true, theme, lit);
    paintColumn(painter, arcs, QRectF(arcs.right, arcs.top, arcs.column, arcs.bottom - arcs.top), false, theme, lit);
    painter.restore();
    // What the query sees outside the lines shown is said in words.
    if (lit.query >= 0 && m_tiles.has(lit.query)) {
        const double above = m_tiles.mass(lit.query, 0, arcs.first);
        if (above > 0.005) {
            const QString text = tr("%1 further up").arg(above, 0, 'f', 2);
            const double width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 8;
            const QRectF box(arcs.right - width - 10, arcs.top, width, arcs.line);
            painter.fillRect(box, theme.background);
            painter.setPen(theme.ink);
            painter.drawText(box, Qt::AlignCenter, text);
        }
    }
}

void HeadView::paintLines(QPainter& painter, const Arcs& arcs, double from, double to, const Theme& theme, const Point& lit) const
{
    const auto value = shownValue();
    const int end = arcs.first + arcs.shown;
    for (int query = arcs.first; query < end; ++query) {
        if (!m_tiles.has(query)) {
            painter.setPen(QPen(theme.quietInk, 1, Qt::DotLine));
            painter.drawLine(QPointF(from, arcs.y(query)), QPointF(from + 24, arcs.y(query)));
            continue;
        }
        for (int key = m_tiles.visibleBegin(query); key <= query; ++key) {
            const double weight = m_tiles.value(value, query, key);
            if (std::isnan(weight) || std::abs(weight) < kLeastWeight) {
                continue;
            }
            // With something lit only its lines keep their strength; both ends may be
            // lit at once.
            const bool meant = (lit.query < 0 && lit.key < 0) || query == lit.query || (lit.query < 0 && key == lit.key) ||
                               (m_hovered.key >= 0 && m_hovered.query < 0 && key == m_hovered.key);
            const double strength = std::min(1.0, std::abs(weight));
            QColor color = value == MapTiles::Value::Difference && weight < 0 ? theme.accepted
                           : value == MapTiles::Value::Difference             ? theme.rejected
                                                                              : theme.accepted;
            color.setAlphaF(static_cast<float>(meant ? 0.2 + 0.8 * strength : 0.06 + 0.12 * strength));
            painter.setPen(QPen(color, meant ? 1 + 4 * strength : 1,
                                value == MapTiles::Value::Difference && weight < 0 ? Qt::DashLine : Qt::SolidLine));
            painter.drawLine(QPointF(from, arcs.y(query)), QPointF(to, std::max(arcs.top, arcs.y(key))));
        }
    }
}

void HeadView::paintColumn(QPainter& painter, const Arcs& arcs, const QRectF& column, bool queries, const Theme& theme,
                           const Point& lit) const
{
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    const QFont body = painter.font();
    fixed.setPointSizeF(body.pointSizeF());
    const QFontMetricsF metrics(fixed);
    const QFontMetricsF small(body);
    const double number = small.horizontalAdvance(QString::number(std::max(10, m_model->positions() - 1))) + 6;
    const double weightRoom = small.horizontalAdvance(QStringLiteral("0.000")) + 6;
    const auto value = shownValue();
    const ColourScale scale = scaleFor(theme);
    for (int position = arcs.first; position < arcs.first + arcs.shown; ++position) {
        const QRectF line(column.left(), arcs.y(position) - arcs.line / 2, column.width(), arcs.line);
        // The other end of a lit token shows its weight as a tint and a number.
        const double weight = !queries && lit.query >= 0                 ? m_tiles.value(value, lit.query, position)
                              : queries && lit.query < 0 && lit.key >= 0 ? m_tiles.value(value, position, lit.key)
                                                                         : std::nan("");
        const bool own = queries ? position == lit.query : position == lit.key;
        if (own) {
            painter.fillRect(line.adjusted(1, 1, -1, -1), mix(theme.background, theme.accent, 0.3));
        }
        double right = line.right() - 4;
        if (std::isfinite(weight)) {
            const QRectF swatch(queries ? line.right() - 5 : line.left(), line.top() + 1, 5, line.height() - 2);
            const double place = scale.position(weight);
            painter.fillRect(swatch, scale.map.color(value == MapTiles::Value::Difference ? place : std::sqrt(place)));
            painter.setPen(std::abs(weight) >= kLeastWeight ? theme.ink : theme.quietInk);
            painter.setFont(body);
            painter.drawText(QRectF(right - weightRoom - (queries ? 6 : 0), line.top(), weightRoom, line.height()),
                             Qt::AlignRight | Qt::AlignVCenter, numberText(weight, 3));
            right -= weightRoom + (queries ? 6 : 0);
        }
        painter.setFont(body);
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(line.left() + 6, line.top(), number, line.height()), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(position));
        painter.setFont(fixed);
        painter.setPen(own || (queries && position == query()) ? theme.ink : mix(theme.quietInk, theme.ink, 0.5));
        const double room = right - line.left() - number - 12;
        painter.drawText(QRectF(line.left() + number + 12, line.top(), room, line.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(m_model->tokenLabel(position), Qt::ElideRight, room));
    }
    painter.setFont(body);
}

}  // namespace timberline::widgets
