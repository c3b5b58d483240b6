// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exits/exit_channel.h"
#include "widgets/exits/exit_model.h"
#include "widgets/exits/layer_map_layout.h"

class QPainter;

namespace timberline::widgets {

/// What paintLayerMap draws.
struct LayerMapRequest {
    const ExitModel* model = nullptr;
    LayerMapLayout layout;
    ExitChannel channel = ExitChannel::Probability;
    bool sources = true;  ///< borders for keys and values that were not computed
    QString policyText;   ///< "Confidence, threshold 0.90"
    int selectedRow = -1;
    int selectedLayer = -1;
    int hoveredRow = -1;
    int hoveredLayer = -1;
};

/// Paints what the layout's viewport shows, and nothing else.
void paintLayerMap(QPainter& painter, const LayerMapRequest& request, const Theme& theme);
/// Widths that the row names at the left and the strip at the right need in this font, and lines that the legend needs at this width.
[[nodiscard]] double layerMapGutterWidth(const QFont& font);
[[nodiscard]] double layerMapStripWidth(const QFont& font);
[[nodiscard]] int layerMapLegendLines(const ExitModel& model, ExitChannel channel, bool sources, const QFont& font, double width);

/// How a cell is drawn: whether its layer runs for its token under the choice that is tried out.
enum class CellLook { Runs, NotRun, Unknown };
[[nodiscard]] CellLook lookOf(const ExitModel& model, std::size_t row, std::size_t layer);

}  // namespace timberline::widgets
