// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/tensor/head_trainee.h"

#include <string>
#include <vector>

namespace timberline::decoding {

/// A head's own output norm while it is trained; starts as the target's final norm. Twin of HeadNorm.
class TrainableNorm
{
public:
    TrainableNorm(const HeadGround& ground, const std::string& name);
    void list(std::vector<HeadParameter>& out) const;
    [[nodiscard]] at::Tensor apply(const at::Tensor& rows) const;  ///< [.., d] -> [.., d]

private:
    model::DecoderConfig config_;
    std::string name_;
    at::Tensor scale_, shift_;  ///< shift undefined = RMS norm
};

/// The target's own likeliest next token per row of a batch, [B, T]; what greedy verification compares drafts with.
[[nodiscard]] at::Tensor likeliest(const at::Tensor& logits);

/// Adds the ranks of `right` [n] in `logits` [n, V] to the counts of one head.
void add_ranks(const at::Tensor& logits, const at::Tensor& right, std::vector<double>& counts, double& total);

/// Additive mask of a boolean "sees": 0 or -infinity.
[[nodiscard]] at::Tensor additive(const at::Tensor& sees);

/// Rows [n, ..] of [B, T, ..] where mask [B, T].
[[nodiscard]] at::Tensor where_valid(const at::Tensor& rows, const at::Tensor& mask);

}  // namespace timberline::decoding
