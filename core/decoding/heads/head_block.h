// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/head_folder.h"
#include "core/model/decoder.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Transformer blocks of the target's architecture that belong to draft heads (EAGLE, Chimera, EESD, Hydra's prefix layer): run by a
/// model::Decoder of its own, whose forward_layers takes hidden rows, with a KV store, trees and positions as usual.
namespace timberline::decoding {

/// The target's configuration cut to `layers` blocks, full attention, and a vocabulary of one token (forward_layers reads token counts and
/// positions, not ids: pass zeros).
[[nodiscard]] model::DecoderConfig block_config(const model::DecoderConfig& target, std::int64_t layers);

/// One weight of a block: role, index of the block and shape as folder and trainer name it.
struct BlockTensor {
    model::Role role;
    std::int64_t layer;
    std::string name;                 ///< prefix + "0.query" …
    std::vector<std::int64_t> shape;  ///< [out, in] or [n]
};
/// All weights of the blocks in reading order. Names are stable: part of the folder format.
[[nodiscard]] std::vector<BlockTensor> block_tensors(const model::DecoderConfig& target, std::int64_t layers, const std::string& prefix);

/// Packs the blocks. Learned positions (GPT-2): the blocks add none.
/// Errors: a missing or misshapen tensor of the folder, by name.
[[nodiscard]] Result<std::shared_ptr<const model::Decoder>> make_block(const model::DecoderConfig& target, std::int64_t layers,
                                                                       const HeadFolder& heads, const std::string& prefix);

}  // namespace timberline::decoding
