// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include "core/record/landscape_grid.h"

#include <QImage>

#include <optional>

namespace timberline::widgets {

/// The network at one point of the plane over its two inputs: the likeliest class with its probability as strength of colour, the border
/// between classes, and the training samples with a shape for each class. Arrow keys walk a cursor over the inputs.
class DecisionMapView : public View
{
    Q_OBJECT
public:
    explicit DecisionMapView(QWidget* parent = nullptr);

    void setMap(std::optional<record::DecisionMap> map);
    /// The question is on its way; the last picture stays, greyed.
    void setWaiting();
    /// Why there is no map: the network takes no two inputs, the parameters are no longer kept.
    void setProblem(const QString& sentence, const QString& hint);
    [[nodiscard]] const std::optional<record::DecisionMap>& map() const { return m_map; }

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {560, 480}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {320, 240}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {180, 140}; }
    /// Input cell of the cursor; (-1, -1) = none.
    [[nodiscard]] QPoint cursorCell() const { return m_cursor; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRectF mapRect(const QSizeF& size) const;
    [[nodiscard]] QPoint cellAt(QPointF pixel) const;
    [[nodiscard]] QString cellText(QPoint cell) const;
    [[nodiscard]] QString className(int label) const;
    [[nodiscard]] int classCount() const;
    void moveTo(QPoint cell);
    void paintField(QPainter& painter, const QRectF& area, const Theme& theme) const;
    void paintBorders(QPainter& painter, const QRectF& area, const Theme& theme) const;
    void paintPoints(QPainter& painter, const QRectF& area, const Theme& theme) const;
    void paintFrame(QPainter& painter, const QRectF& area, const QSizeF& size, const Theme& theme) const;

    std::optional<record::DecisionMap> m_map;
    QPoint m_cursor{-1, -1};
    mutable QImage m_image;
    mutable QString m_imageTheme;
};

}  // namespace timberline::widgets
