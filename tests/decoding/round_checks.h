// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/decoding/decode_helpers.h"

#include <QString>

#include <algorithm>
#include <cmath>

/// What the round loop's tests share: the bundled pair and a check of one round's record.
namespace timberline::test {

using record::NodeState;

inline ModelPtr target()
{
    return load("bundled:tale");
}
inline ModelPtr draft()
{
    return load("bundled:tale-draft");
}
inline const std::vector<TokenId> kPrompt = {0, 1902, 331, 553, 259, 566};

/// Empty, or what is wrong with a round (methods/decoding.md 4.4 and the contract of record::Node).
inline QString fault_in(const record::Round& round)
{
    const auto& nodes = round.nodes;
    const auto drafted = static_cast<std::size_t>(round.target_tokens);
    if (round.path.empty() || round.path[0] != 0 || nodes[0].state != NodeState::Root) {
        return "the path does not start with the root";
    }
    for (std::size_t i = 1; i < round.path.size(); ++i) {
        const auto& node = nodes[static_cast<std::size_t>(round.path[i])];
        if (node.state != NodeState::Accepted || node.parent != round.path[i - 1]) {
            return QString("path entry %1 is not an accepted child of the one before").arg(i);
        }
    }
    if (std::count_if(nodes.begin(), nodes.end(), [](const record::Node& n) { return n.state == NodeState::Accepted; }) + 1 !=
        static_cast<std::ptrdiff_t>(round.path.size())) {
        return "a node off the path is accepted";
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto& node = nodes[i];
        const QString name = QString("node %1: ").arg(i);
        if (i > 0 && (node.parent < 0 || node.parent >= static_cast<std::int32_t>(i) ||
                      node.depth != nodes[static_cast<std::size_t>(node.parent)].depth + 1)) {
            return name + "wrong parent or depth";
        }
        const bool extra = node.state == NodeState::Bonus || node.state == NodeState::Correction;
        if ((i < drafted) == (extra || node.state == NodeState::Pruned)) {
            return name + "state does not fit its place";
        }
        if (extra && static_cast<std::int32_t>(i) != round.next_node) {
            return name + "a second extra token";
        }
        const bool tested = node.state == NodeState::Accepted || node.state == NodeState::Rejected;
        if (tested != (node.test_order >= 0) || tested != !std::isnan(node.ratio)) {
            return name + "test order or ratio does not fit its state";
        }
        if (tested && nodes[static_cast<std::size_t>(node.parent)].state != NodeState::Accepted && node.parent != 0) {
            return name + "tested below a node that was not accepted";
        }
        if (!std::isnan(node.draw) && (node.draw < node.ratio) != (node.state == NodeState::Accepted)) {
            return name + "draw and ratio contradict its state";
        }
        if (i < drafted && !(node.entropy >= 0 && node.margin >= 0)) {
            return name + "no entropy or margin";
        }
        if (node.state == NodeState::Window) {
            const NodeState above = nodes[static_cast<std::size_t>(node.parent)].state;
            if (above != NodeState::Root && above != NodeState::Window) {
                return name + "a window node below a candidate";
            }
            if (!std::isnan(node.q) || !(node.p >= 0 && node.p <= 1)) {
                return name + "a window node with a draft probability";
            }
        } else if (i > 0 && i < drafted && !(node.p >= 0 && node.p <= 1 && node.q > 0 && node.q <= 1 && node.score <= 0)) {
            return name + "p, q or score out of range";
        }
        if (!std::isnan(node.overlap) && !(node.overlap >= 0 && node.overlap <= 1)) {
            return name + "overlap out of range";
        }
    }
    if (round.next_node >= 0) {
        const auto& extra = nodes[static_cast<std::size_t>(round.next_node)];
        const bool leaf = std::none_of(nodes.begin(), nodes.begin() + round.target_tokens,
                                       [&](const record::Node& n) { return n.parent == round.path.back() && n.state != NodeState::Window; });
        if (extra.parent != round.path.back() || extra.token != round.next || leaf != (extra.state == NodeState::Bonus)) {
            return "the extra token does not hang on the path's end";
        }
    }
    return {};
}

}  // namespace timberline::test
