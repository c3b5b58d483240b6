// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/tree_layout.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

namespace timberline::widgets {

using record::NodeState;

namespace {

/// Children of a round's drawn nodes: the committed path first, so that it runs straight; then draw order.
std::vector<std::vector<std::int32_t>> drawnChildren(const record::Round& round, const TreeLayoutOptions& options,
                                                     const std::vector<bool>& onPath)
{
    std::vector<std::vector<std::int32_t>> children(round.nodes.size());
    for (std::size_t i = 1; i < round.nodes.size(); ++i) {
        const auto& node = round.nodes[i];
        if (node.parent < 0 || static_cast<std::size_t>(node.parent) >= i || (node.state == NodeState::Pruned && !options.showPruned)) {
            continue;
        }
        children[static_cast<std::size_t>(node.parent)].push_back(static_cast<std::int32_t>(i));
    }
    for (auto& list : children) {
        std::stable_partition(list.begin(), list.end(), [&](std::int32_t i) { return onPath[static_cast<std::size_t>(i)]; });
    }
    return children;
}

/// Rows of one round by contours: a branch goes to the first row at or below its parent in which all its columns are free.
class RoundPlacer
{
public:
    RoundPlacer(const record::Round& round, const std::vector<std::vector<std::int32_t>>& children) : m_round(round), m_children(children)
    {
        m_row.assign(round.nodes.size(), -1);
        std::int16_t deepest = 0;
        for (const auto& node : round.nodes) {
            deepest = std::max(deepest, node.depth);
        }
        m_nextFree.assign(static_cast<std::size_t>(deepest) + 2, 1);
    }

    std::vector<std::int32_t> place()
    {
        std::vector<std::int32_t> pending = {0};
        while (!pending.empty()) {
            const std::int32_t branch = pending.back();
            pending.pop_back();
            placeBranch(branch, pending);
        }
        return std::move(m_row);
    }

private:
    /// Places a node and its chain of first children on one row, then queues the other children, so that the deepest are placed first.
    void placeBranch(std::int32_t start, std::vector<std::int32_t>& pending)
    {
        std::vector<std::int32_t> chain;
        for (std::int32_t i = start;;) {
            chain.push_back(i);
            const auto& list = m_children[static_cast<std::size_t>(i)];
            if (list.empty()) {
                break;
            }
            i = list.front();
        }
        const auto parent = m_round.nodes[static_cast<std::size_t>(start)].parent;
        // Row 0 belongs to the committed path (the root's chain); side branches start below it.
        std::int32_t row = parent < 0 ? 0 : m_row[static_cast<std::size_t>(parent)] + 1;
        if (parent >= 0) {
            // The edge comes down the parent's column and turns there: that corner must be free as well.
            row = std::max(row, m_nextFree[columnOf(parent)]);
            for (const std::int32_t i : chain) {
                row = std::max(row, m_nextFree[columnOf(i)]);
            }
        }
        for (const std::int32_t i : chain) {
            m_row[static_cast<std::size_t>(i)] = row;
            auto& free = m_nextFree[columnOf(i)];
            free = std::max(free, row + 1);
        }
        if (parent >= 0) {
            auto& free = m_nextFree[columnOf(parent)];
            free = std::max(free, row + 1);
        }
        for (const std::int32_t i : chain) {
            const auto& list = m_children[static_cast<std::size_t>(i)];
            for (auto it = list.rbegin(); it != list.rend() && std::next(it) != list.rend(); ++it) {
                pending.push_back(*it);
            }
        }
    }

    [[nodiscard]] std::size_t columnOf(std::int32_t i) const
    {
        return static_cast<std::size_t>(std::max<std::int16_t>(0, m_round.nodes[static_cast<std::size_t>(i)].depth));
    }

    const record::Round& m_round;
    const std::vector<std::vector<std::int32_t>>& m_children;
    std::vector<std::int32_t> m_row;
    std::vector<std::int32_t> m_nextFree;  // per depth
};

}  // namespace

TreeLayout layoutTree(const std::vector<const record::Round*>& rounds, const TreeLayoutOptions& options)
{
    TreeLayout layout;
    if (rounds.empty()) {
        return layout;
    }
    layout.firstRound = rounds.front()->index;
    float column = 0;
    std::int32_t rootIndex = -1;  // the placed node that is this round's root
    // Neighbouring rounds branch to opposite sides of the path, so that their branches never mix; a root is pushed right where the
    // branches of the last round on its own side would still reach it.
    std::array<float, 2> reach = {-1, -1};
    for (std::size_t r = 0; r < rounds.size(); ++r) {
        const auto& round = *rounds[r];
        const std::size_t side = r % 2;
        std::vector<bool> onPath(round.nodes.size(), false);
        for (const std::int32_t i : round.path) {
            onPath[static_cast<std::size_t>(i)] = true;
        }
        if (round.next_node >= 0) {
            onPath[static_cast<std::size_t>(round.next_node)] = true;
        }
        // The text goes on after the extra token, or, where a method adds none, after the last accepted node.
        const std::int32_t last = round.next_node >= 0 || round.path.empty() ? round.next_node : round.path.back();
        const auto children = drawnChildren(round, options, onPath);
        const auto rows = RoundPlacer(round, children).place();

        layout.firstOfRound.push_back(static_cast<std::int32_t>(layout.nodes.size()));
        layout.columnStart.push_back(column);
        std::vector<std::int32_t> placed(round.nodes.size(), -1);
        std::int32_t nextRoot = -1;
        for (std::size_t i = 0; i < round.nodes.size(); ++i) {
            const auto& node = round.nodes[i];
            if (rows[i] < 0) {
                continue;
            }
            if (i == 0 && rootIndex >= 0) {
                placed[0] = rootIndex;  // drawn already, as the last token of the round before
                continue;
            }
            PlacedNode out;
            out.round = round.index;
            out.node = static_cast<std::int32_t>(i);
            out.parent = node.parent >= 0 ? placed[static_cast<std::size_t>(node.parent)] : -1;
            out.x = column + static_cast<float>(node.depth);
            out.y = static_cast<float>(side == 0 ? rows[i] : -rows[i]);
            out.token = node.token;
            out.state = node.state;
            out.p = node.p;
            out.q = node.q;
            out.onPath = onPath[i];
            placed[i] = static_cast<std::int32_t>(layout.nodes.size());
            if (rows[i] > 0) {
                reach[side] = std::max(reach[side], out.x);
            }
            if (static_cast<std::int32_t>(i) == last) {
                nextRoot = placed[i];
            }
            layout.nodes.push_back(out);
        }
        rootIndex = nextRoot;
        if (nextRoot >= 0 && r + 1 < rounds.size()) {
            auto& root = layout.nodes[static_cast<std::size_t>(nextRoot)];
            root.x = std::max(root.x, reach[(r + 1) % 2] + 1);
            column = root.x;
        }
    }
    for (const auto& node : layout.nodes) {
        layout.width = std::max(layout.width, node.x + 1);
        layout.top = std::min(layout.top, node.y);
        layout.bottom = std::max(layout.bottom, node.y);
    }
    layout.byColumn.resize(layout.nodes.size());
    std::iota(layout.byColumn.begin(), layout.byColumn.end(), 0);
    std::stable_sort(layout.byColumn.begin(), layout.byColumn.end(), [&](std::int32_t a, std::int32_t b) {
        return layout.nodes[static_cast<std::size_t>(a)].x < layout.nodes[static_cast<std::size_t>(b)].x;
    });
    return layout;
}

std::int32_t TreeLayout::find(int round, int node) const
{
    const int slot = round - firstRound;
    if (slot < 0 || slot >= static_cast<int>(firstOfRound.size())) {
        return -1;
    }
    const auto begin = static_cast<std::size_t>(firstOfRound[static_cast<std::size_t>(slot)]);
    const auto end = slot + 1 < static_cast<int>(firstOfRound.size())
                         ? static_cast<std::size_t>(firstOfRound[static_cast<std::size_t>(slot) + 1])
                         : nodes.size();
    for (std::size_t i = begin; i < end; ++i) {
        if (nodes[i].node == node) {
            return static_cast<std::int32_t>(i);
        }
    }
    if (node == 0 && slot > 0) {
        // A later round's root is the extra token of the round before it, or its last accepted node where there is none.
        const auto previous = static_cast<std::size_t>(firstOfRound[static_cast<std::size_t>(slot) - 1]);
        for (std::size_t i = begin; i-- > previous;) {
            if (nodes[i].state == NodeState::Bonus || nodes[i].state == NodeState::Correction || nodes[i].state == NodeState::Accepted) {
                return static_cast<std::int32_t>(i);
            }
        }
    }
    return -1;
}

std::pair<std::size_t, std::size_t> TreeLayout::columnRange(float left, float right) const
{
    const auto xOf = [this](std::int32_t i) { return nodes[static_cast<std::size_t>(i)].x; };
    const auto begin =
        std::lower_bound(byColumn.begin(), byColumn.end(), left, [&](std::int32_t i, float value) { return xOf(i) < value; });
    const auto end = std::upper_bound(begin, byColumn.end(), right, [&](float value, std::int32_t i) { return value < xOf(i); });
    return {static_cast<std::size_t>(begin - byColumn.begin()), static_cast<std::size_t>(end - byColumn.begin())};
}

}  // namespace timberline::widgets
