// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/tensor/adversary.h"
#include "core/decoding/heads/tensor/head_trainee.h"
#include "core/decoding/heads/tensor/read_out_loss.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace timberline::decoding {

/// Hyperparameters of Medusa's and KOALA's heads; each method declares those that are its own.
struct RankHeadValues {
    std::int64_t heads = 4;
    std::int64_t layers = 1;  ///< residual blocks a head
    bool untied_heads = false;
    std::string labels = "text";
    double head_decay = 0.8;
    // KOALA alone.
    double adversarial_weight = 0;  ///< lambda
    double real_label = 0.9;
    std::int64_t warm_up_epochs = 1;  ///< without the adversary
    double adversary_share = 0.25;    ///< of the positions that it judges in a step
};

/// Trains heads that read one row each (methods/decoding.md 1.8, 2.2). With one layer and weight 0 KOALA's trainee does what Medusa's does,
/// operation by operation.
class RankHeadsTrainee final : public HeadTrainee
{
public:
    using Reader = std::function<RankHeadValues(const Values&)>;
    /// @param read the method's own field table.  @param koala with an adversary.
    RankHeadsTrainee(HeadGround ground, Reader read, const Values& values, bool koala);

    [[nodiscard]] std::vector<HeadParameter> parameters() override;
    [[nodiscard]] std::int64_t heads() const override { return values_.heads; }
    [[nodiscard]] HeadLoss loss(const HeadBatch& batch, std::int32_t group) override;
    [[nodiscard]] std::vector<std::string> loss_parts() const override;
    [[nodiscard]] bool wants_logits() const override { return values_.labels == "law" || adversarial(); }
    void count_ranks(const HeadBatch& batch, std::vector<std::vector<double>>& counts, std::vector<double>& totals) override;
    void finish(HeadFolder& heads, const std::vector<std::vector<double>>& accuracy) const override;
    void set_values(const Values& values) override;

    /// Logits of head k at rows [n, d].
    [[nodiscard]] at::Tensor head_logits(std::int64_t head, const at::Tensor& rows) const;
    /// The rows after head k's blocks, before its output matrix.
    [[nodiscard]] at::Tensor head_rows(std::int64_t head, const at::Tensor& rows) const;

private:
    /// Rows of one head that have a label: h_t, x_{t+2+k}, and the target's law of that token where the batch brings it.
    struct Examples {
        at::Tensor rows, labels, target_logits;
    };
    [[nodiscard]] Examples examples(const HeadBatch& batch, std::int64_t head) const;
    /// Loss of one head at its rows `x` (head_rows of all.rows).
    [[nodiscard]] ReadOutLoss supervised(std::int64_t head, const Examples& all, const at::Tensor& x) const;
    [[nodiscard]] bool adversarial() const { return adversary_.has_value() && values_.adversarial_weight > 0; }
    [[nodiscard]] HeadLoss discriminator_loss(const HeadBatch& batch);
    /// Which of n rows the adversary judges in this step.
    [[nodiscard]] at::Tensor judged(const HeadBatch& batch, std::int64_t count) const;

    HeadGround ground_;
    Reader read_;
    RankHeadValues values_;
    std::optional<Adversary> adversary_;
    std::vector<std::vector<at::Tensor>> weights_, biases_;  ///< [heads][layers]
    std::vector<at::Tensor> outs_;                           ///< [heads] when untied
};

}  // namespace timberline::decoding
