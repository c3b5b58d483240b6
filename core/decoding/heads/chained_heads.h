// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/head_block.h"
#include "core/decoding/heads/head_folder.h"
#include "core/decoding/heads/packed_linear.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// Hydra's heads (arXiv 2402.05109; methods/decoding.md 3.3) on the inference path: head k reads a hidden row and the embeddings of the
/// k + 1 tokens after it, so that children differ from branch to branch.
namespace timberline::decoding {

inline constexpr std::int64_t kMostChainedHeads = 5;
inline constexpr std::int64_t kMostChainedLayers = 6;
inline constexpr const char* kPrefixBlock = "prefix.";  ///< names of the prefix layer's tensors begin so

/// Names of the tensors in the folder. Layer 0 is [d, (k+2)d], the others [d, d].
[[nodiscard]] std::string chained_head_layer(std::int64_t head, std::int64_t layer);  ///< + ".weight", + ".bias" [d]

class ChainedHeads
{
public:
    /// Errors: shape values out of range, tensors missing or misshapen.
    [[nodiscard]] static Result<ChainedHeads> make(const HeadFolder& heads, const model::LanguageModel& target);

    [[nodiscard]] std::int64_t heads() const noexcept { return static_cast<std::int64_t>(layers_.size()); }
    [[nodiscard]] std::int64_t hidden() const noexcept { return read_out_.hidden(); }
    [[nodiscard]] std::int64_t vocabulary() const noexcept { return read_out_.vocabulary(); }
    /// The prefix layer, null without one.
    [[nodiscard]] const std::shared_ptr<const model::Decoder>& prefix() const noexcept { return prefix_; }

    /// Logits [n, V] of head `head` at one hidden row [d] for n paths of head + 1 tokens each, one after the other; the first token of each
    /// is the one that follows the row.
    void logits(std::int64_t head, std::span<const float> hidden, std::span<const TokenId> paths, std::vector<float>& out);

private:
    SharedReadOut read_out_;
    std::shared_ptr<const model::Decoder> prefix_;
    std::vector<std::vector<PackedLinear>> layers_;  ///< [heads][layers]
    std::vector<float> inputs_, rows_, branch_;
};

}  // namespace timberline::decoding
