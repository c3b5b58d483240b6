// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/language_model.h"

namespace timberline::model {
namespace {

constexpr const char* kIdsHint = "Pass token ids instead of text (--ids 1,2,3).";

}  // namespace

Result<std::vector<TokenId>> ModelFolder::encode_prompt(const std::string& text) const
{
    if (text.empty() && bos_id) {
        return std::vector<TokenId>{*bos_id};
    }
    if (!tokenizer) {
        return make_error(ErrorCode::NotFound,
                          name + " has no tokenizer.json, so text cannot become tokens: expected one beside config.json", kIdsHint);
    }
    TIMBERLINE_ASSIGN(std::vector<TokenId> ids, tokenizer->encode(text, /*with_special=*/true));
    TIMBERLINE_ASSIGN(const std::vector<TokenId> plain, tokenizer->encode(text, /*with_special=*/false));
    const bool post_processed = ids != plain;
    if (!post_processed && add_bos_token && bos_id && (ids.empty() || ids.front() != *bos_id)) {
        ids.insert(ids.begin(), *bos_id);
    }
    // A text that spells out the BOS token itself gets no second one from the post-processor.
    if (post_processed && bos_id && ids.size() >= 2 && ids[0] == *bos_id && ids[1] == *bos_id) {
        ids.erase(ids.begin());
    }
    if (ids.empty()) {
        return make_error(ErrorCode::InvalidArgument, "the prompt is empty and " + name + " has no BOS token: expected at least one token",
                          "Type some text, or pass token ids (--ids 1,2,3).");
    }
    for (const TokenId id : ids) {
        if (id < 0 || id >= config.vocabulary) {
            return make_error(ErrorCode::BadFile,
                              "the prompt holds token " + std::to_string(id) + " of " + name +
                                  "/tokenizer.json: expected ids below vocab_size " + std::to_string(config.vocabulary),
                              "Leave that token out of the prompt, or take the tokenizer that belongs to the model.");
        }
    }
    return ids;
}

}  // namespace timberline::model
