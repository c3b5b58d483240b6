// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/round_recorder.h"

#include "core/rules/sampling.h"
#include "core/rules/tree_shapes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timberline::decoding {

namespace {

using record::LawRows;
using record::Node;
using record::NodeState;

/// Sum of min(p, q) over the vocabulary.
float overlap(std::span<const float> p, std::span<const float> q) noexcept
{
    constexpr std::size_t kLanes = 16;
    std::array<float, kLanes> lanes{};
    const std::size_t size = std::min(p.size(), q.size());
    const std::size_t whole = size - size % kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            lanes[lane] += p[i + lane] < q[i + lane] ? p[i + lane] : q[i + lane];
        }
    }
    double total = 0;
    for (const float lane : lanes) {
        total += static_cast<double>(lane);
    }
    for (std::size_t i = whole; i < size; ++i) {
        total += static_cast<double>(std::min(p[i], q[i]));
    }
    return static_cast<float>(std::min(total, 1.0));
}

float at(std::span<const float> law, TokenId token) noexcept
{
    return token >= 0 && static_cast<std::size_t>(token) < law.size() ? law[static_cast<std::size_t>(token)] : record::kUndefined;
}

void append_top(LawRows& rows, std::span<const float> law)
{
    const auto best = rules::top_indices(law, rows.top);
    double kept = 0;
    for (const std::int32_t id : best) {
        rows.ids.push_back(id);
        rows.probability.push_back(law[static_cast<std::size_t>(id)]);
        kept += static_cast<double>(law[static_cast<std::size_t>(id)]);
    }
    rows.remaining.push_back(static_cast<float>(std::clamp(1.0 - kept, 0.0, 1.0)));
    ++rows.rows;
}

}  // namespace

void RoundRecorder::fill(record::Round& round, rules::DraftTree& tree, std::span<const std::int32_t> depths, const RoundOutcome& outcome,
                         TargetLaws& target) const
{
    const rules::Verdict& verdict = outcome.verdict;
    round.path = verdict.path;
    round.nodes.reserve(tree.size() + 1 + (instrumented_ ? tree.pruned.size() : 0));
    std::vector<std::int16_t> children(tree.size(), 0);
    for (std::size_t i = 0; i < tree.size(); ++i) {
        Node node;
        node.parent = tree.parent[i];
        node.token = tree.token[i];
        node.depth = static_cast<std::int16_t>(depths[i]);
        node.order = i == 0 ? std::int16_t{0} : children[static_cast<std::size_t>(node.parent)]++;
        node.state = i < tree.first_window() ? verdict.nodes[i].state : NodeState::Window;
        node.test_order = verdict.nodes[i].test_order;
        node.child_kind = tree.child_kind[i];
        round.nodes.push_back(node);
    }
    if (instrumented_) {
        measure_nodes(round, tree, verdict, target);
    }
    if (outcome.has_next) {
        round.next = verdict.next;
        round.next_node = static_cast<std::int32_t>(round.nodes.size());
        add_extra(round, tree, outcome, target);
        round.nodes.back().order = children[static_cast<std::size_t>(verdict.path.back())];
    } else {
        round.next = tree.token[static_cast<std::size_t>(verdict.path.back())];
        round.next_node = -1;
    }
    if (instrumented_) {
        add_pruned(round, tree, target);
        keep_laws(round, tree, target);
    }
}

void RoundRecorder::measure_nodes(record::Round& round, const rules::DraftTree& tree, const rules::Verdict& verdict,
                                  TargetLaws& target) const
{
    const auto width = static_cast<std::size_t>(tree.vocabulary);
    for (std::size_t i = 0; i < tree.size(); ++i) {
        Node& node = round.nodes[i];
        const auto index = static_cast<std::int32_t>(i);
        if (i > 0) {
            node.p = at(target.law(node.parent), node.token);
            node.q = tree.confidence[i];
            const Node& parent = round.nodes[static_cast<std::size_t>(node.parent)];
            node.score = (node.parent == 0 ? 0.0F : parent.score) + std::log(node.q);
            node.residual = verdict.nodes[i].residual;
            node.ratio = verdict.nodes[i].ratio;
            node.draw = verdict.nodes[i].draw;
        }
        if (target.has_row(index)) {
            const auto raw = target.logits(index);
            const TopTwo best = top_two(raw);
            node.margin = best.largest - best.second;
            node.entropy = static_cast<float>(rules::softmax_entropy_nats(raw));
        }
        if (const std::int32_t row = tree.draft_row[i]; row >= 0) {
            node.draft_entropy = static_cast<float>(
                rules::softmax_entropy_nats(std::span(tree.draft_logits).subspan(static_cast<std::size_t>(row) * width, width)));
            node.overlap = target.has_row(index) ? overlap(target.law(index), tree.draft_law(index)) : record::kUndefined;
        }
    }
}

void RoundRecorder::add_extra(record::Round& round, const rules::DraftTree& tree, const RoundOutcome& outcome, TargetLaws& target) const
{
    const std::int32_t parent = outcome.verdict.path.back();
    Node node;
    node.parent = parent;
    node.token = outcome.verdict.next;
    node.depth = static_cast<std::int16_t>(round.nodes[static_cast<std::size_t>(parent)].depth + 1);
    node.state = outcome.verdict.next_is_bonus ? NodeState::Bonus : NodeState::Correction;
    if (instrumented_) {
        node.p = at(target.law(parent), node.token);
        node.q = at(tree.draft_law(parent), node.token);
        node.residual = outcome.emitted_probability;
    }
    round.nodes.push_back(node);
}

void RoundRecorder::add_pruned(record::Round& round, const rules::DraftTree& tree, TargetLaws& target) const
{
    const std::size_t first = round.nodes.size();
    std::vector<std::int16_t> children(first + tree.pruned.size(), 0);
    for (const Node& node : round.nodes) {
        if (node.parent >= 0) {
            ++children[static_cast<std::size_t>(node.parent)];
        }
    }
    for (const auto& candidate : tree.pruned) {
        Node node;
        const auto parent = static_cast<std::size_t>(candidate.parent);
        const std::size_t place = parent < tree.size() ? parent : first + (parent - tree.size());
        node.parent = static_cast<std::int32_t>(place);
        node.token = candidate.token;
        node.depth = static_cast<std::int16_t>(round.nodes[place].depth + 1);
        node.order = children[place]++;
        node.state = NodeState::Pruned;
        node.q = candidate.confidence;
        node.score = (place == 0 ? 0.0F : round.nodes[place].score) + std::log(node.q);
        if (parent < tree.size() && target.computed(candidate.parent)) {
            node.p = at(target.law(candidate.parent), node.token);
        }
        round.nodes.push_back(node);
    }
}

void RoundRecorder::keep_laws(record::Round& round, rules::DraftTree& tree, TargetLaws& target) const
{
    if (laws_ == DecodeJob::Laws::None) {
        return;
    }
    const auto width = static_cast<std::size_t>(tree.vocabulary);
    round.draft_row = tree.draft_row;
    LawRows& kept = round.target_laws;
    LawRows& drafted = round.draft_laws;
    const bool any = target.rows() > 0;
    kept.vocabulary = any ? static_cast<std::int32_t>(target.vocabulary()) : 0;
    if (laws_ == DecodeJob::Laws::Full) {
        kept.kind = any ? LawRows::Kind::Full : LawRows::Kind::None;
        kept.rows = static_cast<std::int32_t>(target.rows());
        const auto all = target.all_logits();
        kept.logits.assign(all.begin(), all.end());
        if (!tree.draft_logits.empty()) {
            drafted.kind = LawRows::Kind::Full;
            drafted.vocabulary = tree.vocabulary;
            drafted.rows = static_cast<std::int32_t>(tree.draft_logits.size() / width);
            drafted.logits = std::move(tree.draft_logits);
        }
        return;
    }
    kept.kind = any ? LawRows::Kind::Top : LawRows::Kind::None;
    kept.top = std::min(top_, kept.vocabulary);
    for (std::size_t i = 0; i < target.rows(); ++i) {
        append_top(kept, target.soft_law(static_cast<std::int32_t>(i)));
    }
    if (!tree.draft_laws.empty()) {
        drafted.kind = LawRows::Kind::Top;
        drafted.vocabulary = tree.vocabulary;
        drafted.top = std::min(top_, drafted.vocabulary);
        for (std::size_t begin = 0; begin < tree.draft_laws.size(); begin += width) {
            append_top(drafted, std::span(tree.draft_laws).subspan(begin, width));
        }
    }
}

}  // namespace timberline::decoding
