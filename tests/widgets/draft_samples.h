// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

/// Small hand-made records for the view tests. Numbers are chosen, not computed by the program.
namespace timberline::testing {

inline record::Node node(int parent, TokenId token, int depth, record::NodeState state, float p = 0.5F, float q = 0.5F)
{
    record::Node out;
    out.parent = parent;
    out.token = token;
    out.depth = static_cast<std::int16_t>(depth);
    out.state = state;
    out.p = p;
    out.q = q;
    return out;
}

/// Round 0: root a; drafts b (accepted) with child d (rejected), c (never verified) with child e (never verified); correction f after b;
/// one pruned g.
inline record::Round firstRound()
{
    using record::NodeState;
    record::Round round;
    round.index = 0;
    round.committed_before = 1;
    round.drafter = "draft-model-tree";
    round.controller = "fixed";
    round.acceptance = "exact";
    round.nodes = {node(-1, 0, 0, NodeState::Root),         node(0, 1, 1, NodeState::Accepted, 0.75F, 0.5F),
                   node(0, 2, 1, NodeState::NeverVerified), node(1, 3, 2, NodeState::Rejected, 0.1F),
                   node(2, 4, 2, NodeState::NeverVerified), node(1, 5, 2, NodeState::Correction, 0.8F),
                   node(0, 6, 1, NodeState::Pruned, 0.01F)};
    round.nodes[0].child_kind = record::DrawKind::WithoutReplacement;
    round.nodes[1].child_kind = record::DrawKind::WithoutReplacement;
    round.nodes[1].test_order = 0;
    round.nodes[1].draw = 0.25F;
    round.nodes[1].ratio = 1.0F;
    round.nodes[1].residual = 0.75F;
    round.nodes[3].test_order = 1;
    round.nodes[3].draw = 0.9F;
    round.nodes[3].ratio = 0.2F;
    round.nodes[3].residual = 0.1F;
    round.path = {0, 1};
    round.next = 5;
    round.next_node = 5;
    round.kept = 2;
    round.draft_ms = 1;
    round.verify_ms = 2;
    round.overhead_ms = 1;
    return round;
}

/// Round 1: root f; one draft h accepted; bonus i.
inline record::Round secondRound()
{
    using record::NodeState;
    record::Round round;
    round.index = 1;
    round.committed_before = 3;
    round.drafter = "draft-model-tree";
    round.controller = "fixed";
    round.acceptance = "exact";
    round.nodes = {node(-1, 5, 0, NodeState::Root), node(0, 7, 1, NodeState::Accepted), node(1, 8, 2, NodeState::Bonus)};
    round.path = {0, 1};
    round.next = 8;
    round.next_node = 2;
    round.kept = 2;
    round.draft_ms = 1;
    round.verify_ms = 3;
    round.overhead_ms = 0;
    return round;
}

inline record::RunStarted started()
{
    record::RunStarted out;
    out.model_name = "letters";
    out.vocabulary = 9;
    out.prompt = {0};
    const std::vector<std::string> texts = {"a", " b", " c", "d\n", "\xE2", "\x82\xAC", "g", "h", "<i>"};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        out.token_text[static_cast<TokenId>(i)] = texts[i];
    }
    return out;
}

inline record::RecordPtr twoRounds()
{
    auto record = std::make_shared<record::Record>();
    record->events.push_back({started()});
    record->events.push_back({firstRound()});
    record->events.push_back({record::ParameterChanged{1, "draft_length", "4", "6"}});
    record->events.push_back({secondRound()});
    record->events.push_back({record::RunFinished{"length", "", 8, 1}});
    return record;
}

/// Many rounds with wide trees: 10,000 nodes and more, for level of detail.
inline record::RecordPtr manyNodes(int rounds, int branches, int depth)
{
    using record::NodeState;
    auto record = std::make_shared<record::Record>();
    record->events.push_back({started()});
    for (int r = 0; r < rounds; ++r) {
        record::Round round;
        round.index = r;
        round.nodes.push_back(node(-1, 0, 0, NodeState::Root));
        for (int b = 0; b < branches; ++b) {
            int parent = 0;
            for (int d = 1; d <= depth; ++d) {
                round.nodes.push_back(
                    node(parent, static_cast<TokenId>((b + d) % 9), d, b == 0 && d == 1 ? NodeState::Accepted : NodeState::NeverVerified));
                parent = static_cast<int>(round.nodes.size()) - 1;
            }
        }
        round.nodes.push_back(node(1, 5, 2, NodeState::Correction));
        round.path = {0, 1};
        round.next = 5;
        round.next_node = static_cast<int>(round.nodes.size()) - 1;
        round.kept = 2;
        record->events.push_back({std::move(round)});
    }
    return record;
}

}  // namespace timberline::testing
