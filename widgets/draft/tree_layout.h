// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"

#include <QPointF>
#include <QRectF>

#include <cstdint>
#include <vector>

namespace timberline::widgets {

/// One placed node of one or several stacked rounds. Positions are in tree units: x = columns (committed tokens + depth), y = rows.
struct PlacedNode {
    std::int32_t round = 0;
    std::int32_t node = 0;     ///< index in the round
    std::int32_t parent = -1;  ///< index into TreeLayout::nodes, -1 = none
    float x = 0;
    float y = 0;
    TokenId token = 0;
    record::NodeState state = record::NodeState::Root;
    float p = record::kUndefined;
    float q = record::kUndefined;
    bool onPath = false;  ///< part of the committed text
};

/// Pure layout of draft trees (phase 1 of the view): left to right by depth, siblings top to bottom in draw order, no crossings, no
/// overlap. Stacked rounds form one long tree: each round's root is the extra token of the round before, drawn once.
struct TreeLayout {
    std::vector<PlacedNode> nodes;           ///< parents first
    std::vector<std::int32_t> firstOfRound;  ///< index into nodes of each laid-out round's first own node
    std::vector<float> columnStart;          ///< per laid-out round: x of its root
    float width = 0;                         ///< columns, from 0
    float top = 0, bottom = 0;               ///< smallest and largest y
    std::int32_t firstRound = 0;

    /// Index of a node, -1 when it is not laid out.
    [[nodiscard]] std::int32_t find(int round, int node) const;
    /// Indices of the nodes whose x lies in [left, right], by binary search over columns.
    [[nodiscard]] std::pair<std::size_t, std::size_t> columnRange(float left, float right) const;
    std::vector<std::int32_t> byColumn;  ///< node indices sorted by x
};

struct TreeLayoutOptions {
    bool showPruned = false;  ///< candidates that lost a re-ranking: many, and rarely what one looks for
};

/// Lays out the rounds given. @param rounds consecutive, first to last.
[[nodiscard]] TreeLayout layoutTree(const std::vector<const record::Round*>& rounds, const TreeLayoutOptions& options = {});

}  // namespace timberline::widgets
