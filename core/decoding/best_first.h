// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/drafter.h"
#include "core/rules/draft_tree.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace timberline::decoding {

/// One proposed continuation of a node, without a model behind it.
struct Proposal {
    TokenId token = 0;
    double share = 0;        ///< of what followed here before, in (0, 1]; the confidence
    std::int32_t place = 0;  ///< the proposer's own name for the node that this token would open
};

/// What may follow a node, likeliest first. @param place as proposed, 0 = the root.  @param path drafted tokens down to the node.
using Proposer = std::function<std::vector<Proposal>(std::int32_t place, std::span<const TokenId> path)>;

/// Grows a tree of chosen (point-mass) candidates: of all known ones the candidate with the largest product of shares along its path is
/// taken next (shallower, then earlier proposed ones first among equals), until `limits` are reached. The controller is asked once a level;
/// a stop token is submitted and nothing after it. Candidates were not drawn by chance, so leaving some out is exact (I3).
[[nodiscard]] rules::DraftTree grow_best_first(const RoundContext& context, DecodeController& controller, const DraftPlan& limits,
                                               const Proposer& proposer);

/// Continuations merged into a trie (methods/decoding.md 1.10): a place proposes its children by count, then in the order in which they
/// were added.
class ContinuationTrie
{
public:
    void add(std::span<const TokenId> continuation);
    [[nodiscard]] bool empty() const noexcept { return nodes_.size() == 1; }
    [[nodiscard]] std::vector<Proposal> proposals(std::int32_t place) const;

private:
    struct Node {
        TokenId token = 0;
        std::int64_t count = 0;  ///< continuations that pass here
        std::vector<std::int32_t> children = {};
    };
    std::vector<Node> nodes_ = std::vector<Node>(1);
};

}  // namespace timberline::decoding
