// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_kernel.h"
#include "core/attention/row_kernels.h"
#include "core/base/hyperparameter.h"
#include "core/base/method.h"
#include "core/base/result.h"

#include <functional>
#include <memory>

/// The family "attention variant": one file a method in variants/, one line in lists.cpp.
namespace timberline::attention {

/// What a variant is built from.
struct AttentionResources {
    RowKernels kernels;
    std::shared_ptr<AttentionKernel> exact;  ///< the decoder's own softmax attention
    std::int64_t layers = 0, heads = 0, kv_heads = 0, head_dim = 0;
};

/// The family's factory type.
struct AttentionVariant {
    std::function<Result<std::shared_ptr<AttentionKernel>>(const AttentionResources& resources, const Values& values)> make;
    /// True when a model trained with plain softmax was not trained for these values: the result is a what-if and every view says so.
    std::function<bool(const Values& values)> what_if;
};

/// The sentence that goes with it.
inline constexpr const char* kWhatIf = "what-if, model not trained for this";

/// The variant of a method entry. Precondition: its family is "attention variant".
[[nodiscard]] const AttentionVariant& variant_of(const MethodRegistry::Entry& entry);

void register_attention_variants(MethodRegistry& registry);

}  // namespace timberline::attention
