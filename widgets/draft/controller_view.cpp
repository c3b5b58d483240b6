// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/controller_view.h"

#include "core/record/folds.h"
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
#include <limits>

namespace timberline::widgets {

namespace {

constexpr double kMargin = 12;
constexpr int kMostCandidates = 99;  ///< two digits in the statistics' keys

double statistic(const record::Round& round, const std::string& key)
{
    const auto it = round.statistics.find(key);
    return it == round.statistics.end() ? std::numeric_limits<double>::quiet_NaN() : it->second;
}

std::string numbered(const char* name, int number)
{
    return std::string(name) + (number < 10 ? "_0" : "_") + std::to_string(number);
}

}  // namespace

std::optional<SwitchedToken> switchedTokenOf(const record::Round& round)
{
    SwitchedToken out;
    out.round = round.index;
    out.entropy = statistic(round, "entropy_bits");
    out.mean = statistic(round, "mean_entropy_bits");
    out.threshold = statistic(round, "threshold_bits");
    const double model = statistic(round, "model");
    const double caught = statistic(round, "catch_up_tokens");
    if (!std::isfinite(out.entropy) || !std::isfinite(out.mean) || !std::isfinite(out.threshold) || !std::isfinite(model)) {
        return std::nullopt;
    }
    out.large = model != 0;
    out.caughtUp = caught >= 0 && caught < 1e9 ? static_cast<int>(caught) : 0;
    return out;
}

std::optional<GuidedRound> guidedRoundOf(const record::Round& round)
{
    GuidedRound out;
    out.round = round.index;
    for (int candidate = 1; candidate <= kMostCandidates; ++candidate) {
        const double weight = statistic(round, numbered("weight", candidate));
        const double value = statistic(round, numbered("value", candidate));
        if (!(weight >= 0 && weight <= 1) || std::isnan(value)) {
            break;
        }
        out.weights.push_back(weight);
        out.values.push_back(value);
    }
    if (out.weights.empty()) {
        return std::nullopt;
    }
    const double chosen = statistic(round, "chosen");
    out.chosen = chosen >= 1 && chosen <= static_cast<double>(out.weights.size()) ? static_cast<int>(chosen) - 1 : -1;
    out.effective = statistic(round, "effective_candidates");
    out.reward = statistic(round, "reward");
    return out;
}

std::optional<SwitchingCost> switchingCost(const record::Record& record)
{
    const auto* baseline = record::last_baseline(record);
    if (baseline == nullptr || baseline->ids.empty()) {
        return std::nullopt;
    }
    const auto ids = record::generated_ids(record);
    SwitchingCost out;
    out.compared = static_cast<int>(std::min(ids.size(), baseline->ids.size()));
    for (int i = 0; i < out.compared; ++i) {
        if (ids[static_cast<std::size_t>(i)] != baseline->ids[static_cast<std::size_t>(i)]) {
            out.first = out.first < 0 ? i : out.first;
            ++out.different;
        }
    }
    return out;
}

ControllerView::ControllerView(RecordModel* model, SelectionModel* selection, QWidget* parent)
    : RefoldedView(QStringLiteral("draft-controller"), tr("Controller"), model, parent), m_selection(selection)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(model, &RecordModel::changed, this, &ControllerView::look);
    connect(model, &RecordModel::shownChanged, this, qOverload<>(&QWidget::update));
    look();
    refold();
}

void ControllerView::look()
{
    if (m_looked != model()->generation()) {
        m_looked = model()->generation();
        m_lookedRounds = 0;
        m_found = false;
    }
    while (!m_found && m_lookedRounds < model()->roundCount()) {
        const auto* round = model()->round(m_lookedRounds++);
        m_found = round != nullptr && (switchedTokenOf(*round) || guidedRoundOf(*round));
    }
}

void ControllerView::refold()
{
    m_tokens.clear();
    m_guided.clear();
    for (const auto* round : record::rounds(model()->record())) {
        if (auto token = switchedTokenOf(*round)) {
            m_tokens.push_back(*token);
        } else if (auto guided = guidedRoundOf(*round)) {
            m_guided.push_back(std::move(*guided));
        }
    }
    if (!m_tokens.empty() || !m_guided.empty()) {
        setData();
    } else {
        setEmpty(
            tr("What a controller that changes the text's law did will stand here: choose entropy-adaptive or value-guided decoding and "
               "press Run."));
    }
}

const std::vector<SwitchedToken>& ControllerView::tokens() const
{
    catchUp();
    return m_tokens;
}

const std::vector<GuidedRound>& ControllerView::guided() const
{
    catchUp();
    return m_guided;
}

int ControllerView::shownIndex() const
{
    const int last = model()->shownRounds() - 1;
    const auto before = [last](const auto& list) {
        const auto it = std::ranges::upper_bound(list, last, {}, [](const auto& one) { return one.round; });
        return static_cast<int>(it - list.begin()) - 1;
    };
    return m_tokens.empty() ? before(m_guided) : before(m_tokens);
}

// --- words ------------------------------------------------------------------------------------------------------------------------------

QString ControllerView::tokenText(const SwitchedToken& token) const
{
    QString out = tr("Round %1: written by the %2 model").arg(token.round + 1).arg(token.large ? tr("large") : tr("small"));
    out += QLatin1Char('\n') + tr("entropy %1 bits, mean %2, threshold %3")
                                   .arg(questionNumber(token.entropy), questionNumber(token.mean), questionNumber(token.threshold));
    if (token.caughtUp > 0) {
        out += QLatin1Char('\n') + tr("it read %n token(s) of the other model first", nullptr, token.caughtUp);
    }
    return out;
}

QStringList ControllerView::switchingWords() const
{
    const auto small = std::ranges::count(m_tokens, false, &SwitchedToken::large);
    int switches = 0;
    for (std::size_t i = 1; i < m_tokens.size(); ++i) {
        switches += m_tokens[i].large != m_tokens[i - 1].large ? 1 : 0;
    }
    QStringList out;
    out << tr("The small model wrote %1 % of %2 tokens; %n switch(es).", nullptr, switches)
               .arg(questionNumber(100.0 * static_cast<double>(small) / static_cast<double>(m_tokens.size()), 0))
               .arg(m_tokens.size());
    const auto cost = switchingCost(model()->record());
    if (!cost) {
        out << tr("What that costs in text is told once plain decoding was measured beside it.");
    } else if (cost->first < 0) {
        out << tr("The text is that of the large model alone, as far as both go (%n token(s)).", nullptr, cost->compared);
    } else {
        out << tr("Cost: %1 of %2 tokens are not those of the large model alone, the first at token %3.")
                   .arg(cost->different)
                   .arg(cost->compared)
                   .arg(cost->first + 1);
    }
    return out;
}

QStringList ControllerView::guidedWords() const
{
    const int at = shownIndex();
    if (at < 0) {
        return {tr("No round with candidates up to here.")};
    }
    const auto& round = m_guided[static_cast<std::size_t>(at)];
    QStringList out;
    const auto [low, high] = std::ranges::minmax_element(round.values);
    out << (round.chosen >= 0 ? tr("Round %1: candidate %2 of %3 was kept, value %4.")
                                    .arg(round.round + 1)
                                    .arg(round.chosen + 1)
                                    .arg(round.weights.size())
                                    .arg(questionNumber(round.values[static_cast<std::size_t>(round.chosen)]))
                              : tr("Round %1: no candidate was possible.").arg(round.round + 1));
    out << tr("Values from %1 to %2. The model drew the candidates; the tilted law chose among them.")
               .arg(questionNumber(*low), questionNumber(*high));
    out << (round.effective < 2 ? tr("Effective candidates: %1. Below 2 one candidate decides: take more of them, or a larger softness.")
                                : tr("Effective candidates: %1."))
               .arg(questionNumber(round.effective, 1));
    if (std::isfinite(round.reward)) {
        out << tr("Reward of the text so far: %1.").arg(questionNumber(round.reward));
    }
    return out;
}

QStringList ControllerView::words() const
{
    catchUp();
    return !m_tokens.empty() ? switchingWords() : !m_guided.empty() ? guidedWords() : QStringList();
}

QString ControllerView::summary() const
{
    const auto all = words();
    return all.empty() ? stateText() : all.join(QLatin1Char(' '));
}

QByteArray ControllerView::toCsv() const
{
    catchUp();
    QString out;
    if (!m_tokens.empty()) {
        out = QStringLiteral("round,model,entropy_bits,mean_entropy_bits,threshold_bits,catch_up_tokens\n");
        for (const auto& token : m_tokens) {
            out += QStringLiteral("%1,%2,%3,%4,%5,%6\n")
                       .arg(token.round)
                       .arg(token.large ? QStringLiteral("large") : QStringLiteral("small"))
                       .arg(questionCell(token.entropy), questionCell(token.mean), questionCell(token.threshold))
                       .arg(token.caughtUp);
        }
        return out.toUtf8();
    }
    out = QStringLiteral("round,candidate,value,weight,chosen,effective_candidates,reward\n");
    for (const auto& round : m_guided) {
        for (std::size_t i = 0; i < round.weights.size(); ++i) {
            out += QStringLiteral("%1,%2,%3,%4,%5,%6,%7\n")
                       .arg(round.round)
                       .arg(i + 1)
                       .arg(questionCell(round.values[i]), questionCell(round.weights[i]))
                       .arg(static_cast<int>(i) == round.chosen ? 1 : 0)
                       .arg(questionCell(round.effective), questionCell(round.reward));
        }
    }
    return out.toUtf8();
}

// --- painting ---------------------------------------------------------------------------------------------------------------------------

QRectF ControllerView::plotOf(const QSizeF& size, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    const auto parts = besides(QRectF(kMargin, 6, size.width() - 2 * kMargin, size.height() - 12), font);
    const double left = metrics.horizontalAdvance(QStringLiteral("00.0")) + 8;
    return {parts.picture.left() + left, parts.picture.top() + 2.2 * line, parts.picture.width() - left,
            parts.picture.height() - 3.6 * line};
}

void ControllerView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    catchUp();
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme) || (m_tokens.empty() && m_guided.empty())) {
        return;
    }
    painter.save();
    const auto parts = besides(QRectF(kMargin, 6, size.width() - 2 * kMargin, size.height() - 12), painter.font());
    if (!m_tokens.empty()) {
        paintSwitching(painter, size, theme);
    } else {
        paintGuided(painter, parts.picture, theme);
    }
    drawWords(painter, parts.words, words(), theme);
    painter.restore();
}

void ControllerView::paintGuided(QPainter& painter, const QRectF& box, const Theme& theme) const
{
    const int at = shownIndex();
    if (at < 0 || box.height() < 40) {
        return;
    }
    const auto& round = m_guided[static_cast<std::size_t>(at)];
    LawBars bars;
    bars.targetName = tr("drawn");
    bars.seenName = tr("tilted law");
    bars.seen = round.weights;
    bars.target.assign(round.weights.size(), 1.0 / static_cast<double>(round.weights.size()));
    bars.cursor = round.chosen;
    for (std::size_t i = 0; i < round.weights.size(); ++i) {
        bars.labels << QString::number(i + 1);
    }
    drawLawBars(painter, box, bars, theme);
}

void ControllerView::paintSwitching(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    const QRectF plot = plotOf(size, painter.font());
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    if (plot.height() < 16 || plot.width() < 16) {
        return;
    }
    double top = 1;
    for (const auto& token : m_tokens) {
        top = std::max({top, token.entropy, token.mean});
    }
    // A threshold far above every entropy says only that the small model writes on.
    top = std::max(top, std::min(m_tokens.back().threshold, 1.5 * top)) * 1.05;
    const auto count = static_cast<double>(m_tokens.size());
    const double slot = std::min(plot.width() / count, 2 * line);
    const auto x = [&](std::size_t i) { return plot.left() + (static_cast<double>(i) + 0.5) * slot; };
    const auto y = [&](double bits) { return plot.bottom() - std::clamp(bits / top, 0.0, 1.0) * plot.height(); };
    for (const double tick : {0.0, top / 2, top}) {
        painter.setPen(QPen(theme.hairline, 1, tick > 0 ? Qt::DotLine : Qt::SolidLine));
        painter.drawLine(QPointF(plot.left(), y(tick)), QPointF(plot.right(), y(tick)));
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(plot.left() - 60, y(tick) - line / 2, 54, line), Qt::AlignRight | Qt::AlignVCenter,
                         questionNumber(tick, 1));
    }
    QPolygonF means, thresholds;
    const double r = std::clamp(slot * 0.3, 1.0, 4.0);
    const int shown = shownIndex();
    const auto stride = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(0.5 / slot)));  // not more than two dots a pixel
    for (std::size_t i = 0; i < m_tokens.size(); i += stride) {
        const auto& token = m_tokens[i];
        painter.setOpacity(static_cast<int>(i) <= shown ? 1 : 0.4);
        painter.setPen(QPen(token.large ? theme.accepted : theme.quietInk, 1.2));
        painter.setBrush(token.large ? QBrush(theme.accepted) : QBrush(Qt::NoBrush));
        painter.drawEllipse(QPointF(x(i), y(token.entropy)), r, r);
        means << QPointF(x(i), y(token.mean));
        thresholds << QPointF(x(i), y(token.threshold));
    }
    painter.setOpacity(1);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.rejected, 1.2, Qt::DashLine));
    painter.drawPolyline(thresholds);
    painter.setPen(QPen(theme.ink, 1.6));
    painter.drawPolyline(means);
    if (shown >= 0) {
        painter.setPen(QPen(theme.accent, 2));
        painter.drawLine(QPointF(x(static_cast<std::size_t>(shown)), plot.top() - 3),
                         QPointF(x(static_cast<std::size_t>(shown)), plot.bottom()));
    }
    painter.setPen(theme.quietInk);
    painter.drawText(QRectF(plot.left(), plot.bottom() + 2, plot.width(), line), Qt::AlignLeft | Qt::AlignVCenter, tr("token"));
    painter.drawText(QRectF(kMargin, plot.top() - 2.2 * line, plot.right() - kMargin, line), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(tr("bits: ● large, ○ small, — mean, ┄ threshold"), Qt::ElideRight,
                                        plot.right() - kMargin));
}

// --- input ------------------------------------------------------------------------------------------------------------------------------

int ControllerView::tokenAt(const QPointF& position) const
{
    const QRectF plot = plotOf(size(), font());
    if (m_tokens.empty() || !plot.adjusted(0, -6, 0, 24).contains(position)) {
        return -1;
    }
    const double slot = std::min(plot.width() / static_cast<double>(m_tokens.size()), 2 * std::ceil(QFontMetricsF(font()).height()));
    const int token = static_cast<int>((position.x() - plot.left()) / slot);
    return token >= 0 && token < static_cast<int>(m_tokens.size()) ? token : -1;
}

void ControllerView::goTo(int index)
{
    const auto count = static_cast<int>(m_tokens.empty() ? m_guided.size() : m_tokens.size());
    if (count == 0) {
        return;
    }
    const auto at = static_cast<std::size_t>(std::clamp(index, 0, count - 1));
    const int round = m_tokens.empty() ? m_guided[at].round : m_tokens[at].round;
    model()->setShownRounds(round + 1);
    Selected selected = m_selection->current();
    if (selected.round != round) {
        selected.round = round;
        selected.node = -1;
        m_selection->select(selected);
    }
    setAccessibleDescription(m_tokens.empty() ? guidedWords().join(QLatin1Char(' ')) : tokenText(m_tokens[at]));
    update();
}

bool ControllerView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return RefoldedView::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    if (const int token = tokenAt(help->pos()); token >= 0) {
        QToolTip::showText(help->globalPos(), tokenText(m_tokens[static_cast<std::size_t>(token)]), this);
    } else if (state() == ViewState::Data) {
        QToolTip::showText(help->globalPos(), words().join(QLatin1Char('\n')), this);
    }
    return true;
}

void ControllerView::mousePressEvent(QMouseEvent* event)
{
    if (const int token = tokenAt(event->position()); token >= 0) {
        goTo(token);
    }
}

void ControllerView::keyPressEvent(QKeyEvent* event)
{
    if ((m_tokens.empty() && m_guided.empty()) || (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier))) {
        RefoldedView::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left:
        goTo(shownIndex() - 1);
        break;
    case Qt::Key_Right:
        goTo(shownIndex() + 1);
        break;
    case Qt::Key_Home:
        goTo(0);
        break;
    case Qt::Key_End:
        goTo(std::numeric_limits<int>::max());
        break;
    default:
        RefoldedView::keyPressEvent(event);
    }
}

}  // namespace timberline::widgets
