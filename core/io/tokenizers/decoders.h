// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/io/tokenizers/fields.h"

#include <memory>
#include <string>
#include <vector>

namespace timberline::io::tokenizers {

/// Turns the spellings of tokens back into text. Immutable, thread-safe. After the last decoder the parts are joined.
class Decoder
{
public:
    Decoder() = default;
    virtual ~Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    virtual void apply(std::vector<std::string>& parts) const = 0;
    /// The bytes of one token in the middle of a text. Other than apply() it may leave half a character.
    virtual void show(std::string& piece) const = 0;
    [[nodiscard]] virtual bool is_byte_level() const { return false; }
};

using DecoderPointer = std::unique_ptr<const Decoder>;

/// Reads a decoder, Sequence included.
[[nodiscard]] Result<DecoderPointer> read_decoder(const Field& field, int depth = 0);

}  // namespace timberline::io::tokenizers
