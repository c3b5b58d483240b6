// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/sequoia.h"

#include <algorithm>
#include <deque>
#include <limits>

namespace timberline::rules {

namespace {

constexpr double kImpossible = -std::numeric_limits<double>::infinity();

}  // namespace

double expected_tokens(const TreeShape& shape, std::span<const double> positional)
{
    std::vector<double> reach(shape.size(), 0.0);
    double total = 0;
    for (std::size_t node = 0; node < shape.size(); ++node) {
        if (node == 0) {
            reach[0] = 1;
        }
        total += reach[node];
        for (std::int32_t i = 0; i < shape.children[node]; ++i) {
            const auto order = static_cast<std::size_t>(i);
            reach[static_cast<std::size_t>(shape.first_child[node] + i)] =
                order < positional.size() ? reach[node] * positional[order] : 0.0;
        }
    }
    return total;
}

SequoiaTable::SequoiaTable(std::vector<double> positional, std::int32_t nodes, std::int32_t levels)
    : positional_(std::move(positional)), nodes_(std::max(nodes, 1)), levels_(std::max(levels, 1))
{
    const std::size_t cells = static_cast<std::size_t>(nodes_) * static_cast<std::size_t>(levels_);
    best_.assign(cells, kImpossible);
    best_count_.assign(cells, 0);
    table_.assign(cells * (positional_.size() + 1), kImpossible);
    split_.assign(table_.size(), 0);
    for (std::int32_t l = 1; l <= levels_; ++l) {
        for (std::int32_t m = 1; m <= nodes_; ++m) {
            fill(m, l);
        }
    }
}

void SequoiaTable::fill(std::int32_t m, std::int32_t l)
{
    if (m == 1) {
        table_[index(1, l, 0)] = 1;
    }
    for (std::size_t b = 1; l > 1 && b <= positional_.size(); ++b) {
        double& cell = table_[index(m, l, b)];
        for (std::int32_t y = 1; y < m; ++y) {
            const double value = table_[index(y, l, b - 1)] + positional_[b - 1] * best_[index(m - y, l - 1)];
            if (value > cell) {
                cell = value;
                split_[index(m, l, b)] = y;
            }
        }
    }
    for (std::size_t b = 0; b <= positional_.size(); ++b) {
        if (const double value = table_[index(m, l, b)]; value > best_[index(m, l)]) {
            best_[index(m, l)] = value;
            best_count_[index(m, l)] = b;
        }
    }
}

TreeShape SequoiaTable::shape(std::int32_t m, std::int32_t l) const
{
    struct Subtree {
        std::int32_t nodes;
        std::int32_t levels;
        std::int32_t depth;
    };
    TreeShape out;
    std::deque<Subtree> waiting{{m, l, 1}};
    std::int32_t known = 1;
    while (!waiting.empty()) {
        const Subtree tree = waiting.front();
        waiting.pop_front();
        const std::size_t count = best_count_[index(tree.nodes, tree.levels)];
        out.children.push_back(static_cast<std::int32_t>(count));
        out.first_child.push_back(known);
        out.levels = std::max(out.levels, tree.depth);
        std::vector<Subtree> below(count);
        std::int32_t left = tree.nodes;
        for (std::size_t b = count; b > 0; --b) {
            const std::int32_t rest = split_[index(left, tree.levels, b)];
            below[b - 1] = {left - rest, tree.levels - 1, tree.depth + 1};
            left = rest;
        }
        waiting.insert(waiting.end(), below.begin(), below.end());
        known += static_cast<std::int32_t>(count);
    }
    return out;
}

TreeShape SequoiaTable::cheapest(const RoundCost& cost) const
{
    double least = std::numeric_limits<double>::infinity();
    std::int32_t best_nodes = 1;
    std::int32_t best_levels = 1;
    for (std::int32_t l = 1; l <= levels_; ++l) {
        for (std::int32_t m = 1; m <= nodes_; ++m) {
            const double tokens = best(m, l);
            if (tokens > 0 && cost.of(l - 1, m - 1) / tokens < least) {
                least = cost.of(l - 1, m - 1) / tokens;
                best_nodes = m;
                best_levels = l;
            }
        }
    }
    return shape(best_nodes, best_levels);
}

PositionalAcceptance::PositionalAcceptance(std::vector<double> prior, double weight)
    : accepted_(std::move(prior)), visits_(accepted_.size(), weight)
{
    for (double& share : accepted_) {
        share *= weight;
    }
}

void PositionalAcceptance::learn(const record::Round& round)
{
    using record::NodeState;
    if (round.forced_node >= 0) {
        return;
    }
    for (std::size_t level = 0; level < round.path.size(); ++level) {
        const bool accepted = level + 1 < round.path.size();
        if (!accepted && round.next_node < 0) {
            break;  // an end token: nothing below it was decided
        }
        for (const record::Node& node : round.nodes) {
            const bool drafted =
                node.state == NodeState::Accepted || node.state == NodeState::Rejected || node.state == NodeState::NeverVerified;
            if (drafted && node.parent == round.path[level] && static_cast<std::size_t>(node.order) < visits_.size()) {
                visits_[static_cast<std::size_t>(node.order)] += 1;
                accepted_[static_cast<std::size_t>(node.order)] += node.state == NodeState::Accepted ? 1 : 0;
            }
        }
    }
}

std::vector<double> PositionalAcceptance::estimate() const
{
    std::vector<double> out(visits_.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = accepted_[i] / visits_[i];
    }
    return out;
}

}  // namespace timberline::rules
