// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/landscape/datum_plot.h"
#include "widgets/landscape/landscape_model.h"

namespace timberline::widgets {

/// Curvature at the moment shown: the spectral density on a logarithmic axis where it was computed, the largest eigenvalues with their
/// errors, the trace in words. The eigenvalues are the data that the keys walk.
class HessianView : public DatumPlot
{
    Q_OBJECT
public:
    explicit HessianView(LandscapeModel* model, QWidget* parent = nullptr);

    [[nodiscard]] int datumCount() const override;
    [[nodiscard]] double datumX(int datum) const override;
    [[nodiscard]] QString datumText(int datum) const override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;

private:
    void refresh();
    [[nodiscard]] QString traceText(const record::HessianSummary& summary) const;
    LandscapeModel* m_model;
};

}  // namespace timberline::widgets
