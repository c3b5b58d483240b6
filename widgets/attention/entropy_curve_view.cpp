// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/entropy_curve_view.h"

#include "widgets/plot/colour_map.h"
#include "widgets/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

EntropyCurveView::EntropyCurveView(AttentionModel* model, SelectionModel* selection, QWidget* parent)
    : View(QStringLiteral("attention-entropy"), tr("Entropy along the text"), parent), m_model(model), m_selection(selection)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(m_model, &AttentionModel::changed, this, &EntropyCurveView::refresh);
    connect(m_selection, &SelectionModel::changed, this, [this] {
        const auto& now = m_selection->current();
        if (now.layer != m_layer || now.head != m_head) {
            refresh();
        }
        setAccessibleDescription(summary());
        update();
    });
    connect(m_selection, &SelectionModel::hoverChanged, this, qOverload<>(&QWidget::update));
    refresh();
}

bool EntropyCurveView::hasHead() const
{
    return m_layer >= 0 && m_layer < m_model->layers() && m_head >= 0 && m_head < m_model->heads();
}

void EntropyCurveView::refresh()
{
    m_layer = m_selection->current().layer;
    m_head = m_selection->current().head;
    m_curves = {};
    if (m_model->empty()) {
        setEmpty(tr("How widely the selected head attends, token by token, will "
                    "stand here: press Run."));
    } else {
        setData();
    }
    double widest = 1;
    for (int position = 0; position < m_model->positions(); ++position) {
        const auto [rows, row] = m_model->place(position);
        const auto index = static_cast<std::size_t>(row);
        if (hasHead()) {
            const int visible = rows->visible[rows->at(m_layer, m_head, row)];
            m_curves.valid.push_back(m_model->rowValid(m_layer, m_head, position));
            m_curves.entropy.push_back(m_model->rowValue(HeadStatistic::Entropy, m_layer, m_head, position));
            m_curves.ceiling.push_back(visible >= 2 ? std::log(visible) : std::nan(""));
            widest = std::max(widest, visible >= 2 ? std::log(visible) : 0.0);
        }
        m_curves.next.push_back(static_cast<double>(rows->next_entropy[index]));
        m_curves.surprisal.push_back(static_cast<double>(rows->surprisal[index]));
        for (const double value : {m_curves.next.back(), m_curves.surprisal.back()}) {
            m_curves.mostNext = std::isfinite(value) ? std::max(m_curves.mostNext, value) : m_curves.mostNext;
        }
    }
    m_curves.most = widest * 1.04;
    m_curves.mostNext *= 1.04;
    setAccessibleDescription(summary());
    update();
}

EntropyCurveView::Plots EntropyCurveView::plotsFor(const QSizeF& size, const QFont& font) const
{
    const double line = QFontMetricsF(font).height();
    const double half = (size.height() - line * 0.4) / 2;
    Plots out;
    out.upper = TextPlot::inside(QRectF(0, line, size.width(), half - line), m_model->positions(), m_curves.most, font, false);
    out.legend = half + line * 0.1;
    out.lower = TextPlot::inside(QRectF(0, half + line, size.width(), size.height() - half - line), m_model->positions(), m_curves.mostNext,
                                 font, size.height() > line * 16);
    return out;
}

void EntropyCurveView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (!paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        paintCurves(painter, size, theme, false);
    }
}

void EntropyCurveView::paintCurves(QPainter& painter, const QSizeF& size, const Theme& theme, bool interactive) const
{
    const Plots plots = plotsFor(size, painter.font());
    const QPen own(theme.accepted, 2);
    const QPen ceiling(theme.quietInk, 1, Qt::DashLine);
    const QPen next(theme.extra, 2);
    const QColor surprisal = mix(theme.background, theme.neverVerified, 0.6);
    // A row of one key, or of zeros, has no entropy to speak of.
    for (int position = 0; position < m_model->positions() && hasHead(); ++position) {
        if (!m_curves.valid[static_cast<std::size_t>(position)]) {
            const double width = std::max(2.0, plots.upper.area.width() / plots.upper.positions);
            drawUndefined(painter, QRectF(plots.upper.x(position) - width / 2, plots.upper.area.top(), width, plots.upper.area.height()),
                          theme);
        }
    }
    plots.upper.drawAxes(painter, tr("nats"), {}, theme);
    plots.lower.drawAxes(painter, tr("nats"), tr("position in the text"), theme);
    plots.lower.drawBars(painter, m_curves.surprisal, surprisal);
    plots.lower.drawCurve(painter, m_curves.next, next);
    plots.upper.drawCurve(painter, m_curves.ceiling, ceiling);
    plots.upper.drawCurve(painter, m_curves.entropy, own);
    double x = plots.upper.area.left();
    if (hasHead()) {
        x = drawLineKey(painter, {x, 1}, own, tr("entropy of head %1.%2").arg(m_layer).arg(m_head), theme);
        drawLineKey(painter, {x, 1}, ceiling, tr("ceiling ln n"), theme);
    } else {
        painter.setPen(theme.quietInk);
        painter.drawText(plots.upper.area, Qt::AlignCenter | Qt::TextWordWrap, tr("Select a head in the overview."));
    }
    x = drawLineKey(painter, {plots.lower.area.left(), plots.legend}, next, tr("entropy of the next token"), theme);
    drawLineKey(painter, {x, plots.legend}, QPen(surprisal, 6), tr("surprisal of this token"), theme);
    if (interactive) {
        for (const auto* plot : {&plots.upper, &plots.lower}) {
            plot->drawMark(painter, m_hovered >= 0 ? m_hovered : m_selection->hovered().token, QPen(theme.ink, 1, Qt::DotLine));
            plot->drawMark(painter, m_selection->current().token, QPen(theme.accent, 2));
        }
    }
}

void EntropyCurveView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!paintState(painter, rect(), colors)) {
        paintCurves(painter, size(), colors, true);
    }
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

int EntropyCurveView::positionAt(const QPointF& point) const
{
    if (m_model->empty()) {
        return -1;
    }
    const Plots plots = plotsFor(size(), font());
    return std::max(plots.upper.positionAt(point), plots.lower.positionAt(point));
}

QPointF EntropyCurveView::pointOf(int position) const
{
    const Plots plots = plotsFor(size(), font());
    return {plots.upper.x(position), plots.upper.area.center().y()};
}

void EntropyCurveView::select(int position)
{
    if (position >= 0 && position < m_model->positions()) {
        Selected selected = m_selection->current();
        selected.token = position;
        m_selection->select(selected);
    }
}

void EntropyCurveView::mousePressEvent(QMouseEvent* event)
{
    select(positionAt(event->position()));
}

void EntropyCurveView::mouseMoveEvent(QMouseEvent* event)
{
    const int hovered = positionAt(event->position());
    if (hovered != m_hovered) {
        m_hovered = hovered;
        Selected over;
        over.token = hovered;
        m_selection->hover(over);
        update();
    }
}

void EntropyCurveView::leaveEvent(QEvent* event)
{
    m_hovered = -1;
    m_selection->hover({});
    update();
    View::leaveEvent(event);
}

void EntropyCurveView::keyPressEvent(QKeyEvent* event)
{
    const int last = m_model->positions() - 1;
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

bool EntropyCurveView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), positionText(positionAt(help->pos())), this);
        return true;
    }
    return View::event(event);
}

QString EntropyCurveView::positionText(int position) const
{
    if (position < 0 || position >= m_model->positions()) {
        return {};
    }
    const auto at = static_cast<std::size_t>(position);
    QStringList lines = {tr("Position %1 “%2”").arg(position).arg(m_model->tokenLabel(position))};
    if (hasHead()) {
        lines.append(std::isnan(m_curves.ceiling[at]) ? tr("One visible key: no entropy, in no mean")
                     : !m_curves.valid[at]            ? tr("All weights are 0: no entropy, in no mean")
                                                      : tr("Entropy of the row: %1 of at most %2 nats")
                                                 .arg(numberText(m_curves.entropy[at], 3), numberText(m_curves.ceiling[at], 3)));
    }
    lines.append(tr("Surprisal of this token: %1 nats").arg(numberText(m_curves.surprisal[at], 3)));
    lines.append(tr("Entropy of the next token: %1 nats").arg(numberText(m_curves.next[at], 3)));
    return lines.join(QLatin1Char('\n'));
}

QByteArray EntropyCurveView::toCsv() const
{
    QString out = QStringLiteral("position,token,text,visible,entropy_nats,ceiling_nats,"
                                 "next_entropy_nats,surprisal_nats\n");
    for (int position = 0; position < m_model->positions(); ++position) {
        const auto [rows, row] = m_model->place(position);
        const auto at = static_cast<std::size_t>(position);
        const auto one = static_cast<std::size_t>(row);
        out += QStringLiteral("%1,%2,%3,").arg(position).arg(m_model->token(position)).arg(csvText(m_model->tokenLabel(position)));
        if (hasHead()) {
            const std::size_t i = rows->at(m_layer, m_head, row);
            out += QStringLiteral("%1,%2,%3")
                       .arg(rows->visible[i])
                       .arg(csvNumber(static_cast<double>(rows->entropy[i])), csvNumber(m_curves.ceiling[at]));
        } else {
            out += QLatin1String(",,");
        }
        out += QStringLiteral(",%1,%2\n")
                   .arg(csvNumber(static_cast<double>(rows->next_entropy[one])), csvNumber(static_cast<double>(rows->surprisal[one])));
    }
    return out.toUtf8();
}

QString EntropyCurveView::summary() const
{
    if (m_model->empty()) {
        return tr("No text yet.");
    }
    const int token = m_selection->current().token;
    const QString head = hasHead() ? tr("Entropy of head %1 of layer %2 along %3 positions; mean "
                                        "%4 nats.")
                                         .arg(m_head)
                                         .arg(m_layer)
                                         .arg(m_model->positions())
                                         .arg(numberText(m_model->statistic(HeadStatistic::Entropy, m_layer, m_head), 3))
                                   : tr("Surprisal along %1 positions.").arg(m_model->positions());
    return token >= 0 && token < m_model->positions()
               ? head + QLatin1Char(' ') + positionText(token).replace(QLatin1Char('\n'), QLatin1String(". "))
               : head;
}

}  // namespace timberline::widgets
