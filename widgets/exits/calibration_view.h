// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exits/exit_model.h"
#include "widgets/plot/plot_view.h"
#include "widgets/shared/selection.h"

#include <vector>

namespace timberline::widgets {

/// Whether a layer is right as often as it says: reliability of the selected exit on the left, the calibration error of every exit on the
/// right. Up and Down choose the exit.
class CalibrationView : public PlotView
{
    Q_OBJECT
public:
    CalibrationView(ExitModel* model, SelectionModel* selection, QWidget* parent = nullptr);
    /// Right = what the last layer says; else what follows in the text, or the class.
    void setAgainstFinal(bool on);
    [[nodiscard]] bool againstFinal() const { return m_againstFinal; }
    [[nodiscard]] const std::vector<ExitReliability>& layers() const;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    [[nodiscard]] int layer() const;
    ExitModel* m_model;
    SelectionModel* m_selection;
    bool m_againstFinal = true;
    mutable bool m_stale = true;  ///< computed when looked at, not at every token
    mutable std::vector<ExitReliability> m_layers;
};

}  // namespace timberline::widgets
