// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_view.h"
#include "widgets/shared/record_model.h"

namespace timberline::widgets {

/// Acceptance by depth: conditional (accepted at d of those that reached d) and unconditional (of all drafting rounds), each with its 95 %
/// interval.
class AcceptancePlot : public PlotView
{
    Q_OBJECT
public:
    explicit AcceptancePlot(RecordModel* model, QWidget* parent = nullptr);
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;

private:
    RecordModel* m_model;
};

/// Where the time of each round went: draft, verify and overhead as stacked lanes over rounds, in milliseconds.
class TimePlot : public PlotView
{
    Q_OBJECT
public:
    explicit TimePlot(RecordModel* model, QWidget* parent = nullptr);
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;

private:
    RecordModel* m_model;
};

}  // namespace timberline::widgets
