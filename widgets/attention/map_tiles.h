// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/attention_rows.h"
#include "widgets/plot/colour_map.h"

#include <QImage>
#include <QRect>

#include <utility>
#include <vector>

namespace timberline::widgets {

/// The map of one head as far as its rows have arrived. Rows keep only what
/// their query sees, so a causal map takes half a square.
class MapTiles
{
public:
    /// Which number of an entry is meant. Base and difference exist only where
    /// the unchanged model's map came along.
    enum class Value { Weight, Base, Difference };

    /// Rows of another tile of the same head. A row that is there already is
    /// replaced.
    /// @return false for a tile whose sizes do not fit together.
    bool add(const record::AttentionMap& map);
    void clear();

    [[nodiscard]] bool empty() const { return m_known == 0; }
    [[nodiscard]] bool has(int query) const { return query >= 0 && query < static_cast<int>(m_rows.size()) && m_rows[at(query)].known; }
    [[nodiscard]] bool hasBase() const { return m_base; }
    /// The weights are no probabilities of the model's own softmax.
    [[nodiscard]] bool implied() const { return m_implied; }
    /// First key that the query sees; its last is the query itself.
    [[nodiscard]] int visibleBegin(int query) const { return has(query) ? m_rows[at(query)].begin : 0; }
    /// NaN where the row is not known, the key is masked, or the value does not
    /// exist.
    [[nodiscard]] double value(Value value, int query, int key) const;
    /// Largest |value| of all rows that are known.
    [[nodiscard]] double largest(Value value) const;
    /// Sum of the weights of a row over keys [from, to).
    [[nodiscard]] double mass(int query, int from, int to) const;
    /// Place of a key among its row's weights, 0 = the largest; -1 when it is not
    /// known.
    [[nodiscard]] int rank(int query, int key) const;
    /// The first run of rows in [from, to) that are not known, as [first, end);
    /// an empty one when all are.
    [[nodiscard]] std::pair<int, int> missing(int from, int to) const;
    [[nodiscard]] std::size_t cells() const { return m_cells; }

    /// The entries of a window of the map, rows down and keys across, each pixel
    /// by the entry of largest magnitude under it (no spike is lost). Transparent
    /// where nothing is known or seen.
    /// @param window in entries; x = keys.  @param pixels not larger than the
    /// window.
    /// @param root colours by the square root of the value's position, so that
    /// small weights can be told apart.
    [[nodiscard]] QImage picture(Value value, const QRect& window, const QSize& pixels, const ColourScale& scale, bool root) const;

private:
    struct Row {
        bool known = false;
        int begin = 0;
        std::vector<float> weights, base;  ///< from `begin` to the query
    };
    [[nodiscard]] static std::size_t at(int index) { return static_cast<std::size_t>(index); }
    [[nodiscard]] static float entry(const Row& row, Value value, std::size_t index);

    std::vector<Row> m_rows;
    std::size_t m_cells = 0;
    int m_known = 0;
    bool m_base = false;
    bool m_implied = false;
};

}  // namespace timberline::widgets
