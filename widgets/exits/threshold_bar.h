// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exits/exit_model.h"

#include <QAbstractSlider>
#include <QWidget>

class QLabel;

namespace timberline::widgets {

/// The colour bar of the policy's score with the threshold as its handle, and above it how often each score occurs. A slider in every other
/// respect: arrows step by 0.01 (whole numbers by 1), Page Up and Down by 0.05, Home and End to the ends, wheel and drag. No row decides
/// later than the next frame.
class ThresholdSlider : public QAbstractSlider
{
    Q_OBJECT
public:
    explicit ThresholdSlider(ExitModel* model, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    /// Handle value as steps of this slider.
    static constexpr int kSteps = 1000;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void refresh();
    void countScores();
    [[nodiscard]] QRectF barRect() const;
    void moveTo(double x);

    ExitModel* m_model;
    bool m_refreshing = false;
    std::vector<float> m_bins;  ///< share of scores in each bin, of the fullest
};

/// Label, slider and value on one line.
class ThresholdBar : public QWidget
{
    Q_OBJECT
public:
    explicit ThresholdBar(ExitModel* model, QWidget* parent = nullptr);
    [[nodiscard]] ThresholdSlider* slider() const { return m_slider; }
    /// Moves the handle by steps of 0.01 (whole numbers: 1).
    void stepBy(int steps);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    ExitModel* m_model;
    QLabel* m_label;
    ThresholdSlider* m_slider;
    QLabel* m_value;
    QLabel* m_time;
};

/// "threshold 0.90", "patience 2", "layer 6": the handle in words; "never" where the value switches the policy off.
[[nodiscard]] QString handleText(const ExitHandle& handle);
[[nodiscard]] QString handleTitle(const ExitHandle& handle);

}  // namespace timberline::widgets
