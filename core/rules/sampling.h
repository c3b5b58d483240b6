// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/record/record.h"

#include <span>
#include <string>
#include <vector>

/// Sampling transforms: a pipeline from raw logits [V] to probabilities [V]. Plain arithmetic, no tensors.
/// p and q of every rule are defined after this pipeline (methods/decoding.md 1.2).
namespace timberline::rules {

/// One stage, as a view shows it: the law after the stage; a removed token has probability 0.
struct SamplingStage {
    std::string transform;           ///< id: "repetition-penalty" "temperature" "top-k" "top-p" "min-p" "typical-p" …
    std::vector<float> probability;  ///< [V]
};

/// Checks an order: "hf", "llamacpp" or a comma-separated list of transform ids, each at most once.
[[nodiscard]] Result<std::vector<std::string>> sampling_order(const std::string& order);

/// Applies the pipeline.  @param logits [V] raw, overwritten with probabilities (sum 1 within 1e-6, at least one positive).
/// @param history committed tokens and the node's own path, oldest first; penalties and bans read it.
/// A transform that a custom order leaves out is off; temperature 0 is greedy wherever it stands or does not stand.
/// temperature 0 gives a one-hot row at the largest logit after penalties and bans; the lowest id wins a tie.
/// Non-finite logits: NaN counts as -infinity; a row without any finite logit becomes one-hot at id 0.
/// Precondition: settings were checked (check_sampling).
void apply_sampling(const record::Sampling& settings, std::span<const TokenId> history, std::span<float> logits);

/// The same, keeping the law after every stage that is not off. The last stage's law equals apply_sampling bit for bit.
/// With everything off there is one stage, "temperature", the plain softmax.
[[nodiscard]] std::vector<SamplingStage> sampling_stages(const record::Sampling& settings, std::span<const TokenId> history,
                                                         std::span<const float> logits);

[[nodiscard]] Status check_sampling(const record::Sampling& settings);

/// Entropy in nats of a probability row; 0 ln 0 = 0.
[[nodiscard]] double entropy_nats(std::span<const float> probability) noexcept;

/// Entropy in nats of softmax(logits): stable for any shift; float32 exponentials summed in double, error below 1e-6.
[[nodiscard]] double softmax_entropy_nats(std::span<const float> logits) noexcept;

/// Index of the largest element; the lowest index wins a tie.
[[nodiscard]] TokenId argmax(std::span<const float> row) noexcept;

/// True when a transform looks at the tokens written so far (penalties, repeated n-grams).
[[nodiscard]] bool reads_history(const record::Sampling& sampling) noexcept;

/// Inverse-CDF draw in id order: smallest id whose cumulative sum exceeds u * total. Never returns a token of probability 0.
[[nodiscard]] TokenId sample(std::span<const float> probability, double u) noexcept;

}  // namespace timberline::rules
