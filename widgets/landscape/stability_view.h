// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/landscape/datum_plot.h"
#include "widgets/landscape/landscape_model.h"

namespace timberline::widgets {

/// Edge of stability: the largest curvature over training against the largest one that gradient descent still descends into (2 / learning
/// rate, with momentum more). Above the plot a gauge shows both for the moment shown; its limit moves with the learning-rate slider at
/// once.
class StabilityView : public DatumPlot
{
    Q_OBJECT
public:
    explicit StabilityView(LandscapeModel* model, QWidget* parent = nullptr);

    enum class Verdict { Unknown, Stable, Edge, Unstable };
    /// Of the moment shown: within 2 % of the limit counts as its edge.
    [[nodiscard]] Verdict verdict() const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] int datumCount() const override;
    [[nodiscard]] double datumX(int datum) const override;
    [[nodiscard]] QString datumText(int datum) const override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;
    [[nodiscard]] QPointF plotOffset() const override { return {0, gaugeHeight()}; }

private:
    void refresh();
    [[nodiscard]] double gaugeHeight() const;
    [[nodiscard]] QString sentence() const;
    void paintGauge(QPainter& painter, const QRectF& area, const Theme& theme) const;

    LandscapeModel* m_model;
};

}  // namespace timberline::widgets
