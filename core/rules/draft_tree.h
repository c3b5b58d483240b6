// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/record/record.h"

#include <cstdint>
#include <span>
#include <vector>

namespace timberline::rules {

using record::DrawKind;

/// A candidate tree of one round. Node 0 is the root (pending token). parent[i] < i; siblings in draw order. Flat vectors, no links.
/// Invariant I3: what was sampled is submitted: sampled nodes are never dropped, replaced or re-ordered after their value is known.
struct DraftTree {
    std::vector<std::int32_t> parent;    ///< [N+1], parent[0] = -1
    std::vector<TokenId> token;          ///< [N+1]
    std::vector<DrawKind> child_kind;    ///< [N+1] how this node's children were chosen
    std::vector<float> confidence;       ///< [N+1] draft probability of the token at its parent; root 1
    std::vector<std::int32_t> draft_row; ///< [N+1] row of `draft_laws` that this node's children were drawn from, -1 = none
    /// Full processed draft laws, [rows, V]; row r belongs to every node with draft_row == r. Empty for model-free drafters.
    std::vector<float> draft_laws;
    std::vector<float> draft_logits;     ///< the raw logits behind draft_laws, same shape; for the record
    std::int32_t vocabulary = 0;
    struct PrunedCandidate {
        std::int32_t parent;  ///< index of a kept node, or kept nodes + index of an earlier pruned candidate
        TokenId token;
        float confidence;
    };
    std::vector<PrunedCandidate> pruned;  ///< candidates that lost a re-ranking; display only
    int draft_passes = 0;
    /// The last `window` nodes are rows that the target computes beside the candidates for the drafter's own use (lookahead decoding); no
    /// candidate hangs on them and no rule tests them.
    std::int32_t window = 0;

    [[nodiscard]] static DraftTree with_root(TokenId pending);
    /// Appends a node and returns its index. Precondition: 0 <= parent < size().
    std::int32_t add(std::int32_t parent_index, TokenId token_id, float draft_probability);
    /// Appends a window node (confidence NaN) and returns its index; candidates cannot be added after it.
    /// Precondition: parent_index is the root or a window node.
    std::int32_t add_window(std::int32_t parent_index, TokenId token_id);
    [[nodiscard]] std::size_t size() const noexcept { return parent.size(); }     ///< root counted
    [[nodiscard]] std::size_t drafted() const noexcept { return parent.size() - 1; }  ///< window nodes counted
    [[nodiscard]] std::size_t first_window() const noexcept { return parent.size() - static_cast<std::size_t>(window); }
    [[nodiscard]] std::vector<std::int32_t> depths() const;
    [[nodiscard]] std::vector<std::vector<std::int32_t>> children() const;  ///< in draw order; window nodes are nobody's
    [[nodiscard]] std::vector<TokenId> path_tokens(std::int32_t node) const;  ///< from the root's child to `node`; empty for the root
    [[nodiscard]] std::span<const float> draft_law(std::int32_t node) const;  ///< empty when the node has none
};

}  // namespace timberline::rules
