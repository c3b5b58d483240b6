// SPDX-License-Identifier: GPL-3.0-or-later
// How the surface view is painted; what it listens to stands in surface_view.cpp.
#include "widgets/landscape/contour_view.h"
#include "widgets/landscape/plane_text.h"
#include "widgets/landscape/surface_view.h"
#include "widgets/plot/colour_map.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QPaintEngine>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace timberline::widgets {

namespace {
constexpr int kMostVertices = 256;  ///< an axis; finer grids are thinned for the screen
constexpr int kLatticeLines = 25;   ///< an axis, about
constexpr double kPale = 0.5;

bool paintsPixels(const QPainter& painter)
{
    const auto type = painter.paintEngine()->type();
    return type == QPaintEngine::Raster || type == QPaintEngine::OpenGL || type == QPaintEngine::OpenGL2;
}

QColor latticeInk()
{
    return {0, 0, 0, 70};
}
}  // namespace

QRectF SurfaceView::sceneRect(const QSizeF& size) const
{
    const double line = QFontMetricsF(font()).height();
    return {0, line + 4, size.width(), std::max(20.0, size.height() - line - 8)};
}

BoxPoint SurfaceView::boxPoint(QPointF point, double height) const
{
    const auto& plane = m_model->grid()->plane;
    const auto along = [](const record::LandscapeAxis& axis, double value) {
        return axis.high != axis.low ? 2 * (value - axis.low) / (axis.high - axis.low) - 1 : 0.0;
    };
    return {along(plane.x, point.x()), along(plane.y, point.y()), height};
}

BoxPoint SurfaceView::cellPoint(int i, int j, double fallback) const
{
    const auto& field = m_model->field(testShown());
    const double height = field.height[field.index(i, j)];
    return {field.nx > 1 ? 2.0 * i / (field.nx - 1) - 1 : 0, field.ny > 1 ? 2.0 * j / (field.ny - 1) - 1 : 0,
            std::isfinite(height) ? height : fallback};
}

const SurfaceMesh& SurfaceView::mesh(const Theme& theme) const
{
    const auto mode = m_model->scale().mode();
    if (m_cache.version == m_model->version() && m_cache.mode == mode && m_cache.test == testShown() && m_cache.theme == theme.id) {
        return m_cache.mesh;
    }
    m_cache.version = m_model->version();
    m_cache.mode = mode;
    m_cache.test = testShown();
    m_cache.theme = theme.id;
    m_cache.scale = 0;  // the raster is drawn anew
    const auto& field = m_model->field(testShown());
    const auto map = ColourMap::sequential();
    SurfaceMesh out;
    const auto thinned = [](int points) { return std::min(points, kMostVertices); };
    out.nx = thinned(field.nx);
    out.ny = thinned(field.ny);
    out.gridEvery = std::max(1, static_cast<int>(std::lround(std::max(out.nx, out.ny) / static_cast<double>(kLatticeLines))));
    for (int j = 0; j < out.ny; ++j) {
        const int row = out.ny > 1 ? static_cast<int>(std::lround(static_cast<double>(j) * (field.ny - 1) / (out.ny - 1))) : 0;
        for (int i = 0; i < out.nx; ++i) {
            const int column = out.nx > 1 ? static_cast<int>(std::lround(static_cast<double>(i) * (field.nx - 1) / (out.nx - 1))) : 0;
            const auto k = field.index(column, row);
            out.height.push_back(static_cast<float>(field.height[k]));
            const QColor full = map.color(std::isfinite(field.height[k]) ? field.height[k] : 0);
            out.color.push_back((field.state[k] == CellState::Interpolated ? mix(theme.background, full, kPale) : full).rgb());
        }
    }
    m_cache.mesh = std::move(out);
    return m_cache.mesh;
}

const SurfaceRaster& SurfaceView::raster(const QSizeF& size, double scale, const Theme& theme) const
{
    const auto& shape = mesh(theme);
    // While it turns one sample a pixel is enough; a picture at rest is drawn with four.
    const int samples = m_moving ? 1 : 2;
    if (m_cache.scale != scale || m_cache.size != size || m_cache.camera != m_camera || m_cache.samples != samples) {
        m_cache.raster.draw(shape, Projection(m_camera, size), size, scale, samples, latticeInk());
        m_cache.scale = scale;
        m_cache.size = size;
        m_cache.camera = m_camera;
        m_cache.samples = samples;
    }
    return m_cache.raster;
}

void SurfaceView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    const auto* grid = m_model->grid();
    if (grid == nullptr || state() == ViewState::Empty || state() == ViewState::Error) {
        (void)paintState(painter, QRectF(QPointF(0, 0), size), theme);
        return;
    }
    painter.save();
    painter.setFont(font());
    const QRectF scene = sceneRect(size);
    const QFontMetricsF metrics(font());
    painter.setPen(theme.ink);
    const QString name = PlaneText::surfaceName(testShown());
    painter.drawText(QRectF(8, 4, scene.width() - 16, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter, name);
    painter.setPen(theme.quietInk);
    const double left = 8 + metrics.horizontalAdvance(name) + 12;
    const QString right = state() == ViewState::Partial ? PlaneText::progress(*grid) : PlaneText::quantity(m_model->scale().mode());
    painter.drawText(QRectF(left, 4, scene.width() - left - 8, metrics.height()), Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(right, Qt::ElideRight, scene.width() - left - 8));
    painter.translate(scene.topLeft());
    painter.setClipRect(QRectF(QPointF(0, 0), scene.size()));
    const Projection projection(m_camera, scene.size());
    paintFloor(painter, projection, theme);
    paintNotFinite(painter, projection, theme);
    const double scale = paintsPixels(painter) ? painter.device()->devicePixelRatioF() : 1;
    const auto& pixels = raster(scene.size(), scale, theme);
    if (paintsPixels(painter)) {
        painter.drawImage(QPointF(0, 0), pixels.image());
    } else {
        paintPolygons(painter, projection, theme);
    }
    paintOverlays(painter, projection, pixels, theme);
    painter.restore();
}

void SurfaceView::paintPolygons(QPainter& painter, const Projection& projection, const Theme& theme) const
{
    const auto& shape = mesh(theme);
    const auto drawn = [&shape](int k, int points) { return k % shape.gridEvery == 0 || k == points - 1; };
    // In a parallel projection, rows from the far side to the near one cover each other rightly: no sorting.
    for (int b = 0; b + 1 < shape.ny; ++b) {
        const int j = projection.fartherY() > 0 ? shape.ny - 2 - b : b;
        for (int a = 0; a + 1 < shape.nx; ++a) {
            const int i = projection.fartherX() > 0 ? shape.nx - 2 - a : a;
            if (!shape.whole(i, j)) {
                continue;
            }
            const QPolygonF square({projection.toPixel(shape.vertex(i, j)), projection.toPixel(shape.vertex(i + 1, j)),
                                    projection.toPixel(shape.vertex(i + 1, j + 1)), projection.toPixel(shape.vertex(i, j + 1))});
            const QColor color = QColor::fromRgb(shape.shaded(i, j));
            painter.setPen(QPen(color, 0.5));
            painter.setBrush(color);
            painter.drawPolygon(square);
            painter.setPen(QPen(latticeInk(), 0.7));
            const std::array<bool, 4> lined = {drawn(j, shape.ny), drawn(i + 1, shape.nx), drawn(j + 1, shape.ny), drawn(i, shape.nx)};
            for (qsizetype k = 0; k < 4; ++k) {
                if (lined[static_cast<std::size_t>(k)]) {
                    painter.drawLine(square[k], square[(k + 1) % 4]);
                }
            }
        }
    }
}

void SurfaceView::drawOver(QPainter& painter, const Projection& projection, const SurfaceRaster& raster,
                           const std::vector<BoxPoint>& points, const std::function<QColor(std::size_t)>& color, double width) const
{
    for (const bool outline : {true, false}) {
        for (std::size_t k = 1; k < points.size(); ++k) {
            const auto& a = points[k - 1];
            const auto& b = points[k];
            if (!std::isfinite(a.z) || !std::isfinite(b.z)) {
                continue;
            }
            const BoxPoint middle{(a.x + b.x) / 2, (a.y + b.y) / 2, (a.z + b.z) / 2};
            const bool seen = raster.visible(projection, middle);
            QColor pen = outline ? QColor(0x10, 0x12, 0x14, 200) : color(k);
            if (!seen) {
                if (outline) {
                    continue;
                }
                pen.setAlphaF(0.35F);
            }
            painter.setPen(QPen(pen, seen ? (outline ? width + 2 : width) : 1, seen ? Qt::SolidLine : Qt::DotLine, Qt::RoundCap));
            painter.drawLine(projection.toPixel(a), projection.toPixel(b));
        }
    }
}

void SurfaceView::paintOverlays(QPainter& painter, const Projection& projection, const SurfaceRaster& raster, const Theme& theme) const
{
    paintCursor(painter, projection, raster, theme);
    paintTrajectory(painter, projection, raster, theme);
}

void SurfaceView::paintTrajectory(QPainter& painter, const Projection& projection, const SurfaceRaster& raster, const Theme& theme) const
{
    const auto& path = m_model->grid()->trajectory;
    const auto count = m_model->trajectoryLength();
    if (count == 0) {
        return;
    }
    const auto& scale = m_model->scale();
    const double first = path.step.front();
    const double span = std::max(1.0, static_cast<double>(path.step.back()) - first);
    const auto share = [&](std::size_t k) { return (path.step[k] - first) / span; };
    std::vector<BoxPoint> points;
    for (std::size_t k = 0; k < count; ++k) {
        // At its true loss, which is not the surface's height where the path leaves the plane.
        BoxPoint point = boxPoint({path.x[k], path.y[k]}, scale.position(path.loss[k]));
        if (!(std::abs(point.x) <= 1.02 && std::abs(point.y) <= 1.02)) {
            point.z = std::numeric_limits<double>::quiet_NaN();
        }
        points.push_back(point);
    }
    drawOver(
        painter, projection, raster, points, [&](std::size_t k) { return pathColor(share(k), theme); }, 2);
    const auto every = std::max<std::size_t>(1, count / 30);
    painter.setPen(QPen(QColor(0x10, 0x12, 0x14, 200), 1));
    for (std::size_t k = 0; k < count; ++k) {
        if ((k % every == 0 || k + 1 == count) && std::isfinite(points[k].z) && raster.visible(projection, points[k])) {
            painter.setBrush(pathColor(share(k), theme));
            const QPointF p = projection.toPixel(points[k]);
            if (k + 1 == count) {
                painter.drawPolygon(QPolygonF({p + QPointF(0, -6), p + QPointF(6, 0), p + QPointF(0, 6), p + QPointF(-6, 0)}));
            } else {
                painter.drawEllipse(p, 2.5, 2.5);
            }
        }
    }
}

void SurfaceView::paintCursor(QPainter& painter, const Projection& projection, const SurfaceRaster& raster, const Theme& theme) const
{
    const auto& field = m_model->field(testShown());
    const QPoint cell = m_model->cursorCell();
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    const auto accent = [&](std::size_t) { return theme.accent; };
    std::vector<BoxPoint> slice;
    for (int i = 0; i < field.nx; ++i) {
        slice.push_back(cellPoint(i, cell.y(), kNone));
    }
    drawOver(painter, projection, raster, slice, accent, 1.2);
    slice.clear();
    for (int j = 0; j < field.ny; ++j) {
        slice.push_back(cellPoint(cell.x(), j, kNone));
    }
    drawOver(painter, projection, raster, slice, accent, 1.2);
    const BoxPoint top = cellPoint(cell.x(), cell.y(), 0);
    const bool seen = raster.visible(projection, top, 0.05);
    const QPointF p = projection.toPixel(top);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0x10, 0x12, 0x14, seen ? 200 : 90), 4));
    painter.drawEllipse(p, 6, 6);
    painter.setPen(QPen(theme.accent, 2, seen ? Qt::SolidLine : Qt::DotLine));
    painter.drawEllipse(p, 6, 6);
}

std::optional<QPoint> SurfaceView::cellAt(QPointF pixel) const
{
    const auto* grid = m_model->grid();
    if (grid == nullptr || grid->line() || state() == ViewState::Empty) {
        return std::nullopt;
    }
    const QRectF scene = sceneRect(size());
    const auto& colors = timberline::widgets::theme();
    const auto& pixels = raster(scene.size(), m_cache.scale > 0 ? m_cache.scale : devicePixelRatioF(), colors);
    const QPointF at = pixel - scene.topLeft();
    const auto square = pixels.squareAt(at);
    const auto& shape = m_cache.mesh;
    if (square < 0 || shape.nx < 2) {
        return std::nullopt;
    }
    const Projection projection(m_camera, scene.size());
    const int i0 = square % (shape.nx - 1);
    const int j0 = square / (shape.nx - 1);
    QPoint best(i0, j0);
    double nearest = std::numeric_limits<double>::infinity();
    for (const QPoint corner : {QPoint(i0, j0), QPoint(i0 + 1, j0), QPoint(i0, j0 + 1), QPoint(i0 + 1, j0 + 1)}) {
        const QPointF away = projection.toPixel(shape.vertex(corner.x(), corner.y())) - at;
        if (const double distance = std::hypot(away.x(), away.y()); distance < nearest) {
            nearest = distance;
            best = corner;
        }
    }
    const auto back = [](int k, int thin, int all) {
        return thin > 1 ? static_cast<int>(std::lround(static_cast<double>(k) * (all - 1) / (thin - 1))) : 0;
    };
    return QPoint(back(best.x(), shape.nx, grid->nx()), back(best.y(), shape.ny, grid->ny()));
}

QPointF SurfaceView::pixelOf(QPoint cell) const
{
    const QRectF scene = sceneRect(size());
    return scene.topLeft() + Projection(m_camera, scene.size()).toPixel(cellPoint(cell.x(), cell.y(), 0));
}

}  // namespace timberline::widgets
