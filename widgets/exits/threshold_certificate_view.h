// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/layer_readings.h"
#include "widgets/plot/plot_view.h"

#include <optional>

namespace timberline::widgets {

/// How a threshold was certified on prompts (Learn then Test): on the left the share of texts that would differ at each threshold, on the
/// right its p-value, both with their limits; a line where the certified threshold stands. Left and Right walk through the grid.
class ThresholdCertificateView : public PlotView
{
    Q_OBJECT
public:
    explicit ThresholdCertificateView(QWidget* parent = nullptr);

    void setCertificate(record::ThresholdCalibration certificate);
    /// Back to the empty state.
    void clear();
    void showBusy();
    void showError(const QString& sentence, const QString& hint);
    [[nodiscard]] const std::optional<record::ThresholdCalibration>& certificate() const { return m_certificate; }
    /// Some threshold below 1 passed.
    [[nodiscard]] bool certifies() const;
    /// Every number of one threshold of the grid.
    [[nodiscard]] QString stepText(std::size_t step) const;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;
    void laidOut(const QCustomPlot& plot) const override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    /// Thresholds that the walk reached: a prefix of the grid.
    [[nodiscard]] std::size_t tested() const;

    std::optional<record::ThresholdCalibration> m_certificate;
    int m_cursor = -1;                     ///< index into the grid
    mutable std::vector<QRectF> m_axes;    ///< pixels of both axis rectangles as last drawn
    mutable double m_low = 0, m_high = 1;  ///< thresholds at their edges
};

}  // namespace timberline::widgets
