// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizer.h"

#include "core/base/json.h"
#include "core/io/tokenizers/added_tokens.h"
#include "core/io/tokenizers/decoders.h"
#include "core/io/tokenizers/model.h"
#include "core/io/tokenizers/normalizers.h"
#include "core/io/tokenizers/post_processors.h"
#include "core/io/tokenizers/pre_tokenizers.h"
#include "core/io/tokenizers/unicode.h"

#include <algorithm>

namespace timberline::io {

namespace parts = tokenizers;

namespace {

/// 50257 as "50,257".
[[nodiscard]] std::string grouped(std::size_t number)
{
    std::string digits = std::to_string(number);
    for (std::size_t i = digits.size(); i > 3; i -= 3) {
        digits.insert(i - 3, 1, ',');
    }
    return digits;
}

[[nodiscard]] std::string unknown_id(TokenId id)
{
    return "\xE2\x9F\xA8" + std::to_string(id) + "\xE2\x9F\xA9";
}

}  // namespace

struct Tokenizer::Tables {
    parts::NormalizerPointer normalizer;       // may be null
    parts::PreTokenizerPointer pre_tokenizer;  // may be null
    parts::ModelPointer model;
    parts::AddedTokens added;
    std::optional<parts::PostProcessor> post_processor;
    parts::DecoderPointer decoder;  // may be null
    bool byte_level = false;
    std::int64_t size = 0;

    [[nodiscard]] const std::string* piece(TokenId id) const
    {
        const parts::AddedToken* token = added.find(id);
        return token != nullptr ? &token->content : model->piece(id);
    }
    [[nodiscard]] Status encode_text(std::string_view text, bool at_start, std::vector<TokenId>& ids) const;
    [[nodiscard]] Status read_components(const parts::Field& root);
};

Status Tokenizer::Tables::read_components(const parts::Field& root)
{
    TIMBERLINE_TRY(root.is_object());
    TIMBERLINE_ASSIGN(const std::string version, root.text_or("version", "1.0"));
    if (version != "1.0") {
        return root.unsupported("version \"" + version + "\" of the format (expected \"1.0\")");
    }
    TIMBERLINE_ASSIGN(const parts::Field model_field, root.member("model"));
    TIMBERLINE_ASSIGN(model, parts::read_model(model_field));
    if (root.has("normalizer")) {
        TIMBERLINE_ASSIGN(const parts::Field field, root.member("normalizer"));
        TIMBERLINE_ASSIGN(normalizer, parts::read_normalizer(field, byte_level));
    }
    if (root.has("pre_tokenizer")) {
        TIMBERLINE_ASSIGN(const parts::Field field, root.member("pre_tokenizer"));
        TIMBERLINE_ASSIGN(pre_tokenizer, parts::read_pre_tokenizer(field, byte_level));
    }
    if (root.has("post_processor")) {
        TIMBERLINE_ASSIGN(const parts::Field field, root.member("post_processor"));
        TIMBERLINE_ASSIGN(post_processor, parts::PostProcessor::read(field));
    }
    if (root.has("decoder")) {
        TIMBERLINE_ASSIGN(const parts::Field field, root.member("decoder"));
        TIMBERLINE_ASSIGN(decoder, parts::read_decoder(field));
        byte_level = byte_level || decoder->is_byte_level();
    }
    // "truncation" and "padding" are left alone: they describe batches of a training run, and callers of the reference reset them.
    TIMBERLINE_ASSIGN(added, parts::AddedTokens::read(root, *model, normalizer.get()));
    return {};
}

/// Ids of a text without added tokens of the raw kind. @param at_start the text starts where the original does.
Status Tokenizer::Tables::encode_text(std::string_view text, bool at_start, std::vector<TokenId>& ids) const
{
    parts::NormalizedText normalized{std::string(text)};
    if (normalizer != nullptr) {
        TIMBERLINE_TRY(normalizer->apply(normalized));
    }
    std::vector<parts::Section> sections;
    added.cut(normalized.value, /*normalized=*/true, sections);
    std::vector<parts::Piece> pieces;
    for (const parts::Section& section : sections) {
        if (section.end == section.begin) {
            continue;
        }
        if (section.id >= 0) {
            ids.push_back(section.id);
            continue;
        }
        pieces.clear();
        pieces.push_back({normalized.value.substr(section.begin, section.end - section.begin),
                          at_start && section.begin == 0 && !normalized.head_removed});
        if (pre_tokenizer != nullptr) {
            TIMBERLINE_TRY(pre_tokenizer->apply(pieces));
        }
        for (const parts::Piece& piece : pieces) {
            TIMBERLINE_TRY(model->encode(piece.text, ids));
        }
    }
    return {};
}

namespace {

[[nodiscard]] Result<std::shared_ptr<const Tokenizer::Tables>> build(const Json& json, const std::string& where)
{
    auto tables = std::make_shared<Tokenizer::Tables>();
    TIMBERLINE_TRY(tables->read_components(parts::Field(json, where, "")));
    for (const auto& [piece, id] : tables->model->vocabulary()) {
        tables->size = std::max(tables->size, std::int64_t{id} + 1);
    }
    for (const auto& [id, token] : tables->added.all()) {
        tables->size = std::max(tables->size, std::int64_t{id} + 1);
    }
    return std::shared_ptr<const Tokenizer::Tables>(std::move(tables));
}

}  // namespace

Result<Tokenizer> Tokenizer::load(const std::filesystem::path& tokenizer_json)
{
    TIMBERLINE_ASSIGN(const Json json, read_json_file(tokenizer_json));
    TIMBERLINE_ASSIGN(auto tables, build(json, tokenizer_json.string()));
    return Tokenizer(std::move(tables));
}

Result<Tokenizer> Tokenizer::parse(std::string_view json_text, const std::string& where)
{
    TIMBERLINE_ASSIGN(const Json json, parse_json(json_text, where));
    TIMBERLINE_ASSIGN(auto tables, build(json, where));
    return Tokenizer(std::move(tables));
}

Result<std::vector<TokenId>> Tokenizer::encode(std::string_view text, bool with_special) const
{
    const std::string repaired = parts::is_valid_utf8(text) ? std::string() : parts::lossy_utf8(text);
    const std::string_view valid = repaired.empty() ? text : repaired;
    std::vector<TokenId> ids;
    ids.reserve(valid.size() / 4 + 8);
    std::vector<parts::Section> sections;
    tables_->added.cut(valid, /*normalized=*/false, sections);
    for (const parts::Section& section : sections) {
        if (section.end == section.begin) {
            continue;
        }
        if (section.id >= 0) {
            ids.push_back(section.id);
        } else {
            TIMBERLINE_TRY(tables_->encode_text(valid.substr(section.begin, section.end - section.begin), section.begin == 0, ids));
        }
    }
    if (with_special && tables_->post_processor) {
        return tables_->post_processor->apply(std::move(ids));
    }
    return ids;
}

std::string Tokenizer::decode(std::span<const TokenId> ids, bool skip_special) const
{
    std::vector<std::string> pieces;
    pieces.reserve(ids.size());
    for (const TokenId id : ids) {
        const std::string* piece = tables_->piece(id);
        if (piece == nullptr) {
            pieces.push_back(unknown_id(id));
        } else if (!skip_special || !tables_->added.is_special(*piece)) {
            pieces.push_back(*piece);
        }
    }
    const std::string_view separator = tables_->decoder == nullptr ? " " : "";
    if (tables_->decoder != nullptr && !pieces.empty()) {
        tables_->decoder->apply(pieces);
    }
    std::string text;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        text.append(i == 0 ? std::string_view() : separator).append(pieces[i]);
    }
    return text;
}

std::string Tokenizer::token_bytes(TokenId id) const
{
    const std::string* piece = tables_->piece(id);
    if (piece == nullptr) {
        return unknown_id(id);
    }
    std::string bytes = *piece;
    if (tables_->decoder != nullptr) {
        tables_->decoder->show(bytes);
    }
    return bytes;
}

std::optional<std::string> Tokenizer::token_piece(TokenId id) const
{
    const std::string* piece = tables_->piece(id);
    return piece == nullptr ? std::nullopt : std::optional<std::string>(*piece);
}

std::optional<TokenId> Tokenizer::id_of(std::string_view piece) const
{
    const TokenId* id = tables_->added.id_of(piece);
    id = id != nullptr ? id : tables_->model->id_of(piece);
    return id == nullptr ? std::nullopt : std::optional<TokenId>(*id);
}

bool Tokenizer::is_special(TokenId id) const
{
    const std::string* piece = tables_->piece(id);
    return piece != nullptr && tables_->added.is_special(*piece);
}

std::int64_t Tokenizer::size() const noexcept
{
    return tables_->size;
}

std::string Tokenizer::summary() const
{
    const std::string kind = (tables_->byte_level ? "byte-level " : "") + tables_->model->kind();
    return kind + ", " + grouped(vocabulary().size()) + " tokens, " + grouped(tables_->added.special_count()) + " special";
}

std::vector<std::pair<std::string, TokenId>> Tokenizer::vocabulary() const
{
    std::vector<std::pair<std::string, TokenId>> all;
    for (auto& entry : tables_->model->vocabulary()) {
        if (tables_->added.find(entry.second) == nullptr) {
            all.push_back(std::move(entry));
        }
    }
    for (const auto& [id, token] : tables_->added.all()) {
        all.emplace_back(token.content, id);
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return all;
}

}  // namespace timberline::io
