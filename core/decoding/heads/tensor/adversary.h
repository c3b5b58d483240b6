// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/tensor/head_trainee.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace timberline::decoding {

/// KOALA's adversary (arXiv 2408.08146; methods/decoding.md 2.2): D tells the target's laws from the draft head's, given the hidden row
/// that the draft was made from. D(P, h) = sigmoid(W2 LeakyReLU(W1 [P E; h] + b1) + b2) with spectrally normalised matrices; E is the
/// target's frozen embedding table. Its parameters are group 1 of a trainee and are not saved with the heads.
class Adversary
{
public:
    static constexpr std::int64_t kWidth = 256;
    static constexpr std::int32_t kGroup = 1;

    /// @param table [V, d] without gradient.
    Adversary(const at::Tensor& table, std::uint64_t seed);
    void list(std::vector<HeadParameter>& out) const;

    /// Logits of D [n]. @param probabilities [n, V].  @param hidden [n, d].
    [[nodiscard]] at::Tensor judge(const at::Tensor& probabilities, const at::Tensor& hidden) const;

    struct Judgement {
        at::Tensor loss;      ///< L_D = -mean log D(real) - mean log(1 - D(fake)), scalar
        double accuracy = 0;  ///< share of both kinds that D tells right; 0.5 = the heads win
    };
    /// @param real_label 1, or 0.9 for one-sided label smoothing. Neither law gets a gradient.
    [[nodiscard]] Judgement discriminate(const at::Tensor& target_law, const at::Tensor& draft_law, const at::Tensor& hidden,
                                         double real_label) const;
    /// L_adv = -mean log D(P_draft, h): not saturating; the gradient flows into the draft's law.
    [[nodiscard]] at::Tensor fool(const at::Tensor& draft_law, const at::Tensor& hidden) const;

    /// Largest singular value of the first matrix as it is used: 1 but for the rest of the power iteration.
    [[nodiscard]] double first_matrix_norm() const;

private:
    at::Tensor table_, in_weight_, in_bias_, out_weight_, out_bias_, in_start_, out_start_;
};

}  // namespace timberline::decoding
