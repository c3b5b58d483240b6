// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/compare_view.h"
#include "widgets/draft/question_paint.h"
#include "widgets/theme/theme.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace timberline::widgets {

namespace {

constexpr double kMargin = 12;
constexpr double kTallLane = 4.5;  ///< lines from which a lane's text stands on a line of its own
constexpr double kFaint = 0.28;    ///< ink of what has not happened yet

/// The parts of a round, in the colours and patterns of the plot of round times.
struct Part {
    QColor color;
    Qt::BrushStyle pattern;
};
std::array<Part, 3> partsOf(const Theme& theme)
{
    return {Part{theme.rejected, Qt::Dense4Pattern}, Part{theme.accepted, Qt::SolidPattern}, Part{theme.neverVerified, Qt::BDiagPattern}};
}

QFont boldOf(QFont font)
{
    font.setBold(true);
    return font;
}

/// A round number of milliseconds between two marks of the axis, at least `least`.
double stepOf(double least)
{
    const double power = std::pow(10.0, std::floor(std::log10(std::max(least, 1e-6))));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (power * factor >= least) {
            return power * factor;
        }
    }
    return power * 10;
}

}  // namespace

int CompareView::heightFor(std::size_t lanes) const
{
    const double line = std::ceil(QFontMetricsF(font()).height());
    return lanes == 0 ? 60 : static_cast<int>(2.4 * line + 8 + static_cast<double>(lanes) * (2 * line + 10));
}

QSizeF CompareView::contentSize() const
{
    const double line = std::ceil(QFontMetricsF(font()).height());
    return {std::max(900.0, static_cast<double>(width())),
            std::max<double>(heightFor(m_lanes.size()), 3 * line + static_cast<double>(m_lanes.size()) * 4.8 * line)};
}

CompareView::Places CompareView::placesOf(const QSizeF& size, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    Places out;
    out.legend = QRectF(kMargin, 4, size.width() - 2 * kMargin, line);
    out.axis = QRectF(kMargin, size.height() - 1.4 * line, size.width() - 2 * kMargin, 1.4 * line);
    out.lanes = QRectF(kMargin, out.legend.bottom() + 4, size.width() - 2 * kMargin, out.axis.top() - out.legend.bottom() - 4);
    out.left = out.lanes.left() + 4;
    // Behind the slowest lane there is room for its total.
    out.width = std::max(40.0, out.lanes.right() - out.left - metrics.horizontalAdvance(QStringLiteral("0,000 ms")) - 10);
    const auto count = static_cast<double>(std::max<std::size_t>(m_lanes.size(), 1));
    out.lane = std::min(out.lanes.height() / count, 5.2 * line);
    return out;
}

double CompareView::xOf(const Places& places, double milliseconds) const
{
    return places.left + (m_end > 0 ? milliseconds / m_end : 0) * places.width;
}

int CompareView::laneAt(const Places& places, const QPointF& position) const
{
    const int lane = static_cast<int>(std::floor((position.y() - places.lanes.top()) / places.lane));
    return lane >= 0 && static_cast<std::size_t>(lane) < m_lanes.size() && position.y() < places.lanes.bottom() ? lane : -1;
}

void CompareView::paintLegend(QPainter& painter, const Places& places, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double line = places.legend.height();
    const auto parts = partsOf(theme);
    const std::array<QString, 3> names = {tr("draft"), tr("verify"), tr("overhead")};
    double x = places.legend.left();
    const auto room = [&](const QString& text) { return x + line + metrics.horizontalAdvance(text) <= places.legend.right(); };
    const auto word = [&](const QString& text) {
        painter.setPen(theme.quietInk);
        painter.drawText(QPointF(x, places.legend.top() + metrics.ascent()), text);
        x += metrics.horizontalAdvance(text) + 14;
    };
    for (std::size_t i = 0; i < parts.size(); ++i) {
        painter.fillRect(QRectF(x, places.legend.top() + line * 0.22, line * 0.7, line * 0.56), QBrush(parts[i].color, parts[i].pattern));
        x += line * 0.7 + 5;
        word(names[i]);
    }
    const QString ticks = tr("below: committed tokens, drafted ones and the target's own");
    if (room(ticks)) {
        const double y = places.legend.center().y();
        for (const auto& color : {theme.accepted, theme.accepted, theme.extra}) {
            painter.fillRect(QRectF(x, y - 4, 2, 8), color);
            x += 5;
        }
        x += 4;
        word(ticks);
    }
}

void CompareView::paintBlocks(QPainter& painter, const Places& places, const Track& track, const QRectF& bar, const Theme& theme) const
{
    const auto parts = partsOf(theme);
    const double ticksTop = bar.bottom() + 2;
    painter.setRenderHint(QPainter::Antialiasing, false);
    double drawnUntil = -1;  // ticks closer than a pixel fold into one
    for (const auto& block : track.blocks) {
        const bool past = block.end() <= m_clock + 1e-9;
        const double opacity = past ? 1 : kFaint;
        painter.setOpacity(opacity);
        double begin = block.start;
        const double lengths[] = {block.draft, block.verify, block.overhead};
        for (std::size_t i = 0; i < 3; ++i) {
            const double x = xOf(places, begin);
            const double width = xOf(places, begin + lengths[i]) - x;
            if (width > 0) {
                painter.fillRect(QRectF(x, bar.top(), width, bar.height()), QBrush(parts[i].color, parts[i].pattern));
            }
            begin += lengths[i];
        }
        const double left = xOf(places, block.start);
        const double right = xOf(places, block.end());
        if (right - left >= 4) {
            painter.fillRect(QRectF(right - 1, bar.top(), 1, bar.height()), theme.background);  // rounds stand apart
        }
        for (int i = 1; i <= block.kept; ++i) {
            const double x = std::floor(left + (right - left) * i / block.kept - 2);
            if (x <= drawnUntil) {
                continue;
            }
            painter.fillRect(QRectF(x, ticksTop, 2, 5), block.extra && i == block.kept ? theme.extra : theme.accepted);
            drawnUntil = x;
        }
    }
    painter.setOpacity(1);
    painter.setRenderHint(QPainter::Antialiasing, true);
}

void CompareView::paintLane(QPainter& painter, const Places& places, int index, const Theme& theme) const
{
    const auto& lane = m_lanes[static_cast<std::size_t>(index)];
    const auto& track = m_tracks[static_cast<std::size_t>(index)];
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    const QRectF box(places.lanes.left(), places.lanes.top() + places.lane * index, places.lanes.width(), places.lane);
    const bool chosen = index == m_chosen && m_lanes.size() > 1;
    if (chosen) {
        QColor tint = theme.ink;
        tint.setAlphaF(0.05F);
        painter.fillRect(box.adjusted(-kMargin, 0, kMargin, 0), tint);
        painter.fillRect(QRectF(0, box.top(), 3, box.height()), theme.accent);
    }
    const QFont plainFont = painter.font();
    const QString count =
        !track.timed ? QString() : tr("%1 of %n token(s)", nullptr, static_cast<int>(track.ids.size())).arg(tokensAt(index, m_clock));
    const double countWidth = metrics.horizontalAdvance(count);
    const bool tall = places.lane >= kTallLane * line;
    painter.setFont(boldOf(plainFont));
    const QFontMetricsF bold(painter.font());
    const double labelRoom = (box.width() - countWidth - 16) * (tall ? 1 : 0.55);
    const QString label = bold.elidedText(lane.label, Qt::ElideMiddle, labelRoom);
    painter.setPen(theme.ink);
    painter.drawText(QPointF(box.left() + 4, box.top() + 2 + metrics.ascent()), label);
    const double labelWidth = bold.horizontalAdvance(label);
    painter.setFont(plainFont);
    painter.setPen(theme.quietInk);
    painter.drawText(QRectF(box.right() - countWidth - 4, box.top() + 2, countWidth + 4, line), Qt::AlignRight | Qt::AlignTop, count);

    const double barHeight = tall ? 1.1 * line : std::max(7.0, places.lane - 1.15 * line - 14);
    const QRectF bar(places.left, box.top() + line + 3, places.width, std::min(barHeight, 1.3 * line));
    const bool running = index == m_running;
    if (!track.timed) {
        painter.setPen(lane.error.isEmpty() ? theme.quietInk : theme.rejected);
        const QString why = running                  ? tr("running: %1 %").arg(static_cast<int>(std::floor(m_fraction * 100)))
                            : !lane.error.isEmpty()  ? lane.error
                            : lane.record == nullptr ? tr("not run yet")
                                                     : tr("no times in this record");
        painter.drawText(QRectF(bar.left(), bar.top() - 2, box.width() - 8, line + 4), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(why, Qt::ElideRight, box.width() - 8));
        if (running) {
            painter.fillRect(QRectF(bar.left(), bar.top() + line + 2, bar.width() * m_fraction, 3), theme.accent);
        }
        return;
    }
    paintBlocks(painter, places, track, bar, theme);
    const double now = xOf(places, m_clock);
    painter.setPen(QPen(theme.accent, 2));
    painter.drawLine(QPointF(now, bar.top() - 2), QPointF(now, bar.bottom() + 8));
    // The end, with what it took.
    const double end = xOf(places, track.total);
    painter.fillRect(QRectF(end, bar.top() - 2, 2, bar.height() + 9), theme.ink);
    painter.setPen(theme.ink);
    const QString total = tr("%1 ms").arg(QLocale().toString(track.total, 'f', track.total < 100 ? 1 : 0));
    painter.drawText(QRectF(end + 6, bar.center().y() - line / 2, metrics.horizontalAdvance(total) + 4, line),
                     Qt::AlignLeft | Qt::AlignVCenter, total);

    painter.setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    painter.setPen(theme.quietInk);
    const QFontMetricsF fixed(painter.font());
    const QRectF words = tall ? QRectF(bar.left(), bar.bottom() + 9, box.width() - 8, line)
                              : QRectF(box.left() + labelWidth + 16, box.top() + 2, box.width() - labelWidth - countWidth - 32, line);
    if (words.width() > 6 * fixed.averageCharWidth()) {
        const QString tail = tailAt(index, m_clock).trimmed();
        painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, fixed.elidedText(tail, Qt::ElideLeft, words.width()));
    }
    painter.setFont(plainFont);
}

void CompareView::paintAxis(QPainter& painter, const Places& places, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    const double bottom = std::min(places.lanes.top() + places.lane * static_cast<double>(m_lanes.size()), places.lanes.bottom());
    const double y = bottom + 3;
    painter.setPen(QPen(theme.hairline, 1));
    painter.drawLine(QPointF(places.left, y), QPointF(places.left + places.width, y));
    const double x = xOf(places, m_clock);
    const QString now = tr("%1 ms").arg(QLocale().toString(m_clock, 'f', 1));
    QFont bold = boldOf(painter.font());
    const double nowWidth = QFontMetricsF(bold).horizontalAdvance(now) + 8;
    const QRectF nowBox(std::clamp(x - nowWidth / 2, places.left - 4, places.lanes.right() - nowWidth), y + 2, nowWidth, line);
    const double step = stepOf(m_end * metrics.horizontalAdvance(QStringLiteral("0,000 ms")) * 1.6 / places.width);
    for (double mark = 0; mark <= m_end * (1 + 1e-9); mark += step) {
        const double at = xOf(places, mark);
        painter.setPen(QPen(theme.hairline, 1));
        painter.drawLine(QPointF(at, y), QPointF(at, y + 4));
        const QString text = mark == 0 ? tr("0 ms") : QLocale().toString(mark, 'g', 6);
        const double width = metrics.horizontalAdvance(text);
        const QRectF box(std::max(at - width / 2, places.left - 4), y + 2, width, line);
        if (!box.adjusted(-6, 0, 6, 0).intersects(nowBox)) {
            painter.setPen(theme.quietInk);
            painter.drawText(box.adjusted(0, 0, 2, 0), Qt::AlignLeft | Qt::AlignVCenter, text);
        }
    }
    painter.setFont(bold);
    painter.setPen(theme.ink);
    painter.drawText(nowBox, Qt::AlignCenter, now);
}

void CompareView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    const QRectF area(QPointF(0, 0), size);
    if (m_lanes.empty()) {
        paintState(painter, area, theme);
        return;
    }
    painter.save();
    const auto places = placesOf(size, painter.font());
    paintLegend(painter, places, theme);
    if (m_end > 0) {
        // Below the words of the lanes; over their blocks it is drawn again.
        const double x = xOf(places, m_clock);
        painter.setPen(QPen(mix(theme.background, theme.accent, 0.55), 1));
        painter.drawLine(
            QPointF(x, places.lanes.top()),
            QPointF(x, std::min(places.lanes.top() + places.lane * static_cast<double>(m_lanes.size()), places.lanes.bottom()) + 3));
    }
    for (int i = 0; i < static_cast<int>(m_lanes.size()); ++i) {
        paintLane(painter, places, i, theme);
    }
    if (m_end > 0) {
        paintAxis(painter, places, theme);
    }
    painter.restore();
}

void CompareView::paintEvent(QPaintEvent*)
{
    paintQuestionView(*this, hasFocus(), *this);
}

}  // namespace timberline::widgets
