// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/compare_view.h"

#include "core/record/folds.h"
#include "widgets/draft/question_paint.h"
#include "widgets/shared/record_model.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

constexpr int kFrame = 16;       ///< milliseconds between two pictures of a running clock
constexpr int kTailTokens = 40;  ///< more than a lane is wide
constexpr int kManySteps = 10;

QString milliseconds(double value)
{
    return QLocale().toString(value, 'f', value < 100 ? 1 : 0);
}

}  // namespace

CompareView::CompareView(QWidget* parent) : View(QStringLiteral("draft-compare"), tr("Methods on one clock"), parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    m_play.setInterval(kFrame);
    connect(&m_play, &QTimer::timeout, this, &CompareView::tick);
    showEmpty(tr("Several ways to decode will stand here on one clock."));
}

void CompareView::showEmpty(const QString& sentence)
{
    if (m_lanes.empty()) {
        setEmpty(sentence);
        setAccessibleDescription(summary());
    }
}

CompareView::Track CompareView::trackOf(const record::Record& record)
{
    Track out;
    out.ids = record::generated_ids(record);
    const auto all = record::rounds(record);
    const bool started = std::ranges::any_of(all, [](const record::Round* round) { return round->started_ms > 0; });
    double before = 0;
    int tokens = 0;
    for (const auto* round : all) {
        Block block;
        block.round = round->index;
        block.start = started ? round->started_ms : before;
        block.draft = std::max(0.0, round->draft_ms);
        block.verify = std::max(0.0, round->verify_ms);
        block.overhead = std::max(0.0, round->overhead_ms);
        block.kept = std::max(0, round->kept);
        tokens += block.kept;
        block.tokens = tokens;
        block.extra = round->next_node >= 0 && round->kept == static_cast<int>(round->path.size());
        before = block.end();
        out.total = std::max(out.total, before);
        out.blocks.push_back(block);
    }
    out.timed = out.total > 0;
    return out;
}

void CompareView::setLanes(std::vector<CompareLane> lanes)
{
    const bool atEnd = m_clock >= m_end;
    m_lanes = std::move(lanes);
    m_tracks.clear();
    m_end = 0;
    for (const auto& lane : m_lanes) {
        m_tracks.push_back(lane.record != nullptr ? trackOf(*lane.record) : Track{});
        m_end = std::max(m_end, m_tracks.back().total);
    }
    m_clock = atEnd ? m_end : std::min(m_clock, m_end);
    m_chosen = std::clamp(m_chosen, 0, std::max(0, static_cast<int>(m_lanes.size()) - 1));
    if (m_lanes.empty()) {
        setPlaying(false);
    }
    refreshState();
    updateGeometry();
    setAccessibleDescription(summary());
    update();
    Q_EMIT clockChanged(m_clock);
}

void CompareView::setRunning(int lane, double fraction)
{
    m_running = lane;
    m_fraction = std::clamp(fraction, 0.0, 1.0);
    refreshState();
    update();
}

void CompareView::refreshState()
{
    if (m_lanes.empty()) {
        return;  // showEmpty() says what to do
    }
    if (m_running >= 0) {
        setBusy();
    } else if (std::ranges::all_of(m_tracks, &Track::timed)) {
        setData();
    } else {
        setPartial(tr("Not every method has run."));
    }
}

void CompareView::setClock(double milliseconds)
{
    const double wanted = std::clamp(milliseconds, 0.0, m_end);
    if (wanted != m_clock) {
        m_clock = wanted;
        if (!playing()) {
            setAccessibleDescription(momentText());
        }
        update();
        Q_EMIT clockChanged(m_clock);
    }
}

void CompareView::choose(int lane)
{
    if (lane >= 0 && static_cast<std::size_t>(lane) < m_lanes.size() && lane != m_chosen) {
        m_chosen = lane;
        setAccessibleDescription(laneText(lane));
        update();
        Q_EMIT chosenChanged(lane);
    }
}

void CompareView::setPlaying(bool on)
{
    on = on && m_end > 0;
    if (on == m_play.isActive()) {
        return;
    }
    if (on) {
        if (m_clock >= m_end) {
            setClock(0);
        }
        m_playedFrom = m_clock;
        m_wall.start();
        m_play.start();
    } else {
        m_play.stop();
        setAccessibleDescription(momentText());
    }
    Q_EMIT playingChanged(on);
}

void CompareView::tick()
{
    // From the wall clock and not by counting pictures: a late picture must not slow the clock down.
    setClock(m_playedFrom + static_cast<double>(m_wall.nsecsElapsed()) / 1e6 * m_pace);
    if (m_clock >= m_end) {
        setPlaying(false);
    }
}

int CompareView::tokensAt(int lane, double milliseconds) const
{
    if (lane < 0 || static_cast<std::size_t>(lane) >= m_tracks.size()) {
        return 0;
    }
    const auto& blocks = m_tracks[static_cast<std::size_t>(lane)].blocks;
    const auto it = std::ranges::upper_bound(blocks, milliseconds + 1e-9, {}, &Block::end);
    return it == blocks.begin() ? 0 : std::prev(it)->tokens;
}

int CompareView::tokensOf(int lane) const
{
    return lane < 0 || static_cast<std::size_t>(lane) >= m_tracks.size()
               ? 0
               : static_cast<int>(m_tracks[static_cast<std::size_t>(lane)].ids.size());
}

double CompareView::totalOf(int lane) const
{
    return lane < 0 || static_cast<std::size_t>(lane) >= m_tracks.size() ? 0 : m_tracks[static_cast<std::size_t>(lane)].total;
}

QString CompareView::tailAt(int lane, double milliseconds) const
{
    const int count = std::min(tokensAt(lane, milliseconds), tokensOf(lane));
    if (count == 0 || m_lanes[static_cast<std::size_t>(lane)].record == nullptr) {
        return {};
    }
    const auto* started = record::run_started(*m_lanes[static_cast<std::size_t>(lane)].record);
    const auto& ids = m_tracks[static_cast<std::size_t>(lane)].ids;
    std::string bytes;
    for (int i = std::max(0, count - kTailTokens); started != nullptr && i < count; ++i) {
        bytes += record::token_text(*started, ids[static_cast<std::size_t>(i)]);
    }
    QString out = QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
    out.replace(QLatin1Char('\n'), QChar(0x23CE));
    return out;
}

QString CompareView::laneText(int lane) const
{
    if (lane < 0 || static_cast<std::size_t>(lane) >= m_lanes.size()) {
        return {};
    }
    const auto& at = m_lanes[static_cast<std::size_t>(lane)];
    const auto& track = m_tracks[static_cast<std::size_t>(lane)];
    if (!at.error.isEmpty() && at.record == nullptr) {
        return tr("%1: could not run. %2").arg(at.label, at.error);
    }
    if (at.record == nullptr) {
        return tr("%1: not run yet.").arg(at.label);
    }
    if (!track.timed) {
        return tr("%1: its record holds no times.").arg(at.label);
    }
    return tr("%1: %2 of %n token(s) by then, all in %3 ms.", nullptr, static_cast<int>(track.ids.size()))
        .arg(at.label)
        .arg(tokensAt(lane, m_clock))
        .arg(milliseconds(track.total));
}

QString CompareView::momentText() const
{
    QStringList parts = {tr("%1 ms after the start of decoding, in the recorded runs.").arg(milliseconds(m_clock))};
    for (int i = 0; i < static_cast<int>(m_lanes.size()); ++i) {
        parts.append(laneText(i));
    }
    return parts.join(QLatin1Char(' '));
}

QString CompareView::summary() const
{
    return m_lanes.empty() ? stateText() : momentText();
}

QByteArray CompareView::toCsv() const
{
    QString out = QStringLiteral("method,round,start_ms,draft_ms,verify_ms,overhead_ms,end_ms,tokens,tokens_until_then\n");
    for (std::size_t i = 0; i < m_lanes.size(); ++i) {
        QString label = m_lanes[i].label;
        label.replace(QLatin1Char('"'), QStringLiteral("\"\""));
        for (const auto& block : m_tracks[i].blocks) {
            out += QStringLiteral("\"%1\",%2,%3,%4,%5,%6,%7,%8,%9\n")
                       .arg(label)
                       .arg(block.round)
                       .arg(questionCell(block.start), questionCell(block.draft), questionCell(block.verify), questionCell(block.overhead),
                            questionCell(block.end()))
                       .arg(block.kept)
                       .arg(block.tokens);
        }
    }
    return out.toUtf8();
}

// --- keys and mouse ---------------------------------------------------------------------------------------------------------------------

void CompareView::stepClock(int steps)
{
    std::vector<double> ends = {0};
    for (const auto& track : m_tracks) {
        for (const auto& block : track.blocks) {
            ends.push_back(block.end());
        }
    }
    std::ranges::sort(ends);
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
    const auto at =
        steps > 0 ? std::ranges::upper_bound(ends, m_clock) - ends.begin() - 1 : std::ranges::lower_bound(ends, m_clock) - ends.begin();
    const auto wanted = std::clamp<std::ptrdiff_t>(at + steps, 0, static_cast<std::ptrdiff_t>(ends.size()) - 1);
    setClock(ends[static_cast<std::size_t>(wanted)]);
}

void CompareView::keyPressEvent(QKeyEvent* event)
{
    if (m_lanes.empty()) {
        View::keyPressEvent(event);
        return;
    }
    const int far = event->modifiers().testFlag(Qt::ControlModifier) ? kManySteps : 1;
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
        setPlaying(false);
        stepClock(event->key() == Qt::Key_Left ? -far : far);
        break;
    case Qt::Key_Home:
    case Qt::Key_End:
        setPlaying(false);
        setClock(event->key() == Qt::Key_Home ? 0 : m_end);
        break;
    case Qt::Key_Up:
        choose(m_chosen - 1);
        break;
    case Qt::Key_Down:
        choose(m_chosen + 1);
        break;
    case Qt::Key_Space:
        setPlaying(!playing());
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        Q_EMIT opened(m_chosen);
        break;
    default:
        View::keyPressEvent(event);
        return;
    }
    event->accept();
}

bool CompareView::event(QEvent* event)
{
    // Space and Ctrl with an arrow are the window's for the timeline; with the focus here they are the clock's.
    if (event->type() == QEvent::ShortcutOverride && !m_lanes.empty()) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Space || key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Home || key == Qt::Key_End) {
            event->accept();
            return true;
        }
    }
    if (event->type() != QEvent::ToolTip) {
        return View::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    if (const QString tip = tipAt(help->pos()); !tip.isEmpty()) {
        QToolTip::showText(help->globalPos(), tip, this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

void CompareView::mousePressEvent(QMouseEvent* event)
{
    if (m_lanes.empty() || event->button() != Qt::LeftButton) {
        return;
    }
    const auto places = placesOf(size(), font());
    choose(laneAt(places, event->position()));
    if (m_end > 0) {
        setPlaying(false);
        setClock((event->position().x() - places.left) / places.width * m_end);
    }
}

void CompareView::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons().testFlag(Qt::LeftButton) && m_end > 0) {
        const auto places = placesOf(size(), font());
        setClock((event->position().x() - places.left) / places.width * m_end);
    }
}

void CompareView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (const int lane = laneAt(placesOf(size(), font()), event->position()); lane >= 0) {
        Q_EMIT opened(lane);
    }
}

void CompareView::hideEvent(QHideEvent* event)
{
    setPlaying(false);
    View::hideEvent(event);
}

QString CompareView::tipAt(const QPointF& position) const
{
    const auto places = placesOf(size(), font());
    const int lane = laneAt(places, position);
    if (lane < 0) {
        return {};
    }
    const auto& blocks = m_tracks[static_cast<std::size_t>(lane)].blocks;
    const double moment = (position.x() - places.left) / places.width * m_end;
    const auto it = std::ranges::lower_bound(blocks, moment, {}, &Block::end);
    if (m_end <= 0 || it == blocks.end() || it->start > moment) {
        return laneText(lane);
    }
    return tr("round %1: draft %2 ms, verify %3 ms, overhead %4 ms")
               .arg(it->round + 1)
               .arg(questionNumber(it->draft), questionNumber(it->verify), questionNumber(it->overhead)) +
           QLatin1Char('\n') + tr("%n token(s) committed", nullptr, it->kept) + QLatin1Char('\n') + laneText(lane);
}

}  // namespace timberline::widgets
