// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/landscape/landscape_model.h"
#include "widgets/landscape/surface_raster.h"
#include "widgets/shared/view.h"

#include <QTimer>

#include <functional>

namespace timberline::widgets {

/// The plane as a mountain range, drawn without OpenGL: shaded squares with lattice lines, the path of training at its true loss, and the
/// bench's cursor as two slices over the surface. Drag or Shift+arrows turn it, the wheel or + and - zoom, 0 puts it back; arrows walk the
/// cursor. On screen through a depth buffer of its own, in vector exports as polygons from back to front.
class SurfaceView : public View
{
    Q_OBJECT
public:
    explicit SurfaceView(LandscapeModel* model, QWidget* parent = nullptr);

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {760, 620}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QStringList extraFormats() const override;
    [[nodiscard]] QByteArray toFormat(const QString& suffix) const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {480, 380}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, 200}; }

    [[nodiscard]] const Camera& camera() const { return m_camera; }
    void setCamera(const Camera& camera);
    /// The cell whose square lies under a pixel; nothing outside the surface.
    [[nodiscard]] std::optional<QPoint> cellAt(QPointF pixel) const;
    /// Where a cell's corner of the surface is drawn; for tests and tooltips.
    [[nodiscard]] QPointF pixelOf(QPoint cell) const;

Q_SIGNALS:
    void cameraChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    void refresh();
    [[nodiscard]] bool testShown() const { return m_model->surfaces() == ShownSurfaces::Test; }
    [[nodiscard]] QRectF sceneRect(const QSizeF& size) const;
    [[nodiscard]] const SurfaceMesh& mesh(const Theme& theme) const;
    [[nodiscard]] const SurfaceRaster& raster(const QSizeF& size, double scale, const Theme& theme) const;
    /// Position in the box of a point of the plane at a height.
    [[nodiscard]] BoxPoint boxPoint(QPointF point, double height) const;
    [[nodiscard]] BoxPoint cellPoint(int i, int j, double fallback) const;
    void paintFloor(QPainter& painter, const Projection& projection, const Theme& theme) const;
    void paintNotFinite(QPainter& painter, const Projection& projection, const Theme& theme) const;
    void paintPolygons(QPainter& painter, const Projection& projection, const Theme& theme) const;
    void paintOverlays(QPainter& painter, const Projection& projection, const SurfaceRaster& raster, const Theme& theme) const;
    void paintTrajectory(QPainter& painter, const Projection& projection, const SurfaceRaster& raster, const Theme& theme) const;
    void paintCursor(QPainter& painter, const Projection& projection, const SurfaceRaster& raster, const Theme& theme) const;
    void paintVerticalAxis(QPainter& painter, const Projection& projection, const Theme& theme) const;
    /// A line over the surface: solid where it is seen, thin and dotted where the surface hides it.
    void drawOver(QPainter& painter, const Projection& projection, const SurfaceRaster& raster, const std::vector<BoxPoint>& points,
                  const std::function<QColor(std::size_t)>& color, double width) const;

    LandscapeModel* m_model;
    Camera m_camera;
    QPointF m_pressed, m_last;
    bool m_turning = false;
    QTimer m_settle;  ///< after the last turn the picture is drawn once more, finer
    bool m_moving = false;
    struct Cache {
        quint64 version = 0;
        HeightMode mode = HeightMode::Loss;
        bool test = false;
        QString theme;
        SurfaceMesh mesh;
        SurfaceRaster raster;
        Camera camera;
        QSizeF size;
        double scale = 0;
        int samples = 0;
    };
    mutable Cache m_cache;
};

}  // namespace timberline::widgets
