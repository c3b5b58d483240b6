// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/tensor/adversary.h"
#include "core/decoding/heads/tensor/head_trainee.h"
#include "core/decoding/heads/tensor/trainable_norm.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace timberline::decoding {

/// How an EAGLE head is trained, with KOALA's additions (off in plain EAGLE).
struct EagleTraining {
    std::int64_t layers = 1;
    bool fusion = false;
    std::int64_t unroll = 3;
    double feature_weight = 1;
    double token_weight = 1;
    double step_decay = 0.8;
    double feature_noise = 0;
    std::int64_t draft_vocabulary = 0;
    bool adversarial = false;
    double adversarial_weight = 0;
    double real_label = 0.9;
    std::int64_t warm_up_epochs = 1;
    double adversary_share = 0.25;
};

/// EAGLE's head in training (arXiv 2401.15077, methods/decoding.md 3.1): f_hat_{i+1} = norm(blocks(join [E x_{i+1}; f_i])), loss
/// SmoothL1(f_hat, f) and cross-entropy to the target's law, unrolled over the head's own outputs (arXiv 2503.01840). With a reduced draft
/// vocabulary the target's law is renormalised on it, and places whose likeliest token lies outside do not count in the cross-entropy, as
/// EAGLE-3 trains. KOALA (arXiv 2408.08146) adds blocks and an adversary.
class EagleTrainee final : public HeadTrainee
{
public:
    using ReadValues = EagleTraining (*)(const Values&);
    [[nodiscard]] static Result<std::unique_ptr<HeadTrainee>> make(const HeadGround& ground, const Values& values, ReadValues read);

    [[nodiscard]] Status read_text(const HeadText& text) override;
    [[nodiscard]] std::vector<HeadParameter> parameters() override;
    [[nodiscard]] std::int64_t heads() const override { return training_.unroll; }
    [[nodiscard]] HeadLoss loss(const HeadBatch& batch, std::int32_t group) override;
    [[nodiscard]] std::vector<std::string> loss_parts() const override;
    [[nodiscard]] bool wants_logits() const override { return true; }
    [[nodiscard]] std::vector<std::int64_t> taps() const override;
    void finish(HeadFolder& heads, const std::vector<std::vector<double>>& accuracy) const override;
    void set_values(const Values& values) override;

private:
    EagleTrainee(const HeadGround& ground, const EagleTraining& training, ReadValues read, std::unique_ptr<TrainableBlocks> blocks);

    /// The head's outputs of every unrolled step, [B, T-1, d] each; row i stands for the target's row i + 1.
    [[nodiscard]] std::vector<at::Tensor> unrolled(const HeadBatch& batch) const;
    [[nodiscard]] at::Tensor features(const HeadBatch& batch) const;  ///< [B, T-1, d]
    [[nodiscard]] at::Tensor run_blocks(const at::Tensor& rows, std::int64_t step, std::vector<model::KeysAndValues>& cache) const;
    [[nodiscard]] at::Tensor read_out(const at::Tensor& rows) const;  ///< [n, d] -> [n, V], or [n, N] of a reduced vocabulary
    [[nodiscard]] HeadLoss adversary_loss(const HeadBatch& batch);
    [[nodiscard]] bool adversarial_now(const HeadBatch& batch) const;
    /// Laws [n, V] of a share of the first step's rows, and the rows that were read.
    struct Judged {
        at::Tensor drafted, genuine, rows;
    };
    [[nodiscard]] Judged judged(const HeadBatch& batch, const at::Tensor& first) const;

    HeadGround ground_;
    EagleTraining training_;
    ReadValues read_;
    std::unique_ptr<TrainableBlocks> blocks_;
    at::Tensor join_, fuse_;
    TrainableNorm norm_;
    std::optional<Adversary> adversary_;
    std::vector<TokenId> draft_ids_;   ///< of a reduced vocabulary, increasing; empty = all
    at::Tensor draft_index_;           ///< [N] the same
    at::Tensor drafted_tokens_;        ///< [V] bool: in it
    at::Tensor draft_matrix_;          ///< [N, d] its rows of the output matrix; undefined where a bias or a soft cap comes after it
    std::vector<at::Tensor> pending_;  ///< outputs that the adversary's step computed, for the heads' step on the same batch
};

}  // namespace timberline::decoding
