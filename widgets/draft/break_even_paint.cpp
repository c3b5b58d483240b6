// SPDX-License-Identifier: GPL-3.0-or-later
// What the break-even map looks like, its mouse and keys.
#include "widgets/draft/break_even_view.h"

#include "widgets/draft/question_paint.h"
#include "widgets/plot/colour_map.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kMargin = 12;
}

BreakEvenView::Grid BreakEvenView::gridOf(const QSizeF& size, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    const auto parts = besides(QRectF(kMargin, 6, size.width() - 2 * kMargin, size.height() - 12), font);
    Grid out;
    out.words = parts.words;
    out.legend = QRectF(parts.picture.left(), parts.picture.top(), parts.picture.width(), colourLegendHeight(font));
    const double left = metrics.horizontalAdvance(QStringLiteral("100 %")) + 8;
    out.cells = QRectF(parts.picture.left() + left, out.legend.bottom() + line + 2, parts.picture.width() - left,
                       parts.picture.bottom() - 2 * line - 4 - out.legend.bottom() - line - 2);
    out.column = out.cells.width() / m_longest;
    out.row = out.cells.height() / kRows;
    return out;
}

double BreakEvenView::reach() const
{
    double most = 0.5;
    for (const double value : m_values) {
        most = value > 0 ? std::max(most, std::abs(std::log2(value))) : most;
    }
    return std::min(std::ceil(most * 2) / 2, 3.0);
}

void BreakEvenView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    catchUp();
    // Partial is said in words: hatching the whole map would look like its hatched region.
    if (state() != ViewState::Partial && paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        return;
    }
    if (!m_facts) {
        return;
    }
    const Grid grid = gridOf(size, painter.font());
    painter.save();
    paintLegend(painter, grid, theme);
    if (grid.cells.height() > 20 && grid.cells.width() > 40) {
        paintCells(painter, grid, theme);
        paintAxes(painter, grid, theme);
        paintMarks(painter, grid, theme);
    }
    drawWords(painter, grid.words, words(), theme);
    painter.restore();
}

void BreakEvenView::paintCells(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    const auto scale = ColourScale::centred(reach(), theme);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    QPainterPath slower;
    for (int length = 1; length <= m_longest; ++length) {
        const double left = std::round(grid.cells.left() + (length - 1) * grid.column);
        const double right = std::round(grid.cells.left() + length * grid.column);
        for (int row = 0; row < kRows; ++row) {
            const double top = std::round(grid.cells.bottom() - (row + 1) * grid.row);
            const double bottom = std::round(grid.cells.bottom() - row * grid.row);
            painter.fillRect(QRectF(left, top, right - left, bottom - top), scale.color(std::log2(std::max(valueAt(length, row), 1e-9))));
        }
        // Up to the line itself, so that hatching and contour agree whatever the cells are.
        const double even = breakEven(length);
        const double edge = std::isfinite(even) ? grid.cells.bottom() - (even * (kRows - 1) + 0.5) * grid.row : grid.cells.top();
        if (even > 0 || !std::isfinite(even)) {
            slower.addRect(QRectF(left, edge, right - left, grid.cells.bottom() - edge));
        }
    }
    QColor hatch = theme.ink;
    hatch.setAlphaF(0.4F);
    painter.fillPath(slower, QBrush(hatch, Qt::BDiagPattern));
    painter.restore();
}

void BreakEvenView::paintAxes(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    painter.setPen(QPen(theme.hairline, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(grid.cells);
    painter.setPen(theme.quietInk);
    const int rowStep = grid.row * 5 >= line ? 5 : 10;
    for (int row = 0; row < kRows; row += rowStep) {
        const double y = grid.cells.bottom() - (row + 0.5) * grid.row;
        painter.drawText(QRectF(grid.cells.left() - 100, y - line / 2, 94, line), Qt::AlignRight | Qt::AlignVCenter,
                         QStringLiteral("%1 %").arg(row * 5));
    }
    const double widest = metrics.horizontalAdvance(QString::number(m_longest)) + 8;
    const int step = std::max(1, static_cast<int>(std::ceil(widest / grid.column)));
    for (int length = 1; length <= m_longest; length += step) {
        const double x = grid.cells.left() + (length - 0.5) * grid.column;
        painter.drawText(QRectF(x - 30, grid.cells.bottom() + 2, 60, line), Qt::AlignCenter, QString::number(length));
    }
    painter.drawText(QRectF(grid.cells.left(), grid.cells.bottom() + 2 + line, grid.cells.width(), line), Qt::AlignCenter,
                     tr("draft length (passes)"));
    painter.drawText(QRectF(grid.legend.left(), grid.legend.bottom(), grid.legend.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                     tr("acceptance of one drafted token, at width %1").arg(questionNumber(shownWidth(), 1)));
}

void BreakEvenView::paintMarks(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    const auto at = [&grid](double length, double acceptance) {
        return QPointF(grid.cells.left() + (length - 0.5) * grid.column, grid.cells.bottom() - (acceptance * (kRows - 1) + 0.5) * grid.row);
    };
    // The contour at 1: stepwise, as lengths are whole numbers.
    QPainterPath contour;
    bool open = false;
    for (int length = 1; length <= m_longest; ++length) {
        const double even = breakEven(length);
        if (!std::isfinite(even) || even <= 0) {
            open = false;
            continue;
        }
        const QPointF middle = at(length, even);
        const QPointF left(middle.x() - grid.column / 2, middle.y());
        open ? contour.lineTo(left) : contour.moveTo(left);
        contour.lineTo(middle.x() + grid.column / 2, middle.y());
        open = true;
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.background, 4));
    painter.drawPath(contour);
    painter.setPen(QPen(theme.ink, 2));
    painter.drawPath(contour);
    const auto& f = *m_facts;
    const QPointF point = at(std::clamp(f.length, 0.5, m_longest + 0.5), f.acceptance);
    const bool here = std::abs(shownWidth() - f.width) < 1e-9;
    painter.setPen(QPen(theme.background, 4));
    painter.drawEllipse(point, 7, 7);
    painter.setPen(QPen(theme.ink, 2, here ? Qt::SolidLine : Qt::DotLine));
    painter.drawEllipse(point, 7, 7);
    if (here) {
        painter.setPen(QPen(theme.background, 1));
        painter.setBrush(theme.ink);
        painter.drawEllipse(point, 3.5, 3.5);
        painter.setBrush(Qt::NoBrush);
    }
    if (m_length > 0) {
        const QPointF cell = at(m_length, acceptanceOf(m_row));
        const QRectF frame(cell.x() - grid.column / 2, cell.y() - grid.row / 2, grid.column, grid.row);
        painter.setPen(QPen(theme.background, 4));
        painter.drawRect(frame);
        painter.setPen(QPen(theme.accent, 2));
        painter.drawRect(frame);
    }
}

void BreakEvenView::paintLegend(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double height = grid.legend.height();
    double x = grid.legend.left();
    const auto text = [&](const QString& words, const QColor& color) {
        painter.setPen(color);
        painter.drawText(QRectF(x, grid.legend.top(), metrics.horizontalAdvance(words) + 4, height), Qt::AlignLeft | Qt::AlignVCenter,
                         words);
        x += metrics.horizontalAdvance(words) + 6;
    };
    const QString high = questionNumber(std::exp2(reach()), 1) + QStringLiteral("×");
    const QString slower = tr("slower");
    const QString run = tr("this run");
    const double line = std::ceil(metrics.height());
    const double rest =
        metrics.horizontalAdvance(high) + metrics.horizontalAdvance(slower) + metrics.horizontalAdvance(run) + 2 * line + 50;
    text(tr("speed-up"), theme.ink);
    text(questionNumber(std::exp2(-reach()), 2) + QStringLiteral("×"), theme.quietInk);
    const QRectF bar(x, grid.legend.top() + height * 0.22, std::clamp(grid.legend.right() - x - rest, 32.0, 140.0), height * 0.56);
    const auto map = ColourMap::diverging(theme);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (int i = 0; i < 64; ++i) {
        painter.fillRect(QRectF(bar.left() + bar.width() * i / 64, bar.top(), bar.width() / 64 + 0.5, bar.height()),
                         map.color((i + 0.5) / 64));
    }
    QColor hatch = theme.ink;
    hatch.setAlphaF(0.4F);
    painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() / 2, bar.height()), QBrush(hatch, Qt::BDiagPattern));
    painter.setPen(QPen(theme.ink, 1));
    painter.drawLine(QPointF(bar.center().x(), bar.top() - 2), QPointF(bar.center().x(), bar.bottom() + 2));
    painter.restore();
    x = bar.right() + 6;
    text(high, theme.quietInk);
    x += 8;
    painter.fillRect(QRectF(x, bar.top(), line, bar.height()), mix(theme.background, map.color(0), 0.5));
    painter.fillRect(QRectF(x, bar.top(), line, bar.height()), QBrush(hatch, Qt::BDiagPattern));
    x += line + 4;
    text(slower, theme.quietInk);
    x += 8;
    painter.setPen(QPen(theme.ink, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(QPointF(x + line / 2, bar.center().y()), 5, 5);
    x += line + 4;
    text(run, theme.quietInk);
}

// --- input ------------------------------------------------------------------------------------------------------------------------------

QPair<int, int> BreakEvenView::cellAt(const QPointF& position) const
{
    const Grid grid = gridOf(size(), font());
    if (!m_facts || !grid.cells.contains(position)) {
        return {0, 0};
    }
    return {std::clamp(static_cast<int>((position.x() - grid.cells.left()) / grid.column) + 1, 1, m_longest),
            std::clamp(static_cast<int>((grid.cells.bottom() - position.y()) / grid.row), 0, kRows - 1)};
}

bool BreakEvenView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return RefoldedView::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    const auto [length, row] = cellAt(help->pos());
    if (length > 0) {
        QToolTip::showText(help->globalPos(), cellText(length, row), this);
    } else if (m_facts && gridOf(size(), font()).words.contains(help->pos())) {
        QToolTip::showText(help->globalPos(), words().join(QLatin1Char('\n')), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

void BreakEvenView::moveTo(int length, int row)
{
    m_length = std::clamp(length, 1, m_longest);
    m_row = std::clamp(row, 0, kRows - 1);
    setAccessibleDescription(cellText(m_length, m_row));
    setToolTip({});
    update();
}

void BreakEvenView::mousePressEvent(QMouseEvent* event)
{
    if (const auto [length, row] = cellAt(event->position()); length > 0) {
        moveTo(length, row);
        QToolTip::showText(event->globalPosition().toPoint(), cellText(length, row), this);
    }
}

void BreakEvenView::keyPressEvent(QKeyEvent* event)
{
    if (!m_facts || (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier))) {
        RefoldedView::keyPressEvent(event);
        return;
    }
    const int atRun = std::clamp(static_cast<int>(std::lround(m_facts->length)), 1, m_longest);
    const int rowOfRun = static_cast<int>(std::lround(m_facts->acceptance * (kRows - 1)));
    if (m_length == 0) {
        m_length = atRun;  // the first key begins where the run worked
        m_row = rowOfRun;
    }
    switch (event->key()) {
    case Qt::Key_Left:
        moveTo(m_length - 1, m_row);
        break;
    case Qt::Key_Right:
        moveTo(m_length + 1, m_row);
        break;
    case Qt::Key_Up:
        moveTo(m_length, m_row + 1);
        break;
    case Qt::Key_Down:
        moveTo(m_length, m_row - 1);
        break;
    case Qt::Key_Home:
        moveTo(1, m_row);
        break;
    case Qt::Key_End:
        moveTo(m_longest, m_row);
        break;
    case Qt::Key_PageUp:
        moveTo(m_length, m_row + 5);
        break;
    case Qt::Key_PageDown:
        moveTo(m_length, m_row - 5);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        moveTo(atRun, rowOfRun);
        break;
    default:
        RefoldedView::keyPressEvent(event);
        return;
    }
    const Grid grid = gridOf(size(), font());
    const QPointF cell(grid.cells.left() + (m_length - 0.5) * grid.column, grid.cells.bottom() - m_row * grid.row);
    QToolTip::showText(mapToGlobal(cell.toPoint()), cellText(m_length, m_row), this);
}

}  // namespace timberline::widgets
