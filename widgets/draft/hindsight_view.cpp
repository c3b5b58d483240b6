// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/hindsight_view.h"

#include "widgets/draft/question_paint.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

constexpr double kMargin = 12;
}  // namespace

HindsightView::HindsightView(RecordModel* model, SelectionModel* selection, HindsightProvider provider, QWidget* parent)
    : RefoldedView(QStringLiteral("draft-hindsight"), tr("Hindsight"), model, parent), m_selection(selection),
      m_provider(std::move(provider))
{
    connect(model, &RecordModel::shownChanged, this, qOverload<>(&QWidget::update));
    refold();
}

void HindsightView::refold()
{
    // Hindsight knows the whole run, whatever moment is looked at: it is how one finds the rounds worth looking at.
    const std::pair asked{model()->generation(), model()->roundCount()};
    if (asked == m_folded) {
        return;
    }
    m_folded = asked;
    m_bars = m_provider && model()->roundCount() > 0 ? m_provider(model()->record(), -1) : std::vector<HindsightBar>{};
    m_means = hindsightMeans(m_bars);
    if (!m_bars.empty()) {
        setData();
    } else if (model()->roundCount() == 0) {
        setEmpty(tr("How much longer each round could have been with the same number of drafted tokens will stand here. Press Run."));
    } else {
        setEmpty(tr("No round of this run drafted anything. Choose a drafter and press Run."));
    }
}

const std::vector<HindsightBar>& HindsightView::bars() const
{
    catchUp();
    return m_bars;
}

const HindsightBar* HindsightView::barOf(int round) const
{
    catchUpRested();
    const auto it = std::ranges::lower_bound(m_bars, round, {}, &HindsightBar::round);
    return it != m_bars.end() && it->round == round ? &*it : nullptr;
}

QString HindsightView::barText(const HindsightBar& bar) const
{
    QString out = tr("round %1, %2 drafted tokens: %3 committed").arg(bar.round + 1).arg(bar.budget).arg(questionNumber(bar.committed, 0));
    out += QLatin1Char('\n') + tr("best tree by the drafter's probabilities: %1").arg(questionNumber(bar.bestCommitted, 0));
    if (std::isfinite(bar.expectedBest)) {
        out += QLatin1Char(' ') + tr("(expected %1)").arg(questionNumber(bar.expectedBest));
    }
    out += QLatin1Char('\n') + tr("longest path of the text among the candidates: %1").arg(questionNumber(bar.longest, 0));
    if (!bar.complete) {
        out += QLatin1Char(' ') + tr("or more: the text ends there");
    }
    return out;
}

QStringList HindsightView::words() const
{
    if (m_bars.empty()) {
        return {};
    }
    const auto& m = m_means;
    const auto extra = [](double value) {
        return (value < 0 ? QStringLiteral("−") : QStringLiteral("+")) + questionNumber(std::abs(value));
    };
    QStringList out;
    switch (m.advice) {
    case HindsightAdvice::Shape:
        out << tr("Mend the shape: another tree by the drafter's own probabilities commits more.");
        break;
    case HindsightAdvice::Rating:
        out << tr("Mend the drafter's ratings, or allow more nodes: the text was among the candidates, but rated too low to be kept.");
        break;
    case HindsightAdvice::Drafter:
        out << tr("Mend the drafter: the text was not among its candidates, so no tree of them commits more.");
        break;
    case HindsightAdvice::None:
        out << (m.rounds < HindsightMeans::kFewestRounds ? tr("Too few rounds to say what to mend.")
                                                         : tr("The numbers favour neither drafter nor shape."));
        break;
    }
    out << tr("Committed a round: %1 tokens (mean of %n round(s)).", nullptr, m.rounds).arg(questionNumber(m.committed));
    out << tr("Best tree by the drafter's probabilities: %1 (%2 ± %3).")
               .arg(questionNumber(m.best), extra(m.bestGap), questionNumber(2 * m.bestError));
    out << tr("Longest path of the text: %1 (%2 ± %3).").arg(questionNumber(m.longest), extra(m.gap), questionNumber(2 * m.gapError));
    out << tr("A longer path was there and not kept in %1 of %2 rounds; the text left the candidates in %3.")
               .arg(m.kept)
               .arg(m.rounds)
               .arg(m.missing);
    return out;
}

QString HindsightView::summary() const
{
    catchUp();
    return m_bars.empty() ? stateText() : words().join(QLatin1Char(' '));
}

QByteArray HindsightView::toCsv() const
{
    QString out = QStringLiteral("round,drafted,committed,best_tree_expected,best_tree_committed,longest_path_committed,complete\n");
    for (const auto& bar : bars()) {
        out += QStringLiteral("%1,%2,%3,%4,%5,%6,%7\n")
                   .arg(bar.round)
                   .arg(bar.budget)
                   .arg(questionCell(bar.committed), questionCell(bar.expectedBest), questionCell(bar.bestCommitted),
                        questionCell(bar.longest))
                   .arg(bar.complete ? 1 : 0);
    }
    return out.toUtf8();
}

// --- painting ---------------------------------------------------------------------------------------------------------------------------

HindsightView::Places HindsightView::placesOf(const QSizeF& size, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    const auto parts = besides(QRectF(kMargin, 6, size.width() - 2 * kMargin, size.height() - 12), font);
    Places out;
    out.words = parts.words;
    out.legend = QRectF(parts.picture.left(), parts.picture.top(), parts.picture.width(), 2 * line);
    if (parts.picture.width() > 64 * metrics.averageCharWidth()) {
        out.legend.setHeight(line);
    }
    const double left = metrics.horizontalAdvance(QStringLiteral("00")) + 8;
    const double above = 1.6 * line;  // the axis' name, clear of the uppermost number
    out.plot = QRectF(parts.picture.left() + left, out.legend.bottom() + above, parts.picture.width() - left,
                      parts.picture.bottom() - 2 * line - 4 - out.legend.bottom() - above);
    for (const auto& bar : m_bars) {
        out.top = std::max({out.top, bar.committed, bar.longest, bar.bestCommitted});
    }
    out.slot = std::min(out.plot.width() / static_cast<double>(std::max<std::size_t>(m_bars.size(), 1)), 2.2 * line);
    return out;
}

int HindsightView::shownBar() const
{
    const auto it = std::ranges::lower_bound(m_bars, model()->shownRounds() - 1, {}, &HindsightBar::round);
    return it != m_bars.end() && it->round == model()->shownRounds() - 1 ? static_cast<int>(it - m_bars.begin()) : -1;
}

void HindsightView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    catchUp();
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme) || m_bars.empty()) {
        return;
    }
    const auto places = placesOf(size, painter.font());
    painter.save();
    paintLegend(painter, places, theme);
    if (places.plot.height() > 16) {
        paintBars(painter, places, theme);
    }
    drawWords(painter, places.words, words(), theme);
    painter.restore();
}

void HindsightView::paintBars(QPainter& painter, const Places& places, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    const auto y = [&places](double tokens) { return places.plot.bottom() - tokens / places.top * places.plot.height(); };
    int step = 1;
    while (y(0) - y(step) < line * 1.2) {
        step = step == 1 ? 2 : step == 2 ? 5 : step * 2;
    }
    for (int tick = 0; tick <= static_cast<int>(places.top); tick += step) {
        painter.setPen(QPen(theme.hairline, 1, tick > 0 ? Qt::DotLine : Qt::SolidLine));
        painter.drawLine(QPointF(places.plot.left(), y(tick)), QPointF(places.plot.right(), y(tick)));
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(places.plot.left() - 60, y(tick) - line / 2, 54, line), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(tick));
    }
    painter.drawText(QRectF(places.legend.left(), places.legend.bottom(), places.legend.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                     tr("tokens a round"));
    const double gap = places.slot > 6 ? 1.5 : 0;
    const int shown = shownBar();
    const double labelWidth = metrics.horizontalAdvance(QString::number(m_bars.back().round + 1)) + 12;
    double freeFrom = places.plot.left() - 10;
    for (std::size_t i = 0; i < m_bars.size(); ++i) {
        const auto& bar = m_bars[i];
        // Rounds after the moment that is looked at recede.
        painter.setOpacity(bar.round < model()->shownRounds() ? 1 : 0.4);
        const double left = places.plot.left() + static_cast<double>(i) * places.slot + gap;
        const double width = std::max(1.0, places.slot - 2 * gap);
        const double middle = left + width / 2;
        painter.fillRect(QRectF(left, y(bar.committed), width, y(0) - y(bar.committed)), mix(theme.background, theme.accepted, 0.8));
        if (bar.longest > bar.committed) {
            const QRectF more(left, y(bar.longest), width, y(bar.committed) - y(bar.longest));
            painter.fillRect(more, QBrush(theme.quietInk, Qt::BDiagPattern));
            painter.setPen(QPen(theme.quietInk, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(more);
        }
        const double r = std::clamp(places.slot * 0.3, 1.5, 5.0);
        const QPointF at(middle, y(bar.bestCommitted));
        painter.setPen(QPen(theme.background, 1));
        painter.setBrush(theme.extra);
        painter.drawPolygon(QPolygonF({at + QPointF(0, -r), at + QPointF(r, 0), at + QPointF(0, r), at + QPointF(-r, 0)}));
        if (static_cast<int>(i) == shown) {
            painter.setPen(QPen(theme.accent, 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(QRectF(left - gap, places.plot.top() - 3, width + 2 * gap, places.plot.height() + 4));
        }
        if (middle - labelWidth / 2 > freeFrom) {
            painter.setPen(theme.quietInk);
            painter.drawText(QRectF(middle - 30, places.plot.bottom() + 3, 60, line), Qt::AlignCenter, QString::number(bar.round + 1));
            freeFrom = middle + labelWidth / 2;
        }
    }
    painter.setOpacity(1);
    painter.setPen(theme.quietInk);
    painter.drawText(QRectF(places.plot.left(), places.plot.bottom() + 3 + line, places.plot.width(), line),
                     Qt::AlignLeft | Qt::AlignVCenter, tr("round"));
}

void HindsightView::paintLegend(QPainter& painter, const Places& places, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    double x = places.legend.left();
    double top = places.legend.top();
    const auto entry = [&](const QString& text, int kind) {
        if (x > places.legend.left() && x + line + 6 + metrics.horizontalAdvance(text) > places.legend.right()) {
            x = places.legend.left();
            top += line;
        }
        const QRectF swatch(x, top + line * 0.2, line * 0.8, line * 0.6);
        if (kind == 0) {
            painter.fillRect(swatch, mix(theme.background, theme.accepted, 0.8));
        } else if (kind == 1) {
            const QPointF at = swatch.center();
            const double r = line * 0.32;
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.extra);
            painter.drawPolygon(QPolygonF({at + QPointF(0, -r), at + QPointF(r, 0), at + QPointF(0, r), at + QPointF(-r, 0)}));
        } else {
            painter.fillRect(swatch, QBrush(theme.quietInk, Qt::BDiagPattern));
            painter.setPen(QPen(theme.quietInk, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(swatch);
        }
        x += line + 4;
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(x, top, metrics.horizontalAdvance(text) + 4, line), Qt::AlignLeft | Qt::AlignVCenter, text);
        x += metrics.horizontalAdvance(text) + 14;
    };
    entry(tr("committed"), 0);
    entry(tr("best tree"), 1);
    entry(tr("longest path beyond it"), 2);
}

// --- input ------------------------------------------------------------------------------------------------------------------------------

int HindsightView::barAt(const QPointF& position) const
{
    const auto places = placesOf(size(), font());
    if (m_bars.empty() || !places.plot.adjusted(0, -6, 0, 24).contains(position)) {
        return -1;
    }
    const int bar = static_cast<int>((position.x() - places.plot.left()) / places.slot);
    return bar >= 0 && bar < static_cast<int>(m_bars.size()) ? bar : -1;
}

void HindsightView::goTo(int bar)
{
    if (m_bars.empty()) {
        return;
    }
    const auto& chosen = m_bars[static_cast<std::size_t>(std::clamp(bar, 0, static_cast<int>(m_bars.size()) - 1))];
    const QString text = barText(chosen);
    const int round = chosen.round;
    model()->setShownRounds(round + 1);
    Selected selected = m_selection->current();
    if (selected.round != round) {
        selected.round = round;
        selected.node = -1;
        m_selection->select(selected);
    }
    setAccessibleDescription(text);
    update();
}

bool HindsightView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return RefoldedView::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    if (const int bar = barAt(help->pos()); bar >= 0) {
        QToolTip::showText(help->globalPos(), barText(m_bars[static_cast<std::size_t>(bar)]), this);
    } else if (placesOf(size(), font()).words.contains(help->pos())) {
        QToolTip::showText(help->globalPos(), words().join(QLatin1Char('\n')), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

void HindsightView::mousePressEvent(QMouseEvent* event)
{
    if (const int bar = barAt(event->position()); bar >= 0) {
        goTo(bar);
    }
}

void HindsightView::keyPressEvent(QKeyEvent* event)
{
    if (m_bars.empty() || (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier))) {
        RefoldedView::keyPressEvent(event);
        return;
    }
    const int shown = shownBar();
    switch (event->key()) {
    case Qt::Key_Left:
        goTo(shown < 0 ? static_cast<int>(m_bars.size()) - 1 : shown - 1);
        break;
    case Qt::Key_Right:
        goTo(shown + 1);
        break;
    case Qt::Key_Home:
        goTo(0);
        break;
    case Qt::Key_End:
        goTo(static_cast<int>(m_bars.size()) - 1);
        break;
    default:
        RefoldedView::keyPressEvent(event);
    }
}

}  // namespace timberline::widgets
