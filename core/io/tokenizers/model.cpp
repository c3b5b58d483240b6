// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/model.h"

namespace timberline::io::tokenizers {

void Vocabulary::reserve(std::size_t entries)
{
    ids_.reserve(entries);
    pieces_.reserve(entries);
}

bool Vocabulary::add(std::string_view piece, TokenId id)
{
    if (pieces_.contains(id)) {
        return false;
    }
    const auto [entry, inserted] = ids_.emplace(piece, id);
    if (inserted) {
        pieces_.emplace(id, &entry->first);
    }
    return inserted;
}

const TokenId* Vocabulary::find(std::string_view piece) const
{
    const auto found = ids_.find(piece);
    return found == ids_.end() ? nullptr : &found->second;
}

const std::string* Vocabulary::piece(TokenId id) const
{
    const auto found = pieces_.find(id);
    return found == pieces_.end() ? nullptr : found->second;
}

Result<ModelPointer> read_model(const Field& field)
{
    TIMBERLINE_TRY(field.is_object());
    std::string type;
    if (field.has("type")) {
        TIMBERLINE_ASSIGN(type, field.text("type"));
    } else if (field.has("merges")) {
        type = "BPE";  // files of the first years have no type; the fields tell
    } else if (field.has("vocab") && field.json()["vocab"].is_array()) {
        type = "Unigram";
    } else if (field.has("max_input_chars_per_word")) {
        type = "WordPiece";
    } else if (field.has("vocab")) {
        type = "WordLevel";
    } else {
        return field.bad("the field \"type\" is missing");
    }
    if (type == "BPE") {
        return read_bpe(field);
    }
    if (type == "Unigram") {
        return read_unigram(field);
    }
    return field.unsupported("the model \"" + type + "\"");
}

}  // namespace timberline::io::tokenizers
