// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/landscape/contours.h"
#include "widgets/landscape/landscape_model.h"
#include "widgets/landscape/plane_axes.h"
#include "widgets/shared/view.h"

#include <QImage>

#include <array>
#include <utility>
#include <vector>

namespace timberline::widgets {

/// The plane from above: heat map and contour lines of the training and the test surface side by side on one scale, the path of training,
/// the centre, the cursor. What is not computed stays blank, what lies between cells of a coarse level is pale, NaN and infinity are
/// hatched, and so are places where contour lines stand closer than the standard error. Arrow keys walk the cursor.
class ContourView : public View
{
    Q_OBJECT
public:
    explicit ContourView(LandscapeModel* model, QWidget* parent = nullptr);

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QStringList extraFormats() const override;
    [[nodiscard]] QByteArray toFormat(const QString& suffix) const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {480, 380}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {260, 200}; }

    /// Lines of one surface as they are drawn, by level; grid coordinates.
    using Levels = std::vector<std::pair<double, std::vector<ContourLine>>>;
    [[nodiscard]] const Levels& contours(bool test) const;
    /// Where a surface is drawn in a view of this size; a null area when it is not shown.
    [[nodiscard]] PlaneMapping mapping(bool test, const QSizeF& size) const;
    void setNoiseHatching(bool on);
    [[nodiscard]] bool noiseHatching() const { return m_hatchNoise; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void refresh();
    struct Layout {
        std::array<QRectF, 2> maps;  ///< training, test; null when not shown
        QRectF bar, legend, caption;
        bool stacked = false;  ///< the two maps stand one above the other
    };
    [[nodiscard]] Layout layoutFor(const QSizeF& size) const;
    void placeMaps(Layout& layout, const QRectF& room) const;
    [[nodiscard]] std::optional<QPointF> pointAt(QPointF pixel) const;
    void paintMap(QPainter& painter, const PlaneMapping& mapping, bool test, const Layout& layout, const Theme& theme) const;
    void paintCells(QPainter& painter, const PlaneMapping& mapping, const SurfaceField& field, const Theme& theme) const;
    void paintHatching(QPainter& painter, const PlaneMapping& mapping, const SurfaceField& field, const Theme& theme) const;
    void paintContours(QPainter& painter, const PlaneMapping& mapping, bool test, const Theme& theme) const;
    void paintEllipses(QPainter& painter, const PlaneMapping& mapping, const Theme& theme) const;
    void paintTrajectory(QPainter& painter, const PlaneMapping& mapping, const Theme& theme) const;
    void paintMarks(QPainter& painter, const PlaneMapping& mapping, const Theme& theme) const;
    void paintBar(QPainter& painter, const QRectF& bar, const Theme& theme) const;
    void paintLegend(QPainter& painter, const QRectF& area, const Theme& theme) const;

    LandscapeModel* m_model;
    bool m_hatchNoise = true;
    struct Cache {
        quint64 version = 0;
        HeightMode mode = HeightMode::Loss;
        QString theme;
        QImage image;
        std::optional<Levels> levels;
    };
    Cache& cache(bool test, const Theme& theme) const;
    mutable std::array<Cache, 2> m_cache;
};

/// Colour of the path of training at a share of its length: white at its start, vermilion at its end.
[[nodiscard]] QColor pathColor(double share, const Theme& theme);

}  // namespace timberline::widgets
