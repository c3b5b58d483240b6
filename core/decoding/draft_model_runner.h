// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/model/language_model.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace timberline::decoding {

/// The draft model with its own KV cache: committed tokens first, then the nodes of the tree being drafted, in the order in which they were
/// fed. Used by every drafter that runs a small language model. One thread.
///
/// A round is: feed_root, any number of feed_nodes, keep. Whatever the cache lacks of the committed text (one token after a fully accepted
/// chain, more after rounds without a draft) is fed together with the root.
class DraftModelRunner
{
public:
    /// @param context positions the run may use; the draft model's own context limits it further.
    /// @param layers the model leaves after so many layers, through its own norm and head; 0 = all of them.
    /// @param tree_slots nodes that a round may feed: a tree's rows lie side by side in the cache although they share positions.
    DraftModelRunner(std::shared_ptr<const model::LanguageModel> draft, std::int64_t context, std::int64_t layers = 0,
                     std::int64_t tree_slots = 512);

    /// Forgets everything and fills the cache with all committed tokens but the last.
    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel);

    /// Feeds the committed tokens that the cache lacks, the pending root included. Errors: the decoder's.
    /// @return the root's logits [V], valid until the next feed.
    [[nodiscard]] Result<std::span<const float>> feed_root(std::span<const TokenId> committed, const CancelToken& cancel);

    /// Feeds nodes below the root in one forward. @param parents per node: index of a node fed earlier in this round (counted from 0 over
    /// all feed_nodes calls), -1 = the root.  @return logits [nodes, V], valid until the next feed.
    [[nodiscard]] Result<std::span<const float>> feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                            const CancelToken& cancel);

    /// Rows [T, d] of the tokens that the last feed read, after the final norm where the model runs all its layers; valid until the next
    /// feed.
    [[nodiscard]] std::span<const float> hidden() const noexcept { return output_.hidden; }

    /// Ends the round: the root stays, of the fed nodes those on `path` stay (indices as feed_nodes counts them, each a child of the one
    /// before).
    void keep(std::span<const std::int32_t> path);

    [[nodiscard]] std::int64_t vocabulary() const noexcept { return vocabulary_; }
    /// Levels that can be drafted below a root at position committed - 1; 0 when the draft model's context is used up.
    [[nodiscard]] std::int32_t depth_limit(std::size_t committed) const noexcept;
    [[nodiscard]] DraftModelRunner snapshot() const;

private:
    [[nodiscard]] Status forward(const model::ForwardInput& input, const CancelToken& cancel);
    [[nodiscard]] Status feed_committed(std::span<const TokenId> committed, model::ForwardInput::Logits logits, const CancelToken& cancel);

    std::shared_ptr<const model::LanguageModel> draft_;
    std::int64_t context_;
    std::int64_t layers_;
    std::int64_t tree_slots_;
    std::int64_t vocabulary_;
    std::unique_ptr<model::KvStore> store_;
    std::vector<TokenId> cached_;        ///< committed tokens in the cache
    std::vector<TokenId> node_tokens_;   ///< nodes fed since the root
    std::vector<std::int32_t> parents_;  ///< their parents, -1 = the root
    model::ForwardOutput output_;
};

}  // namespace timberline::decoding
