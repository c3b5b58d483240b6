// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/tensor/head_trainee.h"

#include <ATen/core/Tensor.h>

namespace timberline::decoding {

struct ReadOutLoss {
    at::Tensor loss;  ///< scalar: mean over the rows; its gradient flows into the rows
    at::Tensor best;  ///< [n] int64: the likeliest token of each row
};

/// Cross-entropy of the shared output matrix at rows [n, d], n >= 1, to labels [n]: what cross_entropy_loss(ground.logits(rows), labels)
/// is, with softmax, loss and gradient made in one pass over the logits. Under NoGradGuard no gradient is made. With ground.half_matrix the
/// two products run in bfloat16; never in looks, which are made without gradient.
[[nodiscard]] ReadOutLoss read_out_loss(const HeadGround& ground, const at::Tensor& rows, const at::Tensor& labels);

/// The same to whole laws, softmax(target_logits) [n, V]: -sum p log q.
[[nodiscard]] ReadOutLoss read_out_law_loss(const HeadGround& ground, const at::Tensor& rows, const at::Tensor& target_logits);

}  // namespace timberline::decoding
