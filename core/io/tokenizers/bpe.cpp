// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/bpe.h"

#include "core/io/tokenizers/unicode.h"

#include <algorithm>
#include <queue>

namespace timberline::io::tokenizers {

namespace {

constexpr std::size_t kCachedWords = std::size_t{1} << 16;
constexpr std::size_t kLongestCachedWord = 256;

/// A word's symbol in a doubly linked list; merging unlinks the right one of a pair.
struct Symbol {
    TokenId id = 0;
    std::int32_t previous = -1;
    std::int32_t next = -1;
    bool removed = false;
};

struct Candidate {
    std::uint32_t rank = 0;
    std::int32_t position = 0;
    TokenId id = 0;

    /// std::priority_queue gives the largest first: the lowest rank, then the leftmost, is the largest.
    [[nodiscard]] bool operator<(const Candidate& other) const noexcept
    {
        return rank != other.rank ? rank > other.rank : position > other.position;
    }
};

}  // namespace

Bpe::Bpe(Options options, Vocabulary vocabulary, std::string where)
    : options_(std::move(options)), vocabulary_(std::move(vocabulary)), where_(std::move(where)), byte_ids_(256, -1)
{
    for (std::size_t byte = 0; byte < byte_ids_.size(); ++byte) {
        if (const TokenId* id = vocabulary_.find(byte_piece(static_cast<std::uint8_t>(byte)))) {
            byte_ids_[byte] = *id;
        }
    }
    if (options_.unk_token) {
        if (const TokenId* id = vocabulary_.find(*options_.unk_token)) {
            unk_id_ = *id;
        }
    }
}

Status Bpe::add_merge(std::string_view left, std::string_view right, const Field& list, std::size_t index)
{
    const auto missing = [&](std::string_view piece) { return list.element(index).bad(in_quotes(piece) + " is not in the vocabulary"); };
    const TokenId* left_id = vocabulary_.find(left);
    if (left_id == nullptr) {
        return missing(left);
    }
    const TokenId* right_id = vocabulary_.find(right);
    if (right_id == nullptr) {
        return missing(right);
    }
    const std::size_t prefix = options_.continuing_subword_prefix.size();
    if (right.size() < prefix) {
        return list.element(index).bad(in_quotes(right) + " is shorter than continuing_subword_prefix");
    }
    const std::string merged = std::string(left) + std::string(right.substr(prefix));
    const TokenId* merged_id = vocabulary_.find(merged);
    if (merged_id == nullptr) {
        return missing(merged);
    }
    merges_.set(pair_key(*left_id, *right_id), {next_rank_++, *merged_id});
    return {};
}

std::vector<std::pair<std::string, TokenId>> Bpe::vocabulary() const
{
    return {vocabulary_.pieces().begin(), vocabulary_.pieces().end()};
}

Status Bpe::encode(std::string_view word, std::vector<TokenId>& ids) const
{
    if (options_.ignore_merges) {
        if (const TokenId* id = vocabulary_.find(word)) {
            ids.push_back(*id);
            return {};
        }
    }
    const bool cacheable = word.size() <= kLongestCachedWord;
    if (cacheable) {
        const std::scoped_lock lock(cache_mutex_);
        if (const auto found = cache_.find(word); found != cache_.end()) {
            ids.insert(ids.end(), found->second.begin(), found->second.end());
            return {};
        }
    }
    std::vector<TokenId> symbols;
    TIMBERLINE_TRY(characters(word, symbols));
    merge(symbols);
    ids.insert(ids.end(), symbols.begin(), symbols.end());
    if (cacheable) {
        const std::scoped_lock lock(cache_mutex_);
        if (cache_.size() >= kCachedWords) {
            cache_.clear();
        }
        cache_.emplace(word, std::move(symbols));
    }
    return {};
}

bool Bpe::fall_back(std::string_view character, std::vector<TokenId>& symbols) const
{
    const auto id_of_byte = [this](char c) { return byte_ids_[static_cast<std::uint8_t>(c)]; };
    if (!std::all_of(character.begin(), character.end(), [&](char c) { return id_of_byte(c) >= 0; })) {
        return false;
    }
    for (const char c : character) {
        symbols.push_back(id_of_byte(c));
    }
    return true;
}

Status Bpe::unknown_character(bool& pending, std::vector<TokenId>& symbols) const
{
    if (!options_.unk_token) {
        return {};  // the reference drops what it does not know when there is no unknown token
    }
    if (!unk_id_) {
        return make_error(ErrorCode::BadFile,
                          where_ + ".unk_token: \"" + *options_.unk_token + "\" is not in the vocabulary, and the text needs it",
                          "Use a tokenizer.json whose unknown token is in its vocabulary.");
    }
    if (pending && !options_.fuse_unk) {
        symbols.push_back(*unk_id_);
    }
    pending = true;
    return {};
}

Status Bpe::characters(std::string_view word, std::vector<TokenId>& symbols) const
{
    symbols.reserve(word.size());
    // An unknown token waits until the next known character, because a run of them may become one. Bytes do not end the wait: they
    // come out before it. The reference does so, and ids must equal its ids.
    bool pending = false;
    std::string decorated;
    for (std::size_t i = 0; i < word.size();) {
        const std::size_t begin = i;
        (void)next_code_point(word, i);
        std::string_view character = word.substr(begin, i - begin);
        const bool first = begin == 0;
        const bool last = i == word.size();
        if ((!first && !options_.continuing_subword_prefix.empty()) || (last && !options_.end_of_word_suffix.empty())) {
            decorated.assign(first ? "" : options_.continuing_subword_prefix).append(character);
            decorated.append(last ? options_.end_of_word_suffix : "");
            character = decorated;
        }
        if (const TokenId* id = vocabulary_.find(character)) {
            if (pending) {
                symbols.push_back(*unk_id_);
                pending = false;
            }
            symbols.push_back(*id);
        } else if (!options_.byte_fallback || !fall_back(character, symbols)) {
            TIMBERLINE_TRY(unknown_character(pending, symbols));
        }
    }
    if (pending) {
        symbols.push_back(*unk_id_);
    }
    return {};
}

void Bpe::merge(std::vector<TokenId>& ids) const
{
    const auto count = static_cast<std::int32_t>(ids.size());
    std::vector<Symbol> symbols(ids.size());
    std::vector<Candidate> storage;
    storage.reserve(ids.size());
    std::priority_queue<Candidate> queue(std::less<Candidate>{}, std::move(storage));
    const auto offer = [&](std::int32_t left, std::int32_t right) {
        if (const Merge* found = merges_.find(pair_key(symbols[left].id, symbols[right].id))) {
            queue.push({found->rank, left, found->id});
        }
    };
    for (std::int32_t i = 0; i < count; ++i) {
        symbols[i] = {ids[i], i - 1, i + 1 < count ? i + 1 : -1, false};
        if (i > 0) {
            offer(i - 1, i);
        }
    }
    while (!queue.empty()) {
        const Candidate top = queue.top();
        queue.pop();
        Symbol& left = symbols[top.position];
        if (left.removed || left.next < 0) {
            continue;
        }
        Symbol& right = symbols[left.next];
        const Merge* current = merges_.find(pair_key(left.id, right.id));
        if (current == nullptr || current->id != top.id) {
            continue;  // one of the two was merged meanwhile
        }
        left.id = top.id;
        right.removed = true;
        left.next = right.next;
        if (left.next >= 0) {
            symbols[left.next].previous = top.position;
            offer(top.position, left.next);
        }
        if (left.previous >= 0) {
            offer(left.previous, top.position);
        }
    }
    std::size_t kept = 0;
    for (const Symbol& symbol : symbols) {
        if (!symbol.removed) {
            ids[kept++] = symbol.id;
        }
    }
    ids.resize(kept);
}

namespace {

[[nodiscard]] Result<Vocabulary> read_vocabulary(const Field& field)
{
    TIMBERLINE_ASSIGN(const Field vocab, field.member("vocab"));
    TIMBERLINE_TRY(vocab.is_object());
    Vocabulary vocabulary;
    vocabulary.reserve(vocab.json().size());
    for (const auto& [piece, value] : vocab.json().items()) {
        // Building the place of 50,000 entries would take longer than reading them; it is needed for errors only.
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() > static_cast<std::uint64_t>(kLargestId)) {
            TIMBERLINE_ASSIGN(const Field entry, vocab.member(piece));
            TIMBERLINE_TRY(entry.id());
            return entry.wrong("a token id (a whole number)");
        }
        if (const auto id = static_cast<TokenId>(value.get<std::uint64_t>()); !vocabulary.add(piece, id)) {
            const std::string* other = vocabulary.piece(id);
            return vocab.bad("the id " + std::to_string(id) + " stands for two pieces, " + in_quotes(other == nullptr ? piece : *other) +
                             " and " + in_quotes(piece));
        }
    }
    return vocabulary;
}

[[nodiscard]] Status read_merge(Bpe& model, const Json& merge, const Field& list, std::size_t index)
{
    if (merge.is_string()) {
        const auto& text = merge.get_ref<const std::string&>();
        if (text.starts_with("#version")) {
            return {};
        }
        const std::size_t space = text.find(' ');
        if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) {
            return list.element(index).bad("expected two pieces with one space between, got \"" + text + "\"");
        }
        const std::string_view view = text;
        return model.add_merge(view.substr(0, space), view.substr(space + 1), list, index);
    }
    if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
        return model.add_merge(merge[0].get_ref<const std::string&>(), merge[1].get_ref<const std::string&>(), list, index);
    }
    return list.element(index).wrong("two pieces, as \"a b\" or [\"a\", \"b\"]");
}

[[nodiscard]] Result<Bpe::Options> read_options(const Field& field)
{
    Bpe::Options options;
    if (field.has("unk_token")) {
        TIMBERLINE_ASSIGN(options.unk_token, field.text("unk_token"));
    }
    TIMBERLINE_ASSIGN(options.continuing_subword_prefix, field.text_or("continuing_subword_prefix", ""));
    TIMBERLINE_ASSIGN(options.end_of_word_suffix, field.text_or("end_of_word_suffix", ""));
    TIMBERLINE_ASSIGN(options.fuse_unk, field.flag_or("fuse_unk", false));
    TIMBERLINE_ASSIGN(options.byte_fallback, field.flag_or("byte_fallback", false));
    TIMBERLINE_ASSIGN(options.ignore_merges, field.flag_or("ignore_merges", false));
    if (field.has("dropout")) {
        TIMBERLINE_ASSIGN(const Field dropout, field.member("dropout"));
        if (!dropout.json().is_number()) {
            return dropout.wrong("a number");
        }
        if (dropout.json().get<double>() != 0.0) {
            return dropout.unsupported("merge dropout " + dropout.json().dump());
        }
    }
    return options;
}

}  // namespace

Result<ModelPointer> read_bpe(const Field& field)
{
    TIMBERLINE_ASSIGN(Bpe::Options options, read_options(field));
    TIMBERLINE_ASSIGN(Vocabulary vocabulary, read_vocabulary(field));
    TIMBERLINE_ASSIGN(const Field merges, field.member("merges"));
    if (!merges.json().is_array()) {
        return merges.wrong("a list");
    }
    auto model = std::make_unique<Bpe>(std::move(options), std::move(vocabulary), field.where());
    model->reserve_merges(merges.json().size());
    for (std::size_t i = 0; i < merges.json().size(); ++i) {
        TIMBERLINE_TRY(read_merge(*model, merges.json()[i], merges, i));
    }
    return ModelPointer(std::move(model));
}

}  // namespace timberline::io::tokenizers
