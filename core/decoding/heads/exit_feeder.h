// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/committed_rows.h"
#include "core/decoding/heads/head_norm.h"
#include "core/decoding/heads/packed_linear.h"
#include "core/decoding/node_feeder.h"
#include "core/model/decoder.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace timberline::decoding {

/// EESD's drafter (arXiv 2406.03853; methods/decoding.md 2.3): the target's first N layers, one block of its own, a norm of its own, the
/// shared LM head. Tensors: block.*, norm.*.
struct ExitHead {
    SharedReadOut read_out;
    std::shared_ptr<const model::Decoder> block;
    HeadNorm norm;
    std::int64_t exit_layer = 1;  ///< N; may be the target's last

    [[nodiscard]] static Result<std::shared_ptr<const ExitHead>> open(const model::LanguageModel& target, const HeadFolder& heads);
};

/// Reads tokens through the lower layers and the block. A chain is drafted in the target's own cache where that is allowed: the verify pass
/// then goes on from the rows after layer N, and the block reads committed rows from the target's passes. Trees, and rounds in which the
/// target may not be disturbed, are drafted in caches of its own, and the verify pass computes the lower layers once more.
class ExitFeeder final : public NodeFeeder
{
public:
    ExitFeeder(std::shared_ptr<const model::LanguageModel> target, std::shared_ptr<const ExitHead> head, std::int64_t context);

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel) override;
    [[nodiscard]] Result<std::span<const float>> feed_root(const RoundContext& context) override;
    [[nodiscard]] Result<std::span<const float>> feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                            const CancelToken& cancel) override;
    void keep(std::span<const std::int32_t> path) override;
    [[nodiscard]] std::int64_t vocabulary() const override { return head_->read_out.vocabulary(); }
    [[nodiscard]] std::int32_t depth_limit(std::size_t committed) const override;
    [[nodiscard]] std::unique_ptr<NodeFeeder> snapshot() const override;
    void allow_sharing(bool allowed) override { sharing_allowed_ = allowed; }
    [[nodiscard]] SharedRows shared_rows() const override;
    void skip(const RoundContext& context) override;
    [[nodiscard]] std::vector<std::int64_t> target_layers() const override { return committed_.layers(); }

private:
    [[nodiscard]] Result<std::span<const float>> feed_root_shared(const RoundContext& context);
    /// One token behind the target's cache and the block's.
    [[nodiscard]] Status run_shared(TokenId token, const CancelToken& cancel);
    /// Rows in hidden_ [rows, d] after the block -> logits.
    void read_out(std::size_t rows);
    /// Empties the block's cache when the way of drafting changes.
    void enter(bool sharing);
    /// Tokens through both decoders, at the positions of the rows that the caches hold. @param wanted rows at the end whose logits are
    /// made.
    [[nodiscard]] Status run(std::span<const TokenId> tokens, const model::ForwardInput& input, std::int64_t wanted,
                             const CancelToken& cancel);
    [[nodiscard]] Status feed_committed(std::span<const TokenId> committed, std::int64_t wanted, const CancelToken& cancel);

    std::shared_ptr<const model::LanguageModel> target_;
    std::shared_ptr<const ExitHead> head_;
    std::int64_t context_;
    std::unique_ptr<model::KvStore> lower_, upper_;  ///< of the target's layers, of the block
    std::vector<TokenId> cached_;                    ///< committed tokens in both
    std::vector<TokenId> node_tokens_;
    std::vector<std::int32_t> parents_;
    std::vector<float> hidden_, logits_;
    bool sharing_allowed_ = false;
    bool sharing_ = false;     ///< the block's cache belongs to shared rounds: rows of positions 0 .. block_rows_ - 1
    CommittedRows committed_;  ///< of the target after layer N
    std::int64_t block_rows_ = 0;
    model::KvStore* target_store_ = nullptr;  ///< of the present round
    std::vector<float> shared_;               ///< [root and fed nodes, d] after layer N
};

}  // namespace timberline::decoding
