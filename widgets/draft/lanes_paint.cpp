// SPDX-License-Identifier: GPL-3.0-or-later
// How LanesView is painted.
#include "widgets/draft/lanes_view.h"

#include "widgets/draft/question_paint.h"
#include "widgets/plot/colour_map.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <functional>

namespace timberline::widgets {

namespace {

constexpr double kNarrowest = 3;  // px of a usual round: below it columns of shares stand for blocks

QColor draftColor(const Theme& theme, bool post)
{
    return mix(theme.background, theme.accepted, post ? 0.9 : 0.6);
}
QColor targetColor(const Theme& theme, bool post)
{
    return mix(theme.background, theme.ink, post ? 0.75 : 0.4);
}

/// 1, 2 or 5 times a power of ten, at least `least`.
double niceStep(double least)
{
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= least) {
            return factor * power;
        }
    }
    return 10 * power;
}

}  // namespace

void LanesView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    catchUp();
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme) || m_lanes.rounds.empty()) {
        return;
    }
    const Places places = placesOf(size, painter.font());
    painter.save();
    paintNumbers(painter, places, theme);
    paintAxis(painter, places, theme);
    painter.save();
    painter.setClipRect(places.lanes.adjusted(-3, -4, 3, 4));
    if (m_lanes.usual / places.span * places.lanes.width() < kNarrowest) {
        paintColumns(painter, places, theme);
    } else {
        paintBlocks(painter, places, theme);
    }
    const std::size_t shown = m_lanes.entryOf(model()->shownRounds());
    if (shown > 0 && m_lanes.rounds[shown - 1].round == model()->shownRounds() - 1) {
        const LaneRound& round = m_lanes.rounds[shown - 1];
        const double left = places.x(round.begin());
        painter.setPen(QPen(theme.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(
            QRectF(left - 1, places.lanes.top() - 2, std::max(places.x(round.end()) - left, 2.0) + 2, places.lanes.height() + 4));
    }
    painter.restore();
    painter.restore();
}

QString LanesView::numbersFor(double width, const QFontMetricsF& metrics) const
{
    const QStringList all = words();
    QString out = all.value(0);
    for (const qsizetype further : {1, 3, 4}) {
        if (const QString longer = out + QLatin1Char(' ') + all.value(further);
            further < all.size() && metrics.horizontalAdvance(longer) <= width) {
            out = longer;
        }
    }
    return out;
}

void LanesView::paintNumbers(QPainter& painter, const Places& places, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    painter.setPen(theme.ink);
    painter.drawText(places.numbers, Qt::AlignLeft | Qt::AlignVCenter, numbersFor(places.numbers.width(), metrics));
    const LaneTotals& totals = m_lanes.totals(model()->shownRounds());
    const auto lane = [&](const QString& name, const QRectF& box, double idle) {
        painter.setPen(theme.ink);
        painter.drawText(QRectF(box.left() - places.labels, box.top(), places.labels - 8, box.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         name);
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(box.right() + 8, box.top(), places.idle - 8, box.height()), Qt::AlignRight | Qt::AlignVCenter,
                         tr("idle %1 %").arg(questionNumber(100 * idle, 0)));
    };
    lane(tr("Draft"), places.draft, totals.draftIdle());
    lane(tr("Target"), places.target, totals.targetIdle());
    if (places.legend.isEmpty()) {
        return;
    }
    double x = places.legend.left();
    const double line = places.legend.height();
    const auto entry = [&](const QString& name, const std::function<void(const QRectF&)>& paint) {
        const double needed = line + 4 + metrics.horizontalAdvance(name);
        if (x + needed > places.legend.right()) {
            return;  // the tooltips name it
        }
        paint(QRectF(x, places.legend.top() + line * 0.2, line * 0.9, line * 0.6));
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(x + line + 4, places.legend.top(), needed, line), Qt::AlignLeft | Qt::AlignVCenter, name);
        x += needed + 14;
    };
    entry(tr("revoked"), [&](const QRectF& box) {
        LaneRound round;
        round.discarded = 1;
        paintBlock(painter, box, round, true, theme);
    });
    entry(tr("both at once"),
          [&](const QRectF& box) { painter.fillRect(QRectF(box.left(), box.center().y() - 2, box.width(), 4), theme.extra); });
    if (totals.simulated > 0) {
        entry(tr("simulated"), [&](const QRectF& box) {
            LaneRound round;
            round.simulated = true;
            paintBlock(painter, box, round, true, theme);
        });
    }
    entry(tr("PRE"), [&](const QRectF& box) { painter.fillRect(box, targetColor(theme, false)); });
    entry(tr("POST"), [&](const QRectF& box) { painter.fillRect(box, targetColor(theme, true)); });
}

void LanesView::paintAxis(QPainter& painter, const Places& places, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    for (const QRectF& lane : {places.draft, places.target}) {
        painter.fillRect(lane, mix(theme.background, theme.hairline, 0.3));
    }
    const double total = std::max(m_lanes.end(), places.span);
    const double least = 4.5 * metrics.averageCharWidth() + metrics.horizontalAdvance(questionNumber(total, 0));
    const double step = niceStep(places.span * least / places.lanes.width());
    const int digits = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 4);
    const double first = std::ceil(places.from / step) * step;
    const int count = static_cast<int>(std::clamp(std::floor((places.from + places.span * (1 + 1e-9) - first) / step), -1.0, 1000.0));
    for (int i = 0; i <= count; ++i) {  // adding a small step to a large time need not move it
        const double tick = first + i * step;
        const double x = places.x(tick);
        painter.setPen(QPen(theme.hairline, 1));
        painter.drawLine(QPointF(x, places.lanes.top() - 3), QPointF(x, places.lanes.bottom() + 4));
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(x - 60, places.axis.top() + 2, 120, places.axis.height() - 2), Qt::AlignHCenter | Qt::AlignVCenter,
                         questionNumber(tick, digits));
    }
    painter.setPen(theme.quietInk);
    painter.drawText(QRectF(places.axis.right() + 8, places.axis.top() + 2, places.idle - 8, places.axis.height() - 2),
                     Qt::AlignRight | Qt::AlignVCenter, tr("ms"));
    // Where in the run this is.
    if (places.span < total * 0.999) {
        painter.fillRect(QRectF(places.overview.left(), places.overview.center().y() - 1, places.overview.width(), 2), theme.hairline);
        const double width = std::max(places.overview.width() * places.span / total, 4.0);
        const double left = places.overview.left() + (places.overview.width() - width) * places.from / std::max(total - places.span, 1e-9);
        painter.fillRect(QRectF(left, places.overview.center().y() - 2, width, 4), theme.quietInk);
    }
}

void LanesView::paintBlock(QPainter& painter, const QRectF& block, const LaneRound& round, bool draft, const Theme& theme) const
{
    const bool revoked = draft && round.discarded > 0;
    const QColor fill = revoked ? mix(theme.background, theme.neverVerified, 0.3)
                        : draft ? draftColor(theme, round.post)
                                : targetColor(theme, round.post);
    painter.fillRect(block, fill);
    if (revoked) {
        painter.fillRect(block, QBrush(theme.quietInk, Qt::BDiagPattern));
    }
    if (revoked || round.simulated) {
        painter.setPen(QPen(round.simulated ? theme.ink : theme.quietInk, 1, round.simulated ? Qt::DashLine : Qt::SolidLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(block.adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void LanesView::paintBlocks(QPainter& painter, const Places& places, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    auto it = std::ranges::lower_bound(m_lanes.rounds, places.from, {}, &LaneRound::begin);
    it -= it == m_lanes.rounds.begin() ? 0 : 1;
    for (; it != m_lanes.rounds.end() && it->begin() < places.from + places.span; ++it) {
        // Rounds after the moment that is looked at recede.
        painter.setOpacity(it->round < model()->shownRounds() ? 1 : 0.4);
        const auto lane = [&](const LaneBlock& block, const QRectF& box, bool draft) {
            if (block.length() <= 0) {
                return;
            }
            const double left = places.x(block.begin);
            const QRectF rect(left, box.top(), std::max(places.x(block.end) - left, 1.0), box.height());
            paintBlock(painter, rect, *it, draft, theme);
            const double free = draft && it + 1 != m_lanes.rounds.end() ? places.x((it + 1)->begin()) : places.lanes.right();
            paintName(painter, rect.intersected(places.lanes), draft ? free : rect.right(), *it, draft, theme);
        };
        lane(it->draft, places.draft, true);
        lane(it->target, places.target, false);
        if (it->overlap() > 0) {
            const double left = places.x(std::max(it->draft.begin, it->target.begin));
            const double gap = places.target.top() - places.draft.bottom();
            painter.fillRect(
                QRectF(left, places.draft.bottom() + gap / 2 - 1.5, std::max(it->overlap() / places.span * places.lanes.width(), 1.0), 3),
                theme.extra);
        }
    }
    painter.setOpacity(1);
}

void LanesView::paintName(QPainter& painter, const QRectF& block, double free, const LaneRound& round, bool draft, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const QString name = round.post ? tr("POST") : tr("PRE");
    const double width = metrics.horizontalAdvance(name);
    if (block.height() < metrics.ascent() + 2) {
        return;
    }
    const bool revoked = draft && round.discarded > 0;
    if (block.width() >= width + 4) {
        if (revoked) {  // clear of the hatching
            painter.fillRect(
                QRectF(block.center().x() - width / 2 - 2, block.center().y() - metrics.height() / 2, width + 4, metrics.height()),
                theme.background);
        }
        painter.setPen(revoked ? theme.ink : inkOn((draft ? draftColor(theme, round.post) : targetColor(theme, round.post)).rgb()));
        painter.drawText(block, Qt::AlignCenter, name);
    } else if (free - block.right() >= width + 6) {
        // The rest of a short block's round is free.
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(block.right() + 3, block.top(), width + 2, block.height()), Qt::AlignLeft | Qt::AlignVCenter, name);
    }
}

void LanesView::paintColumns(QPainter& painter, const Places& places, const Theme& theme) const
{
    const int count = static_cast<int>(places.lanes.width());
    const auto columns = laneColumns(m_lanes, places.from, places.span, count);
    const double width = places.lanes.width() / std::max(count, 1);
    const std::size_t shown = m_lanes.entryOf(model()->shownRounds());
    const double recede = shown < m_lanes.rounds.size() ? places.x(m_lanes.rounds[shown].begin()) : places.lanes.right() + 1;
    // A column is as full as its lane was busy; the revoked share lies at the bottom. Columns are whole pixels, or nearly.
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (int i = 0; i < count; ++i) {
        const LaneColumn& column = columns[static_cast<std::size_t>(i)];
        const double left = places.lanes.left() + i * width;
        painter.setOpacity(left < recede ? 1 : 0.4);
        const auto bar = [&](const QRectF& box, double share, const QBrush& brush) {
            painter.fillRect(QRectF(left, box.bottom() - box.height() * share, width, box.height() * share), brush);
        };
        bar(places.draft, column.draft, draftColor(theme, true));
        if (column.discarded > 0) {
            bar(places.draft, column.discarded, mix(theme.background, theme.neverVerified, 0.3));
            bar(places.draft, column.discarded, QBrush(theme.quietInk, Qt::BDiagPattern));
        }
        bar(places.target, column.target, targetColor(theme, true));
        if (column.overlap > 0) {
            const double gap = places.target.top() - places.draft.bottom();
            painter.setOpacity(painter.opacity() * (0.25 + 0.75 * column.overlap));
            painter.fillRect(QRectF(left, places.draft.bottom() + gap / 2 - 1.5, width, 3), theme.extra);
        }
    }
    painter.setOpacity(1);
}

}  // namespace timberline::widgets
