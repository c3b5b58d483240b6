// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPointF>

class QPainter;

namespace timberline::widgets {

struct Theme;

inline constexpr int kMostClasses = 10;

/// Colour of a class, told apart by every kind of colour vision as far as ten colours can be; the shape says it again.
[[nodiscard]] QColor classColor(int label, const Theme& theme);
/// A sample of a class: disc, square, triangle, diamond, cross and so on, with an outline that stands out on its own class's colour.
void drawClassMark(QPainter& painter, QPointF at, int label, double radius, const Theme& theme);

}  // namespace timberline::widgets
