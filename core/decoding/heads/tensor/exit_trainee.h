// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/tensor/head_trainee.h"
#include "core/decoding/heads/tensor/trainable_norm.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace timberline::decoding {

struct ExitTraining {
    std::int64_t exit_layer = 2;  ///< N: layers of the target below the trained one
    double token_weight = 0.1;    ///< of the cross-entropy to the text
};

/// EESD's extra layer in training (arXiv 2406.03853, methods/decoding.md 2.3): target layers [0, N) frozen, one block, a norm, the shared
/// head; loss KL(target || draft) + w CE(text).
class ExitTrainee final : public HeadTrainee
{
public:
    using ReadValues = ExitTraining (*)(const Values&);
    [[nodiscard]] static Result<std::unique_ptr<HeadTrainee>> make(const HeadGround& ground, const Values& values, ReadValues read);

    [[nodiscard]] std::vector<HeadParameter> parameters() override;
    [[nodiscard]] std::int64_t heads() const override { return 1; }
    [[nodiscard]] HeadLoss loss(const HeadBatch& batch, std::int32_t group) override;
    [[nodiscard]] std::vector<std::string> loss_parts() const override { return {"divergence", "token"}; }
    [[nodiscard]] bool wants_logits() const override { return true; }
    [[nodiscard]] std::vector<std::int64_t> taps() const override { return {training_.exit_layer}; }
    void finish(HeadFolder& heads, const std::vector<std::vector<double>>& accuracy) const override;
    void set_values(const Values& values) override { training_.token_weight = read_(values).token_weight; }

private:
    ExitTrainee(const HeadGround& ground, const ExitTraining& training, ReadValues read, std::unique_ptr<TrainableBlocks> block)
        : ground_(ground), training_(training), read_(read), block_(std::move(block)), norm_(ground, "norm")
    {}

    HeadGround ground_;
    ExitTraining training_;
    ReadValues read_;
    std::unique_ptr<TrainableBlocks> block_;
    TrainableNorm norm_;
};

}  // namespace timberline::decoding
