// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <utility>

namespace timberline::widgets {

/// Where everything of the layer map stands: plain geometry in logical pixels. Columns run from the left, layers from the bottom.
struct LayerMapLayout {
    int columns = 0;
    int layers = 0;
    double columnWidth = 56;
    double rowHeight = 24;
    QPointF scroll;       ///< pixels hidden at the left (x) and at the bottom (y)
    bool upright = true;  ///< token texts stand level; else they are turned
    QRectF caption;       ///< the line above everything
    QRectF gutter;        ///< layer numbers
    QRectF header;        ///< tokens that were chosen, above the cells; empty when
                          ///< columns are narrow
    QRectF cells;
    QRectF tokens;  ///< texts of the columns, below the cells
    QRectF depths;  ///< strip under each column
    QRectF strip;   ///< strip at the right of each row
    QRectF legend;

    [[nodiscard]] QRectF cell(int column, int layer) const
    {
        return {cells.left() + column * columnWidth - scroll.x(), cells.bottom() - (layer + 1) * rowHeight + scroll.y(), columnWidth,
                rowHeight};
    }
    /// The column or layer (from 0) at a place, -1 outside.
    [[nodiscard]] int columnAt(double x) const;
    [[nodiscard]] int layerAt(double y) const;
    /// Half-open ranges of what the viewport shows.
    [[nodiscard]] std::pair<int, int> visibleColumns() const;
    [[nodiscard]] std::pair<int, int> visibleLayers() const;
    [[nodiscard]] QPointF furthestScroll() const;
};

struct LayerMapSizes {
    double columnWidth = 56;  ///< wished; 0 = all columns fit
    double gutterWidth = 0;   ///< what the names of the rows need; layer numbers need no more than 60
    double stripWidth = 150;
    int legendLines = 1;
};

/// @param font of labels.  The scroll of the result is clamped to what there is.
[[nodiscard]] LayerMapLayout layoutLayerMap(const QSizeF& size, const QFont& font, int columns, int layers, const LayerMapSizes& sizes,
                                            const QPointF& scroll);

/// Below this column width single cells are no longer drawn; the map becomes an image with a mean a pixel.
inline constexpr double kOverviewColumn = 3;

}  // namespace timberline::widgets
