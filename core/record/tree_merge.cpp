// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/tree_merge.h"

#include <algorithm>

namespace timberline::record {

namespace {

constexpr std::int32_t kNowhere = -1;   ///< left out
constexpr std::int32_t kOnTheWay = -2;  ///< part of the text before the position

bool is_compared(NodeState state) noexcept
{
    return was_offered(state) || state == NodeState::Bonus || state == NodeState::Correction;
}

/// How far a node got; the largest stands for all nodes of its name.
int standing(NodeState state) noexcept
{
    switch (state) {
    case NodeState::Accepted:
        return 4;
    case NodeState::Bonus:
    case NodeState::Correction:
        return 3;
    case NodeState::Rejected:
        return 2;
    default:
        return 1;
    }
}

void mark_text(const Round& round, std::vector<bool>& text)
{
    std::int32_t left = round.kept + 1;  // the root was written before
    const auto mark = [&](std::int32_t node) {
        if (left-- > 0 && node >= 0 && static_cast<std::size_t>(node) < text.size()) {
            text[static_cast<std::size_t>(node)] = true;
        }
    };
    std::ranges::for_each(round.path, mark);
    mark(round.next_node);
}

/// @return true when the reading is the record's first of this name.
bool read(NodeReading& reading, const Round& round, std::int32_t index, bool in_text)
{
    const auto& node = round.nodes[static_cast<std::size_t>(index)];
    const bool first = !reading.present();
    // A node of a later round was drafted anew after the same beginning; what the text says of it counts before what it was guessed as.
    const bool further = in_text != reading.in_text ? in_text : standing(node.state) > standing(reading.state);
    if (first || further) {
        const auto drawn = reading.drawn;
        reading = {.round = round.index, .node = index, .state = node.state, .p = node.p, .q = node.q, .in_text = in_text, .drawn = drawn};
    }
    ++reading.drawn;
    return first;
}

}  // namespace

bool was_offered(NodeState state) noexcept
{
    return state == NodeState::Accepted || state == NodeState::Rejected || state == NodeState::NeverVerified;
}

std::int32_t MergedTrees::root(TokenId token)
{
    nodes.push_back({.parent = -1, .token = token, .depth = 0, .a = {}, .b = {}});
    return static_cast<std::int32_t>(nodes.size()) - 1;
}

std::int32_t MergedTrees::child(std::int32_t parent, TokenId token)
{
    const auto [it, fresh] = children_.try_emplace({parent, token}, static_cast<std::int32_t>(nodes.size()));
    if (fresh) {
        const auto depth = nodes[static_cast<std::size_t>(parent)].depth + 1;
        nodes.push_back({.parent = parent, .token = token, .depth = depth, .a = {}, .b = {}});
    }
    return it->second;
}

NodeReading& MergedTrees::reading(std::int32_t node, bool of_a)
{
    auto& at = nodes[static_cast<std::size_t>(node)];
    return of_a ? at.a : at.b;
}

std::int64_t MergedTrees::add(const Round& round, bool of_a, std::int32_t base, const std::vector<TokenId>& passed)
{
    const auto count = round.nodes.size();
    std::vector<std::int32_t> place(count, kNowhere);
    std::vector<bool> text(count, false);
    mark_text(round, text);
    std::vector<std::size_t> spelled(count, 0);  // tokens of `passed` that the path to the node spells
    std::int64_t fresh = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& node = round.nodes[i];
        if (i > 0) {
            const auto parent = static_cast<std::size_t>(node.parent);
            if (node.parent < 0 || parent >= i || !is_compared(node.state) || place[parent] == kNowhere) {
                continue;
            }
            if (place[parent] != kOnTheWay) {
                place[i] = child(place[parent], node.token);
            } else if (node.token == passed[spelled[parent]]) {
                spelled[i] = spelled[parent] + 1;
                place[i] = spelled[i] == passed.size() ? base : kOnTheWay;
            }
        } else {
            place[0] = passed.empty() ? base : kOnTheWay;
        }
        if (place[i] >= 0 && (i > 0 || !reading(place[i], of_a).present())) {
            fresh += read(reading(place[i], of_a), round, static_cast<std::int32_t>(i), text[i]) ? 1 : 0;
        }
    }
    return fresh;
}

DiffCounts MergedTrees::counted() const
{
    DiffCounts out;
    for (const auto& node : nodes) {
        if (node.parent < 0) {
            continue;
        }
        switch (node.side()) {
        case DiffSide::Both:
            ++out.both;
            out.states += node.a.state != node.b.state ? 1 : 0;
            break;
        case DiffSide::OnlyA:
            ++out.only_a;
            break;
        case DiffSide::OnlyB:
            ++out.only_b;
            break;
        }
    }
    return out;
}

}  // namespace timberline::record
