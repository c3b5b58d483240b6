// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/landscape/datum_plot.h"
#include "widgets/landscape/landscape_model.h"

namespace timberline::widgets {

/// Height of the ridge between two networks: the largest loss for α in [0, 1] minus the larger of the two ends' (training.md 2.2).
struct Barrier {
    double height = 0, at = 0, base = 0;
};
/// Nothing unless the line runs from one network (α = 0) to another (α = 1), and both ends are computed and finite.
[[nodiscard]] std::optional<Barrier> barrierOf(const record::LandscapeGrid& grid, bool test);

/// Losses along a line: a landscape of one dimension, or the slice of a plane through the cursor. Training and test with their standard
/// errors as bands; values that are not finite stand as crosses at the upper edge.
class LineView : public DatumPlot
{
    Q_OBJECT
public:
    explicit LineView(LandscapeModel* model, QWidget* parent = nullptr);

    /// Slices of a plane run along α, or along β.
    void setAlongBeta(bool on);
    [[nodiscard]] bool alongBeta() const { return m_alongBeta; }

    [[nodiscard]] int datumCount() const override;
    [[nodiscard]] double datumX(int datum) const override;
    [[nodiscard]] QString datumText(int datum) const override;
    [[nodiscard]] int currentDatum() const override;
    void chooseDatum(int datum) override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QStringList extraFormats() const override;
    [[nodiscard]] QByteArray toFormat(const QString& suffix) const override;

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;

private:
    void refresh();
    [[nodiscard]] bool slicedAlongBeta() const;
    [[nodiscard]] std::size_t cellOf(int datum) const;
    void addSurface(QCustomPlot& plot, const Theme& theme, bool test, QVector<double>& notFinite) const;

    LandscapeModel* m_model;
    bool m_alongBeta = false;
};

}  // namespace timberline::widgets
