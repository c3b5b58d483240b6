// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/model/language_model.h"

#include <algorithm>
#include <utility>

namespace timberline::model {
namespace {

using Vocabulary = std::vector<std::pair<std::string, TokenId>>;

constexpr std::int64_t kLeastDraftContext = 16;
constexpr const char* kPairHint =
    "Take a draft model trained with the target's own tokenizer; both folders must hold the same tokenizer.json.";

[[nodiscard]] std::string id_text(const std::optional<TokenId>& id)
{
    return id ? std::to_string(*id) : "none";
}

[[nodiscard]] Error different(const ModelFolder& target, const ModelFolder& draft, const std::string& what)
{
    return make_error(ErrorCode::InvalidArgument, draft.name + " cannot draft for " + target.name + ": " + what, kPairHint);
}

/// The first piece, by the target's ids and then by the draft's, whose id is not the same on both sides.
[[nodiscard]] Status compare_pieces(const ModelFolder& target, const ModelFolder& draft)
{
    const Vocabulary ours = target.tokenizer->vocabulary();
    const Vocabulary theirs = draft.tokenizer->vocabulary();
    if (ours == theirs) {
        return {};
    }
    const auto differing = [](const Vocabulary& pieces, const io::Tokenizer& other) -> const std::pair<std::string, TokenId>* {
        const auto it =
            std::find_if(pieces.begin(), pieces.end(), [&](const auto& entry) { return other.id_of(entry.first) != entry.second; });
        return it == pieces.end() ? nullptr : &*it;
    };
    const auto report = [&](const std::string& piece) {
        return different(target, draft,
                         "token \"" + printable(piece, 60) + "\" has id " + id_text(target.tokenizer->id_of(piece)) +
                             " in the target and " + id_text(draft.tokenizer->id_of(piece)) + " in the draft, expected the same id");
    };
    if (const auto* entry = differing(ours, *draft.tokenizer)) {
        return report(entry->first);
    }
    if (const auto* entry = differing(theirs, *target.tokenizer)) {
        return report(entry->first);
    }
    return {};
}

[[nodiscard]] Status compare_special(const ModelFolder& target, const ModelFolder& draft)
{
    const std::int64_t size = target.tokenizer->size();
    for (std::int64_t i = 0; i < size; ++i) {
        const auto id = static_cast<TokenId>(i);
        if (target.tokenizer->is_special(id) != draft.tokenizer->is_special(id)) {
            const bool ours = target.tokenizer->is_special(id);
            return different(target, draft,
                             "token " + std::to_string(id) + " is special in the " + (ours ? "target" : "draft") +
                                 " only, expected the same special tokens");
        }
    }
    return {};
}

}  // namespace

Status check_draft_pair(const ModelFolder& target, const ModelFolder& draft)
{
    if (draft.config.context < kLeastDraftContext) {
        return make_error(ErrorCode::InvalidArgument,
                          draft.name + " cannot draft for " + target.name + ": its context is " + std::to_string(draft.config.context) +
                              " tokens, expected at least " + std::to_string(kLeastDraftContext),
                          "Take a draft model with a longer context (max_position_embeddings in its config.json).");
    }
    if (!target.tokenizer || !draft.tokenizer) {
        if (target.config.vocabulary != draft.config.vocabulary) {
            return different(target, draft,
                             "its vocabulary has " + std::to_string(draft.config.vocabulary) + " tokens, expected the target's " +
                                 std::to_string(target.config.vocabulary));
        }
    } else {
        TIMBERLINE_TRY(compare_pieces(target, draft));
        TIMBERLINE_TRY(compare_special(target, draft));
    }
    if (target.bos_id != draft.bos_id) {
        return different(target, draft, "its BOS token is " + id_text(draft.bos_id) + ", expected the target's " + id_text(target.bos_id));
    }
    return {};
}

}  // namespace timberline::model
