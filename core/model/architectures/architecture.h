// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/architectures/config_keys.h"
#include "core/model/decoder_config.h"
#include "core/model/weights.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace timberline::model {

/// How a file lays out the weight that a role asks for. Everything but Plain is brought to out-by-in when it is read.
enum class Layout : std::uint8_t {
    Plain,          ///< [out, in] or [n]
    Transposed,     ///< [in, out]
    FusedColumns,   ///< [in, 3 * out]: q | k | v side by side; a bias is [3 * out]
    HeadwiseFused,  ///< [heads * 3 * head_dim, in]: every head holds its q, k and v rows in turn; a bias is [heads * 3 * head_dim]
};

/// One line of an architecture's tensor table. "{}" in the name stands for the layer's number.
struct TensorRule {
    Role role = Role::TokenEmbedding;
    std::string_view name;
    Layout layout = Layout::Plain;
    std::int64_t part = 0;  ///< fused layouts: 0 query, 1 key, 2 value
};

/// One supported architecture: how its config.json maps onto DecoderConfig, and its tensor names onto roles.
struct Architecture {
    std::string_view name;        ///< as in "architectures"
    std::string_view model_type;  ///< as in "model_type"
    std::string_view prefix;      ///< of the base model's tensors; files saved from the base model lack it
    void (*read)(ConfigKeys& keys, DecoderConfig& config) = nullptr;
    std::span<const TensorRule> tensors;
};

// One function a file of this folder.
[[nodiscard]] const Architecture& llama_architecture();
[[nodiscard]] const Architecture& mistral_architecture();
[[nodiscard]] const Architecture& qwen2_architecture();
[[nodiscard]] const Architecture& qwen3_architecture();
[[nodiscard]] const Architecture& gemma2_architecture();
[[nodiscard]] const Architecture& gpt2_architecture();
[[nodiscard]] const Architecture& gpt_neo_architecture();
[[nodiscard]] const Architecture& gpt_neox_architecture();

/// All of them, in the order in which messages list them.
[[nodiscard]] std::span<const Architecture* const> architectures();
/// By its name in "architectures"; null when there is none.
[[nodiscard]] const Architecture* find_architecture(std::string_view name);

}  // namespace timberline::model
