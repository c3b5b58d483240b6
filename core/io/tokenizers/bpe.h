// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/tokenizers/flat_map.h"
#include "core/io/tokenizers/model.h"

#include <mutex>
#include <optional>

namespace timberline::io::tokenizers {

/// Byte pair encoding as the reference library does it: the word's characters are looked up, then the pair with the lowest rank
/// (the leftmost of equals) is merged until no pair is left.
class Bpe final : public Model
{
public:
    struct Options {
        std::optional<std::string> unk_token;
        std::string continuing_subword_prefix;
        std::string end_of_word_suffix;
        bool fuse_unk = false;
        bool byte_fallback = false;
        bool ignore_merges = false;  ///< a word that is in the vocabulary is taken whole
    };

    Bpe(Options options, Vocabulary vocabulary, std::string where);

    /// Adds the merge with the next rank, from `list[index]` of the file. The error is for pieces outside the vocabulary.
    [[nodiscard]] Status add_merge(std::string_view left, std::string_view right, const Field& list, std::size_t index);
    void reserve_merges(std::size_t count) { merges_.reserve(count); }

    Status encode(std::string_view word, std::vector<TokenId>& ids) const override;
    const TokenId* id_of(std::string_view piece) const override { return vocabulary_.find(piece); }
    const std::string* piece(TokenId id) const override { return vocabulary_.piece(id); }
    std::size_t entries() const override { return vocabulary_.size(); }
    std::vector<std::pair<std::string, TokenId>> vocabulary() const override;
    std::string kind() const override { return options_.byte_fallback ? "BPE with byte fallback" : "BPE"; }

private:
    struct Merge {
        std::uint32_t rank = 0;
        TokenId id = 0;
    };
    [[nodiscard]] static std::uint64_t pair_key(TokenId left, TokenId right) noexcept
    {
        return (std::uint64_t{static_cast<std::uint32_t>(left)} << 32) | static_cast<std::uint32_t>(right);
    }
    [[nodiscard]] Status characters(std::string_view word, std::vector<TokenId>& symbols) const;
    [[nodiscard]] bool fall_back(std::string_view character, std::vector<TokenId>& symbols) const;
    [[nodiscard]] Status unknown_character(bool& pending, std::vector<TokenId>& symbols) const;
    void merge(std::vector<TokenId>& symbols) const;

    Options options_;
    Vocabulary vocabulary_;
    std::string where_;
    FlatMap<Merge> merges_;
    std::uint32_t next_rank_ = 0;
    std::vector<TokenId> byte_ids_;  // of <0x00> … <0xFF>; -1 where missing
    std::optional<TokenId> unk_id_;

    mutable std::mutex cache_mutex_;
    mutable std::unordered_map<std::string, std::vector<TokenId>, TextHash, std::equal_to<>> cache_;
};

}  // namespace timberline::io::tokenizers
