// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/translate.h"
#include "core/model/language_model.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace timberline::decoding {

/// What value-guided decoding steers towards: a number for a text, larger is
/// better. The prompt does not count.
struct RewardChoice {
    std::string kind = "keywords";                                    ///< "keywords" "sentiment" "length" "draft-model"
    std::string keywords = "dragon, castle, king, princess, forest";  ///< words between commas or
                                                                      ///< spaces
    std::int64_t wanted_length = 40;
};

/// Rewards that a text alone decides: all but "draft-model".
[[nodiscard]] const std::vector<std::string>& text_rewards();

/// Whether both give every text the same number: what a reward does not read
/// does not count.
[[nodiscard]] bool same_reward(const RewardChoice& a, const RewardChoice& b);
/// "keywords (dragon, castle)", for messages.
[[nodiscard]] std::string reward_text(const RewardChoice& choice);

/// The declaration of a reward's details, for every method that has a reward.
/// `V` derives from RewardChoice.
template <typename V>
[[nodiscard]] auto reward_detail_fields(Effect takes_effect)
{
    return std::tuple{field(static_cast<std::string V::*>(&RewardChoice::keywords),
                            {.key = "keywords",
                             .label = TIMBERLINE_TR("Wanted words"),
                             .help = TIMBERLINE_TR("Words between commas; each counts once, whatever its case. "
                                                   "Read by the reward Words."),
                             .takes_effect = takes_effect}),
                      field(static_cast<std::int64_t V::*>(&RewardChoice::wanted_length),
                            {.key = "wanted_length",
                             .label = TIMBERLINE_TR("Wanted length"),
                             .unit = "tokens",
                             .help = TIMBERLINE_TR("Tokens before the end of the text. Read by the "
                                                   "reward Length, which sees only texts that "
                                                   "the model ends itself."),
                             .min = 1,
                             .max = 4096,
                             .takes_effect = takes_effect})};
}

/// A reward that reads a text; `draft-model` is none of these, because it needs
/// a forward.
class TextReward
{
public:
    /// @param owner whom messages name: "controller value-guided".
    /// Errors: a reward that reads words and a model without a tokenizer.
    [[nodiscard]] static Result<TextReward> make(const RewardChoice& choice, std::shared_ptr<const model::LanguageModel> target,
                                                 const std::string& owner);

    /// @param written tokens since the method took over.  @param stop_ids the
    /// first of them ends the text.
    [[nodiscard]] double of(std::span<const TokenId> written, std::span<const TokenId> stop_ids) const;

private:
    RewardChoice choice_;
    std::vector<std::string> wanted_;
    std::shared_ptr<const model::LanguageModel> target_;
};

}  // namespace timberline::decoding
