// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/committed_rows.h"
#include "core/decoding/heads/head_norm.h"
#include "core/decoding/heads/packed_linear.h"
#include "core/decoding/node_feeder.h"
#include "core/model/decoder.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace timberline::decoding {

/// The tokens under the trigram window of the last one of `text`: x_{i-2}, x_{i-1}, x_i, and at the edge e0 e0 e0 and e0 e1 e1.
/// Precondition: text is not empty.
[[nodiscard]] std::array<TokenId, 3> trigram_window(std::span<const TokenId> text);

/// Chimera's drafter (arXiv 2402.15758; methods/decoding.md 2.1). Tensors: trigram.in.weight [3d, 3d], trigram.in.bias [3d],
/// trigram.out.weight [d, 3d], context.* (one block), norm.*, heads.K.weight [d, 2d] before the shared LM head.
struct ChimeraHead {
    SharedReadOut read_out;
    bool trigram = true;                            ///< off: z = E x
    PackedLinear inner, outer;                      ///< of the trigram encoder
    std::shared_ptr<const model::Decoder> context;  ///< null: g = z
    HeadNorm norm;
    std::vector<PackedLinear> mixers;  ///< a head each: [h; g] -> what the LM head reads

    [[nodiscard]] static Result<std::shared_ptr<const ChimeraHead>> open(const model::LanguageModel& target, const HeadFolder& heads);

    /// z [d] of the last token of `text`.
    void encode(std::span<const TokenId> text, std::span<float> out) const;
    /// Logits [rows, V] of head `level` for target row h [d] and states g [rows, d].
    void logits(std::size_t level, std::span<const float> known, std::span<const float> states, std::vector<float>& out) const;
};

class ChimeraFeeder final : public NodeFeeder
{
public:
    ChimeraFeeder(std::shared_ptr<const model::LanguageModel> target, std::shared_ptr<const ChimeraHead> head, std::int64_t context);

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel) override;
    [[nodiscard]] Result<std::span<const float>> feed_root(const RoundContext& context) override;
    [[nodiscard]] Result<std::span<const float>> feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                            const CancelToken& cancel) override;
    void keep(std::span<const std::int32_t> path) override;
    void skip(const RoundContext& context) override { rows_.note(context); }
    [[nodiscard]] std::int64_t vocabulary() const override { return head_->read_out.vocabulary(); }
    [[nodiscard]] std::int32_t depth_limit(std::size_t committed) const override;
    [[nodiscard]] std::int32_t levels() const override { return static_cast<std::int32_t>(head_->mixers.size()); }
    [[nodiscard]] std::unique_ptr<NodeFeeder> snapshot() const override;
    [[nodiscard]] bool wants_target_hidden() const override { return true; }

private:
    /// A node that was fed.
    struct Fed {
        std::int32_t parent;     ///< fed node, -1 = the root
        std::int32_t depth;      ///< the root's children have 1
        std::int32_t state_row;  ///< its g in the context encoder's cached tree, -1 = not there yet
        TokenId token;
    };
    /// Text that ends with a fed node (-1 = the root), for its window.
    [[nodiscard]] std::vector<TokenId> text_to(std::int32_t node) const;
    [[nodiscard]] std::span<const float> state(std::int32_t node) const;
    /// Row of a node's g in the cached tree; appends it to `rows` when it is new.
    [[nodiscard]] std::int32_t place_state(std::int32_t node, std::vector<float>& rows);

    std::shared_ptr<const model::LanguageModel> target_;
    std::shared_ptr<const ChimeraHead> head_;
    std::int64_t context_;
    std::int64_t width_;
    CommittedRows rows_;
    std::unique_ptr<model::KvStore> store_;  ///< of F: h_0 .. h_{n-2}, then the round's tree; null without F
    std::int64_t known_ = 0;                 ///< rows of the target that F has read
    std::vector<float> last_known_;          ///< h_{n-2} [d]
    std::vector<TokenId> tail_;              ///< the last committed tokens, at most 3, enough for any window
    std::vector<float> root_state_, root_logits_;
    std::int32_t root_state_row_ = -1;
    std::vector<Fed> fed_;
    std::vector<float> states_;               ///< [fed, d]
    std::vector<std::int32_t> tree_parents_;  ///< of F's cached tree rows
    std::vector<float> logits_;
};

}  // namespace timberline::decoding
