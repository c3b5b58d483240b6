// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace timberline::io {

/// A tokenizer read from a Hugging Face tokenizer.json: byte-level BPE, BPE with byte fallback, or Unigram, with their normalizers,
/// pre-tokenizers, post-processors, decoders and added tokens. Immutable after loading; thread-safe; cheap to copy (shares its tables).
/// A component that this version cannot do is refused by name, never ignored.
class Tokenizer
{
public:
    [[nodiscard]] static Result<Tokenizer> load(const std::filesystem::path& tokenizer_json);
    [[nodiscard]] static Result<Tokenizer> parse(std::string_view json_text, const std::string& where);

    /// Ids of a UTF-8 text. Invalid UTF-8 becomes U+FFFD first. @param with_special adds what the post-processor adds.
    /// The error is for an unknown piece without an unknown token.
    [[nodiscard]] Result<std::vector<TokenId>> encode(std::string_view text, bool with_special) const;

    /// Text of ids through the decoder chain; may contain U+FFFD where bytes are incomplete. Unknown ids print as ⟨id⟩.
    [[nodiscard]] std::string decode(std::span<const TokenId> ids, bool skip_special = true) const;

    /// Raw bytes of one token as they would appear inside a text (byte-level: may be half a character; Metaspace: a space for its mark).
    /// "⟨id⟩" when unknown.
    [[nodiscard]] std::string token_bytes(TokenId id) const;

    /// The token's spelling in the vocabulary, or nothing.
    [[nodiscard]] std::optional<std::string> token_piece(TokenId id) const;
    [[nodiscard]] std::optional<TokenId> id_of(std::string_view piece) const;
    [[nodiscard]] bool is_special(TokenId id) const;

    /// One more than the largest id (model and added tokens).
    [[nodiscard]] std::int64_t size() const noexcept;
    /// "byte-level BPE, 4,096 tokens, 1 special".
    [[nodiscard]] std::string summary() const;
    /// All (piece, id), ascending by id; for comparing two tokenizers.
    [[nodiscard]] std::vector<std::pair<std::string, TokenId>> vocabulary() const;

    struct Tables;

private:
    explicit Tokenizer(std::shared_ptr<const Tables> tables) : tables_(std::move(tables)) {}
    std::shared_ptr<const Tables> tables_;
};

}  // namespace timberline::io
