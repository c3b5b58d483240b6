// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to core/model: the default parts, for the decoder and for parts that wrap them.

#include "core/model/decoder.h"
#include "core/model/kernels/kernel_table.h"

namespace timberline::model {

/// Exact softmax attention by the given kernels. Not thread-safe to call twice at once on one store, as any part.
[[nodiscard]] std::shared_ptr<AttentionKernel> make_exact_attention(const kernels::KernelTable& kernels);

/// The configuration's own nonlinearity as a replaceable part.
[[nodiscard]] std::shared_ptr<const Activation> make_activation(ActivationKind kind, const kernels::KernelTable& kernels);

}  // namespace timberline::model
