// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/map_tiles.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::widgets {

bool MapTiles::add(const record::AttentionMap& map)
{
    const auto size = static_cast<std::size_t>(map.queries) * static_cast<std::size_t>(map.columns);
    if (map.first_query < 0 || map.queries < 1 || map.columns < 1 || map.queries > map.columns - map.first_query ||
        map.weights.size() != size || map.visible_begin.size() != at(map.queries) || (!map.base.empty() && map.base.size() != size)) {
        return false;
    }
    m_rows.resize(std::max(m_rows.size(), at(map.first_query + map.queries)));
    m_implied = map.implied;
    m_base = m_base || !map.base.empty();
    for (int i = 0; i < map.queries; ++i) {
        const int query = map.first_query + i;
        Row& row = m_rows[at(query)];
        m_cells -= row.weights.size() + row.base.size();
        m_known += row.known ? 0 : 1;
        row.known = true;
        const int end = std::min(query + 1, map.columns);
        row.begin = std::clamp(map.visible_begin[at(i)], 0, end);
        const auto from = static_cast<std::ptrdiff_t>(at(i) * at(map.columns) + at(row.begin));
        const auto to = static_cast<std::ptrdiff_t>(at(i) * at(map.columns) + at(end));
        row.weights.assign(map.weights.begin() + from, map.weights.begin() + to);
        row.base.clear();
        if (!map.base.empty()) {
            row.base.assign(map.base.begin() + from, map.base.begin() + to);
        }
        m_cells += row.weights.size() + row.base.size();
    }
    return true;
}

void MapTiles::clear()
{
    *this = {};
}

float MapTiles::entry(const Row& row, Value value, std::size_t index)
{
    if (value == Value::Weight) {
        return row.weights[index];
    }
    if (row.base.empty()) {
        return std::numeric_limits<float>::quiet_NaN();
    }
    return value == Value::Base ? row.base[index] : row.weights[index] - row.base[index];
}

double MapTiles::value(Value value, int query, int key) const
{
    if (!has(query)) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const Row& row = m_rows[at(query)];
    const int index = key - row.begin;
    return index >= 0 && index < static_cast<int>(row.weights.size()) ? static_cast<double>(entry(row, value, at(index)))
                                                                      : std::numeric_limits<double>::quiet_NaN();
}

double MapTiles::largest(Value value) const
{
    float out = 0;
    for (const Row& row : m_rows) {
        for (std::size_t i = 0; i < row.weights.size(); ++i) {
            const float magnitude = std::abs(entry(row, value, i));
            out = std::isfinite(magnitude) ? std::max(out, magnitude) : out;
        }
    }
    return static_cast<double>(out);
}

double MapTiles::mass(int query, int from, int to) const
{
    double sum = 0;
    for (int key = from; key < to; ++key) {
        if (const double weight = value(Value::Weight, query, key); std::isfinite(weight)) {
            sum += weight;
        }
    }
    return sum;
}

int MapTiles::rank(int query, int key) const
{
    const double own = value(Value::Weight, query, key);
    if (std::isnan(own)) {
        return -1;
    }
    const Row& row = m_rows[at(query)];
    return static_cast<int>(
        std::count_if(row.weights.begin(), row.weights.end(), [own](float other) { return static_cast<double>(other) > own; }));
}

std::pair<int, int> MapTiles::missing(int from, int to) const
{
    int first = from;
    while (first < to && has(first)) {
        ++first;
    }
    int end = first;
    while (end < to && !has(end)) {
        ++end;
    }
    return {first, end};
}

QImage MapTiles::picture(Value value, const QRect& window, const QSize& pixels, const ColourScale& scale, bool root) const
{
    QImage image(pixels, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    if (window.isEmpty() || pixels.isEmpty()) {
        return image;
    }
    const float none = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> strongest(at(pixels.width()));
    const auto rowEdge = [&](int y) { return window.top() + static_cast<int>(static_cast<qint64>(y) * window.height() / pixels.height()); };
    // Pixel of each key, once for all rows.
    std::vector<int> pixelOf(at(window.width()));
    for (int x = 0; x < window.width(); ++x) {
        pixelOf[at(x)] = static_cast<int>(static_cast<qint64>(x) * pixels.width() / window.width());
    }
    for (int y = 0; y < pixels.height(); ++y) {
        std::fill(strongest.begin(), strongest.end(), none);
        for (int query = rowEdge(y); query < std::max(rowEdge(y) + 1, rowEdge(y + 1)); ++query) {
            if (!has(query)) {
                continue;
            }
            const Row& row = m_rows[at(query)];
            const int begin = std::max(row.begin, window.left());
            const int end = std::min(row.begin + static_cast<int>(row.weights.size()), window.left() + window.width());
            for (int key = begin; key < end; ++key) {
                const float now = entry(row, value, at(key - row.begin));
                float& best = strongest[at(pixelOf[at(key - window.left())])];
                if (!(std::abs(now) <= std::abs(best))) {  // also while `best` is NaN
                    best = now;
                }
            }
        }
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < pixels.width(); ++x) {
            const double position = scale.position(static_cast<double>(strongest[at(x)]));
            line[x] = std::isnan(position) ? 0 : scale.map.rgb(root ? std::sqrt(position) : position);
        }
    }
    return image;
}

}  // namespace timberline::widgets
