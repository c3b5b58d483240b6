// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <QPointF>
#include <QSizeF>

#include <cstdint>
#include <vector>

namespace timberline::widgets {

/// A point of the box that the surface stands in: x and y in [-1, 1] (α to the right, β away from the viewer at azimuth 0), z in [0, 1]
/// upwards.
struct BoxPoint {
    double x = 0, y = 0, z = 0;
};

/// Parallel projection: equal heights stay comparable all over the picture.
struct Camera {
    double azimuth = -0.6;    ///< radians, turns the box around its vertical axis
    double elevation = 0.55;  ///< radians above the horizon, 0.05 to pi/2
    double zoom = 1;          ///< 0.4 to 6
    friend bool operator==(const Camera&, const Camera&) = default;
};

/// Camera and picture size put together.
class Projection
{
public:
    Projection(const Camera& camera, const QSizeF& size);
    [[nodiscard]] QPointF toPixel(const BoxPoint& point) const;
    /// Larger is farther away; in units of the box.
    [[nodiscard]] double depth(const BoxPoint& point) const;
    /// Along which axis directions cells lie farther away: +1 or -1.
    [[nodiscard]] int fartherX() const { return m_sinA >= 0 ? 1 : -1; }
    [[nodiscard]] int fartherY() const { return m_cosA >= 0 ? 1 : -1; }
    static constexpr double kRelief = 0.85;  ///< height of the box against half its width

private:
    double m_sinA, m_cosA, m_sinE, m_cosE, m_scale, m_x, m_y;
};

/// What is drawn: a lattice of heights with a colour each. Squares with a corner that is NaN are holes.
struct SurfaceMesh {
    int nx = 0, ny = 0;
    std::vector<float> height;  ///< [ny, nx] in [0, 1] or NaN
    std::vector<QRgb> color;    ///< [ny, nx], unshaded
    int gridEvery = 1;          ///< lattice lines drawn over the surface: every so many cells
    [[nodiscard]] std::size_t index(int i, int j) const
    {
        return static_cast<std::size_t>(j) * static_cast<std::size_t>(nx) + static_cast<std::size_t>(i);
    }
    [[nodiscard]] BoxPoint vertex(int i, int j) const;
    [[nodiscard]] bool whole(int i, int j) const;  ///< the square with its low corner at (i, j) has four heights
    /// Colour of that square, lit from above left.
    [[nodiscard]] QRgb shaded(int i, int j) const;
};

/// The surface as pixels with a depth and a square for each: hidden parts are found without sorting, and overlays ask what is visible.
class SurfaceRaster
{
public:
    /// @param size logical size  @param scale pixels a logical pixel  @param samples 1 or 2: pixels are averaged over samples x samples
    void draw(const SurfaceMesh& mesh, const Projection& projection, const QSizeF& size, double scale, int samples, const QColor& grid);
    [[nodiscard]] const QImage& image() const { return m_image; }
    /// False when a part of the surface lies before the point by more than `tolerance` (units of the box).
    [[nodiscard]] bool visible(const Projection& projection, const BoxPoint& point, double tolerance = 0.03) const;
    /// Index of the square under a logical pixel (j * (nx - 1) + i), -1 = none.
    [[nodiscard]] std::int32_t squareAt(QPointF pixel) const;

private:
    struct Vertex {
        float x, y, depth;
    };
    void triangle(const Vertex& a, const Vertex& b, const Vertex& c, QRgb color, std::int32_t square);
    void line(const Vertex& a, const Vertex& b, QRgb color);
    void shrink(int samples);

    int m_width = 0, m_height = 0;
    double m_scale = 1;
    std::vector<QRgb> m_color;
    std::vector<float> m_depth;
    std::vector<std::int32_t> m_square;
    QImage m_image;
};

}  // namespace timberline::widgets
