// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/decoding/draft_model_runner.h"
#include "core/decoding/drafter.h"
#include "core/rules/draft_tree.h"

#include <cstdint>
#include <span>
#include <vector>

namespace timberline::decoding {

/// Draws several continuations of one text beside each other: M branches below
/// the root, fed level by level, so that the nodes which the model read come
/// first. Lives for one round; the runner is left with all fed nodes, for
/// keep().
class CandidateFan
{
public:
    /// All references must outlive the fan. `branches` and `levels` at least 1.
    CandidateFan(DraftModelRunner& runner, const RoundContext& context, std::int32_t branches, std::int32_t levels);

    /// Draws the levels: one pass over the root, then one over the newest token
    /// of every branch, for each level but the last. Tokens are drawn by the key
    /// (seed, DraftSample, round, position, branch).
    /// @param proposal_temperature above 0: what the tokens are drawn at in place
    /// of the text's own temperature, unless that is greedy.
    [[nodiscard]] Status draw(double proposal_temperature);
    /// Appends the likeliest completion to each branch, token by token.
    [[nodiscard]] Status complete(std::int32_t tokens);

    /// Reads the newest token of every branch as well, where nothing is to be completed.
    /// @return the model's final-normed rows after them, [branches, d]; valid until the runner's next feed.
    [[nodiscard]] Result<std::span<const float>> read_ends();

    /// Root, then level by level the drawn tokens with the probability that each
    /// was drawn with; completions are left out.
    [[nodiscard]] rules::DraftTree tree() const;
    /// Fed nodes of a branch that keep() needs: all drawn levels but the last.
    [[nodiscard]] std::vector<std::int32_t> fed_path(std::int32_t branch) const;

    [[nodiscard]] std::int32_t branches() const noexcept { return static_cast<std::int32_t>(tokens_.size()); }
    [[nodiscard]] std::int32_t levels() const noexcept { return levels_; }
    /// [branch] drawn tokens and the completion.
    [[nodiscard]] const std::vector<std::vector<TokenId>>& tokens() const noexcept { return tokens_; }
    /// [branch] log p - log g of the drawn tokens: text's own law against the
    /// proposal's.
    [[nodiscard]] std::span<const double> log_ratio() const noexcept { return log_ratio_; }
    /// Raw rows [rows, V] of the tree's first nodes.
    [[nodiscard]] std::vector<float>& logits() noexcept { return logits_; }
    [[nodiscard]] std::int32_t rows() const noexcept { return rows_; }

private:
    [[nodiscard]] Status feed_level();
    void draw_level(std::int32_t level, const record::Sampling& proposal, bool other);

    DraftModelRunner& runner_;
    const RoundContext& context_;
    std::int32_t levels_;
    std::vector<std::vector<TokenId>> tokens_;
    std::vector<std::vector<float>> proposed_;  ///< [branch][level] probability that the token was drawn with
    std::vector<double> log_ratio_;
    std::vector<std::int32_t> fed_;  ///< newest fed node of each branch, -1 = the root
    std::span<const float> newest_;  ///< raw rows of the last pass
    std::vector<float> logits_;
    std::int32_t rows_ = 0;
};

/// log q of each continuation under a model at temperature 1, summed over its
/// tokens up to and with the first end token, in one pass. All 0 where the
/// continuations reach past the model's context. The runner keeps the committed
/// text.
[[nodiscard]] Result<std::vector<double>> log_probabilities(DraftModelRunner& runner, const RoundContext& context,
                                                            const std::vector<std::vector<TokenId>>& continuations);

}  // namespace timberline::decoding
