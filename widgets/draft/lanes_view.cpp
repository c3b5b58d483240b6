// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/lanes_view.h"

#include "widgets/draft/question_paint.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

constexpr double kMargin = 12;
constexpr double kShortest = 1e-3;  // ms shown at least

QString percent(double share)
{
    return questionNumber(100 * share, 0);
}

QString milliseconds(double ms)
{
    return questionNumber(ms, std::abs(ms) < 10 ? 3 : std::abs(ms) < 1000 ? 1 : 0);
}

}  // namespace

LanesView::LanesView(RecordModel* model, SelectionModel* selection, QWidget* parent)
    : RefoldedView(QStringLiteral("draft-lanes"), tr("Lanes"), model, parent), m_selection(selection)
{
    connect(model, &RecordModel::changed, this, &LanesView::look);
    connect(model, &RecordModel::shownChanged, this, qOverload<>(&QWidget::update));
    look();
    refold();
}

void LanesView::look()
{
    const bool before = m_found;
    if (m_looked != model()->generation()) {
        m_looked = model()->generation();
        m_lookedRounds = 0;
        m_found = false;
    }
    while (!m_found && m_lookedRounds < model()->roundCount()) {
        const auto* round = model()->round(m_lookedRounds++);
        m_found = round != nullptr && laneRoundOf(*round).has_value();
    }
    if (m_found != before) {
        Q_EMIT hasLanesChanged();
    }
}

void LanesView::refold()
{
    const std::pair asked{model()->generation(), model()->roundCount()};
    if (asked == m_folded) {
        return;
    }
    if (asked.first != m_folded.first) {
        m_span = 0;  // another run: back to where blocks can be read
    }
    m_folded = asked;
    m_lanes = lanesOf(model()->record());
    if (!m_lanes.rounds.empty()) {
        setData();
    } else if (model()->roundCount() == 0) {
        setEmpty(tr("When the draft and the target worked will stand here, side by side. Only PEARL runs both at once: choose it as the "
                    "controller and press Run."));
    } else {
        setEmpty(tr("In this run the draft and the target took turns. Only PEARL runs both at once: choose it as the controller and press "
                    "Run."));
    }
}

const Lanes& LanesView::lanes() const
{
    catchUp();
    return m_lanes;
}

// --- words ------------------------------------------------------------------------------------------------------------------------------

QString LanesView::roundText(const LaneRound& round) const
{
    const auto lane = [](const QString& name, const LaneBlock& block, const QString& work) {
        return block.length() > 0 ? tr("%1: %2 ms, from %3 to %4 ms, %5")
                                        .arg(name, milliseconds(block.length()), milliseconds(block.begin), milliseconds(block.end), work)
                                  : tr("%1: nothing to do").arg(name);
    };
    QStringList out;
    out << (round.post ? tr("Round %1, POST: the target judges a block while the next one is written")
                       : tr("Round %1, PRE: the target judges the first token of the block that is being written"))
               .arg(round.round + 1);
    out << lane(tr("Draft"), round.draft, tr("%n pass(es)", nullptr, round.passes));
    out << lane(tr("Target"), round.target, tr("%n token(s) read", nullptr, round.read));
    out << tr("both at once: %1 ms").arg(milliseconds(round.overlap()));
    if (round.discarded > 0) {
        out << tr("%n drafted token(s) revoked", nullptr, round.discarded);
    }
    if (round.carried > 0) {
        out << tr("%n drafted token(s) wait for the next round", nullptr, round.carried);
    }
    if (round.simulated) {
        out << tr("simulated: both ran one after the other and are drawn as if they had begun at once");
    }
    return out.join(QLatin1Char('\n'));
}

QStringList LanesView::words() const
{
    if (m_lanes.rounds.empty()) {
        return {};
    }
    const LaneTotals& t = m_lanes.totals(model()->shownRounds());
    if (t.rounds == 0) {
        return {tr("No round with two lanes up to here.")};
    }
    QStringList out;
    const QString numbers = tr("%1 ms of %2 ms, %3 %").arg(milliseconds(t.overlap), milliseconds(t.span), percent(t.overlapShare()));
    out << (t.simulated == 0          ? tr("Overlap: %1.").arg(numbers)
            : t.simulated == t.rounds ? tr("Simulated overlap: %1.").arg(numbers)
                                      : tr("Overlap, in part simulated: %1.").arg(numbers));
    if (std::isfinite(t.hiddenShare())) {
        out << tr("Hidden: %1 % of the shorter work.").arg(percent(t.hiddenShare()));
    }
    out << tr("Idle: draft %1 %, target %2 %.").arg(percent(t.draftIdle()), percent(t.targetIdle()));
    out << tr("%n drafted token(s) revoked", nullptr, t.discarded) + QLatin1Char('.');
    if (m_lanes.others > 0) {
        out << tr("%n round(s) without two lanes are left out.", nullptr, m_lanes.others);
    }
    return out;
}

QString LanesView::summary() const
{
    catchUp();
    return m_lanes.rounds.empty() ? stateText() : words().join(QLatin1Char(' '));
}

QByteArray LanesView::toCsv() const
{
    QString out =
        QStringLiteral("round,mode,simulated,draft_t0_ms,draft_t1_ms,verify_t0_ms,verify_t1_ms,overlap_ms,draft_passes,target_tokens,"
                       "discarded,carried\n");
    const auto& all = lanes();
    for (std::size_t i = 0; i < all.entryOf(model()->shownRounds()); ++i) {
        const LaneRound& round = all.rounds[i];
        out += QStringLiteral("%1,%2,%3,%4,%5,%6,%7,%8,%9,")
                   .arg(round.round)
                   .arg(round.post ? QStringLiteral("post") : QStringLiteral("pre"))
                   .arg(round.simulated ? 1 : 0)
                   .arg(questionCell(round.draft.begin), questionCell(round.draft.end), questionCell(round.target.begin),
                        questionCell(round.target.end), questionCell(round.overlap()))
                   .arg(round.passes) +
               QStringLiteral("%1,%2,%3\n").arg(round.read).arg(round.discarded).arg(round.carried);
    }
    return out.toUtf8();
}

// --- places -----------------------------------------------------------------------------------------------------------------------------

LanesView::Places LanesView::placesOf(const QSizeF& size, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    const QRectF area(kMargin, 4, size.width() - 2 * kMargin, size.height() - 8);
    Places out;
    out.labels = std::max(metrics.horizontalAdvance(tr("Draft")), metrics.horizontalAdvance(tr("Target"))) + 8;
    out.idle = std::max(metrics.horizontalAdvance(tr("idle %1 %").arg(100)), metrics.horizontalAdvance(tr("ms"))) + 8;
    const double width = std::max(area.width() - out.labels - out.idle, 10.0);
    out.numbers = QRectF(area.left(), area.top(), area.width(), line);
    double top = out.numbers.bottom();
    const bool roomy = area.height() >= 8.5 * line;
    if (roomy) {
        out.legend = QRectF(area.left(), top + 2, area.width(), line);
        top = out.legend.bottom();
    }
    out.overview = QRectF(area.left() + out.labels, area.bottom() - 6, width, 6);
    out.axis = QRectF(area.left() + out.labels, out.overview.top() - line - 8, width, line + 4);
    out.lanes = QRectF(area.left() + out.labels, top + 6, width, std::max(out.axis.top() - top - 8, 12.0));
    // Lanes grow with the view up to a few lines; what is left stays empty below the axis' numbers, not between them.
    const double gap = std::clamp(out.lanes.height() * 0.14, 4.0, 10.0);
    const double height = std::min((out.lanes.height() - gap) / 2, 4.2 * line);
    out.lanes.setHeight(2 * height + gap);
    out.axis.moveTop(out.lanes.bottom() + 2);
    out.overview.moveTop(out.axis.bottom() + 4);
    out.draft = QRectF(out.lanes.left(), out.lanes.top(), width, height);
    out.target = QRectF(out.lanes.left(), out.lanes.bottom() - height, width, height);

    const double total = std::max(m_lanes.end(), kShortest);
    if (m_span > 0) {
        out.span = std::min(m_span, total);
        out.from = std::clamp(m_from, 0.0, total - out.span);
        return out;
    }
    // Following: a usual round is as wide as its name needs, and the round that is looked at stands right of the middle.
    const double readable = 1.3 * (metrics.horizontalAdvance(tr("POST")) + 12);
    const std::size_t count = m_lanes.rounds.size();
    out.span = std::min(total, std::max(m_lanes.usual * width / readable, kShortest));
    const std::size_t at = m_lanes.entryOf(model()->shownRounds());
    const double shown = at == 0 ? 0 : m_lanes.rounds[at - 1].end();
    out.from = std::clamp(at == count ? shown - out.span : shown - 0.7 * out.span, 0.0, total - out.span);
    return out;
}

LaneBlock LanesView::window() const
{
    catchUp();
    const Places places = placesOf(size(), font());
    return {places.from, places.from + places.span};
}

QPointF LanesView::middleOf(int round, bool draft) const
{
    catchUp();
    const std::size_t entry = m_lanes.entryOf(round);
    if (entry == m_lanes.rounds.size()) {
        return {};
    }
    const Places places = placesOf(size(), font());
    const LaneBlock& block = draft ? m_lanes.rounds[entry].draft : m_lanes.rounds[entry].target;
    return {places.x((block.begin + block.end) / 2), (draft ? places.draft : places.target).center().y()};
}

int LanesView::roundAt(const QPointF& position) const
{
    const Places places = placesOf(size(), font());
    if (m_lanes.rounds.empty() || !places.lanes.adjusted(0, -4, 0, 4).contains(position)) {
        return -1;
    }
    // Rounds do not overlap each other: the last one that has begun, unless the next one is nearer.
    const double ms = places.ms(position.x());
    auto it = std::ranges::upper_bound(m_lanes.rounds, ms, {}, &LaneRound::begin);
    it -= it == m_lanes.rounds.begin() ? 0 : 1;
    if (const auto next = it + 1; next < m_lanes.rounds.end() && ms > it->end() && next->begin() - ms < ms - it->end()) {
        it = next;
    }
    return static_cast<int>(it - m_lanes.rounds.begin());
}

// --- input ------------------------------------------------------------------------------------------------------------------------------

void LanesView::goTo(std::size_t entry)
{
    const LaneRound round = m_lanes.rounds[std::min(entry, m_lanes.rounds.size() - 1)];
    model()->setShownRounds(round.round + 1);
    Selected selected = m_selection->current();
    if (selected.round != round.round) {
        selected.round = round.round;
        selected.node = -1;
        m_selection->select(selected);
    }
    if (m_span > 0) {
        const Places places = placesOf(size(), font());
        if (round.begin() < places.from) {
            moveTo(round.begin() - 0.1 * places.span, places.span);
        } else if (round.end() > places.from + places.span) {
            moveTo(round.end() - 0.9 * places.span, places.span);
        }
    }
    setAccessibleDescription(roundText(round));
    update();
}

void LanesView::moveTo(double from, double span)
{
    const double total = std::max(m_lanes.end(), kShortest);
    m_span = std::clamp(span, kShortest, total);
    m_from = std::clamp(from, 0.0, total - m_span);
    update();
}

void LanesView::zoomBy(double factor, double at)
{
    const Places places = placesOf(size(), font());
    const double fixed = places.ms(at);
    const double span = std::clamp(places.span / factor, kShortest, std::max(m_lanes.end(), kShortest));
    moveTo(fixed - (fixed - places.from) / places.span * span, span);
}

bool LanesView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return RefoldedView::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    if (const int entry = roundAt(help->pos()); entry >= 0) {
        QToolTip::showText(help->globalPos(), roundText(m_lanes.rounds[static_cast<std::size_t>(entry)]), this);
    } else if (!m_lanes.rounds.empty()) {
        QToolTip::showText(help->globalPos(), words().join(QLatin1Char('\n')), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

void LanesView::mousePressEvent(QMouseEvent* event)
{
    const Places places = placesOf(size(), font());
    if (m_lanes.rounds.empty() || event->button() != Qt::LeftButton) {
        return;
    }
    if (places.overview.adjusted(0, -4, 0, 4).contains(event->position())) {
        const double share = (event->position().x() - places.overview.left()) / places.overview.width();
        moveTo(share * m_lanes.end() - places.span / 2, places.span);
    } else if (const int entry = roundAt(event->position()); entry >= 0) {
        // What was clicked stays where it is.
        moveTo(places.from, places.span);
        goTo(static_cast<std::size_t>(entry));
    }
}

void LanesView::mouseMoveEvent(QMouseEvent* event)
{
    const Places places = placesOf(size(), font());
    if ((event->buttons() & Qt::LeftButton) && !m_lanes.rounds.empty() &&
        places.overview.adjusted(0, -8, 0, 8).contains(event->position())) {
        const double share = (event->position().x() - places.overview.left()) / places.overview.width();
        moveTo(share * m_lanes.end() - places.span / 2, places.span);
    }
}

void LanesView::wheelEvent(QWheelEvent* event)
{
    if (m_lanes.rounds.empty()) {
        return;
    }
    if (event->modifiers() & Qt::ShiftModifier) {
        const QPoint delta = event->angleDelta();
        const Places places = placesOf(size(), font());
        moveTo(places.from - places.span * (delta.x() != 0 ? delta.x() : delta.y()) / 1200.0, places.span);
    } else {
        zoomBy(std::pow(1.2, event->angleDelta().y() / 120.0), event->position().x());
    }
    event->accept();
}

void LanesView::keyPressEvent(QKeyEvent* event)
{
    if (m_lanes.rounds.empty() || (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier))) {
        RefoldedView::keyPressEvent(event);
        return;
    }
    const Places places = placesOf(size(), font());
    const std::size_t at = m_lanes.entryOf(model()->shownRounds());  // entries shown
    switch (event->key()) {
    case Qt::Key_Left:
        goTo(at > 1 ? at - 2 : 0);
        break;
    case Qt::Key_Right:
        goTo(at);
        break;
    case Qt::Key_Home:
        goTo(0);
        break;
    case Qt::Key_End:
        goTo(m_lanes.rounds.size() - 1);
        break;
    case Qt::Key_PageUp:
        moveTo(places.from - places.span, places.span);
        return;
    case Qt::Key_PageDown:
        moveTo(places.from + places.span, places.span);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomBy(1.5, places.lanes.center().x());
        return;
    case Qt::Key_Minus:
        zoomBy(1 / 1.5, places.lanes.center().x());
        return;
    case Qt::Key_0:
        moveTo(0, m_lanes.end());
        return;
    case Qt::Key_F:
        m_span = 0;
        update();
        return;
    default:
        RefoldedView::keyPressEvent(event);
        return;
    }
    const auto& round = m_lanes.rounds[std::max<std::size_t>(m_lanes.entryOf(model()->shownRounds()), 1) - 1];
    QToolTip::showText(mapToGlobal(middleOf(round.round, false).toPoint()), roundText(round), this);
}

}  // namespace timberline::widgets
