// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/hindsight.h"

#include "core/record/folds.h"
#include "core/record/unknown_drafts.h"
#include "core/rules/tree_shapes.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::rules {

namespace {

/// Product of probabilities along the path to each candidate, as logarithms.
std::vector<PoolCandidate> pool_of(std::span<const Candidate> candidates)
{
    std::vector<PoolCandidate> out;
    out.reserve(candidates.size());
    for (const Candidate& candidate : candidates) {
        const bool top = candidate.parent < 0;
        const PoolCandidate above =
            top ? PoolCandidate{.parent = -1, .depth = 0, .value = 0} : out[static_cast<std::size_t>(candidate.parent)];
        out.push_back({.parent = candidate.parent, .depth = above.depth + 1, .value = above.value + std::log(candidate.probability)});
    }
    return out;
}

struct RoundCandidates {
    std::vector<Candidate> list;
    std::vector<std::int32_t> node;  ///< of the round, per candidate
    std::int32_t drafted = 0;
    bool probabilities = true;
};

RoundCandidates candidates_of(const record::Round& round)
{
    RoundCandidates out;
    std::vector<std::int32_t> place(round.nodes.size(), -1);
    for (std::size_t i = 1; i < round.nodes.size(); ++i) {
        const record::Node& node = round.nodes[i];
        if (node.state == record::NodeState::Bonus || node.state == record::NodeState::Correction) {
            continue;
        }
        place[i] = static_cast<std::int32_t>(out.list.size());
        out.node.push_back(static_cast<std::int32_t>(i));
        out.list.push_back({.parent = node.parent == 0 ? -1 : place[static_cast<std::size_t>(node.parent)],
                            .token = node.token,
                            .probability = std::clamp(static_cast<double>(node.q), 0.0, 1.0)});
        out.probabilities = out.probabilities && !std::isnan(node.q);
        out.drafted += node.state != record::NodeState::Pruned ? 1 : 0;
    }
    return out;
}

std::vector<std::int32_t> nodes_of(const RoundCandidates& candidates, const std::vector<std::int32_t>& chosen)
{
    std::vector<std::int32_t> out;
    for (const std::int32_t index : chosen) {
        out.push_back(candidates.node[static_cast<std::size_t>(index)]);
    }
    return out;
}

HindsightRound judge(const record::Round& round, std::span<const TokenId> truth)
{
    const RoundCandidates candidates = candidates_of(round);
    HindsightRound out;
    out.round = round.index;
    out.budget = candidates.drafted;
    out.committed = round.kept;
    const auto path = path_along(candidates.list, truth);
    const auto budget = static_cast<std::size_t>(candidates.drafted);
    const std::vector<std::int32_t> longest(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(std::min(path.size(), budget)));
    out.longest_nodes = nodes_of(candidates, longest);
    out.longest_committed = 1.0 + static_cast<double>(longest.size());
    out.complete = path.size() < truth.size();
    if (!candidates.probabilities) {
        const double unknown = std::numeric_limits<double>::quiet_NaN();
        out.expected_as_drafted = out.expected_best = out.best_tree_committed = unknown;
        return out;
    }
    const auto pool = pool_of(candidates.list);
    for (std::size_t i = 0; i < pool.size(); ++i) {
        if (round.nodes[static_cast<std::size_t>(candidates.node[i])].state != record::NodeState::Pruned) {
            out.expected_as_drafted += std::exp(pool[i].value);
        }
    }
    const BestTree best = best_tree(candidates.list, candidates.drafted);
    out.expected_best = best.expected_tokens;
    out.best_nodes = nodes_of(candidates, best.kept);
    const auto inside = std::ranges::find_if(path, [&best](std::int32_t index) { return !std::ranges::binary_search(best.kept, index); });
    out.best_tree_committed = 1.0 + static_cast<double>(inside - path.begin());
    return out;
}

}  // namespace

BestTree best_tree(std::span<const Candidate> candidates, std::int32_t budget)
{
    const auto pool = pool_of(candidates);
    BestTree out{.kept = rerank_pool(pool, budget)};
    for (const std::int32_t index : out.kept) {
        out.expected_tokens += std::exp(pool[static_cast<std::size_t>(index)].value);
    }
    return out;
}

std::vector<std::int32_t> path_along(std::span<const Candidate> candidates, std::span<const TokenId> truth)
{
    std::vector<std::int32_t> best;
    // Several nodes may carry the same tokens (draws with replacement), so every matching node is followed: its depth is that of its path.
    std::vector<std::size_t> matched(candidates.size(), 0);  // levels that agree with the text, 0 = does not
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const std::int32_t parent = candidates[i].parent;
        const bool open = parent < 0 || matched[static_cast<std::size_t>(parent)] > 0;
        const std::size_t level = parent < 0 ? 0 : matched[static_cast<std::size_t>(parent)];
        if (open && level < truth.size() && candidates[i].token == truth[level]) {
            matched[i] = level + 1;
            if (matched[i] > best.size()) {
                best.assign(matched[i], 0);
                for (auto node = static_cast<std::int32_t>(i); node >= 0; node = candidates[static_cast<std::size_t>(node)].parent) {
                    best[matched[static_cast<std::size_t>(node)] - 1] = node;
                }
            }
        }
    }
    return best;
}

std::vector<HindsightRound> hindsight(const record::Record& record, int until)
{
    std::vector<HindsightRound> out;
    const auto text = record::committed_tokens(record);
    for (const record::Round* round : record::rounds(record, until)) {
        if (round->nodes.size() < 2 || round->committed_before < 0 || round->statistics.contains(record::kDraftsUnknown)) {
            continue;
        }
        // No path is longer than the round has nodes.
        const auto begin = std::min(static_cast<std::size_t>(round->committed_before), text.size());
        const auto end = std::min(begin + round->nodes.size(), text.size());
        std::vector<TokenId> truth;
        for (std::size_t i = begin; i < end; ++i) {
            truth.push_back(text[i].token);
        }
        auto judged = judge(*round, truth);
        if (judged.budget > 0) {
            out.push_back(std::move(judged));
        }
    }
    return out;
}

}  // namespace timberline::rules
