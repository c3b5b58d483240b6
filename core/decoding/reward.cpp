// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/reward.h"

#include "core/base/text.h"
#include "core/rules/value_guidance.h"

#include <algorithm>

namespace timberline::decoding {

const std::vector<std::string>& text_rewards()
{
    static const std::vector<std::string> list = {"keywords", "sentiment", "length"};
    return list;
}

bool same_reward(const RewardChoice& a, const RewardChoice& b)
{
    if (a.kind != b.kind) {
        return false;
    }
    const auto words = [](const RewardChoice& choice) {
        auto out = rules::words_of(choice.keywords);
        std::ranges::sort(out);
        return out;
    };
    return (a.kind != "keywords" || words(a) == words(b)) && (a.kind != "length" || a.wanted_length == b.wanted_length);
}

std::string reward_text(const RewardChoice& choice)
{
    if (choice.kind == "keywords") {
        return choice.kind + " (" + printable(choice.keywords, 80) + ")";
    }
    return choice.kind == "length" ? choice.kind + " (" + std::to_string(choice.wanted_length) + " tokens)" : choice.kind;
}

Result<TextReward> TextReward::make(const RewardChoice& choice, std::shared_ptr<const model::LanguageModel> target,
                                    const std::string& owner)
{
    const bool reads_words = choice.kind == "keywords" || choice.kind == "sentiment";
    if (reads_words && !target->folder.tokenizer) {
        return make_error(ErrorCode::InvalidArgument,
                          owner + ": the reward " + choice.kind + " reads words, and the target has no tokenizer",
                          "Choose the reward length, or a model folder with a tokenizer.json.");
    }
    TextReward out;
    out.choice_ = choice;
    out.wanted_ = rules::words_of(choice.keywords);
    out.target_ = std::move(target);
    return out;
}

double TextReward::of(std::span<const TokenId> written, std::span<const TokenId> stop_ids) const
{
    const auto end = std::ranges::find_first_of(written, stop_ids);
    const auto text = written.first(static_cast<std::size_t>(end - written.begin()));
    if (choice_.kind == "length") {
        return rules::length_reward(static_cast<std::int64_t>(text.size()), choice_.wanted_length);
    }
    if (choice_.kind == "keywords" && !wanted_.empty()) {
        return rules::keyword_reward(target_->folder.tokenizer->decode(text), wanted_);
    }
    return choice_.kind == "sentiment" ? rules::sentiment_reward(target_->folder.tokenizer->decode(text)) : 0.0;
}

}  // namespace timberline::decoding
