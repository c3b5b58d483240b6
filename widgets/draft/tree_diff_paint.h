// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>

/// What tree_diff_view.cpp lays out and tree_diff_paint.cpp paints with.
namespace timberline::widgets {

inline constexpr double kTreeDiffMargin = 12;
inline constexpr double kTreeDiffPad = 5;  ///< inside a token's box
/// The fixed font in the size of another one.
[[nodiscard]] QFont treeDiffFont(const QFont& like);

}  // namespace timberline::widgets
