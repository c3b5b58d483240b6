// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/layer_map_pen.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::widgets {

namespace layer_map {

void paintGutter(Pen& pen)
{
    const auto& layout = pen.layout;
    pen.painter.setFont(pen.body);
    const int every = std::max(1, static_cast<int>(std::ceil(pen.line / layout.rowHeight)));
    for (int level = pen.layers.first; level < pen.layers.second; ++level) {
        const bool cursor = level == pen.request.selectedLayer || level == pen.request.hoveredLayer;
        if (level % every != 0 && level != layout.layers - 1 && !cursor) {
            continue;
        }
        if (every > 1 && !cursor && level != layout.layers - 1 && level + every > layout.layers - 1) {
            continue;  // the last layer's number needs the room
        }
        const QRectF cell = layout.cell(0, level);
        pen.painter.setPen(cursor ? pen.theme.ink : pen.theme.quietInk);
        pen.painter.drawText(QRectF(0, cell.center().y() - pen.line, layout.gutter.width() - 6, 2 * pen.line),
                             Qt::AlignRight | Qt::AlignVCenter, QString::number(level + 1));
    }
    pen.painter.save();
    pen.painter.translate(pen.line * 0.55, layout.gutter.center().y());
    pen.painter.rotate(-90);
    pen.painter.setPen(pen.theme.quietInk);
    pen.painter.drawText(QRectF(-layout.gutter.height() / 2, -pen.line / 2, layout.gutter.height(), pen.line), Qt::AlignCenter,
                         words(QT_TRANSLATE_NOOP("LayerMap", "layer")));
    pen.painter.restore();
}

void paintColumnTexts(Pen& pen)
{
    const auto& layout = pen.layout;
    const auto& readings = pen.model.readings();
    pen.painter.setFont(pen.fixed);
    const int every = layout.upright ? 1 : std::max(1, static_cast<int>(std::ceil(pen.line * 0.95 / layout.columnWidth)));
    for (int column = pen.columns.first; column < pen.columns.second; ++column) {
        const bool cursor = column == pen.request.selectedRow || column == pen.request.hoveredRow;
        if (column % every != 0 && !(cursor && every > 1)) {
            continue;
        }
        const auto row = static_cast<std::size_t>(column);
        const QRectF cell = layout.cell(column, 0);
        const bool prompt = !pen.model.isTrainedNet() && readings.moment[row] < 0;
        pen.painter.setPen(cursor ? pen.theme.ink : prompt ? pen.theme.quietInk : mix(pen.theme.ink, pen.theme.quietInk, 0.25));
        const QString text = pen.model.columnLabel(row);
        if (layout.upright) {
            const QRectF place(cell.left(), layout.tokens.top(), cell.width(), layout.tokens.height());
            pen.painter.drawText(place, Qt::AlignCenter, shortened(text, cell.width() - 3, pen.fixedWidth));
            pen.painter.setPen(pen.theme.quietInk);
            const QString next = readings.next[row] < 0 ? QString() : pen.model.label(readings.next[row]);
            if (!pen.model.isTrainedNet()) {
                pen.painter.drawText(QRectF(cell.left(), layout.header.top(), cell.width(), layout.header.height()), Qt::AlignCenter,
                                     shortened(next, cell.width() - 3, pen.fixedWidth));
            }
        } else {
            pen.painter.save();
            pen.painter.translate(cell.center().x(), layout.tokens.bottom() - 2);
            pen.painter.rotate(-90);
            pen.painter.drawText(QRectF(0, -pen.line / 2, layout.tokens.height() - 4, pen.line), Qt::AlignRight | Qt::AlignVCenter,
                                 shortened(text, layout.tokens.height() - 4, pen.fixedWidth));
            pen.painter.restore();
        }
    }
}

void paintDepths(Pen& pen)
{
    const auto& layout = pen.layout;
    const bool numbers = layout.columnWidth >= 2.6 * pen.fixedWidth;
    pen.painter.setFont(pen.fixed);
    for (int column = pen.columns.first; column < pen.columns.second; ++column) {
        const std::int32_t exit = pen.model.exitOf(static_cast<std::size_t>(column));
        const QRectF cell = layout.cell(column, 0);
        const double gap = layout.columnWidth >= 6 ? 1 : 0;
        const double share = static_cast<double>(exit) / std::max(1, layout.layers);
        const double height = layout.depths.height() * share;
        const bool full = exit == layout.layers;
        pen.painter.fillRect(QRectF(cell.left(), layout.depths.bottom() - height, cell.width() - gap, height),
                             full ? mix(pen.theme.background, pen.theme.quietInk, 0.28)
                                  : mix(pen.theme.background, pen.theme.accepted, 0.5));
        if (numbers) {
            pen.painter.setPen(pen.theme.ink);
            pen.painter.drawText(QRectF(cell.left(), layout.depths.top(), cell.width(), layout.depths.height()), Qt::AlignCenter,
                                 exit > 0 ? QString::number(exit) : QStringLiteral("?"));
        }
    }
}

/// What stands left of the rows of text: what each row is.
void paintRowNames(Pen& pen)
{
    pen.painter.setFont(pen.body);
    pen.painter.setPen(pen.theme.quietInk);
    const auto& layout = pen.layout;
    const bool net = pen.model.isTrainedNet();
    const auto name = [&](const QRectF& row, const QString& text) {
        pen.painter.drawText(QRectF(0, row.top(), layout.gutter.width() - 6, row.height()), Qt::AlignRight | Qt::AlignVCenter, text);
    };
    if (layout.upright && !net) {
        name(layout.header, words(QT_TRANSLATE_NOOP("LayerMap", "next")));
    }
    name(layout.tokens, net ? words(QT_TRANSLATE_NOOP("LayerMap", "class")) : words(QT_TRANSLATE_NOOP("LayerMap", "token")));
    name(layout.depths, words(QT_TRANSLATE_NOOP("LayerMap", "exit")));
}

namespace {

struct StripColumns {
    double bars = 0, agrees = 0, right = 0;  ///< widths
};

StripColumns stripColumns(const QFont& font)
{
    const QFontMetricsF metrics(font);
    const auto wide = [&](const char* title) {
        return std::ceil(std::max(metrics.horizontalAdvance(words(title)), metrics.horizontalAdvance(QStringLiteral("100.0")))) + 8;
    };
    return {.bars = std::max(64.0, wide("exits") + 24), .agrees = wide("agrees %"), .right = wide("right %")};
}

}  // namespace

void paintStrip(Pen& pen)
{
    const auto& layout = pen.layout;
    if (layout.strip.isEmpty()) {
        return;
    }
    pen.painter.setFont(pen.body);
    const auto columns = stripColumns(pen.body);
    const double agreesAt = layout.strip.left() + columns.bars;
    const double rightAt = agreesAt + columns.agrees;
    const double headerTop = layout.cells.top() - pen.line - 4;
    const auto title = [&](double x, double width, const char* text, Qt::Alignment alignment) {
        pen.painter.setPen(pen.theme.quietInk);
        pen.painter.drawText(QRectF(x, headerTop, width, pen.line + 4), alignment | Qt::AlignVCenter, words(text));
    };
    if (layout.upright) {
        title(layout.strip.left(), columns.bars, QT_TRANSLATE_NOOP("LayerMap", "exits"), Qt::AlignLeft);
        title(agreesAt, columns.agrees, QT_TRANSLATE_NOOP("LayerMap", "agrees %"), Qt::AlignRight);
        title(rightAt, columns.right, QT_TRANSLATE_NOOP("LayerMap", "right %"), Qt::AlignRight);
    }
    const auto& figures = pen.model.decided().exit.empty() ? pen.model.recordedFigures() : pen.model.decided().figures;
    const auto& totals = pen.model.totals();
    const std::int64_t most = figures.histogram.empty() ? 0 : *std::max_element(figures.histogram.begin(), figures.histogram.end());
    const bool texts = layout.rowHeight >= pen.line * 0.9;
    const double countWidth = QFontMetricsF(pen.body).horizontalAdvance(QString::number(most)) + 6;
    for (int level = pen.layers.first; level < pen.layers.second; ++level) {
        const auto layer = static_cast<std::size_t>(level);
        const QRectF cell = layout.cell(0, level);
        const double gap = layout.rowHeight >= 8 ? 1 : 0;
        if (layer < figures.histogram.size() && most > 0) {
            const double share = static_cast<double>(figures.histogram[layer]) / static_cast<double>(most);
            const double width = share * (columns.bars - countWidth - 4);
            const bool last = level == layout.layers - 1;
            pen.painter.fillRect(QRectF(layout.strip.left(), cell.top(), width, cell.height() - gap),
                                 last ? mix(pen.theme.background, pen.theme.quietInk, 0.28)
                                      : mix(pen.theme.background, pen.theme.accepted, 0.5));
            if (texts && figures.histogram[layer] > 0) {
                pen.painter.setPen(pen.theme.ink);
                pen.painter.drawText(QRectF(layout.strip.left() + width + 4, cell.top(), countWidth, cell.height()),
                                     Qt::AlignLeft | Qt::AlignVCenter, QString::number(figures.histogram[layer]));
            }
        }
        if (texts && layer < totals.size()) {
            const auto share = [](std::int64_t part, std::int64_t of) {
                return exitPercent(of > 0 ? static_cast<double>(part) / static_cast<double>(of) : std::numeric_limits<double>::quiet_NaN());
            };
            pen.painter.setPen(pen.theme.ink);
            pen.painter.drawText(QRectF(agreesAt, cell.top(), columns.agrees, cell.height()), Qt::AlignRight | Qt::AlignVCenter,
                                 share(totals[layer].agreeing, totals[layer].known));
            pen.painter.setPen(pen.theme.quietInk);
            pen.painter.drawText(QRectF(rightAt, cell.top(), columns.right, cell.height()), Qt::AlignRight | Qt::AlignVCenter,
                                 share(totals[layer].right, totals[layer].labelled));
        }
    }
}

}  // namespace layer_map

double layerMapGutterWidth(const QFont& font)
{
    const QFontMetricsF metrics(font);
    double widest = 0;
    for (const char* name : {"next", "class", "token", "exit"}) {
        widest = std::max(widest, metrics.horizontalAdvance(layer_map::words(name)));
    }
    return std::ceil(widest) + 8;
}

double layerMapStripWidth(const QFont& font)
{
    const auto columns = layer_map::stripColumns(font);
    return columns.bars + columns.agrees + columns.right + 8;
}

}  // namespace timberline::widgets
