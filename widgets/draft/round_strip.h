// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/record_model.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

namespace timberline::widgets {

/// All rounds at a glance: one bar a round, its height the accepted length, the drafted length as an outline behind it, ticks where a value
/// changed. Records of the other benches have plain moments: a bar up to the one that is shown, and the ticks. A click or drag looks at
/// that moment.
class RoundStrip : public View
{
    Q_OBJECT
public:
    RoundStrip(RecordModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    void setModel(RecordModel* model);

    /// Round under a pixel, clamped; -1 without rounds. Inverse of barRect.
    [[nodiscard]] int roundAt(double x) const;
    [[nodiscard]] QRectF barRect(int round, const QSizeF& size) const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {800, 80}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {400, 56}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {120, 40}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void show(int round);
    void refresh();
    [[nodiscard]] QString tipAt(int moment) const;
    void paintRounds(QPainter& painter, const QSizeF& size, const Theme& theme) const;
    void paintMoments(QPainter& painter, const QSizeF& size, const Theme& theme) const;
    [[nodiscard]] double slot(double width) const;
    RecordModel* m_model;
    SelectionModel* m_selection;
};

}  // namespace timberline::widgets
