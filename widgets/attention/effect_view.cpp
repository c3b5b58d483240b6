// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/effect_view.h"

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
#include <numeric>

namespace timberline::widgets {

EffectView::EffectView(AttentionModel* model, SelectionModel* selection, QWidget* parent)
    : View(QStringLiteral("attention-effect"), tr("Effect of the edits"), parent), m_model(model), m_selection(selection)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(m_model, &AttentionModel::changed, this, &EffectView::refresh);
    connect(m_model, &AttentionModel::effectChanged, this, [this] {
        m_waiting = false;
        m_failure.clear();
        refresh();
    });
    connect(m_selection, &SelectionModel::changed, this, [this] {
        setAccessibleDescription(summary());
        update();
    });
    connect(m_selection, &SelectionModel::hoverChanged, this, qOverload<>(&QWidget::update));
    refresh();
}

void EffectView::setWaiting(bool on)
{
    m_waiting = on;
    m_failure.clear();
    refresh();
}

void EffectView::effectFailed(const QString& sentence, const QString& hint)
{
    m_waiting = false;
    m_failure = sentence;
    m_failureHint = hint;
    refresh();
}

void EffectView::refresh()
{
    const auto* effect = m_model->effect();
    m_divergence.clear();
    m_most = 0;
    if (!m_failure.isEmpty()) {
        setError(m_failure, m_failureHint);
    } else if (effect != nullptr) {
        for (const float value : effect->divergence) {
            m_divergence.push_back(static_cast<double>(value));
            m_most = std::isfinite(value) ? std::max(m_most, static_cast<double>(value)) : m_most;
        }
        m_waiting ? setBusy() : setData();
    } else if (m_waiting) {
        setBusy();
    } else {
        setEmpty(tr("Switch off, scale or heat a head above: what it does to the "
                    "next token and to the perplexity will stand here, beside the "
                    "unchanged model."));
    }
    m_most = m_most > 0 ? m_most * 1.05 : 1;
    setAccessibleDescription(summary());
    update();
}

EffectView::Layout EffectView::layoutFor(const QSizeF& size, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    const auto* effect = m_model->effect();
    Layout out;
    // The headline wraps where the view is narrow.
    double width = 0;
    int lines = 1;
    for (const auto& part : headline()) {
        const double advance = metrics.horizontalAdvance(part + QStringLiteral("   "));
        lines += width + advance > size.width() - 12 && width > 0 ? 1 : 0;
        width = width + advance > size.width() - 12 && width > 0 ? advance : width + advance;
    }
    out.header = QRectF(8, 2, size.width() - 12, lines * metrics.height() * 1.2);
    const QRectF rest(0, out.header.bottom() + 4, size.width(), std::max(16.0, size.height() - out.header.bottom() - 6));
    out.rows = effect == nullptr ? 0 : static_cast<int>(std::min<std::size_t>(effect->moved.size(), 10));
    if (size.width() > metrics.averageCharWidth() * 90) {
        out.bars = QRectF(8, rest.top(), rest.width() * 0.46 - 8, rest.height());
        out.plot = QRectF(rest.width() * 0.48, rest.top(), rest.width() * 0.52, rest.height());
    } else {
        out.bars = QRectF(8, rest.top(), rest.width() - 16, rest.height() * 0.55);
        out.plot = QRectF(0, rest.top() + rest.height() * 0.56, rest.width(), rest.height() * 0.44);
    }
    out.line = metrics.height() * 1.35;
    // As many pairs as fit under their key; the rest stands in the export.
    out.rows = std::clamp(static_cast<int>((out.bars.height() - metrics.height() * 1.4) / out.line), 0, out.rows);
    return out;
}

TextPlot EffectView::plotIn(const QRectF& area, const QFont& font) const
{
    return TextPlot::inside(area.adjusted(0, QFontMetricsF(font).height(), 0, 0), static_cast<int>(m_divergence.size()), m_most, font,
                            area.height() > QFontMetricsF(font).height() * 8);
}

void EffectView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (!paintState(painter, QRectF(QPointF(0, 0), size), theme) && m_model->effect() != nullptr) {
        paintEffect(painter, size, theme, false);
    }
}

void EffectView::paintEffect(QPainter& painter, const QSizeF& size, const Theme& theme, bool interactive) const
{
    const Layout layout = layoutFor(size, painter.font());
    const QFontMetricsF metrics(painter.font());
    painter.setPen(theme.ink);
    double x = layout.header.left();
    double y = layout.header.top();
    for (const auto& part : headline()) {
        const double advance = metrics.horizontalAdvance(part + QStringLiteral("   "));
        if (x + advance > layout.header.right() && x > layout.header.left()) {
            x = layout.header.left();
            y += metrics.height() * 1.2;
        }
        painter.drawText(QRectF(x, y, advance, metrics.height() * 1.2), Qt::AlignLeft | Qt::AlignVCenter, part);
        x += advance;
    }
    paintMoves(painter, layout, theme);
    const TextPlot plot = plotIn(layout.plot, painter.font());
    plot.drawAxes(painter, tr("KL (nats)"), tr("position in the text"), theme);
    plot.drawBars(painter, m_divergence, mix(theme.background, theme.accepted, 0.85));
    painter.setPen(theme.quietInk);
    painter.drawText(QRectF(plot.area.left(), layout.plot.top(), plot.area.width(), metrics.height() * 1.2),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(tr("KL of the next token's law"), Qt::ElideRight, plot.area.width()));
    if (interactive) {
        plot.drawMark(painter, m_hovered >= 0 ? m_hovered : m_selection->hovered().token, QPen(theme.ink, 1, Qt::DotLine));
        plot.drawMark(painter, m_selection->current().token, QPen(theme.accent, 2));
    }
}

void EffectView::paintMoves(QPainter& painter, const Layout& layout, const Theme& theme) const
{
    const auto* effect = m_model->effect();
    const QFont body = painter.font();
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(body.pointSizeF());
    const QFontMetricsF metrics(body);
    const QFontMetricsF fixedMetrics(fixed);
    const double numbers = metrics.horizontalAdvance(QStringLiteral("0.000 → 0.000")) + 6;
    const double labels = std::min(layout.bars.width() * 0.3, fixedMetrics.averageCharWidth() * 12);
    const double room = std::max(16.0, layout.bars.width() - labels - numbers - 16);
    // The key says what the two bars are; it is drawn as they are.
    double x = layout.bars.left();
    const double top = layout.bars.top();
    const auto key = [&](const QString& name, bool edited) {
        const QRectF swatch(x, top + metrics.height() * 0.3, 18, metrics.height() * 0.5);
        if (edited) {
            painter.fillRect(swatch, QBrush(theme.rejected, Qt::BDiagPattern));
            painter.setPen(QPen(theme.rejected, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(swatch);
        } else {
            painter.fillRect(swatch, theme.accepted);
        }
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(x + 24, top, metrics.horizontalAdvance(name) + 2, metrics.height() * 1.2), Qt::AlignLeft | Qt::AlignVCenter,
                         name);
        x += 24 + metrics.horizontalAdvance(name) + 14;
    };
    key(tr("next token, unchanged"), false);
    key(tr("edited"), true);
    double most = 1e-6;
    for (int row = 0; row < layout.rows; ++row) {
        const auto i = static_cast<std::size_t>(row);
        most = std::max({most, static_cast<double>(effect->moved_base[i]), static_cast<double>(effect->moved_edited[i])});
    }
    double y = top + metrics.height() * 1.4;
    for (int row = 0; row < layout.rows; ++row, y += layout.line) {
        const auto i = static_cast<std::size_t>(row);
        const double base = static_cast<double>(effect->moved_base[i]);
        const double edited = static_cast<double>(effect->moved_edited[i]);
        painter.setFont(fixed);
        painter.setPen(theme.ink);
        painter.drawText(QRectF(layout.bars.left(), y, labels, layout.line), Qt::AlignRight | Qt::AlignVCenter,
                         fixedMetrics.elidedText(m_model->record()->tokenLabel(effect->moved[i]), Qt::ElideMiddle, labels));
        painter.setFont(body);
        const double left = layout.bars.left() + labels + 8;
        const double height = layout.line * 0.36;
        painter.fillRect(QRectF(left, y + layout.line * 0.12, room * base / most, height), theme.accepted);
        const QRectF second(left, y + layout.line * 0.12 + height, room * edited / most, height);
        painter.fillRect(second, QBrush(theme.rejected, Qt::BDiagPattern));
        painter.setPen(QPen(theme.rejected, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(second);
        painter.setPen(theme.ink);
        painter.drawText(QRectF(layout.bars.right() - numbers, y, numbers, layout.line), Qt::AlignRight | Qt::AlignVCenter,
                         numberText(base, 3) + QStringLiteral(" → ") + numberText(edited, 3));
    }
    if (layout.rows == 0 && effect != nullptr && effect->moved.empty()) {
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(layout.bars.left(), y, layout.bars.width(), layout.line), Qt::AlignLeft | Qt::AlignVCenter,
                         tr("no token's chance changed"));
    }
}

void EffectView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!paintState(painter, rect(), colors)) {
        if (m_model->effect() != nullptr) {
            painter.setOpacity(m_waiting ? 0.5 : 1);
            paintEffect(painter, size(), colors, true);
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

void EffectView::select(int position)
{
    if (position >= 0 && position < m_model->positions()) {
        Selected selected = m_selection->current();
        selected.token = position;
        m_selection->select(selected);
    }
}

void EffectView::mousePressEvent(QMouseEvent* event)
{
    if (!m_divergence.empty()) {
        select(plotIn(layoutFor(size(), font()).plot, font()).positionAt(event->position()));
    }
}

void EffectView::mouseMoveEvent(QMouseEvent* event)
{
    const int hovered = m_divergence.empty() ? -1 : plotIn(layoutFor(size(), font()).plot, font()).positionAt(event->position());
    if (hovered != m_hovered) {
        m_hovered = hovered;
        Selected over;
        over.token = hovered;
        m_selection->hover(over);
        update();
    }
}

void EffectView::leaveEvent(QEvent* event)
{
    m_hovered = -1;
    m_selection->hover({});
    update();
    View::leaveEvent(event);
}

void EffectView::keyPressEvent(QKeyEvent* event)
{
    const int last = static_cast<int>(m_divergence.size()) - 1;
    const int now = m_selection->current().token;
    switch (event->key()) {
    case Qt::Key_Left:
        select(std::clamp(now - 1, 0, std::max(0, last)));
        return;
    case Qt::Key_Right:
        select(std::clamp(now + 1, 0, std::max(0, last)));
        return;
    case Qt::Key_Home:
        select(0);
        return;
    case Qt::Key_End:
        select(last);
        return;
    default:
        View::keyPressEvent(event);
    }
}

bool EffectView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QString text;
        if (m_model->effect() != nullptr && state() != ViewState::Error) {
            const Layout layout = layoutFor(size(), font());
            const double first = layout.bars.top() + QFontMetricsF(font()).height() * 1.4;
            if (layout.bars.contains(help->pos()) && help->pos().y() >= first) {
                text = moveText(static_cast<int>((help->pos().y() - first) / layout.line));
            } else {
                text = positionText(plotIn(layout.plot, font()).positionAt(help->pos()));
            }
        }
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return View::event(event);
}

}  // namespace timberline::widgets
