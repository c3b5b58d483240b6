// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/io/tokenizers/fields.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace timberline::io::tokenizers {

struct TextHash {
    using is_transparent = void;
    [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};
using PieceMap = std::unordered_map<std::string, TokenId, TextHash, std::equal_to<>>;

/// The pieces of a vocabulary with their ids, readable both ways.
class Vocabulary
{
public:
    void reserve(std::size_t entries);
    /// False when the piece or the id is there already (nothing is changed then).
    [[nodiscard]] bool add(std::string_view piece, TokenId id);
    [[nodiscard]] const TokenId* find(std::string_view piece) const;
    [[nodiscard]] const std::string* piece(TokenId id) const;
    [[nodiscard]] std::size_t size() const noexcept { return ids_.size(); }
    [[nodiscard]] const PieceMap& pieces() const noexcept { return ids_; }

private:
    PieceMap ids_;
    std::unordered_map<TokenId, const std::string*> pieces_;  // points at the keys of ids_, which do not move
};

/// Turns words into ids. Immutable but for a cache; thread-safe.
class Model
{
public:
    Model() = default;
    virtual ~Model() = default;
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    /// Appends the ids of one word (not empty).
    [[nodiscard]] virtual Status encode(std::string_view word, std::vector<TokenId>& ids) const = 0;
    [[nodiscard]] virtual const TokenId* id_of(std::string_view piece) const = 0;
    [[nodiscard]] virtual const std::string* piece(TokenId id) const = 0;
    /// How many entries there are, as the reference counts them to number the added tokens.
    [[nodiscard]] virtual std::size_t entries() const = 0;
    /// All (piece, id), in no order.
    [[nodiscard]] virtual std::vector<std::pair<std::string, TokenId>> vocabulary() const = 0;
    /// "BPE", "BPE with byte fallback", "Unigram", …
    [[nodiscard]] virtual std::string kind() const = 0;
};

using ModelPointer = std::unique_ptr<const Model>;

[[nodiscard]] Result<ModelPointer> read_model(const Field& field);
[[nodiscard]] Result<ModelPointer> read_bpe(const Field& field);
[[nodiscard]] Result<ModelPointer> read_unigram(const Field& field);

}  // namespace timberline::io::tokenizers
