// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/tensor/head_trainee.h"
#include "core/decoding/heads/tensor/trainable_norm.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace timberline::decoding {

struct ChimeraTraining {
    std::int64_t heads = 4;
    bool trigram = true;
    bool context_encoder = true;
    std::string labels = "law";    ///< law = the target's own, text = the next token of the text
    std::string rollout = "text";  ///< tokens between the root and a head: of the text, or the likeliest of the heads before ("own")
    double state_weight = 0;       ///< beta: of the regression of g on the target's next row
};

/// Chimera's drafter in training (arXiv 2402.15758, methods/decoding.md 2.1). Row r combines h_r and F(z_{r+1} | h_0 .. h_r); head k
/// predicts x_{r+2+k}.
class ChimeraTrainee final : public HeadTrainee
{
public:
    using ReadValues = ChimeraTraining (*)(const Values&);
    [[nodiscard]] static Result<std::unique_ptr<HeadTrainee>> make(const HeadGround& ground, const Values& values, ReadValues read);

    [[nodiscard]] std::vector<HeadParameter> parameters() override;
    [[nodiscard]] std::int64_t heads() const override { return training_.heads; }
    [[nodiscard]] HeadLoss loss(const HeadBatch& batch, std::int32_t group) override;
    [[nodiscard]] std::vector<std::string> loss_parts() const override { return {"token", "state"}; }
    [[nodiscard]] bool wants_logits() const override { return true; }
    void count_ranks(const HeadBatch& batch, std::vector<std::vector<double>>& counts, std::vector<double>& totals) override;
    void finish(HeadFolder& heads, const std::vector<std::vector<double>>& accuracy) const override;
    void set_values(const Values& values) override { training_.state_weight = read_(values).state_weight; }

private:
    ChimeraTrainee(const HeadGround& ground, const ChimeraTraining& training, ReadValues read, std::unique_ptr<TrainableBlocks> encoder);

    /// What the heads say, level by level. Level k has rows r with r + 1 + k < T.
    struct Level {
        at::Tensor mixed;   ///< [B, T-1-k, d] what goes through the LM head
        at::Tensor states;  ///< [B, T-1-k, d] g
    };
    [[nodiscard]] std::vector<Level> rollout(const HeadBatch& batch) const;
    [[nodiscard]] at::Tensor encode(const at::Tensor& before, const at::Tensor& previous, const at::Tensor& own) const;

    HeadGround ground_;
    ChimeraTraining training_;
    ReadValues read_;
    std::unique_ptr<TrainableBlocks> encoder_;  ///< null without the context encoder
    at::Tensor inner_, inner_bias_, outer_;
    std::vector<at::Tensor> mixers_;
    TrainableNorm norm_;
};

}  // namespace timberline::decoding
