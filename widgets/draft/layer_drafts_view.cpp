// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/layer_drafts_view.h"

#include "widgets/draft/question_paint.h"
#include "widgets/plot/colour_map.h"

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

ColourScale scaleOf(const record::LayerAcceptance& answer, LayerDraftValue value, const Theme& theme)
{
    if (value == LayerDraftValue::Acceptance) {
        return {.map = ColourMap::sequential(), .low = 0, .high = 1};
    }
    if (value == LayerDraftValue::Committed) {
        return {.map = ColourMap::sequential(), .low = 1, .high = std::max(2.0, std::ceil(*std::ranges::max_element(answer.committed)))};
    }
    double reach = 0.25;
    for (const double cost : answer.cost) {
        reach = std::max(reach, std::abs(cost - 1));
    }
    return ColourScale::centred(std::min(niceCeiling(reach), 2.0), theme);
}

}  // namespace

QString titleOf(LayerDraftValue value)
{
    switch (value) {
    case LayerDraftValue::Committed:
        return LayerDraftsView::tr("Committed a pass");
    case LayerDraftValue::Acceptance:
        return LayerDraftsView::tr("Acceptance");
    case LayerDraftValue::Cost:
        return LayerDraftsView::tr("Cost");
    }
    return {};
}

LayerDraftsView::LayerDraftsView(QWidget* parent) : View(QStringLiteral("draft-layers"), tr("Every layer as a drafter"), parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    clear(tr("What each layer would have accepted as a drafter of its own model will stand here. Press Run, then “Ask every layer”."));
}

void LayerDraftsView::setAnswer(record::LayerAcceptance answer)
{
    const bool usable = answer.layers >= 2 && answer.lengths >= 1;
    m_answer = usable ? std::optional(std::move(answer)) : std::nullopt;
    m_layer = m_length = 0;
    if (usable) {
        setData();
    } else {
        setEmpty(tr("A model of one layer has no layer that could draft."));
    }
    setAccessibleDescription(summary());
    update();
}

void LayerDraftsView::clear(const QString& sentence)
{
    m_answer.reset();
    m_layer = m_length = 0;
    setEmpty(sentence);
    setAccessibleDescription(summary());
}

void LayerDraftsView::showWaiting()
{
    setBusy();
    update();
}

void LayerDraftsView::showError(const QString& sentence, const QString& hint)
{
    m_answer.reset();
    setError(sentence, hint);
    setAccessibleDescription(summary());
}

void LayerDraftsView::setValue(LayerDraftValue value)
{
    m_value = value;
    update();
}

void LayerDraftsView::setInUse(int layer, int length)
{
    if (layer != m_usedLayer || length != m_usedLength) {
        m_usedLayer = layer;
        m_usedLength = length;
        update();
    }
}

double LayerDraftsView::valueAt(int layer, int length) const
{
    if (!m_answer || layer < 1 || layer >= m_answer->layers || length < 1 || length > m_answer->lengths) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const auto at = m_answer->cell(layer, length);
    return m_value == LayerDraftValue::Committed    ? m_answer->committed[at]
           : m_value == LayerDraftValue::Acceptance ? m_answer->acceptance[at]
                                                    : m_answer->cost[at];
}

QString LayerDraftsView::cellText(int layer, int length) const
{
    if (std::isnan(valueAt(layer, length))) {
        return {};
    }
    const auto at = m_answer->cell(layer, length);
    QString out = tr("exit layer %1, draft length %2").arg(layer).arg(length);
    if (layer == m_answer->best_layer && length == m_answer->best_length) {
        out += tr(" – least cost");
    }
    return out + QLatin1Char('\n') +
           tr("%1 tokens a pass, %2 % of the drafts accepted")
               .arg(questionNumber(m_answer->committed[at]), questionNumber(m_answer->acceptance[at] * 100, 1)) +
           QLatin1Char('\n') + tr("cost %1 (layers computed a token; plain decoding = 1)").arg(questionNumber(m_answer->cost[at], 3)) +
           QLatin1Char('\n') + tr("Click or Return: draft with this layer and run");
}

QStringList LayerDraftsView::words() const
{
    if (!m_answer) {
        return {};
    }
    const auto& a = *m_answer;
    const auto at = a.cell(a.best_layer, a.best_length);
    QStringList out;
    out << (a.cost[at] < 1 ? tr("Least cost: exit layer %1, length %2: %3 of plain decoding's layers a token.")
                           : tr("No layer pays: even exit layer %1 at length %2 computes %3 of plain decoding's layers a token."))
               .arg(a.best_layer)
               .arg(a.best_length)
               .arg(questionNumber(a.cost[at], 2));
    out << tr("There: %1 tokens a pass, %2 % accepted.").arg(questionNumber(a.committed[at]), questionNumber(a.acceptance[at] * 100, 0));
    out << tr("From one pass over the run's %n token(s); exact for greedy decoding. Cost counts layers, not time.", nullptr,
              static_cast<int>(a.tokens));
    out << tr("Click a cell to draft with it.");
    return out;
}

QString LayerDraftsView::summary() const
{
    if (state() == ViewState::Busy) {
        return tr("Every layer is being read.");
    }
    return m_answer ? words().join(QLatin1Char(' ')) : stateText();
}

QByteArray LayerDraftsView::toCsv() const
{
    QString out = QStringLiteral("exit_layer,draft_length,committed_a_pass,acceptance,cost,best\n");
    for (int layer = 1; m_answer && layer < m_answer->layers; ++layer) {
        for (int length = 1; length <= m_answer->lengths; ++length) {
            const auto at = m_answer->cell(layer, length);
            out += QStringLiteral("%1,%2,%3,%4,%5,%6\n")
                       .arg(layer)
                       .arg(length)
                       .arg(questionCell(m_answer->committed[at]), questionCell(m_answer->acceptance[at]), questionCell(m_answer->cost[at]))
                       .arg(layer == m_answer->best_layer && length == m_answer->best_length ? 1 : 0);
        }
    }
    return out.toUtf8();
}

// --- painting ---------------------------------------------------------------------------------------------------------------------------

LayerDraftsView::Grid LayerDraftsView::gridOf(const QSizeF& size, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    const auto parts = besides(QRectF(kMargin, 4, size.width() - 2 * kMargin, size.height() - 8), font);
    Grid out;
    out.words = parts.words;
    out.legend = QRectF(parts.picture.left(), parts.picture.top(), parts.picture.width(), colourLegendHeight(font));
    const double left = line + metrics.horizontalAdvance(QStringLiteral("00")) + 8;
    out.cells = QRectF(parts.picture.left() + left, out.legend.bottom() + 4, parts.picture.width() - left,
                       parts.picture.bottom() - 2 * line - out.legend.bottom() - 6);
    if (m_answer) {
        out.column = out.cells.width() / m_answer->lengths;
        out.row = std::min(out.cells.height() / (m_answer->layers - 1), 3 * line);
        out.cells.setHeight(out.row * (m_answer->layers - 1));
    }
    return out;
}

void LayerDraftsView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        return;
    }
    painter.save();
    if (m_answer) {
        const Grid grid = gridOf(size, painter.font());
        const bool cost = m_value == LayerDraftValue::Cost;
        auto scale = scaleOf(*m_answer, m_value, theme);
        auto shown = scale;
        shown.low += cost ? 1 : 0;
        shown.high += cost ? 1 : 0;
        drawColourLegend(painter, grid.legend.topLeft(), grid.legend.width(), shown,
                         {.label = cost                                    ? tr("cost")
                                   : m_value == LayerDraftValue::Committed ? tr("committed")
                                                                           : tr("accepted"),
                          .unit = cost                                    ? tr("of plain")
                                  : m_value == LayerDraftValue::Committed ? tr("tokens a pass")
                                                                          : tr("share"),
                          .undefinedText = {},
                          .digits = m_value == LayerDraftValue::Committed ? 0 : 1},
                         theme);
        if (grid.row >= 3 && grid.column >= 6) {
            paintGrid(painter, grid, theme);
        }
        drawWords(painter, grid.words, words(), theme);
    }
    if (state() == ViewState::Busy) {
        paintWaiting(painter, QRectF(QPointF(0, 0), size), tr("Reading every layer…"), theme);
    }
    painter.restore();
}

void LayerDraftsView::paintGrid(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    const auto& a = *m_answer;
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    const auto scale = scaleOf(a, m_value, theme);
    const bool numbers = grid.column >= metrics.horizontalAdvance(QStringLiteral("0.00")) + 4 && grid.row >= metrics.ascent() + 2;
    for (int layer = 1; layer < a.layers; ++layer) {
        for (int length = 1; length <= a.lengths; ++length) {
            const QRectF cell = grid.cell(layer, length).adjusted(0.5, 0.5, -0.5, -0.5);
            const double value = valueAt(layer, length) - (m_value == LayerDraftValue::Cost ? 1 : 0);
            painter.fillRect(cell, scale.color(value));
            if (numbers) {
                painter.setPen(inkOn(scale.rgb(value)));
                painter.drawText(cell, Qt::AlignCenter, questionNumber(valueAt(layer, length)));
            } else {
                drawValueCell(painter, cell, value, scale, theme);
            }
        }
    }
    const auto frame = [&](int layer, int length, const QPen& pen, double inset) {
        if (layer >= 1 && layer < a.layers && length >= 1 && length <= a.lengths) {
            const QRectF cell = grid.cell(layer, length).adjusted(inset, inset, -inset, -inset);
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme.background, pen.widthF() + 2));
            painter.drawRect(cell);
            painter.setPen(pen);
            painter.drawRect(cell);
        }
    };
    frame(m_usedLayer, m_usedLength, QPen(theme.ink, 1, Qt::DashLine), 2);
    frame(a.best_layer, a.best_length, QPen(theme.ink, 2.5), 1);
    frame(m_layer, m_length, QPen(theme.accent, 2), -1);
    painter.setPen(theme.quietInk);
    const int step = grid.row >= line ? 1 : static_cast<int>(std::ceil(line / grid.row));
    for (int layer = 1; layer < a.layers; layer += step) {
        const QRectF cell = grid.cell(layer, 1);
        painter.drawText(QRectF(grid.cells.left() - 66, cell.center().y() - line / 2, 60, line), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(layer));
    }
    const int lengthStep = std::max(1, static_cast<int>(std::ceil((metrics.horizontalAdvance(QStringLiteral("00")) + 6) / grid.column)));
    for (int length = 1; length <= a.lengths; length += lengthStep) {
        const QRectF cell = grid.cell(1, length);
        painter.drawText(QRectF(cell.center().x() - 30, grid.cells.bottom() + 1, 60, line), Qt::AlignCenter, QString::number(length));
    }
    painter.drawText(QRectF(grid.cells.left(), grid.cells.bottom() + 1 + line, grid.cells.width(), line), Qt::AlignCenter,
                     tr("draft length (tokens)"));
    painter.save();
    painter.translate(grid.legend.left() + line / 2, grid.cells.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-grid.cells.height() / 2, -line / 2, grid.cells.height(), line), Qt::AlignCenter, tr("exit layer"));
    painter.restore();
}

void LayerDraftsView::paintEvent(QPaintEvent*)
{
    paintQuestionView(*this, hasFocus(), *this);
}

// --- input ------------------------------------------------------------------------------------------------------------------------------

QPair<int, int> LayerDraftsView::cellAt(const QPointF& position) const
{
    const Grid grid = gridOf(size(), font());
    if (!m_answer || state() != ViewState::Data || !grid.cells.contains(position)) {
        return {0, 0};
    }
    return {std::clamp(static_cast<int>((grid.cells.bottom() - position.y()) / grid.row) + 1, 1, m_answer->layers - 1),
            std::clamp(static_cast<int>((position.x() - grid.cells.left()) / grid.column) + 1, 1, m_answer->lengths)};
}

QPointF LayerDraftsView::middleOf(int layer, int length) const
{
    return gridOf(size(), font()).cell(layer, length).center();
}

bool LayerDraftsView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return View::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    if (const auto [layer, length] = cellAt(help->pos()); layer > 0) {
        QToolTip::showText(help->globalPos(), cellText(layer, length), this);
    } else if (m_answer && gridOf(size(), font()).words.contains(help->pos())) {
        QToolTip::showText(help->globalPos(), words().join(QLatin1Char('\n')), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

void LayerDraftsView::moveTo(int layer, int length)
{
    m_layer = std::clamp(layer, 1, m_answer->layers - 1);
    m_length = std::clamp(length, 1, m_answer->lengths);
    setAccessibleDescription(cellText(m_layer, m_length));
    update();
}

void LayerDraftsView::mouseReleaseEvent(QMouseEvent* event)
{
    const auto [layer, length] = cellAt(event->position());
    if (event->button() == Qt::LeftButton && layer > 0) {
        moveTo(layer, length);
        Q_EMIT cellChosen(layer, length);
    }
}

void LayerDraftsView::keyPressEvent(QKeyEvent* event)
{
    if (!m_answer || state() != ViewState::Data || (event->modifiers() & Qt::AltModifier) != 0) {
        View::keyPressEvent(event);
        return;
    }
    if (m_layer == 0) {
        m_layer = m_answer->best_layer;  // the first key begins at the best cell
        m_length = m_answer->best_length;
    }
    const bool corner = (event->modifiers() & Qt::ControlModifier) != 0;
    switch (event->key()) {
    case Qt::Key_Left:
        moveTo(m_layer, m_length - 1);
        break;
    case Qt::Key_Right:
        moveTo(m_layer, m_length + 1);
        break;
    case Qt::Key_Up:
        moveTo(m_layer + 1, m_length);
        break;
    case Qt::Key_Down:
        moveTo(m_layer - 1, m_length);
        break;
    case Qt::Key_Home:
        moveTo(corner ? m_answer->layers - 1 : m_layer, 1);
        break;
    case Qt::Key_End:
        moveTo(corner ? 1 : m_layer, m_answer->lengths);
        break;
    case Qt::Key_B:
        moveTo(m_answer->best_layer, m_answer->best_length);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        moveTo(m_layer, m_length);
        Q_EMIT cellChosen(m_layer, m_length);
        return;
    default:
        View::keyPressEvent(event);
        return;
    }
    QToolTip::showText(mapToGlobal(middleOf(m_layer, m_length).toPoint()), cellText(m_layer, m_length), this);
}

}  // namespace timberline::widgets
