// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/committed_rows.h"
#include "core/decoding/heads/head_norm.h"
#include "core/decoding/heads/packed_linear.h"
#include "core/decoding/node_feeder.h"
#include "core/model/decoder.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace timberline::decoding {

/// An opened EAGLE head (arXiv 2401.15077; methods/decoding.md 3.1): input row i = join [E x_{i+1}; f_i], K decoder blocks, a norm; the
/// output stands for the target's row i + 1 and goes through the shared LM head. With fusion (EAGLE-3, arXiv 2503.01840) f_i of a
/// committed position is made of three layers' rows, and a drafted node hands on the row before the norm. A reduced draft vocabulary
/// (draft_vocabulary.h) reads out N rows of the LM head in place of V.
/// Tensors: join.weight [d, 2d], blocks.*, norm.*, with fusion fuse.weight [d, 3d], with a reduced vocabulary d2t [N].
struct EagleHead {
    SharedReadOut read_out;
    PackedLinear join, fuse;
    std::shared_ptr<const model::Decoder> blocks;
    HeadNorm norm;
    std::vector<std::int64_t> taps;  ///< layers whose rows are fused; empty = no fusion

    [[nodiscard]] static Result<std::shared_ptr<const EagleHead>> open(const model::LanguageModel& target, const HeadFolder& heads);
};

/// Layers that feature fusion reads from a target of `layers` blocks: one near the bottom, the middle, one near the top.
[[nodiscard]] std::vector<std::int64_t> fusion_layers(std::int64_t layers);

/// Drafts by autoregression on the target's features.
class EagleFeeder final : public NodeFeeder
{
public:
    EagleFeeder(std::shared_ptr<const model::LanguageModel> target, std::shared_ptr<const EagleHead> head, std::int64_t context);

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel) override;
    [[nodiscard]] Result<std::span<const float>> feed_root(const RoundContext& context) override;
    [[nodiscard]] Result<std::span<const float>> feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                            const CancelToken& cancel) override;
    /// Features of accepted nodes are replaced by the target's own rows in the next round, so nothing drafted stays.
    void keep(std::span<const std::int32_t> path) override;
    void skip(const RoundContext& context) override { rows_.note(context); }
    [[nodiscard]] std::int64_t vocabulary() const override { return head_->read_out.vocabulary(); }
    [[nodiscard]] std::int32_t depth_limit(std::size_t committed) const override;
    [[nodiscard]] std::unique_ptr<NodeFeeder> snapshot() const override;
    [[nodiscard]] bool wants_target_hidden() const override { return head_->taps.empty(); }
    [[nodiscard]] std::vector<std::int64_t> target_layers() const override { return head_->taps; }

private:
    /// rows_in [n, 2d] -> the last `wanted` rows' logits; keeps the features of all n rows in `features`.
    [[nodiscard]] Result<std::span<const float>> run(std::int64_t rows, const model::ForwardInput& input, std::int64_t wanted,
                                                     std::vector<float>& features, const CancelToken& cancel);
    void join_row(std::int64_t row, TokenId token, std::span<const float> feature);

    std::shared_ptr<const model::LanguageModel> target_;
    std::shared_ptr<const EagleHead> head_;
    std::int64_t context_;
    std::int64_t width_;
    CommittedRows rows_;
    std::unique_ptr<model::KvStore> store_;
    std::int64_t pairs_ = 0;             ///< committed rows in the store: pair i reads f_i and x_{i+1}
    std::vector<float> root_feature_;    ///< [d] of the last pair
    std::vector<float> root_logits_;     ///< [V]
    std::vector<float> node_features_;   ///< [fed, d]
    std::vector<std::int32_t> parents_;  ///< of the fed nodes, -1 = the root
    std::vector<float> joined_, hidden_, logits_, features_;
};

}  // namespace timberline::decoding
