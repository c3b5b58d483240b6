// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/language_model.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timberline::decoding {

/// What value-guided decoding steers towards: a number for a text, larger is
/// better. The prompt does not count.
struct RewardChoice {
    std::string kind = "keywords";  ///< "keywords" "sentiment" "length" "draft-model"
    std::string keywords;           ///< words between commas or spaces
    std::int64_t wanted_length = 40;
};

/// A reward that reads a text; `draft-model` is none of these, because it needs
/// a forward.
class TextReward
{
public:
    /// Errors: a reward that reads words and a model without a tokenizer.
    [[nodiscard]] static Result<TextReward> make(const RewardChoice& choice, std::shared_ptr<const model::LanguageModel> target);

    /// @param written tokens since the method took over.  @param stop_ids the
    /// first of them ends the text.
    [[nodiscard]] double of(std::span<const TokenId> written, std::span<const TokenId> stop_ids) const;

private:
    RewardChoice choice_;
    std::vector<std::string> wanted_;
    std::shared_ptr<const model::LanguageModel> target_;
};

}  // namespace timberline::decoding
