// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"

#include <cmath>

namespace timberline::test {

using namespace timberline::record;

inline Node make_node(std::int32_t parent, TokenId token, std::int16_t depth, NodeState state)
{
    Node node;
    node.parent = parent;
    node.token = token;
    node.depth = depth;
    node.state = state;
    return node;
}

inline Round make_round(std::int32_t index, std::int32_t before, std::vector<Node> nodes, std::vector<std::int32_t> path, TokenId next,
                        std::int32_t next_node, std::int32_t kept)
{
    Round round;
    round.index = index;
    round.committed_before = before;
    round.drafter = "draft-model-tree";
    round.controller = "fixed";
    round.acceptance = "exact";
    round.nodes = std::move(nodes);
    round.path = std::move(path);
    round.next = next;
    round.next_node = next_node;
    round.kept = kept;
    round.started_ms = 3.5 * index;
    round.draft_ms = 1;
    round.verify_ms = 2;
    round.overhead_ms = .5;
    return round;
}

/// Five rounds over a vocabulary of 8: a correction after a partly accepted tree, a fully accepted chain, a plain step, a rejected token
/// that the target then emits itself (with a pruned candidate), and an end token inside the tree. Text: 1 2 3 | 5 7 | 1 2 0 | 5 | 6 | 2.
inline Record sample_record()
{
    using enum NodeState;
    RunStarted started;
    started.program_version = "0.1.0";
    started.config_json = R"({"timberline":1,"bench":"draft"})";
    started.bench = "draft";
    started.model_name = "tale";
    started.model_hash = "00ff";
    started.heads_hash = "0abc";
    started.vocabulary = 8;
    started.layers = 12;
    started.seed = 18446744073709551615ULL;
    started.sampling.temperature = .7;
    started.prompt = {1, 2, 3};
    started.stop_ids = {2};
    started.token_text = {{0, ""}, {1, "a"}, {5, std::string("\xE2\x9F", 2)}, {7, std::string("\0\xFF", 2)}};

    Round first = make_round(0, 3,
                             {make_node(-1, 3, 0, Root), make_node(0, 4, 1, Rejected), make_node(0, 5, 1, Accepted),
                              make_node(2, 6, 2, Rejected), make_node(2, 7, 2, Correction)},
                             {0, 2}, 7, 4, 2);
    first.nodes[0].child_kind = first.nodes[2].child_kind = DrawKind::WithoutReplacement;
    first.nodes[2].order = 1;
    first.nodes[1].test_order = 0;
    first.nodes[2].test_order = 1;
    first.nodes[1].p = .1F;
    first.nodes[1].q = 1.0F / 3.0F;
    first.nodes[1].draw = .75F;
    first.nodes[0].entropy = 1.25F;
    first.target_laws = {.kind = LawRows::Kind::Full,
                         .vocabulary = 8,
                         .rows = 1,
                         .top = 0,
                         .logits = {0, -1, 2, -INFINITY, 4, 5, 6, -0.0F},
                         .ids = {},
                         .probability = {},
                         .remaining = {}};
    first.draft_laws = {.kind = LawRows::Kind::Top,
                        .vocabulary = 8,
                        .rows = 2,
                        .top = 1,
                        .logits = {},
                        .ids = {4, 6},
                        .probability = {.5F, .25F},
                        .remaining = {.5F, .75F}};
    first.draft_row = {0, -1, 1};
    first.statistics = {{"theta", .1}, {"undefined", std::nan("")}, {"limit", -INFINITY}, {"draft_wait_ms", 4.5}};
    Round second =
        make_round(1, 5, {make_node(-1, 7, 0, Root), make_node(0, 1, 1, Accepted), make_node(1, 2, 2, Accepted), make_node(2, 0, 3, Bonus)},
                   {0, 1, 2}, 0, 3, 3);
    Round third = make_round(2, 8, {make_node(-1, 0, 0, Root), make_node(0, 5, 1, Bonus)}, {0}, 5, 1, 1);
    Round fourth = make_round(3, 9,
                              {make_node(-1, 5, 0, Root), make_node(0, 6, 1, Rejected), make_node(1, 6, 2, NeverVerified),
                               make_node(0, 6, 1, Correction), make_node(1, 3, 2, Pruned)},
                              {0}, 6, 3, 1);
    Round fifth =
        make_round(4, 10, {make_node(-1, 6, 0, Root), make_node(0, 2, 1, Accepted), make_node(1, 3, 2, NeverVerified)}, {0, 1}, 0, -1, 1);

    BaselineMeasured baseline;
    baseline.ids = {5, 7, 1};
    baseline.tokens_per_second = 100;
    baseline.speedup = INFINITY;
    Record out;
    out.events = {{started},
                  {first},
                  {second},
                  {ParameterChanged{2, "sampling.temperature", "0.7", "1.5"}},
                  {third},
                  {ParameterChanged{3, "draft_length", "2", "3"}},
                  {ParameterChanged{3, "sampling.top_k", "0", "40"}},
                  {fourth},
                  {fifth},
                  {baseline},
                  {RunFinished{"stop-token", "", 17.5, 3.25}},
                  {Note{"⟨ends⟩ here"}}};
    return out;
}

} // namespace timberline::test
