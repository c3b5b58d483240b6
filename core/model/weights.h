// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/io/safetensors.h"
#include "core/model/decoder_config.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace timberline::model {

/// A matrix of the model in out-by-in layout, [rows = outputs, columns = inputs], or a vector (columns = 1).
enum class Role : std::uint8_t {
    TokenEmbedding,     ///< [V, d]
    PositionEmbedding,  ///< [context, d]
    AttentionNorm, AttentionNormBias,          ///< [d]
    Query, Key, Value, AttentionOutput,        ///< [H*dh, d] [Hkv*dh, d] [Hkv*dh, d] [d, H*dh]
    QueryBias, KeyBias, ValueBias, AttentionOutputBias,
    QueryNorm, KeyNorm,                        ///< [dh]
    PostAttentionNorm,                         ///< [d], Gemma 2
    MlpNorm, MlpNormBias,                      ///< [d]
    MlpGate, MlpUp, MlpDown,                   ///< [f, d] [f, d] [d, f]
    MlpGateBias, MlpUpBias, MlpDownBias,       ///< [f] [f] [d]; gate only where the MLP is gated
    PostMlpNorm,                               ///< [d], Gemma 2
    FinalNorm, FinalNormBias,                  ///< [d]
    Head, HeadBias,                            ///< [V, d] [V]; absent when tied
};

/// One weight as the file stores it. Fused or transposed file layouts (GPT-2's Conv1D and c_attn, GPT-NeoX's query_key_value)
/// have been brought to out-by-in already; then `owned` holds the data, else `view` points into the mapped file.
struct Weight {
    io::DataType type = io::DataType::F32;  ///< F32, F16 or BF16
    std::int64_t rows = 0, columns = 0;
    const std::uint8_t* data = nullptr;
    std::shared_ptr<const void> owner;      ///< keeps `data` alive
    [[nodiscard]] bool present() const noexcept { return data != nullptr; }
};

/// Weight provider: where the decoder's numbers come from. Quantizers and adapters wrap another provider.
class WeightProvider
{
public:
    virtual ~WeightProvider() = default;
    /// @param layer -1 for the weights outside the layers.  A weight that the configuration does not have is returned empty, not an error.
    [[nodiscard]] virtual Result<Weight> weight(Role role, std::int64_t layer) const = 0;
};

/// Reads from safetensors by the architecture's tensor names. Every weight that the configuration needs is checked for presence and shape
/// when the provider is made; errors name file, tensor, got and expected. `unused` receives tensors nobody asked for.
[[nodiscard]] Result<std::shared_ptr<const WeightProvider>> file_weights(const DecoderConfig& config, std::shared_ptr<const io::SafetensorsFile> file,
                                                                         const CancelToken& cancel = {}, std::vector<std::string>* unused = nullptr);

/// The name that the architecture's files give to a weight, for messages.
[[nodiscard]] std::string tensor_name(const DecoderConfig& config, Role role, std::int64_t layer);

}  // namespace timberline::model
