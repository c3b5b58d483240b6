// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QWidget>

#include <vector>

class QButtonGroup;
class QLabel;

namespace timberline::widgets {

/// A canvas over [-1, 1] x [-1, 1] on which samples of up to ten classes are painted. The left button paints, the right one (or Shift) rubs
/// out. Keys: arrows move the brush (Shift: finely), Space paints, Delete rubs out, 0 to 9 choose the class, Ctrl+Z takes back.
class PointsCanvas : public QWidget
{
    Q_OBJECT
public:
    explicit PointsCanvas(QWidget* parent = nullptr);

    /// x, y and class of every point, one after the other: the value of the data set painted-points. Others are left out, as are points off
    /// the canvas.
    void setValues(const std::vector<double>& values);
    [[nodiscard]] std::vector<double> values() const;
    [[nodiscard]] int pointCount() const { return static_cast<int>(m_points.size()); }
    void setLabel(int label);
    [[nodiscard]] int label() const { return m_label; }
    void clear();
    void undo();
    [[nodiscard]] bool canUndo() const { return !m_past.empty(); }
    [[nodiscard]] QSize sizeHint() const override { return {240, 240}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {140, 140}; }
    [[nodiscard]] QPointF toPixel(QPointF point) const;

Q_SIGNALS:
    void valuesChanged(const std::vector<double>& values);  ///< once a stroke
    void labelChanged(int label);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Point {
        QPointF at;
        int label;
    };
    [[nodiscard]] QRectF canvas() const;
    [[nodiscard]] QPointF fromPixel(QPointF pixel) const;
    void beginStroke();
    void endStroke();
    void paintAt(QPointF point);
    void rubAt(QPointF point);
    void describe();

    std::vector<Point> m_points;
    std::vector<std::vector<Point>> m_past;
    QPointF m_brush;
    QPointF m_lastPainted;
    int m_label = 0;
    bool m_stroke = false, m_rubbing = false, m_changed = false;
};

/// The canvas with its classes as buttons, undo and clear.
class PaintedPoints : public QWidget
{
    Q_OBJECT
public:
    explicit PaintedPoints(QWidget* parent = nullptr);
    [[nodiscard]] PointsCanvas* canvas() const { return m_canvas; }
    /// As PointsCanvas::setValues.
    void setValues(const std::vector<double>& values);

Q_SIGNALS:
    void valuesChanged(const std::vector<double>& values);

private:
    void refresh();
    PointsCanvas* m_canvas;
    QButtonGroup* m_classes;
    QWidget* m_undo;
    QLabel* m_count;
};

}  // namespace timberline::widgets
