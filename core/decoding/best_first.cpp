// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/best_first.h"

#include <algorithm>
#include <cmath>
#include <queue>

namespace timberline::decoding {

namespace {

struct Candidate {
    double value = 1;  ///< product of the shares along the path
    std::int32_t depth = 1;
    std::int64_t order = 0;  ///< of proposal
    std::int32_t parent = 0;
    Proposal proposal = {};
};

/// True when `a` comes after `b`: the queue's top is what nothing else comes before.
struct ComesAfter {
    bool operator()(const Candidate& a, const Candidate& b) const noexcept
    {
        if (a.value != b.value) {
            return a.value < b.value;
        }
        return a.depth != b.depth ? a.depth > b.depth : a.order > b.order;
    }
};

/// What the controller sees of a set of shares; what was never seen here has no share.
DraftStep step_of(std::int32_t depth, std::int32_t nodes, double value, std::span<const Proposal> proposals)
{
    DraftStep step{.depth = depth, .nodes = nodes, .cumulative_log_q = std::log(value)};
    for (const Proposal& proposal : proposals) {
        step.largest_q = std::max(step.largest_q, proposal.share);
        step.entropy -= proposal.share * std::log(proposal.share);
    }
    step.entropy = std::max(step.entropy, 0.0);
    return step;
}

}  // namespace

rules::DraftTree grow_best_first(const RoundContext& context, DecodeController& controller, const DraftPlan& limits,
                                 const Proposer& proposer)
{
    rules::DraftTree tree = rules::DraftTree::with_root(context.committed.back());
    std::priority_queue<Candidate, std::vector<Candidate>, ComesAfter> queue;
    std::int64_t proposed = 0;
    std::int32_t allowed = 0;  // deepest level that the controller agreed to
    bool refused = false;
    const auto open = [&](std::int32_t node, std::int32_t depth, double value, std::int32_t place) {
        if (depth > limits.max_depth || (refused && depth > allowed)) {
            return;
        }
        const std::vector<Proposal> proposals = proposer(place, tree.path_tokens(node));
        if (proposals.empty()) {
            return;
        }
        if (depth > allowed) {
            refused = !controller.keep_drafting(step_of(depth, static_cast<std::int32_t>(tree.drafted()), value, proposals));
            if (refused) {
                return;
            }
            allowed = depth;
        }
        for (const Proposal& proposal : proposals) {
            queue.push({value * proposal.share, depth, proposed++, node, proposal});
        }
    };
    open(0, 1, 1, 0);
    while (!queue.empty() && static_cast<std::int32_t>(tree.drafted()) < limits.max_nodes) {
        const Candidate best = queue.top();
        queue.pop();
        tree.child_kind[static_cast<std::size_t>(best.parent)] = record::DrawKind::PointMass;
        const std::int32_t node = tree.add(best.parent, best.proposal.token, static_cast<float>(best.proposal.share));
        if (std::ranges::find(context.stop_ids, best.proposal.token) == context.stop_ids.end()) {
            open(node, best.depth + 1, best.value, best.proposal.place);
        }
    }
    return tree;
}

void ContinuationTrie::add(std::span<const TokenId> continuation)
{
    std::size_t at = 0;
    ++nodes_[0].count;
    for (const TokenId token : continuation) {
        const auto& children = nodes_[at].children;
        const auto found =
            std::ranges::find_if(children, [&](std::int32_t child) { return nodes_[static_cast<std::size_t>(child)].token == token; });
        if (found != children.end()) {
            at = static_cast<std::size_t>(*found);
        } else {
            nodes_[at].children.push_back(static_cast<std::int32_t>(nodes_.size()));
            at = nodes_.size();
            nodes_.push_back({.token = token});
        }
        ++nodes_[at].count;
    }
}

std::vector<Proposal> ContinuationTrie::proposals(std::int32_t place) const
{
    const Node& node = nodes_[static_cast<std::size_t>(place)];
    std::vector<std::int32_t> children = node.children;
    const auto count = [this](std::int32_t child) { return nodes_[static_cast<std::size_t>(child)].count; };
    std::ranges::stable_sort(children, [&](std::int32_t a, std::int32_t b) { return count(a) > count(b); });
    std::vector<Proposal> out;
    for (const std::int32_t child : children) {
        out.push_back({.token = nodes_[static_cast<std::size_t>(child)].token,
                       .share = static_cast<double>(count(child)) / static_cast<double>(node.count),
                       .place = child});
    }
    return out;
}

}  // namespace timberline::decoding
