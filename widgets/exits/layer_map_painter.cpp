// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/layer_map_painter.h"

#include "widgets/exits/layer_map_pen.h"

#include <QCoreApplication>
#include <QFontDatabase>
#include <QImage>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace timberline::widgets {

using record::KvSource;

namespace layer_map {

QString words(const char* text)
{
    return QCoreApplication::translate("LayerMap", text);
}

QString shortened(const QString& text, double width, double characterWidth)
{
    const auto room = static_cast<qsizetype>(std::floor(width / characterWidth));
    if (text.size() <= room) {
        return text;
    }
    return room < 2 ? text.left(std::max<qsizetype>(room, 0)) : text.left(room - 1) + QChar(0x2026);
}

QRgb agreementColor(bool agrees, const Theme& theme)
{
    return mix(theme.background, agrees ? theme.accepted : theme.rejected, agrees ? 0.55 : 0.6).rgb();
}

QRgb fillOf(const Pen& pen, double value)
{
    return pen.request.channel == ExitChannel::Agreement ? agreementColor(value > 0.5, pen.theme) : pen.scale.rgb(value);
}

void hatch(QPainter& painter, const QRectF& rect, QRgb fill)
{
    QColor lines = inkOn(fill);
    lines.setAlphaF(0.34F);
    painter.fillRect(rect, QBrush(lines, Qt::BDiagPattern));
}

namespace {

constexpr double kSmallestStep = 6;  ///< columns narrower than this have no steps of their own

void paintCellText(Pen& pen, const QRectF& cell, std::size_t row, std::size_t layer, QRgb fill, CellLook look)
{
    const auto& readings = pen.model.readings();
    const std::size_t index = readings.cell(row, layer);
    QColor ink = inkOn(fill);
    if (look == CellLook::NotRun) {
        ink.setAlphaF(0.8F);
    }
    pen.painter.setPen(ink);
    const QString text = shortened(pen.model.label(readings.top1[index]), cell.width() - 6, pen.fixedWidth);
    const bool bar = cell.height() >= pen.line + 8;
    pen.painter.drawText(bar ? cell.adjusted(0, 0, 0, -5) : cell, Qt::AlignCenter, text);
    const auto& decided = pen.model.decided();
    if (!bar || index >= decided.score.size() || !std::isfinite(decided.score[index])) {
        return;
    }
    // Score as a bar, the threshold as a tick on it.
    const double left = cell.left() + 4;
    const double width = cell.width() - 8;
    const double y = cell.bottom() - 5;
    const auto at = [&](float value) { return left + width * static_cast<double>(std::clamp(value, 0.0F, 1.0F)); };
    QColor faint = ink;
    faint.setAlphaF(0.3F);
    pen.painter.fillRect(QRectF(left, y, width, 2), faint);
    pen.painter.fillRect(QRectF(left, y, at(decided.score[index]) - left, 2), ink);
    if (decided.threshold[index] < 1) {
        pen.painter.fillRect(QRectF(at(decided.threshold[index]) - 0.5, y - 2, 1.5, 6), ink);
    }
}

/// The run-length counter of the patience policy, in the cell's corner.
void paintCounter(Pen& pen, const QRectF& cell, std::size_t index, QRgb fill)
{
    const auto& native = pen.model.decided().native;
    if (index < native.size() && std::isfinite(native[index])) {
        pen.painter.setPen(inkOn(fill));
        pen.painter.drawText(cell.adjusted(2, 0, -3, 0), Qt::AlignRight | Qt::AlignTop, QString::number(static_cast<int>(native[index])));
    }
}

void paintSource(Pen& pen, const QRectF& cell, KvSource source)
{
    if (source == KvSource::Computed) {
        return;
    }
    QPen border(colorOf(source, pen.theme), 2, lineOf(source), Qt::FlatCap, Qt::MiterJoin);
    pen.painter.setPen(border);
    pen.painter.setBrush(Qt::NoBrush);
    pen.painter.drawRect(cell.adjusted(2, 2, -2, -2));
}

void paintCells(Pen& pen)
{
    const auto& layout = pen.layout;
    const double gap = layout.columnWidth >= 8 && layout.rowHeight >= 8 ? 1 : 0;
    const bool text = layout.columnWidth >= 3.2 * pen.fixedWidth + 6 && layout.rowHeight >= pen.line * 0.95;
    const bool counters = text && pen.model.choice().policy == "patience" && layout.columnWidth > 8 * pen.fixedWidth;
    const bool borders = pen.request.sources && layout.columnWidth >= 12 && layout.rowHeight >= 10;
    pen.painter.setRenderHint(QPainter::Antialiasing, false);
    pen.painter.setFont(pen.fixed);
    const auto& readings = pen.model.readings();
    for (int column = pen.columns.first; column < pen.columns.second; ++column) {
        const auto row = static_cast<std::size_t>(column);
        for (int level = pen.layers.first; level < pen.layers.second; ++level) {
            const auto layer = static_cast<std::size_t>(level);
            const QRectF cell = layout.cell(column, level).adjusted(0, 0, -gap, -gap);
            const CellLook look = lookOf(pen.model, row, layer);
            const double value =
                look == CellLook::Unknown ? std::numeric_limits<double>::quiet_NaN() : valueOf(pen.model, pen.request.channel, row, layer);
            QRgb fill = pen.theme.background.rgb();
            if (look == CellLook::Unknown) {
                pen.painter.setPen(QPen(pen.theme.hairline, 1, Qt::DotLine));
                pen.painter.setBrush(Qt::NoBrush);
                if (gap > 0) {
                    pen.painter.drawRect(cell.adjusted(1, 1, -1, -1));
                }
                continue;
            }
            if (std::isnan(value)) {
                fill = mix(pen.theme.background, pen.theme.panel, 0.6).rgb();
                pen.painter.fillRect(cell, QColor::fromRgb(fill));
            } else {
                fill = fillOf(pen, value);
                if (look == CellLook::NotRun) {
                    fill = mix(QColor::fromRgb(fill), pen.theme.background, 0.28).rgb();
                }
                pen.painter.fillRect(cell, QColor::fromRgb(fill));
            }
            if (look == CellLook::NotRun) {
                hatch(pen.painter, cell, fill);
            }
            if (text) {
                paintCellText(pen, cell, row, layer, fill, look);
            }
            if (counters) {
                paintCounter(pen, cell, readings.cell(row, layer), fill);
            }
            if (pen.request.channel == ExitChannel::Agreement && value < 0.5 && gap > 0 && !text) {
                pen.painter.setPen(inkOn(fill));
                pen.painter.drawText(cell, Qt::AlignCenter, QStringLiteral("×"));
            }
            if (borders) {
                paintSource(pen, cell, pen.model.source(row, layer));
            }
        }
    }
    pen.painter.setRenderHint(QPainter::Antialiasing, true);
}

/// Far out: a mean a pixel column.
void paintOverview(Pen& pen)
{
    const auto& layout = pen.layout;
    const int width = std::max(1, static_cast<int>(std::floor(std::min(layout.cells.width(), layout.columns * layout.columnWidth))));
    QImage image(width, layout.layers, QImage::Format_RGB32);
    for (int x = 0; x < width; ++x) {
        const int first = std::clamp(static_cast<int>((x + layout.scroll.x()) / layout.columnWidth), 0, layout.columns - 1);
        const int end = std::clamp(static_cast<int>((x + 1 + layout.scroll.x()) / layout.columnWidth), first + 1, layout.columns);
        for (int level = 0; level < layout.layers; ++level) {
            double sum = 0;
            int count = 0;
            int skipped = 0;
            for (int column = first; column < end; ++column) {
                const auto row = static_cast<std::size_t>(column);
                const auto look = lookOf(pen.model, row, static_cast<std::size_t>(level));
                const double value = look == CellLook::Unknown
                                         ? std::numeric_limits<double>::quiet_NaN()
                                         : valueOf(pen.model, pen.request.channel, row, static_cast<std::size_t>(level));
                skipped += look == CellLook::NotRun ? 1 : 0;
                if (std::isfinite(value)) {
                    sum += value;
                    ++count;
                }
            }
            QColor fill = pen.theme.background;
            if (count > 0) {
                fill = QColor::fromRgb(fillOf(pen, sum / count));
                fill = mix(fill, pen.theme.background, 0.45 * skipped / (end - first));
            }
            image.setPixel(x, layout.layers - 1 - level, fill.rgb());
        }
    }
    pen.painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    const double top = layout.cells.bottom() - layout.layers * layout.rowHeight + layout.scroll.y();
    pen.painter.drawImage(QRectF(layout.cells.left(), top, width, layout.layers * layout.rowHeight), image);
}

/// A stepped line along the upper edges of the exit cells.
QPainterPath staircase(const Pen& pen, const std::function<std::int32_t(std::size_t)>& exitAt)
{
    const auto& layout = pen.layout;
    QPainterPath path;
    bool open = false;
    for (int column = std::max(0, pen.columns.first - 1); column < std::min(layout.columns, pen.columns.second + 1); ++column) {
        const std::int32_t exit = exitAt(static_cast<std::size_t>(column));
        if (exit <= 0) {
            open = false;
            continue;
        }
        const QRectF cell = layout.cell(column, exit - 1);
        if (open) {
            path.lineTo(cell.left(), cell.top());
        } else {
            path.moveTo(cell.left(), cell.top());
            open = true;
        }
        path.lineTo(cell.right(), cell.top());
    }
    return path;
}

/// Where single steps would run together: the mean exit over a dozen pixels, as one calm line.
QPainterPath meanDepth(const Pen& pen, const std::function<std::int32_t(std::size_t)>& exitAt)
{
    constexpr double kWindow = 12;
    const auto& layout = pen.layout;
    QPainterPath path;
    const int step = std::max(1, static_cast<int>(kWindow / layout.columnWidth));
    for (int first = pen.columns.first; first < pen.columns.second; first += step) {
        const int end = std::min(first + step, layout.columns);
        double sum = 0;
        int count = 0;
        for (int column = first; column < end; ++column) {
            const std::int32_t exit = exitAt(static_cast<std::size_t>(column));
            sum += std::max(0, exit);
            count += exit > 0 ? 1 : 0;
        }
        if (count == 0) {
            continue;
        }
        const double y = layout.cells.bottom() - sum / count * layout.rowHeight + layout.scroll.y();
        const QPointF at((layout.cell(first, 0).left() + layout.cell(end - 1, 0).right()) / 2, y);
        if (path.isEmpty()) {
            path.moveTo(at);
        } else {
            path.lineTo(at);
        }
    }
    return path;
}

void paintStaircases(Pen& pen)
{
    const auto& model = pen.model;
    pen.painter.setBrush(Qt::NoBrush);
    const auto draw = [&](const QPainterPath& path, const QColor& color, double width, Qt::PenStyle style) {
        QPen halo(pen.theme.background, width + 2.5, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin);
        pen.painter.setPen(halo);
        pen.painter.drawPath(path);
        pen.painter.setPen(QPen(color, width, style, style == Qt::SolidLine ? Qt::SquareCap : Qt::FlatCap, Qt::MiterJoin));
        pen.painter.drawPath(path);
    };
    const bool narrow = pen.layout.columnWidth < kSmallestStep;
    const auto line = narrow ? meanDepth : staircase;
    if (model.differsFromRun()) {
        draw(line(pen, [&](std::size_t row) { return model.readings().exit[row]; }), pen.theme.quietInk, 1.5, Qt::DashLine);
    }
    draw(line(pen, [&](std::size_t row) { return model.exitOf(row); }), pen.theme.ink, narrow || pen.layout.columnWidth < 16 ? 2 : 3,
         Qt::SolidLine);
    if (pen.layout.columnWidth < 12 || pen.layout.rowHeight < 10) {
        return;
    }
    for (int column = pen.columns.first; column < pen.columns.second; ++column) {
        const std::int32_t exit = model.exitOf(static_cast<std::size_t>(column));
        if (exit > 0) {
            const QRectF cell = pen.layout.cell(column, exit - 1).adjusted(1.5, 1.5, -2, -2);
            pen.painter.setPen(QPen(pen.theme.background, 4, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
            pen.painter.drawRect(cell);
            pen.painter.setPen(QPen(pen.theme.ink, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
            pen.painter.drawRect(cell);
        }
    }
}

/// From the first affected token on: a bar over the cells and a line down to the depths. The cells keep their strength: they still say what
/// the readings say, and that is what the user looks at while the handle moves.
void paintStale(Pen& pen)
{
    const auto stale = pen.model.decided().firstStale;
    if (!stale) {
        return;
    }
    const auto& layout = pen.layout;
    const double x = std::max(layout.cells.left(), layout.cell(static_cast<int>(*stale), 0).left());
    const double end = std::min(layout.cells.right(), layout.cell(layout.columns - 1, 0).right());
    if (x >= end) {
        return;
    }
    QColor veil = pen.theme.background;
    veil.setAlphaF(0.45F);
    for (const QRectF& labels : {layout.header, layout.tokens | layout.depths}) {
        pen.painter.fillRect(QRectF(x, labels.top(), end - x, labels.height()), veil);
    }
    const double top = layout.cells.top() - 2;
    pen.painter.fillRect(QRectF(x, top - 2, end - x, 4), pen.theme.background);
    pen.painter.setPen(QPen(pen.theme.rejected, 3, Qt::DashLine, Qt::FlatCap));
    pen.painter.drawLine(QPointF(x, top), QPointF(end, top));
    pen.painter.setPen(QPen(pen.theme.background, 4));
    pen.painter.drawLine(QPointF(x - 0.5, top), QPointF(x - 0.5, layout.depths.bottom()));
    pen.painter.setPen(QPen(pen.theme.rejected, 2, Qt::DashLine, Qt::FlatCap));
    pen.painter.drawLine(QPointF(x - 0.5, top), QPointF(x - 0.5, layout.depths.bottom()));
}

void paintCursor(Pen& pen)
{
    const auto frame = [&](int row, int layer, const QColor& color, double width) {
        if (row < pen.columns.first || row >= pen.columns.second) {
            return;
        }
        pen.painter.setBrush(Qt::NoBrush);
        if (layer >= 0) {
            const QRectF cell = pen.layout.cell(row, layer);
            pen.painter.setPen(QPen(pen.theme.background, width + 2));
            pen.painter.drawRect(cell.adjusted(-1, -1, 0, 0));
            pen.painter.setPen(QPen(color, width));
            pen.painter.drawRect(cell.adjusted(-1, -1, 0, 0));
        }
        const QRectF column = pen.layout.cell(row, 0);
        pen.painter.fillRect(QRectF(column.left(), pen.layout.tokens.bottom() - 2, column.width() - 1, 2), color);
    };
    frame(pen.request.hoveredRow, pen.request.hoveredLayer, pen.theme.quietInk, 1);
    frame(pen.request.selectedRow, pen.request.selectedLayer, pen.theme.accent, 2);
}

}  // namespace

}  // namespace layer_map

using namespace layer_map;

CellLook lookOf(const ExitModel& model, std::size_t row, std::size_t layer)
{
    const auto& readings = model.readings();
    if (static_cast<std::int32_t>(layer) >= readings.known[row]) {
        return CellLook::Unknown;
    }
    const std::int32_t exit = model.exitOf(row);
    return exit > 0 && static_cast<std::int32_t>(layer) >= exit ? CellLook::NotRun : CellLook::Runs;
}

void paintLayerMap(QPainter& painter, const LayerMapRequest& request, const Theme& theme)
{
    const auto& layout = request.layout;
    if (request.model == nullptr || request.model->run() == nullptr || layout.columns == 0 || layout.layers == 0) {
        return;
    }
    painter.save();
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(std::max(1.0, QFontInfo(painter.font()).pointSizeF() * 0.9));
    Pen pen{.painter = painter,
            .request = request,
            .theme = theme,
            .model = *request.model,
            .layout = layout,
            .scale = scaleOf(*request.model, request.channel),
            .body = painter.font(),
            .fixed = fixed,
            .fixedWidth = QFontMetricsF(fixed).horizontalAdvance(QLatin1Char('0')),
            .line = std::ceil(QFontMetricsF(painter.font()).height()),
            .columns = layout.visibleColumns(),
            .layers = layout.visibleLayers()};
    paintCaption(pen);
    painter.save();
    painter.setClipRect(
        QRectF(layout.cells.left() - 2, layout.header.top(), layout.cells.width() + 4, layout.depths.bottom() - layout.header.top()));
    paintColumnTexts(pen);
    paintDepths(pen);
    painter.setClipRect(layout.cells.adjusted(-2, -3, 2, 1));
    if (layout.columnWidth < kOverviewColumn) {
        paintOverview(pen);
    } else {
        paintCells(pen);
    }
    paintStaircases(pen);
    painter.setClipRect(
        QRectF(layout.cells.left() - 2, layout.header.top(), layout.cells.width() + 4, layout.depths.bottom() - layout.header.top()));
    paintStale(pen);
    paintCursor(pen);
    painter.restore();
    paintRowNames(pen);
    painter.save();
    painter.setClipRect(QRectF(0, layout.cells.top() - pen.line, layout.legend.right(), layout.cells.height() + 1.5 * pen.line));
    paintGutter(pen);
    paintStrip(pen);
    painter.restore();
    if (!layout.upright) {
        paintStrip(pen);
    }
    paintLegend(pen);
    painter.restore();
}

}  // namespace timberline::widgets
