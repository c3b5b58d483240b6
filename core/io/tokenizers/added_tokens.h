// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/tokenizers/byte_trie.h"
#include "core/io/tokenizers/model.h"
#include "core/io/tokenizers/normalizers.h"

#include <set>
#include <unordered_map>

namespace timberline::io::tokenizers {

struct AddedToken {
    std::string content;
    TokenId id = 0;
    bool single_word = false;  ///< only where no word character touches it
    bool lstrip = false;       ///< takes the blanks on its left
    bool rstrip = false;
    bool normalized = false;  ///< searched in the normalized text, in its own normalized spelling
    bool special = false;     ///< left out of decoded text on request
};

/// A part of a text: an added token (id >= 0) or text between.
struct Section {
    std::size_t begin = 0;
    std::size_t end = 0;
    TokenId id = -1;
};

/// Tokens that are cut out of the text before the model sees it. Immutable after reading.
class AddedTokens
{
public:
    /// Reads the list `added_tokens`. As in the reference, a token that the model knows has the model's id, and the others are
    /// numbered behind the model's; the ids in the file are only checked to be sane.
    [[nodiscard]] static Result<AddedTokens> read(const Field& root, const Model& model, const Normalizer* normalizer);

    /// The sections of a text that is not normalized yet (`normalized` false) or that is. Where several tokens start at one place the
    /// longest wins. Sections may overlap when a token's blanks are themselves a token, as in the reference.
    void cut(std::string_view text, bool normalized, std::vector<Section>& sections) const;

    [[nodiscard]] const AddedToken* find(TokenId id) const;
    [[nodiscard]] const TokenId* id_of(std::string_view content) const;
    [[nodiscard]] bool is_special(std::string_view content) const { return special_.contains(content); }
    [[nodiscard]] std::size_t special_count() const noexcept { return special_.size(); }
    [[nodiscard]] const std::unordered_map<TokenId, AddedToken>& all() const noexcept { return by_id_; }

private:
    void add(AddedToken token, const Model& model);
    [[nodiscard]] Status index(const Normalizer* normalizer);

    std::vector<AddedToken> order_;  // while reading, in the order of the file
    TokenId largest_id_ = -1;
    std::unordered_map<TokenId, AddedToken> by_id_;
    PieceMap ids_;
    std::set<std::string, std::less<>> special_;
    ByteTrie raw_;
    ByteTrie normalized_;
    bool any_raw_ = false;
    bool any_normalized_ = false;
};

}  // namespace timberline::io::tokenizers
