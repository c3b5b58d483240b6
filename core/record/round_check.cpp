// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/round_check.h"

#include <algorithm>

namespace timberline::record {

namespace {

Error damaged(const std::string& where, std::int64_t got, const std::string& expected)
{
    return make_error(ErrorCode::BadFile, where + ": got " + std::to_string(got) + ", expected " + expected,
                      "The file is damaged; open another copy, or run its config again.");
}

std::string at(const char* list, std::size_t index)
{
    return std::string(list) + "[" + std::to_string(index) + "]";
}

bool is_token(TokenId token, std::int32_t vocabulary)
{
    return token >= 0 && (vocabulary <= 0 || token < vocabulary);
}

std::string token_range(std::int32_t vocabulary)
{
    return vocabulary > 0 ? "a token id from 0 to " + std::to_string(vocabulary - 1) : std::string("a token id of at least 0");
}

Status check_nodes(const Round& round, std::int32_t vocabulary, const std::string& where)
{
    if (round.nodes.empty()) {
        return damaged(where + ".nodes", 0, "at least the root");
    }
    for (std::size_t i = 0; i < round.nodes.size(); ++i) {
        const Node& node = round.nodes[i];
        const std::string place = where + "." + at("nodes", i);
        if (!is_token(node.token, vocabulary)) {
            return damaged(place + ".token", node.token, token_range(vocabulary));
        }
        if ((node.state == NodeState::Root) != (i == 0)) {
            return damaged(place + ".state", static_cast<int>(node.state), "the state root at node 0 and nowhere else");
        }
        if (i == 0 && (node.parent != -1 || node.depth != 0)) {
            return damaged(place + ".parent", node.parent, "-1, at depth 0");
        }
        if (i == 0) {
            continue;
        }
        if (node.parent < 0 || static_cast<std::size_t>(node.parent) >= i) {
            return damaged(place + ".parent", node.parent, "an index from 0 to " + std::to_string(i - 1));
        }
        const int depth = round.nodes[static_cast<std::size_t>(node.parent)].depth + 1;
        if (node.depth != depth) {
            return damaged(place + ".depth", node.depth, std::to_string(depth) + ", one below its parent");
        }
    }
    return {};
}

Status check_path(const Round& round, const std::string& where)
{
    const std::vector<Node>& nodes = round.nodes;
    if (round.path.empty() || round.path[0] != 0) {
        return damaged(where + ".path[0]", round.path.empty() ? -1 : round.path[0], "0, the root");
    }
    for (std::size_t i = 1; i < round.path.size(); ++i) {
        const std::int32_t node = round.path[i];
        const std::string place = where + "." + at("path", i);
        if (node <= round.path[i - 1] || static_cast<std::size_t>(node) >= nodes.size()) {
            return damaged(place, node, "a node above " + std::to_string(round.path[i - 1]) + " and below " + std::to_string(nodes.size()));
        }
        if (nodes[static_cast<std::size_t>(node)].parent != round.path[i - 1] ||
            nodes[static_cast<std::size_t>(node)].state != NodeState::Accepted) {
            return damaged(place, node, "an accepted child of node " + std::to_string(round.path[i - 1]));
        }
    }
    if (round.next_node != -1) {
        const bool inside = round.next_node > 0 && static_cast<std::size_t>(round.next_node) < nodes.size();
        const Node* next = inside ? &nodes[static_cast<std::size_t>(round.next_node)] : nullptr;
        if (next == nullptr || (next->state != NodeState::Bonus && next->state != NodeState::Correction) || next->token != round.next) {
            return damaged(where + ".next_node", round.next_node,
                           "-1 or the bonus or correction node that carries the token " + std::to_string(round.next));
        }
    }
    const std::int64_t most = static_cast<std::int64_t>(round.path.size()) - (round.next_node < 0 ? 1 : 0);
    if (round.kept > most) {
        return damaged(where + ".kept", round.kept, "at most the " + std::to_string(most) + " tokens that the round committed");
    }
    if (round.forced_node >= 0 && static_cast<std::size_t>(round.forced_node) >= nodes.size()) {
        return damaged(where + ".forced_node", round.forced_node, "-1 or a node below " + std::to_string(nodes.size()));
    }
    return {};
}

Status check_laws(const LawRows& laws, std::int32_t vocabulary, const std::string& where)
{
    if (laws.kind != LawRows::Kind::None && vocabulary > 0 && laws.vocabulary != vocabulary) {
        return damaged(where + ".vocabulary", laws.vocabulary, std::to_string(vocabulary) + ", the run's vocabulary");
    }
    if (laws.kind == LawRows::Kind::Top && laws.top > laws.vocabulary) {
        return damaged(where + ".top", laws.top, "at most the vocabulary of " + std::to_string(laws.vocabulary));
    }
    return check_tokens(laws.ids, laws.vocabulary, where + ".ids");
}

} // namespace

Status check_tokens(const std::vector<TokenId>& ids, std::int32_t vocabulary, const std::string& where)
{
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (!is_token(ids[i], vocabulary)) {
            return damaged(where + at("", i), ids[i], token_range(vocabulary));
        }
    }
    return {};
}

Status check_round(const Round& round, std::int32_t vocabulary, const std::string& where)
{
    TIMBERLINE_TRY(check_nodes(round, vocabulary, where));
    TIMBERLINE_TRY(check_path(round, where));
    if (!is_token(round.next, vocabulary)) {
        return damaged(where + ".next", round.next, token_range(vocabulary));
    }
    TIMBERLINE_TRY(check_laws(round.target_laws, vocabulary, where + ".target_laws"));
    TIMBERLINE_TRY(check_laws(round.draft_laws, vocabulary, where + ".draft_laws"));
    if (round.target_laws.kind != LawRows::Kind::None && static_cast<std::size_t>(round.target_laws.rows) > round.nodes.size()) {
        return damaged(where + ".target_laws.rows", round.target_laws.rows,
                       "at most one row a node, " + std::to_string(round.nodes.size()));
    }
    if (round.draft_row.size() > round.nodes.size()) {
        return damaged(where + ".draft_row", static_cast<std::int64_t>(round.draft_row.size()),
                       "at most one entry a node, " + std::to_string(round.nodes.size()));
    }
    const std::int32_t rows = round.draft_laws.kind == LawRows::Kind::None ? std::int32_t{0} : round.draft_laws.rows;
    for (std::size_t i = 0; i < round.draft_row.size(); ++i) {
        // Without saved draft laws the rows may still be named; nothing reads them then.
        const bool known = round.draft_laws.kind == LawRows::Kind::None || round.draft_row[i] < rows;
        if (round.draft_row[i] < -1 || !known) {
            return damaged(where + at(".draft_row", i), round.draft_row[i], "-1 to " + std::to_string(rows - 1));
        }
    }
    return {};
}

} // namespace timberline::record
