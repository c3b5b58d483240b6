// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/landscape/datum_plot.h"
#include "widgets/landscape/landscape_model.h"

#include <optional>
#include <vector>

namespace timberline::widgets {

/// Counts of losses in equal bins over all groups; values above the last edge are in the last bin, those that are not finite are only
/// counted.
struct LossHistogram {
    double low = 0, width = 1;
    std::vector<int> members, flipped, heldOut;  ///< training samples with true labels, with flipped ones, validation samples
    int memberCount = 0, flippedCount = 0, heldOutCount = 0, notFinite = 0;
    bool overflow = false;  ///< the last bin holds values above its edge
    [[nodiscard]] int bins() const { return static_cast<int>(members.size()); }
};
/// @param flipped of train: 1 = label noise; empty = none.
[[nodiscard]] LossHistogram lossHistogram(const std::vector<double>& train, const std::vector<double>& heldOut,
                                          const std::vector<std::uint8_t>& flipped, int bins = 32);

/// How losses are spread over samples: those the network was trained on against those it has not seen, and those with flipped labels. Of
/// the network under the cursor when that was asked for, else of the last look at the moment shown.
class LossHistogramView : public DatumPlot
{
    Q_OBJECT
public:
    explicit LossHistogramView(LandscapeModel* model, QWidget* parent = nullptr);

    /// Losses of the network under the cursor; nothing = those that training recorded.
    void setSampleLosses(std::optional<record::SampleLosses> losses);
    [[nodiscard]] const LossHistogram& histogram() const { return m_histogram; }

    [[nodiscard]] int datumCount() const override { return m_histogram.bins(); }
    [[nodiscard]] double datumX(int datum) const override { return m_histogram.low + (datum + 0.5) * m_histogram.width; }
    [[nodiscard]] QString datumText(int datum) const override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;

private:
    void refresh();
    [[nodiscard]] QString source() const;

    LandscapeModel* m_model;
    std::optional<record::SampleLosses> m_losses;
    LossHistogram m_histogram;
    quint64 m_of = 0;  ///< record and look that the histogram was counted from; counting sorts every loss
    std::ptrdiff_t m_look = -1;
    int m_step = -1;  ///< of the look that is shown; -1 = the network under the cursor
};

}  // namespace timberline::widgets
