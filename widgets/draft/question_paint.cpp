// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/question_paint.h"

#include "widgets/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

struct BarPlaces {
    QRectF legend, plot, labels;
    double column = 0;
};

BarPlaces placesOf(const QRectF& box, qsizetype count, const QFont& font)
{
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    BarPlaces out;
    out.legend = QRectF(box.left(), box.top(), box.width(), line);
    const double left = metrics.horizontalAdvance(QStringLiteral("0.00")) + 6;
    out.labels = QRectF(box.left() + left, box.bottom() - line, box.width() - left, line);
    out.plot = QRectF(out.labels.left(), out.legend.bottom() + line, out.labels.width(), out.labels.top() - 2 - out.legend.bottom() - line);
    out.column = std::min(out.plot.width() / static_cast<double>(std::max<qsizetype>(count, 1)), 8 * line);
    return out;
}

}  // namespace

QString questionNumber(double value, int digits)
{
    return std::isfinite(value) ? QLocale().toString(value, 'f', digits) : QStringLiteral("–");
}

QString questionCell(double value)
{
    return std::isfinite(value) ? QString::number(value, 'g', 9) : QString();
}

PictureAndWords besides(const QRectF& area, const QFont& font)
{
    const QFontMetricsF metrics(font);
    const double em = metrics.averageCharWidth();
    if (area.width() > area.height() * 1.1) {
        const double words = std::clamp(area.width() * 0.38, std::min(28 * em, area.width() * 0.5), 52 * em);
        return {.picture = area.adjusted(0, 0, -words - 2 * em, 0),
                .words = QRectF(area.right() - words, area.top(), words, area.height())};
    }
    const double words = std::min(area.height() * 0.4, 9 * metrics.height());
    return {.picture = area.adjusted(0, 0, 0, -words - 8), .words = QRectF(area.left(), area.bottom() - words, area.width(), words)};
}

double drawWords(QPainter& painter, const QRectF& box, const QStringList& paragraphs, const Theme& theme)
{
    const double gap = std::ceil(painter.fontMetrics().height() * 0.3);
    double y = box.top();
    for (qsizetype i = 0; i < paragraphs.size(); ++i) {
        const QRectF room(box.left(), y, box.width(), 10000);
        const QRectF needed = painter.boundingRect(room, Qt::AlignLeft | Qt::TextWordWrap, paragraphs[i]);
        if (needed.bottom() > box.bottom() + 1) {
            // The rest is in the view's tooltip and in its summary.
            painter.setPen(theme.quietInk);
            painter.drawText(QRectF(box.left(), std::min(y - gap, box.bottom() - painter.fontMetrics().height()), box.width(),
                                    painter.fontMetrics().height()),
                             Qt::AlignRight | Qt::AlignBottom, QStringLiteral("…"));
            break;
        }
        painter.setPen(i == 0 ? theme.ink : theme.quietInk);
        painter.drawText(room, Qt::AlignLeft | Qt::TextWordWrap, paragraphs[i]);
        y = needed.bottom() + gap;
    }
    return y;
}

void drawLawBars(QPainter& painter, const QRectF& box, const LawBars& bars, const Theme& theme)
{
    const auto count = static_cast<qsizetype>(bars.target.size());
    if (count == 0) {
        return;
    }
    const auto places = placesOf(box, count, painter.font());
    const QFontMetricsF metrics(painter.font());
    const double line = places.labels.height();
    double highest = 0.1;
    for (std::size_t i = 0; i < bars.target.size(); ++i) {
        highest = std::max({highest, bars.target[i], bars.seen[i]});
    }
    const double top = std::ceil(highest * 10 - 1e-9) / 10;
    const auto y = [&](double value) { return places.plot.bottom() - value / top * places.plot.height(); };
    painter.save();
    for (const double tick : {0.0, top / 2, top}) {
        painter.setPen(QPen(theme.hairline, 1, tick > 0 ? Qt::DotLine : Qt::SolidLine));
        painter.drawLine(QPointF(places.plot.left(), y(tick)), QPointF(places.plot.right(), y(tick)));
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(box.left(), y(tick) - line / 2, places.plot.left() - box.left() - 6, line),
                         Qt::AlignRight | Qt::AlignVCenter, questionNumber(tick));
    }
    const double half = std::clamp(places.column * 0.36, 1.0, 22.0);
    const bool numbers = places.column >= metrics.horizontalAdvance(QStringLiteral("0.000")) + 4;
    for (std::size_t i = 0; i < bars.target.size(); ++i) {
        const double centre = places.plot.left() + (static_cast<double>(i) + 0.5) * places.column;
        const bool differs = i < bars.differs.size() && bars.differs[i];
        const QColor color = differs ? theme.rejected : theme.accepted;
        const QRectF seen(centre - half, y(bars.seen[i]), 2 * half, places.plot.bottom() - y(bars.seen[i]));
        painter.fillRect(seen, mix(theme.background, color, 0.75));
        if (differs) {
            painter.fillRect(seen, QBrush(theme.background, Qt::BDiagPattern));
        }
        painter.setPen(QPen(theme.ink, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(centre - half - 2, y(bars.target[i]), 2 * half + 4, places.plot.bottom() - y(bars.target[i])));
        if (static_cast<int>(i) == bars.cursor) {
            painter.setPen(QPen(theme.accent, 2));
            painter.drawRect(QRectF(centre - half - 5, places.plot.top() - 2, 2 * half + 10, places.plot.height() + 4));
        }
        if (numbers) {
            const double above = std::min(y(bars.seen[i]), y(bars.target[i]));
            painter.setPen(differs ? theme.ink : theme.quietInk);
            painter.drawText(QRectF(centre - places.column / 2, above - line - 1, places.column, line), Qt::AlignCenter,
                             questionNumber(bars.seen[i], 3));
        }
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(centre - places.column / 2, places.labels.top(), places.column, line), Qt::AlignCenter,
                         metrics.elidedText(bars.labels.value(static_cast<qsizetype>(i)), Qt::ElideMiddle, places.column - 2));
    }
    // The legend says what outline and bar are; what does not fit is left to the tooltip.
    double x = box.left();
    const double side = line * 0.7;
    const bool any = std::ranges::find(bars.differs, true) != bars.differs.end();
    const auto entry = [&](const QString& name, bool outline) {
        const QRectF swatch(x, places.legend.center().y() - line * 0.3, side, line * 0.6);
        if (outline) {
            painter.setPen(QPen(theme.ink, 1.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(swatch);
        } else {
            painter.fillRect(swatch, mix(theme.background, any ? theme.rejected : theme.accepted, 0.75));
            if (any) {
                painter.fillRect(swatch, QBrush(theme.background, Qt::BDiagPattern));
            }
        }
        x += side + 4;
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(x, places.legend.top(), metrics.horizontalAdvance(name) + 4, line), Qt::AlignLeft | Qt::AlignVCenter, name);
        x += metrics.horizontalAdvance(name) + 10;
    };
    entry(bars.targetName, true);
    const QString hatched = QCoreApplication::translate("LawBars", "%1 (hatched: differs)").arg(bars.seenName);
    entry(any && x + side + 8 + metrics.horizontalAdvance(hatched) <= box.right() ? hatched : bars.seenName, false);
    painter.restore();
}

int lawBarAt(const QRectF& box, qsizetype count, const QPointF& position, const QFont& font)
{
    const auto places = placesOf(box, count, font);
    if (count == 0 || !box.contains(position) || position.x() < places.plot.left()) {
        return -1;
    }
    const int column = static_cast<int>((position.x() - places.plot.left()) / places.column);
    return column < count ? column : -1;
}

void paintWaiting(QPainter& painter, const QRectF& area, const QString& sentence, const Theme& theme)
{
    QColor veil = theme.background;
    veil.setAlphaF(0.7F);
    painter.fillRect(area, veil);
    painter.setPen(theme.ink);
    painter.drawText(area.adjusted(24, 12, -24, -12), Qt::AlignCenter | Qt::TextWordWrap, sentence);
}

void paintQuestionView(const View& view, bool focused, QWidget& widget)
{
    QPainter painter(&widget);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(widget.rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(widget.font());
    view.paintContent(painter, widget.size(), colors);
    if (focused) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

}  // namespace timberline::widgets
