// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to core/model: the packed numbers of one model.

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/model/decoder_config.h"
#include "core/model/kernels/packed_matrix.h"
#include "core/model/weights.h"

#include <vector>

namespace timberline::model {

/// Scale and shift of a norm, in float32; an empty scale means that the model has no such norm.
struct NormWeights {
    std::vector<float> scale, shift;
    [[nodiscard]] bool present() const noexcept { return !scale.empty(); }
};

struct LayerWeights {
    kernels::Arena arena;
    kernels::PackedMatrix query_key_value;   ///< [(H + 2 Hkv) * dh, d]: queries, keys, values
    kernels::PackedMatrix attention_output;  ///< [d, H * dh]
    kernels::PackedMatrix mlp_in;            ///< gated: blocks of gate and up alternate, [2 * padded f, d]; plain: [f, d]
    kernels::PackedMatrix mlp_down;          ///< [d, f]
    std::vector<float> query_key_value_bias, attention_output_bias, mlp_in_bias, mlp_down_bias;  ///< empty = none
    NormWeights attention_norm, post_attention_norm, mlp_norm, post_mlp_norm, query_norm, key_norm;
};

struct DecoderWeights {
    std::vector<LayerWeights> layers;
    kernels::Arena arena;
    kernels::PackedMatrix embedding;  ///< [V, d]
    kernels::PackedMatrix head;       ///< [V, d]; the embedding when tied
    std::vector<float> positions;     ///< [context, d], learned positions only
    std::vector<float> head_bias;     ///< [V] or empty
    NormWeights final_norm;

    [[nodiscard]] std::int64_t bytes_per_token() const noexcept;  ///< read for one token
    [[nodiscard]] double multiplies_per_token() const noexcept;   ///< of all matrices
};

/// Asks the provider for every weight and packs it. Errors: missing, misshapen, of a type that is no float, cancelled, out of memory.
[[nodiscard]] Result<DecoderWeights> load_decoder_weights(const DecoderConfig& config, const WeightProvider& provider,
                                                          const CancelToken& cancel);

}  // namespace timberline::model
