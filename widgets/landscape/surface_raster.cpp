// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/surface_raster.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace timberline::widgets {

namespace {
constexpr double kAmbient = 0.62;
constexpr double kAcross = 3.3;  ///< widest the box and its labels can be on screen, in the box's units
constexpr double kAir = 0.5;     ///< above and below, for the labels

QRgb scaled(QRgb color, double factor)
{
    const auto channel = [factor](int c) { return static_cast<int>(std::lround(std::clamp(c * factor, 0.0, 255.0))); };
    return qRgb(channel(qRed(color)), channel(qGreen(color)), channel(qBlue(color)));
}

QRgb blend(QRgb under, QRgb over)
{
    const int a = qAlpha(over);
    const auto channel = [a](int u, int o) { return u + (o - u) * a / 255; };
    return qRgb(channel(qRed(under), qRed(over)), channel(qGreen(under), qGreen(over)), channel(qBlue(under), qBlue(over)));
}
}  // namespace

Projection::Projection(const Camera& camera, const QSizeF& size)
    : m_sinA(std::sin(camera.azimuth)), m_cosA(std::cos(camera.azimuth)), m_sinE(std::sin(camera.elevation)),
      m_cosE(std::cos(camera.elevation)),
      m_scale(std::min(size.width() / kAcross, size.height() / (kRelief * m_cosE + 2 * std::numbers::sqrt2 * m_sinE + kAir)) * camera.zoom),
      m_x(size.width() / 2), m_y(size.height() / 2)
{}

QPointF Projection::toPixel(const BoxPoint& point) const
{
    const double across = point.x * m_cosA - point.y * m_sinA;
    const double away = point.x * m_sinA + point.y * m_cosA;
    const double up = (point.z - 0.5) * kRelief * m_cosE + away * m_sinE;
    return {m_x + m_scale * across, m_y - m_scale * up};
}

double Projection::depth(const BoxPoint& point) const
{
    return (point.x * m_sinA + point.y * m_cosA) * m_cosE - (point.z - 0.5) * kRelief * m_sinE;
}

BoxPoint SurfaceMesh::vertex(int i, int j) const
{
    return {nx > 1 ? 2.0 * i / (nx - 1) - 1 : 0, ny > 1 ? 2.0 * j / (ny - 1) - 1 : 0, static_cast<double>(height[index(i, j)])};
}

bool SurfaceMesh::whole(int i, int j) const
{
    return std::isfinite(height[index(i, j)]) && std::isfinite(height[index(i + 1, j)]) && std::isfinite(height[index(i, j + 1)]) &&
           std::isfinite(height[index(i + 1, j + 1)]);
}

QRgb SurfaceMesh::shaded(int i, int j) const
{
    const double a = static_cast<double>(height[index(i, j)]);
    const double b = static_cast<double>(height[index(i + 1, j)]);
    const double c = static_cast<double>(height[index(i, j + 1)]);
    const double d = static_cast<double>(height[index(i + 1, j + 1)]);
    const double dx = (b + d - a - c) / 2 * (nx - 1) / 2 * Projection::kRelief;
    const double dy = (c + d - a - b) / 2 * (ny - 1) / 2 * Projection::kRelief;
    // Lambert with the light from above, left and a little towards the viewer, fixed to the box so that slopes keep their shade in every
    // view.
    const double length = std::sqrt(dx * dx + dy * dy + 1);
    const double light = std::max(0.0, (0.45 * dx + 0.35 * dy + 0.82) / length);
    const auto channel = [&](auto get) {
        return (get(color[index(i, j)]) + get(color[index(i + 1, j)]) + get(color[index(i, j + 1)]) + get(color[index(i + 1, j + 1)])) / 4;
    };
    const QRgb mean =
        qRgb(channel([](QRgb v) { return qRed(v); }), channel([](QRgb v) { return qGreen(v); }), channel([](QRgb v) { return qBlue(v); }));
    return scaled(mean, kAmbient + (1.08 - kAmbient) * light);
}

void SurfaceRaster::draw(const SurfaceMesh& mesh, const Projection& projection, const QSizeF& size, double scale, int samples,
                         const QColor& grid)
{
    m_scale = scale * samples;
    m_width = std::max(1, static_cast<int>(std::ceil(size.width() * scale))) * samples;
    m_height = std::max(1, static_cast<int>(std::ceil(size.height() * scale))) * samples;
    const auto pixels = static_cast<std::size_t>(m_width) * static_cast<std::size_t>(m_height);
    m_color.assign(pixels, 0);
    m_depth.assign(pixels, std::numeric_limits<float>::infinity());
    m_square.assign(pixels, -1);
    std::vector<Vertex> vertices(mesh.height.size());
    for (int j = 0; j < mesh.ny; ++j) {
        for (int i = 0; i < mesh.nx; ++i) {
            const BoxPoint point = mesh.vertex(i, j);
            const QPointF pixel = projection.toPixel(point) * m_scale;
            vertices[mesh.index(i, j)] = {static_cast<float>(pixel.x()), static_cast<float>(pixel.y()),
                                          static_cast<float>(projection.depth(point))};
        }
    }
    const auto at = [&](int i, int j) -> const Vertex& { return vertices[mesh.index(i, j)]; };
    for (int j = 0; j + 1 < mesh.ny; ++j) {
        for (int i = 0; i + 1 < mesh.nx; ++i) {
            if (mesh.whole(i, j)) {
                const QRgb color = mesh.shaded(i, j);
                const std::int32_t square = j * (mesh.nx - 1) + i;
                triangle(at(i, j), at(i + 1, j), at(i + 1, j + 1), color, square);
                triangle(at(i, j), at(i + 1, j + 1), at(i, j + 1), color, square);
            }
        }
    }
    const QRgb ink = grid.rgba();
    const auto known = [&](int i, int j) { return std::isfinite(mesh.height[mesh.index(i, j)]); };
    const auto drawn = [&mesh](int k, int points) { return k % mesh.gridEvery == 0 || k == points - 1; };
    for (int j = 0; j < mesh.ny; ++j) {
        for (int i = 0; i < mesh.nx; ++i) {
            if (drawn(j, mesh.ny) && i + 1 < mesh.nx && known(i, j) && known(i + 1, j)) {
                line(at(i, j), at(i + 1, j), ink);
            }
            if (drawn(i, mesh.nx) && j + 1 < mesh.ny && known(i, j) && known(i, j + 1)) {
                line(at(i, j), at(i, j + 1), ink);
            }
        }
    }
    shrink(samples);
    m_image.setDevicePixelRatio(scale);
}

void SurfaceRaster::triangle(const Vertex& a, const Vertex& b, const Vertex& c, QRgb color, std::int32_t square)
{
    const float area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    if (area == 0 || !std::isfinite(area)) {
        return;
    }
    const int left = std::max(0, static_cast<int>(std::floor(std::min({a.x, b.x, c.x}))));
    const int right = std::min(m_width - 1, static_cast<int>(std::ceil(std::max({a.x, b.x, c.x}))));
    const int top = std::max(0, static_cast<int>(std::floor(std::min({a.y, b.y, c.y}))));
    const int bottom = std::min(m_height - 1, static_cast<int>(std::ceil(std::max({a.y, b.y, c.y}))));
    const float inverse = 1 / area;
    // Barycentric weights are linear in x: a start a row and a step a pixel.
    const float stepB = (c.y - a.y) * inverse;
    const float stepC = -(b.y - a.y) * inverse;
    const float stepDepth = stepB * (b.depth - a.depth) + stepC * (c.depth - a.depth);
    // A hair of tolerance: neighbours share edges, and a gap would show the background.
    constexpr float kEdge = -1e-4F;
    for (int y = top; y <= bottom; ++y) {
        const float py = static_cast<float>(y) + 0.5F - a.y;
        const float px = static_cast<float>(left) + 0.5F - a.x;
        float wb = (px * (c.y - a.y) - py * (c.x - a.x)) * inverse;
        float wc = (py * (b.x - a.x) - px * (b.y - a.y)) * inverse;
        float depth = a.depth + wb * (b.depth - a.depth) + wc * (c.depth - a.depth);
        auto pixel = static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width) + static_cast<std::size_t>(left);
        for (int x = left; x <= right; ++x, ++pixel, wb += stepB, wc += stepC, depth += stepDepth) {
            if (wb >= kEdge && wc >= kEdge && wb + wc <= 1 - kEdge && depth < m_depth[pixel]) {
                m_depth[pixel] = depth;
                m_color[pixel] = color;
                m_square[pixel] = square;
            }
        }
    }
}

void SurfaceRaster::line(const Vertex& a, const Vertex& b, QRgb color)
{
    // Lines are drawn over the finished surface and hide nothing, so the order between them does not matter; a little nearer than the
    // surface.
    constexpr float kNearer = 0.012F;
    const float dx = b.x - a.x;
    const float dy = b.y - a.y;
    const float reach = std::max(std::abs(dx), std::abs(dy));
    if (!std::isfinite(reach) || reach > 20000) {
        return;
    }
    const int steps = std::max(1, static_cast<int>(std::ceil(reach)));
    for (int k = 0; k < steps; ++k) {
        const float t = (static_cast<float>(k) + 0.5F) / static_cast<float>(steps);
        const int x = static_cast<int>(std::floor(a.x + t * dx));
        const int y = static_cast<int>(std::floor(a.y + t * dy));
        if (x < 0 || y < 0 || x >= m_width || y >= m_height) {
            continue;
        }
        const auto pixel = static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width) + static_cast<std::size_t>(x);
        if (qAlpha(m_color[pixel]) != 0 && a.depth + t * (b.depth - a.depth) - kNearer <= m_depth[pixel]) {
            m_color[pixel] = blend(m_color[pixel], color);
        }
    }
}

void SurfaceRaster::shrink(int samples)
{
    const int width = m_width / samples;
    const int height = m_height / samples;
    if (m_image.size() != QSize(width, height)) {
        m_image = QImage(width, height, QImage::Format_ARGB32_Premultiplied);
    }
    for (int y = 0; y < height; ++y) {
        auto* row = reinterpret_cast<QRgb*>(m_image.scanLine(y));
        const QRgb* source = m_color.data() + static_cast<std::ptrdiff_t>(y) * samples * m_width;
        if (samples == 1) {
            std::copy(source, source + width, row);
            continue;
        }
        for (int x = 0; x < width; ++x) {
            // Sums of two channels at once: 16 bits hold four times 255. Transparent samples are 0, so the mean is premultiplied already.
            std::uint32_t even = 0;
            std::uint32_t odd = 0;
            for (const QRgb sample : {source[2 * x], source[2 * x + 1], source[m_width + 2 * x], source[m_width + 2 * x + 1]}) {
                even += sample & 0x00FF00FFU;
                odd += sample >> 8 & 0x00FF00FFU;
            }
            row[x] = (even >> 2 & 0x00FF00FFU) | (odd >> 2 & 0x00FF00FFU) << 8;
        }
    }
}

bool SurfaceRaster::visible(const Projection& projection, const BoxPoint& point, double tolerance) const
{
    const QPointF pixel = projection.toPixel(point) * m_scale;
    const auto x = static_cast<int>(std::floor(pixel.x()));
    const auto y = static_cast<int>(std::floor(pixel.y()));
    if (x < 0 || y < 0 || x >= m_width || y >= m_height) {
        return true;
    }
    return projection.depth(point) - tolerance <=
           static_cast<double>(m_depth[static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width) + static_cast<std::size_t>(x)]);
}

std::int32_t SurfaceRaster::squareAt(QPointF pixel) const
{
    const auto x = static_cast<int>(std::floor(pixel.x() * m_scale));
    const auto y = static_cast<int>(std::floor(pixel.y() * m_scale));
    if (x < 0 || y < 0 || x >= m_width || y >= m_height) {
        return -1;
    }
    return m_square[static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width) + static_cast<std::size_t>(x)];
}

}  // namespace timberline::widgets
