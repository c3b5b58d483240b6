// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/tensor/head_trainee.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace timberline::decoding {

struct ChainedHeadValues {
    std::int64_t heads = 4;
    std::int64_t layers = 2;
    bool prefix_layer = true;
    std::string labels = "text";
    double head_decay = 0.8;
    double dropout = 0;
};

/// Trains Hydra's heads (methods/decoding.md 3.3) with the text's own tokens before each label, as they will stand on the accepted branch.
class ChainedHeadsTrainee final : public HeadTrainee
{
public:
    using Reader = std::function<ChainedHeadValues(const Values&)>;
    /// @param prefix null = none.
    ChainedHeadsTrainee(HeadGround ground, Reader read, const Values& values, std::unique_ptr<TrainableBlocks> prefix);

    [[nodiscard]] std::vector<HeadParameter> parameters() override;
    [[nodiscard]] std::int64_t heads() const override { return values_.heads; }
    [[nodiscard]] HeadLoss loss(const HeadBatch& batch, std::int32_t group) override;
    [[nodiscard]] bool wants_logits() const override { return values_.labels == "law"; }
    void count_ranks(const HeadBatch& batch, std::vector<std::vector<double>>& counts, std::vector<double>& totals) override;
    void finish(HeadFolder& heads, const std::vector<std::vector<double>>& accuracy) const override;
    void set_values(const Values& values) override;

private:
    /// Rows of one head that have a label: h_t, [h_t; E x_{t+1}; …; E x_{t+1+k}], x_{t+2+k}, the target's law of it where it is known.
    struct Examples {
        at::Tensor rows, inputs, labels, target_logits;
    };
    [[nodiscard]] at::Tensor prefixed(const at::Tensor& hidden) const;
    [[nodiscard]] at::Tensor dropped(const at::Tensor& x, const HeadBatch& batch, std::int64_t head, std::int64_t layer) const;
    [[nodiscard]] Examples examples(const HeadBatch& batch, const at::Tensor& rows, const at::Tensor& embeddings, std::int64_t head) const;
    [[nodiscard]] at::Tensor head_rows(const HeadBatch& batch, const Examples& all, std::int64_t head) const;

    HeadGround ground_;
    Reader read_;
    ChainedHeadValues values_;
    std::unique_ptr<TrainableBlocks> prefix_;
    std::vector<std::vector<at::Tensor>> weights_, biases_;  ///< [heads][layers]
};

}  // namespace timberline::decoding
