// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exits/layer_map_painter.h"

#include <QPainter>

#include <utility>

/// Parts of the painting of the layer map, shared by its files only.
namespace timberline::widgets::layer_map {

/// Everything that the parts of one painting share.
struct Pen {
    QPainter& painter;
    const LayerMapRequest& request;
    const Theme& theme;
    const ExitModel& model;
    const LayerMapLayout& layout;
    ColourScale scale;
    QFont body;
    QFont fixed;
    double fixedWidth = 0;  ///< of one character
    double line = 0;
    std::pair<int, int> columns;
    std::pair<int, int> layers;
};

[[nodiscard]] QString words(const char* text);  ///< translated, context "LayerMap"
/// Cut to what fits, with an ellipsis; every character is as wide as the font's.
[[nodiscard]] QString shortened(const QString& text, double width, double characterWidth);
[[nodiscard]] QRgb agreementColor(bool agrees, const Theme& theme);
[[nodiscard]] QRgb fillOf(const Pen& pen, double value);
/// The look of a layer that does not run for its token.
void hatch(QPainter& painter, const QRectF& rect, QRgb fill);

// layer_map_labels.cpp
void paintGutter(Pen& pen);
void paintColumnTexts(Pen& pen);
void paintDepths(Pen& pen);
void paintRowNames(Pen& pen);
void paintStrip(Pen& pen);
// layer_map_legend.cpp
void paintCaption(Pen& pen);
void paintLegend(Pen& pen);

}  // namespace timberline::widgets::layer_map
