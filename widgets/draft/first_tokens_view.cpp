// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/first_tokens_view.h"

#include "widgets/draft/question_paint.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kMargin = 8;
constexpr double kFlag = 1e-3;
}  // namespace

FirstTokensView::FirstTokensView(Label label, QWidget* parent)
    : View(QStringLiteral("draft-first-tokens"), tr("First tokens against the target's law"), parent), m_label(std::move(label))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    clear();
}

void FirstTokensView::setAnswer(record::FirstTokenCheck answer)
{
    m_answer = std::move(answer);
    m_cursor = -1;
    setData();
    setAccessibleDescription(summary());
    update();
}

void FirstTokensView::clear()
{
    m_answer.reset();
    setEmpty(tr("How often the real method wrote each first token will stand here, against the target's law. Press “Draw”."));
    setAccessibleDescription(summary());
}

void FirstTokensView::showWaiting()
{
    m_progress = 0;
    setBusy();
    update();
}

void FirstTokensView::setProgress(double fraction)
{
    m_progress = fraction;
    update();
}

void FirstTokensView::showError(const QString& sentence, const QString& hint)
{
    m_answer.reset();
    setError(sentence, hint);
    setAccessibleDescription(summary());
}

bool FirstTokensView::flagged() const
{
    return m_answer && m_answer->p_value < kFlag;
}

double FirstTokensView::shareOf(int index) const
{
    return static_cast<double>(m_answer->counts[static_cast<std::size_t>(index)]) /
           static_cast<double>(std::max<std::int64_t>(m_answer->draws, 1));
}

bool FirstTokensView::differs(int index) const
{
    // Marked only where the test as a whole failed: among many tokens one is always far off.
    const double law = m_answer->law[static_cast<std::size_t>(index)];
    const double error = std::sqrt(law * (1 - law) / static_cast<double>(std::max<std::int64_t>(m_answer->draws, 1)));
    return flagged() && std::abs(shareOf(index) - law) > 3 * error + 1e-12;
}

QString FirstTokensView::verdict() const
{
    if (!m_answer) {
        return stateText();
    }
    const auto& a = *m_answer;
    if (flagged()) {
        return (a.lossless ? tr("✗ Does not follow the target's law: p = %1.") : tr("Lossy, as declared: p = %1."))
            .arg(QLocale().toString(a.p_value, 'g', 2));
    }
    return a.greedy ? tr("✓ Every draw is the target's likeliest token.")
                    : tr("✓ No difference seen: p = %1.").arg(questionNumber(a.p_value));
}

QStringList FirstTokensView::words() const
{
    if (!m_answer) {
        return {};
    }
    const auto& a = *m_answer;
    QStringList out;
    out << verdict();
    out << tr("%1 first tokens of the real method on the real prompt: total variation %2, chi-square %3 at %n degree(s) of freedom.",
              nullptr, a.degrees)
               .arg(QLocale().toString(static_cast<qlonglong>(a.draws)), questionNumber(a.total_variation, 3),
                    questionNumber(a.statistic, 1));
    if (!a.lossless) {
        out << tr("The rule is lossy for this method's way to draw.");
    }
    return out;
}

QString FirstTokensView::tokenText(int index) const
{
    if (!m_answer || index < 0 || static_cast<std::size_t>(index) >= m_answer->tokens.size()) {
        return {};
    }
    const auto i = static_cast<std::size_t>(index);
    const int token = m_answer->tokens[i];
    return tr("token “%1”: %2 of %3 draws (%4), target %5")
        .arg(m_label ? m_label(token) : QString::number(token), QString::number(m_answer->counts[i]), QString::number(m_answer->draws),
             questionNumber(shareOf(index), 4), questionNumber(m_answer->law[i], 4));
}

QString FirstTokensView::summary() const
{
    return state() == ViewState::Busy ? tr("First tokens are being drawn.") : m_answer ? words().join(QLatin1Char(' ')) : stateText();
}

QByteArray FirstTokensView::toCsv() const
{
    QString out = QStringLiteral("token,text,count,share,target\n");
    for (int i = 0; m_answer && i < static_cast<int>(m_answer->tokens.size()); ++i) {
        const auto at = static_cast<std::size_t>(i);
        QString text = m_label ? m_label(m_answer->tokens[at]) : QString();
        text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
        out += QStringLiteral("%1,\"%2\",%3,%4,%5\n")
                   .arg(QString::number(m_answer->tokens[at]), text, QString::number(m_answer->counts[at]), questionCell(shareOf(i)),
                        questionCell(m_answer->law[at]));
    }
    return out.toUtf8();
}

FirstTokensView::Places FirstTokensView::placesOf(const QSizeF& size, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    const QRectF area(kMargin, 4, size.width() - 2 * kMargin, size.height() - 8);
    double needed = 0;
    for (const auto& paragraph : words()) {
        needed += metrics.boundingRect(QRectF(0, 0, area.width(), 10000), Qt::TextWordWrap, paragraph).height() + std::ceil(line * 0.3);
    }
    Places out;
    out.words = QRectF(area.left(), area.top(), area.width(), std::min(needed + 2, area.height() * 0.6));
    out.bars = QRectF(area.left(), out.words.bottom() + 2, area.width(), area.bottom() - out.words.bottom() - 2);
    const int all = m_answer ? static_cast<int>(m_answer->tokens.size()) : 0;
    const double column = metrics.horizontalAdvance(QStringLiteral("0.000")) + 6;
    out.count =
        std::min(all, std::max(1, static_cast<int>((out.bars.width() - metrics.horizontalAdvance(QStringLiteral("0.00")) - 6) / column)));
    out.first = std::clamp(m_cursor - out.count + 1, 0, std::max(0, all - out.count));
    return out;
}

void FirstTokensView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        return;
    }
    painter.save();
    if (m_answer) {
        const auto places = placesOf(size, painter.font());
        drawWords(painter, places.words, words(), theme);
        LawBars bars;
        for (int i = places.first; i < places.first + places.count; ++i) {
            const auto at = static_cast<std::size_t>(i);
            bars.labels.append(m_label ? m_label(m_answer->tokens[at]) : QString::number(m_answer->tokens[at]));
            bars.target.push_back(m_answer->law[at]);
            bars.seen.push_back(shareOf(i));
            bars.differs.push_back(differs(i));
        }
        bars.targetName = tr("target");
        const auto all = static_cast<int>(m_answer->tokens.size());
        bars.seenName = places.count < all
                            ? tr("drawn (%1–%2 of %3 tokens)").arg(places.first + 1).arg(places.first + places.count).arg(all)
                            : tr("drawn");
        bars.cursor = m_cursor < 0 ? -1 : m_cursor - places.first;
        if (places.bars.height() > 60) {
            drawLawBars(painter, places.bars, bars, theme);
        }
    }
    if (state() == ViewState::Busy) {
        paintWaiting(painter, QRectF(QPointF(0, 0), size),
                     tr("Drawing first tokens: %1 %").arg(static_cast<int>(std::floor(m_progress * 100))), theme);
    }
    painter.restore();
}

void FirstTokensView::paintEvent(QPaintEvent*)
{
    paintQuestionView(*this, hasFocus(), *this);
}

bool FirstTokensView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || !m_answer) {
        return View::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    const auto places = placesOf(size(), font());
    if (const int column = lawBarAt(places.bars, places.count, help->pos(), font()); column >= 0) {
        QToolTip::showText(help->globalPos(), tokenText(places.first + column), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

void FirstTokensView::mousePressEvent(QMouseEvent* event)
{
    const auto places = placesOf(size(), font());
    if (const int column = m_answer ? lawBarAt(places.bars, places.count, event->position(), font()) : -1; column >= 0) {
        m_cursor = places.first + column;
        setAccessibleDescription(tokenText(m_cursor));
        update();
    }
}

void FirstTokensView::keyPressEvent(QKeyEvent* event)
{
    const int all = m_answer ? static_cast<int>(m_answer->tokens.size()) : 0;
    if (all == 0 || (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) != 0) {
        View::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left:
        m_cursor = std::max(0, m_cursor - 1);
        break;
    case Qt::Key_Right:
        m_cursor = std::min(all - 1, m_cursor + 1);
        break;
    case Qt::Key_Home:
        m_cursor = 0;
        break;
    case Qt::Key_End:
        m_cursor = all - 1;
        break;
    default:
        View::keyPressEvent(event);
        return;
    }
    setAccessibleDescription(tokenText(m_cursor));
    QToolTip::showText(mapToGlobal(QPoint(width() / 3, height() / 3)), tokenText(m_cursor), this);
    update();
}

}  // namespace timberline::widgets
