// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/added_tokens.h"

#include "core/io/tokenizers/pattern.h"
#include "core/io/tokenizers/unicode.h"

#include <algorithm>

namespace timberline::io::tokenizers {

namespace {

constexpr std::size_t kMostAddedTokens = std::size_t{1} << 20;

/// Whether one character is part of a word, by the rules of the reference's second regular expression engine.
[[nodiscard]] bool is_word_character(std::string_view character)
{
    static const Result<Pattern> pattern = Pattern::pcre(R"([\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200c}\x{200d}])", "a word character");
    std::vector<Span> spans;
    return pattern.ok() && pattern->cut(character, spans).ok() && !spans.empty() && spans.front().matched;
}

[[nodiscard]] bool touches_word(std::string_view text, std::size_t begin, std::size_t end)
{
    if (begin > 0 && is_word_character(text.substr(previous_boundary(text, begin), begin - previous_boundary(text, begin)))) {
        return true;
    }
    if (end >= text.size()) {
        return false;
    }
    std::size_t next = end;
    (void)next_code_point(text, next);
    return is_word_character(text.substr(end, next - end));
}

[[nodiscard]] std::size_t before_blanks(std::string_view text, std::size_t begin)
{
    while (begin > 0) {
        const std::size_t previous = previous_boundary(text, begin);
        std::size_t position = previous;
        if (!is_white_space(next_code_point(text, position))) {
            break;
        }
        begin = previous;
    }
    return begin;
}

[[nodiscard]] std::size_t behind_blanks(std::string_view text, std::size_t end)
{
    while (end < text.size()) {
        std::size_t next = end;
        if (!is_white_space(next_code_point(text, next))) {
            break;
        }
        end = next;
    }
    return end;
}

[[nodiscard]] Result<AddedToken> read_token(const Field& field)
{
    AddedToken token;
    TIMBERLINE_ASSIGN(const Field id_field, field.member("id"));
    TIMBERLINE_ASSIGN(const std::int64_t id, id_field.id());
    token.id = static_cast<TokenId>(id);
    TIMBERLINE_ASSIGN(token.content, field.text("content"));
    TIMBERLINE_ASSIGN(token.special, field.flag_or("special", false));
    TIMBERLINE_ASSIGN(token.single_word, field.flag_or("single_word", false));
    TIMBERLINE_ASSIGN(token.lstrip, field.flag_or("lstrip", false));
    TIMBERLINE_ASSIGN(token.rstrip, field.flag_or("rstrip", false));
    TIMBERLINE_ASSIGN(token.normalized, field.flag_or("normalized", !token.special));
    return token;
}

}  // namespace

Result<AddedTokens> AddedTokens::read(const Field& root, const Model& model, const Normalizer* normalizer)
{
    AddedTokens tokens;
    if (!root.has("added_tokens")) {
        return tokens;
    }
    TIMBERLINE_ASSIGN(const auto elements, root.list("added_tokens"));
    if (elements.size() > kMostAddedTokens) {
        return root.bad("added_tokens: expected at most " + std::to_string(kMostAddedTokens) + ", got " + std::to_string(elements.size()));
    }
    std::unordered_map<TokenId, std::string> claimed;
    for (const Field& element : elements) {
        TIMBERLINE_ASSIGN(AddedToken token, read_token(element));
        const auto [entry, fresh] = claimed.emplace(token.id, token.content);
        if (!fresh && entry->second != token.content) {
            return element.bad("the id " + std::to_string(token.id) + " stands for \"" + entry->second + "\" already");
        }
        tokens.add(std::move(token), model);
    }
    TIMBERLINE_TRY(tokens.index(normalizer));
    return tokens;
}

void AddedTokens::add(AddedToken token, const Model& model)
{
    if (token.content.empty()) {
        return;
    }
    if (const TokenId* known = id_of(token.content); known != nullptr) {
        token.id = *known;
    } else if (const TokenId* in_model = model.id_of(token.content); in_model != nullptr) {
        token.id = *in_model;
    } else {
        token.id = std::max(static_cast<TokenId>(model.entries()), largest_id_ + 1);
    }
    largest_id_ = std::max(largest_id_, token.id);
    if (token.special) {
        special_.insert(token.content);
    }
    ids_.insert_or_assign(token.content, token.id);
    by_id_.insert_or_assign(token.id, token);
    order_.push_back(std::move(token));
}

/// Builds the two search trees. Of two tokens with one spelling (after normalization) the first one counts;
/// special ones come before all others.
Status AddedTokens::index(const Normalizer* normalizer)
{
    std::stable_partition(order_.begin(), order_.end(), [this](const AddedToken& token) { return is_special(token.content); });
    for (const AddedToken& token : order_) {
        NormalizedText spelling{token.content};
        if (token.normalized && normalizer != nullptr) {
            TIMBERLINE_TRY(normalizer->apply(spelling));
        }
        if (!spelling.value.empty()) {
            (token.normalized ? normalized_ : raw_).insert(spelling.value, token.id, /*replace=*/false);
            (token.normalized ? any_normalized_ : any_raw_) = true;
        }
    }
    order_.clear();
    return {};
}

void AddedTokens::cut(std::string_view text, bool normalized, std::vector<Section>& sections) const
{
    sections.clear();
    if (text.empty()) {
        return;
    }
    if (!(normalized ? any_normalized_ : any_raw_)) {
        sections.push_back({0, text.size(), -1});
        return;
    }
    const ByteTrie& trie = normalized ? normalized_ : raw_;
    std::size_t covered = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t length = 0;
        TokenId id = -1;
        trie.each_prefix(text.substr(at), [&](std::size_t found_length, TokenId found) {
            length = found_length;
            id = found;
        });
        if (id < 0) {
            ++at;
            continue;
        }
        std::size_t begin = at;
        std::size_t end = at + length;
        at = end;
        const AddedToken& token = by_id_.at(id);
        if (token.single_word && touches_word(text, begin, end)) {
            continue;
        }
        if (token.lstrip) {
            begin = std::max(before_blanks(text, begin), covered);
        }
        if (token.rstrip) {
            end = behind_blanks(text, end);
        }
        if (covered < begin) {
            sections.push_back({covered, begin, -1});
        }
        sections.push_back({begin, end, id});
        covered = end;
    }
    if (covered != text.size()) {
        sections.push_back({covered, text.size(), -1});
    }
}

const AddedToken* AddedTokens::find(TokenId id) const
{
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &found->second;
}

const TokenId* AddedTokens::id_of(std::string_view content) const
{
    const auto found = ids_.find(content);
    return found == ids_.end() ? nullptr : &found->second;
}

}  // namespace timberline::io::tokenizers
