// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/landscape/loss_scale.h"

#include "core/record/landscape_grid.h"

#include <QCoreApplication>
#include <QString>

namespace timberline::widgets {

/// What the Landscape bench says about a plane, translated. (record::caption says the same in English, for exported files.)
class PlaneText
{
    Q_DECLARE_TR_FUNCTIONS(PlaneText)
public:
    /// "α  along random direction 1", "PC 1 (86 % of the path's variance)".  @param second the vertical axis
    [[nodiscard]] static QString axisTitle(const record::LandscapePlane& plane, bool second);
    /// The same in two words: "α: random 1", "β: PC 2, 18 %".
    [[nodiscard]] static QString shortAxisTitle(const record::LandscapePlane& plane, bool second);
    /// One word or two for lists of planes: "random, after step 200".
    [[nodiscard]] static QString planeName(const record::LandscapePlane& plane);
    /// Kind of plane, seeds, normalisation, subset, treatment of batch norm, explained variance: everything it takes to read the picture
    /// right.
    [[nodiscard]] static QString caption(const record::LandscapePlane& plane);
    /// What heights and colours stand for.
    [[nodiscard]] static QString quantity(HeightMode mode);
    [[nodiscard]] static QString surfaceName(bool test);
    /// "0.5231 ± 0.0042", "NaN", "∞".
    [[nodiscard]] static QString lossText(double loss, double standardError);
    /// How far a surface is computed, and how old it is: "computed 121 of 2601 cells, level 2 of 3".
    [[nodiscard]] static QString progress(const record::LandscapeGrid& grid);

private:
    [[nodiscard]] static QString direction(const record::LandscapeAxis& axis);
    [[nodiscard]] static QString normalisation(const record::LandscapeAxis& axis);
};

}  // namespace timberline::widgets
