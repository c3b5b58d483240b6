// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/codec.h"
#include "core/record/folds.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace timberline::record {

namespace {

/// Nine significant digits, which tell any two float32 apart; undefined numbers leave the cell empty.
std::string cell(double value)
{
    if (std::isnan(value)) {
        return {};
    }
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, 9);
    return error == std::errc{} ? std::string(buffer.data(), end) : std::string{};
}

std::string line(std::initializer_list<std::string> cells)
{
    std::string out;
    for (const std::string& text : cells) {
        out += out.empty() && &text == cells.begin() ? "" : ",";
        out += text;
    }
    return out + "\n";
}

std::int64_t drafted_count(const Round& round)
{
    return std::count_if(round.nodes.begin(), round.nodes.end(), [](const Node& node) {
        return node.state == NodeState::Accepted || node.state == NodeState::Rejected || node.state == NodeState::NeverVerified;
    });
}

} // namespace

std::string rounds_csv(const Record& record)
{
    std::string out = "round,n_before,drafted,accepted,next,draft_ms,verify_ms,overhead_ms\n";
    for (const Round* round : rounds(record)) {
        const std::size_t accepted = round->path.empty() ? 0 : round->path.size() - 1;
        // A round that ended inside its tree has no extra token.
        const std::string next = round->next_node >= 0 ? std::to_string(round->next) : std::string{};
        out += line({std::to_string(round->index), std::to_string(round->committed_before), std::to_string(drafted_count(*round)),
                     std::to_string(accepted), next, cell(round->draft_ms), cell(round->verify_ms), cell(round->overhead_ms)});
    }
    return out;
}

std::string nodes_csv(const Record& record)
{
    std::string out = "round,node,parent,token,p,q,u,state,entropy_nats\n";
    for (const Round* round : rounds(record)) {
        for (std::size_t i = 0; i < round->nodes.size(); ++i) {
            const Node& node = round->nodes[i];
            out += line({std::to_string(round->index), std::to_string(i), std::to_string(node.parent), std::to_string(node.token),
                         cell(static_cast<double>(node.p)), cell(static_cast<double>(node.q)), cell(static_cast<double>(node.draw)),
                         std::string(name_of(node.state)), cell(static_cast<double>(node.entropy))});
        }
    }
    return out;
}

} // namespace timberline::record
