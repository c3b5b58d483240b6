// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/landscape/datum_plot.h"
#include "widgets/landscape/landscape_model.h"

namespace timberline::widgets {

/// Loss over training on the timeline's axis: every step's batch, the looks at training and validation samples, the learning rate, and a
/// mark wherever a hyperparameter was changed. Choosing a step moves the timeline there.
class CurveView : public DatumPlot
{
    Q_OBJECT
public:
    explicit CurveView(LandscapeModel* model, QWidget* parent = nullptr);

    void setLogarithmic(bool on);
    [[nodiscard]] bool logarithmic() const { return m_logarithmic; }

    [[nodiscard]] int datumCount() const override;
    [[nodiscard]] double datumX(int datum) const override;
    [[nodiscard]] QString datumText(int datum) const override;
    [[nodiscard]] int currentDatum() const override;
    void chooseDatum(int datum) override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

    /// Values thinned for a plot of this many columns: the lowest and the highest of every column stay. Ascending positions.
    [[nodiscard]] static std::vector<std::size_t> thinned(const std::vector<record::TrainingStep>& steps, std::size_t columns);

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;

private:
    void refresh();
    void addSteps(QCustomPlot& plot, const Theme& theme) const;
    void addLooks(QCustomPlot& plot, const Theme& theme) const;
    void addLearningRate(QCustomPlot& plot, const Theme& theme) const;
    void addChanges(QCustomPlot& plot, const Theme& theme) const;

    LandscapeModel* m_model;
    bool m_logarithmic = false;
};

}  // namespace timberline::widgets
