// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/tree_diff.h"

#include <cmath>
#include <cstdio>

namespace timberline::record {

namespace {

std::string cell(float value)
{
    if (std::isnan(value)) {
        return {};
    }
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", static_cast<double>(value));
    return text;
}

std::string cells(const NodeReading& reading)
{
    if (!reading.present()) {
        return ",,,,";
    }
    return std::to_string(reading.round) + "," + (reading.node < 0 ? "" : std::to_string(reading.node)) + "," +
           std::string(name_of(reading.state)) + "," + cell(reading.p) + "," + cell(reading.q);
}

std::string quoted(const std::string& text)
{
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + "\"";
}

}  // namespace

std::string_view name_of(DiffSide side) noexcept
{
    switch (side) {
    case DiffSide::Both:
        return "both";
    case DiffSide::OnlyA:
        return "only-a";
    case DiffSide::OnlyB:
        return "only-b";
    }
    return "";
}

std::string_view name_of(Alignment alignment) noexcept
{
    switch (alignment) {
    case Alignment::Aligned:
        return "aligned";
    case Alignment::OtherPrompt:
        return "other-prompt";
    case Alignment::OtherText:
        return "other-text";
    case Alignment::EndOfA:
        return "end-of-a";
    case Alignment::EndOfB:
        return "end-of-b";
    }
    return "";
}

std::string tree_diff_csv(const RunDiff& diff, const RunStarted* started)
{
    std::string out = "node,parent,position,token,text,side,round_a,node_a,state_a,p_a,q_a,round_b,node_b,state_b,p_b,q_b,"
                      "p_difference,q_difference\n";
    for (std::size_t i = 0; i < diff.nodes.size(); ++i) {
        const auto& node = diff.nodes[i];
        const bool both = node.side() == DiffSide::Both;
        out += std::to_string(i) + "," + (node.parent < 0 ? "" : std::to_string(node.parent)) + "," +
               std::to_string(diff.prompt - 1 + node.depth) + "," + std::to_string(node.token) + "," +
               (started != nullptr ? quoted(token_text(*started, node.token)) : "") + "," + std::string(name_of(node.side())) + "," +
               cells(node.a) + "," + cells(node.b) + "," + (both ? cell(static_cast<float>(node.p_difference())) : "") + "," +
               (both ? cell(static_cast<float>(node.q_difference())) : "") + "\n";
    }
    return out;
}

}  // namespace timberline::record
