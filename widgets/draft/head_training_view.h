// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/draft/head_training_fold.h"
#include "widgets/landscape/datum_plot.h"
#include "widgets/shared/record_model.h"

class QCPAxisRect;
class QCPLegend;

namespace timberline::widgets {

/// How draft heads learn, on one axis of steps done: the loss of every batch and of held-out text; the tokens accepted per pass, measured
/// as training goes on, with a dot a prompt and plain decoding as a line; where there is room, the accuracy of every head. Shows the whole
/// curve so far; the cursor is its own. Blocks are folded once each, as they arrive. Heads that draft nothing have R squared instead of
/// acceptance and accuracy.
class HeadTrainingView : public DatumPlot
{
    Q_OBJECT
public:
    explicit HeadTrainingView(RecordModel* model, QWidget* parent = nullptr);

    [[nodiscard]] const HeadTrainingFold& fold() const { return m_fold; }
    /// Said while there is no step yet: what is prepared, and how far it is. Empty = nothing is.
    void setPreparing(const QString& sentence);
    /// Why training did not begin.
    void showError(const QString& sentence, const QString& hint);
    /// Shows a part of the loss instead of the whole: its number, -1 = the whole. Held-out text is only judged by the whole.
    void setPart(int part);
    [[nodiscard]] int part() const { return m_part; }

    /// "step 120 of 700 · 1:12, about 5:40 left · loss 3.21 · best 2.31 accepted per pass"; empty before the first step.
    [[nodiscard]] QString numbersText() const;

    [[nodiscard]] int datumCount() const override;
    [[nodiscard]] double datumX(int datum) const override;
    [[nodiscard]] QString datumText(int datum) const override;
    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {960, 320}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 110}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString ownManifest() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;

private:
    /// Where the plots stand: one row of as many as fit, or one below the other.
    enum class Plot { Loss, Acceptance, Accuracy };
    struct Places {
        std::vector<Plot> plots;
        bool stacked = false;
        double width = 300;  ///< of one
    };
    /// False for heads that predict a number (HeadSetup::measure).
    [[nodiscard]] bool drafts() const;
    [[nodiscard]] Places places(const QSizeF& size) const;
    void foldNew();
    void refresh();
    [[nodiscard]] float lossOf(const record::HeadTrainingStep& step) const;
    [[nodiscard]] QString titleOf(Plot plot) const;
    void drawLoss(QCustomPlot& plot, QCPAxisRect& axes, QCPLegend& legend, const Theme& theme) const;
    void drawAcceptance(QCustomPlot& plot, QCPAxisRect& axes, QCPLegend& legend, const Theme& theme) const;
    void drawAccuracy(QCustomPlot& plot, QCPAxisRect& axes, QCPLegend& legend, const Theme& theme) const;
    [[nodiscard]] double lastStep() const;

    RecordModel* m_model;
    HeadTrainingFold m_fold;
    quint64 m_generation = 0;
    std::size_t m_folded = 0;  ///< events of the record that the fold has
    QString m_preparing;
    int m_part = -1;
    mutable QSizeF m_paintSize{960, 320};
};

/// A span of time as people read a clock: "7 s", "1:12", "2:03:10".
[[nodiscard]] QString clockText(double milliseconds);

}  // namespace timberline::widgets
