// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/exits/exit_lens.h"
#include "core/model/weights.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace timberline::exits {

/// Hidden rows of a text after every block, before the final norm: what a lens is trained on.
struct LensRows {
    std::int64_t layers = 0, hidden = 0, tokens = 0;
    std::vector<std::vector<float>> rows;  ///< [layers][tokens * hidden]; index l = after block l + 1
};

/// Error when the hidden rows of so many tokens would take more than 4 GiB: asked before text is written for them.
[[nodiscard]] Status check_lens_tokens(const model::DecoderConfig& config, std::int64_t tokens);

/// Reads texts with the model. @param texts each inside vocabulary and context.  Stops at `most` tokens. Errors: cancelled, too much memory
/// asked for.
[[nodiscard]] Result<LensRows> read_lens_rows(const model::Decoder& decoder, const std::vector<std::vector<TokenId>>& texts,
                                              std::int64_t most, const CancelToken& cancel);

struct LensTraining {
    std::int64_t steps = 100;
    std::int64_t batch = 256;    ///< tokens a step
    double rate = 1e-3;          ///< of AdamW, falling linearly to 0
    double weight_decay = 1e-3;  ///< pulls towards the logit lens
    bool warm_start =
        true;  ///< each layer starts at the affine map of least squares to the last layer's rows, where that is better than no change
    std::uint64_t seed = 1;
};

/// Trains the translators: minimises the mean of KL(last layer || layer) over tokens, each layer for itself, norm and head of the model
/// frozen. @param on_step step from 0 and its mean KL over the layers.  Errors: cancelled, fewer than 3 tokens, libtorch's own. A one-layer
/// model has nothing to train.
[[nodiscard]] Result<TunedLens> train_lens(const model::DecoderConfig& config, const model::WeightProvider& weights, const LensRows& rows,
                                           const LensTraining& training, const std::function<void(std::int64_t step, double loss)>& on_step,
                                           const CancelToken& cancel);

/// Mean KL(last layer || layer) in nats of a lens over rows, [layers]; exactly 0 in the last.
[[nodiscard]] Result<std::vector<double>> lens_divergence(const model::Decoder& decoder, const ExitLens& lens, const LensRows& rows,
                                                          const CancelToken& cancel);

}  // namespace timberline::exits
