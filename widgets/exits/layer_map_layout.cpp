// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/layer_map_layout.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

int LayerMapLayout::columnAt(double x) const
{
    if (x < cells.left() || x >= cells.right() || columnWidth <= 0) {
        return -1;
    }
    const int column = static_cast<int>(std::floor((x - cells.left() + scroll.x()) / columnWidth));
    return column >= 0 && column < columns ? column : -1;
}

int LayerMapLayout::layerAt(double y) const
{
    if (y < cells.top() || y >= cells.bottom() || rowHeight <= 0) {
        return -1;
    }
    const int layer = static_cast<int>(std::floor((cells.bottom() - y + scroll.y()) / rowHeight));
    return layer >= 0 && layer < layers ? layer : -1;
}

std::pair<int, int> LayerMapLayout::visibleColumns() const
{
    const int first = std::clamp(static_cast<int>(std::floor(scroll.x() / columnWidth)), 0, columns);
    const int end = std::clamp(static_cast<int>(std::ceil((scroll.x() + cells.width()) / columnWidth)), first, columns);
    return {first, end};
}

std::pair<int, int> LayerMapLayout::visibleLayers() const
{
    const int first = std::clamp(static_cast<int>(std::floor(scroll.y() / rowHeight)), 0, layers);
    const int end = std::clamp(static_cast<int>(std::ceil((scroll.y() + cells.height()) / rowHeight)), first, layers);
    return {first, end};
}

QPointF LayerMapLayout::furthestScroll() const
{
    return {std::max(0.0, columns * columnWidth - cells.width()), std::max(0.0, layers * rowHeight - cells.height())};
}

LayerMapLayout layoutLayerMap(const QSizeF& size, const QFont& font, int columns, int layers, const LayerMapSizes& sizes,
                              const QPointF& scroll)
{
    constexpr double kSmallestRow = 5;
    constexpr double kTallestRow = 60;
    constexpr double kGap = 4;
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    LayerMapLayout out;
    out.columns = std::max(0, columns);
    out.layers = std::max(0, layers);
    const double gutter = std::max(std::ceil(metrics.horizontalAdvance(QStringLiteral("0000"))) + 24, sizes.gutterWidth);
    // A narrow view keeps its cells and gives up the strip.
    const double strip = size.width() - gutter - sizes.stripWidth > 160 ? sizes.stripWidth : 0;
    const double room = std::max(20.0, size.width() - gutter - strip - (strip > 0 ? 2 * kGap : kGap));
    out.columnWidth = sizes.columnWidth > 0 ? sizes.columnWidth : room / std::max(1, out.columns);
    out.upright = out.columnWidth >= 3.2 * metrics.averageCharWidth() + 8;
    const double caption = line + kGap;
    const double header = out.upright ? line + kGap : 0;
    const double tokens = out.upright ? line + kGap : std::ceil(metrics.averageCharWidth() * 8) + kGap;
    const double depths = std::ceil(line * 1.3);
    const double legend = (line + 6) * sizes.legendLines;
    const double fixed = caption + header + tokens + depths + legend + 3 * kGap;
    const double height = std::max(kSmallestRow, size.height() - fixed);
    out.rowHeight = std::clamp(height / std::max(1, out.layers), kSmallestRow, kTallestRow);
    const double used = std::min(height, out.rowHeight * std::max(1, out.layers));
    out.caption = QRectF(0, 0, size.width(), caption);
    out.header = QRectF(gutter, caption, room, header);
    out.cells = QRectF(gutter, caption + header, room, used);
    out.gutter = QRectF(0, out.cells.top(), gutter, used);
    out.strip = strip > 0 ? QRectF(out.cells.right() + 2 * kGap, out.cells.top(), strip - 2 * kGap, used) : QRectF();
    out.tokens = QRectF(gutter, out.cells.bottom() + kGap, room, tokens);
    out.depths = QRectF(gutter, out.tokens.bottom(), room, depths);
    out.legend = QRectF(0, out.depths.bottom() + 2 * kGap, size.width(), legend);
    out.scroll = scroll;
    const QPointF furthest = out.furthestScroll();
    out.scroll.setX(std::clamp(out.scroll.x(), 0.0, furthest.x()));
    out.scroll.setY(std::clamp(out.scroll.y(), 0.0, furthest.y()));
    return out;
}

}  // namespace timberline::widgets
