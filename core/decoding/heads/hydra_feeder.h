// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/chained_heads.h"
#include "core/decoding/heads/committed_rows.h"
#include "core/decoding/node_feeder.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace timberline::decoding {

/// Hydra's heads (arXiv 2402.05109; methods/decoding.md 3.3) as the answer to
/// "what may follow this branch": head k reads the target's last row, through
/// the prefix layer where there is one, and the tokens of the branch.
class HydraFeeder final : public NodeFeeder
{
public:
    HydraFeeder(std::shared_ptr<const model::LanguageModel> target, ChainedHeads heads, std::int64_t context);

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel) override;
    [[nodiscard]] Result<std::span<const float>> feed_root(const RoundContext& context) override;
    [[nodiscard]] Result<std::span<const float>> feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                            const CancelToken& cancel) override;
    void keep(std::span<const std::int32_t> /*path*/) override { paths_.clear(); }
    void skip(const RoundContext& context) override { rows_.note(context); }
    [[nodiscard]] std::int64_t vocabulary() const override { return heads_.vocabulary(); }
    /// Without a row of the target there is nothing to read.
    [[nodiscard]] std::int32_t depth_limit(std::size_t committed) const override { return committed < 2 ? 0 : levels(); }
    [[nodiscard]] std::int32_t levels() const override { return static_cast<std::int32_t>(heads_.heads()); }
    [[nodiscard]] std::unique_ptr<NodeFeeder> snapshot() const override;
    [[nodiscard]] bool wants_target_hidden() const override { return true; }

private:
    std::shared_ptr<const model::LanguageModel> target_;
    ChainedHeads heads_;
    std::int64_t context_;
    CommittedRows rows_;
    std::unique_ptr<model::KvStore> store_;  ///< of the prefix layer; null without one
    std::int64_t known_ = 0;                 ///< rows of the target that were read
    TokenId root_ = 0;
    std::vector<float> row_;                   ///< what the heads read, [d]
    std::vector<std::vector<TokenId>> paths_;  ///< per fed node: the root and the drafted tokens down to it
    std::vector<float> logits_, some_;
};

}  // namespace timberline::decoding
