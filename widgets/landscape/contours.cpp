// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/contours.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace timberline::widgets {

namespace {

/// Two crossings of a square's edges. Edges are numbered over the whole lattice: horizontal ones first (row j, from column i), then
/// vertical ones.
struct Segment {
    std::int64_t from = 0, to = 0;
};

class Marching
{
public:
    Marching(std::span<const double> values, int nx, int ny, double level) : m_values(values), m_nx(nx), m_ny(ny), m_level(level) {}

    std::vector<ContourLine> run()
    {
        for (int j = 0; j + 1 < m_ny; ++j) {
            for (int i = 0; i + 1 < m_nx; ++i) {
                square(i, j);
            }
        }
        return join();
    }

private:
    [[nodiscard]] double at(int i, int j) const
    {
        return m_values[static_cast<std::size_t>(j) * static_cast<std::size_t>(m_nx) + static_cast<std::size_t>(i)];
    }
    [[nodiscard]] std::int64_t horizontal(int i, int j) const { return static_cast<std::int64_t>(j) * m_nx + i; }
    [[nodiscard]] std::int64_t vertical(int i, int j) const
    {
        return static_cast<std::int64_t>(m_nx) * m_ny + static_cast<std::int64_t>(j) * m_nx + i;
    }

    void square(int i, int j)
    {
        const std::array corners = {at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)};  // counter-clockwise with y upwards
        int mask = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            if (!std::isfinite(corners[k])) {
                return;
            }
            mask |= corners[k] >= m_level ? 1 << k : 0;
        }
        if (mask == 0 || mask == 15) {
            return;
        }
        const std::array<std::int64_t, 4> edges = {horizontal(i, j), vertical(i + 1, j), horizontal(i, j + 1), vertical(i, j)};
        if (mask == 5 || mask == 10) {
            // Two corners opposite each other are above: their mean says whether they are joined.
            const bool joined = (corners[0] + corners[1] + corners[2] + corners[3]) / 4 >= m_level;
            const bool cutsFirst = (mask == 5) != joined;  // a line around corner 0 and one around corner 2
            if (cutsFirst) {
                m_segments.push_back({edges[3], edges[0]});
                m_segments.push_back({edges[1], edges[2]});
            } else {
                m_segments.push_back({edges[0], edges[1]});
                m_segments.push_back({edges[2], edges[3]});
            }
            return;
        }
        std::array<std::int64_t, 2> crossed{};
        std::size_t count = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const bool a = (mask >> k & 1) != 0;
            const bool b = (mask >> ((k + 1) % 4) & 1) != 0;
            if (a != b && count < 2) {
                crossed[count++] = edges[k];
            }
        }
        m_segments.push_back({crossed[0], crossed[1]});
    }

    [[nodiscard]] QPointF point(std::int64_t edge) const
    {
        const std::int64_t cells = static_cast<std::int64_t>(m_nx) * m_ny;
        const bool upright = edge >= cells;
        const auto place = upright ? edge - cells : edge;
        const int i = static_cast<int>(place % m_nx);
        const int j = static_cast<int>(place / m_nx);
        const double a = at(i, j);
        const double b = upright ? at(i, j + 1) : at(i + 1, j);
        const double t = b == a ? 0.5 : std::clamp((m_level - a) / (b - a), 0.0, 1.0);
        return upright ? QPointF(i, j + t) : QPointF(i + t, j);
    }

    /// Every edge is crossed by at most two segments, so walking from segment to segment gives whole lines: first those that begin at a
    /// border or at a hole, then the closed ones.
    std::vector<ContourLine> join()
    {
        struct End {
            std::int64_t edge;
            std::size_t segment;
        };
        std::vector<End> ends;
        ends.reserve(2 * m_segments.size());
        for (std::size_t s = 0; s < m_segments.size(); ++s) {
            ends.push_back({m_segments[s].from, s});
            ends.push_back({m_segments[s].to, s});
        }
        std::ranges::sort(ends, [](const End& a, const End& b) { return a.edge != b.edge ? a.edge < b.edge : a.segment < b.segment; });
        const auto atEdge = [&ends](std::int64_t edge) { return std::ranges::equal_range(ends, edge, {}, &End::edge); };
        std::vector<bool> used(m_segments.size(), false);
        std::vector<ContourLine> lines;
        const auto walk = [&](std::size_t first, std::int64_t start) {
            ContourLine line;
            line.points.push_back(point(start));
            std::size_t segment = first;
            std::int64_t edge = start;
            for (;;) {
                used[segment] = true;
                edge = m_segments[segment].from == edge ? m_segments[segment].to : m_segments[segment].from;
                line.points.push_back(point(edge));
                bool more = false;
                for (const auto& end : atEdge(edge)) {
                    if (!used[end.segment]) {
                        segment = end.segment;
                        more = true;
                        break;
                    }
                }
                if (!more) {
                    break;
                }
            }
            line.closed = edge == start;
            lines.push_back(std::move(line));
        };
        for (std::size_t s = 0; s < m_segments.size(); ++s) {
            for (const auto edge : {m_segments[s].from, m_segments[s].to}) {
                if (!used[s] && std::ranges::size(atEdge(edge)) == 1) {
                    walk(s, edge);
                }
            }
        }
        for (std::size_t s = 0; s < m_segments.size(); ++s) {
            if (!used[s]) {
                walk(s, m_segments[s].from);
            }
        }
        return lines;
    }

    std::span<const double> m_values;
    int m_nx, m_ny;
    double m_level;
    std::vector<Segment> m_segments;
};

}  // namespace

std::vector<ContourLine> contourLines(std::span<const double> values, int nx, int ny, double level)
{
    if (nx < 2 || ny < 2 || values.size() < static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny)) {
        return {};
    }
    return Marching(values, nx, ny, level).run();
}

}  // namespace timberline::widgets
