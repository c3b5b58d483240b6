// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/head_trees.h"

#include <algorithm>
#include <queue>
#include <tuple>

namespace timberline::decoding {

std::vector<RankNode> static_tree(const std::vector<std::vector<double>>& accuracy, std::int32_t nodes, std::int32_t depth)
{
    struct Candidate {
        RankNode node;
        std::int32_t order;  ///< of discovery, for ties
    };
    const auto worse = [](const Candidate& a, const Candidate& b) {
        return std::tuple(a.node.value, -a.node.depth, -a.node.rank, -a.order) <
               std::tuple(b.node.value, -b.node.depth, -b.node.rank, -b.order);
    };
    const auto levels = std::min(static_cast<std::int32_t>(accuracy.size()), depth);
    const auto at = [&](std::int32_t level, std::int32_t rank) {
        const double value = accuracy[static_cast<std::size_t>(level)][static_cast<std::size_t>(rank)];
        return value > 0 ? std::min(value, 1.0) : 0.0;  // NaN is 0
    };
    std::vector<RankNode> out;
    if (levels <= 0 || nodes <= 0) {
        return out;
    }
    std::priority_queue<Candidate, std::vector<Candidate>, decltype(worse)> open(worse);
    std::int32_t order = 0;
    const auto offer = [&](std::int32_t parent, std::int32_t level, double value) {
        const auto ranks = static_cast<std::int32_t>(accuracy[static_cast<std::size_t>(level)].size());
        for (std::int32_t rank = 0; rank < ranks; ++rank) {
            if (const double product = value * at(level, rank); product > 0) {
                open.push({.node = {.parent = parent, .depth = level + 1, .rank = rank, .value = product}, .order = order++});
            }
        }
    };
    offer(0, 0, 1.0);
    while (!open.empty() && static_cast<std::int32_t>(out.size()) < nodes) {
        const auto best = open.top().node;
        open.pop();
        out.push_back(best);
        if (best.depth < levels) {
            offer(static_cast<std::int32_t>(out.size()), best.depth, best.value);
        }
    }
    return out;
}

std::vector<RankNode> planned_tree(const rules::TreeShape& shape, std::int32_t nodes, std::int32_t depth,
                                   std::span<const std::int32_t> ranks)
{
    const auto levels = std::min(static_cast<std::int32_t>(ranks.size()), depth);
    std::vector<RankNode> out;
    std::vector<std::int32_t> place(shape.size(), -1), level(shape.size(), 0);  // of the shape's nodes: in the list + 1, and in the tree
    place[0] = 0;
    for (std::size_t node = 0; node < shape.size(); ++node) {
        if (place[node] < 0 || level[node] >= levels) {
            continue;
        }
        for (std::int32_t rank = 0; rank < std::min(shape.children[node], ranks[static_cast<std::size_t>(level[node])]); ++rank) {
            if (static_cast<std::int32_t>(out.size()) >= nodes) {
                return out;
            }
            const auto child = static_cast<std::size_t>(shape.first_child[node] + rank);
            level[child] = level[node] + 1;
            out.push_back({.parent = place[node], .depth = level[child], .rank = rank});
            place[child] = static_cast<std::int32_t>(out.size());
        }
    }
    return out;
}

}  // namespace timberline::decoding
