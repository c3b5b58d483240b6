// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/byte_trie.h"
#include "core/io/tokenizers/model.h"
#include "core/io/tokenizers/unicode.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace timberline::io::tokenizers {

namespace {

constexpr double kUnknownPenalty = 10.0;  // an unknown character scores this much below the least likely piece

/// Unigram language model: the segmentation with the largest sum of scores, found by dynamic programming over the word's bytes.
class Unigram final : public Model
{
public:
    struct Entry {
        std::string piece;
        double score = 0.0;
    };

    Unigram(std::vector<Entry> entries, std::optional<TokenId> unk_id, bool byte_fallback, std::string where);

    Status encode(std::string_view word, std::vector<TokenId>& ids) const override;
    const TokenId* id_of(std::string_view piece) const override;
    const std::string* piece(TokenId id) const override;
    std::size_t entries() const override { return entries_.size(); }
    std::vector<std::pair<std::string, TokenId>> vocabulary() const override;
    std::string kind() const override { return byte_fallback_ ? "Unigram with byte fallback" : "Unigram"; }

private:
    static constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();
    struct Node {
        double score = 0.0;
        std::size_t begin = kNowhere;
        TokenId id = 0;
    };
    struct Part {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    [[nodiscard]] Status best_path(std::string_view word, std::vector<Node>& nodes) const;
    [[nodiscard]] Status append(std::string_view part, std::vector<TokenId>& ids) const;
    [[nodiscard]] Error no_unknown() const;

    std::vector<Entry> entries_;
    PieceMap ids_;
    ByteTrie trie_;
    std::array<TokenId, 256> byte_ids_{};  // of <0x00> … <0xFF>; -1 where missing
    std::optional<TokenId> unk_id_;
    double unknown_score_ = 0.0;
    bool byte_fallback_ = false;
    std::string where_;
};

Unigram::Unigram(std::vector<Entry> entries, std::optional<TokenId> unk_id, bool byte_fallback, std::string where)
    : entries_(std::move(entries)), unk_id_(unk_id), byte_fallback_(byte_fallback), where_(std::move(where))
{
    double lowest = std::numeric_limits<double>::infinity();
    ids_.reserve(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        ids_.insert_or_assign(entry.piece, static_cast<TokenId>(i));  // of two equal pieces the later one counts
        if (!entry.piece.empty()) {
            trie_.insert(entry.piece, static_cast<TokenId>(i), /*replace=*/true);
        }
        lowest = std::min(lowest, entry.score);
    }
    unknown_score_ = lowest - kUnknownPenalty;
    for (std::size_t byte = 0; byte < byte_ids_.size(); ++byte) {
        const TokenId* id = id_of(byte_piece(static_cast<std::uint8_t>(byte)));
        byte_ids_[byte] = id == nullptr ? -1 : *id;
    }
}

const TokenId* Unigram::id_of(std::string_view piece) const
{
    const auto found = ids_.find(piece);
    return found == ids_.end() ? nullptr : &found->second;
}

const std::string* Unigram::piece(TokenId id) const
{
    return id >= 0 && static_cast<std::size_t>(id) < entries_.size() ? &entries_[static_cast<std::size_t>(id)].piece : nullptr;
}

std::vector<std::pair<std::string, TokenId>> Unigram::vocabulary() const
{
    std::vector<std::pair<std::string, TokenId>> all;
    all.reserve(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        all.emplace_back(entries_[i].piece, static_cast<TokenId>(i));
    }
    return all;
}

Error Unigram::no_unknown() const
{
    return make_error(ErrorCode::BadFile, where_ + ".unk_id: the text has a character that no piece covers, and there is no unknown token",
                      "Use a tokenizer.json with unk_id, or a text without this character.");
}

/// nodes[i]: the best way to cover the first i bytes. Of equal sums the one found first stays: earlier starts, then shorter pieces.
Status Unigram::best_path(std::string_view word, std::vector<Node>& nodes) const
{
    nodes.assign(word.size() + 1, Node{});
    for (std::size_t begin = 0; begin < word.size();) {
        std::size_t next = begin;
        (void)next_code_point(word, next);
        const double so_far = nodes[begin].score;
        const auto better = [&](std::size_t end, double score) {
            return nodes[end].begin == kNowhere || score + so_far > nodes[end].score;
        };
        const auto offer = [&](std::size_t end, double score, TokenId id) {
            if (better(end, score)) {
                nodes[end] = {score + so_far, begin, id};
            }
        };
        bool covered = false;
        trie_.each_prefix(word.substr(begin), [&](std::size_t length, TokenId id) {
            offer(begin + length, entries_[static_cast<std::size_t>(id)].score, id);
            covered = covered || begin + length == next;
        });
        if (!covered && better(next, unknown_score_)) {
            if (!unk_id_) {
                return no_unknown();
            }
            offer(next, unknown_score_, *unk_id_);
        }
        begin = next;
    }
    return {};
}

Status Unigram::append(std::string_view part, std::vector<TokenId>& ids) const
{
    if (const TokenId* id = id_of(part)) {
        ids.push_back(*id);
        return {};
    }
    const auto id_of_byte = [this](char c) { return byte_ids_[static_cast<std::uint8_t>(c)]; };
    if (byte_fallback_ && std::all_of(part.begin(), part.end(), [&](char c) { return id_of_byte(c) >= 0; })) {
        for (const char c : part) {
            ids.push_back(id_of_byte(c));
        }
        return {};
    }
    if (!unk_id_) {
        return no_unknown();
    }
    ids.push_back(*unk_id_);
    return {};
}

Status Unigram::encode(std::string_view word, std::vector<TokenId>& ids) const
{
    std::vector<Node> nodes;
    TIMBERLINE_TRY(best_path(word, nodes));
    // Neighbouring unknown characters become one part; it is looked up as a whole.
    std::vector<Part> parts;
    bool unknown_behind = false;
    for (std::size_t end = word.size(); end > 0;) {
        const Node& node = nodes[end];
        const bool unknown = unk_id_ && node.id == *unk_id_;
        if (unknown && unknown_behind) {
            parts.back().begin = node.begin;
        } else {
            parts.push_back({node.begin, end});
        }
        unknown_behind = unknown;
        end = node.begin;
    }
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        TIMBERLINE_TRY(append(word.substr(part->begin, part->end - part->begin), ids));
    }
    return {};
}

[[nodiscard]] Result<Unigram::Entry> read_entry(const Json& value, const Field& vocab, std::size_t index)
{
    if (!value.is_array() || value.size() != 2 || !value[0].is_string() || !value[1].is_number()) {
        return vocab.element(index).wrong("a piece and its score, as [\"a\", -1.5]");
    }
    Unigram::Entry entry{value[0].get_ref<const std::string&>(), value[1].get<double>()};
    if (!std::isfinite(entry.score)) {
        return vocab.element(index).bad("expected a finite score");
    }
    return entry;
}

}  // namespace

Result<ModelPointer> read_unigram(const Field& field)
{
    TIMBERLINE_ASSIGN(const Field vocab, field.member("vocab"));
    if (!vocab.json().is_array()) {
        return vocab.wrong("a list");
    }
    if (vocab.json().size() > static_cast<std::size_t>(kLargestId)) {
        return vocab.bad("expected at most " + std::to_string(kLargestId) + " pieces, got " + std::to_string(vocab.json().size()));
    }
    std::vector<Unigram::Entry> entries;
    entries.reserve(vocab.json().size());
    for (std::size_t i = 0; i < vocab.json().size(); ++i) {
        TIMBERLINE_ASSIGN(Unigram::Entry entry, read_entry(vocab.json()[i], vocab, i));
        entries.push_back(std::move(entry));
    }
    std::optional<TokenId> unk_id;
    if (field.has("unk_id")) {
        TIMBERLINE_ASSIGN(const Field id_field, field.member("unk_id"));
        TIMBERLINE_ASSIGN(const std::int64_t id, id_field.id());
        if (id >= static_cast<std::int64_t>(entries.size())) {
            return id_field.bad("expected an id below the " + std::to_string(entries.size()) + " pieces, got " + std::to_string(id));
        }
        unk_id = static_cast<TokenId>(id);
    }
    TIMBERLINE_ASSIGN(const bool byte_fallback, field.flag_or("byte_fallback", false));
    return ModelPointer(std::make_unique<Unigram>(std::move(entries), unk_id, byte_fallback, field.where()));
}

}  // namespace timberline::io::tokenizers
