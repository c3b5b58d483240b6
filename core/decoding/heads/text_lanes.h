// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/model/decoder.h"
#include "core/model/kernels/kernel_table.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace timberline::decoding {

/// Many texts through one decoder in step: a forward feeds the token at one position of every lane, as siblings of a tree, and attention
/// sends each row to the keys and values of its own lane. Rows equal those of a text that is read alone, bit for bit, because the decoder's
/// rows do not depend on each other.
class TextLanes
{
public:
    /// Memory: 2 * layers * kv heads * head width floats a lane and position.
    TextLanes(const model::DecoderConfig& config, std::int64_t lanes, std::int64_t positions);
    ~TextLanes();

    /// Feeds tokens[i] to lane lanes[i] at `position`; positions ascend by one from 0, lanes may leave and never come back.
    /// @param out receives logits [n, V] and hidden [n, d].  Errors: the decoder's.
    [[nodiscard]] Status feed(const model::Decoder& decoder, std::span<const TokenId> tokens, std::span<const std::int32_t> lanes,
                              std::int64_t position, model::ForwardOutput& out, const CancelToken& cancel);

private:
    class Attention;
    std::unique_ptr<Attention> attention_;
    std::unique_ptr<model::KvStore> store_;
    std::vector<std::int32_t> parents_;
};

}  // namespace timberline::decoding
