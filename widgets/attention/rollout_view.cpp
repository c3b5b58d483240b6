// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/rollout_view.h"

#include "widgets/plot/colour_map.h"
#include "widgets/theme/theme.h"

#include <QFontDatabase>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

RolloutView::RolloutView(AttentionModel* model, SelectionModel* selection, QWidget* parent)
    : View(QStringLiteral("attention-rollout"), tr("Rollout"), parent), m_model(model), m_selection(selection)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(m_model, &AttentionModel::changed, this, &RolloutView::refresh);
    connect(m_model, &AttentionModel::recordReplaced, this, &RolloutView::forget);
    connect(m_selection, &SelectionModel::changed, this, &RolloutView::refresh);
    connect(m_selection, &SelectionModel::hoverChanged, this, qOverload<>(&QWidget::update));
    refresh();
}

void RolloutView::setProvider(std::function<void(int)> provider)
{
    m_provider = std::move(provider);
    ask();
}

void RolloutView::forget()
{
    m_rollout.reset();
    m_asked = -1;
    m_failure.clear();
    refresh();
}

void RolloutView::refresh()
{
    const int token = m_selection->current().token;
    if (m_model->empty()) {
        setEmpty(tr("How much each input token contributes to a position, layer by "
                    "layer, will stand here: press Run."));
    } else if (token < 0 || token >= m_model->positions()) {
        setEmpty(tr("Select a token: in the map, in the curve or in the text."));
    } else {
        if (token != m_failedFor) {
            m_failure.clear();
        }
        ask();
        if (!m_failure.isEmpty()) {
            setError(m_failure, m_failureHint);
        } else if (m_rollout && m_rollout->position == token) {
            setData();
        } else if (m_asked == token) {
            setBusy();
        } else {
            setEmpty(tr("The rollout of the selected token is computed when this view is opened."));
        }
    }
    setAccessibleDescription(summary());
    update();
}

void RolloutView::ask()
{
    const int token = m_selection->current().token;
    if (m_provider && (m_eager || isVisible()) && token >= 0 && token < m_model->positions() && token != m_asked &&
        !(m_rollout && m_rollout->position == token)) {
        m_asked = token;
        m_provider(token);
    }
}

void RolloutView::setEager(bool on)
{
    m_eager = on;
    refresh();
}

void RolloutView::setRollout(record::AttentionRollout rollout)
{
    m_rollout = std::move(rollout);
    m_failure.clear();
    refresh();
}

void RolloutView::rolloutFailed(const QString& sentence, const QString& hint)
{
    m_failure = sentence;
    m_failureHint = hint;
    m_failedFor = m_selection->current().token;
    refresh();
}

void RolloutView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    refresh();
}

QSizeF RolloutView::contentSize() const
{
    return {640, std::max(240.0, 26.0 * (m_rollout ? m_rollout->layers : 8) + 80)};
}

RolloutView::Layout RolloutView::layoutFor(const QSizeF& size, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    Layout out;
    const double left = metrics.horizontalAdvance(tr("layer")) + metrics.horizontalAdvance(QStringLiteral(" 00")) + 10;
    const double right = metrics.horizontalAdvance(QStringLiteral("0.00 ") + tr("nats")) + 14;
    const double top = metrics.height() + 6;
    const int tokens = m_rollout ? m_rollout->position + 1 : 1;
    const double width = std::max(16.0, size.width() - left - right);
    // Labels stand upright, so they need a line's height across.
    out.labels = width / tokens >= metrics.height() * 0.9 && size.height() > metrics.height() * 10 ? metrics.averageCharWidth() * 8
                                                                                                   : metrics.height() + 2;
    out.area = QRectF(left, top, width, std::max(16.0, size.height() - top - out.labels - 6));
    out.row = out.area.height() / std::max(1, m_rollout ? m_rollout->layers : 1);
    return out;
}

void RolloutView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (!paintState(painter, QRectF(QPointF(0, 0), size), theme) && m_rollout) {
        paintBars(painter, size, theme, false);
    }
}

void RolloutView::paintBars(QPainter& painter, const QSizeF& size, const Theme& theme, bool interactive) const
{
    const Layout layout = layoutFor(size, painter.font());
    const QFontMetricsF metrics(painter.font());
    const int tokens = m_rollout->position + 1;
    const int bars = std::min(tokens, std::max(1, static_cast<int>(layout.area.width())));
    const double width = layout.area.width() / bars;
    const int layer = m_layer < 0 ? m_rollout->layers - 1 : std::min(m_layer, m_rollout->layers - 1);
    painter.setPen(theme.quietInk);
    QString caption = tr("what position %1 “%2” is made of").arg(m_rollout->position).arg(m_model->tokenLabel(m_rollout->position));
    caption += QStringLiteral(" · ") + tr("each row to its largest");
    if (m_rollout->implied) {
        caption += QStringLiteral(" · ") + tr("what-if, model not trained for this");
    }
    painter.drawText(QRectF(layout.area.left(), 0, layout.area.width(), metrics.height() + 4), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(caption, Qt::ElideRight, layout.area.width()));
    painter.drawText(QRectF(layout.area.right(), 0, size.width() - layout.area.right() - 4, metrics.height() + 4),
                     Qt::AlignRight | Qt::AlignVCenter, tr("entropy"));
    const int everyLabel = std::max(1, static_cast<int>(std::ceil(metrics.height() / layout.row)));
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (int depth = 0; depth < m_rollout->layers; ++depth) {
        const QRectF row(layout.area.left(), layout.area.top() + depth * layout.row, layout.area.width(), layout.row);
        const float* weights = m_rollout->weights.data() + static_cast<std::size_t>(depth) * static_cast<std::size_t>(tokens);
        const bool chosen = depth == layer;
        if (chosen && interactive) {
            painter.fillRect(row, mix(theme.background, theme.accent, 0.14));
        }
        const float largest = *std::max_element(weights, weights + tokens);
        for (int bar = 0; bar < bars; ++bar) {
            const int begin = static_cast<int>(static_cast<qint64>(bar) * tokens / bars);
            const int end = std::max(begin + 1, static_cast<int>(static_cast<qint64>(bar + 1) * tokens / bars));
            const float weight = *std::max_element(weights + begin, weights + end);
            const double height = largest > 0 ? (row.height() - 3) * static_cast<double>(weight / largest) : 0;
            const double gap = width >= 4 ? 1 : 0;
            const bool lit = interactive && begin <= std::max(m_token, m_hovered.second) && end > std::max(m_token, m_hovered.second) &&
                             std::max(m_token, m_hovered.second) >= 0;
            painter.fillRect(QRectF(row.left() + bar * width, row.bottom() - 1 - height, width - gap, height),
                             lit ? theme.accent : theme.accepted);
        }
        painter.setPen(QPen(theme.hairline, 1));
        painter.drawLine(QPointF(row.left(), row.bottom() - 1), QPointF(row.right(), row.bottom() - 1));
        // The chosen row is always named; neighbours whose name would touch it are not.
        const bool crowded = depth != layer && std::abs(depth - layer) < everyLabel;
        if (chosen || (depth % everyLabel == 0 && !crowded)) {
            painter.setPen(chosen ? theme.ink : theme.quietInk);
            painter.drawText(QRectF(0, row.center().y() - metrics.height(), row.left() - 6, 2 * metrics.height()),
                             Qt::AlignRight | Qt::AlignVCenter, depth == 0 ? tr("layer") + QStringLiteral(" 0") : QString::number(depth));
            painter.drawText(
                QRectF(row.right() + 4, row.center().y() - metrics.height(), size.width() - row.right() - 8, 2 * metrics.height()),
                Qt::AlignRight | Qt::AlignVCenter,
                numberText(static_cast<double>(m_rollout->entropy[static_cast<std::size_t>(depth)]), 2) + QLatin1Char(' ') + tr("nats"));
        }
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(theme.quietInk);
    const double under = layout.area.bottom() + 3;
    if (layout.labels > metrics.height() * 1.5) {
        QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
        fixed.setPointSizeF(painter.font().pointSizeF());
        painter.save();
        painter.setFont(fixed);
        for (int token = 0; token < tokens; ++token) {
            painter.save();
            painter.translate(layout.area.left() + (token + 0.5) * width - metrics.height() / 2, under + layout.labels - 4);
            painter.rotate(-90);
            painter.drawText(QRectF(0, 0, layout.labels - 4, metrics.height()), Qt::AlignRight | Qt::AlignVCenter,
                             QFontMetricsF(fixed).elidedText(m_model->tokenLabel(token), Qt::ElideMiddle, layout.labels - 4));
            painter.restore();
        }
        painter.restore();
    } else {
        painter.drawText(QRectF(layout.area.left(), under, layout.area.width(), metrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         QStringLiteral("0"));
        painter.drawText(QRectF(layout.area.left(), under, layout.area.width(), metrics.height()), Qt::AlignCenter,
                         tr("position in the text"));
        painter.drawText(QRectF(layout.area.left(), under, layout.area.width(), metrics.height()), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(tokens - 1));
    }
}

void RolloutView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!paintState(painter, rect(), colors)) {
        if (m_rollout) {
            painter.setOpacity(state() == ViewState::Busy ? 0.5 : 1);
            paintBars(painter, size(), colors, true);
        } else {
            painter.setPen(colors.quietInk);
            painter.drawText(rect(), Qt::AlignCenter, tr("computing …"));
        }
    }
    painter.setOpacity(1);
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

std::pair<int, int> RolloutView::barAt(const QPointF& point) const
{
    if (!m_rollout || (state() != ViewState::Data && state() != ViewState::Busy)) {
        return {-1, -1};
    }
    const Layout layout = layoutFor(size(), font());
    if (!layout.area.contains(point)) {
        return {-1, -1};
    }
    const int tokens = m_rollout->position + 1;
    return {std::clamp(static_cast<int>((point.y() - layout.area.top()) / layout.row), 0, m_rollout->layers - 1),
            std::clamp(static_cast<int>((point.x() - layout.area.left()) / layout.area.width() * tokens), 0, tokens - 1)};
}

void RolloutView::mousePressEvent(QMouseEvent* event)
{
    const auto [layer, token] = barAt(event->position());
    if (layer >= 0) {
        m_layer = layer;
        m_token = token;
        setAccessibleDescription(summary());
        update();
    }
}

void RolloutView::mouseMoveEvent(QMouseEvent* event)
{
    const auto hovered = barAt(event->position());
    if (hovered != m_hovered) {
        m_hovered = hovered;
        Selected over;
        over.token = hovered.second;
        m_selection->hover(over);
        update();
    }
}

void RolloutView::leaveEvent(QEvent* event)
{
    m_hovered = {-1, -1};
    m_selection->hover({});
    update();
    View::leaveEvent(event);
}

void RolloutView::keyPressEvent(QKeyEvent* event)
{
    if (!m_rollout) {
        View::keyPressEvent(event);
        return;
    }
    const int layers = m_rollout->layers;
    const int last = m_rollout->position;
    const int layer = m_layer < 0 ? layers - 1 : m_layer;
    switch (event->key()) {
    case Qt::Key_Up:
        m_layer = std::max(0, layer - 1);
        break;
    case Qt::Key_Down:
        m_layer = std::min(layers - 1, layer + 1);
        break;
    case Qt::Key_Left:
        m_token = std::max(0, m_token - 1);
        break;
    case Qt::Key_Right:
        m_token = std::min(last, m_token + 1);
        break;
    case Qt::Key_Home:
        m_token = 0;
        break;
    case Qt::Key_End:
        m_token = last;
        break;
    default:
        View::keyPressEvent(event);
        return;
    }
    setAccessibleDescription(summary());
    update();
}

bool RolloutView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto [layer, token] = barAt(help->pos());
        QToolTip::showText(help->globalPos(), barText(layer, token), this);
        return true;
    }
    return View::event(event);
}

QString RolloutView::barText(int layer, int token) const
{
    if (!m_rollout || layer < 0 || layer >= m_rollout->layers || token < 0 || token > m_rollout->position) {
        return {};
    }
    const auto at = static_cast<std::size_t>(layer) * static_cast<std::size_t>(m_rollout->position + 1) + static_cast<std::size_t>(token);
    return tr("Through layer %1, token %2 “%3” contributes %4 to position %5")
        .arg(layer)
        .arg(token)
        .arg(m_model->tokenLabel(token))
        .arg(numberText(static_cast<double>(m_rollout->weights[at]), 4))
        .arg(m_rollout->position);
}

QByteArray RolloutView::toCsv() const
{
    QString out = QStringLiteral("layer,position,token,text,weight,entropy_nats\n");
    for (int layer = 0; m_rollout && layer < m_rollout->layers; ++layer) {
        for (int token = 0; token <= m_rollout->position; ++token) {
            const auto at =
                static_cast<std::size_t>(layer) * static_cast<std::size_t>(m_rollout->position + 1) + static_cast<std::size_t>(token);
            out += QStringLiteral("%1,%2,%3,%4,%5,%6\n")
                       .arg(layer)
                       .arg(token)
                       .arg(m_model->token(token))
                       .arg(csvText(m_model->tokenLabel(token)), csvNumber(static_cast<double>(m_rollout->weights[at])),
                            csvNumber(static_cast<double>(m_rollout->entropy[static_cast<std::size_t>(layer)])));
        }
    }
    return out.toUtf8();
}

QString RolloutView::summary() const
{
    if (!m_rollout || m_rollout->layers == 0) {
        return tr("No rollout yet.");
    }
    const int layer = m_layer < 0 ? m_rollout->layers - 1 : std::min(m_layer, m_rollout->layers - 1);
    const float* weights = m_rollout->weights.data() + static_cast<std::size_t>(layer) * static_cast<std::size_t>(m_rollout->position + 1);
    const int largest = static_cast<int>(std::max_element(weights, weights + m_rollout->position + 1) - weights);
    return m_token >= 0 && m_token <= m_rollout->position ? barText(layer, m_token)
                                                          : tr("Largest contribution: %1").arg(barText(layer, largest));
}

}  // namespace timberline::widgets
