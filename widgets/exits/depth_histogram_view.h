// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exits/exit_model.h"
#include "widgets/plot/plot_view.h"

namespace timberline::widgets {

/// How many tokens left at each layer: in the run (bars) and under the setting that is tried out (outline), with the mean depths.
class DepthHistogramView : public PlotView
{
    Q_OBJECT
public:
    explicit DepthHistogramView(ExitModel* model, QWidget* parent = nullptr);
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;
    bool event(QEvent* event) override;

private:
    ExitModel* m_model;
};

}  // namespace timberline::widgets
