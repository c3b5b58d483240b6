// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace timberline::io::tokenizers {

/// SentencePiece's compiled normalization table: a Darts double array whose values are offsets into a pool of zero-terminated texts.
/// Untrusted: every index is checked, a damaged table can give wrong texts but never reads outside.
class CharsMap
{
public:
    /// Reads the binary table (already decoded from base64): a little-endian size, the array, the pool.
    [[nodiscard]] static std::optional<CharsMap> parse(std::string_view bytes);

    /// What the shortest known beginning of `text` becomes; nothing when no beginning is known. The reference library takes the
    /// shortest beginning too, and replaces the whole of `text` by it.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view text) const;

    /// The whole text: each grapheme of fewer than 6 bytes as one key, else each of its characters.
    [[nodiscard]] std::string normalize(std::string_view text) const;

private:
    std::vector<std::uint32_t> units_;
    std::string pool_;
};

}  // namespace timberline::io::tokenizers
