// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"

#include <QPointF>
#include <QString>

class QPainter;

namespace timberline::widgets {

struct Theme;

/// Draws a node state's mark, so that no state is told by colour alone: accepted filled circle, bonus and correction filled diamond,
/// rejected cross in a ring, never verified ring, pruned small dot, root filled square.
/// @param radius in logical pixels.
void drawNodeShape(QPainter& painter, const QPointF& centre, double radius, record::NodeState state, const Theme& theme);

/// "accepted", "never verified" …, translated.
[[nodiscard]] QString stateLabel(record::NodeState state);

/// States in the order of a legend.
[[nodiscard]] const std::vector<record::NodeState>& legendStates();

/// Draws the legend on one line from `topLeft`. @return its width.
double drawNodeLegend(QPainter& painter, const QPointF& topLeft, const Theme& theme);

}  // namespace timberline::widgets
