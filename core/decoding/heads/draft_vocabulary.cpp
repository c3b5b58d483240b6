// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/draft_vocabulary.h"

#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace timberline::decoding {
namespace {

constexpr const char* kShapeKey = "draft_vocabulary";

Error bad_map(const HeadFolder& heads, const std::string& what)
{
    return make_error(ErrorCode::BadFile, heads.name + ": tensor " + kDraftVocabularyTensor + ": " + what,
                      "The folder is damaged or of another program: train the heads again.");
}

}  // namespace

std::vector<TokenId> frequent_tokens(const std::vector<std::vector<TokenId>>& text, std::int64_t count, std::int64_t vocabulary,
                                     const std::function<bool(TokenId)>& stays)
{
    if (count >= vocabulary) {
        return {};
    }
    std::vector<std::int64_t> times(static_cast<std::size_t>(vocabulary), 0);
    for (const auto& sequence : text) {
        for (const TokenId token : sequence) {
            if (token >= 0 && token < vocabulary) {
                ++times[static_cast<std::size_t>(token)];
            }
        }
    }
    const auto needed = [&](TokenId token) { return times[static_cast<std::size_t>(token)] > 0 && stays(token); };
    std::vector<TokenId> out(static_cast<std::size_t>(vocabulary));
    std::iota(out.begin(), out.end(), 0);
    std::ranges::stable_sort(out, [&](TokenId a, TokenId b) {
        const bool first = needed(a), second = needed(b);
        return first != second ? first : times[static_cast<std::size_t>(a)] > times[static_cast<std::size_t>(b)];
    });
    out.resize(static_cast<std::size_t>(count));
    std::ranges::sort(out);
    return out;
}

Result<std::vector<TokenId>> draft_vocabulary_of(const HeadFolder& heads)
{
    const bool reduced = heads.shape.contains(kShapeKey), mapped = heads.tensors.contains(kDraftVocabularyTensor);
    if (!reduced && !mapped) {
        return std::vector<TokenId>{};
    }
    if (!reduced) {
        return bad_map(heads, std::string("there is a map, but config.json: shape names no ") + kShapeKey);
    }
    const std::int64_t vocabulary = heads.target.vocabulary;
    TIMBERLINE_ASSIGN(const std::int64_t count, heads.size(kShapeKey, 1, std::max<std::int64_t>(vocabulary - 1, 1)));
    TIMBERLINE_ASSIGN(const HeadTensor* tensor, heads.tensor(kDraftVocabularyTensor, {count}));
    std::vector<TokenId> out;
    for (std::size_t i = 0; i < tensor->values.size(); ++i) {
        const double value = static_cast<double>(tensor->values[i]);
        if (!(value >= 0 && value < static_cast<double>(vocabulary)) || value != std::floor(value)) {
            return bad_map(heads, "entry " + std::to_string(i) + " is " + number_text(value) + ", expected a token id from 0 to " +
                                      std::to_string(vocabulary - 1));
        }
        const auto id = static_cast<TokenId>(value);
        if (!out.empty() && id <= out.back()) {
            return bad_map(heads, "entry " + std::to_string(i) + " is " + std::to_string(id) + " after " + std::to_string(out.back()) +
                                      ", expected increasing ids, each once");
        }
        out.push_back(id);
    }
    return out;
}

void put_draft_vocabulary(HeadFolder& heads, const std::vector<TokenId>& ids)
{
    if (ids.empty()) {
        return;
    }
    heads.shape[kShapeKey] = static_cast<std::int64_t>(ids.size());
    HeadTensor tensor{.shape = {static_cast<std::int64_t>(ids.size())}, .values = {}};
    for (const TokenId id : ids) {
        tensor.values.push_back(static_cast<float>(id));
    }
    heads.tensors[kDraftVocabularyTensor] = std::move(tensor);
}

}  // namespace timberline::decoding
