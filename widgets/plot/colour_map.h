// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/theme/theme.h"

#include <QColor>
#include <QRectF>
#include <QString>
#include <QStringList>

#include <array>
#include <cstdint>

class QPainter;

namespace timberline::widgets {

/// Colours for numbers. Sequential maps rise evenly in lightness, so that they read in greyscale and to every kind of colour vision; more
/// is always brighter, in every theme, so that a value keeps its colour. The diverging map runs from blue over the theme's paper to
/// vermilion; its two arms are equally strong, so a sign is told apart by dots as well (drawValueCell puts them on negative values).
class ColourMap
{
public:
    enum class Kind : std::uint8_t { Cividis, Viridis, Diverging };

    [[nodiscard]] static ColourMap sequential(Kind kind = Kind::Cividis);
    [[nodiscard]] static ColourMap diverging(const Theme& theme);

    [[nodiscard]] Kind kind() const { return m_kind; }
    /// @param t clamped to [0, 1]; NaN gives 0: transparent, to be hatched.  256
    /// steps, one table look-up.
    [[nodiscard]] QRgb rgb(double t) const;
    [[nodiscard]] QColor color(double t) const { return QColor::fromRgba(rgb(t)); }

private:
    Kind m_kind = Kind::Cividis;
    std::array<QRgb, 256> m_table{};
};

/// A map with the values of its two ends.
struct ColourScale {
    ColourMap map = ColourMap::sequential();
    double low = 0;
    double high = 1;  ///< high > low

    /// Position of a value, clamped to [0, 1]; NaN for NaN. Infinite values go to
    /// their end.
    [[nodiscard]] double position(double value) const;
    [[nodiscard]] QRgb rgb(double value) const { return map.rgb(position(value)); }
    [[nodiscard]] QColor color(double value) const { return map.color(position(value)); }
    /// A diverging scale centred on 0 that reaches `extent` on both sides; an extent of 0 or less becomes 1.
    [[nodiscard]] static ColourScale centred(double extent, const Theme& theme);
};

/// The smallest of 1, 2, 2.5, 5 times a power of ten that is at least `value`; 1 for 0, NaN and infinity.
[[nodiscard]] double niceCeiling(double value);

/// Black or white, whichever is easier to read on the colour.
[[nodiscard]] QColor inkOn(QRgb fill);

/// Fills a cell by its value: NaN and infinity are hatched (infinity crosswise, over its end's colour), negative values of a diverging
/// scale dotted.
void drawValueCell(QPainter& painter, const QRectF& cell, double value, const ColourScale& scale, const Theme& theme);
/// The hatching of what is not defined or was not computed.
void drawUndefined(QPainter& painter, const QRectF& cell, const Theme& theme);

/// What a legend says.
struct ColourLegend {
    QString label;          ///< "entropy"
    QString unit;           ///< "nats"; empty for pure numbers
    QString undefinedText;  ///< text of the hatched swatch; empty = no swatch
    int digits = 2;         ///< after the decimal point
};

/// A legend on one line: label with unit, the bar between its end values (0 in the middle of a diverging one), the hatched swatch.
/// @return the x where the next thing may begin.
double drawColourLegend(QPainter& painter, const QPointF& topLeft, double width, const ColourScale& scale, const ColourLegend& legend,
                        const Theme& theme);
/// Only the bar, filled from left (low) to right (high).
void drawColourBar(QPainter& painter, const QRectF& bar, const ColourMap& map, const Theme& theme);
/// Height of a legend in this font.
[[nodiscard]] double colourLegendHeight(const QFont& font);

}  // namespace timberline::widgets
